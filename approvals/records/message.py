"""Messages between an applicant and the departments that have the application; everything said is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.application import Application
from approvals.records.base import Code, Digest, Key, Record
from approvals.records.material import StoredFile
from approvals.records.people import Account
from approvals.records.secrecy import Secret


class Message(Record):
    """One of the talk with one department. `read_at` is the other side's, whoever of it read it first."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_talk", "application_id", "department_code"),
        Index("ix_messages_unread", "department_code", "is_office", "read_at"),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    is_office: Mapped[bool]
    """The department wrote it, not the applicant's side."""
    text: Mapped[str] = mapped_column(Secret)
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    application: Mapped[Application] = relationship()
    author: Mapped[Account] = relationship()
    files: Mapped[list[MessageFile]] = relationship(back_populates="message", order_by="MessageFile.id")


class MessageFile(Record):
    """What was sent along."""

    __tablename__ = "message_files"

    id: Mapped[Key]
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    sha256: Mapped[Digest] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    message: Mapped[Message] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship()
