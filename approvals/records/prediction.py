"""When an application was expected to be done, as that was after each event that moved it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Key, Record

if TYPE_CHECKING:
    from approvals.records.application import Application


class Prediction(Record):
    """The day that was expected from `at` on; append-only. Of several of one instant the last one counts."""

    __tablename__ = "predictions"

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    at: Mapped[datetime]
    expected_end: Mapped[date]
    application: Mapped[Application] = relationship(back_populates="predictions")
