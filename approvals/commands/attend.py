"""Attend to an application at a window: begin one for who is present, or open what they sent in or must mend."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.draft import begin, require_editable
from approvals.commands.running import require_running
from approvals.errors import NotFound
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.catalogue import ItemRevision
from approvals.records.counter import Attendance, Visit
from approvals.vocabulary import Attending
from services.answers import Answers


def take_in(visit: Visit, revision: ItemRevision, *, answers: Answers, by: Actor, at: Moment) -> Application:
    """A new draft in the name of whom the visit is for. Raises NotOnline or WrongApplicant as for anybody."""
    check(by, "counter:serve")
    session = session_of(visit)
    begun = begin(
        revision,
        applicant=visit.account_id,
        organisation=visit.organisation,
        answers=answers,
        at=at,
    )
    session.add(begun)
    session.flush()
    note(visit, begun, Attending.TAKE, at=at)
    return begun


def take_up(visit: Visit, application: Application, *, by: Actor, at: Moment) -> None:
    """What its applicant was asked to mend may be mended at this window today."""
    check(by, "counter:serve")
    require_theirs(visit, application)
    require_editable(application)
    note(visit, application, Attending.MEND, at=at)


def open_up(visit: Visit, application: Application, *, by: Actor, at: Moment) -> None:
    """What runs may be followed, amended and withdrawn at this window today. Raises Finished or NotSubmitted."""
    check(by, "counter:serve")
    require_theirs(visit, application)
    require_running(application)
    note(visit, application, Attending.OPEN, at=at)


def require_theirs(visit: Visit, application: Application) -> None:
    """NotFound for an application of anybody but whom the visit is for."""
    is_theirs = application.organisation_id == visit.organisation_id
    if visit.organisation_id is None:
        is_theirs = is_theirs and application.applicant_id == visit.account_id
    if not is_theirs:
        raise NotFound


def note(visit: Visit, application: Application, purpose: Attending, *, at: Moment) -> None:
    """Once a visit."""
    known = {(each.visit_id, each.purpose) for each in application.attendances}
    if (visit.id, purpose) not in known:
        application.attendances.append(Attendance(visit_id=visit.id, purpose=purpose, at=at.instant))
