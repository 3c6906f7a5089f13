"""The ladder agrees with the lights: warning is yellow, late is red, breached is deep red, on every single day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from approvals.clock.calendar import Calendar
from approvals.clock.deadline import due
from approvals.clock.ladder import PATIENCE, ladder
from approvals.clock.lights import light
from approvals.vocabulary import Light, Rung
from services.current import catalogue
from services.item import Limit, Unit

CALENDAR = Calendar(catalogue().calendar.values())
STARTS = st.dates(date(2025, 12, 1), date(2026, 12, 20))
LIMITS = st.builds(
    Limit, st.one_of(st.none(), st.integers(0, 60).map(Decimal), st.just(Decimal("0.5"))), st.sampled_from(Unit)
)


@given(STARTS, LIMITS, LIMITS)
def test_every_rung_is_reached_on_the_day_its_light_comes_on(started: date, promised: Limit, statutory: Limit) -> None:
    promised_due, statutory_due = (
        found.due if found else None for found in (due(limit, started, CALENDAR) for limit in (promised, statutory))
    )
    since = {rung.rung: rung.since for rung in ladder(promised, promised_due, statutory_due, CALENDAR)}
    for offset in range(150):
        day = started + timedelta(days=offset)
        shown = light(
            day,
            promised=promised,
            promised_due=promised_due,
            statutory_due=statutory_due,
            is_stopped=False,
            calendar=CALENDAR,
        )
        highest = [
            colour
            for rung, colour in ((Rung.BREACHED, Light.DEEP_RED), (Rung.LATE, Light.RED), (Rung.WARNING, Light.YELLOW))
            if rung in since and since[rung] <= day
        ]
        assert shown is (highest[0] if highest else Light.GREEN), day


@given(STARTS, st.integers(0, 30))
def test_the_supervising_body_steps_in_after_more_than_two_working_days(started: date, days: int) -> None:
    limit = Limit(Decimal(days))
    promised = due(limit, started, CALENDAR)
    assert promised is not None
    since = {rung.rung: rung.since for rung in ladder(limit, promised.due, None, CALENDAR)}
    assert CALENDAR.working_days(promised.due, since[Rung.ESCALATED]) == PATIENCE + 1
    assert CALENDAR.is_working_day(since[Rung.ESCALATED])
    assert Rung.BREACHED not in since


def test_without_a_due_date_there_is_no_ladder() -> None:
    assert ladder(Limit(None), None, None, CALENDAR) == ()
