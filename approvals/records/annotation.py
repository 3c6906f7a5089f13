"""Annotations: what somebody at a desk has noted on a page of a material."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Key, Record
from approvals.records.material import Material
from approvals.records.step import StepRecord


class Annotation(Record):
    """Pinned to one version of a material. Its place is in fractions of the page, from its upper left corner: none
    where the whole page is meant, a point without width and height, else a rectangle.
    """

    __tablename__ = "annotations"
    __table_args__ = (UniqueConstraint("application_id", "number"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    number: Mapped[int]
    """Of the application's, in order."""
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    material_id: Mapped[int] = mapped_column(ForeignKey("materials.id"), index=True)
    page: Mapped[int]
    x: Mapped[float | None]
    y: Mapped[float | None]
    width: Mapped[float | None]
    height: Mapped[float | None]
    text: Mapped[str] = mapped_column(Text)
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    step: Mapped[StepRecord] = relationship(lazy="joined", innerjoin=True)
    material: Mapped[Material] = relationship()

    @property
    def place(self) -> list[float] | None:
        """x, y, width and height."""
        if self.x is None or self.y is None:
            return None
        return [self.x, self.y, self.width or 0.0, self.height or 0.0]
