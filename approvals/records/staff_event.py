"""The trail of staff: who was given which role by whom; one hash chain, which the database refuses to change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Digest, Record

COUNTER = "staff_events"
"""Name of the sequence that counts them: it shows when the end was cut off."""


class StaffEventRecord(Record):
    """`data` holds codes, never a personal value. Its place in the chain is its only name, as in the trail."""

    __tablename__ = "staff_events"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    by_account: Mapped[int | None]
    """None for the portal itself and its command line."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[Digest]
    hash: Mapped[Digest]
