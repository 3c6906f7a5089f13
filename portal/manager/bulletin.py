"""The monthly bulletin: its months, and each as a sealed PDF made when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog
from flask import Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from approvals.certificates.press import press_bulletin
from approvals.queries.bulletin import Bulletin, Slow, bulletin, months_told
from approvals.spawned import Jammed
from portal.errors import error_page
from portal.guards import actor, allows
from portal.journey.files import SANDBOX
from portal.manager.process import ENDS
from portal.manager.views import blueprint
from portal.terms import late_words
from portal.ui import language
from portal.unit_of_work import now, reading
from services.item import Text

if TYPE_CHECKING:
    from config import Settings

log = structlog.get_logger()

ISSUER = Text("成都市政务服务管理办公室", "Chengdu Government Services Office")
"""The body that supervises the limits."""


@blueprint.get("/management/bulletin")
@allows("application:oversee")
def bulletins() -> ResponseReturnValue:
    at = now()
    return render_template(
        "manager/bulletins.html", months=months_told(reading(), by=actor(), at=at), present=f"{at.today:%Y-%m}"
    )


@blueprint.get("/management/bulletin/<month>")
@allows("application:oversee")
def bulletin_paper(month: str) -> ResponseReturnValue:
    """As of now: nothing is kept, the figures are those of the data."""
    at = now()
    if month not in months_told(reading(), by=actor(), at=at):
        abort(404)
    told = _told(bulletin(reading(), month, by=actor(), at=at))
    settings: Settings = current_app.extensions["settings"]
    reading().rollback()
    try:
        content = press_bulletin(
            told | {"is_demonstration": bool(settings.demonstration)}, made_at=at.instant, keys=settings.keys
        )
    except Jammed as jam:
        log.error("bulletin not made", month=month, why=str(jam))
        return *error_page(503, _("通报这会儿做不出来。请过一分钟再下载。")), {"Retry-After": "60"}
    answer = Response(content, mimetype="application/pdf")
    name = quote(f"{told['title']}.pdf", safe="")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"bulletin-{month}.pdf\"; filename*=UTF-8''{name}"
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _told(found: Bulletin) -> dict[str, Any]:
    """In the reader's language."""
    here = language()
    year, month = found.month.split("-")
    departments = [(each.department.in_language(here), *_days(each)) for each in found.departments]
    steps = [
        (
            " · ".join(words.in_language(here) for words in (each.item, each.step) if words),
            each.department.in_language(here),
            *_days(each),
        )
        for each in found.steps
    ]
    figures = (_("次数"), _("中位数"), _("九成在"), _("合计"))
    return {
        "language": here,
        "issuer": ISSUER.in_language(here),
        "issuer_zh": ISSUER.zh,
        "number": _("%(year)s 年第 %(month)s 期", year=year, month=int(month)),
        "title": _("%(year)s 年 %(month)s 月审批时限通报", year=year, month=int(month)),
        "paragraphs": list(_paragraphs(found)),
        "tables": [
            _table(_("用时最多的部门"), (_("部门名称"), *figures), departments, 1),
            _table(_("最慢的环节"), (_("环节"), _("部门名称"), *figures), steps, 2),
        ],
        "notes": [
            _("收到：当月第一次提交的申请。办结：当月结束的申请，包括撤回和终止。"),
            _("净工作日：从受理到决定的工作日，扣除整件事停表的日子。中位数和九成都是真实发生过的天数，不抽样。"),
            _("按期：作出决定那天不晚于承诺的日子；没有承诺日期的不算在内。"),
            _("部门和环节的天数：从环节打开到作出决定的工作日，补正和特别程序除外，取自当月办结的申请。"),
            _("未办结的承诺事项是出具通报当天的数。督办是当月发出的督办，答复以出具通报当天为准。"),
        ],
    }


def _table(title: str, heads: Iterable[str], rows: list[tuple[str, ...]], texts: int) -> dict[str, Any]:
    return {"title": title, "heads": list(heads), "rows": [list(row) for row in rows], "texts": texts}


def _days(slow: Slow) -> tuple[str, ...]:
    return str(slow.times), *(
        ngettext("%(num)s 天", "%(num)s 天", each) for each in (slow.median, slow.ninetieth, slow.days)
    )


def _paragraphs(found: Bulletin) -> Iterable[str]:
    if not found.is_over:
        yield _("当月还没有结束，以下是出具通报时的数。")
    yield _("收到申请 %(received)s 件，办结 %(finished)s 件。", received=found.received, finished=found.finished)
    if found.ended:
        parts = (f"{ENDS[status]} {count}" for status, count in sorted(found.ended.items()))
        yield _("办结的结果：%(parts)s。", parts=_("、").join(parts))
    if found.dated:
        yield _(
            "作出决定 %(decided)s 件，其中有承诺日期的 %(dated)s 件，按期 %(on_time)s 件，按期率 %(share)s%%。",
            decided=found.decided,
            dated=found.dated,
            on_time=found.on_time,
            share=f"{100 * found.on_time / found.dated:.1f}",
        )
    if found.median is not None:
        yield _(
            "从受理到决定的净工作日：中位数 %(median)s 天，九成在 %(ninetieth)s 天以内。",
            median=found.median,
            ninetieth=found.ninetieth,
        )
    yield _(
        "未办结的承诺事项 %(open)s 项，其中逾期 %(late)s 项。发出督办 %(orders)s 件，已答复 %(answered)s 件。",
        open=found.open_commitments,
        late=found.late_commitments,
        orders=found.orders,
        answered=found.answered,
    )
    if found.late_reasons:
        stated = sorted(found.late_reasons.items(), key=lambda each: (-each[1], each[0]))
        parts = (f"{late_words(reason)} {count}" for reason, count in stated)
        yield _("当月说明了原因的超时环节：%(parts)s。", parts=_("、").join(parts))
