"""What is made from a certificate for its holder: copies for a purpose (加注件), and its English translation."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.application import Application
from approvals.records.base import Code, Digest, Key, Record, word
from approvals.records.certificate import Certificate, Lift
from approvals.records.secrecy import Secret, SecretJson
from approvals.vocabulary import SignatureLevel

ORIGINAL, ENGLISH = "zh", "en"
"""Languages. The Chinese certificate is the original; what is in another one is a translation."""

COPY = "copy"
"""The kind of parcel that has its paper made."""


class CertificateCopy(Record):
    """Numbered when it is asked for, made by the worker afterwards. Of which `version` of the certificate it is a copy
    stays: a change or a reissue of the certificate outdates it.

    A translation bears the certificate's own number and code, and is for everybody: it has neither purpose, recipient
    nor an end of its own. Its `number` is what trail and command line call it, one for each version.
    """

    __tablename__ = "certificate_copies"

    id: Mapped[Key]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), index=True)
    number: Mapped[Code] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(Secret)
    code_hash: Mapped[Digest]
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String(8), default=ORIGINAL)
    sheet: Mapped[dict[str, Any] | None] = mapped_column(SecretJson)
    """What stands on a translation; on a copy stands what stands on the certificate."""
    purpose: Mapped[str] = mapped_column(Secret)
    recipient: Mapped[str] = mapped_column(Secret)
    valid_until: Mapped[date | None]
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    sha256: Mapped[Digest | None] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    signed_sha256: Mapped[Digest | None] = mapped_column(index=True)
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
    lift: Mapped[Lift | None] = relationship(back_populates="copy")
    certificate: Mapped[Certificate] = relationship(back_populates="copies")

    @property
    def application(self) -> Application:
        """The one that the certificate came from."""
        return self.certificate.application

    def stands(self, today: date) -> bool:
        """It was not taken back, its time has not passed and its certificate was not replaced."""
        is_newest = self.version == self.certificate.version
        return self.revoked_at is None and (self.valid_until or today) >= today and is_newest

    @property
    def is_translation(self) -> bool:
        return self.language != ORIGINAL

    @property
    def parcel(self) -> str:
        """The key of the parcel that has its paper made."""
        return f"{COPY}:{self.id}"

    @property
    def sealed_text(self) -> str:
        """Its words as the trail seals them."""
        if self.sheet is not None:
            return json.dumps(self.sheet, ensure_ascii=False, sort_keys=True)
        return f"{self.purpose}\n{self.recipient}"
