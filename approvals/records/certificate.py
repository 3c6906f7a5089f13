"""The register of certificates (证照): number, state and what stands on each."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Code, Digest, Key, Record, word
from approvals.records.secrecy import Secret, SecretJson
from approvals.vocabulary import CertificateStatus

if TYPE_CHECKING:
    from approvals.records.application import Application


class Certificate(Record):
    """Numbered in the transaction of the decision, made by the worker afterwards: a kill between leaves a visible
    pending row.
    """

    __tablename__ = "certificates"

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), unique=True)
    number: Mapped[Code] = mapped_column(unique=True)
    identifier: Mapped[str] = mapped_column(String(120), unique=True)
    """电子证照标识 (GB/T 36904-2018)."""
    code: Mapped[str] = mapped_column(Secret)
    code_hash: Mapped[Digest]
    """The verification code has at least 64 random bits; the register is asked by its hash."""
    title: Mapped[str] = mapped_column(String(200))
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    status: Mapped[CertificateStatus] = mapped_column(word(CertificateStatus), index=True)
    sheet: Mapped[dict[str, Any]] = mapped_column(SecretJson)
    granted_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    valid_until: Mapped[date | None]
    sha256: Mapped[Digest | None] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    application: Mapped[Application] = relationship(back_populates="certificate")
