"""What has happened at an open desk since its page was made: who else is there, and what others have done."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.events import Event
from approvals.permissions import Actor
from approvals.queries.presence import others_here
from approvals.queries.queue_filter import NEWS
from approvals.records.application import Application
from approvals.records.event import EventRecord
from approvals.records.people import Account
from approvals.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Decided:
    """`by`: None where nobody of a department decided it."""

    by: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class LiveDesk:
    """`others`: names of who has it open; `news`: how many acts of others the page does not show; `decided`: what the
    step itself ended in among them.
    """

    others: tuple[str, ...]
    news: int = 0
    decided: Decided | None = None

    @property
    def state(self) -> str:
        """Short and the same as long as nothing changes."""
        told = f"{self.others} {self.news} {self.decided}"
        return sha256(told.encode()).hexdigest()[:16]


def live_desk(session: Session, number: str, key: str, seen: int, *, by: Actor, at: Moment) -> LiveDesk:
    """Three short queries at most, of which the trail is asked only from the event on that the page shows."""
    others = others_here(session, number, key, by=by, at=at)
    since = (
        select(EventRecord.kind, EventRecord.data, Account.name)
        .join(Application, Application.id == EventRecord.application_id)
        .outerjoin(Account, Account.id == EventRecord.by_account)
        .where(
            Application.number == number,
            EventRecord.sequence > seen,
            EventRecord.kind.in_([str(kind) for kind in NEWS]),
            EventRecord.by_account.is_distinct_from(by.person),
        )
        .order_by(EventRecord.sequence)
    )
    found = session.execute(since).all()
    decided = [
        Decided(name, Outcome(data["outcome"]))
        for kind, data, name in found
        if kind == Event.STEP_DECIDED and data.get("step") == key and data.get("outcome") in set(Outcome)
    ]
    return LiveDesk(others, len(found), decided[-1] if decided else None)
