"""Extend the limits of an application (延长审批, Licensing Law art. 42) once, with the reason; be asked to, decline."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands import writs
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.settle import settle, write_dates
from approvals.errors import (
    AlreadyExtended,
    ExtensionAsked,
    NoExtensionAsked,
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
from approvals.records.extension import (
    Extension,
    ExtensionRequest,
    is_extended_by,
    most_days,
    requests_of,
    waiting_request,
)
from approvals.records.fold import item_of, lead_of
from approvals.records.step import StepRecord
from approvals.vocabulary import RequestEnd

BASIS = "《行政许可法》第四十二条"


def extend(application: Application, days: int, reason: str, *, by: Actor, at: Moment) -> None:
    """`days` are added to both limits of the application, and to the steps of the authority that decides it. On the
    last day they have not run out yet; while everything is suspended they do not run.

    Raises NotInReview, NotThisAuthority, AlreadyExtended, TooLateToExtend, TooManyDays or ReasonMissing.
    """
    check(by, "application:extend", application)
    if owns(by, application):
        raise OwnApplication
    _require_in_review(application)
    if not is_extended_by(application, by):
        raise NotThisAuthority
    _require_extendable(application, days, reason, at=at)
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
    asked = waiting_request(application)
    if asked is not None:
        write(asked, ending=RequestEnd.GRANTED, ended_by=by.account, ended_at=at.instant)
    event = append(application, Event.EXTENDED, by=by, at=at.instant, days=days, reason=sealed(reason.strip()))
    write_dates(application, at=at, afresh=True)
    settle(application, by=by, at=at)
    writs.extension(application, extended, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)


def ask_extension(step: StepRecord, days: int, reason: str, *, by: Actor, at: Moment) -> None:
    """By anybody at a desk of the authority that decides, of its head or in joint handling of the government's. Raises
    as `extend` does, NotThisAuthority at any other desk, ExtensionAsked while another request waits.
    """
    check(by, "step:decide", step)
    application = step.application
    if owns(by, application):
        raise OwnApplication
    _require_in_review(application)
    if step.department_code != lead_of(application).department_code:
        raise NotThisAuthority
    before = requests_of(application)
    waiting = next((each for each in before if each.ending is None), None)
    if waiting is not None:
        raise ExtensionAsked(days=waiting.days)
    _require_extendable(application, days, reason, at=at)
    asked = ExtensionRequest(
        application_id=application.id,
        number=len(before) + 1,
        step_id=step.id,
        days=days,
        reason=reason.strip(),
        by_account=by.person,
        at=at.instant,
    )
    session_of(application).add(asked)
    append(
        application,
        Event.EXTENSION_ASKED,
        by=by,
        at=at.instant,
        step=step.key,
        number=asked.number,
        days=days,
        reason=sealed(asked.reason),
    )


def decline_extension(application: Application, why: str, *, by: Actor, at: Moment) -> None:
    """By whoever could extend. Raises NotThisAuthority, NoExtensionAsked or ReasonMissing."""
    check(by, "application:extend", application)
    if owns(by, application):
        raise OwnApplication
    if not is_extended_by(application, by):
        raise NotThisAuthority
    asked = waiting_request(application)
    if asked is None:
        raise NoExtensionAsked
    if not why.strip():
        raise ReasonMissing
    write(asked, ending=RequestEnd.DECLINED, note=why.strip(), ended_by=by.account, ended_at=at.instant)
    append(application, Event.EXTENSION_DECLINED, by=by, at=at.instant, number=asked.number, note=sealed(why.strip()))


def _require_in_review(application: Application) -> None:
    if application.accepted_at is None or application.status.is_decided:
        raise NotInReview(status=str(application.status))


def _require_extendable(application: Application, days: int, reason: str, *, at: Moment) -> None:
    if application.extended_days:
        raise AlreadyExtended(days=application.extended_days)
    statutory = application_due(application, item_of(application).statutory, at=at)
    if statutory is None or at.today > statutory.due:
        raise TooLateToExtend(due=statutory.due if statutory else None)
    if not 1 <= days <= most_days(application):
        raise TooManyDays(most=most_days(application))
    if not reason.strip():
        raise ReasonMissing
