"""Follow up a bad rating: contact, verify, mend, answer; each stage with its limit on the ladder of supervision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.audit.append import append, sealed
from approvals.clock.ladder import ladder
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.obligation import deadline_of
from approvals.commands.rung import reach
from approvals.errors import NotPossibleNow, OwnApplication, ReasonMissing
from approvals.events import Event
from approvals.permissions import SYSTEM, Actor, check, owns
from approvals.records.application import Application
from approvals.records.base import session_of, write
from approvals.records.dates import morning
from approvals.records.rating import FollowUp, FollowUpAct, Rating
from approvals.vocabulary import Finding, FollowUpStage
from services.item import Limit


@dataclass(frozen=True, slots=True)
class Limits:
    """Working days of each stage."""

    contact: int = 1
    verify: int = 3
    mend: int = 5
    mend_complex: int = 15


def begin(rating: Rating, application: Application, limits: Limits, *, at: Moment) -> FollowUp:
    follow_up = FollowUp(
        rating=rating,
        application_id=application.id,
        department_code=rating.department_code,
        **_dates(FollowUpStage.CONTACT, limits.contact, at),
    )
    session_of(application).add(follow_up)
    session_of(application).flush()  # supervision records name it by its number
    append(
        application,
        Event.FOLLOW_UP_BEGUN,
        by=SYSTEM,
        at=at.instant,
        follow_up=follow_up.id,
        due=follow_up.due.isoformat(),
    )
    return follow_up


def contact(follow_up: FollowUp, application: Application, note: str, *, limits: Limits, by: Actor, at: Moment) -> None:
    """By the supervising body, the only one that knows who rated: `note` is what the department is told."""
    check(by, "rating:contact")
    _act(follow_up, application, FollowUpStage.CONTACT, note, by=by, at=at)
    _enter(follow_up, application, FollowUpStage.VERIFY, limits.verify, by=by, at=at)


def verify(
    follow_up: FollowUp, application: Application, finding: Finding, note: str, *, limits: Limits, by: Actor, at: Moment
) -> None:
    """By the head of the department. Where it proves unfounded, `note` is the explanation that whoever rated gets."""
    check(by, "rating:mend", follow_up)
    _act(follow_up, application, FollowUpStage.VERIFY, note, by=by, at=at)
    write(follow_up, finding=finding)
    if finding is Finding.UNFOUNDED:
        _answer(follow_up, application, note, by=by, at=at)
        return
    days = limits.mend if finding is Finding.SIMPLE else limits.mend_complex
    _enter(follow_up, application, FollowUpStage.MEND, days, by=by, at=at)


def mend(follow_up: FollowUp, application: Application, answer: str, *, by: Actor, at: Moment) -> None:
    """By the head: what was put right, in the words that whoever rated gets."""
    check(by, "rating:mend", follow_up)
    _act(follow_up, application, FollowUpStage.MEND, answer, by=by, at=at)
    _answer(follow_up, application, answer, by=by, at=at)


def press(session: Session, applications: Sequence[Application], *, at: Moment) -> int:
    """Act on every follow-up of these locked applications that woke; how many rungs were reached.

    The department's stages climb the ladder; a contact that is late is the supervising body's own and shows on its
    list and on the board.
    """
    woken = select(FollowUp).where(
        FollowUp.application_id.in_([each.id for each in applications]), FollowUp.wake_at <= at.instant
    )
    of = {each.id: each for each in applications}
    return sum(_press(session, each, of[each.application_id], at) for each in session.scalars(woken).all())


def _press(session: Session, follow_up: FollowUp, application: Application, at: Moment) -> int:
    deadline = deadline_of(follow_up.limit, follow_up.began_at, at=at)
    rungs = ladder(follow_up.limit, deadline.due, None, at.calendar)
    ahead = [rung.since for rung in rungs if rung.since > at.today]
    write(
        follow_up,
        due=deadline.due,
        wake_at=morning(min(ahead)) if ahead and follow_up.closed_at is None else None,
    )
    if follow_up.stage not in (FollowUpStage.VERIFY, FollowUpStage.MEND):
        return 0
    subject, department = f"follow_up-{follow_up.id}", follow_up.department_code
    return sum(
        reach(session, application, subject, department, rung, at=at) for rung in rungs if rung.since <= at.today
    )


def _act(
    follow_up: FollowUp, application: Application, stage: FollowUpStage, note: str, *, by: Actor, at: Moment
) -> None:
    if owns(by, application):
        raise OwnApplication
    if follow_up.stage is not stage:
        raise NotPossibleNow(status=str(follow_up.stage))
    if not note.strip():
        raise ReasonMissing
    follow_up.acts.append(FollowUpAct(stage=stage, note=note.strip(), by_account=by.person, at=at.instant))


def _enter(
    follow_up: FollowUp, application: Application, stage: FollowUpStage, days: int, *, by: Actor, at: Moment
) -> None:
    write(follow_up, **_dates(stage, days, at))
    append(
        application,
        Event.FOLLOW_UP_MOVED,
        by=by,
        at=at.instant,
        follow_up=follow_up.id,
        stage=str(stage),
        due=follow_up.due.isoformat(),
    )


def _answer(follow_up: FollowUp, application: Application, answer: str, *, by: Actor, at: Moment) -> None:
    write(follow_up, stage=FollowUpStage.CLOSED, answer=answer.strip(), closed_at=at.instant, wake_at=None)
    event = append(
        application,
        Event.FOLLOW_UP_ANSWERED,
        by=by,
        at=at.instant,
        follow_up=follow_up.id,
        finding=str(follow_up.finding),
        answer=sealed(answer.strip()),
    )
    announce(application, ParcelKind.LETTER, event, at=at)


def _dates(stage: FollowUpStage, days: int, at: Moment) -> dict[str, object]:
    limit = Limit(Decimal(days))
    deadline = deadline_of(limit, at.instant, at=at)
    return {
        "stage": stage,
        "limit_days": days,
        "began_at": at.instant,
        "due": deadline.due,
        "wake_at": morning(ladder(limit, deadline.due, None, at.calendar)[0].since),
    }
