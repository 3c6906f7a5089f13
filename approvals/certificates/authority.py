"""The local demonstration authority: a root, a signing key and a list of revoked ones; a city brings its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
ROOT_KEY_FILE, REVOKED_FILE = "root.key", "revoked.crl"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""Before any certificate of a demonstration, whose dates may be chosen."""
YEARS = 30
LIST_LASTS = timedelta(days=30)
"""How long a list of revoked keys is the newest; it is made anew when half of that is over."""


class NoAuthority(Exception):
    """This installation cannot issue or revoke: another authority does, or one that was made before it could."""


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


def can_issue(keys: Path) -> bool:
    """Whether it is the demonstration's authority, which keeps its root's key to issue and to revoke."""
    return (keys / FOLDER / ROOT_KEY_FILE).exists()


def certify(keys: Path, common_name: str, key: ec.EllipticCurvePublicKey, *, since: datetime = BEGINNING) -> bytes:
    """A certificate for a signing key, as PEM. Raises NoAuthority."""
    root, root_key = _root(keys)
    made = _signing(_name(common_name), root.subject, key, root_key, since)
    return made.public_bytes(serialization.Encoding.PEM)


def revoke(keys: Path, serial: int, *, since: datetime, is_compromised: bool, at: datetime) -> None:
    """Enter a certificate in the list of revoked ones; what is there already keeps the earlier time. NoAuthority."""
    reason = x509.ReasonFlags.key_compromise if is_compromised else x509.ReasonFlags.cessation_of_operation
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(serial)
        .revocation_date(since)
        .add_extension(x509.CRLReason(reason), critical=False)
        .build()
    )
    with _alone(keys):
        known = {each.serial_number: each for each in _revoked(keys)}
        if serial not in known or since < known[serial].revocation_date_utc:
            known[serial] = entry
        _publish(keys, tuple(known.values()), at)


def refresh(keys: Path, *, at: datetime) -> None:
    """Make the list anew when it is half as old as it may get, or missing; nothing where another authority makes it."""
    if not can_issue(keys) or _is_fresh(keys, at):
        return
    with _alone(keys):
        if not _is_fresh(keys, at):
            _publish(keys, _revoked(keys), at)


def revoked_since(keys: Path) -> dict[int, datetime]:
    """Serial numbers that the demonstration's list names, and since when."""
    return {each.serial_number: each.revocation_date_utc for each in _revoked(keys)}


def _is_fresh(keys: Path, at: datetime) -> bool:
    place = keys / FOLDER / REVOKED_FILE
    if not place.exists():
        return False
    made = x509.load_der_x509_crl(place.read_bytes()).last_update_utc
    return made <= at < made + LIST_LASTS / 2


def _revoked(keys: Path) -> tuple[x509.RevokedCertificate, ...]:
    place = keys / FOLDER / REVOKED_FILE
    return tuple(x509.load_der_x509_crl(place.read_bytes())) if place.exists() else ()


def _publish(keys: Path, entries: tuple[x509.RevokedCertificate, ...], at: datetime) -> None:
    root, root_key = _root(keys)
    made = x509.CertificateRevocationListBuilder().issuer_name(root.subject)
    made = made.last_update(at).next_update(at + LIST_LASTS)
    made = made.add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
    made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
    for entry in entries:
        made = made.add_revoked_certificate(entry)
    place = keys / FOLDER / REVOKED_FILE
    part = place.with_suffix(f".{os.getpid()}")
    part.write_bytes(made.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))
    part.replace(place)


def _root(keys: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    place = keys / FOLDER
    if not can_issue(keys):
        raise NoAuthority
    key = serialization.load_pem_private_key((place / ROOT_KEY_FILE).read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NoAuthority
    return x509.load_pem_x509_certificate((place / ROOT_FILE).read_bytes()), key


@contextmanager
def _alone(keys: Path) -> Iterator[None]:
    """Of two processes that revoke at once the second sees what the first entered."""
    with (keys / FOLDER / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


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
    signing = _signing(signer_name, root_name, signing_key.public_key(), root_key)
    # Kept, for a demonstration issues a key to each department and revokes what is compromised.
    _write(folder / ROOT_KEY_FILE, private(root_key), 0o600)
    _write(folder / ROOT_FILE, root.public_bytes(serialization.Encoding.PEM), 0o644)
    _write(folder / SIGNER_FILE, signing.public_bytes(serialization.Encoding.PEM), 0o644)
    _write(folder / KEY_FILE, private(signing_key), 0o600)


def private(key: ec.EllipticCurvePrivateKey) -> bytes:
    """As it is kept in a file that its owner alone may read."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _signing(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    root_key: ec.EllipticCurvePrivateKey,
    since: datetime = BEGINNING,
) -> x509.Certificate:
    return (
        _certificate(subject, issuer, key, since)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, since: datetime = BEGINNING
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
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
