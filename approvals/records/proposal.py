"""Proposals (双人复核): what the first of two people would decide, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Key, Record, word
from approvals.records.step import StepRecord
from approvals.vocabulary import Outcome, ProposalEnd


class Proposal(Record):
    """Append-only but for its end; of one step and round at most one has none."""

    __tablename__ = "proposals"
    __table_args__ = (UniqueConstraint("step_id", "number"),)

    id: Mapped[Key]
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    number: Mapped[int]
    """Of the step's, in order, over all rounds."""
    round: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    conditions: Mapped[str] = mapped_column(Text, default="")
    ticks: Mapped[list[list[str]] | None] = mapped_column(JSON(none_as_null=True))
    """As in a decision."""
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    ending: Mapped[ProposalEnd | None] = mapped_column(word(ProposalEnd))
    note: Mapped[str] = mapped_column(Text, default="")
    """Why it was sent back."""
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]

    @property
    def content(self) -> tuple[Outcome, str, str, list[list[str]] | None]:
        """What a decision says that follows it."""
        return self.outcome, self.reason, self.conditions, self.ticks


WAITING = (Proposal.step_id == StepRecord.id, Proposal.round == StepRecord.round, Proposal.ending.is_(None))
"""A proposal of the step's that waits for a second person, as long as the step is open."""
