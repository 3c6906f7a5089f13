"""The ledger of time that is not counted, per step or for the whole application."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.clock.moment import local_date
from approvals.clock.pauses import Pause
from approvals.records.base import Key, Record, word
from approvals.vocabulary import PauseReason

if TYPE_CHECKING:
    from approvals.records.application import Application


class PauseRecord(Record):
    """`step_id` None = the whole application. The day it begins is still counted, its last day is not (art. 45)."""

    __tablename__ = "pauses"

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    step_id: Mapped[int | None] = mapped_column(ForeignKey("steps.id"))
    reason: Mapped[PauseReason] = mapped_column(word(PauseReason))
    note: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(String(200), default="")
    days_needed: Mapped[int | None]
    by_account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    application: Mapped[Application] = relationship(back_populates="pauses")

    @property
    def is_suspension(self) -> bool:
        """Of the whole application: it stops the clocks of all its steps, too."""
        return self.reason in (PauseReason.SUSPENSION, PauseReason.OBJECTION)

    @property
    def span(self) -> Pause:
        return Pause(local_date(self.began_at), local_date(self.ended_at) if self.ended_at else None)
