"""The tasks: each opens the application's context and calls one thing by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import shared_task

from approvals.commands.count_live import put_together
from portal.batches import carry_on
from portal.nightly import count_anew
from portal.times import tally_all
from portal.trail import gather
from portal.unit_of_work import changing, now
from portal.worker.app import NIGHT, SWEEP_MOST
from portal.worker.clock import strike
from portal.worker.delivery import deliver, sweep
from portal.worker.drafts import expire_drafts
from portal.worker.expiry import enter_expiries
from portal.worker.lifting import lift_due
from portal.worker.mandates import tell_of_ends
from portal.worker.orphans import clear_orphans
from portal.worker.rescanning import rescan
from portal.worker.reviewing import review_signatures

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


@shared_task(name="batches", bind=True)
def carry_on_batches(task: Task[Any, Any]) -> None:
    with _flask(task).app_context():
        carry_on(seconds=SWEEP_MOST)


@shared_task(name="strike", bind=True)
def strike_clock(task: Task[Any, Any]) -> None:
    with _flask(task).app_context():
        strike(seconds=SWEEP_MOST)
        enter_expiries(seconds=SWEEP_MOST / 2)


@shared_task(name="orphans", bind=True)
def clear_orphans_away(task: Task[Any, Any]) -> None:
    """Each hour a sixteenth of the storage, so that a large one is not walked at one go; the whole every day."""
    with _flask(task).app_context():
        expire_drafts(seconds=SWEEP_MOST)
        tell_of_ends()
        clear_orphans(beginning=f"{now().instant.hour % 16:x}")


@shared_task(name="lift", bind=True)
def lift_signatures(task: Task[Any, Any]) -> None:
    with _flask(task).app_context():
        review_signatures(seconds=SWEEP_MOST / 2)
        lift_due(seconds=SWEEP_MOST)


@shared_task(name="rescan", bind=True)
def rescan_files(task: Task[Any, Any]) -> None:
    with _flask(task).app_context():
        rescan(seconds=SWEEP_MOST)


@shared_task(name="checkpoint", bind=True)
def gather_trail(task: Task[Any, Any]) -> None:
    with _flask(task).app_context():
        gather(seconds=SWEEP_MOST)


@shared_task(name="tallies", bind=True)
def tally_measures(task: Task[Any, Any]) -> None:
    with _flask(task).app_context():
        tally_all()


@shared_task(name="live", bind=True)
def put_live_counts_together(task: Task[Any, Any]) -> None:
    with _flask(task).app_context(), changing() as session:
        put_together(session)


@shared_task(name="count_anew", bind=True, time_limit=NIGHT, soft_time_limit=NIGHT)
def count_everything_anew(task: Task[Any, Any]) -> None:
    """Nightly, the slow way; what differs is an error in the log."""
    count_anew(_flask(task))


def _flask(task: Task[Any, Any]) -> Flask:
    found: Flask = task.app.conf["flask"]
    return found
