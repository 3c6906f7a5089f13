"""`rongyiban due`: the checked examples of the law, pauses, unknown years, and clear words for bad input."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portal.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["due", *arguments])


def counted(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize(
    "start, days, due",
    [
        ("2026-09-30", 5, "2026-10-13"),  # National Day, and Saturday 10 October is worked
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-11-20", 20, "2026-12-18"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-09-18", 7, "2026-09-29"),
    ],
)
def test_working_days_as_two_independent_calendars_count_them(start: str, days: int, due: str) -> None:
    found = counted("--from", start, "--days", str(days))
    assert (found["due"], found["provisional"]) == (due, False)
    lines = found["days"]
    assert (lines[0]["date"], lines[0]["number"]) == (start, None)
    assert (lines[-1]["date"], lines[-1]["number"]) == (due, days)
    assert [line["number"] for line in lines if line["number"]] == list(range(1, days + 1))
    assert f"due {due}" in run("--from", start, "--days", str(days)).output


def test_what_reaches_into_a_year_without_a_notice_is_provisional() -> None:
    assert counted("--from", "2026-12-28", "--days", "2")["provisional"] is False
    found = counted("--from", "2026-12-28", "--days", "10")
    assert found["provisional"] is True
    assert {line["date"][:4]: line["provisional"] for line in found["days"]} == {"2026": False, "2027": True}
    assert "provisional" in run("--from", "2026-12-28", "--days", "10").output


def test_a_pause_counts_its_first_day_and_none_after_it_up_to_its_last() -> None:
    plain = counted("--from", "2026-05-06", "--days", "5")
    found = counted("--from", "2026-05-06", "--days", "5", "--pause", "2026-05-08:2026-05-12")
    assert (plain["due"], found["due"]) == ("2026-05-12", "2026-05-15")
    why = {line["date"]: line["why"] for line in found["days"]}
    assert (why["2026-05-08"], why["2026-05-12"], why["2026-05-13"]) == ("counted", "paused", "counted")
    two = counted(
        "--from", "2026-05-06", "--days", "5", "--pause", "2026-05-08:2026-05-12", "--pause", "2026-05-13:2026-05-14"
    )
    assert two["due"] == "2026-05-18"


def test_calendar_days_end_on_a_day_of_work() -> None:
    found = counted("--from", "2026-05-08", "--days", "1", "--unit", "cd")
    assert found["due"] == "2026-05-09", "a Saturday that is worked"
    assert counted("--from", "2026-05-15", "--days", "1", "--unit", "cd")["due"] == "2026-05-18"


@pytest.mark.parametrize(
    "days, due", [("0", "2026-05-06"), ("0.5", "2026-05-07"), ("1", "2026-05-07"), ("1.5", "2026-05-08")]
)
def test_half_a_day_lasts_until_the_end_of_the_day(days: str, due: str) -> None:
    found = counted("--from", "2026-05-06", "--days", days)
    assert (found["due"], found["limit"]) == (due, days)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("--days", "5"), "--from"),
        (("--from", "2026-05-06"), "--days"),
        (("--from", "2026-02-30", "--days", "5"), "2026-02-30"),
        (("--from", "06.05.2026", "--days", "5"), "06.05.2026"),
        (("--from", "tomorrow", "--days", "5"), "tomorrow"),
        (("--from", "", "--days", "5"), "--from"),
        (("--from", "2026-05-06", "--days", "-1"), "-1"),
        (("--from", "2026-05-06", "--days", "1e9"), "range"),
        (("--from", "2026-05-06", "--days", "nan"), "nan"),
        (("--from", "2026-05-06", "--days", "inf"), "range"),
        (("--from", "2026-05-06", "--days", "five"), "five"),
        (("--from", "2026-05-06", "--days", "5", "--unit", "weeks"), "weeks"),
        (("--from", "9999-12-30", "--days", "5"), "9999"),
        (("--from", "2026-05-06", "--days", "5", "--pause", "2026-05-12:2026-05-08"), "2026-05-12:2026-05-08"),
        (("--from", "2026-05-06", "--days", "5", "--pause", "2026-05-12"), "FROM:TO"),
        (("--from", "2026-05-06", "--days", "5", "--pause", "2026-05-08:9999-12-31"), "9999"),
        (("--from", "2026-05-06", "--days", "5", "--pause", "2026-05-08:2926-05-12"), "2926"),
        (("--from", "2026-05-06", "--days", "5", "--pause", "a:b"), "FROM:TO"),
        (("--from", "2026-05-06", "--days", "5", "--pause", "2026-05-08:2026-05-09:2026-05-10"), "FROM:TO"),
    ],
)
def test_bad_input_is_named_and_the_exit_status_is_2(arguments: tuple[str, ...], words: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert "Traceback" not in result.stderr
