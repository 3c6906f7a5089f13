"""Expire: a draft that nobody goes on with is announced to its owner, and later deleted."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.draft import remove
from approvals.commands.write_letter import warn
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.keeping import Keeping
from approvals.vocabulary import ApplicationStatus


def expire_draft(application: Application, keeping: Keeping, *, at: Moment) -> bool:
    """Whether it was deleted. Never what was sent in, and nothing without a warning in time; twice does no harm."""
    if application.status is not ApplicationStatus.DRAFT or at.today < keeping.warn_from(application.saved_at):
        return False
    last = keeping.last_day(application.saved_at, application.warned_at, at.today)
    if application.warned_at is None:
        application.warned_at = at.instant
        warn(session_of(application), application, last, at=at)
        return False
    if at.today <= last:
        return False
    remove(application)
    return True
