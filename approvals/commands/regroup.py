"""Draw the consequences of a correction: steps join, fall away, move or are asked again, and the trail says why."""

from __future__ import annotations

from collections.abc import Set

from approvals.audit.append import append
from approvals.chain.mending import Changes, changes, mending, relied_on
from approvals.clock.moment import Moment
from approvals.commands.pass_on import pass_on
from approvals.commands.propose import lapse
from approvals.commands.submit import competent_for, region_of
from approvals.events import Event
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.base import session_of, write
from approvals.records.fold import item_of
from approvals.records.sending import sending
from approvals.records.step import StepRecord
from approvals.vocabulary import Assigning, StepStatus
from services.item import OPINIONS, Item


def regroup(application: Application, asked: Set[str], *, by: Actor, at: Moment) -> None:
    """Compare the last two submissions; `asked` are the keys of the steps that asked for the second.

    Refused with NoCompetentDepartment where nobody exercises the duty of a step that joins or moves.
    """
    item = item_of(application)
    now = sending(application, application.submissions[-1])
    changed = changes(item, sending(application, application.submissions[-2]), now)
    if not changed:
        return
    steps = {step.key: step for step in application.steps}
    present = {key for key, step in steps.items() if step.is_present}
    found = mending(
        item,
        changed,
        now.answers,
        present=present,
        decided={key for key in present if steps[key].decision},
        asked=asked,
    )
    for step in application.steps:
        rests = step.key not in found.leaves and item.steps[step.key].kind in OPINIONS
        if not rests or relied_on(item, item.steps[step.key], changed):
            lapse(step, by=by, at=at)
    for key, why in found.leaves.items():
        _leave(application, steps[key], why, by=by, at=at)
    for key, ground in found.reopened.items():
        _reopen(application, steps[key], ground, by=by, at=at)
    region = region_of(item, now.answers)
    is_elsewhere = region != application.region
    write(application, region=region)
    for key, why in found.joins.items():
        _join(application, item, steps.get(key), key, why, by=by, at=at)
    if is_elsewhere:
        for step in application.steps:
            if step.is_present and step.decision is None:
                _move(application, item, step, by=by, at=at)


def _leave(application: Application, step: StepRecord, why: tuple[str, ...], *, by: Actor, at: Moment) -> None:
    """A special procedure of its own is over with it."""
    write(step, left_at=at.instant)
    for pause in application.pauses:
        if pause.step_id == step.id and pause.ended_at is None:
            pause.ended_at = at.instant
    append(application, Event.STEP_LEFT, by=by, at=at.instant, step=step.key, why=list(why))


def _reopen(application: Application, step: StepRecord, ground: Changes, *, by: Actor, at: Moment) -> None:
    step.begin_round(at.instant)
    append(
        application,
        Event.STEP_REOPENED,
        by=by,
        at=at.instant,
        step=step.key,
        round=step.round,
        questions=list(ground.questions),
        materials=list(ground.materials),
    )


def _join(
    application: Application,
    item: Item,
    step: StepRecord | None,
    key: str,
    why: tuple[str, ...],
    *,
    by: Actor,
    at: Moment,
) -> None:
    """For the first time, or again: then an opinion it once gave does not count, for its ground may have gone."""
    session = session_of(application)
    if step is None:
        department = competent_for(session, item.steps[key], application.region or "")
        step = StepRecord(
            key=key,
            position=list(item.steps).index(key),
            department_code=department.code,
            status=StepStatus.WAITING,
            round=1,
        )
        application.steps.append(step)
        application.steps.sort(key=lambda each: each.position)
        session.flush()  # pauses and corrections need its id
    else:
        write(step, left_at=None)
        if step.decision is not None:
            step.begin_round(at.instant)
    append(
        application,
        Event.STEP_JOINED,
        by=by,
        at=at.instant,
        step=key,
        department=step.department_code,
        round=step.round,
        why=list(why),
    )


def _move(application: Application, item: Item, step: StepRecord, *, by: Actor, at: Moment) -> None:
    """What is not decided goes to whoever is competent there; whose desk it lay on has it no more."""
    department = competent_for(session_of(application), item.steps[step.key], application.region or "").code
    if department == step.department_code:
        return
    lapse(step, by=by, at=at)
    if step.assignee_id is not None:
        pass_on(step, Assigning.PUT_BACK, None, by=by, at=at)
    before = step.department_code
    write(step, department_code=department)
    append(
        application,
        Event.STEP_MOVED,
        by=by,
        at=at.instant,
        step=step.key,
        department=department,
        before=before,
        why=[item.district_from],
    )
