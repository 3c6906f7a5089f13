"""Be absent: a clerk or head is away for some days, and a colleague stands in; come back early."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import (
    AbsentAlready,
    ColleagueAbsent,
    NotAColleague,
    NotAllowed,
    NotFound,
    NotYoursToName,
    PastOrFuture,
)
from approvals.permissions import Actor, check
from approvals.records.absence import Absence
from approvals.records.base import write
from approvals.records.people import Account
from approvals.vocabulary import Role

LONGEST = 366
"""Days; longer is a mistyped year."""


def be_absent(
    session: Session,
    account_id: int,
    deputy_id: int,
    first: date,
    last: date,
    note: str = "",
    *,
    by: Actor,
    at: Moment,
) -> None:
    """By the absent one, or by the head for a clerk; who stands in for a head is named by that head alone.

    Raises NotYoursToName, NotAColleague, PastOrFuture, AbsentAlready, or ColleagueAbsent where the deputy is away, too.
    """
    check(by, "absence:record")
    account = _in_use(session, account_id)
    if account is None or account.department_code != by.department:
        raise NotAColleague
    _require_named_by(account, by)
    deputy = _in_use(session, deputy_id)
    if deputy is None or deputy.department_code != account.department_code or deputy.id == account.id:
        raise NotAColleague
    if last < first or last < at.today or (last - first).days >= LONGEST:
        raise PastOrFuture
    if _overlapping(session, account.id, first, last) is not None:
        raise AbsentAlready
    away = _overlapping(session, deputy.id, first, last)
    if away is not None:
        raise ColleagueAbsent(until=away.last)
    session.add(
        Absence(
            account_id=account.id,
            deputy_id=deputy.id,
            first=first,
            last=last,
            note=note.strip(),
            by_account=by.person,
            at=at.instant,
        )
    )


def come_back(session: Session, absence_id: int, *, by: Actor, at: Moment) -> None:
    """End it before its last day, or before it began; what was done by the deputy stays. Once ended, NotFound."""
    check(by, "absence:record")
    absence = session.get(Absence, absence_id, with_for_update=True)
    account = session.get(Account, absence.account_id) if absence else None
    if absence is None or account is None or account.department_code != by.department or absence.ended_at is not None:
        raise NotFound
    _require_named_by(account, by)
    write(absence, ended_by=by.person, ended_at=at.instant)


def _require_named_by(account: Account, by: Actor) -> None:
    if by.department is None:
        raise NotAllowed
    if account.id != by.account and (account.role is Role.HEAD or by.role is not Role.HEAD):
        raise NotYoursToName


def _in_use(session: Session, account_id: int) -> Account | None:
    """Locked: of two absences entered at once the second sees the first."""
    found = session.get(Account, account_id, with_for_update={"key_share": True})
    is_at_desk = found is not None and found.role.is_at_desk and found.disabled_at is None
    return found if is_at_desk else None


def _overlapping(session: Session, account_id: int, first: date, last: date) -> Absence | None:
    own = select(Absence).where(Absence.account_id == account_id, Absence.ended_at.is_(None))
    return session.scalars(own.where(Absence.first <= last, Absence.last >= first).limit(1)).first()
