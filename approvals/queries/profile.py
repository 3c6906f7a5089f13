"""What the portal knows already about who applies, so that nobody types it again."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.errors import NotFound
from approvals.permissions import Actor, check
from approvals.records.people import Account, Organisation
from services.answers import Value
from services.item import Item, Kind

TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.IDENTITY_NUMBER, Kind.CREDIT_CODE, Kind.PHONE, Kind.EMAIL})


def first_answers(session: Session, item: Item, *, organisation: int | None, by: Actor) -> dict[str, Value]:
    """Answers to the questions that say where a first value comes from; all of them can be changed on their pages."""
    check(by, "application:create")
    known = _known(session, organisation, by)
    return {
        key: known[question.prefill]
        for key, question in item.questions.items()
        if question.prefill is not None and question.prefill in known and question.kind in TEXTS
    }


def _acted_for(by: Actor) -> frozenset[int | None]:
    return by.organisations | {each.organisation for each in by.powers}


def _known(session: Session, organisation_id: int | None, by: Actor) -> Mapping[str, str]:
    account = session.scalar(select(Account).where(Account.id == by.applicant))
    if account is None:
        raise NotFound
    known = {
        "account.name": account.name,
        "account.identity_number": account.identity_number,
        "account.phone": account.phone,
    }
    if organisation_id is not None:
        organisation = session.get(Organisation, organisation_id) if organisation_id in _acted_for(by) else None
        if organisation is None:
            raise NotFound
        known |= {
            "organisation.name": organisation.name,
            "organisation.credit_code": organisation.credit_code,
            "organisation.address": organisation.address,
        }
    return {name: value for name, value in known.items() if value}
