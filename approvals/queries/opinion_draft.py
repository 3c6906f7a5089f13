"""What somebody has written at a desk and not sent yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.opinion_draft import CORRECTION, OpinionDraft
from approvals.records.step import StepRecord


@dataclass(frozen=True, slots=True)
class Draft:
    """`round` is that in which it was written: what the applicant has mended since may need other words."""

    content: Mapping[str, str]
    correction: Mapping[str, str | list[str]]
    """What of a correction request is ticked (`items`) and written."""
    round: int
    at: datetime


def opinion_draft(session: Session, number: str, key: str, *, by: Actor) -> Draft | None:
    """One's own."""
    check(by, "queue:read")
    query = (
        select(OpinionDraft)
        .join(StepRecord, StepRecord.id == OpinionDraft.step_id)
        .join(Application, Application.id == StepRecord.application_id)
        .where(Application.number == number, StepRecord.key == key, OpinionDraft.account_id == by.person)
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        return None
    opinion = {name: value for name, value in found.content.items() if name != CORRECTION}
    return Draft(opinion, found.content.get(CORRECTION, {}), found.round, found.at)
