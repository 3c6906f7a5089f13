"""Keep when an application is expected to be done, whenever an event moves that."""

from __future__ import annotations

from approvals.chain.position import Position
from approvals.clock.moment import Moment
from approvals.records.application import Application
from approvals.records.base import write
from approvals.records.expected import end_of, forecast_of
from approvals.records.prediction import Prediction


def predict(application: Application, position: Position, *, at: Moment) -> None:
    """Nothing is predicted of what was not sent or has ended."""
    if application.submitted_at is None or position.is_finished:
        return
    end = end_of(application, position, forecast_of(application, position, at=at))
    if end is not None and end != application.expected_end:
        write(application, expected_end=end)
        application.predictions.add(Prediction(at=at.instant, expected_end=end))
