"""The manager's doors: the board, and one application in full."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.permissions import may
from approvals.queries.board import board as board_of
from approvals.queries.open_steps import Part, coming_days, open_steps
from approvals.queries.owed import owed_by_all, owed_by_light
from approvals.queries.ratings import counted
from approvals.queries.times import on_time
from approvals.queries.tracker import tracker
from approvals.queries.workloads import holder_named
from approvals.simulation.compare import CLAIMED_AFTER, CLAIMED_BEFORE
from approvals.simulation.stated import MODEL, stated
from approvals.vocabulary import Role
from portal.guards import actor, allows
from portal.journey.intervening import intervening
from portal.journey.tracker import told
from portal.journey.watching import watched
from portal.manager.filters import FILTERS, chosen, chosen_commitments, chosen_steps
from portal.manager.what_if import CHANGES, NUMBERS, wished
from portal.searching import found_at
from portal.simulation import GOALS, remembered
from portal.unit_of_work import now, reading
from services.current import catalogue
from services.project import projects

blueprint = Blueprint("manager", __name__)


@blueprint.route("/management/board", methods=["GET", "POST"])
@allows("application:oversee")
def board() -> ResponseReturnValue:
    if onward := found_at(*FILTERS):
        return onward
    at, by = now(), actor()
    coming = coming_days(at)
    wanted, is_known = chosen(request.args, coming)
    found = board_of(
        reading(),
        lights=wanted.lights,
        turning=wanted.turning(coming),
        granted_only=wanted.show == "granted",
        department=wanted.department,
        search=wanted.search,
        page=wanted.page,
        by=by,
        at=at,
    )
    since, until = f"{quarter_began(at.today):%Y-%m}", f"{at.today:%Y-%m}"
    return render_template(
        "manager/board.html",
        board=found,
        chosen=wanted,
        arguments=wanted.as_arguments(),
        is_known=is_known,
        followed=counted(reading(), by=by, at=at),
        owed=owed_by_light(reading(), by=by, at=at),
        kept=on_time(reading(), since, until, by=by),
        since=since,
        until=until,
        coming=coming,
    )


def quarter_began(day: date) -> date:
    """The first of the month two before this one: three months with the present one."""
    months = day.year * 12 + day.month - 3
    return date(months // 12, months % 12 + 1, 1)


@blueprint.get("/management/steps")
@allows("application:oversee")
def steps() -> ResponseReturnValue:
    """What departments have now: behind every figure of the board that counts steps."""
    at, by = now(), actor()
    coming = coming_days(at)
    wanted, is_known = chosen_steps(request.args, coming)
    found = open_steps(
        reading(),
        part=wanted.part,
        department=wanted.department,
        holder=wanted.holder,
        day=wanted.day,
        why=wanted.why,
        page=wanted.page,
        by=by,
        at=at,
    )
    return render_template(
        "manager/steps.html",
        found=found,
        chosen=wanted,
        is_known=is_known,
        holder=holder_named(reading(), wanted.holder, by=by) if wanted.holder else "",
        parts=Part,
        departments=catalogue().departments,
        may_order=may(by, "supervision:order"),
    )


@blueprint.route("/management/applications/<number>/extend", methods=["GET", "POST"])
@allows("application:extend")
def extend(number: str) -> ResponseReturnValue:
    """For the head of the government, who extends joint handling."""
    home = (_("在办总览"), url_for("manager.board"))
    return intervening(number, home, url_for("manager.extend", number=number))


@blueprint.get("/management/supervision")
@allows("application:oversee")
def supervision() -> ResponseReturnValue:
    return watched("manager/supervision.html")


@blueprint.get("/management/applications/<number>")
@allows("application:oversee")
def application(number: str) -> ResponseReturnValue:
    found = tracker(reading(), number, dates=request.args.get("dates", ""), by=actor(), at=now())
    by = actor()
    return render_template(
        "manager/application.html",
        may_extend=by.role is Role.GOVERNMENT,
        may_order=may(by, "supervision:order"),
        **told(found, "manager.application"),
    )


@blueprint.get("/management/commitments")
@allows("application:oversee")
def commitments() -> ResponseReturnValue:
    """Everything that is owed, everywhere, the most urgent first."""
    wanted, is_known = chosen_commitments(request.args)
    found = owed_by_all(
        reading(),
        is_closed=wanted.is_closed,
        pressing=wanted.pressing,
        page=wanted.page,
        by=actor(),
        at=now(),
    )
    return render_template(
        "manager/commitments.html",
        found=found,
        chosen=wanted,
        is_known=is_known,
        may_enter=may(actor(), "credit:enter"),
    )


@blueprint.get("/management/simulation")
@allows("application:oversee")
def simulation() -> ResponseReturnValue:
    """What if: simulated projects as things are assumed, and as the manager would change them."""
    data, here = projects(), catalogue()
    wish = wished(request.args, data, here)
    usual = remembered(wish.profile, wish.number, data.assumptions)
    changed = remembered(wish.profile, wish.number, wish.assumptions)
    page = render_template(
        "manager/simulation.html",
        wish=wish,
        usual=usual,
        found=changed,
        is_changed=wish.assumptions != data.assumptions,
        stated=stated(changed.assumptions),
        model=MODEL,
        goal_words=GOALS,
        claimed=(CLAIMED_BEFORE, CLAIMED_AFTER),
        profiles=data.profiles,
        numbers=NUMBERS,
        changes=range(1, CHANGES + 1),
        items=[item for item in here.items.values() if item.construction_stage],
        departments=here.departments,
    )
    return page, 422 if wish.errors else 200
