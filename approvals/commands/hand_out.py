"""Hand out: the result goes at a window into the hands of who may have it, which is its service (送达)."""

from __future__ import annotations

from approvals.audit.append import append
from approvals.clock.moment import Moment
from approvals.commands.attend import note, require_theirs
from approvals.commands.confirm import seen
from approvals.commands.writs import delivery
from approvals.errors import HandedOutBefore, NothingToHandOut
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.counter import Visit
from approvals.records.writ import DELIVERED
from approvals.vocabulary import Attending, CertificateStatus


def prepare(visit: Visit, application: Application, *, by: Actor, at: Moment) -> None:
    """The papers may be opened at this window today, to be printed. Refused as handing them out is."""
    _require_something(visit, application, by)
    note(visit, application, Attending.PREPARE, at=at)


def hand_out(visit: Visit, application: Application, *, by: Actor, at: Moment) -> None:
    """Draws up the certificate of service where the decision had reached nobody yet.

    NothingToHandOut before a decision, or while its certificate is being made; HandedOutBefore the second time.
    """
    _require_something(visit, application, by)
    writ = delivery(application, handed=_handed(visit), by=by, at=at)
    serial = {} if writ is None else {"writ": writ.serial}
    note(visit, application, Attending.HAND_OUT, at=at)
    append(application, Event.HANDED_OUT, by=by, at=at.instant, **seen(visit), **serial)


def _require_something(visit: Visit, application: Application, by: Actor) -> None:
    check(by, "counter:serve")
    require_theirs(visit, application)
    is_made = application.certificate is None or application.certificate.status is not CertificateStatus.PENDING
    decided = [each for each in application.writs if each.kind in DELIVERED]
    if not decided or not is_made:
        raise NothingToHandOut
    handed = [each.at for each in application.attendances if each.purpose is Attending.HAND_OUT]
    if any(when >= decided[-1].drawn_up_at for when in handed):
        raise HandedOutBefore


def _handed(visit: Visit) -> dict[str, str]:
    return {
        "window": visit.window,
        "to": visit.name,
        "document": str(visit.document),
        "authority": str(visit.authority or ""),
    }
