"""The tracker's facts in words, as templates/parts/lanes.html and brocade.html draw them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from approvals.queries.drawing import Axis, Drawing, Segment, Sign
from approvals.queries.lane import Lane
from approvals.queries.tracker import StageView, Tracker
from approvals.vocabulary import Light, Outcome, StepStatus
from portal.formats import days, due_short, expected, short_day
from portal.terms import holiday_words, outcome_words, pause_words, standing_words
from portal.ui import language, text
from services.item import StepKind

STATES: Mapping[StepStatus, str] = {
    StepStatus.WAITING: "waiting",
    StepStatus.RETURNED: "returned",
    StepStatus.PAUSED: "paused",
    StepStatus.MOOT: "moot",
    StepStatus.CUT_OFF: "cut_off",
    StepStatus.LEFT: "left",
}
NEAR = 0.1
"""The part of the axis that the name of a holiday takes."""
AGAINST = frozenset({Outcome.DISAGREE, Outcome.REFUSE, Outcome.NOT_ACCEPTED, Outcome.NOT_NEEDED, Outcome.CANNOT_JUDGE})


def boards(tracker: Tracker) -> list[dict[str, Any] | None]:
    """One a stage, in their order; None for a stage that has not begun, of which there is nothing to draw."""
    return [_board(tracker, stage, stage.axis) if stage.axis else None for stage in tracker.stages]


def _board(tracker: Tracker, stage: StageView, axis: Axis) -> dict[str, Any]:
    drawn = zip(stage.lanes, stage.drawings, strict=True)
    return {
        **_axis(axis, tracker),
        "origin": _("受理") if stage.started == _accepted(tracker) else _("开始"),
        "lanes": [lane_words(lane, drawing, tracker) for lane, drawing in drawn],
    }


def single(tracker: Tracker) -> dict[str, Any] | None:
    """All steps on one axis where one department does them; None where there are more."""
    if tracker.departments != 1:
        return None
    drawn = [pair for stage in tracker.stages for pair in zip(stage.lanes, stage.threads, strict=True)]
    done = sum(stage.done for stage in tracker.stages)
    facts = [ngettext("共 %(num)s 个环节", "共 %(num)s 个环节", len(drawn))]
    if 0 < done < len(drawn):
        facts.append(ngettext("办完 %(num)s 个", "办完 %(num)s 个", done))
    return {
        "department": drawn[0][0].department,
        "facts": facts,
        "board": {
            **_axis(tracker.whole, tracker),
            "origin": _("提交"),
            "is_alone": True,
            "lanes": [lane_words(lane, drawing, tracker) for lane, drawing in drawn],
        },
    }


def _accepted(tracker: Tracker) -> date | None:
    first = next(
        (stage for stage in tracker.stages if stage.lanes and stage.lanes[0].kind is StepKind.ACCEPTANCE), None
    )
    return first.ended if first else None


def _axis(axis: Axis, tracker: Tracker) -> dict[str, Any]:
    is_open = not tracker.status.is_decided
    return {
        "axis_days": axis.days,
        "today": axis.today,
        "today_label": _flag(tracker.today) if axis.today is not None else "",
        "promise": _due_flag(axis.promise, is_open=is_open),
        "statutory": _due_flag(axis.statutory, is_open=is_open),
        "holidays": _holidays(axis),
        "week_ends": list(axis.week_ends),
    }


def _flag(day: date) -> str:
    """A date as narrow as it can be: flags stand close together."""
    return short_day(day) if language() == "en" else short_day(day).replace(" ", "")


def _due_flag(place: tuple[int, date] | None, *, is_open: bool) -> tuple[int, str] | None:
    if place is None:
        return None
    at, due = place
    return at, expected(_flag(due), due) if is_open else _flag(due)


def _holidays(axis: Axis) -> list[tuple[int, str]]:
    """Every holiday has its line; of two that are too near for their names, the longer has it."""
    named: list[int] = []
    told = {}
    for day, name, count in sorted(axis.holidays, key=lambda each: -each[2]):
        has_room = all(abs(day - other) >= NEAR * axis.days for other in named)
        named += [day] if has_room else []
        told[day, name] = (
            ngettext("%(name)s %(num)s 天", "%(name)s %(num)s 天", count, name=holiday_words(name)) if has_room else ""
        )
    return [(day, words) for (day, _name), words in sorted(told.items())]


def rows_only(stage: StageView, tracker: Tracker) -> dict[str, Any]:
    """A stage that has not begun: its table without a drawing."""
    return {"lanes": [lane_words(lane, None, tracker) for lane in stage.lanes]}


def lane_words(lane: Lane, drawing: Drawing | None, tracker: Tracker) -> dict[str, Any]:
    return {
        "key": lane.key,
        "department": lane.department,
        "item": text(lane.title),
        "state": state(lane),
        "words": _chip(lane) or _soon(lane, tracker.today),
        "sub": _beside(lane),
        "is_mine": lane.is_with_applicant and tracker.is_own,
        "segments": [_segment(each) for each in drawing.segments] if drawing else [],
        "marks": [(str(each.sign), each.day) for each in drawing.marks] if drawing else [],
        "row": {
            "start": short_day(lane.opened) or "—",
            "used": _used(lane),
            "promised": _due(lane, lane.promised_due),
            "statutory": _due(lane, lane.statutory_due),
            "note": note(lane),
        },
    }


def _used(lane: Lane) -> str:
    if lane.used is None:
        return "—"
    return days(lane.used, str(lane.promised.unit)) if lane.used else _("不到 1 日")


def state(lane: Lane) -> str:
    """The state of the look that its chip shows."""
    if lane.status is StepStatus.DONE:
        if lane.outcome is Outcome.ISSUED:
            return "issued"
        return "refused" if lane.outcome in AGAINST else "done"
    if lane.status is StepStatus.OPEN and lane.standing is not None:
        return {Light.YELLOW: "soon", Light.RED: "late", Light.DEEP_RED: "late"}.get(lane.standing.light, "review")
    return STATES[lane.status]


def _chip(lane: Lane) -> str:
    """The chip's word where it is not the usual one of its state."""
    if lane.status is StepStatus.DONE and lane.outcome is not None:
        return outcome_words(lane.outcome)
    if lane.status is StepStatus.PAUSED and lane.standing_still is not None:
        return pause_words(lane.standing_still.why)
    if lane.kind is StepKind.ACCEPTANCE and lane.status is StepStatus.OPEN and state(lane) == "review":
        return _("待受理")
    if lane.kind is StepKind.ISSUE and lane.status is StepStatus.OPEN:
        return _("正在制证")
    return ""


def _soon(lane: Lane, today: date) -> str:
    """今天到期, 明天到期 or the day, where one working day or less is left; nothing where the usual word will do."""
    due = lane.promised_due or lane.statutory_due
    if state(lane) != "soon" or due is None or lane.standing is None or (lane.standing.remaining or 0) > 1:
        return ""
    if due <= today + timedelta(days=1):
        return expected(_("今天到期") if due <= today else _("明天到期"), due)
    return _("%(day)s到期", day=due_short(due))


def stage_words(stage: StageView, today: date) -> str:
    """The word of its chip where it is not the usual one of its state: that of the lane that is due first."""
    if stage_state(stage) != "soon":
        return ""
    soon = [each for each in stage.lanes if state(each) == "soon"]
    return _soon(min(soon, key=lambda each: each.promised_due or each.statutory_due or date.max), today)


def _segment(segment: Segment) -> tuple[str, int, int, str]:
    return str(segment.stretch), segment.start, segment.end, pause_words(segment.why) if segment.why else ""


def _beside(lane: Lane) -> str:
    """The few words beside the chip."""
    if lane.status is StepStatus.DONE and lane.used is not None:
        promised = lane.promised.days
        if not lane.used:
            return _("当天办结")
        if not promised:
            return _("用 %(used)s 日", used=lane.used)
        return _("用 %(used)s 日，承诺 %(promised)s 日", used=lane.used, promised=f"{promised:f}")
    if lane.standing is not None:
        return standing_words(lane.standing)
    if lane.status is StepStatus.WAITING and lane.expected is not None:
        return _("预计 %(day)s开始", day=short_day(lane.expected.start))
    return ""


def _due(lane: Lane, due: date | None) -> str:
    if due is None:
        return "—"
    if lane.is_with_applicant:
        return _("补正后顺延")
    return due_short(due)


def note(lane: Lane) -> str:
    """What there is to say about the step, in one or two short sentences."""
    said: list[str] = []
    still = lane.standing_still
    if lane.status is StepStatus.DONE:
        said.append(_("%(day)s办结", day=short_day(lane.closed)))
        said += [lane.conditions or lane.reason] if lane.conditions or lane.reason else []
    elif lane.is_with_applicant and still is not None:
        said.append(_("%(day)s请您补正，补齐前不计时", day=short_day(still.start)))
    elif still is not None:
        said.append(_("%(what)s，%(day)s开始，不计时", what=pause_words(still.why), day=short_day(still.start)))
    elif lane.status is StepStatus.WAITING and lane.waits_for:
        said.append(_waiting(lane))
    elif lane.status in (StepStatus.MOOT, StepStatus.CUT_OFF):
        said.append(
            _("申请已经有了结果，这个环节不用再办") if lane.status is StepStatus.MOOT else _("前面的环节没有通过")
        )
    elif lane.status is StepStatus.LEFT:
        said.append(_("答案改了以后，这件事不再涉及这个环节"))
        said += [_("以前的意见不计入")] if lane.outcome is not None else []
    elif lane.status is StepStatus.OPEN and lane.round_began is not None:
        said.append(_("第 %(n)s 轮，从 %(day)s收到改后的内容起算", n=lane.round, day=short_day(lane.round_began)))
    if lane.standing is not None and lane.standing.light in (Light.RED, Light.DEEP_RED) and still is None:
        said.append(_late(lane))
    if still is None and lane.stopped_days and lane.opened is not None:
        said.append(ngettext("扣除停表 %(num)s 日", "扣除停表 %(num)s 日", lane.stopped_days))
    return _("；").join(said)


def _late(lane: Lane) -> str:
    """What is late, and what the law still allows."""
    if lane.standing is not None and lane.standing.light is Light.DEEP_RED:
        return _("超过了法定的日子")
    if lane.statutory_due is None:
        return _("超过了承诺的日子")
    return _("超过了承诺的日子，法定最迟 %(day)s", day=due_short(lane.statutory_due))


def _waiting(lane: Lane) -> str:
    if len(lane.waits_for) == 1:
        return _("等「%(step)s」", step=text(lane.waits_for[0]))
    return ngettext("等前面 %(num)s 个环节", "等前面 %(num)s 个环节", len(lane.waits_for))


def brocade(tracker: Tracker) -> dict[str, Any]:
    """The whole application at a glance: one thread a lane, on the axis of the whole."""
    return {
        **_axis(tracker.whole, tracker),
        "origin": _("%(day)s提交", day=short_day(tracker.whole.start)),
        "stages": [
            {
                "title": text(stage.title),
                "words": _stage_words(stage),
                "threads": [_thread(drawing) for drawing in stage.threads],
            }
            for stage in tracker.stages
        ],
        "summary": _summary(tracker),
    }


def _thread(drawing: Drawing) -> list[tuple[str, int, int]]:
    """A step done on the day it began has no length, but must not be missing."""
    moments = [mark.day for mark in drawing.marks if mark.sign is Sign.DONE and not drawing.segments]
    spans = [(str(each.stretch), each.start, each.end) for each in drawing.segments]
    return spans + [("moment", day, day) for day in moments]


def _stage_words(stage: StageView) -> str:
    count = ngettext("%(num)s 个部门", "%(num)s 个部门", stage.departments)
    if stage.ended:
        return _("%(count)s，%(day)s办完", count=count, day=short_day(stage.ended))
    if stage.started and stage.axis and stage.axis.today is not None:
        return _("%(count)s，第 %(number)s 日", count=count, number=stage.axis.today)
    return count


def _summary(tracker: Tracker) -> str:
    now = next((stage for stage in tracker.stages if stage.is_now), None)
    total = ngettext("全程一览：%(num)s 个阶段", "全程一览：%(num)s 个阶段", len(tracker.stages))
    if now is None or now.axis is None:
        return total
    return _(
        "%(total)s，现在在「%(stage)s」第 %(day)s 个工作日", total=total, stage=text(now.title), day=now.axis.today or 0
    )


def stage_facts(stage: StageView) -> list[str]:
    """What stands in a stage's head."""
    said = [ngettext("%(num)s 个环节", "%(num)s 个环节", len(stage.lanes))]
    if stage.started and stage.ended and stage.ended > stage.started:
        said.append(_("%(start)s至 %(end)s", start=short_day(stage.started), end=short_day(stage.ended)))
    elif stage.started:
        words = _("%(day)s当天办完") if stage.ended else _("%(day)s开始")
        said.append(words % {"day": short_day(stage.started)})
    elif stage.expected:
        said.append(_("预计 %(day)s开始", day=short_day(stage.expected.start)))
    if stage.is_now:
        said += [_("%(done)s 个办结", done=stage.done)] if stage.done else []
        if stage.expected:
            said.append(_("预计 %(day)s前办完", day=short_day(stage.expected.end)))
    return said


def stage_state(stage: StageView) -> str:
    """The worst state of its lanes while it is worked on."""
    if not stage.is_now:
        refused = any(state(each) == "refused" for each in stage.lanes)
        return ("refused" if refused else "done") if stage.ended else "none"
    states = {state(each) for each in stage.lanes}
    return next((each for each in ("returned", "late", "soon", "review", "paused") if each in states), "review")
