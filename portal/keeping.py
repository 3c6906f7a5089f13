"""How long this installation keeps drafts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import current_app

from approvals.clock.moment import local_date
from approvals.records.keeping import Keeping

if TYPE_CHECKING:
    from datetime import date

    from flask import Flask

    from config import Settings


def kept_until(saved_at: datetime, warned_at: datetime | None) -> date | None:
    """The last day of a draft that is deleted soon; none while that is far away."""
    kept, today = keeping(), local_date(datetime.now(UTC))
    return kept.last_day(saved_at, warned_at, today) if today >= kept.warn_from(saved_at) else None


def register(app: Flask) -> None:
    app.jinja_env.globals["kept_until"] = kept_until
    app.jinja_env.globals["keeping"] = keeping


def keeping() -> Keeping:
    settings: Settings = current_app.extensions["settings"]
    return Keeping(settings.draft_days, settings.draft_warning_days)
