"""Whom letters reach: who has to do with the application now, each once, and nobody who lost the power to act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from approvals.clock.moment import Moment
from approvals.commands import mandate as mandating
from approvals.commands.withdraw import withdraw
from approvals.commands.write_letter import write
from approvals.commands.write_message import write_message
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.letters import to_mail
from approvals.records.acting import mandates_in_force, with_mandates
from approvals.records.application import Application
from approvals.records.letter import Letter
from approvals.records.mandate import Mandate
from approvals.records.outbox import Parcel
from approvals.records.people import Account, Membership
from approvals.records.writ import Writ
from approvals.vocabulary import Duty, LetterWay, MandateAction, Outcome, WritKind
from portal.unit_of_work import changing, reading
from portal.worker.delivery import sweep
from tests.factories import PERMIT, RESIDENCE, applied, decided, granted, on, returned

FRIDAY = date(2026, 6, 5)
Enter = Callable[[str], FlaskClient]


def actor(username: str, at: Moment) -> Actor:
    account = reading().scalars(select(Account).where(Account.username == username)).one()
    return with_mandates(account, mandates_in_force(reading(), account.id, at.today))


def mandate(giver: str, at: Moment, *, organisation: int | None, duty: Duty, items: tuple[str, ...] = ()) -> int:
    """To 龑䶮, accepted."""
    with changing(at=at) as session:
        given = mandating.give(
            session,
            organisation=organisation,
            name="龑䶮",
            phone="13900000002",
            duty=duty,
            items=items,
            actions=list(MandateAction),
            begins_on=at.today,
            ends_on=at.today + timedelta(days=90),
            by=actor(giver, at),
            at=at,
        )
        mandating.answer(session, given.id, is_accepted=True, by=actor("yanmao", at), at=at)
        return given.id


def says(username: str, number: str, at: Moment) -> None:
    with changing(at=at) as session:
        application = for_change.application(session, number)
        department = application.steps[0].department_code
        write_message(application, department, "什么时候能办好？", open_days=30, by=actor(username, at), at=at)


def readers(number: str, kind: str) -> list[str]:
    reading().rollback()
    wanted = (
        select(Account.username)
        .join(Letter, Letter.recipient_id == Account.id)
        .join(Letter.application)
        .where(Application.number == number, Letter.kind == kind)
    )
    return sorted(reading().scalars(wanted))


def company() -> int:
    return reading().scalars(select(Membership.organisation_id)).one()


def test_a_relative_who_acts_gets_the_letters_of_the_elder_and_after_the_revocation_none(app: Flask) -> None:
    at = on(FRIDAY)
    given = mandate("wangxiaorong", at, organisation=None, duty=Duty.AGENT)
    number = applied(RESIDENCE, at)
    assert readers(number, "submitted") == ["wangxiaorong"], "the elder acted herself"
    says("yanmao", number, at)
    returned(number, "accept", "employer", at=at)
    assert readers(number, "correction_asked") == ["wangxiaorong", "yanmao"]
    with changing(at=at) as session:
        mandating.revoke_mandate(session, given, by=actor("wangxiaorong", at), at=at)
    with changing(at=at) as session:
        withdraw(for_change.application(session, number), "不办了", by=actor("wangxiaorong", at), at=at)
    sweep(at)
    assert readers(number, "withdrawn") == ["wangxiaorong"]


def test_a_revoked_handler_gets_no_letter_and_the_company_does(app: Flask, signed_in: Enter) -> None:
    at = on(FRIDAY)
    given = mandate("lijinrong", at, organisation=company(), duty=Duty.HANDLER)
    number = applied(PERMIT, at)
    says("yanmao", number, at)
    decided(number, "accept", Outcome.ACCEPT, at=at)
    assert readers(number, "accepted") == ["lijinrong", "yanmao"]
    begun = update(Application).where(Application.number == number)
    handler = reading().scalars(select(Account.id).where(Account.username == "yanmao")).one()
    with changing(at=at) as session:
        session.execute(begun.values(applicant_id=handler, mandate_id=given))
        mandating.revoke_mandate(session, given, by=actor("lijinrong", at), at=at)
    granted(number, at)
    assert readers(number, "certificate_issued") == ["lijinrong"]
    served = reading().scalars(select(Writ.kind).where(Writ.kind == WritKind.DELIVERY)).all()
    assert len(served) == 1, "what lies in the company's letters is delivered once"
    page = signed_in("yanmao").get("/my/letters").get_data(as_text=True)
    assert number not in page, "what was told before is not his any more"
    assert "成都锦蓉示例置业有限公司" in signed_in("lijinrong").get("/my/letters").get_data(as_text=True)


def test_a_mandate_for_other_items_and_one_that_has_ended_bring_no_letters(app: Flask) -> None:
    at = on(FRIDAY)
    mandate("wangxiaorong", at, organisation=None, duty=Duty.AGENT, items=("GC303",))
    number = applied(RESIDENCE, at)
    handler = actor("yanmao", at)
    with changing(at=at) as session:
        session.execute(update(Mandate).values(items=[]))
    says("yanmao", number, at)
    with changing(at=at) as session:
        session.execute(update(Mandate).values(items=["GC303"]))
    assert handler.powers
    returned(number, "accept", "employer", at=at)
    assert readers(number, "correction_asked") == ["wangxiaorong"]


@pytest.mark.parametrize("way", [LetterWay.EACH, LetterWay.DAILY])
def test_what_waited_for_the_morning_does_not_go_out_to_whoever_was_revoked(app: Flask, way: LetterWay) -> None:
    at = on(FRIDAY)
    with changing(at=at) as session:
        values = {"email": "yanmao@example.org", "own_email": "x" * 64, "letter_way": way}
        session.execute(update(Account).where(Account.username == "yanmao").values(**values))
    given = mandate("wangxiaorong", at, organisation=None, duty=Duty.AGENT)
    number = applied(RESIDENCE, at)
    says("yanmao", number, at)
    with changing(at=at) as session:
        application = for_change.application(session, number)
        write(session, application_id=application.id, sequence=1, kind="submitted", at=at)
    data = reading().scalars(select(Parcel.data).where(Parcel.kind == "mail")).one()
    assert to_mail(reading(), data, at.today) is not None
    with changing(at=at) as session:
        mandating.revoke_mandate(session, given, by=actor("wangxiaorong", at), at=at)
    assert to_mail(reading(), data, at.today) is None


def test_a_closed_account_gets_no_letter(app: Flask) -> None:
    at = on(FRIDAY)
    number = applied(RESIDENCE, at)
    with changing(at=at) as session:
        session.execute(update(Account).where(Account.username == "wangxiaorong").values(closed_at=at.instant))
    returned(number, "accept", "employer", at=at)
    assert readers(number, "correction_asked") == []
