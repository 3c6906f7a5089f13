"""A commitment (告知承诺) as it was signed, and its being taken back; the database refuses to change either."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Code, Digest, Key, Record

if TYPE_CHECKING:
    from approvals.records.application import Application


class Commitment(Record):
    """`text` is what stood on the page, word for word; `sha256` is its digest. It names nobody: the columns do."""

    __tablename__ = "commitments"
    __table_args__ = (UniqueConstraint("application_id", "step_key"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    step_key: Mapped[Code]
    """The step of a joint case; empty for the whole item."""
    notice_version: Mapped[Code]
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[Digest]
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    """On whose behalf; none: of the person who applies, whoever signed for them."""
    signed_at: Mapped[datetime]
    application: Mapped[Application] = relationship(back_populates="commitments")
    withdrawal: Mapped[CommitmentWithdrawal | None] = relationship(back_populates="commitment", lazy="joined")

    @property
    def is_in_force(self) -> bool:
        return self.withdrawal is None


class CommitmentWithdrawal(Record):
    """The applicant goes the normal way after all."""

    __tablename__ = "commitment_withdrawals"

    id: Mapped[Key]
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), unique=True)
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    commitment: Mapped[Commitment] = relationship(back_populates="withdrawal")
