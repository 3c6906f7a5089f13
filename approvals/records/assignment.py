"""Assignments: who of a department was given a step, by whom and how; append-only, each with its place in the row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint, insert
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Key, Record, word
from approvals.vocabulary import Assigning


class Assignment(Record):
    """One act. `from_account` is who had the step before, `to_account` who has it since; none: nobody."""

    __tablename__ = "assignments"
    __table_args__ = (UniqueConstraint("step_id", "number"),)

    id: Mapped[Key]
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    number: Mapped[int]
    """Counts from 1 within the step."""
    act: Mapped[Assigning] = mapped_column(word(Assigning))
    from_account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    to_account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    meant_for: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """The absent colleague for whom `to_account` stands in."""
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


ASSIGNMENTS = insert(Assignment.__table__)  # type: ignore[arg-type]  # declared as FromClause, it is a Table


def holder(acts: Sequence[Assignment]) -> int | None:
    """Who has the step, folded from its acts in order."""
    return acts[-1].to_account if acts else None


def giver(acts: Sequence[Assignment]) -> int | None:
    """Who gave it to the one who has it; None where it was taken, or where nobody has it."""
    last = acts[-1] if acts else None
    return last.by_account if last is not None and last.act in (Assigning.ASSIGN, Assigning.HAND_OVER) else None
