"""What may be typed: put right where the meaning is plain, refused in words where it is not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.rules import (
    Wrong,
    compact,
    credit_code,
    day,
    email,
    identity_number,
    normalised,
    number,
    phone,
    within,
    within_length,
    without_look_alikes,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("  锦江东路\u3000", "锦江东路"),
        ("Ａ座１２号", "A座12号"),
        ("商务楼（示例）", "商务楼（示例）"),
        ("e\u0301cole", "école"),
        ("a\u00a0b\tc\nd\r\ne", "a b c d e"),
        ("龑䶮𠮷𰻝", "龑䶮𠮷𰻝"),
        ("\U000323b0\U0002ebf0", "\U000323b0\U0002ebf0"),  # ideographs younger than this Python's tables
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("张·买买提", "张·买买提"),
    ],
)
def test_text_is_put_right(typed: str, kept: str) -> None:
    assert normalised(typed) == kept


def test_lines_are_kept_where_there_may_be_several() -> None:
    assert normalised(" 一\r\n二\r三\t四 ", several_lines=True) == "一\n二\n三 四"


@pytest.mark.parametrize(
    "typed, words",
    [
        ("张\u200b三", "看不见"),
        ("张\u202e三", "看不见"),
        ("张\u2066三", "看不见"),
        ("张\ufeff三", "看不见"),
        ("张\u00ad三", "看不见"),
        ("张\u3164三", "看不见"),
        ("张\u2800三", "看不见"),
        ("a\ufe0fb", "看不见"),
        ("\ufe0f张", "看不见"),
        ("张\x00三", "控制字符"),
        ("张\x1b三", "控制字符"),
        ("张\x7f三", "控制字符"),
        ("张\u2028三", "控制字符"),
        ("张\uffff三", "控制字符"),
        ("张\ufffd三", "损坏"),
        ("张\ue000三", "自造字"),
        ("张\U000f1234三", "自造字"),
        ("张\u0378三", "不认识"),
        ("张⺄三", "偏旁"),
        ("张㇐三", "笔画"),
        ("张\u0332三", "叠加"),
        ("张\u20dd三", "叠加"),
    ],
)
def test_what_nobody_sees_is_refused_with_its_place(typed: str, words: str) -> None:
    with pytest.raises(Wrong) as caught:
        normalised(typed)
    assert words in caught.value.words
    assert caught.value.values["place"] in {1, 2}


@pytest.mark.parametrize(
    "typed",
    [
        "раypal",
        "Αlpha大厦",
        "СОNSTRUCTION",
        "АВС公司",
        "АВС 公司",
        "Москва 大厦",
        "王ニ",
        "王ー",
        "ʌ座",
        "pαypal",
        "ΑΒΓ",
    ],
)
def test_letters_that_only_look_like_what_is_due_are_refused(typed: str) -> None:
    with pytest.raises(Wrong, match="外形相似"):
        without_look_alikes(typed)


@pytest.mark.parametrize("typed", ["서울 대厦", "བོད", "ไทย", "ㄧ座", "محمد"])
def test_other_scripts_are_refused_where_chinese_or_latin_is_due(typed: str) -> None:
    with pytest.raises(Wrong, match=r"汉字和拉丁字母以外|叠加"):
        without_look_alikes(normalised(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "α 粒子",
        "α粒子",
        "Φ20 钢筋",
        "5 μm",
        "10 kΩ",
        "ΔT",
        "A座 Beta楼",
        "买买提江",
        "Müller",
        "Nguyễn",
        "nǚ",
        "の家",
        "カラオケ店",
    ],
)
def test_signs_and_letters_that_are_what_they_look_like_are_taken(typed: str) -> None:
    assert without_look_alikes(normalised(typed)) == typed


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("王⼀", "王一"),
        ("⾦牛区", "金牛区"),
        ("𝐀𝟙座", "A1座"),
        ("١٢ 号", "12 号"),
        ("०९", "09"),
        ("Ⅲ 类", "III 类"),
        ("ﬁre", "fire"),
        ("〹", "卄"),
        ("㎡，²", "㎡，²"),
        ("……", "……"),
    ],
)
def test_what_unicode_holds_for_the_same_and_looks_it_is_kept_as_one(typed: str, kept: str) -> None:
    assert normalised(typed) == kept


def test_a_text_of_a_hundred_kilobytes_is_refused_with_its_length() -> None:
    with pytest.raises(Wrong) as caught:
        within_length(normalised("长" * 100_000), 200)
    assert caught.value.values == {"most": 200, "count": 100_000}


@given(st.text(max_size=80))
def test_what_was_put_right_once_stays_as_it_is(typed: str) -> None:
    try:
        kept = normalised(typed)
    except Wrong:
        return
    assert normalised(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert not {unicodedata.category(sign) for sign in kept} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    "typed, value",
    [
        ("48620.5", "48620.5"),
        ("48,620.5", "48620.5"),
        ("４８，６２０．５", "48620.5"),
        (" 26 380 ", "26380"),
        ("120平方米", "120"),
        ("120 m²", "120"),
        ("-3", "-3"),
        ("007", "7"),
        ("\u22123", "-3"),
        ("1.", "1"),
        (".5", "0.5"),
        ("3。5", "3.5"),
        ("١٢", "12"),
    ],
)
def test_a_number_is_understood(typed: str, value: str) -> None:
    assert number(typed, ("平方米", "m²")) == Decimal(value)


@pytest.mark.parametrize(
    "typed", ["一百", "12a", "1e9", "NaN", "Infinity", "1,23", "1.2.3", "0x10", ".", "1/2", "--1", "+1"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Wrong, match="请用数字填写"):
        number(typed)


def test_a_number_without_end_is_refused() -> None:
    with pytest.raises(Wrong, match="太长"):
        number("9" * 31)


@pytest.mark.parametrize(
    "value, decimals, words",
    [("0", 0, "不能小于"), ("201", 0, "不能大于"), ("1.5", 0, "整数"), ("1.005", 2, "小数点后")],
)
def test_a_number_out_of_bounds_is_refused(value: str, decimals: int, words: str) -> None:
    with pytest.raises(Wrong, match=words):
        within(Decimal(value), Decimal(1), Decimal(200), decimals)


def test_trailing_zeros_are_no_places() -> None:
    assert within(Decimal("5.00"), Decimal(1), Decimal(200), 0) == 5


def parts(year: str, month: str, day_of_month: str) -> dict[str, str]:
    return {"year": year, "month": month, "day": day_of_month}


@pytest.mark.parametrize(
    "typed, value",
    [
        (parts("2026", "6", "1"), date(2026, 6, 1)),
        (parts("２０２６", "０６", " 01 "), date(2026, 6, 1)),
        (parts("2028", "2", "29"), date(2028, 2, 29)),
        (parts("", " ", "\u3000"), None),
    ],
)
def test_a_date_is_understood(typed: dict[str, str], value: date | None) -> None:
    assert day(typed) == value


@pytest.mark.parametrize(
    "typed, words",
    [
        (parts("2026", "2", "30"), "没有"),
        (parts("2027", "2", "29"), "没有"),
        (parts("2026", "13", "1"), "没有"),
        (parts("2026", "0", "1"), "没有"),
        (parts("2026", "6", ""), "都填上"),
        (parts("2026", "六", "1"), "请用数字"),
        (parts("2026", "6", "-1"), "请用数字"),
        (parts("20266", "6", "1"), "请用数字"),
        (parts("26", "6", "1"), "四位数字"),
        (parts("9999", "6", "1"), "四位数字"),
        (parts("二〇二六", "6", "1"), "请用数字"),
    ],
)
def test_an_impossible_date_is_refused(typed: dict[str, str], words: str) -> None:
    with pytest.raises(Wrong, match=words):
        day(typed)


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("510104199001010019", "510104199001010019"),
        ("５１０１０４ 19900101 0019", "510104199001010019"),
        ("11010519491231002x", "11010519491231002X"),
    ],
)
def test_an_identity_number_is_understood(typed: str, kept: str) -> None:
    assert identity_number(typed, TODAY) == kept


@pytest.mark.parametrize(
    "typed, words",
    [
        ("51010419900101001", "现在有"),
        ("510104199001010018", "最后一位对不上"),
        ("51010419900230001X", "最后一位对不上"),
        ("510104199002300016", "最后一位对不上"),
        ("五10104199001010019", "前 17 位是数字"),
        ("1101051949123100 2\u0425", "前 17 位是数字"),
        ("510104\u200b199001010019", "看不见"),
    ],
)
def test_a_wrong_identity_number_is_refused_with_the_place_to_look_at(typed: str, words: str) -> None:
    with pytest.raises(Wrong, match=words):
        identity_number(typed, TODAY)


@pytest.mark.parametrize("typed", ["91110000802100433B", "９１１１００００８０２１００４３３ｂ", "91110000 802100433b"])
def test_a_credit_code_is_understood(typed: str) -> None:
    assert credit_code(typed) == "91110000802100433B"


@pytest.mark.parametrize(
    "typed, words",
    [("91110000802100433", "18 位"), ("9111000080210O433B", "I、O、S"), ("91110000802100433C", "对不上")],
)
def test_a_wrong_credit_code_is_refused(typed: str, words: str) -> None:
    with pytest.raises(Wrong, match=words):
        credit_code(typed)


@pytest.mark.parametrize(
    "typed, words",
    [
        ("110105491231002", "15 位的老身份证号"),
        ("H12345678", "像通行证或者护照"),
        ("m1234567890", "通行证或者护照"),
        ("E12345678", "通行证或者护照"),
        ("123456789012345", "现在有 %(count)s 位"),
    ],
)
def test_other_numbers_of_people_are_refused_with_what_to_do(typed: str, words: str) -> None:
    with pytest.raises(Wrong) as caught:
        identity_number(typed, TODAY)
    assert words in caught.value.words


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("13800000000", "13800000000"),
        ("138 0000 0000", "13800000000"),
        ("+86 138-0000-0000", "13800000000"),
        ("１３８００００００００", "13800000000"),
        ("028-61880000", "028-61880000"),
        ("(028) 6188 0000", "028-61880000"),
        ("028—61880000", "028-61880000"),
        ("+86 28 61880000", "028-61880000"),
    ],
)
def test_a_telephone_number_is_understood(typed: str, kept: str) -> None:
    assert phone(typed) == kept


@pytest.mark.parametrize(
    "typed", ["12345", "23800000000", "1380000000", "138000000000", "61880000", "电话", "+1 2025550100"]
)
def test_a_wrong_telephone_number_is_refused(typed: str) -> None:
    with pytest.raises(Wrong, match="11 位手机号"):
        phone(typed)


@pytest.mark.parametrize("typed", ["a@example.com", "first.last+tag@mail.example.cn", "ａ@example.com"])
def test_an_address_of_mail_is_understood(typed: str) -> None:
    assert email(typed) == compact(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "a",
        "a@",
        "@b.cn",
        "a@b",
        "a..b@c.cn",
        "a@b..cn",
        "a b@@c.cn",
        "名@例子.中国",
        f"{'a' * 65}@b.cn",
        f"a@{'b.' * 130}cn",
    ],
)
def test_a_wrong_address_of_mail_is_refused(typed: str) -> None:
    with pytest.raises(Wrong, match="邮箱"):
        email(typed)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(Wrong, match="损坏"):
        normalised("张" + chr(0xD800))


RULES: tuple[Callable[[str], object], ...] = (
    *(normalised, without_look_alikes, number, phone, email, credit_code, compact),
    lambda typed: identity_number(typed, TODAY),
    lambda typed: day(parts(typed, typed, typed)),
)


@pytest.mark.parametrize("rule", RULES)
@given(typed=st.text(max_size=60))
def test_no_rule_raises_anything_but_words_with_their_values(rule: Callable[[str], object], typed: str) -> None:
    refusal: Wrong | None = None
    try:
        rule(typed)
    except Wrong as wrong:
        refusal = wrong
    assert refusal is None or refusal.words % refusal.values
