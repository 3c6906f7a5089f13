"""Public statistics: how long items really took, as a page and as open data, without small groups or persons."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from approvals.queries.times import Asked, Line, published
from portal.guards import PUBLIC, allows
from portal.public import blueprint
from portal.public.lately import kept
from portal.tables import as_csv
from portal.unit_of_work import now, reading
from services.current import catalogue

LEAST = 10
"""Cases: a group with fewer could give somebody away, and says little."""
MONTHS = 12


@blueprint.get("/statistics")
@allows(PUBLIC)
def statistics() -> ResponseReturnValue:
    since, until = period(now().today)
    return render_template(
        "public/statistics.html",
        found=_found(since, until),
        items=catalogue().items,
        since=since,
        until=until,
        least=LEAST,
    )


@blueprint.get("/statistics/data/<form>")
@allows(PUBLIC)
def open_data(form: str) -> ResponseReturnValue:
    """The same figures for machines: csv or json (docs/api.md)."""
    since, until = period(now().today)
    rows = [_row(code, line) for code, line in _found(since, until).items()]
    if form == "json":
        told = {"since": since, "until": until, "unit": "working_days", "least_cases": LEAST, "items": rows}
        return told, 200, {"Access-Control-Allow-Origin": "*"}
    if form != "csv":
        abort(404)
    body = as_csv(COLUMNS, ([row[name] for name in COLUMNS] for row in rows))
    file = f"attachment; filename=times-{since}-{until}.csv"
    return Response(body, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": file})


def period(today: date) -> tuple[str, str]:
    """The twelve whole months before this one."""
    last = today.year * 12 + today.month - 2
    first = last - MONTHS + 1
    return f"{first // 12}-{first % 12 + 1:02d}", f"{last // 12}-{last % 12 + 1:02d}"


def _found(since: str, until: str) -> dict[str, Line]:
    return kept(f"statistics {since}", lambda: published(reading(), Asked(since, until), least=LEAST))


COLUMNS = (
    "item", "name_zh", "name_en", "department", "cases", "gross_median", "gross_p90", "net_median", "net_p75",
    "net_p90", "net_most", "within_promise", "within_law", "right_first_time", "corrections_per_case", "guide",
)  # fmt: skip


def _row(code: str, line: Line) -> dict[str, Any]:
    item = catalogue().items.get(code)
    mended = line.corrections.mean
    return {
        "item": code,
        "name_zh": item.name.zh if item else code,
        "name_en": item.name.en if item else "",
        "department": item.department if item else "",
        "cases": line.cases,
        "gross_median": line.gross.median,
        "gross_p90": line.gross.p90,
        "net_median": line.net.median,
        "net_p75": line.net.p75,
        "net_p90": line.net.p90,
        "net_most": line.net.most,
        "within_promise": _share(line.promised),
        "within_law": _share(line.statutory),
        "right_first_time": _share(line.right_first),
        "corrections_per_case": None if mended is None else round(float(mended), 3),
        "guide": url_for("public.guide", slug=item.slug, _external=True) if item else "",
    }


def _share(share: Any) -> float | None:
    return None if share is None else round(float(share), 3)
