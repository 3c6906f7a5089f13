"""A correction (补正): what one department asked the applicant to mend, item by item."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Code, Key, Record
from approvals.records.secrecy import Secret
from approvals.vocabulary import StepStatus

if TYPE_CHECKING:
    from approvals.records.application import Application
    from approvals.records.step import StepRecord


class Correction(Record):
    """Asked once per step and round; `answered_at` is written when the applicant sends the mended application."""

    __tablename__ = "corrections"
    __table_args__ = (UniqueConstraint("step_id", "round"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    round: Mapped[int]
    why_again: Mapped[str] = mapped_column(Text, default="")
    """Why something is asked for only now that could have been seen in an earlier round (art. 32: everything, once)."""
    by_account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """None: the portal, for what a commitment that was taken back had put off."""
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    explanation: Mapped[str | None] = mapped_column(Secret)
    """The applicant's words where something asked for was left as it was."""
    application: Mapped[Application] = relationship(back_populates="corrections")
    step: Mapped[StepRecord] = relationship()
    entries: Mapped[list[CorrectionEntry]] = relationship(lazy="selectin", order_by="CorrectionEntry.id")

    @property
    def is_open(self) -> bool:
        """Whether the applicant is waited for: not once answered, nor while a join is settled without the step."""
        return self.answered_at is None and self.step.status is StepStatus.RETURNED


class CorrectionEntry(Record):
    """One thing to mend. `target` is the key of a question or material."""

    __tablename__ = "correction_entries"

    id: Mapped[Key]
    correction_id: Mapped[int] = mapped_column(ForeignKey("corrections.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    """question | material."""
    target: Mapped[Code]
    text: Mapped[str] = mapped_column(Text)
