"""Copies of certificates (加注件): made by the holder for one purpose and one recipient, as each page says."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.application import Application
from approvals.records.base import Code, Digest, Key, Record, word
from approvals.records.certificate import Certificate, Lift
from approvals.records.secrecy import Secret
from approvals.vocabulary import SignatureLevel


class CertificateCopy(Record):
    """Numbered when it is asked for, made by the worker afterwards. Of which `version` of the certificate it is a copy
    stays: a change or a reissue of the certificate outdates it.
    """

    __tablename__ = "certificate_copies"

    id: Mapped[Key]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), index=True)
    number: Mapped[Code] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(Secret)
    code_hash: Mapped[Digest]
    version: Mapped[int]
    purpose: Mapped[str] = mapped_column(Secret)
    recipient: Mapped[str] = mapped_column(Secret)
    valid_until: Mapped[date]
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    sha256: Mapped[Digest | None] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    signed_sha256: Mapped[Digest | None] = mapped_column(index=True)
    level: Mapped[SignatureLevel | None] = mapped_column(word(SignatureLevel))
    lift: Mapped[Lift | None] = relationship(back_populates="copy")
    certificate: Mapped[Certificate] = relationship()

    @property
    def application(self) -> Application:
        """The one that the certificate came from."""
        return self.certificate.application

    def stands(self, today: date) -> bool:
        """It was not taken back, its time has not passed and its certificate was not replaced."""
        is_newest = self.version == self.certificate.version
        return self.revoked_at is None and self.valid_until >= today and is_newest
