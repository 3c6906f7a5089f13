"""Write into the trail of accounts, in the transaction of what it tells."""

from __future__ import annotations

from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.commands.tell_account import tell_account
from approvals.events import PersonEvent
from approvals.records.person_event import PersonEventRecord


def witness(
    session: Session, account_id: int, kind: PersonEvent, *, by: int | None, at: Moment, **data: object
) -> None:
    """`data` holds codes and numbers of rows, never a name, phone or address. Whom it concerns is told by letter."""
    event = PersonEventRecord(account_id=account_id, kind=str(kind), at=at.instant, by_account=by, data=data)
    session.add(event)
    tell_account(session, event, at=at)
