"""Drafts of opinions: what somebody has written at a desk and not sent yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Key, Record
from approvals.records.secrecy import SecretJson

CORRECTION = "correction"
"""Where in its content a correction request stands that is not sent yet."""


class OpinionDraft(Record):
    """One person's at one step: it is theirs alone, says nothing to anybody, and goes when they have decided."""

    __tablename__ = "opinion_drafts"
    __table_args__ = (UniqueConstraint("account_id", "step_id"),)

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"), index=True)
    round: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(SecretJson)
    at: Mapped[datetime]
