"""The detached SM2 signature, verified by the openssl command line alone from the files a third party downloads."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
from gmssl.sm2 import CryptSM2, default_ecc_table

from approvals.certificates import sm2
from approvals.certificates.detached import KEY_FILE, SIGNATURE_FILE, bundle
from approvals.certificates.sheet import DATA_FILE
from tests.approvals.certificates.samples import PERMIT
from tests.outside import require_tool


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("keys")
    sm2.ensure(made)
    return made


def openssl_says(folder: Path, *, user: str = sm2.USER) -> bool:
    done = subprocess.run(
        [
            require_tool("openssl"), "pkeyutl", "-verify", "-pubin", "-inkey", folder / KEY_FILE,
            "-in", folder / DATA_FILE, "-sigfile", folder / SIGNATURE_FILE, "-rawin",
            "-digest", "sm3", "-pkeyopt", f"distid:{user}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert "Verified Successfully" in done.stdout or "Failure" in done.stdout + done.stderr, done.stderr
    return done.returncode == 0


def test_openssl_verifies_what_a_third_party_downloads_and_nothing_else(
    keys: Path, signed_paper: bytes, tmp_path: Path
) -> None:
    key = sm2.signing_key(keys)
    archive = bundle(signed_paper, key.sign(PERMIT.as_json().encode()).hex(), key.id, keys)
    zipfile.ZipFile(io.BytesIO(archive)).extractall(tmp_path)
    assert json.loads((tmp_path / DATA_FILE).read_text("utf-8"))["number"] == PERMIT.number
    assert "distid:1234567812345678" in (tmp_path / "README.txt").read_text("utf-8")
    assert "没有法律效力" in (tmp_path / "README.txt").read_text("utf-8")
    assert openssl_says(tmp_path)
    assert not openssl_says(tmp_path, user="8765432187654321")
    data = (tmp_path / DATA_FILE).read_bytes()
    (tmp_path / DATA_FILE).write_bytes(data.replace("锦江".encode(), "青羊".encode(), 1))
    assert not openssl_says(tmp_path)


def test_public_keys_that_begin_with_zeros_and_fours_are_whole(tmp_path: Path) -> None:
    """Gmssl strips such digits: of 600 keys 39 were damaged. Found here by trying until one begins so."""
    found = 0
    for scalar in range(1, 2000):
        point = str(CryptSM2(private_key="", public_key="")._kg(scalar, default_ecc_table["g"]))
        if not point.startswith(("04", "00", "40", "44")):
            continue
        key = sm2.Sm2Key(f"{scalar:064x}", point)
        (tmp_path / KEY_FILE).write_bytes(key.pem)
        (tmp_path / DATA_FILE).write_bytes("证照".encode())
        (tmp_path / SIGNATURE_FILE).write_bytes(key.sign("证照".encode()))
        assert openssl_says(tmp_path), scalar
        found += 1
        if found == 3:
            return
    pytest.fail("no such key was found")


def test_the_key_is_made_once_and_is_its_owners_alone(keys: Path) -> None:
    before = sm2.signing_key(keys)
    sm2.ensure(keys)
    assert sm2.signing_key(keys) == before
    assert stat.S_IMODE((keys / sm2.FOLDER / sm2.KEY_FILE).stat().st_mode) == 0o600
    assert set(sm2.public_keys(keys)) == {before.id}
    assert before.sign(b"") != before.sign(b""), "each signature has its own random number"


def test_a_key_that_others_may_read_or_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(sm2.NoKey, match="cannot be read"):
        sm2.signing_key(tmp_path)
    sm2.ensure(tmp_path)
    place = tmp_path / sm2.FOLDER / sm2.KEY_FILE
    place.chmod(0o644)
    with pytest.raises(sm2.NoKey, match="chmod 600"):
        sm2.signing_key(tmp_path)
    place.write_text("nothing")
    place.chmod(0o600)
    with pytest.raises(sm2.NoKey, match="is no SM2 key"):
        sm2.signing_key(tmp_path)
