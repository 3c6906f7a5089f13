"""An applicant amends what was sent before it is accepted: what it changes for the clocks, the office and the trail."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from approvals.clock.moment import local_date
from approvals.commands.amend import amend, leave_as_sent, open_amendment
from approvals.commands.look import look_at
from approvals.commands.send_in import send_in
from approvals.commands.tick import tick
from approvals.errors import (
    AlreadySubmitted,
    ChangedMeanwhile,
    NotADraft,
    NothingChanged,
    NotSubmitted,
    OutsideMandate,
    Refusal,
    TooLateToAmend,
)
from approvals.permissions import Actor, Power
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.desk import desk
from approvals.queries.draft import draft
from approvals.queries.queue import queue
from approvals.queries.queue_filter import Filters, Seen
from approvals.queries.time_reference import differences
from approvals.records.application import Application, Submission
from approvals.records.material import Material
from approvals.records.measure import Measured, MeasureRecord
from approvals.vocabulary import ApplicationStatus, MandateAction, StepStatus
from portal.invariants import examine
from portal.unit_of_work import changing, reading
from tests.fixtures.heart import Office

OFFICE = "ZJ"


def applicant() -> Actor:
    return actor_named(reading(), "lijinrong")


def token_of(number: str) -> str:
    reading().rollback()
    return reading().scalars(select(Application.token).where(Application.number == number)).one()


def versions(number: str) -> int:
    reading().rollback()
    counted = select(func.count()).select_from(Submission).join(Submission.application)
    return reading().scalars(counted.where(Application.number == number)).one()


def test_the_limits_of_acceptance_run_from_what_was_received_last(office: Office) -> None:
    """Licensing Law art. 32: five days from the receipt of the materials."""
    number = office.small(day="2026-05-06")
    first = office.step(number, "accept")
    assert first.statutory_due == date(2026, 5, 12)
    office.amend(number, "2026-05-11", floor_area=Decimal(1000))
    again = office.step(number, "accept")
    assert (again.status, again.statutory_due) == (StepStatus.OPEN, date(2026, 5, 18))
    assert again.promised_due is not None
    assert first.promised_due is not None
    assert again.promised_due > first.promised_due
    assert versions(number) == 2
    assert examine(office.app)["broken"] == []


def test_silence_accepts_it_from_the_day_the_amendment_was_received(office: Office) -> None:
    number = office.small(day="2026-05-06")
    office.amend(number, "2026-05-11", floor_area=Decimal(1000))
    for day, status in (("2026-05-18", "submitted"), ("2026-05-19", "in_review")):
        at = office.at(day)
        with changing(at=at) as session:
            tick(session, [for_change.application(session, number)], at=at)
        assert office.progress(number).status == status
    accepted = reading().scalars(select(Application.accepted_at).where(Application.number == number)).one()
    assert accepted is not None
    assert local_date(accepted) == date(2026, 5, 11)
    assert examine(office.app)["broken"] == []


def test_the_chain_follows_the_amended_answers(office: Office) -> None:
    """Who joins is told with the change that called them in; acceptance moves with the place."""
    number = office.small()
    assert "gc309" not in {step.key for step in office.progress(number).steps}
    office.amend(number, makes_waste=True, waste_volume=Decimal(86000))
    assert office.step(number, "gc309").status is StepStatus.WAITING
    office.take(number, "accept", "2026-05-08")
    assert "gc309" in office.open(number)
    assert examine(office.app)["broken"] == []


def test_it_is_no_correction_asked_by_the_office_in_the_measures(office: Office) -> None:
    number = office.small(day="2026-05-06")
    office.amend(number, "2026-05-07", floor_area=Decimal(1000))
    office.take(number, "accept", "2026-05-08")
    for _ in range(2):
        office.take_all_but(number, day="2026-05-11")
    reading().rollback()
    kept = reading().scalars(select(MeasureRecord)).all()
    assert {each.corrections for each in kept} == {0}
    assert Measured.APPLICATION in {each.subject for each in kept}
    assert differences(reading(), at=office.at("2026-05-12"))[1] == []
    assert examine(office.app)["broken"] == []


def test_the_clerk_sees_what_was_amended_and_that_it_is_new(office: Office) -> None:
    number = office.small()
    clerk, at = clerk_of(reading(), OFFICE), office.at("2026-05-07", 15)
    with changing(clerk, at) as session:
        look_at(session, number, "accept", 1000, is_open=False, by=clerk, at=at)

    def news() -> list[str]:
        reading().rollback()
        rows = queue(reading(), Filters(seen=Seen.CHANGED), page=1, by=clerk, at=at).rows
        return [row.number for row in rows]

    assert news() == []
    office.amend(number, floor_area=Decimal(1000), files=("drawings",))
    assert news() == [number]
    seen = desk(reading(), number, "accept", by=clerk, at=at)
    assert {change.label.zh: change.now for change in seen.changes}["总建筑面积"] == Decimal(1000)
    assert any(change.question is None for change in seen.changes)
    assert seen.round == 2


def test_whoever_has_said_nothing_yet_may_ask_for_anything_after_an_amendment(office: Office) -> None:
    """Art. 32 wants all of it at once, within five days of the receipt: nothing was asked for before."""
    number = office.small()
    office.amend(number, floor_area=Decimal(1000))
    office.ask(number, "accept", "contractor_name", day="2026-05-08")
    assert office.step(number, "accept").status is StepStatus.RETURNED


def test_one_that_is_decided_meanwhile_is_refused_and_kept(office: Office) -> None:
    number = office.small()
    token, by, at = token_of(number), applicant(), office.at("2026-05-08", 16)
    office.amend(number, "2026-05-07", send=False, floor_area=Decimal(1000), files=("drawings",))
    office.take(number, "accept", "2026-05-08")
    with pytest.raises(TooLateToAmend), changing(by, at) as session:
        send_in(for_change.application(session, number), version=2, by=by, at=at)
    assert versions(number) == 1
    kept = draft(reading(), token, by=by, at=at)
    assert (kept.is_editable, kept.is_too_late) == (False, True)
    assert {each.label.zh: each.now for each in kept.unsent}["总建筑面积"] == Decimal(1000)
    office.take_all_but(number, "gc301", day="2026-05-11")
    sent = desk(reading(), number, "gc301", by=clerk_of(reading(), OFFICE), at=office.at("2026-05-11"))
    assert [file.version for each in sent.materials if each.key == "drawings" for file in each.files] == [1]
    assert examine(office.app)["broken"] == []


def test_what_was_being_amended_counts_as_mended_when_it_is_asked_for(office: Office) -> None:
    number = office.small()
    token, by, at = token_of(number), applicant(), office.at("2026-05-08", 16)
    office.amend(number, "2026-05-07", send=False, floor_area=Decimal(1000), files=("drawings",))
    office.ask(number, "accept", "floor_area", "drawings", "contractor_name", day="2026-05-08")
    asked = draft(reading(), token, by=by, at=at)
    assert (asked.is_mending, asked.is_amending, asked.is_too_late) == (True, False, False)
    assert {mend.target: mend.is_mended for one in asked.asked for mend in one.entries} == {
        "floor_area": True,
        "drawings": True,
        "contractor_name": False,
    }
    office.mend(number, "2026-05-11", contractor_name="成都另一家示例建工有限公司")
    assert draft(reading(), token, by=by, at=at).unsent == ()
    assert examine(office.app)["broken"] == []


def test_given_up_it_is_as_it_was_sent(office: Office) -> None:
    number = office.small()
    token, by, at = token_of(number), applicant(), office.at("2026-05-08", 16)

    def facts() -> tuple[object, ...]:
        reading().rollback()
        found = draft(reading(), token, by=by, at=at)
        files = [file.name for task in found.materials for file in task.files]
        return dict(found.answers), files, found.is_editable

    before = facts()
    office.amend(number, send=False, floor_area=Decimal(1000), files=("drawings",))
    assert facts() != before
    with changing(by, at) as session:
        leave_as_sent(for_change.application(session, number), by=by, at=at)
    assert facts() == before
    assert versions(number) == 1
    reading().rollback()
    there = select(Material.version).where(Material.key == "drawings", Material.removed_at.is_(None))
    assert reading().scalars(there).all() == [1]


def refusal(office: Office, number: str, by: Actor, **sent: int) -> type[Refusal]:
    at = office.at("2026-05-08", 16)
    with pytest.raises(Refusal) as refused, changing(by, at) as session:
        amend(for_change.application(session, number), **sent, by=by, at=at)
    return refused.type


def test_every_refusal_has_its_name(office: Office) -> None:
    by, at = applicant(), office.at("2026-05-08", 16)
    assert refusal(office, office.draft(), by) is NotSubmitted
    number = office.small()
    assert refusal(office, number, by) is NothingChanged
    office.amend(number, send=False, floor_area=Decimal(1000))
    assert refusal(office, number, by, version=1) is ChangedMeanwhile
    filler = Actor(
        actor_named(reading(), "wangxiaorong").account,
        by.role,
        powers=(Power(1, min(by.organisations), None, frozenset({MandateAction.FILL})),),
    )
    assert refusal(office, number, filler) is OutsideMandate
    office.take(number, "accept", "2026-05-08")
    assert refusal(office, number, by) is TooLateToAmend
    with pytest.raises(TooLateToAmend), changing(by, at) as session:
        open_amendment(for_change.application(session, number), by=by, at=at)
    assert office.progress(number).status is ApplicationStatus.IN_REVIEW


def test_sent_twice_it_is_sent_once(office: Office) -> None:
    number = office.small()
    by, at = applicant(), office.at("2026-05-08", 16)
    office.amend(number, send=False, floor_area=Decimal(1000))
    with changing(by, at) as session:
        send_in(for_change.application(session, number), version=2, by=by, at=at)
    with pytest.raises(AlreadySubmitted) as again, changing(by, at) as session:
        send_in(for_change.application(session, number), version=2, by=by, at=at)
    assert again.value.facts["number"] == number
    assert versions(number) == 2


def test_a_sent_application_is_not_edited_unless_it_was_opened(office: Office) -> None:
    number = office.small()
    with pytest.raises(NotADraft):
        office.mend(number, "2026-05-07", floor_area=Decimal(1000))
