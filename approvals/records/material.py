"""Files that applicants hand in, kept by digest with every version."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Code, Digest, Key, Record, Whole

if TYPE_CHECKING:
    from approvals.records.application import Application


UNSCANNED = text("scan = 'not_scanned'")
"""A part of the index, so that finding what is to be looked at does not grow with what was."""


class StoredFile(Record):
    """A file in the storage. `scan` says what a virus scanner said: not_scanned | clean | infected | refused (it would
    not judge), or own; never "safe" unasked.
    """

    __tablename__ = "stored_files"
    __table_args__ = (Index("ix_stored_files_unscanned", "sha256", postgresql_where=UNSCANNED, sqlite_where=UNSCANNED),)

    sha256: Mapped[Digest] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(Whole)
    media_type: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int | None]
    scan: Mapped[str] = mapped_column(String(16), default="not_scanned")
    created_at: Mapped[datetime]


class Material(Record):
    """One file for one material of one application. Replaced or removed ones stay with `removed_at`."""

    __tablename__ = "materials"

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    key: Mapped[Code]
    sha256: Mapped[Digest] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    version: Mapped[int] = mapped_column(default=1)
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    reused_from: Mapped[str | None] = mapped_column(String(64))
    """Number of the application or certificate that the file came from, where nobody uploaded it for this one."""
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    application: Mapped[Application] = relationship(back_populates="materials")
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)

    def lay_with(self, sent_at: datetime) -> bool:
        """Whether it was among what was sent at that instant."""
        return self.added_at <= sent_at and (self.removed_at is None or self.removed_at > sent_at)
