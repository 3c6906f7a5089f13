"""A list of one's own or an organisation's applications: what of it the address asks for, and all of it as a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from approvals.queries.applications import ApplicationRow, Filter, Shown, Turn, all_applications, applications
from approvals.vocabulary import ApplicationStatus
from portal.arguments import Arguments
from portal.formats import is_expected
from portal.guards import LARGEST_NUMBER, actor, allows
from portal.journey import blueprint
from portal.tables import WRITERS, as_download
from portal.terms import standing_words, status_words
from portal.ui import text, workspace
from portal.unit_of_work import now, reading

LONGEST_SEARCH = 100
YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Chosen:
    """`has_unknown`: something in the address means nothing and counts as not asked for; the page says so."""

    filter: Filter
    page: int
    has_unknown: bool

    @property
    def kept(self) -> dict[str, str]:
        """What links on the page carry on, but the part of the list and the page's number."""
        asked = self.filter
        values = {
            "q": asked.words,
            "item": asked.item,
            "state": asked.status,
            "handler": asked.handler,
            "until": asked.until,
            "year": asked.year,
        }
        return {name: str(value) for name, value in values.items() if value}


def chosen(arguments: MultiDict[str, str]) -> Chosen:
    """Read the filters from an address."""
    asked = Arguments(arguments)
    until = _day(asked.text("until"))
    if asked.text("until") and until is None:
        asked.unknown.append("until")
    found = Filter(
        shown=asked.word("show", Shown) or Shown.ALL,
        words=asked.text("q").replace("\0", " ").strip()[:LONGEST_SEARCH],
        item=asked.text("item").replace("\0", "")[:64],
        status=asked.word("state", ApplicationStatus),
        handler=asked.number("handler", range(1, LARGEST_NUMBER + 1)),
        until=until,
        year=asked.number("year", YEARS),
    )
    return Chosen(found, asked.number("page", range(100_000)) or 1, bool(asked.unknown))


def listed(organisation: int | None) -> dict[str, object]:
    """What the page of a list shows; templates/parts/application_list.html draws it."""
    asked = chosen(request.args)
    found = applications(
        reading(), organisation=organisation, chosen=asked.filter, page=asked.page, by=actor(), at=now()
    )
    return {"found": found, "chosen": asked.filter, "kept": asked.kept, "has_unknown": asked.has_unknown}


@blueprint.get("/my/applications/export/<form>")
@allows("application:list")
def export_applications(form: str) -> ResponseReturnValue:
    """The whole list under the filters of the address, one's own or that of the organisation one acts for."""
    if form not in WRITERS:
        abort(404)
    space, at = workspace(), now()
    organisation = space.id if space else None
    found = all_applications(
        reading(), organisation=organisation, chosen=chosen(request.args).filter, by=actor(), at=at
    )
    heads = [
        _("办件编号"), _("名称"), _("事项"), _("状态"), _("轮到谁"), _("在办部门"), _("要补正几处"), _("到期日期"),
        _("时限"), _("开始填写"), _("提交日期"), _("办结日期"), _("证照编号"), *([_("单位经办人")] if space else []),
    ]  # fmt: skip
    name = f"applications-{at.today:%Y%m%d}"
    return as_download(form, name, heads, (_line(row, has_handlers=space is not None) for row in found))


def _line(row: ApplicationRow, *, has_handlers: bool) -> Iterable[object]:
    turns = {Turn.APPLICANT: _("申请人"), Turn.OFFICE: _("部门"), Turn.PORTAL: _("系统"), Turn.NOBODY: ""}
    clock = standing_words(row.standing) if row.standing else ""
    return [
        row.number,
        row.title,
        text(row.item),
        status_words(row.status),
        turns[row.turn],
        _("、").join(text(each) for each in row.departments),
        row.to_mend or None,
        row.due,
        _("%(clock)s（预计）", clock=clock) if is_expected(row.due) else clock,
        *row.days,
        row.certificate,
        *([row.started_by] if has_handlers else []),
    ]


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if len(given) == 10 else None
    except ValueError:
        return None
