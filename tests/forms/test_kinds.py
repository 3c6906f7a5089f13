"""Every kind of question: a right answer, a missing one, and its wrong ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pytest

from forms.build import SectionForm, ask, clean
from forms.fields import Asking
from forms.kinds import KINDS
from services.answers import Address
from services.compounds import Compound, Rows, digest
from services.item import Choice, Kind, Question, Section, Text
from services.outline import from_text
from tests.forms.posted import Posted

REGIONS = {"510104": Text("锦江区", "Jinjiang"), "510107": Text("武侯区", "Wuhou")}
ASKING = Asking("zh", date(2026, 11, 22), REGIONS)
CHOICES = (Choice("hot", Text("热食", "Hot")), Choice("cold", Text("冷食", "Cold")), Choice("raw", Text("生食", "Raw")))


COLUMNS = (
    Question("name", Kind.TEXT, Text("姓名", "Name"), max_length=20),
    Question("share", Kind.NUMBER, Text("比例", "Share"), maximum=Decimal(100)),
    Question("worked", Kind.PERIOD, Text("时间", "Time"), required=False),
)
STATEMENT = Text("以上内容属实。", "All of this is true.")


def asked(kind: Kind, **more: object) -> Question:
    choices = CHOICES if kind in {Kind.CHOICE, Kind.CHOICES} else ()
    columns = COLUMNS if kind in {Kind.GROUP, Kind.TABLE} else ()
    statement = STATEMENT if kind in {Kind.DECLARATION, Kind.SIGNATURE} else None
    given: dict[str, object] = {"choices": choices, "columns": columns, "statement": statement, **more}
    return Question("key", kind, Text("问题", "Question"), **given)  # type: ignore[arg-type]


def form(kind: Kind, posted: Mapping[str, str | Sequence[str]] | None, **more: object) -> SectionForm:
    made = ask(
        Section("section", Text("章"), (asked(kind, **more),)), ASKING, None if posted is None else Posted(posted)
    )
    made.validate()
    return made


def errors(made: SectionForm) -> str:
    (field,) = made.fields
    return "\n".join(field.errors)


def dated(year: str, month: str, day: str) -> dict[str, str]:
    return {"key-year": year, "key-month": month, "key-day": day}


def spanned(start: tuple[str, str, str], end: tuple[str, str, str], key: str = "key") -> dict[str, str]:
    parts = ("year", "month", "day")
    return {
        f"{key}-{side}-{part}": text
        for side, day in (("start", start), ("end", end))
        for part, text in zip(parts, day, strict=True)
    }


def entry(number: int, name: str, share: str) -> dict[str, str]:
    """An entry of a group whose period was left empty."""
    empty = ("", "", "")
    return {
        f"key-{number}-name": name,
        f"key-{number}-share": share,
        **spanned(empty, empty, f"key-{number}-worked"),
    }


def person(name: str, identity: str, phone: str = "") -> dict[str, str]:
    return {"key-name": name, "key-identity_number": identity, "key-phone": phone}


def signed(name: str, consent: str = "yes") -> dict[str, str]:
    return {"key-name": name, "key-consent": consent}


def corners(text: str) -> dict[str, str]:
    return {"key-corners": text}


SQUARE = "104.06, 30.65\n104.061, 30.65\n104.061, 30.651\n104.06, 30.651"
BOW = "104.06, 30.65\n104.061, 30.651\n104.061, 30.65\n104.06, 30.651"
ANYBODY = "11010519491231002X"


def placed(region: str, detail: str) -> dict[str, str]:
    return {"key-region": region, "key-detail": detail}


RIGHT: dict[Kind, tuple[Mapping[str, str | Sequence[str]], object]] = {
    Kind.TEXT: ({"key": " 锦江东路 １ 号 "}, "锦江东路 1 号"),
    Kind.LONG_TEXT: ({"key": "一\r\n二"}, "一\n二"),
    Kind.NUMBER: ({"key": "２２"}, Decimal(22)),
    Kind.MONEY: ({"key": "26,380.50 元"}, Decimal("26380.50")),
    Kind.AREA: ({"key": "48620.5平方米"}, Decimal("48620.5")),
    Kind.DATE: (dated("2026", "6", "1"), date(2026, 6, 1)),
    Kind.CHOICE: ({"key": "hot"}, "hot"),
    Kind.CHOICES: ({"key": ["raw", "hot"]}, ("hot", "raw")),
    Kind.YES_NO: ({"key": "no"}, False),
    Kind.ADDRESS: (placed("510104", "锦江东路 1 号"), Address("510104", "锦江东路 1 号")),
    Kind.IDENTITY_NUMBER: ({"key": "11010519491231002x"}, "11010519491231002X"),
    Kind.CREDIT_CODE: ({"key": "91110000802100433b"}, "91110000802100433B"),
    Kind.PHONE: ({"key": "138 0000 0000"}, "13800000000"),
    Kind.EMAIL: ({"key": "a@example.com"}, "a@example.com"),
    Kind.BANK_ACCOUNT: ({"key": "６２２２ 0200 0000 0000 000"}, "6222020000000000000"),
    Kind.PERIOD: (
        spanned(("2026", "6", "1"), ("2026", "6", "30")),
        Compound((("start", date(2026, 6, 1)), ("end", date(2026, 6, 30)))),
    ),
    Kind.PERSON: (
        person("张示例", "１1010519491231002x", "138 0000 0000"),
        Compound((("name", "张示例"), ("identity_number", ANYBODY), ("phone", "13800000000"))),
    ),
    Kind.ORGANISATION: (
        {"key-name": "示例公司", "key-credit_code": "91110000802100433b"},
        Compound((("name", "示例公司"), ("credit_code", "91110000802100433B"))),
    ),
    Kind.POINT: (
        {"key-longitude": "104.0657°", "key-latitude": "３０.6595"},
        Compound((("longitude", Decimal("104.0657")), ("latitude", Decimal("30.6595")))),
    ),
    Kind.BOUNDARY: (corners(SQUARE), from_text(SQUARE)),
    **{
        kind: (
            {**entry(0, "张示例", "60"), **entry(1, "李示例", "40")},
            Rows(
                (
                    Compound((("name", "张示例"), ("share", Decimal(60)))),
                    Compound((("name", "李示例"), ("share", Decimal(40)))),
                )
            ),
        )
        for kind in (Kind.GROUP, Kind.TABLE)
    },
    Kind.DECLARATION: ({"key": "yes"}, True),
    Kind.SIGNATURE: (
        signed("张示例"),
        Compound((("name", "张示例"), ("on", date(2026, 11, 22)), ("sha256", digest(STATEMENT)))),
    ),
}
EMPTY: dict[Kind, dict[str, str | Sequence[str]]] = {
    **{kind: {"key": " \u3000"} for kind in Kind},
    Kind.CHOICE: {"key": ""},
    Kind.CHOICES: {},
    Kind.YES_NO: {},
    Kind.DATE: dict(dated("", " ", "")),
    Kind.ADDRESS: dict(placed("", "")),
    Kind.DECLARATION: {},
    Kind.PERIOD: dict(spanned(("", " ", ""), ("", "", "\u3000"))),
    Kind.PERSON: dict(person(" ", "")),
    Kind.ORGANISATION: {"key-name": "", "key-credit_code": " "},
    Kind.POINT: {"key-longitude": "", "key-latitude": ""},
    Kind.BOUNDARY: dict(corners(" \u3000")),
    Kind.GROUP: dict(entry(0, "", " ")),
    Kind.TABLE: {**entry(0, "", ""), **entry(4, " ", "")},
    Kind.SIGNATURE: dict(signed(" ", "")),
}
MISSING = {"请填写「问题」", "请选择「问题」", "请填写「问题」，至少一项", "请读完「问题」，再勾选", "请在「问题」签名"}
LONG = "长" * 2001
UNSEEN = "12\u200b3"
WRONG = [
    (Kind.TEXT, {"key": "长" * 201}, "最多 200 个字，现在有 201 个"),
    (Kind.TEXT, {"key": UNSEEN}, "第 3 个字是看不见的字符"),
    (Kind.TEXT, {"key": "张\ufffd"}, "损坏"),
    (Kind.TEXT, {"key": "раypal"}, "「раypal」"),
    (Kind.LONG_TEXT, {"key": LONG}, "最多 2000 个字，现在有 2001 个"),
    (Kind.LONG_TEXT, {"key": "一\u202e二"}, "看不见"),
    (Kind.NUMBER, {"key": "二十二"}, "请用数字填写"),
    (Kind.NUMBER, {"key": "2.5"}, "请填整数"),
    (Kind.NUMBER, {"key": "-1"}, "不能小于 0"),
    (Kind.NUMBER, {"key": UNSEEN}, "看不见"),
    (Kind.MONEY, {"key": "1.005"}, "小数点后最多 2 位"),
    (Kind.MONEY, {"key": "9999999999999"}, "不能大于 999,999,999,999"),
    (Kind.MONEY, {"key": "壹万"}, "请用数字填写"),
    (Kind.MONEY, {"key": "-0.01"}, "不能小于 0"),
    (Kind.AREA, {"key": "10亩"}, "请用数字填写"),
    (Kind.AREA, {"key": "1" * 40}, "太长"),
    (Kind.DATE, dated("2026", "2", "30"), "没有 2026 年 2 月 30 日这一天"),
    (Kind.DATE, dated("2026", "6", ""), "都填上"),
    (Kind.DATE, dated("二零二六", "6", "1"), "请用数字"),
    (Kind.DATE, dated("2026", "6", "1\u200b"), "看不见"),
    (Kind.DATE, dated("1026", "6", "1"), "四位数字"),
    (Kind.CHOICE, {"key": "boiled"}, "请从列出的选项里选"),
    (Kind.CHOICE, {"key": "hot" * 1000}, "请从列出的选项里选"),
    (Kind.CHOICES, {"key": ["hot", "boiled"]}, "请从列出的选项里选"),
    (Kind.CHOICES, {"key": ["\u200b"]}, "请从列出的选项里选"),
    (Kind.YES_NO, {"key": "maybe"}, "请选「是」或「否」"),
    (Kind.YES_NO, {"key": "是"}, "请选「是」或「否」"),
    (Kind.ADDRESS, placed("510104", ""), "请填写街道和门牌号"),
    (Kind.ADDRESS, placed("", "锦江东路 1 号"), "请选择区"),
    (Kind.ADDRESS, placed("999999", "锦江东路 1 号"), "请选择区"),
    (Kind.ADDRESS, placed("510104", "长" * 201), "最多 200 个字"),
    (Kind.ADDRESS, placed("510104", "路\u200b"), "看不见"),
    (Kind.IDENTITY_NUMBER, {"key": "110105194912310021"}, "最后一位对不上"),
    (Kind.IDENTITY_NUMBER, {"key": "1101051949123100"}, "现在有 16 位"),
    (Kind.IDENTITY_NUMBER, {"key": "9" * 500}, "现在有 500 位"),
    (Kind.CREDIT_CODE, {"key": "91110000802100433A"}, "最后一位对不上"),
    (Kind.CREDIT_CODE, {"key": "统一社会信用代码"}, "现在有 8 位"),
    (Kind.PHONE, {"key": "12345"}, "11 位手机号"),
    (Kind.PHONE, {"key": "1" * 1000}, "11 位手机号"),
    (Kind.EMAIL, {"key": "example.com"}, "邮箱"),
    (Kind.EMAIL, {"key": "a@b.cn\u200b"}, "看不见"),
    (Kind.BANK_ACCOUNT, {"key": "6222020000000000001"}, "最后一位对不上"),
    (Kind.BANK_ACCOUNT, {"key": "1234567"}, "8 到 32 位"),
    (Kind.BANK_ACCOUNT, {"key": "1" * 33}, "8 到 32 位"),
    (Kind.BANK_ACCOUNT, {"key": "六二二二"}, "8 到 32 位"),
    (Kind.BANK_ACCOUNT, {"key": "62220200\u200b00000000000"}, "看不见"),
    (Kind.PERIOD, spanned(("2026", "6", "30"), ("2026", "6", "1")), "结束的日期不能早于开始"),
    (Kind.PERIOD, spanned(("2026", "2", "30"), ("2026", "6", "1")), "没有 2026 年 2 月 30 日"),
    (Kind.PERIOD, spanned(("2026", "2", "1"), ("", "", "")), "请填写「到哪天」"),
    (Kind.PERIOD, spanned(("2026", "2", "1"), ("2026", "", "")), "都填上"),
    (Kind.PERSON, person("", ANYBODY), "请填写「姓名」"),
    (Kind.PERSON, person("张示例", "110105194912310021"), "最后一位对不上"),
    (Kind.PERSON, person("张示例", ""), "请填写「身份证号」"),
    (Kind.PERSON, person("раypal", ANYBODY), "「раypal」"),
    (Kind.PERSON, person("张\u200b", ANYBODY), "看不见"),
    (Kind.PERSON, person("长" * 51, ANYBODY), "最多 50 个字"),
    (Kind.PERSON, person("张示例", ANYBODY, "12345"), "11 位手机号"),
    (Kind.ORGANISATION, {"key-name": "示例", "key-credit_code": "91110000802100433A"}, "最后一位对不上"),
    (Kind.ORGANISATION, {"key-name": "", "key-credit_code": "91110000802100433B"}, "请填写「名称」"),
    (Kind.POINT, {"key-longitude": "116.4", "key-latitude": "30.6"}, "不能大于 104.9"),
    (Kind.POINT, {"key-longitude": "104.0", "key-latitude": "29.9"}, "不能小于 30.09"),
    (Kind.POINT, {"key-longitude": "东经一百零四度", "key-latitude": "30.6"}, "请用数字填写"),
    (Kind.POINT, {"key-longitude": "104.0", "key-latitude": ""}, "请填写「纬度」"),
    (Kind.BOUNDARY, corners(BOW), "自己相交"),
    (Kind.BOUNDARY, corners("104.06, 30.65\n104.07, 30.65"), "三个不同的角点"),
    (Kind.BOUNDARY, corners(SQUARE.replace("104.06,", "116.4,")), "不在成都市范围内"),
    (Kind.BOUNDARY, corners("东经 104 度"), "看不懂坐标"),
    (Kind.BOUNDARY, corners(SQUARE.replace("30.65\n", "30.65\u200b\n", 1)), "看不见"),
    (Kind.BOUNDARY, corners('{"type": "Polygon"'), "看不懂坐标"),
    (Kind.BOUNDARY, corners("长" * 1_000_001), "1 MB"),
    *((kind, entry(0, "", "40"), "请填写「姓名」") for kind in (Kind.GROUP, Kind.TABLE)),
    *((kind, entry(0, "张示例", "101"), "不能大于 100") for kind in (Kind.GROUP, Kind.TABLE)),
    *((kind, entry(3, "长" * 21, "1"), "最多 20 个字") for kind in (Kind.GROUP, Kind.TABLE)),
    (
        Kind.GROUP,
        {name: text for number in range(31) for name, text in entry(number, "张", "1").items()},
        "最多填 30 项",
    ),
    (Kind.DECLARATION, {"key": "no"}, "请勾选"),
    (Kind.SIGNATURE, signed("张示例", ""), "请勾选同意"),
    (Kind.SIGNATURE, signed("", "yes"), "请输入签名人的姓名"),
    (Kind.SIGNATURE, signed("张3", "yes"), "不会有数字"),
    (Kind.SIGNATURE, signed("Маria", "yes"), "「Маria」"),
    (Kind.SIGNATURE, signed("长" * 51, "yes"), "最多 50 个字"),
]


def test_every_kind_is_tried_here_and_has_a_field() -> None:
    assert set(KINDS) == set(Kind) == set(RIGHT) == {kind for kind, _, _ in WRONG}


@pytest.mark.parametrize("kind", Kind)
def test_a_right_answer_is_taken_clean(kind: Kind) -> None:
    posted, value = RIGHT[kind]
    made = form(kind, posted)
    assert errors(made) == ""
    assert clean(made) == {"key": value}


@pytest.mark.parametrize("kind", Kind)
def test_a_kept_answer_is_shown_as_one_would_type_it(kind: Kind) -> None:
    posted, value = RIGHT[kind]
    section = Section("section", Text("章"), (asked(kind),))
    (field,) = ask(section, ASKING, answers={"key": value}).fields  # type: ignore[dict-item]
    again: dict[str, str | Sequence[str]] = (
        {f"key-{part}": text for part, text in field.typed.items()}
        if isinstance(field.typed, dict)
        else {"key": field.typed}
    )
    assert clean(form(kind, again)) == {"key": value}
    assert set(again) == set(posted)


@pytest.mark.parametrize("kind", Kind)
def test_a_missing_answer_is_asked_for_by_name(kind: Kind) -> None:
    for posted in ({}, EMPTY[kind]):
        made = form(kind, posted)
        assert errors(made) in MISSING
        assert clean(made) == {}


@pytest.mark.parametrize("kind", Kind)
def test_an_optional_answer_may_be_missing(kind: Kind) -> None:
    made = form(kind, EMPTY[kind], required=False)
    assert errors(made) == ""
    assert clean(made) == {}


@pytest.mark.parametrize("kind, posted, words", WRONG)
def test_a_wrong_answer_is_refused_in_words_and_still_there(
    kind: Kind, posted: dict[str, str | Sequence[str]], words: str
) -> None:
    made = form(kind, posted)
    (field,) = made.fields
    assert words in errors(made)
    assert len(field.errors) == 1
    assert clean(made) == {}
    kept = list(field.typed.values()) if isinstance(field.typed, dict) else field.typed
    typed = [value for values in posted.values() for value in ([values] if isinstance(values, str) else values)]
    assert ([kept] if isinstance(kept, str) else list(kept)) == typed


@pytest.mark.parametrize(
    "region, detail, words",
    [
        ("110000", "朝阳区示例路 1 号", ""),
        ("510104", "锦江东路 1 号", ""),
        ("810000", "1 Sample Road, Kowloon", ""),
        ("110000", "示例路 1 号", "从市、区（县）写起"),
        ("110000", "", "请填写街道和门牌号"),
        ("elsewhere", "示例路 1 号", "请选择省（区、市）"),
        ("990000", "示例路 1 号", "请选择省（区、市）"),
    ],
)
def test_where_letters_go_may_lie_in_any_province(region: str, detail: str, words: str) -> None:
    made = form(Kind.ADDRESS, placed(region, detail), anywhere=True)
    assert words in errors(made)
    assert clean(made) == ({} if words else {"key": Address(region, detail)})
    assert ("110000", "北京市") in made.fields[0].choices()


def test_who_lives_elsewhere_is_told_where_to_go() -> None:
    made = form(Kind.ADDRESS, placed("elsewhere", "绵阳市涪城区示例路 1 号"))
    assert "只受理成都市的事" in errors(made)
    assert made.fields[0].choices()[-1] == ("elsewhere", "不在成都市")
    assert "请选择区" in errors(form(Kind.ADDRESS, placed("110000", "朝阳区示例路 1 号")))


def pinned(east: str, north: str) -> dict[str, str | Sequence[str]]:
    return {**placed("510104", "锦江东路 1 号"), "key-longitude": east, "key-latitude": north}


@pytest.mark.parametrize(
    "east, north, pin",
    [("", "", None), ("104.0812°", "３０.6511度", (Decimal("104.0812"), Decimal("30.6511")))],
)
def test_an_address_may_have_its_place_on_the_map(east: str, north: str, pin: tuple[Decimal, Decimal] | None) -> None:
    made = form(Kind.ADDRESS, pinned(east, north), pinned=True)
    value = Address("510104", "锦江东路 1 号", pin)
    assert clean(made) == {"key": value}
    section = Section("section", Text("章"), (asked(Kind.ADDRESS, pinned=True),))
    (field,) = ask(section, ASKING, answers={"key": value}).fields
    assert isinstance(field.typed, dict)
    assert set(field.names) == set(pinned("", ""))
    assert clean(form(Kind.ADDRESS, {f"key-{part}": text for part, text in field.typed.items()}, pinned=True)) == {
        "key": value
    }


@pytest.mark.parametrize(
    "east, north, words",
    [
        ("104.0812", "", "要一起填"),
        ("", "30.65", "要一起填"),
        ("116.4", "39.9", "不在成都市范围内"),
        ("30.6511", "104.0812", "不在成都市范围内"),
        ("东经一百零四度", "30.65", "请用数字填写"),
        ("104.08123456", "30.65", "小数点后最多 7 位"),
    ],
)
def test_a_place_that_cannot_be_is_refused_and_the_address_stays(east: str, north: str, words: str) -> None:
    made = form(Kind.ADDRESS, pinned(east, north), pinned=True)
    assert words in errors(made)
    (field,) = made.fields
    assert isinstance(field.typed, dict)
    assert (field.typed["detail"], field.typed["longitude"], field.typed["latitude"]) == ("锦江东路 1 号", east, north)


def test_an_address_that_is_not_pinned_has_no_field_for_it() -> None:
    made = form(Kind.ADDRESS, pinned("104.0812", "30.6511"))
    assert clean(made) == {"key": Address("510104", "锦江东路 1 号")}


def test_bounds_lengths_and_places_of_the_question_win() -> None:
    assert errors(form(Kind.TEXT, {"key": "一二三"}, max_length=2)) == "最多 2 个字，现在有 3 个，请删减"
    assert errors(form(Kind.NUMBER, {"key": "5"}, maximum=Decimal(4))) == "不能大于 4"
    assert errors(form(Kind.NUMBER, {"key": "-5"}, minimum=Decimal(-9))) == ""
    assert errors(form(Kind.MONEY, {"key": "0.000001"}, decimals=6)) == ""
    assert errors(form(Kind.NUMBER, {"key": "3 层"}, unit=Text("层", "floors"))) == ""


def test_words_are_translated_where_they_are_shown() -> None:
    words = {"请填写「%(label)s」": "Answer “%(label)s”"}
    asking = Asking("en", date(2026, 11, 22), translate=lambda chinese: words.get(chinese, chinese))
    question = Question("key", Kind.TEXT, Text("100% 的问题", "100% question"))
    made = ask(Section("section", Text("章"), (question,)), asking, Posted())
    made.validate()
    assert errors(made) == "Answer “100% question”"
