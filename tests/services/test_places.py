"""Places in the texts of the office: what cannot stand is named with its position and what to write instead."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.places import NOTHING, Why, faults, filled

KNOWN = ("holder", "issuer", "issued_on", "project_name")


@pytest.mark.parametrize(
    "text, why, line, column, instead",
    [
        ("持证人{name}", Why.UNKNOWN, 1, 4, "{holder}"),
        ("一\n二{holder:han}", Why.FORMAT, 2, 2, "{holder}"),
        ("{issued_on:%Y}", Why.FORMAT, 1, 1, "{issued_on:iso}"),
        ("{{ 7*7 }}", Why.BRACE, 1, 1, "｛"),
        ("{% for x in y %}", Why.UNKNOWN, 1, 1, "{holder}"),
        ("{holder.__class__}", Why.UNKNOWN, 1, 1, "{holder}"),
        ("{holder", Why.BRACE, 1, 1, "｛"),
        ("甲}", Why.BRACE, 1, 2, "｝"),
    ],
)
def test_what_is_no_place_is_refused_where_it_stands(text: str, why: Why, line: int, column: int, instead: str) -> None:
    fault = faults(text, KNOWN, 100)[0]
    assert (fault.why, fault.line, fault.column) == (why, line, column)
    assert instead in fault.instead


def test_unseen_characters_and_length_are_refused() -> None:
    assert [(each.why, each.column) for each in faults("甲\u202e乙\u200b", KNOWN, 100)] == [
        (Why.UNSEEN, 2),
        (Why.UNSEEN, 4),
    ]
    (fault,) = faults("字" * 10_000, KNOWN, 400)
    assert (fault.why, fault.found, fault.instead) == (Why.LONG, "10000", ("400",))


def test_dates_have_three_forms_and_nothing_is_a_dash() -> None:
    day = {"issued_on": date(2026, 5, 15)}
    assert filled("{issued_on}/{issued_on:han}/{issued_on:iso}", day, "zh") == (
        "2026 年 5 月 15 日/二〇二六年五月十五日/2026-05-15"
    )
    assert filled("{issued_on}", day, "en") == "15 May 2026"
    assert filled("{holder}", {}, "zh") == NOTHING


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_is_filled_in_is_never_read_as_a_place(holder: str, project: str) -> None:
    shown = filled("甲{holder}乙{project_name}丙", {"holder": holder, "project_name": project}, "zh")
    assert shown == f"甲{holder or NOTHING}乙{project or NOTHING}丙"
