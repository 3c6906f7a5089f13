"""Put something into the outbox, in the transaction of the change it follows from."""

from __future__ import annotations

from enum import StrEnum

from approvals.audit.append import Written
from approvals.clock.moment import Moment
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.outbox import PAPER, Parcel

PARCELS = "parcels announced"
"""Where the session remembers what the unit of work tells the worker about after its commit."""


class ParcelKind(StrEnum):
    LETTER = "letter"
    PAPER = PAPER
    """Make the certificate of a granted application."""


def announce(application: Application, kind: ParcelKind, event: Written, *, at: Moment) -> None:
    """One parcel per application, event and kind: announcing the same fact twice adds nothing."""
    session = session_of(application)
    parcel = Parcel(
        kind=kind,
        key=f"{kind}:{application.id}:{event.sequence}",
        data={"application": application.id, "sequence": event.sequence, "event": str(event.kind)},
        application_id=application.id,
        created_at=at.instant,
        due_at=at.instant,
        attempts=0,
    )
    session.add(parcel)
    session.info.setdefault(PARCELS, []).append(parcel)
