"""What the office writes on its certificates: versions of texts and of seals, and who let them into force."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from approvals.records.base import Code, Digest, Key, Record, word
from approvals.vocabulary import PaperVerdict


class PaperVersion(Record):
    """One version, immutable: certificates hold on to the one that they were made with."""

    __tablename__ = "paper_versions"
    __table_args__ = (UniqueConstraint("department_code", "subject", "number"),)

    id: Mapped[Key]
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    subject: Mapped[Code]
    """The code of an item, or services.papers.SEAL."""
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    """As services.papers has it; empty: as the catalogue has it."""
    sha256: Mapped[Digest]
    reason: Mapped[str] = mapped_column(String(500))
    written_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """None: at the command line."""
    written_at: Mapped[datetime]
    verdicts: Mapped[list[PaperVerdictRecord]] = relationship(
        back_populates="version", order_by="PaperVerdictRecord.id"
    )


class PaperVerdictRecord(Record):
    """What was decided on a version, append-only: the one published last is in force."""

    __tablename__ = "paper_verdicts"

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("paper_versions.id"), index=True)
    verdict: Mapped[PaperVerdict] = mapped_column(word(PaperVerdict))
    by_account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    version: Mapped[PaperVersion] = relationship(back_populates="verdicts")


def in_force(session: Session, department: str, *subjects: str) -> dict[str, PaperVersion]:
    """By subject, the version published last; none for a subject of which nothing was ever published."""
    published = (
        select(PaperVersion)
        .join(PaperVersion.verdicts)
        .where(
            PaperVersion.department_code == department,
            PaperVersion.subject.in_(subjects),
            PaperVerdictRecord.verdict == PaperVerdict.PUBLISH,
        )
        .order_by(PaperVerdictRecord.id)
        .options(selectinload(PaperVersion.verdicts))
    )
    return {version.subject: version for version in session.scalars(published)}
