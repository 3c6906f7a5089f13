"""How long drafts are kept that nobody goes on with, and when their owners are told before they are deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from approvals.clock.moment import local_date


@dataclass(frozen=True, slots=True)
class Keeping:
    """Calendar days: kept for so many after it was last saved, told so many before."""

    days: int
    warning: int

    def last_day(self, saved_at: datetime, warned_at: datetime | None, today: date) -> date:
        """The last one on which it is there; never earlier than the warning allows, be it late or not given yet."""
        told = local_date(warned_at) if warned_at else today
        return max(local_date(saved_at) + timedelta(self.days), told + timedelta(self.warning))

    def warn_from(self, saved_at: datetime) -> date:
        return local_date(saved_at) + timedelta(self.days - self.warning)

    def quiet_since(self, now: datetime) -> datetime:
        """Drafts last saved after this need not be looked at yet."""
        return now - timedelta(self.days - self.warning - 1)
