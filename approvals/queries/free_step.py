"""The next step of a department that nobody has, locked for whoever takes it."""

from __future__ import annotations

from sqlalchemy import and_, exists, not_, or_, select
from sqlalchemy.orm import Session

from approvals.permissions import Actor, check
from approvals.queries import for_change
from approvals.records.application import Application
from approvals.records.proposal import WAITING, Proposal
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, StepStatus


def free_step(session: Session, *, by: Actor) -> StepRecord | None:
    """What is due first; not the taker's own, nor what waits for somebody else to confirm what they proposed. None
    where nothing is left.

    Of many who ask at once each gets another one, without waiting: what somebody else holds locked is passed over
    (SQLite has one writer at a time anyway). Step and application are both locked, so that PostgreSQL looks at the
    newest version of both before it hands one out. Once granted, the step that is open is the portal's.
    """
    check(by, "queue:read")
    own = or_(
        Application.organisation_id.in_(by.organisations),
        and_(Application.organisation_id.is_(None), Application.applicant_id == by.account),
    )
    found = session.execute(
        select(Application.id, StepRecord.id)
        .join(Application, StepRecord.application_id == Application.id)
        .where(
            StepRecord.department_code == by.department,
            StepRecord.status == StepStatus.OPEN,
            StepRecord.assignee_id.is_(None),
            Application.status != ApplicationStatus.GRANTED,
            not_(own),
            not_(exists().where(*WAITING, Proposal.by_account == by.person)),
        )
        .order_by(StepRecord.promised_due.asc().nulls_last(), StepRecord.id)
        .limit(1)
        .with_for_update(of=(Application, StepRecord), skip_locked=True, key_share=True)
    ).one_or_none()
    locked = for_change.lock(session, found[0]) if found else None
    return next((step for step in locked.steps if step.id == found[1]), None) if locked and found else None
