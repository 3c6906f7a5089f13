"""Lights: one glance at how an application stands against its promised and its statutory limit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from approvals.clock.calendar import Calendar
from approvals.clock.deadline import remaining
from approvals.vocabulary import Light
from services.item import Limit

LEAST_WARNING: Final = Decimal(1)
"""Working days before the due date on which the light is yellow at the latest."""
WARNING_SHARE: Final = Decimal("0.2")
"""The part of the promised limit that, when no more is left, turns the light yellow."""


def light(
    today: date,
    *,
    promised: Limit,
    promised_due: date | None,
    statutory_due: date | None,
    is_stopped: bool,
    calendar: Calendar,
) -> Light:
    """The light of `today`; a due date is kept while its day lasts, so it is red only on the day after.

    What remains is counted in working days whatever the limit's unit, since nobody acts on a rest day. Where nothing is
    promised the warning is given before the statutory date. A stopped clock is grey whatever its dates say.
    """
    if is_stopped:
        return Light.PAUSED
    if statutory_due is not None and today > statutory_due:
        return Light.DEEP_RED
    if promised_due is not None and today > promised_due:
        return Light.RED
    next_due = promised_due or statutory_due
    if next_due is None:
        return Light.GREEN
    is_near = remaining(today, next_due, calendar) <= warning_days(promised, promised_due)
    return Light.YELLOW if is_near else Light.GREEN


def warning_days(promised: Limit, promised_due: date | None) -> Decimal:
    """Working days before the next due date from which on the light is yellow."""
    if promised_due is None or promised.days is None:
        return LEAST_WARNING
    return max(LEAST_WARNING, promised.days * WARNING_SHARE)
