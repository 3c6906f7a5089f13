"""Looks: how far each person of a department has read a step, and until when its desk counts as open before them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Key, Record


class Look(Record):
    """Of one person at one step. It is no event: it says nothing about the application, only about who reads."""

    __tablename__ = "looks"
    __table_args__ = (
        UniqueConstraint("account_id", "step_id"),
        Index("ix_looks_last", "account_id", "at"),
        Index("ix_looks_open", "step_id", "open_until"),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    seen: Mapped[int]
    """The last event of the trail that they have seen."""
    at: Mapped[datetime]
    open_until: Mapped[datetime | None]
    """The open page says every half minute that it is still there; what is not said again ends by itself."""
