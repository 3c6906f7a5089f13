"""Lanes are drawn truthfully: every working day that ran is drawn once, and nothing else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from approvals.clock.calendar import Calendar
from approvals.queries.drawing import Mark, Scale, Segment, Sign, Stretch
from approvals.queries.forecast import Forecast
from approvals.queries.lane import Lane, Stop
from approvals.queries.standing import Standing
from approvals.vocabulary import Light, Outcome, PauseReason, StepStatus
from services.catalogue import Catalogue
from services.item import Limit, StepKind, Text

START = date(2026, 4, 20)
"""A Monday; Labour Day is rested from 1 to 5 May, and 9 May, a Saturday, is worked."""
TODAY = date(2026, 5, 8)


@pytest.fixture(scope="module")
def calendar(catalogue: Catalogue) -> Calendar:
    return Calendar(catalogue.calendar.values())


@pytest.fixture
def scale(calendar: Calendar) -> Scale:
    return Scale(START, TODAY, calendar)


def lane(
    status: StepStatus = StepStatus.OPEN,
    *,
    light: Light | None = Light.GREEN,
    opened: date | None = START,
    closed: date | None = None,
    outcome: Outcome | None = None,
    due: date | None = date(2026, 5, 13),
    unmoved: date | None = None,
    stops: tuple[Stop, ...] = (),
    expected: Forecast | None = None,
) -> Lane:
    return Lane(
        key="review",
        kind=StepKind.REVIEW,
        department=Text("成都市城市管理委员会"),
        department_code="CG",
        title=Text("建筑垃圾处置核准"),
        status=status,
        outcome=outcome,
        reason="",
        conditions="",
        round=1,
        round_began=None,
        standing=Standing(light, 1) if light else None,
        opened=opened,
        closed=closed,
        used=None,
        promised=Limit(Decimal(10)),
        statutory=Limit(Decimal(20)),
        promised_due=due,
        statutory_due=None,
        unmoved_due=unmoved,
        rule=(0, None, None),
        stops=stops,
        stopped_days=0,
        expected=expected,
        waits_for=(),
    )


def test_days_of_rest_take_no_width(scale: Scale) -> None:
    assert scale.day(START) == 0
    assert scale.day(date(2026, 4, 30)) == 8
    assert [scale.day(date(2026, 5, day)) for day in (1, 3, 5)] == [8, 8, 8], "Labour Day"
    assert scale.day(TODAY) == 11
    assert scale.day(date(2026, 5, 9)) == 12, "a Saturday that is worked"


def test_a_lane_in_review_runs_to_today_and_thinly_on_to_its_promise(scale: Scale) -> None:
    drawn = scale.draw(lane())
    assert drawn.segments == (Segment(Stretch.REVIEW, 0, 11), Segment(Stretch.LEFT, 11, 15))
    assert drawn.marks == (Mark(Sign.PROMISE, 15), Mark(Sign.REVIEW, 11))


def test_a_lane_due_soon_has_the_colour_of_warning(scale: Scale) -> None:
    drawn = scale.draw(lane(light=Light.YELLOW, due=date(2026, 5, 9)))
    assert drawn.segments == (Segment(Stretch.SOON, 0, 11), Segment(Stretch.LEFT, 11, 12))
    assert Mark(Sign.SOON, 11) in drawn.marks


def test_what_ran_past_the_promise_is_late(scale: Scale) -> None:
    drawn = scale.draw(lane(light=Light.RED, due=date(2026, 5, 6)))
    assert drawn.segments == (Segment(Stretch.REVIEW, 0, 9), Segment(Stretch.LATE, 9, 11))
    assert drawn.marks == (Mark(Sign.PROMISE, 9), Mark(Sign.LATE, 11))


def test_a_correction_that_is_open_ends_today_and_moves_the_promise(scale: Scale) -> None:
    asked = Stop(date(2026, 5, 6), None, PauseReason.CORRECTION)
    drawn = scale.draw(
        lane(StepStatus.RETURNED, light=Light.PAUSED, stops=(asked,), due=date(2026, 5, 14), unmoved=date(2026, 5, 12))
    )
    assert drawn.segments == (
        Segment(Stretch.REVIEW, 0, 9),
        Segment(Stretch.RETURNED, 9, 11, PauseReason.CORRECTION),
        Segment(Stretch.PLAN, 11, 16),
    )
    assert drawn.marks == (Mark(Sign.WAS, 14), Mark(Sign.PROMISE, 16), Mark(Sign.RETURNED, 9))


def test_several_stops_are_several_segments(scale: Scale) -> None:
    stops = (
        Stop(date(2026, 4, 22), date(2026, 4, 24), PauseReason.CORRECTION),
        Stop(date(2026, 4, 28), date(2026, 5, 6), PauseReason.EXPERT_REVIEW),
    )
    drawn = scale.draw(lane(stops=stops))
    assert [(each.stretch, each.start, each.end) for each in drawn.segments] == [
        (Stretch.REVIEW, 0, 2),
        (Stretch.RETURNED, 2, 4),
        (Stretch.REVIEW, 4, 6),
        (Stretch.PAUSED, 6, 9),
        (Stretch.REVIEW, 9, 11),
        (Stretch.LEFT, 11, 15),
    ]


def test_a_stop_that_began_and_ended_on_one_day_leaves_a_mark_only(scale: Scale) -> None:
    stop = Stop(date(2026, 4, 22), date(2026, 4, 22), PauseReason.CORRECTION)
    drawn = scale.draw(lane(stops=(stop,)))
    assert Stretch.RETURNED not in {each.stretch for each in drawn.segments}
    assert Mark(Sign.RETURNED, 2) in drawn.marks


@pytest.mark.parametrize(
    "outcome, sign",
    [
        (Outcome.AGREE, Sign.DONE),
        (Outcome.AGREE_WITH_CONDITIONS, Sign.DONE),
        (Outcome.NOT_CONCERNED, Sign.DONE),
        (Outcome.DISAGREE, Sign.REFUSED),
        (Outcome.CANNOT_JUDGE, Sign.REFUSED),
        (Outcome.REFUSE, Sign.REFUSED),
    ],
)
def test_a_decided_lane_keeps_its_promise_in_place(scale: Scale, outcome: Outcome, sign: Sign) -> None:
    drawn = scale.draw(lane(StepStatus.DONE, light=None, closed=date(2026, 4, 28), outcome=outcome))
    assert drawn.segments == (Segment(Stretch.DONE, 0, 6),)
    assert drawn.marks == (Mark(Sign.PROMISE, 15), Mark(sign, 6))


def test_a_lane_that_waits_is_expected(scale: Scale) -> None:
    expected = Forecast(TODAY, date(2026, 5, 15))
    drawn = scale.draw(lane(StepStatus.WAITING, light=None, opened=None, due=None, expected=expected))
    assert drawn.segments == (Segment(Stretch.PLAN, 11, 17),)
    assert drawn.marks == (Mark(Sign.WAIT, 11),)


def test_a_lane_that_fell_away_before_it_began_is_not_drawn(scale: Scale) -> None:
    drawn = scale.draw(lane(StepStatus.MOOT, light=None, opened=None, due=None))
    assert (drawn.segments, drawn.marks) == ((), ())


def test_a_correction_unanswered_at_the_end_does_not_run_past_it(scale: Scale) -> None:
    asked = Stop(date(2026, 4, 22), None, PauseReason.CORRECTION)
    drawn = scale.draw(lane(StepStatus.MOOT, light=None, closed=date(2026, 4, 24), stops=(asked,), due=None))
    assert max(each.end for each in drawn.segments) == 4


def test_the_axis_names_holidays_and_week_ends_and_runs_a_little_further(scale: Scale) -> None:
    axis = scale.axis([lane()], promise=date(2026, 5, 13), statutory=date(2026, 5, 20), is_running=True)
    assert (axis.today, axis.days) == (11, 22)
    assert axis.promise == (15, date(2026, 5, 13))
    assert axis.statutory == (20, date(2026, 5, 20))
    assert [(day, count) for day, _name, count in axis.holidays] == [(8, 5)]
    assert axis.week_ends == (4, 12, 17)


def test_the_axis_of_what_is_over_has_no_today(scale: Scale) -> None:
    done = lane(StepStatus.DONE, light=None, closed=date(2026, 4, 22), outcome=Outcome.AGREE, due=date(2026, 4, 24))
    axis = scale.axis([done], promise=None, statutory=None, is_running=False)
    assert (axis.today, axis.days) == (None, 6)
