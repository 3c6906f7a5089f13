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


class Incomplete(Wrong):
    """Right so far, and not all of it: what is saved to be gone on with later may be like that."""


def _(words: str) -> str:
    """Marks words for translation; they are translated where they are shown."""
    return words


# ── characters ────────────────────────────────────────────────────────────────────────────────────────────────────

FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
FULL_WIDTH_ALPHANUMERICS = {wide: plain for wide, plain in FULL_WIDTH.items() if chr(plain).isalnum()}
SPACES = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"), " "
)
HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"), "-")
"""Minus signs and dashes, as an input method or a copied text has them in numbers."""
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that draw nothing although their category does not say so."""
RADICALS = (range(0x2E80, 0x2FE0), range(0x31C0, 0x31F0))
"""Pieces of ideographs with code points of their own; text copied from PDFs is full of them."""
SAME = (*RADICALS, range(0x2160, 0x2180), range(0x3038, 0x303B), range(0xFB00, 0xFB07), range(0xFF66, 0xFFA0))
"""Where what Unicode holds for the same looks the same, too: radicals, Roman numerals, ligatures, half-width kana."""
LOOK_ALIKE = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
"""Scripts with letters that look like Latin ones."""
WRITTEN = frozenset({"CJK", "IDEOGRAPHIC", "LATIN", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"})
"""Scripts in which answers are written."""
LATIN = (range(0x01C0), range(0x01C4, 0x0250), range(0x1E00, 0x1F00))
"""Letters of languages; the phonetic signs beyond look like them."""
SIGNS_OF_QUANTITIES = frozenset("αβγδεζηθλμξπστφψωΓΔΘΛΞΠΣΦΨΩ")
"""Greek letters that are no word but a sign, and look like no Latin letter: α 粒子, Φ20."""
BESIDE_LATIN = frozenset("μπΔΦΩ")
"""Those of them that stand beside Latin letters: μm, kΩ."""
KANA_LIKE_HAN = frozenset("カロニエタトハミノー")
"""王ニ is not 王二, nor 王ー 王一."""


def normalised(typed: str, *, several_lines: bool = False) -> str:
    """NFC, plain digits and letters, plain spaces, trimmed; what Unicode holds for the same and looks it is the same.

    Raises Wrong for broken UTF-8 and for characters that nobody sees: they hide what a clerk must read, and two names
    that look alike must be alike.
    """
    text = unicodedata.normalize("NFC", typed).translate(SPACES)
    text = unicodedata.normalize("NFC", "".join(map(_same, text)))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text if several_lines else text.replace("\n", " ")
    text = text.replace("\t", " ").strip(" \n\u3000")
    for place, sign in enumerate(text, 1):
        if not _is_usual(sign):
            _refuse_unseen(sign, text[place - 2] if place > 1 else "", place)
    return text


def _is_usual(sign: str) -> bool:
    """Most of what is typed: nothing about it needs to be looked up."""
    return " " <= sign <= "~" or "\u4e00" <= sign <= "\u9fff"


def _same(sign: str) -> str:
    """The usual sign for the same thing: ⼀ is 一, 𝐀 is A, ١ is 1; but ， stays ， and ² stays ²."""
    if _is_usual(sign):
        return sign
    code = ord(sign)
    if plain := FULL_WIDTH_ALPHANUMERICS.get(code):
        return chr(plain)
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    is_same = sign == "\u00b5" or unicodedata.decomposition(sign).startswith("<font>") or _is_in(code, SAME)
    return unicodedata.normalize("NFKC", sign) if is_same else sign


def _is_in(code: int, ranges: tuple[range, ...]) -> bool:
    return any(code in each for each in ranges)


def _refuse_unseen(sign: str, before: str, place: int) -> None:
    category = unicodedata.category(sign)
    if sign == "\ufffd" or category == "Cs":
        raise Wrong(_("有文字在传送时损坏了（第 %(place)s 个字），请重新输入"), place=place)
    if category == "Cf" or sign in INVISIBLE or (_selects_variant(sign) and not _is_han(before)):
        raise Wrong(_("第 %(place)s 个字是看不见的字符，请删掉它再试"), place=place)
    if (category == "Cc" and sign != "\n") or category in {"Zl", "Zp"} or ord(sign) & 0xFFFE == 0xFFFE:
        raise Wrong(_("第 %(place)s 个字是不能使用的控制字符，请删掉它再试"), place=place)
    if category == "Co":
        raise Wrong(_("第 %(place)s 个字是自造字，别的电脑上看不到，请换成标准汉字；没有标准汉字的写拼音"), place=place)
    if category == "Cn" and not _is_han(sign):
        raise Wrong(_("第 %(place)s 个字这里不认识，请换一个写法"), place=place)
    if _is_in(ord(sign), RADICALS):
        raise Wrong(_("第 %(place)s 个字是偏旁或者笔画，不是汉字，请用键盘重新输入"), place=place)
    if category.startswith("M") and not _selects_variant(sign) and _script(before) != "LATIN":
        raise Wrong(_("第 %(place)s 个字上叠加了别的符号，请删掉它再试"), place=place)


def _selects_variant(sign: str) -> bool:
    return 0xFE00 <= ord(sign) <= 0xFE0F or 0xE0100 <= ord(sign) <= 0xE01EF


def _is_han(sign: str) -> bool:
    """Ideographs, the rare ones of later planes too: a variant of theirs may be chosen, in names above all."""
    return bool(sign) and (
        0x3400 <= ord(sign) <= 0x9FFF or 0xF900 <= ord(sign) <= 0xFAFF or 0x20000 <= ord(sign) <= 0x3FFFF
    )


def _script(sign: str) -> str:
    """As the name of the letter begins; young ideographs have no name yet, º and ª are signs."""
    if not sign.isalpha() or sign in "ºª":
        return "CJK" if _is_han(sign) else ""
    return "CJK" if _is_han(sign) else unicodedata.name(sign, "?").split(" ")[0]


def without_look_alikes(text: str) -> str:
    """Raises Wrong for letters of other scripts where Chinese or Latin ones are due, above all those that look so."""
    for word in re.findall(r"[^\W\d_]+", text):
        scripts = {_script(sign) for sign in word} - {""}
        foreign = {sign for sign in word if _script(sign) in LOOK_ALIKE and not _is_sign_of_quantity(sign, word)}
        phonetic = any(_script(sign) == "LATIN" and not _is_in(ord(sign), LATIN) for sign in word)
        if foreign or phonetic or _has_kana_like_han(word):
            raise Wrong(_("「%(word)s」里混进了外形相似的外文字母，请用键盘重新输入"), word=word)
        if scripts - WRITTEN - LOOK_ALIKE:
            raise Wrong(_("「%(word)s」里有汉字和拉丁字母以外的文字，请改用汉字或者拉丁字母填写"), word=word)
    return text


def _is_sign_of_quantity(sign: str, word: str) -> bool:
    """A single Greek letter that is meant as one."""
    has_latin = any(_script(each) == "LATIN" for each in word)
    is_single = sum(_script(each) == "GREEK" for each in word) == 1
    return is_single and sign in (BESIDE_LATIN if has_latin else SIGNS_OF_QUANTITIES)


def _has_kana_like_han(word: str) -> bool:
    """Whether kana that look like ideographs stand among these, and no other kana say that it is Japanese."""
    kana = re.findall(r"[\u3041-\u30ff]+", word)
    return len("".join(kana)) < len(word) and any(set(run) <= KANA_LIKE_HAN for run in kana)


def plain_words(typed: str, most: int, *, several_lines: bool = False) -> str:
    """Words as they are kept: normalised, not too long, in letters that are what they look like."""
    return without_look_alikes(within_length(normalised(typed, several_lines=several_lines), most))


def within_length(text: str, most: int) -> str:
    if len(text) > most:
        raise Wrong(_("最多 %(most)s 个字，现在有 %(count)s 个，请删减"), most=most, count=len(text))
    return text


def compact(typed: str) -> str:
    """A number or code as it is kept: half-width, without spaces."""
    return re.sub(r"\s+", "", normalised(typed).translate(FULL_WIDTH).replace("\u3000", ""))


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────

NUMBER = re.compile(r"-?((\d{1,3}(,\d{3})+|\d+)(\.\d*)?|\.\d+)", re.ASCII)


def number(typed: str, units: tuple[str, ...] = ()) -> Decimal:
    """Digits with or without thousands separators; a unit typed behind them is understood, and so is 3。5."""
    text = re.sub(r"(?<=\d)。(?=\d)", ".", compact(typed).translate(HYPHENS))
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
        raise Incomplete(_("请把年、月、日都填上"))
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
FIRST_GENERATION = re.compile(r"[1-8]\d{5}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}", re.ASCII)
PASS = re.compile(r"[HM]\d{8}(\d{2})?|[A-Z]{1,2}\d{7,8}", re.ASCII)
"""Passes of people from Hong Kong and Macao, and passports."""
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})-?(\d{7,8})", re.ASCII)
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
EMAIL_LENGTH = 254


def identity_number(typed: str, today: date) -> str:
    """GB 11643, without asking any register: whether such a number can exist."""
    digits = compact(typed).upper()
    if FIRST_GENERATION.fullmatch(digits):
        raise Wrong(_("这是 15 位的老身份证号，已经停用，请填现在身份证上的 18 位号码"))
    if PASS.fullmatch(digits):
        raise Wrong(
            _("这像通行证或者护照的号码。这里填 18 位的身份证号，港澳台居民填居住证上的 18 位号码；没有的请到窗口办理")
        )
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
    text = re.sub(r"[()]", "", compact(typed).translate(HYPHENS))
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
    digits = compact(typed).translate(HYPHENS).replace("-", "")
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
