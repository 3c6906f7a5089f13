"""Enter bad credit that somebody else published (失信信息), and its repair (信用修复)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.audit.staff import append_staff
from approvals.clock.moment import Moment
from approvals.errors import NobodyWithNumber, NotAboutOneself, NotFound, NoticeDates, NotPossibleNow, ReasonMissing
from approvals.events import StaffEvent
from approvals.permissions import Actor, check
from approvals.records.credit import CreditNotice
from approvals.records.people import Account, Organisation, citizen_of


def enter_notice(
    session: Session,
    number: str,
    *,
    published_by: str,
    reference: str,
    reason: str,
    starts_on: date,
    ends_on: date,
    by: Actor,
    at: Moment,
) -> CreditNotice:
    """By whoever oversees; `number` is an identity number or a credit code.

    Raises NobodyWithNumber, NotAboutOneself, NoticeDates or ReasonMissing.
    """
    check(by, "credit:enter")
    if not all(each.strip() for each in (published_by, reference, reason)):
        raise ReasonMissing
    if not starts_on <= at.today <= ends_on:
        raise NoticeDates
    account = citizen_of(session, number)
    organisation = session.scalar(select(Organisation).where(Organisation.credit_code == number))
    if account is None and organisation is None:
        raise NobodyWithNumber
    notice = CreditNotice(
        account_id=account.id if account else None,
        organisation_id=organisation.id if organisation and not account else None,
        published_by=published_by.strip(),
        reference=reference.strip(),
        reason=reason.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        entered_by=by.person,
        entered_at=at.instant,
    )
    _refuse_own(session, notice, by)
    session.add(notice)
    session.flush()  # its number stands in the trail
    dates = {"starts": starts_on.isoformat(), "ends": ends_on.isoformat()}
    append_staff(session, by.person, StaffEvent.CREDIT_NOTICED, by=by.account, at=at, notice=notice.id, **dates)
    return notice


def repair_notice(session: Session, number: int, note: str, *, by: Actor, at: Moment) -> None:
    """When whoever decided has repaired it, with what shows that. Raises NotFound, ReasonMissing, NotAboutOneself, or
    NotPossibleNow where it was repaired before.
    """
    check(by, "credit:enter")
    notice = session.get(CreditNotice, number, with_for_update={"of": CreditNotice}, populate_existing=True)
    if notice is None:
        raise NotFound
    if not note.strip():
        raise ReasonMissing
    _refuse_own(session, notice, by)
    if notice.repaired_at is not None:
        raise NotPossibleNow(status="repaired")
    notice.repaired_by, notice.repaired_at, notice.repair_note = by.person, at.instant, note.strip()
    append_staff(session, by.person, StaffEvent.CREDIT_REPAIRED, by=by.account, at=at, notice=notice.id)


def _refuse_own(session: Session, notice: CreditNotice, by: Actor) -> None:
    """Also where the account is another of the same person."""
    organisations = {*by.organisations, *(each.organisation for each in by.powers)} - {None}
    people = {by.account, *(each.person for each in by.powers)} - {None}
    marks = set(session.scalars(select(Account.identity_mark).where(Account.id.in_(people)))) - {None}
    account = session.get(Account, notice.account_id) if notice.account_id else None
    if notice.organisation_id in organisations or (
        account and (account.id in people or account.identity_mark in marks)
    ):
        raise NotAboutOneself
