"""What `celery -A portal.worker.main` starts: the worker or the scheduler of this installation."""

from __future__ import annotations

from typing import Any

from celery.signals import worker_process_init

from approvals.certificates.press import limit_memory
from portal import create_app
from portal.memory import settle_in
from portal.worker.app import celery_of

celery = celery_of(create_app())
settle_in()


@worker_process_init.connect
def confine(**_about: Any) -> None:
    """Papers are made here: one that takes too much fails, is told of and takes nothing else with it."""
    limit_memory()
