"""Codes sent to a phone or e-mail address, to prove that whoever types them reads there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Code, Digest, Key, Record, word
from approvals.records.secrecy import Secret
from approvals.vocabulary import CodePurpose


class OneTimeCode(Record):
    """`account_id` is the account it is about, and none where no account has the address: nobody is told which."""

    __tablename__ = "one_time_codes"

    id: Mapped[Key]
    token: Mapped[Code] = mapped_column(unique=True)
    """Names it in the browser's session; random."""
    purpose: Mapped[CodePurpose] = mapped_column(word(CodePurpose))
    address: Mapped[str] = mapped_column(Secret)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    hash: Mapped[Digest]
    unsent: Mapped[str | None] = mapped_column(Secret)
    """The code itself until it is on its way; afterwards only its hash is left."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
