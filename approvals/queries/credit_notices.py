"""Bad credit published elsewhere, for whoever enters it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, check
from approvals.queries.paging import Page, paged
from approvals.records.credit import CreditNotice
from approvals.records.people import Account, Organisation
from approvals.records.secrecy import keyring
from services.answers import masked

WHOSE = (joinedload(CreditNotice.account), joinedload(CreditNotice.organisation))


@dataclass(frozen=True, slots=True)
class Noticed:
    """`name` and `number` of a person are masked."""

    id: int
    name: str
    number: str
    published_by: str
    reference: str
    reason: str
    starts_on: date
    ends_on: date
    entered_by: str
    entered_at: datetime
    repaired_by: str
    repaired_at: datetime | None
    repair_note: str
    is_barring: bool


def credit_notices(session: Session, *, search: str = "", page: int = 1, by: Actor, at: Moment) -> Page[Noticed]:
    """Newest first; `search` is a whole identity number or credit code."""
    check(by, "credit:enter")
    query = select(CreditNotice).options(*WHOSE).order_by(CreditNotice.id.desc())
    if number := "".join(search.split()).upper():
        people = select(Account.id).where(Account.identity_mark == keyring().mark(number))
        organisations = select(Organisation.id).where(Organisation.credit_code == number)
        query = query.where(or_(CreditNotice.account_id.in_(people), CreditNotice.organisation_id.in_(organisations)))
    asked, page, total = paged(session, query, page)
    rows = session.scalars(asked).all()
    names = _staff(session, rows)
    return Page(tuple(_noticed(each, names, at) for each in rows), page, total)


def credit_notice(session: Session, number: int, *, by: Actor, at: Moment) -> Noticed:
    check(by, "credit:enter")
    notice = session.scalar(select(CreditNotice).where(CreditNotice.id == number).options(*WHOSE))
    if notice is None:
        raise NotFound
    return _noticed(notice, _staff(session, [notice]), at)


def _staff(session: Session, notices: Iterable[CreditNotice]) -> dict[int | None, str]:
    ids = {id_ for each in notices for id_ in (each.entered_by, each.repaired_by)} - {None}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {each.id: each.name for each in rows}


def _noticed(notice: CreditNotice, names: Mapping[int | None, str], at: Moment) -> Noticed:
    name, number = _whose(notice)
    return Noticed(
        id=notice.id,
        name=name,
        number=number,
        published_by=notice.published_by,
        reference=notice.reference,
        reason=notice.reason,
        starts_on=notice.starts_on,
        ends_on=notice.ends_on,
        entered_by=names[notice.entered_by],
        entered_at=notice.entered_at,
        repaired_by=names.get(notice.repaired_by, ""),
        repaired_at=notice.repaired_at,
        repair_note=notice.repair_note or "",
        is_barring=notice.bars_on(at.today),
    )


def _whose(notice: CreditNotice) -> tuple[str, str]:
    if notice.organisation is not None:
        return notice.organisation.name, notice.organisation.credit_code
    person = notice.account
    return (masked(person.name), masked(person.identity_number or "")) if person else ("", "")
