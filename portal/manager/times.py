"""The manager's doors to where time goes: figures, the cases behind them, and both as a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.queries.times import MOST_CASES, NONE, Case, Line, cases, times
from approvals.vocabulary import Channel
from portal.guards import actor, allows
from portal.manager.time_filters import Wanted, wanted
from portal.manager.views import blueprint
from portal.tables import WRITERS, as_download
from portal.terms import channel_words
from portal.ui import text
from portal.unit_of_work import now, reading
from services.current import catalogue


@blueprint.get("/management/times")
@allows("application:oversee")
def where_time_goes() -> ResponseReturnValue:
    asked = wanted(request.args, now().today)
    found = times(reading(), asked.asked, group=asked.group, by=actor())
    here = catalogue()
    page = render_template(
        "manager/times.html",
        wanted=asked,
        found=found,
        groups=[(words(asked.group, key), narrowed(asked, key), line) for key, line in found.groups.items()],
        items=[each for each in here.items.values() if each.is_online],
        departments=here.departments,
        regions=here.regions,
        stages=here.construction_stages,
        steps=here.items[asked.asked.item].steps if asked.asked.item else {},
        definitions=definitions(),
    )
    return page, 422 if asked.wrong else 200


@blueprint.get("/management/times/cases")
@allows("application:oversee")
def time_cases() -> ResponseReturnValue:
    asked = wanted(request.args, now().today)
    found = cases(reading(), asked.asked, **asked.cases, page=asked.page, by=actor())
    here = catalogue()
    page = render_template(
        "manager/time_cases.html",
        wanted=asked,
        found=found,
        items=here.items,
        departments=here.departments,
        most=MOST_CASES,
    )
    return page, 422 if asked.wrong else 200


@blueprint.get("/management/times/export/<form>")
@allows("application:oversee")
def time_export(form: str) -> ResponseReturnValue:
    """The figures by group, or with `cases=yes` the cases. A file of what was not understood would pass for another."""
    if form not in WRITERS:
        abort(404)
    asked = wanted(request.args, now().today)
    if asked.wrong:
        return where_time_goes()
    notes = [(_("什么时候办结的"), _("%(since)s 到 %(until)s", since=asked.asked.since, until=asked.asked.until))]
    if request.args.get("cases") == "yes":
        found = cases(reading(), asked.asked, **asked.cases, most=MOST_CASES, by=actor())
        heads, rows, name = _case_heads(), [_case(each) for each in found.rows], "cases"
        notes.append((_("件数"), str(found.total)))
        if found.total > len(found.rows):
            notes.append((_("这个文件里"), _("只有用时最长的 %(most)s 件", most=len(found.rows))))
    else:
        told = times(reading(), asked.asked, group=asked.group, by=actor())
        heads, name = _heads(), "times"
        rows = [[_("全部"), *_figures(told.total)]]
        rows += [[words(asked.group, key), *_figures(line)] for key, line in told.groups.items()]
    file = f"{name}-{asked.asked.since}-{asked.asked.until}"
    return as_download(form, file, heads, rows, [*notes, *definitions()])


def definitions() -> list[tuple[str, str]]:
    """What each figure means, for the page and for what is taken along."""
    return [
        (_("毛用时"), _("办件：从提交到作出决定的全部工作日。环节：从轮到这个部门到它作出意见。当天不算。")),
        (_("净用时"), _("毛用时里去掉停表的日子：补正、特别程序、中止、申请人的时间。重叠的日子只去掉一次。")),
        (_("等待和在办"), _("环节的净用时里，没有人接办的日子算等待，其余算在办。")),
        (
            _("中位数、四分之三、九成、最长"),
            _("一半、四分之三、九成、全部办件用的天数不超过它。每个整天数都数过，没有抽样。"),
        ),
        (_("承诺期内、法定期内"), _("有这种期限的里面，最后一天或之前作出决定的比例。期限已顺延停表的日子。")),
        (_("一次通过"), _("没有要求过补正的比例。")),
        (_("没有算进来的"), _("撤回和终止的办件；门户自己制证的环节。部门在这些办件里已经作出的意见算在环节里。")),
    ]


def words(group: str, key: tuple[str, ...]) -> str:
    """What a group is called."""
    here = catalogue()
    first = key[0]
    if group == "way":
        return str(_("告知承诺") if first in ("True", "1") else _("一般程序"))
    if group == "channel":
        return channel_words(Channel(first))
    if group == "stage":
        return text(here.construction_stages[int(first)]) if first else str(_("不分阶段"))
    if group == "region" and not first:
        return str(_("不分区（市）县"))
    if group == "month":
        return first
    known: Any = {"item": here.items, "step": here.items, "department": here.departments, "region": here.regions}[group]
    name = text(known[first].name) if first in known else first
    if group != "step":
        return name
    step = here.items[first].steps.get(key[1]) if first in here.items else None
    return f"{name} · {text(step.title) if step else key[1]}"


def narrowed(asked: Wanted, key: tuple[str, ...]) -> dict[str, str]:
    """The address of what belongs to one group alone."""
    if asked.group == "way":
        return {**asked.kept, "way": "promised" if key[0] in ("True", "1") else "normal"}
    if asked.group == "step":
        return {**asked.kept, "item": key[0], "step": key[1]}
    if asked.group == "month":
        return {**asked.kept, "since": key[0], "until": key[0]}
    return {**asked.kept, asked.group: key[0] or NONE}


def _heads() -> list[str]:
    return [
        _("分组"), _("件数"),
        _("毛用时中位数"), _("毛用时四分之三"), _("毛用时九成"), _("毛用时最长"),
        _("净用时中位数"), _("净用时四分之三"), _("净用时九成"), _("净用时最长"),
        _("承诺期内百分比"), _("法定期内百分比"), _("每件补正次数"), _("一次通过百分比"), _("等待占净用时百分比"),
    ]  # fmt: skip


def _figures(line: Line) -> list[object]:
    shares = (line.promised, line.statutory)
    mended = line.corrections.mean
    return [
        line.cases,
        *(each for days in (line.gross, line.net) for each in (days.median, days.p75, days.p90, days.most)),
        *(_share(each) for each in shares),
        None if mended is None else round(float(mended), 2),
        _share(line.right_first),
        _share(line.waiting),
    ]


def _share(share: Any) -> float | None:
    return None if share is None else round(float(share) * 100, 1)


def _case_heads() -> list[str]:
    return [
        _("办件编号"), _("项目"), _("事项"), _("环节"), _("轮次"), _("部门"), _("办结日期"), _("毛用时"), _("净用时"),
        _("等待"), _("在办"), _("承诺期内"), _("法定期内"), _("补正"),
    ]  # fmt: skip


def _case(case: Case) -> Iterable[object]:
    here = catalogue()
    item = here.items.get(case.item)
    department = here.departments.get(case.department)
    step = item.steps.get(case.step) if item else None
    return [
        case.number,
        case.title,
        text(item.name) if item else case.item,
        text(step.title) if step else case.step,
        case.round or "",
        text(department.name) if department else case.department,
        case.ended_on,
        case.gross,
        case.net,
        case.waiting,
        case.working,
        *("" if kept is None else _("是") if kept else _("否") for kept in (case.promised, case.statutory)),
        case.corrections,
    ]
