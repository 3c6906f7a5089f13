"""What others find in a signed certificate: pdfsig, qpdf and OpenSSL, which share no line with the code that signs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pikepdf
import pytest

from approvals.certificates import authority
from approvals.certificates.authority import FOLDER, ROOT_FILE
from approvals.certificates.seal import FIELD, sign
from tests.approvals.certificates.attacks import flipped, revised, signed_ranges
from tests.approvals.certificates.samples import PERMIT, SIGNED_AT
from tests.outside import require_tool


def said(tool: str, *arguments: str | Path, expected: int = 0) -> str:
    done = subprocess.run(
        [require_tool(tool), *map(str, arguments)], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def file(tmp_path: Path, signed_paper: bytes) -> Path:
    (tmp_path / "permit.pdf").write_bytes(signed_paper)
    return tmp_path / "permit.pdf"


def test_pdfsig_calls_the_signature_valid_and_the_document_wholly_signed(file: Path) -> None:
    answer = said("pdfsig", "-nocert", file)
    assert "Signature #1" in answer
    assert "Signature #2" not in answer
    assert "Signature Type: ETSI.CAdES.detached" in answer
    assert "Signing Hash Algorithm: SHA-256" in answer
    assert "Signature Validation: Signature is Valid." in answer
    assert "Total document signed" in answer


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pdfsig_finds_a_turned_bit_too(file: Path, signed_paper: bytes, seed: int) -> None:
    # In the data of a stream: elsewhere a turned bit may make the file unreadable, which pdfsig says otherwise.
    altered = bytearray(signed_paper)
    altered[signed_paper.index(b"stream") + 100 * seed] ^= 1
    file.write_bytes(altered)
    assert "Signature Validation: Digest Mismatch." in said("pdfsig", "-nocert", file)


def test_pdfsig_sees_that_a_revision_was_appended(file: Path, signed_paper: bytes) -> None:
    file.write_bytes(revised(signed_paper))
    assert "Not total document signed" in said("pdfsig", "-nocert", file)


def test_qpdf_finds_nothing_wrong_with_the_file(file: Path) -> None:
    assert "No syntax or stream encoding errors found" in said("qpdf", "--check", file)


def test_openssl_verifies_the_signature_from_the_bytes_alone(
    tmp_path: Path, file: Path, signed_paper: bytes, authority_keys: Path
) -> None:
    """As a third party does it with the root it was given: cut the file at its byte range, nothing else."""
    first, second = signed_ranges(signed_paper)
    room = bytes.fromhex(signed_paper[first.stop + 1 : second.start - 1].decode())
    assert room[:2] == b"\x30\x82"
    (tmp_path / "token.der").write_bytes(room[: 4 + int.from_bytes(room[2:4])])
    (tmp_path / "signed").write_bytes(signed_paper[first.start : first.stop] + signed_paper[second.start : second.stop])
    root = authority_keys / FOLDER / ROOT_FILE
    check = ("cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "token.der", "-out", tmp_path / "out")
    said("openssl", *check, "-content", tmp_path / "signed", "-CAfile", root)
    (tmp_path / "signed").write_bytes((tmp_path / "signed").read_bytes() + b" ")
    said("openssl", *check, "-content", tmp_path / "signed", "-CAfile", root, expected=4)


def test_the_signature_forbids_every_later_change_and_names_its_time_and_reason(file: Path) -> None:
    with pikepdf.open(file) as document:
        (field,) = document.Root.AcroForm.Fields
        assert str(field.T) == FIELD
        signature = field.V
        assert str(signature.SubFilter) == "/ETSI.CAdES.detached"
        assert str(signature.M).startswith("D:20260515063000")
        assert str(signature.Reason) == PERMIT.title
        (reference,) = signature.Reference
        assert (str(reference.TransformMethod), int(reference.TransformParams.P)) == ("/DocMDP", 1)
        assert document.Root.Perms.DocMDP.objgen == signature.objgen


def test_the_signature_covers_every_byte_but_itself(signed_paper: bytes) -> None:
    first, second = signed_ranges(signed_paper)
    assert (first.start, second.stop) == (0, len(signed_paper))
    assert re.fullmatch(rb"<[0-9a-f]+>", signed_paper[first.stop : second.start], re.IGNORECASE)


def test_the_key_never_leaves_its_file(signed_paper: bytes, authority_keys: Path) -> None:
    key = (authority_keys / FOLDER / authority.KEY_FILE).read_bytes()
    assert b"PRIVATE KEY" not in signed_paper
    assert key.split(b"\n")[1] not in signed_paper


def test_signing_again_gives_the_same_page_under_another_signature(
    plain_paper: bytes, signed_paper: bytes, authority_keys: Path
) -> None:
    again = sign(plain_paper, authority.signer(authority_keys), at=SIGNED_AT, reason=PERMIT.title)
    assert again != signed_paper
    assert again.startswith(plain_paper)
    assert len(again) == len(signed_paper)
    assert flipped(again, 1) != again
