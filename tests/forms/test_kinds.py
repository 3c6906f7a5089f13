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
from services.item import Choice, Kind, Question, Section, Text
from tests.forms.posted import Posted

REGIONS = {"510104": Text("锦江区", "Jinjiang"), "510107": Text("武侯区", "Wuhou")}
ASKING = Asking("zh", date(2026, 11, 22), REGIONS)
CHOICES = (Choice("hot", Text("热食", "Hot")), Choice("cold", Text("冷食", "Cold")), Choice("raw", Text("生食", "Raw")))


def form(kind: Kind, posted: Mapping[str, str | Sequence[str]] | None, **more: object) -> SectionForm:
    choices = CHOICES if kind in {Kind.CHOICE, Kind.CHOICES} else ()
    question = Question("key", kind, Text("问题", "Question"), choices=choices, **more)  # type: ignore[arg-type]
    made = ask(Section("section", Text("章"), (question,)), ASKING, None if posted is None else Posted(posted))
    made.validate()
    return made


def errors(made: SectionForm) -> str:
    (field,) = made.fields
    return "\n".join(field.errors)


def dated(year: str, month: str, day: str) -> dict[str, str]:
    return {"key-year": year, "key-month": month, "key-day": day}


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
}
EMPTY: dict[Kind, dict[str, str | Sequence[str]]] = {
    **{kind: {"key": " \u3000"} for kind in Kind},
    Kind.CHOICE: {"key": ""},
    Kind.CHOICES: {},
    Kind.YES_NO: {},
    Kind.DATE: dict(dated("", " ", "")),
    Kind.ADDRESS: dict(placed("", "")),
}
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
    choices = CHOICES if kind in {Kind.CHOICE, Kind.CHOICES} else ()
    section = Section("section", Text("章"), (Question("key", kind, Text("问题"), choices=choices),))
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
        assert errors(made) in {"请填写「问题」", "请选择「问题」"}
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
