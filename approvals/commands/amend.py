"""Amend what was sent in, before anybody has said whether it is accepted: open it, send it, or leave it as it was."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.complete import complete_answers
from approvals.commands.draft import forget_typed_pages
from approvals.commands.honour import honour
from approvals.commands.regroup import regroup
from approvals.commands.running import require_running
from approvals.commands.settle import settle
from approvals.commands.submit import send
from approvals.errors import ChangedMeanwhile, NothingChanged, TooLateToAmend
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.amending import accepting, is_amendable
from approvals.records.application import Application
from approvals.records.base import write
from approvals.records.fold import item_of
from approvals.records.sending import unsent
from approvals.vocabulary import ObligationKind


def open_amendment(application: Application, *, by: Actor, at: Moment) -> None:
    """From now on its draft may be edited. The office goes on with what was sent: no clock stops, and a decision taken
    meanwhile stands.
    """
    check(by, "application:amend", application)
    require_amendable(application)
    if application.amending_since is None:
        write(application, amending_since=at.instant)


def amend(application: Application, *, version: int | None = None, by: Actor, at: Moment) -> None:
    """Sends a further submission to the steps that judge whether it is accepted: each in a new round, so that nobody
    decides on what they have not seen.
    """
    check(by, "application:amend", application)
    require_amendable(application)
    if version is not None and version != application.draft_version:
        raise ChangedMeanwhile
    answers = complete_answers(application, at)
    if not unsent(application, answers):
        raise NothingChanged
    item = item_of(application)
    send(application, item, answers, by=by, at=at)
    judging = accepting(application, item)
    for step in judging:
        step.begin_round(at.instant)
    write(application, amending_since=None)
    event = append(
        application,
        Event.AMENDED,
        by=by,
        at=at.instant,
        steps=[step.key for step in judging],
        answers=sealed(application.submissions[-1].sha256),
    )
    regroup(application, {step.key for step in judging}, by=by, at=at)
    settle(application, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)
    honour(application, at=at)


def leave_as_sent(application: Application, *, by: Actor, at: Moment) -> None:
    """Answers and files are again those last sent; nobody has seen the others."""
    check(by, "application:amend", application)
    if application.amending_since is None:
        return
    sent = application.submissions[-1]
    origins = application.draft.get("origins", {})
    kept = {key: origin for key, origin in origins.items() if key in sent.answers}
    application.draft = {**application.draft, "answers": dict(sent.answers), "origins": kept}
    application.draft_version += 1
    owed = {each.subject for each in application.obligations if each.kind is ObligationKind.DEFERRED_MATERIAL}
    for file in application.materials:
        if file.key in owed:
            continue  # it may have come in late, and does not belong to the amendment
        if file.added_at > sent.at:
            file.removed_at = file.removed_at or at.instant
        elif file.removed_at is not None and file.removed_at > sent.at:
            file.removed_at = None
    forget_typed_pages(application)
    write(application, amending_since=None)


def require_amendable(application: Application) -> None:
    require_running(application)
    if not is_amendable(application, item_of(application)):
        raise TooLateToAmend(number=application.number)
