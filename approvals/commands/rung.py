"""Record that a rung of the supervision ladder was reached, once for its due date."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.audit.append import append
from approvals.clock.ladder import Reached
from approvals.clock.moment import Moment
from approvals.events import Event
from approvals.permissions import SYSTEM
from approvals.records.application import Application
from approvals.records.supervision import SupervisionRecord


def reach(
    session: Session, application: Application, subject: str, department: str, reached: Reached, *, at: Moment
) -> bool:
    """Whether it was new. `subject` names what the clock belongs to, such as `obligation-7`."""
    same = (
        SupervisionRecord.application_id == application.id,
        SupervisionRecord.subject == subject,
        SupervisionRecord.rung == reached.rung,
        SupervisionRecord.due == reached.due,
    )
    if session.scalar(select(SupervisionRecord.id).where(*same)) is not None:
        return False
    session.add(
        SupervisionRecord(
            application_id=application.id,
            subject=subject,
            department_code=department,
            rung=reached.rung,
            due=reached.due,
            at=at.instant,
        )
    )
    facts = {"subject": subject, "rung": str(reached.rung), "due": reached.due.isoformat()}
    append(application, Event.RUNG_REACHED, by=SYSTEM, at=at.instant, **facts)
    return True
