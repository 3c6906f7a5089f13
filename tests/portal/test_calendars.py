"""The office's calendar: its row wins over the file, and comes out as it went in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from approvals.queries.calendar import calendar_in_force
from portal.calendars import NoCalendar, close, closures, export, lift, load
from portal.demonstration.people import PASSWORD
from portal.unit_of_work import reading
from tests.fixtures.heart import Office
from tests.portal.journey.walking import words

NOTICE = """\
year: 2027
source: 国务院办公厅关于2027年部分节假日安排的通知（示例）
rest_days:
  2027-01-01: 元旦
  2027-02-08: 春节
work_days:
  2027-02-14: 春节调休
"""


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    file = tmp_path / "2027.yaml"
    file.write_text(NOTICE)
    return file


def test_a_year_without_notice_is_provisional_until_one_is_loaded(office: Office, notice: Path) -> None:
    number = office.apply(day="2026-12-21")
    office.take(number, "accept", "2026-12-22")
    assert office.progress(number).is_provisional
    assert not calendar_in_force(reading()).is_official(office.at("2026-12-22").today.replace(year=2027))
    load(office.app, notice)
    reading().rollback()  # a transaction of before does not see it
    calendar = calendar_in_force(reading())
    assert calendar.is_official(office.at("2026-12-22").today.replace(year=2027))
    assert not calendar.is_working_day(office.at("2026-12-22").today.replace(year=2027, month=1, day=1))


def test_of_two_dates_only_the_one_in_a_year_without_notice_is_marked(office: Office, notice: Path) -> None:
    number = office.apply(day="2026-11-23")
    office.take(number, "accept", "2026-11-24")
    manager = office.app.test_client()
    manager.post("/sign-in", data={"username": "manager", "password": PASSWORD})
    dates = (office.progress(number).promised_due, office.progress(number).statutory_due)
    assert [due.year for due in dates if due] == [2026, 2027]
    board = words(manager.get(f"/management/board?q={number}"))
    promised, by_law = (f"{due.month} 月 {due.day} 日" for due in dates if due)
    assert f"{by_law}（预计）" in board
    assert f"{promised}（预计）" not in board
    load(office.app, notice)
    assert "（预计）" not in words(manager.get(f"/management/board?q={number}"))


def test_what_was_loaded_comes_out_in_the_form_of_the_files(app: Flask, notice: Path, tmp_path: Path) -> None:
    load(app, notice)
    again = tmp_path / "again.yaml"
    again.write_text(export(app, 2027))
    load(app, again)
    assert export(app, 2027) == again.read_text()


def test_a_row_wins_over_the_file_of_its_year(app: Flask, tmp_path: Path) -> None:
    closed = export(app, 2026).replace("work_days:", "  2026-11-23: 全市停电停工\nwork_days:", 1)
    changed = tmp_path / "2026.yaml"
    changed.write_text(closed)
    load(app, changed)
    reading().rollback()
    assert calendar_in_force(reading()).rest_name(date(2026, 11, 23)) == "全市停电停工"


@pytest.mark.parametrize(
    "text, said",
    [
        ("year: 2027\n", "source"),
        (NOTICE.replace("2027-02-14", "2027-02-08"), "both a rest day and a workday"),
        (NOTICE.replace("2027-01-01", "2026-01-01"), "wrong.yaml:4"),
        ("{", "no YAML"),
    ],
)
def test_a_wrong_calendar_is_refused_with_file_line_and_remedy(
    app: Flask, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    with pytest.raises(NoCalendar, match=said):
        load(app, file)


def test_a_year_nobody_announced_cannot_be_written_out(app: Flask) -> None:
    with pytest.raises(NoCalendar, match="2031"):
        export(app, 2031)


def test_days_are_closed_by_order_and_count_again_when_it_is_lifted(office: Office) -> None:
    """The make-up Saturday of May too; the order stays as history."""
    saturday, monday = date(2026, 5, 9), date(2026, 5, 11)
    assert office.calendar.is_working_day(saturday)
    number = close(office.app, saturday, monday, "防汛停工")
    reading().rollback()
    assert closures(office.app) == [
        {"number": number, "first": "2026-05-09", "last": "2026-05-11", "reason": "防汛停工"}
    ]
    assert [office.calendar.is_working_day(day) for day in (saturday, monday)] == [False, False]
    assert office.calendar.rest_name(monday) == "防汛停工"
    lift(office.app, number)
    reading().rollback()
    assert closures(office.app) == []
    assert office.calendar.is_working_day(saturday)
    with pytest.raises(NoCalendar, match=f"no order {number}"):
        lift(office.app, number)


@pytest.mark.parametrize(
    "first, last, reason, said",
    [
        (date(2026, 7, 7), date(2026, 7, 6), "防汛停工", "before the first"),
        (date(2026, 1, 1), date(2027, 1, 2), "防汛停工", "366"),
        (date(2026, 7, 6), date(2026, 7, 7), "  ", "say why"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(app: Flask, first: date, last: date, reason: str, said: str) -> None:
    with pytest.raises(NoCalendar, match=said):
        close(app, first, last, reason)
    assert closures(app) == []
