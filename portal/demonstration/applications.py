"""Applications that a fresh demonstration begins with: issued ones, one in the middle of everything, a new one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flask import Flask

from approvals.clock.moment import Moment
from approvals.commands.give_late_reason import give_late_reason
from approvals.commands.lateness import WhyLate
from approvals.commands.pause import pause
from approvals.commands.return_for_correction import Mend, return_for_correction
from approvals.queries import for_change
from approvals.queries.actor import clerk_of
from approvals.queries.applications_exist import any_application
from approvals.queries.calendar import calendar_in_force
from approvals.queries.progress import progress
from approvals.storage import Folder
from approvals.vocabulary import LateReason, PauseReason
from portal.alone import alone
from portal.demonstration.acting import apply, moment, take, workable
from portal.demonstration.history import tell
from portal.extensions import db
from portal.story import play
from portal.unit_of_work import changing, reading
from portal.worker.delivery import sweep
from services.answers import examples
from services.current import catalogue

if TYPE_CHECKING:
    from approvals.clock.calendar import Calendar
    from approvals.storage import Storage

WASTE = "运输路线图缺少夜间绕行路段，请补充后重新上传处置方案。"
NETWORK = "管网公司的接入点复核意见还没有回。"
EXPERTS = "放射防护评价报告需要专家评审。"


def fill(app: Flask, instant: datetime) -> None:
    """Only into an empty installation; all lies before that instant. Nothing is read while somebody else fills."""
    with alone(db.engine, app.extensions["settings"].home):
        if not any_application(reading()):
            _begin(app, instant)


def _begin(app: Flask, instant: datetime) -> None:
    storage = Folder(app.extensions["settings"].files)
    calendar = calendar_in_force(reading())
    at = Moment(instant, calendar)
    today = at.today
    offered = catalogue()
    tell(storage, today, calendar)
    play(offered.item("residence-permit"), storage, _before(today, 36, calendar))
    play(offered.item("construction-permit"), storage, _before(today, 60, calendar))
    _underway(storage, calendar, _before(today, 12, calendar), at)
    food = offered.item("food-business-licence")
    day = _before(today, 4, calendar)
    number = apply(food, storage, moment(day, calendar))
    take(number, workable(progress(reading(), number))[0], moment(calendar.add_working_days(day, 1), calendar, 10))
    sweep(at)


def _before(today: date, days: int, calendar: Calendar) -> date:
    """The first working day on or after the day so many calendar days ago."""
    return calendar.on_or_after(today - timedelta(days=days))


def _underway(storage: Storage, calendar: Calendar, start: date, present: Moment) -> None:
    """A permit in review: some departments done, one sent back, one in a special procedure, some late, one of them with
    its reason.
    """
    item = catalogue().item("construction-permit")
    name = {"project_name": "天府锦城二期研发楼项目（示例）"}
    number = apply(item, storage, moment(start, calendar), {**examples(item, start), **name})
    day = calendar.add_working_days(start, 1)
    take(number, workable(progress(reading(), number))[0], moment(day, calendar, 11))
    steps = {step.key: step for step in workable(progress(reading(), number))}

    def done(*keys: str, after: int) -> None:
        for key in keys:
            take(number, steps[key], moment(calendar.add_working_days(day, after), calendar, 15))

    done("gc304", "gc312", after=2)
    waste, at = clerk_of(reading(), "CG"), moment(calendar.add_working_days(day, 2), calendar, 16)
    with changing(waste, at) as session:
        step = for_change.step(session, number, "gc309")
        return_for_correction(step, [Mend("material", "waste_scheme", WASTE)], by=waste, at=at)
    done("gc310", "gc308", after=3)
    health, at = clerk_of(reading(), "WJ"), moment(calendar.add_working_days(day, 4), calendar, 9)
    with changing(health, at) as session:
        step = for_change.step(session, number, "gc311")
        pause(step, PauseReason.EXPERT_REVIEW, days=4, note=EXPERTS, by=health, at=at)
    done("gc301", after=5)
    sewers = clerk_of(reading(), "SW")
    with changing(sewers, present) as session:
        step = for_change.step(session, number, "gc305")
        if step.is_late(present.today):  # unless a holiday lay in between
            give_late_reason(step, WhyLate(LateReason.OTHER_DEPARTMENT, NETWORK), by=sewers, at=present)
