"""Checklists as they are ticked: in a form, in the drafts that a batch decides by, and in a story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.chain.checklist import Tick, Ticks
from approvals.permissions import Actor
from approvals.records.fold import points_of
from approvals.records.opinion_draft import OpinionDraft
from approvals.records.step import StepRecord
from approvals.vocabulary import Judgement

POINT, NOTE = "point_", "note_"
"""How a draft and the form name the judgement on a point and its note."""


def ticks_in(content: Mapping[str, object]) -> dict[str, Tick]:
    """The points of a draft or form that were answered; a note alone answers nothing."""
    found = {}
    for name, value in content.items():
        if name.startswith(POINT) and value in {str(each) for each in Judgement}:
            key = name.removeprefix(POINT)
            found[key] = Tick(Judgement(str(value)), str(content.get(NOTE + key) or "").strip())
    return found


def as_typed(found: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """The other way round: key, judgement and note of each point as the form has them."""
    typed = {POINT + key: judgement for key, judgement, _note in found}
    return typed | {NOTE + key: note for key, _judgement, note in found}


def drafted_ticks(session: Session, steps: Sequence[int], *, by: Actor) -> dict[int, Ticks]:
    """One's own, by step; what was ticked before the applicant mended something counts for nothing. One query."""
    found = session.execute(
        select(OpinionDraft.step_id, OpinionDraft.content)
        .join(StepRecord, StepRecord.id == OpinionDraft.step_id)
        .where(
            OpinionDraft.step_id.in_(steps),
            OpinionDraft.account_id == by.person,
            OpinionDraft.round == StepRecord.round,
        )
    )
    return {row.step_id: ticks_in(row.content) for row in found}


def all_met(step: StepRecord) -> dict[str, Tick]:
    """A checklist that was gone through and in which everything is in order."""
    return {point.key: Tick(Judgement.MET) for point in points_of(step)}
