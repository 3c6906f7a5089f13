"""A signed certificate is valid; whatever is done to the file, it is not, and the reason says what was done."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from approvals.certificates import authority
from approvals.certificates.examine import LARGEST, Reason, Verdict, examine
from approvals.certificates.judge import look
from approvals.certificates.paper import render
from approvals.certificates.seal import sign
from approvals.certificates.trust import Trust, trusted
from tests.approvals.certificates import attacks
from tests.approvals.certificates.samples import EXAMINED_AT, PERMIT, SIGNED_AT

SIGNER = "天府蓉易办电子证照签章（示例，无法律效力）"


def test_a_signed_certificate_is_valid_and_says_what_stands_on_it(signed_paper: bytes, trusted_roots: Trust) -> None:
    found = examine(signed_paper, trusted_roots, at=EXAMINED_AT)
    assert (found.verdict, found.reason) == (Verdict.VALID, Reason.SIGNED_WHOLE)
    assert (found.signer, found.signed_at, found.coverage) == (SIGNER, SIGNED_AT, "entire_file")
    assert found.sheet == json.loads(PERMIT.as_json())


def test_the_paper_itself_stands_unchanged_before_the_signature(plain_paper: bytes, signed_paper: bytes) -> None:
    assert signed_paper.startswith(plain_paper)


@pytest.mark.parametrize("seed", range(25))
def test_a_turned_bit_is_found(signed_paper: bytes, trusted_roots: Trust, seed: int) -> None:
    assert examine(attacks.flipped(signed_paper, seed), trusted_roots, at=EXAMINED_AT).verdict is Verdict.INVALID


@pytest.mark.soak
def test_five_hundred_turned_bits_are_found(signed_paper: bytes, trusted_roots: Trust) -> None:
    verdicts = [
        examine(attacks.flipped(signed_paper, seed), trusted_roots, at=EXAMINED_AT).verdict
        for seed in range(1000, 1500)
    ]
    assert verdicts == [Verdict.INVALID] * 500


def test_an_appended_revision_is_found(signed_paper: bytes, trusted_roots: Trust) -> None:
    for altered in (attacks.revised(signed_paper), attacks.covered(signed_paper)):
        assert altered.startswith(signed_paper)
        found = examine(altered, trusted_roots, at=EXAMINED_AT)
        assert (found.verdict, found.reason) == (Verdict.INVALID, Reason.ALTERED_AFTER_SIGNING)
        assert found.sheet is None


@pytest.fixture(scope="module")
def signed_pages(authority_keys: Path) -> bytes:
    """A certificate of two pages, signed."""
    long = replace(PERMIT, fields=tuple((label, value * 25) for label, value in PERMIT.fields))
    return sign(render(long), authority.signer(authority_keys), at=SIGNED_AT, reason=PERMIT.title)


@pytest.mark.parametrize(
    "attack, reason",
    [
        (attacks.shortened, Reason.ALTERED_AFTER_SIGNING),
        (attacks.cut, Reason.BROKEN_SIGNATURE),
        (attacks.stripped, Reason.NO_SIGNATURE),
        (attacks.emptied, Reason.NO_SIGNATURE),
    ],
)
def test_a_page_or_a_field_that_was_taken_out_is_missed(
    signed_pages: bytes, trusted_roots: Trust, attack: Callable[[bytes], bytes], reason: Reason
) -> None:
    with pikepdf.open(io.BytesIO(signed_pages)) as document:
        assert len(document.pages) > 1
    assert look(signed_pages, trusted_roots, EXAMINED_AT).verdict is Verdict.VALID
    found = look(attack(signed_pages), trusted_roots, EXAMINED_AT)
    assert (found.verdict, found.reason, found.sheet) == (Verdict.INVALID, reason, None)


def test_a_copy_signed_anew_by_somebody_else_is_of_an_unknown_issuer(
    signed_paper: bytes, trusted_roots: Trust, tmp_path: Path
) -> None:
    authority.ensure(tmp_path)
    forged = attacks.resigned(signed_paper, authority.signer(tmp_path))
    assert examine(forged, trusted(tmp_path), at=EXAMINED_AT, patience=60).verdict is Verdict.VALID
    found = examine(forged, trusted_roots, at=EXAMINED_AT, patience=60)
    assert (found.verdict, found.reason, found.sheet) == (Verdict.INVALID, Reason.UNKNOWN_ISSUER, None)


@pytest.mark.parametrize("appended", [b"\n", b" ", b"\x00", b"\n%%EOF\n", b"%PDF-1.7\n%%EOF"])
def test_not_even_a_space_may_be_appended(signed_paper: bytes, trusted_roots: Trust, appended: bytes) -> None:
    assert examine(signed_paper + appended, trusted_roots, at=EXAMINED_AT).verdict is Verdict.INVALID


@pytest.mark.parametrize("before", [b"\n", b" ", b"%!\n"])
def test_nothing_may_be_put_before_it(signed_paper: bytes, trusted_roots: Trust, before: bytes) -> None:
    assert examine(before + signed_paper, trusted_roots, at=EXAMINED_AT).verdict is Verdict.INVALID


def test_a_file_whose_signature_was_taken_out_has_none(signed_paper: bytes, trusted_roots: Trust) -> None:
    found = examine(attacks.unsigned(signed_paper), trusted_roots, at=EXAMINED_AT)
    assert (found.verdict, found.reason) == (Verdict.INVALID, Reason.NO_SIGNATURE)


def test_a_paper_that_was_never_signed_has_no_signature(plain_paper: bytes, trusted_roots: Trust) -> None:
    found = examine(plain_paper, trusted_roots, at=EXAMINED_AT)
    assert (found.verdict, found.reason) == (Verdict.INVALID, Reason.NO_SIGNATURE)


def test_an_attackers_own_authority_is_unknown_whatever_it_calls_itself(
    plain_paper: bytes, trusted_roots: Trust, tmp_path: Path
) -> None:
    """Same names, same paper, its root inside the file: only the key differs."""
    authority.ensure(tmp_path)
    forged = sign(plain_paper, authority.signer(tmp_path), at=SIGNED_AT, reason=PERMIT.title)
    assert examine(forged, trusted(tmp_path), at=EXAMINED_AT).verdict is Verdict.VALID
    found = examine(forged, trusted_roots, at=EXAMINED_AT)
    assert (found.verdict, found.reason) == (Verdict.INVALID, Reason.UNKNOWN_ISSUER)
    assert found.sheet is None


def test_a_signing_key_cannot_make_further_signers(
    plain_paper: bytes, authority_keys: Path, trusted_roots: Trust
) -> None:
    below = attacks.signer_under_a_signer(authority_keys)
    found = examine(sign(plain_paper, below, at=SIGNED_AT, reason=PERMIT.title), trusted_roots, at=EXAMINED_AT)
    assert (found.verdict, found.reason) == (Verdict.INVALID, Reason.UNKNOWN_ISSUER)


def test_without_trusted_roots_nothing_is_valid(signed_paper: bytes) -> None:
    assert examine(signed_paper, Trust(), at=EXAMINED_AT).reason is Reason.UNKNOWN_ISSUER


def test_a_second_signature_is_an_alteration(plain_paper: bytes, authority_keys: Path, trusted_roots: Trust) -> None:
    twice = attacks.signed_twice(plain_paper, authority.signer(authority_keys))
    found = examine(twice, trusted_roots, at=EXAMINED_AT)
    assert (found.verdict, found.reason) == (Verdict.INVALID, Reason.ALTERED_AFTER_SIGNING)


def test_a_file_with_a_crowd_of_signatures_is_not_examined_one_by_one(plain_paper: bytes, trusted_roots: Trust) -> None:
    for count in (25, 2000):
        begun = time.process_time()
        found = examine(attacks.with_signature_fields(plain_paper, count), trusted_roots, at=EXAMINED_AT)
        assert (found.verdict, found.reason) == (Verdict.INVALID, Reason.TOO_MANY_SIGNATURES)
        assert time.process_time() - begun < 5


def test_another_document_signed_with_our_key_is_no_certificate(authority_keys: Path, trusted_roots: Trust) -> None:
    with pikepdf.new() as document:
        document.add_blank_page()
        other = attacks.saved(document)
    signed = sign(other, authority.signer(authority_keys), at=SIGNED_AT, reason="通知")
    found = examine(signed, trusted_roots, at=EXAMINED_AT)
    assert (found.verdict, found.reason, found.sheet) == (Verdict.UNDECIDED, Reason.NO_DATA, None)


def test_a_script_in_the_file_breaks_its_signature(signed_paper: bytes, trusted_roots: Trust) -> None:
    assert examine(attacks.with_script(signed_paper), trusted_roots, at=EXAMINED_AT).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"", Reason.NOT_A_PDF),
        (b"   ", Reason.NOT_A_PDF),
        (b"PK\x03\x04 not a certificate", Reason.NOT_A_PDF),
        ("证照".encode(), Reason.NOT_A_PDF),
        (b"%PDF-1.7\n", Reason.NO_SIGNATURE),
        (b"%PDF-1.7\n/ByteRange\n", Reason.UNREADABLE),
        (b"%PDF-1.7\n/ByteRange\nstartxref\n9\n%%EOF", Reason.UNREADABLE),
    ],
)
def test_what_is_no_pdf_is_called_that(content: bytes, reason: Reason, trusted_roots: Trust) -> None:
    found = examine(content, trusted_roots, at=EXAMINED_AT)
    assert (found.verdict, found.reason) == (Verdict.INVALID, reason)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_half_a_file_is_not_valid(signed_paper: bytes, trusted_roots: Trust, share: float) -> None:
    assert (
        examine(signed_paper[: int(len(signed_paper) * share)], trusted_roots, at=EXAMINED_AT).verdict
        is Verdict.INVALID
    )


def test_an_encrypted_file_is_called_that(signed_paper: bytes, trusted_roots: Trust) -> None:
    found = examine(attacks.encrypted(signed_paper), trusted_roots, at=EXAMINED_AT)
    assert (found.verdict, found.reason) == (Verdict.INVALID, Reason.ENCRYPTED)


def test_a_file_over_ten_megabytes_is_not_even_read(signed_paper: bytes, trusted_roots: Trust) -> None:
    found = examine(signed_paper + b"\x00" * (LARGEST + 1 - len(signed_paper)), trusted_roots, at=EXAMINED_AT)
    assert (found.verdict, found.reason) == (Verdict.INVALID, Reason.TOO_LARGE)


def test_examining_is_quick(signed_paper: bytes, trusted_roots: Trust) -> None:
    """A reader at the counter does not wait; measured in processor time, with room for a busy machine."""
    examine(signed_paper, trusted_roots, at=EXAMINED_AT)
    begun = time.process_time()
    for _ in range(3):
        examine(signed_paper, trusted_roots, at=EXAMINED_AT)
    assert (time.process_time() - begun) / 3 < 0.25
