"""The signing desk of this installation, from its settings."""

from __future__ import annotations

from approvals.audit.key import SigningKey, ensure, signing_key
from approvals.certificates.desk import Desk, Remote, Stamping, Token
from config import Settings


def desk_of(settings: Settings) -> Desk:
    return Desk(
        settings.keys,
        token=Token(str(settings.pkcs11_library), settings.pkcs11_token or "", settings.pkcs11_pin.get_secret_value())
        if settings.signer == "pkcs11" and settings.pkcs11_pin
        else None,
        remote=Remote(
            settings.remote_signer_url or "",
            settings.remote_signer_secret.get_secret_value().encode(),
            settings.signing_seconds,
        )
        if settings.signer == "remote" and settings.remote_signer_secret
        else None,
        stamping=Stamping(
            settings.tsa_url,
            settings.tsa_user,
            settings.tsa_password.get_secret_value() if settings.tsa_password else None,
            settings.signing_seconds,
        )
        if settings.tsa_url
        else None,
        prove=lambda content: _own_key(settings).sign(content),
    )


def _own_key(settings: Settings) -> SigningKey:
    """The key that signs checkpoints of the trail; made where there is none."""
    ensure(settings.keys)
    return signing_key(settings.keys)
