"""Sign with a key on a token or in a hardware module, by PKCS#11; the key never leaves it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from pkcs11 import PKCS11Error, Session
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import Signer

from approvals.certificates import signatories
from approvals.certificates.desk import Token
from approvals.certificates.signatories import NoSignatory, Signatory

_lock = Lock()
_sessions: dict[Token, Session] = {}


def signer_on(token: Token, who: Signatory) -> Signer:
    """The session stays open for the life of the process; one that was lost is opened again. Raises NoSignatory."""
    with _lock:
        try:
            session = _sessions.get(token) or _opened(token)
        except PKCS11Error as failure:
            raise NoSignatory(f"the token {token.label} cannot be used: {type(failure).__name__}") from None
        _sessions[token] = session
    signer = TokenSigner(token, session, who)
    with _said(token):
        asyncio.run(signer.ensure_objects_loaded())
    return signer


def _opened(token: Token) -> Session:
    return open_pkcs11_session(token.library, token_criteria=TokenCriteria(label=token.label), user_pin=token.pin)


@contextmanager
def _said(token: Token) -> Iterator[None]:
    """What the token cannot do, in words; the next attempt signs in anew."""
    try:
        yield
    except PKCS11Error as failure:
        with _lock:
            _sessions.pop(token, None)
        raise NoSignatory(f"the token {token.label} did not sign: {type(failure).__name__}: {failure}") from None


class TokenSigner(PKCS11Signer):
    """The digest is made here and the token signs it raw: not every module knows a mechanism that hashes as well."""

    def __init__(self, token: Token, session: Session, who: Signatory) -> None:
        super().__init__(
            session,
            key_label=who.label,
            signing_cert=who.certificate,
            ca_chain=list(signatories.above(who)),
            use_raw_mechanism=True,
        )
        self._token = token

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> Any:
        with _said(self._token):
            return await super().async_sign_raw(data, digest_algorithm, dry_run)
