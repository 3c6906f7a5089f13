"""Reuse of a certificate by other applications: the holder's consent, and every use that was made of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.application import Application
from approvals.records.base import Code, Key, Record
from approvals.records.certificate import Certificate


class Consent(Record):
    """The holder lets one application use one certificate, until it is withdrawn."""

    __tablename__ = "certificate_consents"

    id: Mapped[Key]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    """For which the certificate is used; not the one it came from."""
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    certificate: Mapped[Certificate] = relationship()
    application: Mapped[Application] = relationship()
    uses: Mapped[list[Use]] = relationship(back_populates="consent", order_by="Use.id")


class Use(Record):
    """One look of an office at the certificate, on a consent; append-only."""

    __tablename__ = "certificate_uses"

    id: Mapped[Key]
    consent_id: Mapped[int] = mapped_column(ForeignKey("certificate_consents.id"), index=True)
    version: Mapped[int]
    """Of the certificate, as it was in force then."""
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    used_at: Mapped[datetime]
    consent: Mapped[Consent] = relationship(back_populates="uses")
