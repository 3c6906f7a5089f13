"""The trail of accounts: what happened to whose account, role or mandate; the database refuses to change it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Key, Record


class PersonEventRecord(Record):
    """`data` holds codes, never a personal value."""

    __tablename__ = "person_events"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    by_account: Mapped[int | None]
    """None for the portal itself and its command line."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
