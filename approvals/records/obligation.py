"""Obligations: what applicant or department owes after a decision, by when, and what was done about it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Code, Digest, Key, Record, word
from approvals.records.part import OfApplicant
from approvals.vocabulary import Act, ObligationKind, ObligationStatus
from services.item import Limit, Means, Unit

if TYPE_CHECKING:
    from approvals.records.application import Application
    from approvals.records.commitment import Commitment


class Obligation(OfApplicant, Record):
    """`status`, `closed_at`, `due` and `wake_at` are caches; the acts are the facts (docs/decisions/0008)."""

    __tablename__ = "obligations"
    __table_args__ = (
        UniqueConstraint("application_id", "kind", "step_key", "subject"),
        Index("ix_obligations_desk", "department_code", "status", "due"),
        Index("ix_obligations_running", "status", "due"),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitments.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("obligations.id"), index=True)
    """What an order to rectify is about."""
    kind: Mapped[ObligationKind] = mapped_column(word(ObligationKind))
    step_key: Mapped[Code]
    """The step it came from; empty for the whole item."""
    subject: Mapped[Code]
    """Key of the material or of the verification; of an order the number of what it is about."""
    text: Mapped[str] = mapped_column(Text, default="")
    """What a department wrote: the condition, the order."""
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    """Who owes it, or to whom it is owed."""
    means: Mapped[Means | None] = mapped_column(word(Means))
    limit_days: Mapped[int]
    limit_unit: Mapped[Unit] = mapped_column(word(Unit))
    began_at: Mapped[datetime]
    due: Mapped[date]
    wake_at: Mapped[datetime | None] = mapped_column(index=True)
    status: Mapped[ObligationStatus] = mapped_column(word(ObligationStatus))
    closed_at: Mapped[datetime | None]
    application: Mapped[Application] = relationship(back_populates="obligations")
    commitment: Mapped[Commitment | None] = relationship()
    acts: Mapped[list[ObligationAct]] = relationship(back_populates="obligation", order_by="ObligationAct.id")

    @property
    def limit(self) -> Limit:
        return Limit(Decimal(self.limit_days), self.limit_unit)


class ObligationAct(Record):
    """One fact about an obligation, append-only. `sha256` is the digest of the evidence, a file's digest included."""

    __tablename__ = "obligation_acts"

    id: Mapped[Key]
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligations.id"), index=True)
    kind: Mapped[Act] = mapped_column(word(Act))
    note: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sha256: Mapped[Digest | None]
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    file_name: Mapped[str] = mapped_column(String(255), default="")
    by_account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    obligation: Mapped[Obligation] = relationship(back_populates="acts")
