"""Openings (查看登记): who looked into an application outside their work, why, and until when they may; append-only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from approvals.records.base import Key, Record, word
from approvals.records.secrecy import Secret
from approvals.vocabulary import OpeningReason, Role


class Opening(Record):
    """The database refuses to change anything of it but `note`, which is sealed anew when keys change; the trail holds
    the digest of it.
    """

    __tablename__ = "openings"
    __table_args__ = (Index("ix_openings_current", "application_id", "account_id", "until"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[Role] = mapped_column(word(Role))
    """At that time."""
    reason: Mapped[OpeningReason] = mapped_column(word(OpeningReason))
    note: Mapped[str] = mapped_column(Secret)
    at: Mapped[datetime]
    until: Mapped[datetime]


def is_running(session: Session, application_id: int, account: int | None, at: datetime) -> bool:
    """Whether a reason that this person gave still counts."""
    given = exists().where(Opening.application_id == application_id, Opening.account_id == account, Opening.until > at)
    return bool(session.scalar(select(given)))
