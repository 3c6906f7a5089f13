"""What an applicant may promise in a draft: the letters of commitment as they would be signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.commitments.letter import digest, letter
from approvals.commitments.offers import WHOLE, offers
from approvals.commitments.owing import bar
from approvals.commitments.signed import signatures
from approvals.errors import NotFound
from approvals.permissions import Actor, may
from approvals.queries.draft import Draft
from approvals.queries.draft import draft as draft_of
from approvals.records.application import Application
from approvals.records.credit import CreditNotice, CreditRecord
from approvals.records.people import department_names
from services.item import Limit, Text, label


@dataclass(frozen=True, slots=True)
class Promise:
    """`text` is shown, signed and kept word for word; `deferred` may follow, with the limit of each."""

    key: str
    title: Text
    text: str
    sha256: str
    deferred: tuple[tuple[Text, Limit], ...]
    is_same_day: bool
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Barred:
    """Through `until`: by the promise of application `number`, else by what `published_by` published."""

    until: date
    number: str = ""
    published_by: str = ""
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    draft: Draft
    promises: tuple[Promise, ...]
    barred: Barred | None

    @property
    def chosen(self) -> frozenset[str]:
        return frozenset(each.key for each in self.promises if each.is_signed)


def choice(session: Session, token: str, *, language: str, by: Actor, at: Moment) -> Choice:
    """NotFound for an application that is not the actor's, as for none."""
    draft = draft_of(session, token, by=by, at=at)
    application = session.scalars(select(Application).where(Application.token == token)).one()
    if not may(by, "commitment:sign", application):
        raise NotFound
    names = department_names(session)
    signed = signatures(application)
    found = []
    for each in offers(draft.item, draft.answers):
        text = letter(draft.item, each, names, language)
        found.append(
            Promise(
                key=each.key,
                title=draft.item.name if each.key == WHOLE else draft.item.steps[each.key].title,
                text=text,
                sha256=digest(text),
                deferred=tuple((label(draft.item, one.material), one.limit) for one in each.terms.deferred),
                is_same_day=each.terms.is_same_day,
                is_signed=each.key in signed,
            )
        )
    return Choice(draft, tuple(found), _barred(bar(session, application, at=at)))


def _barred(by: CreditRecord | CreditNotice | None) -> Barred | None:
    if isinstance(by, CreditNotice):
        return Barred(by.ends_on, published_by=by.published_by, reference=by.reference, reason=by.reason)
    return Barred(by.ends_on, str(by.application.number)) if by else None
