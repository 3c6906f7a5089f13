"""The counter (综合窗口): who came to which window and how they were identified, for what, and what they confirmed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from approvals.clock.moment import CITY
from approvals.permissions import Actor
from approvals.records.base import Digest, Key, Record, word
from approvals.records.people import Account, Organisation
from approvals.records.secrecy import Secret
from approvals.vocabulary import Attending, Authority, IdentityDocument, Role


class Visit(Record):
    """Somebody came to a window and showed an identity document; append-only. What is done in it is of that day."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_of_day", "clerk_id", "at"),)

    id: Mapped[Key]
    clerk_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    """Who saw the document."""
    window: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(Secret)
    identity_number: Mapped[str] = mapped_column(Secret)
    """Of who was present, as the name."""
    document: Mapped[IdentityDocument] = mapped_column(word(IdentityDocument))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    """Whose affairs: one's own, or for another person theirs; for an organisation that of who was present."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    authority: Mapped[Authority | None] = mapped_column(word(Authority))
    """None: for oneself."""
    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    organisation: Mapped[Organisation | None] = relationship()


class Attendance(Record):
    """An application came up in a visit; append-only."""

    __tablename__ = "attendances"
    __table_args__ = (UniqueConstraint("application_id", "visit_id", "purpose"),)

    id: Mapped[Key]
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    purpose: Mapped[Attending] = mapped_column(word(Attending))
    at: Mapped[datetime]
    visit: Mapped[Visit] = relationship()


class Confirmation(Record):
    """What somebody present confirmed when it was sent in at a window; append-only. The trail holds the digest."""

    __tablename__ = "confirmations"
    __table_args__ = (UniqueConstraint("application_id", "version"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    version: Mapped[int]
    """Of the submission."""
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"))
    words: Mapped[str] = mapped_column(Secret)
    sha256: Mapped[Digest]
    """Of the words and the answers confirmed by them."""
    at: Mapped[datetime]


def confirmation_digest(words: str, answers: str) -> str:
    """SHA-256 of the words and of the digest of the answers, a line each."""
    return hashlib.sha256(f"{words}\n{answers}".encode()).hexdigest()


def with_attended(session: Session, actor: Actor, today: date) -> Actor:
    """With what a counter clerk had at the window today."""
    if actor.role is not Role.COUNTER:
        return actor
    begins = datetime.combine(today, time(), CITY)
    attended = (
        select(Attendance.application_id)
        .join(Attendance.visit)
        .where(Visit.clerk_id == actor.person, Visit.at >= begins, Visit.at < begins + timedelta(days=1))
    )
    return replace(actor, attended=frozenset(session.scalars(attended)))
