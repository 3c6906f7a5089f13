"""The local demonstration authority: a root and a signing key, made on first start; a city brings its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

FOLDER = "authority"
ROOT_FILE, SIGNER_FILE, KEY_FILE = "root.pem", "signer.pem", "signer.key"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""Before any certificate of a demonstration, whose dates may be chosen."""
YEARS = 30


def ensure(keys: Path) -> None:
    """Make it once: of two processes that start together one moves its folder into place, the other throws its away."""
    place = keys / FOLDER
    if place.exists():
        return
    keys.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=keys, prefix=".authority-"))
    try:
        _make(part)
        part.rename(place)
    except OSError:
        if not place.exists():
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def signer(keys: Path) -> SimpleSigner:
    """The signing key of this installation, loaded once a process."""
    place = keys / FOLDER
    return _signer(place, (place / KEY_FILE).stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _signer(place: Path, _made: int) -> SimpleSigner:
    from pyhanko.keys import load_certs_from_pemder, load_private_key_from_pemder
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    try:
        certificate, root = load_certs_from_pemder([str(place / SIGNER_FILE), str(place / ROOT_FILE)])
        key = load_private_key_from_pemder(str(place / KEY_FILE), passphrase=None)
    except (ValueError, OSError) as failure:
        raise ValueError(f"the signing key in {place} cannot be read") from failure
    chain = SimpleCertificateStore()
    chain.register(root)
    return SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=chain)


def roots(keys: Path) -> tuple[bytes, ...]:
    """The roots this installation trusts, as PEM; configured here and never taken from a file that is verified."""
    return tuple(path.read_bytes() for path in sorted((keys / FOLDER).glob("root*.pem")))


def _make(folder: Path) -> None:
    root_key, signing_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = _name("天府蓉易办演示根证书（示例，无法律效力）")
    signer_name = _name("天府蓉易办电子证照签章（示例，无法律效力）")
    root = (
        _certificate(root_name, root_name, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    signing = (
        _certificate(signer_name, root_name, signing_key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    # The root's key is not kept: nothing more is ever signed with it.
    _write(folder / ROOT_FILE, root.public_bytes(serialization.Encoding.PEM), 0o644)
    _write(folder / SIGNER_FILE, signing.public_bytes(serialization.Encoding.PEM), 0o644)
    plain = signing_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(folder / KEY_FILE, plain, 0o600)


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGINNING)
        .not_valid_after(BEGINNING + timedelta(days=365 * YEARS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "天府蓉易办（示例）"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
