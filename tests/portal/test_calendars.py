"""The office's calendar: its row wins over the file, and comes out as it went in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from approvals.queries.calendar import calendar_in_force
from portal.calendars import NoCalendar, export, load
from portal.unit_of_work import reading
from tests.fixtures.heart import Office

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
