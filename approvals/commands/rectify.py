"""Conditions and orders to rectify: the applicant reports, the department closes, its head orders."""

from __future__ import annotations

from decimal import Decimal

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.obligation import begin, end_parent, move
from approvals.errors import NotPossibleNow, OwnApplication, ReasonMissing
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.obligation import Obligation
from approvals.vocabulary import Act, ObligationKind, ObligationStatus
from services.item import Limit

REPORTED = (ObligationKind.CONDITION, ObligationKind.RECTIFICATION)


def report(obligation: Obligation, note: str, *, by: Actor, at: Moment) -> None:
    """The applicant says that a condition is met or an order carried out, and how."""
    check(by, "obligation:report", obligation.application)
    if obligation.kind not in REPORTED:
        raise NotPossibleNow(status=str(obligation.status))
    if not note.strip():
        raise ReasonMissing
    move(obligation, Act.REPORT, note=note.strip(), by=by, at=at)


def close(obligation: Obligation, outcome: Act, note: str, *, by: Actor, at: Moment) -> None:
    """The department looks: FULFIL ends it, SEND_BACK gives it back to the applicant. What an order was about ends with
    the order, but for a verification, which needs its own evidence.
    """
    check(by, "obligation:close", obligation)
    if owns(by, obligation.application):
        raise OwnApplication
    if obligation.kind not in REPORTED or outcome not in (Act.FULFIL, Act.SEND_BACK):
        raise NotPossibleNow(status=str(obligation.status))
    if not note.strip():
        raise ReasonMissing
    move(obligation, outcome, note=note.strip(), by=by, at=at)
    if outcome is Act.FULFIL:
        end_parent(obligation, at=at)


def order(obligation: Obligation, text: str, days: int, *, by: Actor, at: Moment) -> None:
    """责令限期改正: the head orders to put right within `days` working days what was not kept in time; once."""
    application = obligation.application
    check(by, "obligation:order", obligation)
    if owns(by, application):
        raise OwnApplication
    if obligation.status is not ObligationStatus.LATE or obligation.kind is ObligationKind.RECTIFICATION:
        raise NotPossibleNow(status=str(obligation.status))
    if not text.strip() or days < 1:
        raise ReasonMissing
    ordered = begin(
        application,
        ObligationKind.RECTIFICATION,
        step=obligation.step_key,
        subject=str(obligation.id),
        text=text.strip(),
        limit=Limit(Decimal(days)),
        department=obligation.department_code,
        commitment=obligation.commitment,
        parent=obligation,
        by=by,
        at=at,
    )
    if ordered is None:
        raise NotPossibleNow(status=str(obligation.status))
    event = append(
        application,
        Event.RECTIFICATION_ORDERED,
        by=by,
        at=at.instant,
        obligation=ordered.id,
        due=ordered.due.isoformat(),
        text=sealed(text.strip()),
    )
    announce(application, ParcelKind.LETTER, event, at=at)
