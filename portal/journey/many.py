"""Many applications started from a spreadsheet: the template, what is wrong row by row, and drafts of what is right."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from approvals.commands import draft as drafting
from approvals.errors import NotFound, NotOnline, WrongApplicant
from approvals.queries import for_change
from approvals.queries.open_drafts import draft_contents
from approvals.queries.profile import Known, first_answers
from forms.fields import Asking
from forms.sheet import Checked, Column, apart, check, columns
from portal.guards import actor, allows
from portal.journey import blueprint
from portal.journey.posted import refuse_strangers
from portal.names import sentences
from portal.sheets import LARGEST, MOST_ROWS, XLSX, SheetRow, Unreadable, read, template
from portal.ui import language, workspace
from portal.unit_of_work import changing, now, reading
from services.answers import dump
from services.catalogue import UnknownItem
from services.current import catalogue
from services.item import Audience, Item

MOST_DRAFTS = 200
"""Of one item, not sent: more must be sent or discarded first."""
LARGEST_REMARKED = 8 * 1024 * 1024
TAKES = ("good", "all")


@dataclass(frozen=True, slots=True)
class RowResult:
    """`missing` are places (label of the column, cell) where nothing stands, `wrong` places with words; `notes` do not
    keep a row from becoming a draft.
    """

    number: int
    title: str
    missing: tuple[tuple[str, str], ...]
    mistaken: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    checked: Checked
    cells: Mapping[str, str]

    @property
    def is_wrong(self) -> bool:
        return bool(self.missing or self.mistaken)

    @property
    def remark(self) -> str:
        names = _("、").join(place for place, _cell in self.missing)
        empty = [_("没有填：%(names)s。", names=names)] if names else []
        told = [f"{place}{_('：')}{words}" if place else words for place, _cell, words in self.mistaken]
        return "\n".join([*empty, *told, *self.notes])


@blueprint.get("/services/<slug>/many")
@allows("application:create")
def many(slug: str) -> ResponseReturnValue:
    return _page(_item(slug))


@blueprint.get("/services/<slug>/many/template")
@allows("application:create")
def many_template(slug: str) -> ResponseReturnValue:
    item = _item(slug)
    return _file(item, template(item, _columns(item), apart(item), language()))


@blueprint.post("/services/<slug>/many")
@allows("application:create")
def start_many(slug: str) -> ResponseReturnValue:
    """All rows or, if so chosen, those that are right: each becomes a draft, in one transaction."""
    item = _item(slug)
    refuse_strangers("take", "sheet")
    take, given = request.form.get("take", ""), request.files.get("sheet")
    if take not in TAKES:
        abort(422)
    if given is None or not given.filename:
        return _page(item, refusal=_("请先选择文件。")), 422
    try:
        rows = read(given.stream.read(LARGEST + 1), item, _columns(item))
    except Unreadable as unreadable:
        return _page(item, refusal=str(unreadable), take=take), 422
    space, by, at = workspace(), actor(), now()
    organisation_id = space.id if space else None
    known = first_answers(reading(), item, organisation=organisation_id, by=by, at=at)
    there = draft_contents(reading(), item.code, organisation=organisation_id, by=by)
    results = _judged(item, rows, known, [json.dumps(each, sort_keys=True) for each in there])
    reading().rollback()
    good = [each for each in results if not each.is_wrong]
    if len(there) + len(good) > MOST_DRAFTS:
        words = _(
            "这个事项已经有 %(count)s 件草稿，最多 %(most)s 件。请先提交或者删除一些。",
            count=len(there),
            most=MOST_DRAFTS,
        )
        return _page(item, refusal=words, take=take), 409
    is_whole = len(good) == len(results)
    if not good or (take == "all" and not is_whole):
        return _page(item, results=results, take=take), 422
    with changing(by, at) as session:
        organisation = for_change.organisation(session, organisation_id) if organisation_id else None
        revision = for_change.revision(session, item.code)
        for each in good:
            answers = each.checked.answers
            origins = {key: origin for key, origin in known.origins.items() if answers.get(key) == known.answers[key]}
            session.add(
                drafting.start(revision, organisation=organisation, answers=answers, origins=origins, by=by, at=at)
            )
    made = ngettext("建好了 %(num)s 件草稿。", "建好了 %(num)s 件草稿。", len(good))
    if not is_whole:
        return _page(item, results=results, take=take, made=made)
    flash(sentences([made, _("请逐件上传材料、核对，然后提交。")]), "success")
    return redirect(_drafts(item), 303)


@blueprint.post("/services/<slug>/many/remarks")
@allows("application:create")
def many_remarks(slug: str) -> ResponseReturnValue:
    """The file given back with what is wrong in its first column. The page has sent along what was in it: the portal
    keeps nothing of what became no draft.
    """
    item = _item(slug)
    refuse_strangers("rows")
    rows = _unpacked(request.form.get("rows", ""))
    if rows is None:
        abort(422)
    return _file(item, template(item, _columns(item), apart(item), language(), rows[:MOST_ROWS]), "-checked")


def _packed(rows: Sequence[RowResult]) -> str:
    kept = [[each.remark, dict(each.cells)] for each in rows]
    return b64encode(zlib.compress(json.dumps(kept, ensure_ascii=False).encode())).decode()


def _unpacked(text: str) -> list[tuple[str, dict[str, str]]] | None:
    """What a page sends back; None for anything else, however far it would unpack."""
    try:
        data = zlib.decompressobj().decompress(b64decode(text, validate=True), LARGEST_REMARKED)
        return [(str(said), {str(name): str(each) for name, each in cells.items()}) for said, cells in json.loads(data)]
    except (ValueError, zlib.error, AttributeError, TypeError, RecursionError):
        return None


def _judged(item: Item, rows: Sequence[SheetRow], known: Known, there: Sequence[str]) -> list[RowResult]:
    """Each by the forms of the item; a row that says what another row or a draft says already is wrong, too."""
    asking = Asking(language(), now().today, catalogue().districts, _)
    shown = _columns(item)
    labels = {column.name: (column.label.in_language(language()), place) for place, column in enumerate(shown, start=1)}
    seen = dict.fromkeys(there, 0)
    found = []
    for row in rows:
        checked = check(item, row.cells, known.answers, asking)
        formulas = [(name, _("这一格是公式，请粘贴成数值")) for name in sorted(row.formulas)]
        given = [each for each in checked.mistakes if each.name not in row.formulas]
        missing = tuple(_place(labels, each.name, row.number) for each in given if each.is_missing)
        mistakes = [(each.name, each.words) for each in given if not each.is_missing]
        mistaken = [(*_place(labels, name, row.number), words) for name, words in (*formulas, *mistakes)]
        content = json.dumps(dump(item, checked.answers), sort_keys=True)
        if not missing and not mistaken and content in seen:
            same = seen[content]
            words = _("和第 %(row)s 行内容相同", row=same) if same else _("已经有一件内容相同的草稿，不再另建")
            mistaken.append(("", "", words))
        seen.setdefault(content, row.number)
        notes = tuple(_("「%(label)s」用不上，没有采用。", label=labels[name][0]) for name in checked.unused)
        title = str(checked.answers.get(item.title_from or "", ""))
        found.append(RowResult(row.number, title, missing, tuple(mistaken), notes, checked, row.cells))
    return found


def _place(labels: Mapping[str, tuple[str, int]], name: str, number: int) -> tuple[str, str]:
    """The label of a column and its cell as the program names it (C5)."""
    from xlsxwriter.utility import xl_col_to_name

    if name not in labels:
        return "", ""
    label, place = labels[name]
    return label, f"{xl_col_to_name(place)}{number}"


def _item(slug: str) -> Item:
    """NotFound for no item; refused where it is not online, or not for whom the visitor acts for."""
    try:
        item = catalogue().item(slug)
    except UnknownItem:
        raise NotFound from None
    if (bundle := catalogue().bundle_for(item.code)) is not None:
        abort(redirect(url_for("public.bundle", slug=bundle.slug), 303))
    if not item.is_online:
        raise NotOnline(item=item.code)
    if item.audience is (Audience.CITIZENS if workspace() else Audience.BUSINESSES):
        raise WrongApplicant(audience=str(item.audience))
    return item


def _columns(item: Item) -> tuple[Column, ...]:
    return columns(item, catalogue().districts)


def _drafts(item: Item) -> str:
    return url_for("business.applications" if workspace() else "citizen.applications", show="drafts", item=item.code)


def _file(item: Item, content: bytes, marked: str = "") -> Response:
    answer = Response(content, content_type=XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{item.slug}{marked}.xlsx")
    return answer


def _page(
    item: Item, *, results: Sequence[RowResult] = (), take: str = "good", refusal: str = "", made: str = ""
) -> str:
    wrong = [each for each in results if each.is_wrong]
    return render_template(
        "journey/many.html",
        item=item,
        later=apart(item),
        results=results,
        wrong=len(wrong),
        take=take,
        refusal=refusal,
        made=made,
        drafts=_drafts(item),
        space=workspace(),
        most=MOST_ROWS,
        kept=_packed(wrong) if wrong else "",
    )
