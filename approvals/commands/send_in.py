"""Send what was filled in: a draft is submitted, a mended application goes back to the steps that asked."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.resubmit import resubmit
from approvals.commands.submit import submit
from approvals.permissions import Actor
from approvals.records.application import Application


def send_in(application: Application, *, version: int, by: Actor, at: Moment) -> str:
    """The application's number. Sent once more, there is nothing open: AlreadySubmitted says the number again.

    Which of the two it is, is decided under the lock: of two tabs that send at the same time one sends.
    """
    is_mending = any(correction.is_open for correction in application.corrections)
    send = resubmit if is_mending and not application.status.is_final else submit
    send(application, version=version, by=by, at=at)
    return str(application.number)
