"""Send what was filled in: a draft, a mended application to the steps that asked, an amended one to who accepts."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.amend import amend
from approvals.commands.confirm import confirm
from approvals.commands.draft import forget_typed_pages
from approvals.commands.resubmit import resubmit
from approvals.commands.submit import submit
from approvals.errors import NothingMended
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.mended import unmended
from approvals.vocabulary import Role


def send_in(
    application: Application, *, version: int, explanation: str = "", confirmed: str = "", by: Actor, at: Moment
) -> str:
    """The application's number. Sent once more, there is nothing open: AlreadySubmitted says the number again.

    `confirmed` are the words by which whoever is present at a window stands by it.

    What was asked for and is left as it was must be explained, else NothingMended. Which of the three it is, is decided
    under the lock: of two tabs that send at the same time one sends.
    """
    is_mending = any(correction.is_open for correction in application.corrections)
    if is_mending and not application.status.is_final:
        left = unmended(application)
        if left and not explanation.strip():
            raise NothingMended(targets=tuple(left))
        resubmit(application, version=version, explanation=explanation, by=by, at=at)
    elif application.amending_since is not None:
        amend(application, version=version, by=by, at=at)
    else:
        submit(application, version=version, by=by, at=at)
    forget_typed_pages(application)
    if by.role is Role.COUNTER:
        confirm(application, confirmed, by=by, at=at)
    return str(application.number)
