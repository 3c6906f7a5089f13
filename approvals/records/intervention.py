"""Interventions: what ended, stopped or reopened an application from outside its chain, with the reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Key, Record, word
from approvals.vocabulary import InterventionKind


class Intervention(Record):
    """Append-only. `reference` is the number of the document it rests on, such as a reconsideration decision."""

    __tablename__ = "interventions"

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    kind: Mapped[InterventionKind] = mapped_column(word(InterventionKind))
    reason: Mapped[str] = mapped_column(Text, default="")
    reference: Mapped[str] = mapped_column(String(100), default="")
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
