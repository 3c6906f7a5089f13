"""The demonstration authority: made once however many start together, its key readable by its owner alone."""

from __future__ import annotations

import multiprocessing
import stat
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from approvals.certificates import authority
from approvals.certificates.authority import FOLDER, KEY_FILE, ROOT_FILE, ROOT_KEY_FILE, SIGNER_FILE


def start(keys: Path, together: Barrier) -> None:
    together.wait(30)
    authority.ensure(keys)


def test_processes_that_start_at_once_make_one_authority(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("fork")
    together = spawn.Barrier(4)
    starting = [spawn.Process(target=start, args=(tmp_path, together)) for _ in range(4)]
    for process in starting:
        process.start()
    for process in starting:
        process.join(60)
    assert [process.exitcode for process in starting] == [0, 0, 0, 0]
    assert [path.name for path in tmp_path.iterdir()] == [FOLDER]
    key, certificate = signing_key(tmp_path), signing_certificate(tmp_path)
    assert key.public_key() == certificate.public_key()


def test_starting_again_changes_nothing(tmp_path: Path) -> None:
    authority.ensure(tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / FOLDER).iterdir()}
    authority.ensure(tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / FOLDER).iterdir()} == before


def test_the_key_is_its_owners_alone(authority_keys: Path) -> None:
    place = authority_keys / FOLDER
    assert stat.S_IMODE((place / KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_the_roots_key_is_its_owners_alone_and_signs_nothing_but_certificates_and_lists(authority_keys: Path) -> None:
    assert stat.S_IMODE((authority_keys / FOLDER / ROOT_KEY_FILE).stat().st_mode) == 0o600
    root = x509.load_pem_x509_certificate((authority_keys / FOLDER / ROOT_FILE).read_bytes())
    assert signing_key(authority_keys).public_key() != root.public_key()


def test_the_certificates_call_themselves_a_demonstration(authority_keys: Path) -> None:
    for name in (ROOT_FILE, SIGNER_FILE):
        certificate = x509.load_pem_x509_certificate((authority_keys / FOLDER / name).read_bytes())
        (common,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        assert "示例，无法律效力" in str(common.value)


def test_the_signing_certificate_may_sign_documents_and_nothing_else(authority_keys: Path) -> None:
    certificate = signing_certificate(authority_keys)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.content_commitment) == (True, True)
    assert not usage.value.key_cert_sign
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_the_root_may_name_signers_but_no_further_authority(authority_keys: Path) -> None:
    root = x509.load_pem_x509_certificate((authority_keys / FOLDER / ROOT_FILE).read_bytes())
    limits = root.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (limits.critical, limits.value.ca, limits.value.path_length) == (True, True, 0)
    signing_certificate(authority_keys).verify_directly_issued_by(root)


@pytest.mark.parametrize("name", [ROOT_FILE, SIGNER_FILE])
def test_certificates_span_every_date_a_demonstration_may_choose(authority_keys: Path, name: str) -> None:
    certificate = x509.load_pem_x509_certificate((authority_keys / FOLDER / name).read_bytes())
    assert certificate.not_valid_before_utc <= datetime(2020, 1, 1, tzinfo=UTC)
    assert certificate.not_valid_after_utc >= datetime(2049, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", [KEY_FILE, SIGNER_FILE, ROOT_FILE])
def test_a_key_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    authority.ensure(tmp_path)
    (tmp_path / FOLDER / name).write_text("-----BEGIN NOTHING-----\n-----END NOTHING-----\n")
    with pytest.raises(ValueError, match=f"the signing key in {tmp_path / FOLDER} cannot be read"):
        authority.signer(tmp_path)


def signing_key(keys: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key((keys / FOLDER / KEY_FILE).read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def signing_certificate(keys: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((keys / FOLDER / SIGNER_FILE).read_bytes())
