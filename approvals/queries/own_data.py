"""Everything the portal keeps of one person, for the person to take along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.permissions import Actor, check
from approvals.queries.own_application import WHOLE, OwnData, as_text, of_application, papers_of, past_versions_of
from approvals.queries.typed_page import typed_of
from approvals.records.application import Application
from approvals.records.bundle import BundleRecord
from approvals.records.counter import Visit
from approvals.records.credit import CreditNotice
from approvals.records.feed import Feed
from approvals.records.letter import Letter
from approvals.records.mandate import Mandate
from approvals.records.message import Message
from approvals.records.opening import Opening
from approvals.records.people import Account, SignIn
from approvals.records.person_event import PersonEventRecord
from approvals.records.rating import Rating

FORMAT = 2


def own_data(session: Session, *, by: Actor, at: Moment) -> OwnData:
    """Of the account itself, and of what it applied for in its own name; what belongs to an organisation is not its."""
    check(by, "account:close")
    account = session.get_one(Account, by.person)
    own = select(Application).where(Application.applicant_id == account.id, Application.organisation_id.is_(None))
    applications = session.scalars(own.order_by(Application.id).options(*WHOLE)).all()
    letters = session.scalars(select(Letter).where(Letter.recipient_id == account.id).order_by(Letter.id)).all()
    sessions = session.scalars(select(SignIn).where(SignIn.account_id == account.id).order_by(SignIn.id)).all()
    feeds = session.scalars(select(Feed).where(Feed.account_id == account.id).order_by(Feed.id)).all()
    events = session.scalars(
        select(PersonEventRecord).where(PersonEventRecord.account_id == account.id).order_by(PersonEventRecord.id)
    ).all()
    about = about_applications(session, applications, at)
    visits = session.scalars(select(Visit).where(Visit.account_id == account.id).order_by(Visit.id)).all()
    mandates = session.scalars(
        select(Mandate)
        .where(or_(Mandate.person_id == account.id, Mandate.grantee_id == account.id))
        .order_by(Mandate.id)
    ).all()
    notices = session.scalars(
        select(CreditNotice).where(CreditNotice.account_id == account.id).order_by(CreditNotice.id)
    ).all()
    bundles = session.scalars(
        select(BundleRecord)
        .where(BundleRecord.applicant_id == account.id, BundleRecord.organisation_id.is_(None))
        .order_by(BundleRecord.id)
    ).all()
    content = {
        "format": FORMAT,
        "made_at": as_text(at.instant),
        "account": {
            "username": account.username,
            "name": account.name,
            "identity_number": account.identity_number,
            "phone": account.phone,
            "email": account.email,
            "language": account.language,
            "wants_text_messages": account.wants_texts,
            "proof": str(account.proof),
            "proved_at": as_text(account.proved_at),
        },
        "organisations": [
            {
                "name": each.organisation.name,
                "credit_code": each.organisation.credit_code,
                "duty": each.duty,
                "ended_at": as_text(each.ended_at),
            }
            for each in account.memberships
        ],
        "sessions": [
            {"began_at": as_text(each.created_at), "ended_at": as_text(each.ended_at), "device": each.device}
            for each in sessions
        ],
        "mandates": [_mandate(each, account) for each in mandates],
        "visits_to_a_window": [
            {"at": as_text(each.at), "window": each.window, "document": str(each.document), "present": each.name}
            | {"authority": each.authority and str(each.authority)}
            for each in visits
        ],
        "calendar_addresses": [
            {"organisation": each.organisation_id, "made_at": as_text(each.created_at)}
            | {"revoked_at": as_text(each.revoked_at)}
            for each in feeds
        ],
        "account_events": [{"kind": each.kind, "at": as_text(each.at), **each.data} for each in events],
        "credit_notices": [told_notice(each) for each in notices],
        "letters": [
            {"application": each.application_id, "kind": each.kind, "sent_at": as_text(each.sent_at)}
            | {"read_at": as_text(each.read_at)}
            for each in letters
        ],
        "bundles": [told_bundle(each) for each in bundles],
    }
    return OwnData(content | about.content, about.files)


def told_bundle(bundle: BundleRecord) -> dict[str, Any]:
    return {"slug": bundle.slug, "began_at": as_text(bundle.created_at), "waiting": bundle.waiting}


def about_applications(session: Session, applications: Sequence[Application], at: Moment) -> OwnData:
    """Of these, loaded with WHOLE, and what was said of them."""
    ids = [each.id for each in applications]
    papers, past = papers_of(session, ids), past_versions_of(session, ids)
    taken = [of_application(each, papers.get(each.id, ()), past.get(each.id, ()), at.calendar) for each in applications]
    openings = session.scalars(select(Opening).where(Opening.application_id.in_(ids)).order_by(Opening.id)).all()
    messages = session.scalars(select(Message).where(Message.application_id.in_(ids)).order_by(Message.id)).all()
    ratings = session.scalars(select(Rating).where(Rating.application_id.in_(ids)).order_by(Rating.id)).all()
    typed = typed_of(session, ids)
    content = {
        "applications": [{**each.content, "typed_and_not_saved": typed.get(each.content["id"], {})} for each in taken],
        "looked_into": [
            {"application": each.application_id, "at": as_text(each.at), "role": str(each.role)}
            | {"reason": str(each.reason)}
            for each in openings
        ],
        "messages": [
            {"application": each.application_id, "department": each.department_code, "is_office": each.is_office}
            | {"at": as_text(each.at), "text": each.text}
            for each in messages
        ],
        "ratings": [
            {"application": each.application_id, "at": as_text(each.at), "level": str(each.level)}
            | {"reasons": each.reasons, "text": each.text}
            for each in ratings
        ],
    }
    return OwnData(content, tuple(file for each in taken for file in each.files))


def told_notice(notice: CreditNotice) -> dict[str, Any]:
    return {
        "published_by": notice.published_by,
        "reference": notice.reference,
        "reason": notice.reason,
        "starts_on": as_text(notice.starts_on),
        "ends_on": as_text(notice.ends_on),
        "entered_at": as_text(notice.entered_at),
        "repaired_at": as_text(notice.repaired_at),
        "repair_note": notice.repair_note,
    }


def _mandate(mandate: Mandate, account: Account) -> dict[str, Any]:
    """What others gave is theirs: only that it was given, for what and until when."""
    is_giver = mandate.person_id == account.id
    return {
        "given": is_giver,
        "to": mandate.grantee_name if is_giver else account.name,
        "duty": str(mandate.duty),
        "items": mandate.items,
        "actions": mandate.actions,
        "begins_on": as_text(mandate.begins_on),
        "ends_on": as_text(mandate.ends_on),
        "accepted_at": as_text(mandate.accepted_at),
        "revoked_at": as_text(mandate.revoked_at),
    }
