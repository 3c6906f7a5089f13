"""Mark a person's letters as read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.permissions import Actor, check
from approvals.records.account_letter import AccountLetter
from approvals.records.letter import Letter


def read_letters(session: Session, *, until: datetime, by: Actor, at: Moment) -> int:
    """Those sent up to `until`, the newest the reader saw: what came meanwhile stays unread. How many were marked."""
    check(by, "letter:list")
    marking = update(Letter).where(Letter.recipient_id == by.account, Letter.read_at.is_(None), Letter.sent_at <= until)
    own = update(AccountLetter).where(
        AccountLetter.account_id == by.account, AccountLetter.read_at.is_(None), AccountLetter.sent_at <= until
    )
    session.execute(own.values(read_at=at.instant))
    return len(session.execute(marking.values(read_at=at.instant).returning(Letter.id)).all())
