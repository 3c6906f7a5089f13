"""The manager's process map: what really happened, its variants, and the applications behind each figure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from approvals.mining.walk import Kind
from approvals.queries.process_map import Node, ProcessMap, Wanted, process_map, walked_cases
from approvals.vocabulary import ApplicationStatus, PauseReason
from portal.guards import actor, allows
from portal.manager.views import blueprint
from portal.terms import pause_words
from portal.ui import language
from portal.unit_of_work import now, reading
from services.catalogue import Catalogue
from services.current import catalogue
from services.item import StepKind

MONTHS = 36
"""How far back may be asked for."""
USUAL = 12
STEP_KINDS: Mapping[str, str] = {
    StepKind.ACCEPTANCE: _l("受理"),
    StepKind.REVIEW: _l("审查"),
    StepKind.TECHNICAL_REVIEW: _l("技术审查"),
    StepKind.CONSULTATION: _l("征求意见"),
    StepKind.ON_SITE: _l("现场核查"),
    StepKind.PUBLIC_NOTICE: _l("公示"),
    StepKind.DECISION: _l("决定"),
    StepKind.ISSUE: _l("制证发证"),
}
ENDS: Mapping[str, str] = {
    ApplicationStatus.ISSUED: _l("已发证"),
    ApplicationStatus.REFUSED: _l("不予许可"),
    ApplicationStatus.NOT_NEEDED: _l("不受理"),
    ApplicationStatus.NOT_ACCEPTED: _l("不予受理"),
    ApplicationStatus.WITHDRAWN: _l("申请人撤回"),
    ApplicationStatus.TERMINATED: _l("已终止"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    wanted: Wanted
    months: tuple[str, ...]
    is_known: bool

    def as_arguments(self) -> dict[str, str]:
        """What links on the page carry on."""
        wanted = self.wanted
        kept = {"item": wanted.item, "department": wanted.department, "from": wanted.since, "until": wanted.until}
        return {name: value for name, value in kept.items() if value}


@blueprint.get("/management/process")
@allows("application:oversee")
def process() -> ResponseReturnValue:
    here = catalogue()
    asked = asked_for(request.args, here, now().today)
    found = process_map(reading(), asked.wanted, by=actor())
    words = dict(_words(found))
    return render_template(
        "manager/process.html",
        found=found,
        asked=asked,
        words=words,
        lines={name: _lines(value) for name, value in words.items()},
        items=sorted(here.items.values(), key=lambda item: item.code),
        departments=here.departments,
    )


@blueprint.get("/management/process/cases")
@allows("application:oversee")
def process_cases() -> ResponseReturnValue:
    """Behind one variant, or behind one edge."""
    asked = asked_for(request.args, catalogue(), now().today)
    way = request.args.get("way", "")
    edge = request.args.get("source", ""), request.args.get("target", "")
    if not (way.isascii() and way.isdigit() and len(way) < 18) and not all(edge):
        abort(404)
    page = request.args.get("page", "")
    arguments = {"way": way} if way else {"source": edge[0], "target": edge[1]}
    found = walked_cases(
        reading(),
        asked.wanted,
        way=int(way) if way else None,
        edge=None if way else edge,
        page=int(page[:6]) if page.isascii() and page.isdigit() else 1,
        by=actor(),
    )
    return render_template("manager/process_cases.html", found=found, asked=asked, arguments=arguments)


def asked_for(arguments: MultiDict[str, str], here: Catalogue, today: date) -> Asked:
    """Nonsense counts as not chosen, and is said. Without months: the last twelve."""
    months = tuple(_months(today))
    item, department, since, until = (
        arguments.get(name, "").strip() for name in ("item", "department", "from", "until")
    )
    is_known = (
        (not item or item in here.items)
        and (not department or department in here.departments)
        and all(not month or month in months for month in (since, until))
    )
    first = since if since in months else months[USUAL - 1]
    last = until if until in months else months[0]
    if first > last:
        first, last, is_known = last, first, False
    wanted = Wanted(
        first, last, item if item in here.items else "", department if department in here.departments else ""
    )
    return Asked(wanted, months, is_known)


def _months(today: date) -> Iterator[str]:
    """The newest first."""
    year, month = today.year, today.month
    for _count in range(MONTHS):
        yield f"{year:04}-{month:02}"
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)


def _words(found: ProcessMap) -> Iterator[tuple[str, str]]:
    """What each node is called. A variant has nodes that the map of one department has not."""
    yield from ((name, _named(node)) for name, node in found.nodes.items())
    for name in {step for variant in found.variants for step in variant.steps} - found.nodes.keys():
        kind, _sign, rest = name.partition(":")
        yield name, _named(Node(name, Kind(kind), rest, None, None, 0, 0, 0, 0.0, 0))


def _named(node: Node) -> str:
    match node.kind:
        case Kind.START:
            return _("提交申请")
        case Kind.STEP:
            if node.title is not None:
                return node.title.in_language(language())
            return str(STEP_KINDS.get(node.name, node.name))
        case Kind.MEND:
            return _("申请人补正")
        case Kind.PAUSE:
            return pause_words(PauseReason(node.name))
        case Kind.STOP:
            return _("中止")
        case Kind.END:
            return str(ENDS.get(node.name, node.name))


def _lines(words: str) -> list[str]:
    """Two lines at most in a node; the table has the whole."""
    if words.isascii():
        return textwrap.wrap(words, 21, max_lines=2, placeholder="…")
    rest = words if len(words) <= 20 else words[:19] + "…"
    end = 11 if rest[10:11] in ("、", "，", "）") else 10
    return [rest[:end], rest[end:]] if rest[end:] else [rest]
