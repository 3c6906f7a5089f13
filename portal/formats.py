"""How dates, numbers and states are written in the reader's language: the filters of the templates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask import Flask, g
from flask_babel import gettext as _
from flask_babel import ngettext

from approvals.clock.moment import CITY
from portal.ui import language
from portal.unit_of_work import now
from services.answers import MONTHS, masked, show_date
from services.han import han_date


def day(value: date | None) -> str:
    """2026 年 5 月 8 日 / 8 May 2026."""
    return show_date(value, language()) if value else ""


def short_day(value: date | None) -> str:
    """5 月 8 日 / 8 May, where the year is plain from the page."""
    if value is None:
        return ""
    return f"{value.day} {MONTHS[value.month - 1][:3]}" if language() == "en" else f"{value.month} 月 {value.day} 日"


def is_expected(due: date | None) -> bool:
    """Whether a due date may still move: its year has no official calendar yet (预计)."""
    if due is None:
        return False
    if "calendar" not in g:
        g.calendar = now().calendar
    return not g.calendar.is_official(due)


def due_day(value: date | None, *, is_open: bool = True) -> str:
    """The day on which something is due; marked where it may still move: never once it is decided."""
    return expected(day(value), value) if is_open else day(value)


def due_short(value: date | None) -> str:
    """As `due_day`, where the year is plain from the page."""
    return expected(short_day(value), value)


def expected(words: str, due: date | None) -> str:
    """What is said of the day, marked where it may still move."""
    return _("%(day)s（预计）", day=words) if is_expected(due) else words


def instant(value: datetime | None) -> str:
    """Day and minute in the city's time."""
    if value is None:
        return ""
    local = value.astimezone(CITY)
    return f"{day(local.date())} {local:%H:%M}"


def clock(value: datetime) -> str:
    """The minute alone, of today, in the city's time."""
    return f"{value.astimezone(CITY):%H:%M}"


def days(value: Decimal | int | None, unit: str = "wd") -> str:
    """3 个工作日 / 3 working days; 0 = on the spot, None = nothing is known."""
    if value is None:
        return "—"
    if value == 0:
        return _("当场办结")
    number = f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, Decimal) and value % 1 else str(int(value))
    plural = 1 if value == 1 else 2
    if unit == "cd":
        return ngettext("%(count)s 个自然日", "%(count)s 个自然日", plural, count=number)
    return ngettext("%(count)s 个工作日", "%(count)s 个工作日", plural, count=number)


def size(value: int) -> str:
    """1.2 MB."""
    return f"{value / 1024 / 1024:.1f} MB" if value >= 1024 * 1024 else f"{max(1, round(value / 1024))} KB"


def register(app: Flask) -> None:
    for filter_ in (day, short_day, due_day, due_short, instant, days, size, masked, han_date):
        app.jinja_env.filters[filter_.__name__] = filter_
