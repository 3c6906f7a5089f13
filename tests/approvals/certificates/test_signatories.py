"""A department's keys: issued once, rotated, kept; in a file, on a token, with a remote signer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from approvals.certificates import authority, signatories
from approvals.certificates.desk import Desk, Remote, Token
from approvals.certificates.examine import Verdict, examine
from approvals.certificates.seal import sign
from approvals.certificates.signatories import NoSignatory
from approvals.certificates.trust import trusted
from approvals.certificates.wire import Unreachable
from tests.approvals.certificates.samples import EXAMINED_AT, PERMIT, SIGNED_AT
from tests.outside import require_tool

CODE, NAME = "ZJ510100", PERMIT.issuer
SECRET = b"a secret of thirty-two characters"
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    authority.ensure(tmp_path / "keys")
    return tmp_path / "keys"


def is_believed(desk: Desk, plain_paper: bytes) -> bool:
    _who, signer = signatories.chosen(desk, CODE, NAME, SIGNED_AT)
    signed = sign(plain_paper, signer, at=SIGNED_AT, reason=PERMIT.title)
    return examine(signed, trusted(desk.keys), at=EXAMINED_AT, patience=30).verdict is Verdict.VALID


def test_a_department_gets_its_key_when_it_first_signs_and_keeps_it(keys: Path) -> None:
    first = signatories.signatory(keys, CODE, NAME, SIGNED_AT)
    assert (first.department, first.number, first.label) == (CODE, 1, "ZJ510100-0001")
    assert signatories.signatory(keys, CODE, NAME, SIGNED_AT) == first
    assert stat.S_IMODE((first.place / "signing.key").stat().st_mode) == 0o600
    other = signatories.signatory(keys, "SW510100", "成都市水务局", SIGNED_AT)
    assert other.id != first.id
    second = signatories.rotate(keys, CODE, NAME, SIGNED_AT)
    assert [each.number for each in signatories.history(keys, CODE)] == [1, 2]
    assert signatories.signatory(keys, CODE, NAME, SIGNED_AT) == second
    assert {each.id for each in signatories.everyone(keys)} == {first.id, second.id, other.id}


@pytest.mark.parametrize(
    "name", ["成都市锦江区行政审批和营商环境建设局特别长的名称办公室", "局" * 100, "A"], ids=["long", "longer", "short"]
)
def test_a_name_of_any_length_stays_marked_as_a_demonstration(keys: Path, name: str) -> None:
    common_name = signatories.signatory(keys, CODE, name, SIGNED_AT).certificate.subject.native["common_name"]
    assert common_name.endswith("（示例）")
    assert common_name[0] == name[0]


@pytest.mark.parametrize("code", ["", "..", "../x", "a/b", "局", "x" * 65])
def test_a_code_never_becomes_a_path_outside(keys: Path, code: str) -> None:
    assert signatories.history(keys, code) == ()
    with pytest.raises(NoSignatory):
        signatories.issue(keys, code if code != ".." else "../..", NAME)


def test_an_authority_of_before_signs_with_its_common_key(keys: Path, plain_paper: bytes) -> None:
    (keys / authority.FOLDER / authority.ROOT_KEY_FILE).unlink()
    who, _signer = signatories.chosen(Desk(keys), CODE, NAME, SIGNED_AT)
    assert who.department == ""
    assert is_believed(Desk(keys), plain_paper)
    with pytest.raises(NoSignatory, match="has no signing key"):
        signatories.rotate(keys, CODE, NAME, SIGNED_AT)


def test_a_key_that_others_may_read_or_that_is_damaged_signs_nothing(keys: Path) -> None:
    place = signatories.signatory(keys, CODE, NAME, SIGNED_AT).place / "signing.key"
    place.chmod(0o640)
    with pytest.raises(NoSignatory, match="chmod 600"):
        signatories.chosen(Desk(keys), CODE, NAME, SIGNED_AT)
    place.chmod(0o600)
    place.write_text("nothing")
    with pytest.raises(NoSignatory, match="cannot be read"):
        signatories.chosen(Desk(keys), CODE, NAME, SIGNED_AT)


# On a token.


@pytest.fixture
def token(keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Token:
    """A SoftHSM token that holds the department's key; its file is gone."""
    tool = require_tool("softhsm2-util")
    module = next(path for path in MODULES if Path(path).exists())
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm.conf"))
    who = signatories.signatory(keys, CODE, NAME, SIGNED_AT)
    common = [tool, "--module", module, "--token", "seal", "--pin", "123456"]
    subprocess.run(
        [
            tool,
            "--module",
            module,
            "--init-token",
            "--free",
            "--label",
            "seal",
            "--pin",
            "123456",
            "--so-pin",
            "654321",
        ],
        check=True,
        capture_output=True,
    )
    key = who.place / "signing.key"
    subprocess.run([*common, "--import", str(key), "--label", who.label, "--id", "01"], check=True, capture_output=True)
    key.unlink()
    return Token(module, "seal", "123456")


def test_a_key_on_a_token_signs(keys: Path, token: Token, plain_paper: bytes) -> None:
    from approvals.certificates import token as door

    try:
        assert is_believed(Desk(keys, token=token), plain_paper)
        assert is_believed(Desk(keys, token=token), plain_paper), "the session is used again"
        signatories.rotate(keys, CODE, NAME, SIGNED_AT)
        with pytest.raises(NoSignatory, match="did not sign"):
            is_believed(Desk(keys, token=token), plain_paper)
        with pytest.raises(NoSignatory, match="cannot be used"):
            is_believed(Desk(keys, token=Token(token.library, "another", "123456")), plain_paper)
    finally:
        for session in door._sessions.values():
            session.close()
        door._sessions.clear()


# With a remote signer.


class Service:
    """A signing service as docs/signing.md describes it; `faults` are statuses it answers before it signs."""

    def __init__(self, key: bytes) -> None:
        found = load_pem_private_key(key, None)
        assert isinstance(found, ec.EllipticCurvePrivateKey)
        self.key, self.faults, self.asked, self.answer = found, list[int](), list[dict[str, Any]](), dict[str, Any]()
        self._server = make_server("127.0.0.1", 0, Request.application(self.serve), threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/sign"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def serve(self, request: Request) -> Response:
        body = request.get_data()
        proof = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers["Authorization"], f"HMAC-SHA256 {proof}"):
            return Response(status=401)
        asked = json.loads(body)
        self.asked.append(asked)
        if self.faults:
            return Response(status=self.faults.pop(0))
        signature = self.key.sign(bytes.fromhex(asked["digest"]), ec.ECDSA(Prehashed(hashes.SHA256())))
        told = {"nonce": asked["nonce"], "signature": base64.b64encode(signature).decode(), **self.answer}
        return Response(json.dumps(told), mimetype="application/json")

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def service(keys: Path) -> Iterator[Service]:
    key = signatories.signatory(keys, CODE, NAME, SIGNED_AT).place / "signing.key"
    found = Service(key.read_bytes())
    key.unlink()
    yield found
    found.stop()


def remote(service: Service, **changes: Any) -> Remote:
    return Remote(**{"url": service.url, "secret": SECRET, "seconds": 2.0, **changes})


def test_a_remote_signer_sees_a_digest_and_signs(keys: Path, service: Service, plain_paper: bytes) -> None:
    assert is_believed(Desk(keys, remote=remote(service)), plain_paper)
    (asked,) = service.asked
    assert (set(asked), asked["key"]) == ({"algorithm", "digest", "key", "nonce"}, "ZJ510100-0001")


def test_a_remote_signer_that_falters_is_asked_again_with_the_same_nonce(
    keys: Path, service: Service, plain_paper: bytes
) -> None:
    service.faults = [503, 500]
    assert is_believed(Desk(keys, remote=remote(service)), plain_paper)
    assert len({asked["nonce"] for asked in service.asked}) == 1
    service.faults = [503, 503, 503]
    with pytest.raises(Unreachable, match="503"):
        is_believed(Desk(keys, remote=remote(service)), plain_paper)


@pytest.mark.parametrize(
    "answer, words",
    [
        ({"nonce": "another"}, "another question"),
        ({"signature": base64.b64encode(b"nothing").decode()}, "no signature of this key"),
        ({"signature": "?"}, "cannot be read"),
    ],
)
def test_a_remote_signer_that_errs_signs_nothing(
    keys: Path, service: Service, plain_paper: bytes, answer: dict[str, Any], words: str
) -> None:
    service.answer = answer
    with pytest.raises(NoSignatory, match=words):
        is_believed(Desk(keys, remote=remote(service)), plain_paper)
    assert len(service.asked) == 1, "an answer that is wrong is not asked for again"


def test_a_remote_signer_refuses_whoever_does_not_know_the_secret_and_may_be_away(
    keys: Path, service: Service, plain_paper: bytes
) -> None:
    with pytest.raises(NoSignatory, match="refused with 401"):
        is_believed(Desk(keys, remote=remote(service, secret=b"x" * 32)), plain_paper)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
        is_believed(Desk(keys, remote=Remote("http://127.0.0.1:9/", SECRET, 0.5, 1)), plain_paper)
