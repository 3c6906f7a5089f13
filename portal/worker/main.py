"""What `celery -A portal.worker.main` starts: the worker or the scheduler of this installation."""

from __future__ import annotations

from portal import create_app
from portal.memory import settle_in
from portal.worker.app import celery_of

celery = celery_of(create_app())
settle_in()
