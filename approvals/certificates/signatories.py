"""The departments' signing keys: one in use for each, those before it kept, each with its certificate."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import ec

from approvals.certificates import authority
from approvals.certificates.trust import unarmored

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    from approvals.certificates.desk import Desk

FOLDER, CERTIFICATE_FILE, KEY_FILE = "signers", "certificate.pem", "signing.key"
NUMBER = re.compile(r"\d{4}")
DEPARTMENT = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class NoSignatory(Exception):
    """A department has no key, and this installation cannot issue one; the message says which."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """`chain` is the certificate (DER) and those above it, as far as they were laid beside it."""

    department: str
    number: int
    chain: tuple[bytes, ...]
    place: Path

    @property
    def id(self) -> str:
        """SHA-256 of the certificate."""
        return hashlib.sha256(self.chain[0]).hexdigest()

    @property
    def label(self) -> str:
        """What its key is called on a token and at a remote signer."""
        return f"{self.department}-{self.number:04d}"

    @property
    def certificates(self) -> tuple[x509.Certificate, ...]:
        """The signer's and those above it."""
        return tuple(x509.Certificate.load(der) for der in self.chain)

    @property
    def certificate(self) -> x509.Certificate:
        return x509.Certificate.load(self.chain[0])


def history(keys: Path, department: str) -> tuple[Signatory, ...]:
    """Oldest first."""
    if not DEPARTMENT.fullmatch(department):
        return ()
    folders = sorted(place for place in (keys / FOLDER / department).glob("*") if NUMBER.fullmatch(place.name))
    return tuple(_read(department, place, (place / CERTIFICATE_FILE).stat().st_mtime_ns) for place in folders)


def everyone(keys: Path) -> tuple[Signatory, ...]:
    """Of all departments."""
    departments = sorted(place.name for place in (keys / FOLDER).glob("*") if place.is_dir())
    return tuple(each for department in departments for each in history(keys, department))


def known(keys: Path) -> tuple[Signatory, ...]:
    """Of all departments, and the installation's own key of before."""
    has_own = (keys / authority.FOLDER / authority.SIGNER_FILE).exists()
    return (*everyone(keys), *((common(keys),) if has_own else ()))


def signatory(keys: Path, department: str, name: str, at: datetime) -> Signatory:
    """The one that signs for a department: the newest whose certificate has begun and not ended. Where the
    demonstration's authority is at hand it is issued when first needed. Raises NoSignatory.
    """
    known = history(keys, department)
    if not known:
        return issue(keys, department, name)
    if known[-1].certificate.serial_number in authority.revoked_since(keys):
        return rotate(keys, department, name, at)  # revoked, and killed before its successor came
    valid = [each for each in known if each.certificate.not_valid_before <= at <= each.certificate.not_valid_after]
    if not valid:
        raise NoSignatory(f"{department} has no signing key whose certificate is valid at {at:%Y-%m-%d %H:%M} UTC")
    return valid[-1]


def issue(
    keys: Path, department: str, name: str, *, after: int = 0, since: datetime = authority.BEGINNING
) -> Signatory:
    """A new key in a file, with a certificate of the demonstration's authority; of two who issue the same one wins.

    Raises NoSignatory where another authority issues: then its certificate is laid into the folder by hand.
    """
    if not DEPARTMENT.fullmatch(department):
        raise NoSignatory(f"{department!r} is no code of a department")
    if not authority.can_issue(keys):
        raise NoSignatory(f"{department} has no signing key in {keys / FOLDER / department}")
    folder = keys / FOLDER / department
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / f"{after + 1:04d}"
    part = Path(tempfile.mkdtemp(dir=folder, prefix=".new-"))
    try:
        key = ec.generate_private_key(ec.SECP256R1())
        (part / KEY_FILE).touch(mode=0o600)
        (part / KEY_FILE).write_bytes(authority.private(key))
        # A common name has 64 bytes at most; that it is a demonstration must not be what is cut off.
        common_name = name.encode()[:52].decode(errors="ignore") + "（示例）"
        (part / CERTIFICATE_FILE).write_bytes(authority.certify(keys, common_name, key.public_key(), since=since))
        part.rename(place)
    except OSError:
        if not place.exists():
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return history(keys, department)[-1]


def rotate(keys: Path, department: str, name: str, at: datetime) -> Signatory:
    """A new key for the department, believed from `at` on; the one before stays believed for what it signed."""
    known = history(keys, department)
    return issue(keys, department, name, after=known[-1].number if known else 0, since=at)


def signer_of(desk: Desk, who: Signatory) -> Signer:
    """Whatever holds the key: a file, a token or a service elsewhere."""
    if desk.token is not None:
        from approvals.certificates.token import signer_on

        return signer_on(desk.token, who)
    if desk.remote is not None:
        from approvals.certificates.remote import RemoteSigner

        return RemoteSigner(desk.remote, who)
    try:
        kept = (who.place / KEY_FILE).stat()
    except OSError as failure:
        raise NoSignatory(f"the signing key in {who.place} cannot be read") from failure
    if kept.st_mode & 0o077:
        raise NoSignatory(f"{who.place / KEY_FILE} may be read by others: chmod 600 it")
    return _from_file(who, kept.st_mtime_ns)


def common(keys: Path) -> Signatory:
    """The installation's own key, of before the departments had theirs; it signs where a department has none."""
    place = keys / authority.FOLDER
    certificate = place / authority.SIGNER_FILE
    chain = (*unarmored(certificate.read_bytes()), *unarmored((place / authority.ROOT_FILE).read_bytes()))
    return Signatory("", 0, chain, place)


def chosen(desk: Desk, department: str, name: str, at: datetime) -> tuple[Signatory, Signer]:
    """Who signs for a department at this time, and with what."""
    if department and (history(desk.keys, department) or authority.can_issue(desk.keys)):
        who = signatory(desk.keys, department, name, at)
        return who, signer_of(desk, who)
    if desk.token is None and desk.remote is None:
        return common(desk.keys), authority.signer(desk.keys)
    raise NoSignatory(f"{department} has no certificate in {desk.keys / FOLDER / department}")


def above(who: Signatory) -> SimpleCertificateStore:
    """The certificates above the signer's, which go into each signature."""
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    store = SimpleCertificateStore()
    for der in who.chain[1:]:
        store.register(x509.Certificate.load(der))
    return store


@lru_cache(maxsize=64)
def _read(department: str, place: Path, _made: int) -> Signatory:
    chain = tuple(unarmored((place / CERTIFICATE_FILE).read_bytes()))
    return Signatory(department, int(place.name), chain, place)


@lru_cache(maxsize=64)
def _from_file(who: Signatory, _made: int) -> Signer:
    from pyhanko.keys import load_private_key_from_pemder
    from pyhanko.sign.signers import SimpleSigner

    place = who.place / KEY_FILE
    try:
        key = load_private_key_from_pemder(str(place), passphrase=None)
    except (ValueError, OSError) as failure:
        raise NoSignatory(f"the signing key in {who.place} cannot be read") from failure
    return SimpleSigner(signing_cert=who.certificate, signing_key=key, cert_registry=above(who))
