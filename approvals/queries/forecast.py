"""When the remaining steps of a running application will probably begin and end, and how that came to be expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.events import Event
from approvals.queries.case import Case
from approvals.queries.timeline import Happening
from approvals.records.expected import Forecast, end_of, forecast_of, limit_worked_to
from approvals.records.prediction import Prediction

__all__ = ["Forecast", "Moved", "expected_end", "forecast", "limit_worked_to", "moves"]


@dataclass(frozen=True, slots=True)
class Moved:
    """All was expected to be done on the day `before`, and on `after` from what `happened` at that instant on."""

    at: datetime
    before: date
    after: date
    happened: tuple[Happening, ...]


def forecast(case: Case, *, at: Moment) -> Mapping[str, Forecast]:
    return forecast_of(case.application, case.position, at=at)


def expected_end(case: Case, expected: Mapping[str, Forecast]) -> date | None:
    return end_of(case.application, case.position, expected)


def moves(session: Session, application_id: int, happenings: Iterable[Happening]) -> tuple[Moved, ...]:
    """Every change of the predicted day, newest first; what several steps of one instant led to is one."""
    wanted = select(Prediction).where(Prediction.application_id == application_id).order_by(Prediction.id)
    last = {each.at: each.expected_end for each in session.scalars(wanted)}
    told = list(happenings)
    found = [
        Moved(instant, before, after, _causes([each for each in told if each.at == instant]))
        for (_, before), (instant, after) in pairwise(last.items())
        if before != after
    ]
    return tuple(reversed(found))


def _causes(told: list[Happening]) -> tuple[Happening, ...]:
    """That steps begin follows from something else that happened at the same instant, where anything did."""
    own = [each for each in told if each.event is not Event.STEP_OPENED]
    return tuple(own or told)
