"""The QR code carries the essential data signed: a scanner reads it from the page, and no letter of it can change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem
from hypothesis import given
from hypothesis import strategies as st

from approvals.audit.key import ensure, signing_key, trusted
from approvals.certificates.essence import essence
from approvals.certificates.paper import render
from approvals.certificates.sheet import Sheet
from tests.approvals.certificates.samples import PERMIT, RESIDENCE
from tests.outside import qr_code_of
from tests.verifier import verifier

AT = datetime(2026, 6, 1, tzinfo=UTC)


def verify_code(code: str, keys: list[bytes]) -> dict[str, Any]:
    told: dict[str, Any] = verifier().verify_code(code, keys, at=AT)
    return told


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    ensure(folder)
    return folder


def coded(sheet: Sheet, keys: Path, *, is_organisation: bool) -> Sheet:
    return replace(sheet, essence=essence(sheet, signing_key(keys).sign, is_organisation=is_organisation))


def public(keys: Path) -> list[bytes]:
    return [pem.unarmor(key.pem.encode())[2] for key in trusted(keys).values()]


@pytest.mark.parametrize("sheet, is_organisation", [(PERMIT, True), (RESIDENCE, False)])
def test_a_scanner_reads_it_from_the_printed_page_and_anybody_verifies_it(
    keys: Path, tmp_path: Path, sheet: Sheet, is_organisation: bool
) -> None:
    wanted = coded(sheet, keys, is_organisation=is_organisation)
    (tmp_path / "paper.pdf").write_bytes(render(wanted))
    scanned = qr_code_of(tmp_path / "paper.pdf")
    assert scanned == wanted.qr_text
    assert scanned.startswith(f"{sheet.verify_url}#")
    told = verify_code(scanned, public(keys))
    assert told["verdict"] == "valid"
    assert told["code"]["number"] == sheet.number
    assert told["code"]["data"] == sha256(sheet.as_json().encode()).hexdigest()[:32]
    assert sheet.holder not in str(told)


def test_the_same_sheet_gives_the_same_code_and_the_embedded_data_stay(keys: Path) -> None:
    first, second = (coded(PERMIT, keys, is_organisation=True) for _ in range(2))
    assert first.qr_text == second.qr_text
    assert first.as_json() == PERMIT.as_json()


@cache
def spoilt(folder: Path) -> Callable[[int], str]:
    text = coded(PERMIT, folder, is_organisation=True).essence
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

    def at(number: int) -> str:
        place, which = number // len(letters) % len(text), number % len(letters)
        other = letters[which] if letters[which] != text[place] else letters[which - 1]
        return text[:place] + other + text[place + 1 :]

    return at


@given(number=st.integers(0, 10**6))
def test_no_letter_of_it_can_be_another(keys: Path, number: int) -> None:
    assert verify_code(f"https://a.example/#{spoilt(keys)(number)}", public(keys))["verdict"] == "invalid"


def test_another_key_an_end_and_no_code_are_told(keys: Path, tmp_path: Path) -> None:
    ensure(tmp_path)
    wanted = coded(RESIDENCE, keys, is_organisation=False)
    assert verify_code(wanted.qr_text, public(tmp_path))["reason"] == "broken_code"
    assert verify_code(wanted.verify_url, public(keys))["reason"] in ("no_signed_code", "broken_code")
    late = coded(replace(RESIDENCE, valid_until=AT.date().replace(day=1, month=1)), keys, is_organisation=False)
    assert verify_code(late.qr_text, public(keys))["reason"] == "expired"
