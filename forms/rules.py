"""What may be typed, and how it is put right or refused: pure rules with human words, independent of any form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from stdnum import luhn

from services.numbers import Fault, credit_code_fault, identity_number_fault

TEXT_LENGTH = 200
LONG_TEXT_LENGTH = 2000
LOWEST, HIGHEST = Decimal(0), Decimal(999_999_999_999)
"""Bounds of a number where its question names none."""
YEARS = range(1900, 2200)


class Wrong(ValueError):
    """An answer that cannot be taken: Chinese words (the key of their translation) and the values put into them."""

    def __init__(self, words: str, **values: object) -> None:
        super().__init__(words)
        self.words, self.values = words, values


def _(words: str) -> str:
    """Marks words for translation; they are translated where they are shown."""
    return words


# ── characters ────────────────────────────────────────────────────────────────────────────────────────────────────

FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
FULL_WIDTH_ALPHANUMERICS = {wide: plain for wide, plain in FULL_WIDTH.items() if chr(plain).isalnum()}
SPACES = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"), " "
)
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that draw nothing although their category does not say so."""
LOOK_ALIKE = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
"""Scripts with letters that look like Latin ones."""


def normalised(typed: str, *, several_lines: bool = False) -> str:
    """NFC, plain digits and letters, plain spaces, trimmed.

    Raises Wrong for broken UTF-8 and for characters that nobody sees: they hide what a clerk must read, and two names
    that look alike must be alike.
    """
    text = unicodedata.normalize("NFC", typed).translate(FULL_WIDTH_ALPHANUMERICS).translate(SPACES)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text if several_lines else text.replace("\n", " ")
    text = text.replace("\t", " ").strip(" \n\u3000")
    for place, sign in enumerate(text, 1):
        _refuse_unseen(sign, text[place - 2] if place > 1 else "", place)
    return text


def _refuse_unseen(sign: str, before: str, place: int) -> None:
    category = unicodedata.category(sign)
    if sign == "\ufffd" or category == "Cs":
        raise Wrong(_("有文字在传送时损坏了（第 %(place)s 个字），请重新输入"), place=place)
    if category == "Cf" or sign in INVISIBLE or (_selects_variant(sign) and not _is_han(before)):
        raise Wrong(_("第 %(place)s 个字是看不见的字符，请删掉它再试"), place=place)
    if (category == "Cc" and sign != "\n") or category in {"Zl", "Zp"} or ord(sign) & 0xFFFE == 0xFFFE:
        raise Wrong(_("第 %(place)s 个字是不能使用的控制字符，请删掉它再试"), place=place)


def _selects_variant(sign: str) -> bool:
    return 0xFE00 <= ord(sign) <= 0xFE0F or 0xE0100 <= ord(sign) <= 0xE01EF


def _is_han(sign: str) -> bool:
    """Ideographs, the rare ones of later planes too: a variant of theirs may be chosen, in names above all."""
    return bool(sign) and (
        0x3400 <= ord(sign) <= 0x9FFF or 0xF900 <= ord(sign) <= 0xFAFF or 0x20000 <= ord(sign) <= 0x3FFFF
    )


def without_look_alikes(text: str) -> str:
    """Raises Wrong for a word of Latin letters and of letters that only look Latin."""
    for word in re.findall(r"[^\W\d_]+", text):
        scripts = {unicodedata.name(sign, "").split(" ")[0] for sign in word}
        if "LATIN" in scripts and scripts & set(LOOK_ALIKE):
            raise Wrong(_("「%(word)s」里混进了外形相似的外文字母，请用键盘重新输入"), word=word)
    return text


def within_length(text: str, most: int) -> str:
    if len(text) > most:
        raise Wrong(_("最多 %(most)s 个字，现在有 %(count)s 个，请删减"), most=most, count=len(text))
    return text


def compact(typed: str) -> str:
    """A number or code as it is kept: half-width, without spaces."""
    return re.sub(r"\s+", "", normalised(typed).translate(FULL_WIDTH).replace("\u3000", ""))


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────

NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)


def number(typed: str, units: tuple[str, ...] = ()) -> Decimal:
    """Digits with or without thousands separators; a unit typed behind them is understood."""
    text = compact(typed)
    for unit in units:
        text = text.removesuffix(compact(unit))
    if not NUMBER.fullmatch(text):
        raise Wrong(_("请用数字填写，例如 1200"))
    if len(text) > 30:
        raise Wrong(_("这个数太长了，请再看看"))
    return Decimal(text.replace(",", ""))


def within(value: Decimal, least: Decimal, most: Decimal, decimals: int) -> Decimal:
    if value != value.quantize(Decimal(1).scaleb(-decimals)):
        if decimals == 0:
            raise Wrong(_("请填整数"))
        raise Wrong(_("小数点后最多 %(places)s 位"), places=decimals)
    if value < least:
        raise Wrong(_("不能小于 %(least)s"), least=f"{least:,f}")
    if value > most:
        raise Wrong(_("不能大于 %(most)s"), most=f"{most:,f}")
    return value


# ── dates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def day(typed: Mapping[str, str]) -> date | None:
    """A date typed as year, month and day; None where all three are empty."""
    parts = {name: compact(text) for name, text in typed.items()}
    if not any(parts.values()):
        return None
    if not all(parts.values()):
        raise Wrong(_("请把年、月、日都填上"))
    if not all(re.fullmatch(r"\d{1,4}", text, re.ASCII) for text in parts.values()):
        raise Wrong(_("年、月、日请用数字填写，例如 2026 年 6 月 1 日"))
    year, month, day_of_month = (int(parts[name]) for name in ("year", "month", "day"))
    if year not in YEARS:
        raise Wrong(_("年份请填四位数字，例如 2026"))
    try:
        return date(year, month, day_of_month)
    except ValueError:
        words = _("没有 %(year)s 年 %(month)s 月 %(day)s 日这一天，请再看看")
        raise Wrong(words, year=year, month=month, day=day_of_month) from None


# ── codes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

IDENTITY_WORDS = {
    Fault.LENGTH: _("身份证号是 18 位，现在有 %(count)s 位"),
    Fault.CHARACTERS: _("身份证号前 17 位是数字，最后一位是数字或 X"),
    Fault.CHECK_DIGIT: _("身份证号的最后一位对不上，可能有一位填错了，请对着证件再看看"),
    Fault.DATE: _("身份证号第 7 到 14 位不是可能的出生日期，请对着证件再看看"),
    Fault.REGION: _("身份证号前 6 位不是已知的行政区划，请对着证件再看看"),
}
CREDIT_CODE_WORDS = {
    Fault.LENGTH: _("统一社会信用代码是 18 位，现在有 %(count)s 位"),
    Fault.CHARACTERS: _("统一社会信用代码由数字和大写字母组成，没有 I、O、S、V、Z，请对着营业执照再看看"),
    Fault.CHECK_DIGIT: _("统一社会信用代码的最后一位对不上，可能有一位填错了，请对着营业执照再看看"),
}
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})-?(\d{7,8})", re.ASCII)
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
EMAIL_LENGTH = 254


def identity_number(typed: str, today: date) -> str:
    """GB 11643, without asking any register: whether such a number can exist."""
    digits = compact(typed).upper()
    if fault := identity_number_fault(digits, today):
        raise Wrong(IDENTITY_WORDS[fault], count=len(digits))
    return digits


def credit_code(typed: str) -> str:
    """GB 32100, likewise."""
    code = compact(typed).upper()
    if fault := credit_code_fault(code):
        raise Wrong(CREDIT_CODE_WORDS[fault], count=len(code))
    return code


def phone(typed: str) -> str:
    """A mobile number of the mainland, or a landline with its area code (kept with a hyphen)."""
    text = re.sub(r"[()]", "", compact(typed))
    mobile = re.sub(r"^(\+86|0086|86)", "", text.replace("-", ""))
    if MOBILE.fullmatch(mobile):
        return mobile
    if landline := LANDLINE.fullmatch(re.sub(r"^(\+86|0086)-?", "0", text) if text.startswith(("+", "00")) else text):
        return f"{landline[1]}-{landline[2]}"
    raise Wrong(_("请填 11 位手机号，或者带区号的座机号，例如 028-61880000"))


ACCOUNT = re.compile(r"\d{8,32}", re.ASCII)
CARD_LENGTHS = range(16, 20)


def bank_account(typed: str) -> str:
    """Digits; a number that begins as those of UnionPay cards (62) must have a card's check digit (Luhn)."""
    digits = compact(typed).replace("-", "")
    if not ACCOUNT.fullmatch(digits):
        raise Wrong(_("银行账号是 8 到 32 位数字，请对着存折或卡片再看看"))
    if digits.startswith("62") and len(digits) in CARD_LENGTHS and not luhn.is_valid(digits):
        raise Wrong(_("银行卡号的最后一位对不上，可能有一位填错了，请对着卡片再看看"))
    return digits


def email(typed: str) -> str:
    text = compact(typed)
    if len(text) > EMAIL_LENGTH or ".." in text or not EMAIL.fullmatch(text):
        raise Wrong(_("请填完整的邮箱地址，例如 name@example.com"))
    return text
