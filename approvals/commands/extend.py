"""Extend the limits of an application (延长审批, Licensing Law art. 42): once, before they run out, with the reason."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands import writs
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.settle import settle, write_dates
from approvals.errors import (
    AlreadyExtended,
    NotInReview,
    NotThisAuthority,
    OwnApplication,
    ReasonMissing,
    TooLateToExtend,
    TooManyDays,
)
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.application import Application
from approvals.records.base import session_of, write
from approvals.records.dates import application_due
from approvals.records.extension import Extension, is_extended_by, most_days
from approvals.records.fold import item_of

BASIS = "《行政许可法》第四十二条"


def extend(application: Application, days: int, reason: str, *, by: Actor, at: Moment) -> None:
    """`days` are added to both limits of the application, and to the steps of the authority that decides it. On the
    last day they have not run out yet; while everything is suspended they do not run.

    Raises NotInReview, NotThisAuthority, AlreadyExtended, TooLateToExtend, TooManyDays or ReasonMissing.
    """
    check(by, "application:extend", application)
    if owns(by, application):
        raise OwnApplication
    if application.accepted_at is None or application.status.is_decided:
        raise NotInReview(status=str(application.status))
    if not is_extended_by(application, by):
        raise NotThisAuthority
    if application.extended_days:
        raise AlreadyExtended(days=application.extended_days)
    statutory = application_due(application, item_of(application).statutory, at=at)
    if statutory is None or at.today > statutory.due:
        raise TooLateToExtend(due=statutory.due if statutory else None)
    if not 1 <= days <= most_days(application):
        raise TooManyDays(most=most_days(application))
    if not reason.strip():
        raise ReasonMissing
    extended = Extension(
        application_id=application.id,
        days=days,
        reason=reason.strip(),
        basis=BASIS,
        by_account=by.person,
        at=at.instant,
    )
    session_of(application).add(extended)
    write(application, extended_days=days)
    event = append(application, Event.EXTENDED, by=by, at=at.instant, days=days, reason=sealed(reason.strip()))
    write_dates(application, at=at, afresh=True)
    settle(application, by=by, at=at)
    writs.extension(application, extended, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)
