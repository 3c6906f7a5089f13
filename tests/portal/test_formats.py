"""Dates, working days and names as each reader writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import refresh

from portal.formats import day, days, instant, short_day
from portal.names import as_written, in_full, lang_of
from portal.terms import holiday_words
from services.item import Text

Reading = Callable[[str], AbstractContextManager[None]]

BUREAU = Text("成都市水务局", "Chengdu Water Affairs Bureau")


@pytest.fixture
def reading_in(app: Flask) -> Reading:
    @contextmanager
    def enter(language: str) -> Iterator[None]:
        with app.test_request_context("/", headers={"Cookie": f"language={language}"}):
            refresh()  # a request of its own begins without the locale of the one before
            yield

    return enter


def test_dates_are_written_as_each_reader_writes_them(reading_in: Reading) -> None:
    evening = datetime(2026, 5, 7, 23, 5, tzinfo=UTC)
    with reading_in("en"):
        assert (day(date(2026, 5, 8)), short_day(date(2026, 9, 1))) == ("8 May 2026", "1 Sep")
        assert instant(evening) == "8 May 2026 07:05", "in the city's time"
    with reading_in("zh"):
        assert (day(date(2026, 5, 8)), short_day(date(2026, 9, 1))) == ("2026 年 5 月 8 日", "9 月 1 日")
        assert instant(evening) == "2026 年 5 月 8 日 07:05"


@pytest.mark.parametrize(
    "value, unit, english, chinese",
    [
        (1, "wd", "1 working day", "1 个工作日"),
        (3, "wd", "3 working days", "3 个工作日"),
        (Decimal("0.5"), "wd", "0.5 working days", "0.5 个工作日"),
        (Decimal(20), "wd", "20 working days", "20 个工作日"),
        (Decimal(1), "cd", "1 calendar day", "1 个自然日"),
        (15, "cd", "15 calendar days", "15 个自然日"),
        (0, "wd", "On the spot", "当场办结"),
        (None, "wd", "—", "—"),
    ],
)
def test_one_day_is_not_several(
    reading_in: Reading, value: Decimal | int | None, unit: str, english: str, chinese: str
) -> None:
    with reading_in("en"):
        assert days(value, unit) == english
    with reading_in("zh"):
        assert days(value, unit) == chinese


def test_holidays_have_names(reading_in: Reading) -> None:
    with reading_in("en"):
        assert holiday_words("国庆节、中秋节") == "National Day, Mid-Autumn Festival"
        assert holiday_words("春节调休") == "Working day in lieu for Spring Festival"
    with reading_in("zh"):
        assert (holiday_words("国庆节、中秋节"), holiday_words("春节调休")) == ("国庆节、中秋节", "春节调休")


def test_what_is_chinese_in_an_english_page_is_marked_and_escaped(reading_in: Reading) -> None:
    with reading_in("en"):
        assert as_written("Plan <A> 图纸（修订 2 版）.pdf") == (
            'Plan &lt;A&gt; <span lang="zh-CN">图纸（修订 2 版）</span>.pdf'
        )
        assert as_written("No. （2026）川0104执123号") == 'No. <span lang="zh-CN">（2026）川0104执123号</span>'
        assert as_written("<b>") == "<b>", "plain text is escaped where it is put, once"
        assert lang_of("王小蓉") == ' lang="zh-CN"'
        assert lang_of("Wang") == ""
    with reading_in("zh"):
        assert as_written("图纸 <A>") == "图纸 <A>"
        assert lang_of("王小蓉") == ""


def test_a_department_has_both_names_where_an_english_page_names_it_first(reading_in: Reading) -> None:
    with reading_in("en"):
        assert in_full(BUREAU) == f'{BUREAU.en} <span class="ry-also" lang="zh-CN">{BUREAU.zh}</span>'
        assert in_full(BUREAU) == BUREAU.en
    with reading_in("en"):
        assert BUREAU.zh in in_full(BUREAU), "each page begins anew"
    with reading_in("zh"):
        assert in_full(BUREAU) == BUREAU.zh
