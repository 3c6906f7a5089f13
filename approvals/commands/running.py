"""Whether an application still runs: it was sent in and has not ended."""

from __future__ import annotations

from approvals.errors import Finished, NotSubmitted
from approvals.records.application import Application
from approvals.vocabulary import ApplicationStatus


def require_running(application: Application) -> None:
    """A draft and what has ended are refused, each by its name."""
    if application.status is ApplicationStatus.DRAFT:
        raise NotSubmitted
    if application.status.is_final:
        raise Finished(status=str(application.status))
