"""Electronic-licence identifiers and verification codes."""

from __future__ import annotations

import hmac
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.certificates.identifier import (
    CODE_LENGTH,
    LETTERS,
    READABLE,
    ROOT,
    check_character,
    code_hash,
    identifier,
    is_code,
    normalised,
    verification_code,
)

DEFINING_BODY = "11100000000013338"
"""The first 17 characters of the body that defined the types of the first two samples."""
PUBLIC_SAMPLES = (
    (f"{DEFINING_BODY}W011", "11430000006122244L", "20230000403", 1, "U"),
    (f"{DEFINING_BODY}W009", "11330105002500287C", "2025052201", 2, "0"),
    ("11100000MB03271699022", "340100", "000000016", 1, "9"),
)
"""Type, issuer, serial, version and check character of licences issued in three provinces."""


@pytest.mark.parametrize("kind, issuer, serial, version, expected", PUBLIC_SAMPLES)
def test_an_identifier_is_what_other_provinces_print(
    kind: str, issuer: str, serial: str, version: int, expected: str
) -> None:
    assert identifier(kind, issuer, serial, version) == f"{ROOT}.{kind}.{issuer}.{serial}.{version:03d}.{expected}"


@given(st.text(LETTERS, min_size=1, max_size=60), st.data())
def test_a_mistyped_character_changes_the_check_character(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from([letter for letter in LETTERS if letter != text[place]]))
    assert check_character(text[:place] + other + text[place + 1 :]) != check_character(text)


@pytest.mark.parametrize("text", ["ZJ-1", "zj1", "证", "A B", "１"])
def test_a_check_character_is_refused_for_anything_but_digits_and_capitals(text: str) -> None:
    with pytest.raises(ValueError, match="substring not found"):
        check_character(text)


def test_a_code_is_eighty_random_bits_in_groups_of_four() -> None:
    assert CODE_LENGTH * math.log2(len(set(READABLE))) == 80
    codes = {verification_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {19}
    # Every letter turns up at every place: no bit of the eighty is fixed.
    for place in set(range(19)) - {4, 9, 14}:
        assert {code[place] for code in codes} == set(READABLE)
    assert {code[4] + code[9] + code[14] for code in codes} == {"---"}


def test_no_two_letters_of_a_code_are_taken_for_each_other() -> None:
    assert not set("OILU") & set(READABLE)


@pytest.mark.parametrize(
    "typed",
    ["7K3M-9QXT-2VBN-8HD0", "7k3m-9qxt-2vbn-8hdo", " 7K3M 9QXT 2VBN 8HD0 ", "7K3M9QXT2VBN8HDO", "7K3M—9QXT—2VBN—8HD0"],
)
def test_a_code_is_recognised_however_people_type_it(typed: str) -> None:
    assert is_code(typed, code_hash("7K3M-9QXT-2VBN-8HD0"))


def test_letters_taken_for_digits_are_read_as_the_digits() -> None:
    assert normalised("oO-iI-lL") == "001111"


@given(st.text(READABLE, min_size=16, max_size=16))
def test_another_code_is_not_recognised(typed: str) -> None:
    assert is_code(typed, code_hash("7K3M-9QXT-2VBN-8HD0")) == (typed == "7K3M9QXT2VBN8HD0")


@pytest.mark.parametrize("typed", ["", "-", "\x00", "证", "７Ｋ３Ｍ", "A" * 100_000])
def test_nonsense_is_no_code_and_no_error(typed: str) -> None:
    assert not is_code(typed, code_hash("7K3M-9QXT-2VBN-8HD0"))


def test_only_a_hash_is_kept_and_it_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []
    real = hmac.compare_digest

    def watched(first: str, second: str) -> bool:
        compared.append((first, second))
        return real(first, second)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    kept = code_hash("7K3M-9QXT-2VBN-8HDW")
    assert "7K3M" not in kept
    assert is_code("7k3m 9qxt 2vbn 8hdw", kept)
    assert not is_code("7K3M-9QXT-2VBN-8HDX", kept)
    assert [len(second) for _first, second in compared] == [64, 64]
