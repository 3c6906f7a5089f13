"""The tasks: each opens the application's context and calls one thing by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import shared_task

from portal.worker.app import SWEEP_MOST
from portal.worker.delivery import deliver, sweep

if TYPE_CHECKING:
    from celery import Task
    from flask import Flask


@shared_task(name="deliver", bind=True)
def deliver_parcel(task: Task[Any, Any], parcel: int) -> None:
    with _flask(task).app_context():
        deliver(parcel)


@shared_task(name="sweep", bind=True)
def sweep_outbox(task: Task[Any, Any]) -> None:
    with _flask(task).app_context():
        sweep(seconds=SWEEP_MOST)


def _flask(task: Task[Any, Any]) -> Flask:
    found: Flask = task.app.conf["flask"]
    return found
