"""Ratings (好差评) of finished applications, and what followed from the bad ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.application import Application
from approvals.records.base import Code, Key, Record, word
from approvals.records.part import OfOffice
from approvals.records.secrecy import Secret
from approvals.vocabulary import Finding, FollowUpStage, RatingLevel
from services.item import Limit


class Rating(Record):
    """`round` 2 is given after the first, a bad one, was followed up; both are kept.

    Item and department stand here once more: whoever counts ratings never touches the application.
    """

    __tablename__ = "ratings"
    __table_args__ = (
        UniqueConstraint("application_id", "round"),
        Index("ix_ratings_department", "department_code", "at"),
        Index("ix_ratings_at", "at"),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    round: Mapped[int]
    item_code: Mapped[Code]
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    """Whose decision it was."""
    level: Mapped[RatingLevel] = mapped_column(word(RatingLevel))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Secret)
    at: Mapped[datetime]
    application: Mapped[Application] = relationship()
    follow_up: Mapped[FollowUp | None] = relationship(back_populates="rating")


class FollowUp(OfOffice, Record):
    """Of one bad rating. Limit, begin and due date are those of the stage it is in; the acts are the facts."""

    __tablename__ = "follow_ups"
    __table_args__ = (Index("ix_follow_ups_department", "department_code", "stage"),)

    id: Mapped[Key]
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    stage: Mapped[FollowUpStage] = mapped_column(word(FollowUpStage))
    limit_days: Mapped[int]
    """Working days."""
    began_at: Mapped[datetime]
    due: Mapped[date]
    wake_at: Mapped[datetime | None] = mapped_column(index=True)
    finding: Mapped[Finding | None] = mapped_column(word(Finding))
    answer: Mapped[str] = mapped_column(Text, default="")
    """To whoever rated."""
    closed_at: Mapped[datetime | None]
    rating: Mapped[Rating] = relationship(back_populates="follow_up")
    acts: Mapped[list[FollowUpAct]] = relationship(back_populates="follow_up", order_by="FollowUpAct.id")

    @property
    def limit(self) -> Limit:
        return Limit(Decimal(self.limit_days))


class FollowUpAct(Record):
    """What was done in one stage; append-only."""

    __tablename__ = "follow_up_acts"

    id: Mapped[Key]
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_ups.id"), index=True)
    stage: Mapped[FollowUpStage] = mapped_column(word(FollowUpStage))
    note: Mapped[str] = mapped_column(Text)
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    follow_up: Mapped[FollowUp] = relationship(back_populates="acts")


def may_again(earlier: Sequence[Rating]) -> bool:
    """Whether there may be a second: after the first was followed up to its end."""
    return len(earlier) == 1 and earlier[0].follow_up is not None and earlier[0].follow_up.closed_at is not None
