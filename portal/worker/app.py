"""The Celery application and its settings, the unsafe defaults changed."""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.schedules import crontab
from flask import Flask, current_app

from config import Settings
from portal.unit_of_work import after_commit
from portal.worker import folder

EXTENSION = "celery"
SWEEP_MOST = 30.0
"""Seconds a sweep may take before it leaves the rest to the next, well below the limit that ends what hangs."""
ORPHANS_SECONDS = 3600.0
NIGHT = 4 * 3600
"""Seconds that what is done at night may take."""


def configure(app: Flask) -> None:
    """Give the application a Celery of its own, and let the unit of work wake the worker after each commit."""
    settings: Settings = app.extensions["settings"]
    celery = Celery("rongyiban", include=["portal.worker.tasks"])
    celery.conf.update(
        broker_url=settings.broker_url or f"{folder.SCHEME}://localhost",
        broker_transport_options=_transport(settings),
        task_default_queue=settings.broker_queue,
        broker_connection_timeout=1,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a broker may be away for hours; worker and scheduler wait for it
        task_publish_retry=False,  # a hint is not worth waiting for: the sweep finds what it would have said
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_time_limit=90,
        task_soft_time_limit=60,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        worker_soft_shutdown_timeout=5,
        worker_hijack_root_logger=False,
        timezone="Asia/Shanghai",
        # Kept in memory: one interval needs no file, and a kill can damage none.
        beat_scheduler="celery.beat:Scheduler",
        beat_schedule={
            "sweep": {"task": "sweep", "schedule": settings.sweep_seconds, "options": _ticking(settings)},
            "batches": {"task": "batches", "schedule": settings.sweep_seconds, "options": _ticking(settings)},
            "strike": {"task": "strike", "schedule": settings.clock_seconds, "options": _ticking(settings)},
            "lift": {"task": "lift", "schedule": settings.clock_seconds, "options": _ticking(settings)},
            "rescan": {"task": "rescan", "schedule": settings.clock_seconds, "options": _ticking(settings)},
            "orphans": {"task": "orphans", "schedule": ORPHANS_SECONDS, "options": _ticking(settings)},
            "tallies": {"task": "tallies", "schedule": ORPHANS_SECONDS, "options": _ticking(settings)},
            "live": {"task": "live", "schedule": settings.clock_seconds, "options": _ticking(settings)},
            "count_anew": {"task": "count_anew", "schedule": crontab(hour=2, minute=30), "options": _ticking(settings)},
            "checkpoint": {
                "task": "checkpoint",
                "schedule": settings.checkpoint_seconds,
                "options": _ticking(settings),
            },
        },
        flask=app,
    )
    app.extensions[EXTENSION] = celery
    if wake not in after_commit:
        after_commit.append(wake)


def celery_of(app: Flask) -> Celery:
    """Each application has its own: they may have different brokers."""
    found: Celery = app.extensions[EXTENSION]
    return found


def wake(parcels: list[int]) -> None:
    """Hint to the worker that these parcels lie in the outbox."""
    celery = celery_of(current_app)
    for parcel in parcels:
        celery.send_task("deliver", args=[parcel])


def _ticking(settings: Settings) -> dict[str, Any]:
    """The scheduler, other than a request, may wait for the broker, and only by trying again does it connect anew.

    A tick nobody took for long is worth nothing: a worker that was away does not find a heap of them. The minute is
    for clocks of different machines, for by them a tick may seem old when it comes.
    """
    patience = {"max_retries": 3, "interval_start": 0, "interval_step": 1, "interval_max": 2}
    return {"expires": max(10 * settings.sweep_seconds, 60), "retry": True, "retry_policy": patience}


def _transport(settings: Settings) -> dict[str, Any]:
    if settings.broker_url:
        # One attempt and no more: somebody waits for the answer to the request that sends the hint.
        return {"max_retries": 0, "socket_timeout": 2, "socket_connect_timeout": 1, "confirm_publish": False}
    for name in ("messages", "processed", "control"):
        (settings.broker_folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(settings.broker_folder / "messages"),
        "data_folder_out": str(settings.broker_folder / "messages"),
        "processed_folder": str(settings.broker_folder / "processed"),
        "control_folder": str(settings.broker_folder / "control"),
        "store_processed": False,
        "polling_interval": settings.poll_seconds,
    }
