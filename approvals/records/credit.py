"""Credit records and notices (信用记录、失信信息): who may not promise for now and why, and objections to that."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Code, Key, Record, word
from approvals.records.people import Account, Organisation
from approvals.records.secrecy import Secret
from approvals.vocabulary import CreditKind

if TYPE_CHECKING:
    from approvals.records.application import Application


class CreditRecord(Record):
    """Bars its subject from promising from `starts_on` through `ends_on`, unless it is repaired before."""

    __tablename__ = "credit_records"

    id: Mapped[Key]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    """Whose record: the organisation's, else the person's."""
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligations.id"))
    kind: Mapped[CreditKind] = mapped_column(word(CreditKind))
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    repaired_at: Mapped[datetime | None]
    application: Mapped[Application] = relationship(back_populates="credit_records")
    objection: Mapped[Objection | None] = relationship(back_populates="record")

    def bars_on(self, day: date) -> bool:
        return self.repaired_at is None and day <= self.ends_on


class CreditNotice(Record):
    """Bad credit that somebody else published, as the office entered it; it bars like a record of one's own."""

    __tablename__ = "credit_notices"

    id: Mapped[Key]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    published_by: Mapped[str] = mapped_column(String(100))
    reference: Mapped[str] = mapped_column(Secret)
    """The number of the decision."""
    reason: Mapped[str] = mapped_column(Secret)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    entered_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    entered_at: Mapped[datetime]
    repaired_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    repaired_at: Mapped[datetime | None]
    repair_note: Mapped[str | None] = mapped_column(Secret)
    account: Mapped[Account | None] = relationship(foreign_keys=[account_id])
    organisation: Mapped[Organisation | None] = relationship()

    def bars_on(self, day: date) -> bool:
        return self.repaired_at is None and day <= self.ends_on


class Objection(Record):
    """The applicant's, answered once, by the department's head: against one credit record and what was done with it, or
    against the refusal in one round of one step.
    """

    __tablename__ = "objections"

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("credit_records.id"), unique=True)
    step_key: Mapped[Code] = mapped_column(default="")
    round: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text)
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    is_upheld: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answered_at: Mapped[datetime | None]
    record: Mapped[CreditRecord | None] = relationship(back_populates="objection")
