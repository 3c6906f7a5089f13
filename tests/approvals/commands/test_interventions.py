"""What happens to an application from outside its chain: extended, suspended, terminated, reopened, spoken to late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from approvals.clock.moment import Moment, local_date
from approvals.commands.answer_order import answer_order
from approvals.commands.extend import extend
from approvals.commands.reopen import reopen
from approvals.commands.suspend import resume, suspend
from approvals.commands.terminate import terminate
from approvals.commands.withdraw import withdraw
from approvals.errors import (
    AlreadyExtended,
    AlreadySuspended,
    Finished,
    NoOrder,
    NotAllowed,
    NotInReview,
    NotRefused,
    NotSuspended,
    NotThisAuthority,
    ReasonMissing,
    ReferenceMissing,
    Refusal,
    StepNotOpen,
    TimeRunsBackwards,
    TooLateToExtend,
    TooManyDays,
)
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.invariants import examine
from approvals.records.application import Application
from approvals.records.event import EventRecord
from approvals.records.intervention import Intervention
from approvals.records.supervision import SupervisionRecord
from approvals.vocabulary import ApplicationStatus, InterventionKind, Outcome, Rung, StepStatus
from portal.unit_of_work import changing, reading
from portal.worker.clock import strike
from tests.deciding import decide
from tests.fixtures.heart import Office

HOME = "residence-permit"
Change = Callable[[Application], None]


def named(username: str) -> Actor:
    return actor_named(reading(), username)


def change(number: str, by: Actor, at: Moment, what: Change) -> None:
    with changing(by, at) as session:
        what(for_change.application(session, number))


def refused(refusal: type[Refusal], number: str, by: Actor, at: Moment, what: Change) -> Refusal:
    with pytest.raises(refusal) as caught:
        change(number, by, at, what)
    return caught.value


def accepted(office: Office, item: str = HOME, day: str = "2026-05-06") -> str:
    number = office.small(day) if item == "construction-permit" else office.apply(item, day)
    office.take(number, "accept", day)
    return number


def events(number: str) -> list[EventRecord]:
    reading().rollback()
    wanted = select(EventRecord).join(Application, Application.id == EventRecord.application_id)
    return list(reading().scalars(wanted.where(Application.number == number).order_by(EventRecord.sequence)))


def sound(office: Office, day: str = "2026-07-31") -> None:
    reading().rollback()
    assert examine(reading(), office.storage, at=office.at(day)).broken == []


def dues(office: Office, number: str) -> tuple[date | None, date | None]:
    found = office.progress(number)
    return found.promised_due, found.statutory_due


def test_the_head_of_the_authority_extends_once_and_both_limits_move(office: Office) -> None:
    number = accepted(office)
    head, at = named("head-ga"), office.at("2026-05-07")
    before = dues(office, number)
    change(number, head, at, lambda found: extend(found, 10, "案情复杂。", by=head, at=at))
    after = dues(office, number)
    for old, new in zip(before, after, strict=True):
        assert old is not None
        assert new is not None
        assert office.calendar.working_days(old, new) == 10
    again = refused(AlreadyExtended, number, head, at, lambda found: extend(found, 1, "再延。", by=head, at=at))
    assert again.facts == {"days": 10}
    sound(office)


def test_the_last_day_is_in_time_to_extend_and_suspended_days_do_not_count(office: Office) -> None:
    number, head = accepted(office), named("head-ga")
    due = office.progress(number).statutory_due
    assert due is not None
    began, later = office.at("2026-05-07"), office.at("2026-09-01")
    change(number, head, began, lambda found: suspend(found, "权属有诉讼。", by=head, at=began))
    change(number, head, later, lambda found: extend(found, 5, "案情复杂。", by=head, at=later))
    other, last = accepted(office), office.at(due.isoformat(), 17)
    change(other, head, last, lambda found: extend(found, 5, "案情复杂。", by=head, at=last))
    sound(office, "2026-09-01")


def test_nothing_happens_on_a_day_before_the_last_one(office: Office) -> None:
    number, head = accepted(office), named("head-ga")
    before, same = office.at("2026-05-05"), office.at("2026-05-06", 9)
    early = refused(TimeRunsBackwards, number, head, before, lambda found: suspend(found, "诉讼。", by=head, at=before))
    assert early.facts == {"last": date(2026, 5, 6)}
    change(number, head, same, lambda found: suspend(found, "诉讼。", by=head, at=same))
    trail = events(number)
    assert [event.kind for event in trail][-2:] == ["attempt_refused", "suspended"]
    assert [local_date(event.at) for event in trail][-2:] == [date(2026, 5, 6)] * 2
    sound(office)


def test_a_trail_that_runs_backwards_is_found(office: Office) -> None:
    """Written by a portal that did not look at the day."""
    number, head, before = accepted(office), named("head-ga"), office.at("2026-05-05")
    with changing(head, before) as session:
        application = for_change.application(session, number)
        set_committed_value(application, "trail_at", None)
        suspend(application, "诉讼。", by=head, at=before)
    reading().rollback()
    broken = examine(reading(), office.storage, at=office.at("2026-05-08")).broken
    assert [each for each in broken if "is of an earlier day than event" in each]


def test_joint_handling_is_extended_by_the_government_and_the_departments_keep_their_limits(office: Office) -> None:
    number = accepted(office, "construction-permit")
    head, mayor, at = named("head-zj"), named("government"), office.at("2026-05-07")
    reviewing = office.step(number, "gc301").statutory_due
    refused(NotThisAuthority, number, head, at, lambda found: extend(found, 5, "复杂。", by=head, at=at))
    many = refused(TooManyDays, number, mayor, at, lambda found: extend(found, 16, "复杂。", by=mayor, at=at))
    assert many.facts == {"most": 15}
    change(number, mayor, at, lambda found: extend(found, 15, "复杂。", by=mayor, at=at))
    assert office.step(number, "gc301").statutory_due == reviewing
    sound(office)


def test_an_extension_needs_time_left_a_reason_and_an_application_in_review(office: Office) -> None:
    number = accepted(office)
    head, at, late = named("head-ga"), office.at("2026-05-07"), office.at("2026-08-31")
    refused(ReasonMissing, number, head, at, lambda found: extend(found, 5, "  ", by=head, at=at))
    refused(TooManyDays, number, head, at, lambda found: extend(found, 0, "复杂。", by=head, at=at))
    refused(TooManyDays, number, head, at, lambda found: extend(found, 11, "复杂。", by=head, at=at))
    refused(TooLateToExtend, number, head, late, lambda found: extend(found, 5, "复杂。", by=head, at=late))
    clerk = clerk_of(reading(), "GA")
    refused(NotAllowed, number, clerk, at, lambda found: extend(found, 5, "复杂。", by=clerk, at=at))
    waiting = office.apply(HOME, "2026-05-06")
    refused(NotInReview, waiting, head, at, lambda found: extend(found, 5, "复杂。", by=head, at=at))


def test_while_suspended_nobody_decides_and_no_clock_runs(office: Office) -> None:
    number = accepted(office)
    head, clerk = named("head-ga"), clerk_of(reading(), "GA")
    began, ended = office.at("2026-05-07"), office.at("2026-05-21")
    before = dues(office, number)
    change(number, head, began, lambda found: suspend(found, "权属有诉讼。", by=head, at=began))
    assert office.step(number, "review").status is StepStatus.PAUSED
    with pytest.raises(StepNotOpen), changing(clerk, began) as session:
        decide(for_change.step(session, number, "review"), Outcome.AGREE, "", by=clerk, at=began)
    refused(AlreadySuspended, number, head, began, lambda found: suspend(found, "再停。", by=head, at=began))
    strike(office.at("2026-05-20"))
    assert reading().scalars(select(SupervisionRecord)).all() == []
    change(number, head, ended, lambda found: resume(found, "诉讼已结。", by=head, at=ended))
    refused(NotSuspended, number, head, ended, lambda found: resume(found, "", by=head, at=ended))
    stopped = office.calendar.working_days(began.today, ended.today)
    promised, again = before[0], dues(office, number)[0]
    assert promised is not None
    assert again is not None
    assert office.calendar.working_days(promised, again) == stopped
    assert office.step(number, "review").status is StepStatus.OPEN
    sound(office)


def test_who_terminates_says_why_and_nothing_goes_on(office: Office) -> None:
    number = accepted(office)
    head, at = named("head-ga"), office.at("2026-05-07")
    refused(ReasonMissing, number, head, at, lambda found: terminate(found, "", by=head, at=at))
    stranger = named("head-zj")
    refused(NotAllowed, number, stranger, at, lambda found: terminate(found, "无关。", by=stranger, at=at))
    change(number, head, at, lambda found: terminate(found, "申请人已迁出。", by=head, at=at))
    assert office.progress(number).status is ApplicationStatus.TERMINATED
    refused(Finished, number, head, at, lambda found: terminate(found, "再终止。", by=head, at=at))
    kept = reading().scalars(select(Intervention)).one()
    assert (kept.kind, kept.reason) == (InterventionKind.TERMINATED, "申请人已迁出。")
    sound(office)


def test_what_was_withdrawn_keeps_its_reason(office: Office) -> None:
    number = accepted(office)
    owner, at = named("wangxiaorong"), office.at("2026-05-07")
    change(number, owner, at, lambda found: withdraw(found, "要换住址。", by=owner, at=at))
    kept = reading().scalars(select(Intervention)).one()
    assert (kept.kind, kept.reason) == (InterventionKind.WITHDRAWN, "要换住址。")
    sound(office)


def refuse_it(office: Office, number: str, day: str) -> None:
    office.take(number, "review", day)
    clerk, at = clerk_of(reading(), "GA"), office.at(day, 15)
    with changing(clerk, at) as session:
        decide(for_change.step(session, number, "decide"), Outcome.REFUSE, "住址不符。", by=clerk, at=at)


def test_after_a_successful_objection_it_is_decided_anew_and_the_days_between_do_not_count(office: Office) -> None:
    number = accepted(office)
    head, at, early = named("head-ga"), office.at("2026-06-08"), office.at("2026-05-07")
    refused(
        NotRefused, number, head, early, lambda found: reopen(found, "川复决〔2026〕1号", "撤销", by=head, at=early)
    )
    refuse_it(office, number, "2026-05-08")
    opinion = office.step(number, "review")
    refused(ReferenceMissing, number, head, at, lambda found: reopen(found, " ", "撤销", by=head, at=at))
    change(number, head, at, lambda found: reopen(found, "川复决〔2026〕1号", "原决定被撤销。", by=head, at=at))
    found = office.progress(number)
    assert found.status is ApplicationStatus.IN_REVIEW
    assert found.ended_at is None
    assert office.open(number) == ["decide"]
    assert office.step(number, "review") == opinion, "who had agreed is not asked again"
    due = found.statutory_due
    assert due is not None
    assert due > at.today
    office.take(number, "decide", "2026-06-09")
    assert office.progress(number).status is ApplicationStatus.GRANTED
    sound(office)


def test_a_refusal_to_accept_can_be_reopened_too(office: Office) -> None:
    number = office.apply(HOME, "2026-05-06")
    clerk, head = clerk_of(reading(), "GA"), named("head-ga")
    at = office.at("2026-05-07")
    with changing(clerk, at) as session:
        decide(for_change.step(session, number, "accept"), Outcome.NOT_ACCEPTED, "不归本机关。", by=clerk, at=at)
    later = office.at("2026-06-08")
    change(number, head, later, lambda found: reopen(found, "川复决〔2026〕2号", "应当受理。", by=head, at=later))
    assert office.progress(number).status is ApplicationStatus.SUBMITTED
    assert office.open(number) == ["accept"]
    sound(office)


def test_an_order_is_answered_once_by_the_head_of_the_department_it_went_to(office: Office) -> None:
    number = accepted(office)
    at = office.at("2026-08-31")
    strike(at)
    wanted = select(SupervisionRecord.id).where(
        SupervisionRecord.subject == "review", SupervisionRecord.rung == Rung.ESCALATED
    )
    order = reading().scalars(wanted).one()

    def answer(by: Actor, text: str, record: int = order) -> None:
        with changing(by, at) as session:
            answer_order(*for_change.order(session, record), text, by=by, at=at)

    head = named("head-ga")
    with pytest.raises(ReasonMissing):
        answer(head, " ")
    for stranger in ("head-zj", "clerk-ga", "supervisor"):
        with pytest.raises(NotAllowed):
            answer(named(stranger), "我来答。")
    answer(head, "经办人病假，已改派，三日内办结。")
    with pytest.raises(NoOrder):
        answer(head, "再答一次。")
    reminder = select(SupervisionRecord.id).where(SupervisionRecord.rung == Rung.WARNING).limit(1)
    with pytest.raises(NoOrder):
        answer(head, "提醒不用答。", reading().scalars(reminder).one())
    assert office.open(number) == ["review"]
    sound(office, "2026-08-31")
