"""The official calendar as the project's own files give it, read without the catalogue's reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from approvals.clock.calendar import Calendar
from services.item import CalendarYear

FOLDER = Path(__file__).parents[3] / "services" / "calendar"


def read_year(path: Path) -> CalendarYear:
    fields: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return CalendarYear(**fields)


YEARS = tuple(read_year(path) for path in sorted(FOLDER.glob("*.yaml")))
OFFICIAL = Calendar(YEARS)
