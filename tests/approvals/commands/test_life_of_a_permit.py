"""A construction permit from submission to certificate, through the real commands."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from approvals.commands.draft import discard
from approvals.commands.pause import pause, resume
from approvals.commands.resubmit import resubmit
from approvals.commands.return_for_correction import Mend, return_for_correction
from approvals.commands.submit import submit
from approvals.commands.withdraw import withdraw
from approvals.errors import (
    AlreadyDecided,
    ChangedMeanwhile,
    ConsentMissing,
    Finished,
    NotAllowed,
    NothingToMend,
    NotReturned,
    NotYourStep,
    OutcomeNotPossible,
    ReasonMissing,
    Refusal,
    StepNotOpen,
)
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.records.application import Application
from approvals.records.event import EventRecord
from approvals.records.step import Decision
from approvals.vocabulary import ApplicationStatus, Outcome, PauseReason, StepStatus
from portal.invariants import examine
from portal.unit_of_work import changing, reading
from portal.worker.delivery import sweep
from tests.deciding import decide
from tests.fixtures.heart import Office


def test_everything_triggered_means_thirteen_items_of_eight_departments(office: Office) -> None:
    told = office.progress(office.apply())
    items = {step.item_code for step in told.steps if step.item_code}
    assert len(items) == 13
    assert {step.department for step in told.steps} == {"ZJ", "SW", "CG", "GA", "QX", "WJ", "GD", "YJ"}


def test_little_triggered_means_three_items_of_one_department(office: Office) -> None:
    told = office.progress(office.small())
    assert {step.item_code for step in told.steps if step.item_code} == {"GC301", "GC303", "GC304"}
    assert {step.department for step in told.steps} == {"ZJ"}


def test_departments_review_in_parallel_and_the_certificate_comes_out(office: Office) -> None:
    number = office.apply()
    office.take(number, "accept")
    assert len(office.open(number)) == 12
    office.take_all_but(number)
    assert office.open(number) == ["decide"]
    office.take(number, "decide", "2026-05-11")
    assert office.progress(number).status is ApplicationStatus.GRANTED
    sweep(office.at("2026-05-11", 11))
    told = office.progress(number)
    assert told.status is ApplicationStatus.ISSUED
    assert told.certificate is not None
    assert office.storage.get(told.certificate.sha256).startswith(b"%PDF")
    assert examine(office.app)["broken"] == []


def test_limits_are_counted_from_acceptance_on_the_official_calendar(office: Office) -> None:
    number = office.apply(day="2026-04-29")
    office.take(number, "accept", "2026-04-30")
    told = office.progress(number)
    # 1 to 5 May rest, Saturday 9 May is a make-up workday.
    assert str(told.promised_due) == "2026-06-01"
    assert str(office.step(number, "gc304").promised_due) == "2026-05-07"


def test_a_disagreement_leaves_only_refusal(office: Office) -> None:
    number = office.small()
    office.take(number, "accept")
    by, at = clerk_of(reading(), "ZJ"), office.at("2026-05-08")
    with changing(by, at) as session:
        decide(for_change.step(session, number, "gc301"), Outcome.DISAGREE, "图纸与规划许可不一致。", by=by, at=at)
    office.take(number, "gc304", "2026-05-08")
    with pytest.raises(ConsentMissing), changing(by, at) as session:
        decide(for_change.step(session, number, "decide"), Outcome.GRANT, "", by=by, at=at)
    with changing(by, at) as session:
        decide(for_change.step(session, number, "decide"), Outcome.REFUSE, "施工图审查没有通过。", by=by, at=at)
    assert office.progress(number).status is ApplicationStatus.REFUSED
    assert office.progress(number).certificate is None


def test_a_correction_goes_back_only_to_who_asked_and_leaves_the_others_rows_untouched(office: Office) -> None:
    number = office.apply()
    office.take(number, "accept")
    office.take_all_but(number, "gc309")
    before = rows(office)
    clerk, at = clerk_of(reading(), "CG"), office.at("2026-05-08", 14)
    with changing(clerk, at) as session:
        step = for_change.step(session, number, "gc309")
        return_for_correction(step, [Mend("question", "waste_volume", "请按图纸重新计算。")], by=clerk, at=at)
    assert office.step(number, "gc309").status is StepStatus.RETURNED
    assert office.progress(number).status is ApplicationStatus.RETURNED
    applicant, later = actor_named(reading(), "lijinrong"), office.at("2026-05-14")
    due = office.step(number, "gc309").promised_due
    with changing(applicant, later) as session:
        resubmit(for_change.application(session, number), by=applicant, at=later)
    again = office.step(number, "gc309")
    assert again.status is StepStatus.OPEN
    assert office.open(number) == ["gc309"]
    assert due is not None
    assert again.promised_due is not None
    assert office.calendar.working_days(due, again.promised_due) == 5  # 9, 11, 12, 13 and 14 May were not counted
    assert rows(office) == before
    office.take(number, "gc309", "2026-05-15")
    assert office.open(number) == ["decide"]
    assert examine(office.app)["broken"] == []


def rows(office: Office) -> list[tuple[object, ...]]:
    columns = (
        Decision.id,
        Decision.step_id,
        Decision.round,
        Decision.outcome,
        Decision.reason,
        Decision.by_account,
        Decision.at,
    )
    return [tuple(row) for row in reading().execute(select(*columns).order_by(Decision.id))]


def test_a_special_procedure_stops_the_clock_of_its_step_alone(office: Office) -> None:
    number = office.apply()
    office.take(number, "accept")
    by, began, ended = clerk_of(reading(), "WJ"), office.at("2026-05-08"), office.at("2026-05-14")
    due, others = office.step(number, "gc311").promised_due, office.step(number, "gc310").promised_due
    with changing(by, began) as session:
        step = for_change.step(session, number, "gc311")
        pause(step, PauseReason.EXPERT_REVIEW, days=4, note="专家评审。", by=by, at=began)
    assert office.step(number, "gc311").status is StepStatus.PAUSED
    with pytest.raises(StepNotOpen), changing(by, began) as session:
        decide(for_change.step(session, number, "gc311"), Outcome.AGREE, "", by=by, at=began)
    with changing(by, ended) as session:
        resume(for_change.step(session, number, "gc311"), by=by, at=ended)
    moved = office.step(number, "gc311").promised_due
    assert due is not None
    assert moved is not None
    # The day it began, 8 May, is still counted; 9 (make-up Saturday), 11, 12, 13 and 14 May are not.
    assert office.calendar.working_days(due, moved) == 5
    assert office.step(number, "gc310").promised_due == others


def test_withdrawal_ends_what_was_open(office: Office) -> None:
    number = office.apply()
    office.take(number, "accept")
    by, at = actor_named(reading(), "lijinrong"), office.at("2026-05-08")
    with changing(by, at) as session:
        withdraw(for_change.application(session, number), "项目调整。", by=by, at=at)
    assert office.progress(number).status is ApplicationStatus.WITHDRAWN
    assert office.open(number) == []
    with pytest.raises(Finished), changing(by, at) as session:
        withdraw(for_change.application(session, number), "再撤一次。", by=by, at=at)


def test_illegal_moves_are_named_refusals_and_stand_in_the_trail(office: Office) -> None:
    number = office.apply()
    lead, water, stranger = (
        clerk_of(reading(), "ZJ"),
        clerk_of(reading(), "SW"),
        actor_named(reading(), "wangxiaorong"),
    )
    at = office.at("2026-05-07")

    def attempt(refusal: type[Exception], by: object, key: str, outcome: Outcome, reason: str = "") -> None:
        with pytest.raises(refusal), changing(by, at) as session:  # type: ignore[arg-type]  # actors of three kinds
            decide(for_change.step(session, number, key), outcome, reason, by=by, at=at)  # type: ignore[arg-type]

    attempt(NotYourStep, water, "accept", Outcome.ACCEPT)
    attempt(NotAllowed, stranger, "accept", Outcome.ACCEPT)
    attempt(OutcomeNotPossible, lead, "accept", Outcome.GRANT)
    attempt(ReasonMissing, lead, "accept", Outcome.NOT_ACCEPTED, "  ")
    attempt(StepNotOpen, lead, "gc301", Outcome.AGREE)
    office.take(number, "accept")
    attempt(AlreadyDecided, lead, "accept", Outcome.ACCEPT)
    with pytest.raises(NothingToMend), changing(water, at) as session:
        return_for_correction(for_change.step(session, number, "gc305"), [Mend("question", "x", "y")], by=water, at=at)
    applicant = actor_named(reading(), "lijinrong")
    with pytest.raises(NotReturned), changing(applicant, at) as session:
        resubmit(for_change.application(session, number), by=applicant, at=at)

    refused = reading().scalars(
        select(EventRecord.data).where(EventRecord.kind == "attempt_refused").order_by(EventRecord.sequence)
    )
    assert [data["refusal"] for data in refused] == [
        "NotYourStep",
        "NotAllowed",
        "OutcomeNotPossible",
        "ReasonMissing",
        "StepNotOpen",
        "AlreadyDecided",
        "NothingToMend",
        "NotReturned",
    ]
    assert examine(office.app)["broken"] == []


def test_before_acceptance_what_was_mended_opens_the_window_of_the_accepting_department_anew(office: Office) -> None:
    number = office.apply(day="2026-05-11")
    by, asked, answered = clerk_of(reading(), "ZJ"), office.at("2026-05-12"), office.at("2026-05-18")
    with changing(by, asked) as session:
        step = for_change.step(session, number, "accept")
        return_for_correction(step, [Mend("question", "floors_above", "与总平面图不一致。")], by=by, at=asked)
    assert office.progress(number).status is ApplicationStatus.RETURNED
    applicant = actor_named(reading(), "lijinrong")
    with changing(applicant, answered) as session:
        resubmit(for_change.application(session, number), by=applicant, at=answered)
    due = office.step(number, "accept").statutory_due
    assert due is not None
    assert office.calendar.working_days(answered.today, due) == 5
    assert office.progress(number).status is ApplicationStatus.SUBMITTED
    assert examine(office.app)["broken"] == []


def test_the_trail_begins_with_what_was_refused_while_it_was_a_draft(office: Office) -> None:
    token = office.draft("residence-permit")
    mine, stranger = actor_named(reading(), "wangxiaorong"), actor_named(reading(), "lijinrong")
    at = office.at("2026-05-06", 11)

    def attempt(refusal: type[Refusal], by: Actor, version: int | None = None) -> None:
        with pytest.raises(refusal), changing(by, at) as session:
            submit(for_change.application(session, token), version=version, by=by, at=at)

    attempt(NotAllowed, stranger)
    attempt(ChangedMeanwhile, mine, version=77)
    with changing(mine, at) as session:
        application = for_change.application(session, token)
        assert application.draft_version == 1, "a refusal changes nothing that a page was made from"
        submit(application, version=1, by=mine, at=at)
    wanted = select(EventRecord.kind, EventRecord.by_account, EventRecord.data).order_by(EventRecord.sequence)
    first, second, third, *_ = reading().execute(wanted).all()
    assert first == ("attempt_refused", stranger.account, {"refusal": "NotAllowed"})
    assert second == ("attempt_refused", mine.account, {"refusal": "ChangedMeanwhile"})
    assert third.kind == "submitted"
    application = reading().scalars(select(Application)).one()
    assert "attempts" not in application.draft
    assert examine(office.app)["broken"] == []


def test_a_draft_that_is_thrown_away_leaves_nothing(office: Office) -> None:
    token, mine, at = office.draft("residence-permit"), actor_named(reading(), "wangxiaorong"), office.at("2026-05-06")
    with pytest.raises(ChangedMeanwhile), changing(mine, at) as session:
        submit(for_change.application(session, token), version=77, by=mine, at=at)
    with changing(mine, at) as session:
        discard(for_change.application(session, token), by=mine, at=at)
    assert reading().scalars(select(Application)).all() == []
    assert reading().scalars(select(EventRecord)).all() == []
