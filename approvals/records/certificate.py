"""The register of certificates (证照): number, state and what stands on each."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Code, Digest, Key, Record, word
from approvals.records.secrecy import Secret, SecretJson
from approvals.vocabulary import AnnulmentGround, CertificateAct, CertificateStatus, SignatureLevel

if TYPE_CHECKING:
    from approvals.records.application import Application
    from approvals.records.copy import CertificateCopy
    from approvals.records.writ import WritPaper


class Certificate(Record):
    """Numbered in the transaction of the decision, made by the worker afterwards: a kill between leaves a visible
    pending row.
    """

    __tablename__ = "certificates"
    __table_args__ = (Index("ix_certificates_validity", "status", "valid_until"),)

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
    version: Mapped[int] = mapped_column(default=1)
    """The version number of the identifier: moved on by a change and by a reissue; the number stays."""
    sha256: Mapped[Digest | None] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    signed_sha256: Mapped[Digest | None] = mapped_column(index=True)
    """Of the bytes that were signed: it stays while time-stamps and evidence are added to the file."""
    signer: Mapped[Digest | None] = mapped_column(index=True)
    """SHA-256 of the signer's certificate."""
    level: Mapped[SignatureLevel | None] = mapped_column(word(SignatureLevel))
    key_revoked_since: Mapped[datetime | None]
    """Since when the signer's key is revoked, as last judged; none where it is not, or was not judged yet."""
    is_unsound: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Nothing proves that it was signed before: its file is believed no more."""
    sm2: Mapped[str | None] = mapped_column(String(160))
    """A detached signature over its data, SM2 with SM3: DER in hexadecimal digits."""
    sm2_key: Mapped[Digest | None]
    text_id: Mapped[int | None] = mapped_column(ForeignKey("paper_versions.id"))
    """The office's texts that it was made with, none where they are the catalogue's; what they say is in the sheet."""
    seal_id: Mapped[int | None] = mapped_column(ForeignKey("paper_versions.id"))
    lift: Mapped[Lift | None] = relationship(back_populates="certificate")
    application: Mapped[Application] = relationship(back_populates="certificate")
    acts: Mapped[list[ActRecord]] = relationship(back_populates="certificate", order_by="ActRecord.id")
    copies: Mapped[list[CertificateCopy]] = relationship(back_populates="certificate", order_by="CertificateCopy.id")

    @property
    def is_organisations(self) -> bool:
        """Whether its holder is an organisation: who applied, or who was founded by it."""
        return self.application.organisation_id is not None or "credit_code" in self.sheet


class PastVersion(Record):
    """A version of a certificate that another has replaced: its file and its code are still known, and say so."""

    __tablename__ = "past_versions"
    __table_args__ = (UniqueConstraint("certificate_id", "version"),)

    id: Mapped[Key]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"))
    version: Mapped[int]
    identifier: Mapped[str] = mapped_column(String(120), unique=True)
    code_hash: Mapped[Digest]
    sheet: Mapped[dict[str, Any]] = mapped_column(SecretJson)
    granted_at: Mapped[datetime]
    issued_at: Mapped[datetime]
    valid_until: Mapped[date | None]
    sha256: Mapped[Digest] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    signed_sha256: Mapped[Digest | None] = mapped_column(index=True)
    ended_at: Mapped[datetime]
    certificate: Mapped[Certificate] = relationship()


class ActRecord(Record):
    """What happened to a certificate, append-only: its status follows from these."""

    __tablename__ = "certificate_acts"

    id: Mapped[Key]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), index=True)
    act: Mapped[CertificateAct] = mapped_column(word(CertificateAct))
    version: Mapped[int]
    reason: Mapped[str | None] = mapped_column(Secret)
    ground: Mapped[AnnulmentGround | None] = mapped_column(word(AnnulmentGround))
    by_account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    certificate: Mapped[Certificate] = relationship(back_populates="acts")


class Lift(Record):
    """What is still to be done to the signature of a certificate, a copy or a writ's paper, one of which it names: lift
    it to the level wanted, or renew its archive time-stamp.
    """

    __tablename__ = "lifts"

    id: Mapped[Key]
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"), unique=True)
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_copies.id"), unique=True)
    writ_paper_id: Mapped[int | None] = mapped_column(ForeignKey("writ_papers.id"), unique=True)
    wanted: Mapped[SignatureLevel] = mapped_column(word(SignatureLevel))
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    """Since it last succeeded."""
    error: Mapped[str | None] = mapped_column(Text)
    certificate: Mapped[Certificate | None] = relationship(back_populates="lift")
    copy: Mapped[CertificateCopy | None] = relationship(back_populates="lift")
    writ_paper: Mapped[WritPaper | None] = relationship(back_populates="lift")

    @property
    def paper(self) -> Certificate | CertificateCopy | WritPaper:
        """Whose signature it is about."""
        found = self.certificate or self.copy or self.writ_paper
        if found is None:
            raise LookupError(f"lift {self.id} names no paper")
        return found
