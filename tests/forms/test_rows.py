"""Groups: entries added and removed by buttons, nothing typed lost, sums and overlaps in rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from forms.build import SectionForm, change_rows, clean, form_for, strangers
from forms.widgets import errors
from services.answers import examples
from services.compounds import Rows
from services.conditions import Condition
from services.current import catalogue
from services.item import Kind, Question, Rule, Section, Text
from tests.forms.posted import Posted

TODAY = date(2026, 11, 22)
OWNERS = Question(
    "owners",
    Kind.GROUP,
    Text("股东"),
    most=3,
    columns=(Question("name", Kind.TEXT, Text("姓名")), Question("share", Kind.NUMBER, Text("比例"))),
)
WHOLE = Rule(Condition.parse("owners.share == 100"), "owners", Text("比例加起来要等于 100"))
JOBS = Question("jobs", Kind.TABLE, Text("工作"), columns=(Question("worked", Kind.PERIOD, Text("时间")),))
APART = Rule(Condition.parse("not jobs.overlaps"), "jobs", Text("时间不能重叠"))


def form(question: Question, rule: Rule, posted: dict[str, str]) -> SectionForm:
    section = Section("section", Text("章"), (question,), rules=(rule,))
    return form_for(section, answers={}, language="zh", today=TODAY, formdata=Posted(posted))


def owners(*given: tuple[str, str]) -> dict[str, str]:
    return {
        f"owners-{number}-{key}": text
        for number, entry in enumerate(given)
        for key, text in zip(("name", "share"), entry, strict=True)
    }


def test_an_entry_is_added_and_removed_and_what_is_typed_stays() -> None:
    made = form(OWNERS, WHOLE, owners(("张示例", "六十"), ("李示例", "40")))
    assert change_rows(made, "add:owners")
    assert [row.name for row in made.fields[0].rows] == ["owners-0", "owners-1", "owners-2"]  # type: ignore[attr-defined]
    assert not change_rows(made, "add:owners"), "three at most"
    assert change_rows(made, "remove:owners:1")
    assert made.fields[0].typed == {"0-name": "张示例", "0-share": "六十", "2-name": "", "2-share": ""}
    for step in ("remove:owners:7", "remove:others:0", "continue", "add", "remove:owners:", ""):
        assert not change_rows(made, step)


def test_the_last_entry_that_is_removed_leaves_an_empty_one() -> None:
    made = form(OWNERS, WHOLE, owners(("张示例", "60")))
    assert change_rows(made, "remove:owners:0")
    assert made.fields[0].typed == {"0-name": "", "0-share": ""}


def test_a_rule_looks_at_the_sum_of_a_column() -> None:
    assert form(OWNERS, WHOLE, owners(("张示例", "60"), ("", ""), ("李示例", "40"))).validate()
    made = form(OWNERS, WHOLE, owners(("张示例", "60"), ("李示例", "41")))
    assert not made.validate()
    assert errors(made) == [{"id": "owners-0-name", "text": "比例加起来要等于 100"}]


def test_a_mistake_in_an_entry_leads_to_its_place() -> None:
    made = form(OWNERS, WHOLE, owners(("张示例", "60"), ("李示例", "四十")))
    assert not made.validate()
    assert [error["id"] for error in errors(made)] == ["owners-1-share"]
    assert clean(made) == {}


def test_too_many_entries_are_refused_and_numbers_beyond_are_strangers() -> None:
    made = form(OWNERS, WHOLE, owners(*[("张示例", "25")] * 4))
    assert not made.validate()
    assert "最多填 3 项" in errors(made)[0]["text"]
    posted = Posted({**owners(("张示例", "100")), "owners-1000-name": "李", "owners-01-name": "王"})
    made = form_for(Section("section", Text("章"), (OWNERS,)), answers={}, language="zh", today=TODAY, formdata=posted)
    assert strangers(made, posted) == ("owners-1000-name", "owners-01-name")


@pytest.mark.parametrize("second, is_right", [("11", True), ("10", False)])
def test_periods_that_overlap_break_a_rule(second: str, is_right: bool) -> None:
    days = (("2026", "1", "1"), ("2026", "1", "10"), ("2026", "1", second), ("2026", "1", "31"))
    names = [f"jobs-{number}-worked-{side}" for number in (0, 1) for side in ("start", "end")]
    posted = {
        f"{name}-{part}": text
        for name, day in zip(names, days, strict=True)
        for part, text in zip(("year", "month", "day"), day, strict=True)
    }
    assert form(JOBS, APART, posted).validate() is is_right


@pytest.mark.parametrize(
    "code, section, key",
    [("MS045", "benefit", "earlier_jobs"), ("MS026", "home", "earlier_homes"), ("GC307", "road", "phases")],
)
def test_jobs_homes_and_sections_of_a_road_come_after_each_other(code: str, section: str, key: str) -> None:
    item = catalogue().items[code]
    (asked,) = [each for each in item.sections if each.key == section]
    given = examples(item, TODAY)
    rows = given[key]
    assert isinstance(rows, Rows)

    def judged(entries: Rows) -> list[dict[str, str]]:
        told = {**given, key: entries}
        shown = form_for(asked, answers=told, language="zh", today=TODAY, regions=catalogue().districts)
        posted = Posted(dict(each for field in shown.fields for each in field.as_text()))
        made = form_for(asked, answers={}, language="zh", today=TODAY, regions=catalogue().districts, formdata=posted)
        made.validate()
        return errors(made)

    assert judged(rows) == []
    (wrong,) = judged(Rows((rows.entries[0], rows.entries[1], rows.entries[0])))
    assert wrong["id"].startswith(f"{key}-0-")
    assert "重叠" in wrong["text"]


def test_a_computed_value_is_not_asked_but_judged() -> None:
    price = Question("price", Kind.MONEY, Text("单价"))
    total = Question(
        "total", Kind.MONEY, Text("合计"), required=False, computed=Condition.parse("price * 3 / 7"), decimals=2
    )
    rule = Rule(Condition.parse("total <= 100"), "price", Text("合计不能超过 100 元"))
    section = Section("section", Text("章"), (price, total), rules=(rule,))
    for typed, is_right in (("233.33", True), ("233.35", False)):
        made = form_for(section, answers={}, language="zh", today=TODAY, formdata=Posted({"price": typed}))
        assert made.validate() is is_right
        assert [field.name for field in made.fields] == ["price"]
        assert clean(made) == {"price": Decimal(typed)}
