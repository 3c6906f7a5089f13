"""Identity numbers and credit codes: what can be right is not refused, what cannot be is."""

from __future__ import annotations

from datetime import date

import pytest
from stdnum.cn import ric, uscc

from services.numbers import Fault, credit_code_fault, identity_number_fault

TODAY = date(2026, 11, 22)


def identity(first: str) -> str:
    return first + ric.calc_check_digit(f"{first}0")


@pytest.mark.parametrize(
    "first, fault",
    [
        ("51010419900101001", None),
        ("51010819350101003", None),  # born before the county was founded, numbered after
        ("81000019900101001", None),
        ("83000019900101001", None),
        ("51010420240229001", None),
        ("51019920250101001", None),  # a county younger than the table
        ("51010419900230001", Fault.DATE),
        ("51010419901301001", Fault.DATE),
        ("51010420261123001", Fault.DATE),
        ("51010418700101001", Fault.DATE),
        ("51019919900101001", Fault.REGION),
        ("99010419900101001", Fault.REGION),
        ("99010420250101001", Fault.REGION),
    ],
)
def test_an_identity_number_is_judged_by_date_and_region(first: str, fault: Fault | None) -> None:
    assert identity_number_fault(identity(first), TODAY) is fault


@pytest.mark.parametrize(
    "number, fault",
    [
        ("", Fault.LENGTH),
        ("510104900101001", Fault.LENGTH),
        ("5101041990010100191", Fault.LENGTH),
        ("51010419900101001A", Fault.CHARACTERS),
        ("５10104199001010019", Fault.CHARACTERS),
        ("51010419900101001Х", Fault.CHARACTERS),
        ("510104199001010018", Fault.CHECK_DIGIT),
    ],
)
def test_an_identity_number_is_judged_by_its_form(number: str, fault: Fault) -> None:
    assert identity_number_fault(number) is fault


def test_every_single_mistyped_digit_is_found() -> None:
    number = identity("51010419900101001")
    for place in range(17):
        for digit in set("0123456789") - {number[place]}:
            mistyped = number[:place] + digit + number[place + 1 :]
            assert identity_number_fault(mistyped) is not None


@pytest.mark.parametrize(
    "code, fault",
    [
        ("91110000802100433B", None),
        ("91440300708461136T", None),
        ("91110000802100433C", Fault.CHECK_DIGIT),
        ("9111000080210043", Fault.LENGTH),
        ("911100008021O0433B", Fault.CHARACTERS),
        ("9111000A802100433B", Fault.CHARACTERS),
        ("91110000 802100433B", Fault.CHARACTERS),
        ("91110000802100433b", Fault.CHARACTERS),
    ],
)
def test_a_credit_code_is_judged(code: str, fault: Fault | None) -> None:
    assert credit_code_fault(code) is fault
    assert uscc.is_valid(code) or fault is not None
