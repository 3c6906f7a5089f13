"""A real authority on this machine: time-stamps, revocation lists and answers over HTTP (certomancer)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any

from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, KeyLabel
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from werkzeug.serving import make_server

NAMES = ("root", "signer", "stamper", "short-stamper", "responder")
SPAN = {"valid-from": "2020-01-01T00:00:00+0000", "valid-to": "2045-01-01T00:00:00+0000"}
SHORT = {"valid-from": "2020-01-01T00:00:00+0000", "valid-to": "2027-06-01T00:00:00+0000"}
LISTED = {
    "id": "crl_distribution_points",
    "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": ["root"]}},
}
ANSWERED = {
    "id": "authority_information_access",
    "smart-value": {"schema": "aia-urls", "params": {"ocsp-responder-names": ["responder"]}},
}
STAMPING = {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]}
DIGITAL = {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": ["digital_signature"]}}


class Authority:
    """`is_down` makes it refuse, `at` is its clock, `asked` are the addresses that were asked for."""

    def __init__(self, folder: Path, revoked: dict[str, str] | None = None) -> None:
        self._folder, self._revoked = folder, revoked or {}
        for name in NAMES:
            key = ec.generate_private_key(ec.SECP256R1())
            (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.is_down, self.at, self.asked = False, None, list[str]()
        self._server = make_server("127.0.0.1", 0, self._serve, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.arch: Any = None
        self._configure()
        Thread(target=self._server.serve_forever, daemon=True).start()

    at: datetime | None

    @property
    def stamping_url(self) -> str:
        return f"{self.url}/city/tsa/tsa"

    @property
    def short_stamping_url(self) -> str:
        """Whose certificate ends soon."""
        return f"{self.url}/city/tsa/short"

    def revoke(self, name: str, since: datetime) -> None:
        self._revoked[name] = since.isoformat()
        self._configure()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def pem(self, name: str) -> bytes:
        from asn1crypto import pem

        return bytes(pem.armor("CERTIFICATE", self.arch.get_cert(CertLabel(name)).dump()))

    def key(self, name: str) -> bytes:
        return (self._folder / f"{name}.key").read_bytes()

    def list_of_revoked(self, at: datetime) -> bytes:
        return bytes(self.arch.service_registry.get_crl("root", at).dump())

    def _configure(self) -> None:
        config = {
            "keysets": {"city": {"keys": {name: {"path": f"{name}.key"} for name in NAMES}}},
            "pki-architectures": {
                "city": {
                    "keyset": "city",
                    "entities": {name: {"country-name": "CN", "common-name": f"测试 {name}"} for name in NAMES},
                    "certs": {
                        "root": _certificate("root", SPAN, profiles=[{"id": "simple-ca"}]),
                        "signer": self._below("signer", [ANSWERED], profiles=[{"id": "digsig-commitment"}]),
                        "stamper": self._below("stamper", [LISTED, STAMPING, DIGITAL]),
                        "short-stamper": self._below("short-stamper", [LISTED, STAMPING, DIGITAL], SHORT),
                        "responder": self._below("responder", [], profiles=[{"id": "ocsp-responder"}]),
                    },
                    "services": {
                        "crl-repo": {
                            "root": {"for-issuer": "root", "simulated-update-schedule": "P30D"},
                        },
                        "ocsp": {"responder": {"for-issuer": "root", "responder-cert": "responder"}},
                        "time-stamping": {
                            "tsa": {"signing-cert": "stamper"},
                            "short": {"signing-cert": "short-stamper"},
                        },
                    },
                }
            },
        }
        made = CertomancerConfig.from_yaml(json.dumps(config), str(self._folder), external_url_prefix=self.url)
        self.arch = made.get_pki_arch(ArchLabel("city"))
        for name in NAMES:
            self.arch.key_set.get_private_key(KeyLabel(name))
        self._animator = Animator(AnimatorArchStore({ArchLabel("city"): self.arch}), with_web_ui=False)

    def _below(self, name: str, extensions: list[Any], span: dict[str, str] = SPAN, **others: Any) -> dict[str, Any]:
        made = _certificate(name, span, extensions=extensions, **others)
        if name in self._revoked:
            made["revocation"] = {"revoked-since": self._revoked[name], "reason": "key_compromise"}
        return made

    def _serve(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.asked.append(environ["PATH_INFO"])
        if self.is_down:
            start("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b""]
        self._animator.fixed_time = self.at
        return self._animator(environ, start)  # type: ignore[no-any-return]


def _certificate(name: str, span: dict[str, str], **others: Any) -> dict[str, Any]:
    return {"subject": name, "issuer": "root", "validity": span, **others}
