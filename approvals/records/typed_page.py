"""Pages of drafts as they stand while somebody types: raw text beside the clean answers, until the page is saved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Code, Key, Record
from approvals.records.secrecy import SecretJson


class TypedPage(Record):
    """One section of one draft. What was saved leaves its row behind, empty, so that a page opened before that is known
    to be older.
    """

    __tablename__ = "typed_pages"
    __table_args__ = (UniqueConstraint("application_id", "section"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    section: Mapped[Code]
    serial: Mapped[int]
    """Counts its writings, so that a page knows whether it has seen the newest."""
    page: Mapped[Code]
    """The open page that wrote it."""
    content: Mapped[dict[str, Any] | None] = mapped_column(SecretJson)
    """`typed`: pairs of a field's name and its text. None once the section was saved, or this was thrown away."""
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    counted_from: Mapped[datetime]
    writings: Mapped[int]
    """Since `counted_from`."""
