"""Everything the portal keeps of one organisation, for whoever names its members to take along."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, check
from approvals.queries.own_application import WHOLE, OwnData, as_text
from approvals.queries.own_data import FORMAT, about_applications, told_bundle, told_notice
from approvals.records.application import Application
from approvals.records.bundle import BundleRecord
from approvals.records.counter import Visit
from approvals.records.credit import CreditNotice
from approvals.records.mandate import Mandate
from approvals.records.people import Account, Membership, Organisation


def organisation_data(session: Session, organisation_id: int, *, by: Actor, at: Moment) -> OwnData:
    """NotFound for an organisation whose members the actor does not name, as for none."""
    check(by, "account:close")
    if organisation_id not in by.manages:
        raise NotFound
    organisation = session.get_one(Organisation, organisation_id)
    own = select(Application).where(Application.organisation_id == organisation_id)
    applications = session.scalars(own.order_by(Application.id).options(*WHOLE)).all()
    members = session.scalars(
        select(Membership)
        .where(Membership.organisation_id == organisation_id)
        .options(joinedload(Membership.account).raiseload(Account.memberships))
        .order_by(Membership.id)
    ).all()
    mandates = session.scalars(
        select(Mandate).where(Mandate.organisation_id == organisation_id).order_by(Mandate.id)
    ).all()
    visits = session.scalars(select(Visit).where(Visit.organisation_id == organisation_id).order_by(Visit.id)).all()
    notices = session.scalars(
        select(CreditNotice).where(CreditNotice.organisation_id == organisation_id).order_by(CreditNotice.id)
    ).all()
    bundles = session.scalars(
        select(BundleRecord).where(BundleRecord.organisation_id == organisation_id).order_by(BundleRecord.id)
    ).all()
    content: dict[str, Any] = {
        "format": FORMAT,
        "made_at": as_text(at.instant),
        "organisation": {
            "name": organisation.name,
            "credit_code": organisation.credit_code,
            "address": organisation.address,
        },
        "members": [
            {"name": each.account.name, "duty": each.duty, "ended_at": as_text(each.ended_at)} for each in members
        ],
        "mandates": [_mandate(each) for each in mandates],
        "visits_to_a_window": [
            {"at": as_text(each.at), "window": each.window, "document": str(each.document), "present": each.name}
            | {"authority": each.authority and str(each.authority)}
            for each in visits
        ],
        "credit_notices": [told_notice(each) for each in notices],
        "bundles": [told_bundle(each) for each in bundles],
    }
    about = about_applications(session, applications, at)
    return OwnData(content | about.content, about.files)


def _mandate(mandate: Mandate) -> dict[str, Any]:
    return {
        "to": mandate.grantee_name,
        "duty": str(mandate.duty),
        "items": mandate.items,
        "actions": mandate.actions,
        "begins_on": as_text(mandate.begins_on),
        "ends_on": as_text(mandate.ends_on),
        "accepted_at": as_text(mandate.accepted_at),
        "revoked_at": as_text(mandate.revoked_at),
    }
