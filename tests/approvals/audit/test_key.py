"""The key that signs checkpoints: made once, kept from others, replaced without losing what it signed."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from approvals.audit import key as keys
from approvals.audit.key import KeyUnusable

FOLDER = Path(keys.FOLDER)


def test_it_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(keys.ensure, [tmp_path] * 8))
    first = keys.signing_key(tmp_path)
    keys.ensure(tmp_path)
    assert keys.signing_key(tmp_path).public.id == first.public.id
    place = tmp_path / FOLDER
    assert {file.name: file.stat().st_mode & 0o777 for file in place.iterdir()} == {
        keys.KEY_FILE: 0o600,
        keys.PUBLIC_FILE: 0o644,
    }
    assert place.stat().st_mode & 0o777 == 0o700
    raw = first.public.key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert first.public.id == hashlib.sha256(raw).hexdigest()


def test_a_signature_proves_its_bytes_and_no_other(tmp_path: Path) -> None:
    keys.ensure(tmp_path)
    key = keys.signing_key(tmp_path)
    signature = key.sign(b"content")
    assert key.public.proves(signature, b"content")
    assert not key.public.proves(signature, b"Content")
    for wrong in (signature.upper(), f" {signature}", signature[:-1], signature[:-2], "", "x" * 128, "é"):
        assert not key.public.proves(wrong, b"content"), wrong


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    keys.ensure(tmp_path)
    (tmp_path / FOLDER / keys.KEY_FILE).chmod(mode)
    with pytest.raises(KeyUnusable, match="may be read by others"):
        keys.signing_key(tmp_path)


def test_what_is_no_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="No such file"):
        keys.signing_key(tmp_path)
    keys.ensure(tmp_path)
    secret, public = tmp_path / FOLDER / keys.KEY_FILE, tmp_path / FOLDER / keys.PUBLIC_FILE
    other = generate_private_key(SECP256R1())
    secret.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    for asked in (keys.signing_key, keys.trusted):
        with pytest.raises(KeyUnusable, match="is no Ed25519 key"):
            asked(tmp_path)
    secret.write_text("nonsense")
    public.write_text("nonsense")
    for asked in (keys.signing_key, keys.trusted):
        with pytest.raises(KeyUnusable, match=r"is no (public )?key"):
            asked(tmp_path)


def test_a_key_that_was_replaced_is_still_believed(tmp_path: Path) -> None:
    keys.ensure(tmp_path)
    old = keys.signing_key(tmp_path)
    place = tmp_path / FOLDER
    (place / keys.PUBLIC_FILE).rename(place / "until-2026.pub")
    (place / keys.KEY_FILE).unlink()
    keys.ensure(tmp_path)
    new = keys.signing_key(tmp_path)
    assert new.public.id != old.public.id
    assert set(keys.trusted(tmp_path)) == {old.public.id, new.public.id}
