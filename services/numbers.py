"""Identity numbers and credit codes: whether they can be right."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from stdnum import numdb
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError


class Fault(StrEnum):
    """Why a number cannot be right."""

    LENGTH = "length"
    CHARACTERS = "characters"
    CHECK_DIGIT = "check_digit"
    DATE = "date"
    REGION = "region"


PERMITS_OF_RESIDENCE = ("810000", "820000", "830000")
"""Held by people from Hong Kong, Macao and Taiwan who live on the mainland."""
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_SIGNS = 6
"""Of the eight signs of an organisation, those behind MA, which tell one from another."""
OLDEST = 150
"""Years: an earlier birth is a mistyped date."""
TABLE_ENDS = 2020
"""The year up to which the table of counties is complete; later births may come from counties founded since."""


def identity_number_fault(number: str, today: date | None = None) -> Fault | None:
    """GB 11643: length, characters, check digit, birth date, region of issue. `today` also refuses births to come."""
    if len(number) != 18:
        return Fault.LENGTH
    if not (number.isascii() and number[:17].isdigit() and number[17] in "0123456789X"):
        return Fault.CHARACTERS
    if number[17] != ric.calc_check_digit(number):
        return Fault.CHECK_DIGIT
    try:
        born = ric.get_birth_date(number)
    except InvalidComponent:
        return Fault.DATE
    if today is not None and not (today.year - OLDEST <= born.year and born <= today):
        return Fault.DATE
    return None if _is_region(number[:6], born) else Fault.REGION


def _is_region(code: str, born: date) -> bool:
    """Whether numbers may begin so.

    Not by `ric.get_birth_place`: it refuses whoever was born before the county was founded, but numbers were first
    given out in 1984, to people of every age, by the counties of that day.
    """
    if code in PERMITS_OF_RESIDENCE:
        return True
    found = {key for _, properties in numdb.get("cn/loc").info(code) for key in properties}
    return "county" in found or (born.year > TABLE_ENDS and "province" in found)


def credit_code(prefix: str, region: str, serial: int) -> str:
    """The code of what is registered as the `serial`-th of a region, with both its check signs (GB 32100, GB 11714)."""
    signs, number = "", serial
    for _ in range(CODE_SIGNS):
        number, sign = divmod(number, len(CODE_ALPHABET))
        signs = CODE_ALPHABET[sign] + signs
    body = f"MA{signs}"
    code = f"{prefix}{region}{body}{_check_sign(body)}"
    return code + uscc.calc_check_digit(code)


def _check_sign(body: str) -> str:
    """Of the eight signs of an organisation (GB 11714)."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    value = 11 - sum(int(sign, 36) * weight for sign, weight in zip(body, weights, strict=True)) % 11
    return {10: "X", 11: "0"}.get(value, str(value))


def credit_code_fault(code: str) -> Fault | None:
    """GB 32100: length, characters, check digit."""
    try:
        uscc.validate(code)
    except InvalidLength:
        return Fault.LENGTH
    except InvalidFormat:
        return Fault.CHARACTERS
    except InvalidChecksum:
        return Fault.CHECK_DIGIT
    except ValidationError:
        return Fault.CHARACTERS
    return None if uscc.compact(code) == code else Fault.CHARACTERS
