"""Sign with a key that a service elsewhere holds: a digest goes out, a signature comes back (docs/signing.md)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from asn1crypto.algos import SignedDigestAlgorithm
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509 import load_der_x509_certificate
from pyhanko.sign.signers import Signer

from approvals.certificates import signatories
from approvals.certificates.desk import Remote
from approvals.certificates.signatories import NoSignatory, Signatory
from approvals.certificates.wire import Unreachable, ask

ALGORITHM = "sha256"
FIRST_PAUSE = 0.2
"""Seconds before the second attempt; twice as long before each further one."""
PASSING = frozenset({429, 500, 502, 503, 504})
"""Answers after which another attempt may succeed."""
LARGEST = 16 * 1024


class RemoteSigner(Signer):
    """What comes back is verified before it is used: papers that nobody believes are worse than none."""

    def __init__(self, remote: Remote, who: Signatory) -> None:
        key = load_der_x509_certificate(who.chain[0]).public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
            raise NoSignatory(f"{who.label}: neither an EC nor an RSA key")
        self._remote, self._who, self._key = remote, who, key
        name = "sha256_ecdsa" if isinstance(key, ec.EllipticCurvePublicKey) else "sha256_rsa"
        super().__init__(
            signing_cert=who.certificate,
            cert_registry=signatories.above(who),
            signature_mechanism=SignedDigestAlgorithm({"algorithm": name}),
            embed_roots=True,
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm.lower().replace("-", "") != ALGORITHM:
            raise NoSignatory(f"{self._who.label}: a remote signer signs SHA-256 digests")
        if dry_run:
            return bytes(512 if isinstance(self._key, rsa.RSAPublicKey) else 72)
        digest = hashlib.sha256(data).digest()
        signature = self._asked(digest)
        try:
            self._verify(signature, digest)
        except InvalidSignature:
            raise NoSignatory(f"{self._who.label}: the remote signer's answer is no signature of this key") from None
        return signature

    def _verify(self, signature: bytes, digest: bytes) -> None:
        prehashed = Prehashed(hashes.SHA256())
        if isinstance(self._key, ec.EllipticCurvePublicKey):
            self._key.verify(signature, digest, ec.ECDSA(prehashed))
        else:
            self._key.verify(signature, digest, padding.PKCS1v15(), prehashed)

    def _asked(self, digest: bytes) -> bytes:
        """One nonce for all attempts: a service that signed already and whose answer was lost may answer the same."""
        asked = {"key": self._who.label, "algorithm": ALGORITHM, "digest": digest.hex(), "nonce": secrets.token_hex(16)}
        body = json.dumps(asked, sort_keys=True).encode()
        pause = FIRST_PAUSE
        for attempt in range(1, self._remote.attempts + 1):
            try:
                return self._answer(body, asked["nonce"])
            except Unreachable:
                if attempt == self._remote.attempts:
                    raise
                time.sleep(pause)
                pause *= 2
        raise Unreachable("the remote signer was not asked")

    def _answer(self, body: bytes, nonce: str) -> bytes:
        proof = hmac.new(self._remote.secret, body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "Authorization": f"HMAC-SHA256 {proof}"}
        status, content = ask(self._remote.url, body, headers, seconds=self._remote.seconds, largest=LARGEST)
        if status in PASSING:
            raise Unreachable(f"the remote signer answered {status}")
        if status != 200:
            raise NoSignatory(f"{self._who.label}: the remote signer refused with {status}")
        try:
            told: dict[str, Any] = json.loads(content)
            is_answer = hmac.compare_digest(str(told["nonce"]), nonce)
            signature = base64.b64decode(told["signature"], validate=True)
        except (ValueError, KeyError, TypeError):
            raise NoSignatory(f"{self._who.label}: the remote signer's answer cannot be read") from None
        if not is_answer:
            raise NoSignatory(f"{self._who.label}: the remote signer answered another question")
        return signature
