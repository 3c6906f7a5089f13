"""Who has to do with an application now: whom its letters reach, and which letters an account may still read."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.event import EventRecord
from approvals.records.mandate import Mandate
from approvals.records.people import Account, Membership
from approvals.vocabulary import Duty

IN_CHARGE = tuple(str(duty) for duty in Duty if duty.names_members)


def concerned(session: Session, application: Application, today: date) -> list[Account]:
    """The person, or the members in charge of the organisation; and who acts on it while the power to do so stands.

    Whoever lost that power is none of them, nor is a closed account.
    """
    mandates = [each for each in _in_force(session, application, today) if _covers(each, application)]
    acting = _have_acted(session, application)
    found = {each.grantee_id for each in mandates if each.duty is Duty.ADMINISTRATOR or each.grantee_id in acting}
    if application.organisation_id is None:
        found.add(application.applicant_id)
    else:
        found |= {each.account_id for each in _members(session, application.organisation_id, acting)}
        if not application.applicant.can_sign_in:
            found.add(application.applicant_id)  # sent in at a window: nobody else is known of it
    accounts = select(Account).where(Account.id.in_(found), Account.closed_at.is_(None))
    return list(session.scalars(accounts.order_by(Account.id)))


def of_concern(by: Actor) -> ColumnElement[bool]:
    """The condition on an application that the account may read what its letters tell."""
    mine = and_(Application.organisation_id.is_(None), Application.applicant_id == by.account)
    held = [
        and_(
            Application.organisation_id == power.organisation
            if power.organisation is not None
            else and_(Application.organisation_id.is_(None), Application.applicant_id == power.person),
            *([Application.item_code.in_(power.items)] if power.items else []),
        )
        for power in by.powers
    ]
    return or_(mine, Application.organisation_id.in_(by.organisations), *held)


def _in_force(session: Session, application: Application, today: date) -> list[Mandate]:
    whose = (
        Mandate.organisation_id == application.organisation_id
        if application.organisation_id is not None
        else Mandate.person_id == application.applicant_id
    )
    standing = (Mandate.accepted_at.is_not(None), Mandate.revoked_at.is_(None))
    days = (Mandate.begins_on <= today, Mandate.ends_on >= today)
    return list(session.scalars(select(Mandate).where(whose, *standing, *days)))


def _covers(mandate: Mandate, application: Application) -> bool:
    return mandate.duty is Duty.ADMINISTRATOR or mandate.power.covers(application.item_code, None)


def _have_acted(session: Session, application: Application) -> set[int]:
    """Who began it, and whoever its trail names; of a draft, which has no trail, who began it by a mandate."""
    named = select(EventRecord.by_account).where(
        EventRecord.application_id == application.id, EventRecord.by_account.is_not(None)
    )
    begun = session.get(Mandate, application.mandate_id) if application.mandate_id is not None else None
    found = {each for each in session.scalars(named.distinct()) if each is not None}
    return found | {application.applicant_id} | ({begun.grantee_id} if begun and begun.grantee_id else set())


def _members(session: Session, organisation: int, acting: set[int]) -> list[Membership]:
    members = session.scalars(
        select(Membership).where(Membership.organisation_id == organisation, Membership.ended_at.is_(None))
    )
    return [each for each in members if each.duty in IN_CHARGE or each.account_id in acting]
