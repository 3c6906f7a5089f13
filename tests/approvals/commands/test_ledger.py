"""Whatever stops a clock is written down with what it rests on, and who did it."""

from __future__ import annotations

from datetime import date

import pytest

from approvals.commands.pause import pause
from approvals.commands.reopen import reopen
from approvals.commands.suspend import suspend
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.desk import desk
from approvals.queries.ledger import StoppedTime
from approvals.queries.tracker import tracker
from approvals.vocabulary import Outcome, PauseBasis, PauseReason
from portal.unit_of_work import changing, reading
from tests.deciding import decide
from tests.factories import RESIDENCE
from tests.fixtures.heart import Office


@pytest.fixture
def number(office: Office) -> str:
    number = office.apply(RESIDENCE)
    office.take(number, "accept")
    return number


def told(office: Office, number: str, day: str) -> list[StoppedTime]:
    """What the applicant sees; a clerk of the police sees the same."""
    reading().rollback()
    at, citizen = office.at(day, 17), actor_named(reading(), "wangxiaorong")
    found = tracker(reading(), number, by=citizen, at=at).stopped
    assert desk(reading(), number, "review", by=clerk_of(reading(), "GA"), at=at).stopped == found
    return list(found)


def suspended(office: Office, number: str, day: str) -> None:
    head, at = actor_named(reading(), "head-ga"), office.at(day)
    with changing(head, at) as session:
        suspend(for_change.application(session, number), "权属有诉讼。", by=head, at=at)


def test_a_correction_that_leaves_nothing_to_do_stops_the_whole_on_its_basis(office: Office, number: str) -> None:
    office.ask(number, "review", "employer")
    step, whole = told(office, number, "2026-05-12")
    assert (step.basis, step.by is not None, step.after) == (PauseBasis.CORRECTION, True, None)
    assert (whole.step, whole.why, whole.basis) == (None, PauseReason.CORRECTION, PauseBasis.CORRECTION)
    assert whole.by is None, "nobody stops it: it follows"
    assert whole.after == step.step


def test_a_special_procedure_that_leaves_nothing_to_do_is_not_called_a_third_partys(
    office: Office, number: str
) -> None:
    at, by = office.at("2026-05-08"), clerk_of(reading(), "GA")
    with changing(by, at) as session:
        step = for_change.step(session, number, "review")
        pause(step, PauseReason.EXPERT_REVIEW, days=3, note="请专家看。", by=by, at=at)
    own, whole = told(office, number, "2026-05-12")
    assert (whole.step, whole.why, whole.basis) == (None, PauseReason.EXPERT_REVIEW, PauseBasis.PROCEDURE)
    assert (whole.by, whole.after) == (None, own.step)


def test_a_suspension_is_its_heads_decision(office: Office, number: str) -> None:
    suspended(office, number, "2026-05-08")
    (whole,) = told(office, number, "2026-05-12")
    assert (whole.why, whole.note, whole.basis) == (PauseReason.SUSPENSION, "权属有诉讼。", PauseBasis.SUSPENSION)
    assert whole.by is not None
    assert whole.by.zh == "成都市公安局"


def test_the_time_until_an_objection_succeeded_rests_on_the_article_that_grants_it(office: Office, number: str) -> None:
    office.take(number, "review", "2026-05-08")
    clerk, day = clerk_of(reading(), "GA"), office.at("2026-05-08", 15)
    with changing(clerk, day) as session:
        decide(for_change.step(session, number, "decide"), Outcome.REFUSE, "地址不符。", by=clerk, at=day)
    head, at = actor_named(reading(), "head-ga"), office.at("2026-06-08")
    with changing(head, at) as session:
        reopen(for_change.application(session, number), "川复决〔2026〕1号", "撤销。", by=head, at=at)
    found = told(office, number, "2026-06-09")
    whole = next(each for each in found if each.step is None)
    assert (whole.why, whole.note, whole.basis) == (PauseReason.OBJECTION, "川复决〔2026〕1号", PauseBasis.OBJECTION)
    assert whole.by is not None
    (idle,) = (each for each in found if each.why is PauseReason.IDLE)
    assert (idle.basis, idle.by, idle.after) == (PauseBasis.IDLE, None, None)


def test_of_two_pauses_on_one_day_the_reckoning_names_both(office: Office, number: str) -> None:
    office.ask(number, "review", "employer")
    suspended(office, number, "2026-05-11")
    at = office.at("2026-05-13")
    reckoned = desk(reading(), number, "review", by=clerk_of(reading(), "GA"), at=at).reckoning
    assert reckoned is not None
    reasons = {day.date: [reason for reason, _basis in day.stopped_by] for day in reckoned.days if day.stopped_by}
    assert reasons[date(2026, 5, 11)] == [PauseReason.CORRECTION]
    assert reasons[date(2026, 5, 12)] == [PauseReason.CORRECTION, PauseReason.SUSPENSION]
