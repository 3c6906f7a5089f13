"""The second factor of a sign-in: a secret shared with somebody's authenticator, and codes for when it is lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Digest, Key, Record, Whole
from approvals.records.secrecy import Secret


class SecondFactor(Record):
    """One for an account at most. `secret` (base32) is encrypted at rest, like identity numbers."""

    __tablename__ = "second_factors"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True)
    secret: Mapped[str] = mapped_column(Secret)
    enrolled_at: Mapped[datetime]
    last_step: Mapped[int] = mapped_column(Whole)
    """The newest half minute whose code was used: no code of it or of an earlier one is taken again."""


class RecoveryCode(Record):
    """A code that stands for the authenticator once; only its keyed hash is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    mark: Mapped[Digest]
    used_at: Mapped[datetime | None]
