"""An extension (延长审批): once, before the due date, with its reason, by the head whom the law names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Key, Record


class Extension(Record):
    """Days added to both limits of an application (Licensing Law art. 42); append-only, at most one each."""

    __tablename__ = "extensions"

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), unique=True)
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(200))
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
