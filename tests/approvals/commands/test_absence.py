"""Somebody is away: a colleague stands in, the trail says for whom, and only for what is lent."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from approvals.commands.assign import assign
from approvals.commands.be_absent import be_absent, come_back
from approvals.commands.hand_over import hand_over
from approvals.commands.suspend import suspend
from approvals.commands.take import take
from approvals.errors import (
    AbsentAlready,
    ColleagueAbsent,
    NotAColleague,
    NotAllowed,
    NotFound,
    NotYourStep,
    NotYoursToName,
    PastOrFuture,
    Refusal,
    SomebodyElseHasIt,
)
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.standing_in import with_lenders
from approvals.records.absence import Absence
from approvals.records.application import Application
from approvals.records.assignment import Assignment
from approvals.records.base import write
from approvals.records.event import EventRecord
from approvals.records.people import Account
from approvals.vocabulary import Outcome
from portal.invariants import examine
from portal.unit_of_work import changing, reading
from tests.deciding import decide
from tests.fixtures.heart import Office

DAY = date(2026, 5, 7)
A, B, HEAD = "clerk-zj", "clerk-zj-2", "head-zj"


@pytest.fixture
def number(office: Office) -> str:
    return office.small()


def who(username: str, day: date = DAY) -> Actor:
    return with_lenders(reading(), actor_named(reading(), username), day)


def account(username: str) -> int:
    return who(username).person


def away(office: Office, username: str, deputy: str, first: str, last: str, *, by: str) -> None:
    actor, at = who(by), office.at("2026-05-06")
    days = date.fromisoformat(first), date.fromisoformat(last)
    with changing(actor, at) as session:
        be_absent(session, account(username), account(deputy), *days, by=actor, at=at)


def decided(office: Office, number: str, by: str, key: str = "accept", outcome: Outcome = Outcome.ACCEPT) -> None:
    actor, at = who(by), office.at(DAY.isoformat())
    with changing(actor, at) as session:
        decide(for_change.step(session, number, key), outcome, "", by=actor, at=at)


def taken(office: Office, number: str, by: str, day: str = "2026-05-06") -> None:
    actor, at = who(by), office.at(day, 15)
    with changing(actor, at) as session:
        take(for_change.step(session, number, "accept"), by=actor, at=at)


def told(number: str, kind: str) -> list[dict[str, object]]:
    reading().rollback()
    query = select(EventRecord.data).join(Application, EventRecord.application_id == Application.id)
    return list(reading().scalars(query.where(Application.number == number, EventRecord.kind == kind)))


def sound(office: Office) -> None:
    assert examine(office.app)["broken"] == []


def test_the_deputy_decides_what_the_absent_one_has_and_the_trail_says_for_whom(office: Office, number: str) -> None:
    taken(office, number, A)
    with pytest.raises(SomebodyElseHasIt):
        decided(office, number, B)
    away(office, A, B, "2026-05-07", "2026-05-08", by=A)
    decided(office, number, B)
    (decision,) = told(number, "step_decided")
    assert decision["deputy_for"] == account(A)
    sound(office)


def test_before_and_after_the_days_nobody_stands_in(office: Office) -> None:
    away(office, A, B, "2026-05-07", "2026-05-08", by=HEAD)
    lent = [bool(who(B, date(2026, 5, day)).lenders) for day in (6, 7, 8, 9)]
    assert lent == [False, True, True, False]


def test_what_is_assigned_meanwhile_goes_to_the_deputy_and_on_to_theirs(office: Office, number: str) -> None:
    away(office, A, B, "2026-05-07", "2026-05-08", by=A)
    head, at = who(HEAD), office.at(DAY.isoformat())
    with changing(head, at) as session:
        assign(for_change.step(session, number, "accept"), account(A), by=head, at=at)
    given = reading().scalars(select(Assignment)).one()
    assert (given.to_account, given.meant_for) == (account(B), account(A))
    away(office, HEAD, A, "2026-05-11", "2026-05-12", by=HEAD)
    with pytest.raises(ColleagueAbsent) as refused, changing(head, at) as session:
        hand_over(for_change.step(session, number, "accept"), account(A), "请接着办。", by=who(B), at=at)
    assert refused.value.facts == {"until": date(2026, 5, 8)}
    sound(office)


def test_a_circle_of_deputies_leaves_nobody(office: Office, number: str) -> None:
    away(office, A, B, "2026-05-07", "2026-05-08", by=A)
    with changing() as session:  # past the command that would refuse
        row = {"account_id": account(B), "deputy_id": account(A), "first": DAY, "last": DAY, "by_account": account(B)}
        session.add(Absence(**row, at=office.at("2026-05-06").instant))
    head, at = who(HEAD), office.at(DAY.isoformat())
    with pytest.raises(ColleagueAbsent), changing(head, at) as session:
        assign(for_change.step(session, number, "accept"), account(A), by=head, at=at)


def test_the_head_lends_a_heads_rights_only_by_their_own_word(office: Office, number: str) -> None:
    decided(office, number, A)
    at = office.at(DAY.isoformat())
    with pytest.raises(NotAllowed), changing(who(B), at) as session:
        suspend(for_change.application(session, number), "等待法院裁定。", by=who(B), at=at)
    for other in (A, B):
        with pytest.raises(NotYoursToName):
            away(office, HEAD, B, "2026-05-07", "2026-05-07", by=other)
    away(office, HEAD, B, "2026-05-07", "2026-05-07", by=HEAD)
    with changing(who(B), at) as session:
        suspend(for_change.application(session, number), "等待法院裁定。", by=who(B), at=at)
    assert told(number, "suspended")[0]["deputy_for"] == account(HEAD)
    with pytest.raises(NotYoursToName):  # what is lent does not go on to others
        away(office, A, B, "2026-05-20", "2026-05-21", by=B)
    sound(office)


def test_nobody_decides_the_absent_ones_own_application_for_them(office: Office, number: str) -> None:
    """The handler of the company became head of the department that decides."""
    with changing() as session:
        handler = session.scalars(select(Account).where(Account.username == "lijinrong")).one()
        write(handler, department_code="ZJ", role="head")
    at = office.at(DAY.isoformat())
    away(office, "lijinrong", B, "2026-05-07", "2026-05-07", by="lijinrong")
    assert {each.account for each in who(B).lenders} == {account("lijinrong")}
    with pytest.raises(NotYourStep), changing(who(B), at) as session:
        assign(for_change.step(session, number, "accept"), account(A), by=who(B), at=at)
    taken(office, number, A, "2026-05-07")
    with pytest.raises(SomebodyElseHasIt):
        decided(office, number, B)


@pytest.mark.parametrize(
    "username, deputy, first, last, by, refusal",
    [
        (A, A, "2026-05-07", "2026-05-08", A, NotAColleague),
        (A, "clerk-ga", "2026-05-07", "2026-05-08", A, NotAColleague),
        ("clerk-ga", "head-ga", "2026-05-07", "2026-05-08", HEAD, NotAColleague),
        (A, B, "2026-05-08", "2026-05-07", A, PastOrFuture),
        (A, B, "2026-05-04", "2026-05-05", A, PastOrFuture),
        (A, B, "2026-05-07", "2027-06-07", A, PastOrFuture),
        (A, HEAD, "2026-05-21", "2026-05-22", A, AbsentAlready),
        (B, A, "2026-05-21", "2026-05-22", B, ColleagueAbsent),
        (B, A, "2026-05-07", "2026-05-08", A, NotYoursToName),
        (A, B, "2026-05-07", "2026-05-08", "manager", NotAllowed),
    ],
)
def test_what_cannot_be_entered_has_its_name(
    office: Office, username: str, deputy: str, first: str, last: str, by: str, refusal: type[Refusal]
) -> None:
    away(office, A, HEAD, "2026-05-20", "2026-05-21", by=A)
    with pytest.raises(refusal):
        away(office, username, deputy, first, last, by=by)


def test_who_comes_back_early_lends_nothing_any_more(office: Office) -> None:
    away(office, A, B, "2026-05-06", "2026-05-20", by=A)
    absence, at = reading().scalars(select(Absence.id)).one(), office.at("2026-05-07")
    with pytest.raises(NotYoursToName), changing(who(B), at) as session:
        come_back(session, absence, by=who(B), at=at)
    with changing(who(A), at) as session:
        come_back(session, absence, by=who(A), at=at)
    assert not who(B).lenders
    with pytest.raises(NotFound), changing(who(A), at) as session:
        come_back(session, absence, by=who(A), at=at)
    away(office, A, B, "2026-05-10", "2026-05-11", by=A)
