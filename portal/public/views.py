"""Home, search, service guides, departments and the visitor's preferences."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import structlog
from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from approvals.errors import NotFound
from approvals.queries.applications import Applications, Filter, applications
from approvals.queries.open_drafts import open_drafts
from approvals.spawned import Jammed
from portal.errors import error_page
from portal.guards import PUBLIC, allows, visitor
from portal.looks import choose_looks
from portal.public import blueprint, guide, offers, questions, samples, verify
from portal.public.lately import lasted, most_used
from portal.ui import language, workspace
from portal.unit_of_work import now, reading
from services.catalogue import UnknownItem
from services.current import catalogue
from services.item import Audience, Item

log = structlog.get_logger()

__all__ = ["blueprint", "verify"]

MOST_SUGGESTED = 6
MOST_SHOWN = 9
"""Items on the home page under one heading."""
USED = ((90, 10), (365, 3))
"""Days looked back on for what is used most, and applications an item needs: the longer where nothing has enough."""


@blueprint.get("/")
@allows(PUBLIC)
def home() -> ResponseReturnValue:
    usual = "businesses" if workspace() else "citizens"
    wanted = offers.search_of({"for": request.args.get("for") or usual})
    audience = offers.AUDIENCES[wanted.audience or usual]
    offered = catalogue()
    used, used_days = _used(audience)
    return render_template(
        "public/home.html",
        audience=wanted.audience,
        online=offers.featured(audience),
        used=used,
        used_days=used_days,
        themes=[(offered.themes[key], len(items)) for key, items in offered.by_theme(audience).items()],
        stages=[
            (n, offered.construction_stages[n], len(items)) for n, items in offered.by_construction_stage().items()
        ],
        departments=[
            (offered.departments[code], len(items)) for code, items in offered.by_department(audience).items()
        ],
        bundles=[one for one in offered.bundles.values() if one.audience in (audience, Audience.BOTH)],
        mine=_mine(),
        sentence=guide.in_a_sentence,
        promised_words=guide.promised_words,
        law_words=guide.law_words,
    )


@blueprint.get("/services")
@allows(PUBLIC)
def services() -> ResponseReturnValue:
    wanted = offers.search_of(request.args)
    found = offers.found(wanted)
    items = found.items
    pages = max(1, -(-len(items) // offers.PER_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "public/services.html",
        wanted=wanted,
        found=found,
        besides=offers.besides(wanted),
        answer=questions.answer(items[0], found.topic) if found.topic else None,
        items=items[(page - 1) * offers.PER_PAGE : page * offers.PER_PAGE],
        total=len(items),
        page=page,
        pages=pages,
        catalogue=catalogue(),
        departments=[catalogue().departments[code] for code in catalogue().by_department()],
        themes=[(catalogue().themes[key], len(items)) for key, items in catalogue().by_theme().items()],
        promised_words=guide.promised_words,
        law_words=guide.law_words,
    )


@blueprint.get("/services/suggest")
@allows(PUBLIC)
def suggest() -> ResponseReturnValue:
    """What the words so far may mean, for the list under the search; without a script the page of what was found."""
    wanted = offers.search_of(request.args)
    if "HX-Request" not in request.headers:
        return redirect(f"{url_for('public.services')}?{urlencode(wanted.arguments)}", 303)
    found = offers.found(wanted) if wanted.words else offers.Results([])
    return render_template("public/suggestions.html", wanted=wanted, found=found, most=MOST_SUGGESTED)


@blueprint.get("/services/<slug>", endpoint="guide")
@allows(PUBLIC)
def show_guide(slug: str) -> ResponseReturnValue:
    try:
        item = catalogue().item(slug)
    except UnknownItem:
        raise NotFound from None
    if slug != item.slug:
        return redirect(url_for("public.guide", slug=item.slug), 301)
    space = workspace()
    lately = lasted(item.code)
    is_applicant = current_user.is_authenticated and not current_user.is_staff
    return render_template(
        "public/guide.html",
        item=item,
        authority=guide.authority(item),
        facts=guide.facts(item),
        confidence=guide.CONFIDENCES[item.confidence],
        promised=guide.promised_pair(item),
        statutory=guide.limit_pair(item.statutory),
        stages=guide.stages(item),
        promises=guide.promises(item),
        questions=questions.questions(item, lately),
        lately=lately,
        fee=questions.fee(item),
        windows=questions.windows(item),
        materials=guide.material_rows(item),
        material_count=guide.material_count(item),
        named=guide.named_materials(item),
        capacities=guide.capacities(item, visitor()) if is_applicant else [],
        bundles=[one for one in catalogue().bundles.values() if one.concerns(item.code)],
        through=catalogue().bundle_for(item.code),
        space=space,
        drafts=open_drafts(reading(), item.code, organisation=space.id if space else None, by=visitor().actor)
        if is_applicant and item.is_online
        else [],
    )


@blueprint.get("/services/<slug>/sample")
@allows(PUBLIC)
def sample(slug: str) -> ResponseReturnValue:
    """What the certificate looks like, for items that end with one."""
    try:
        item = catalogue().item(slug)
    except UnknownItem:
        raise NotFound from None
    if item.certificate is None:
        raise NotFound
    try:
        content = samples.sample_file(item, language(), current_app.extensions["settings"])
    except Jammed as jam:
        log.error("sample not made", item=item.code, why=str(jam))
        return *error_page(503, _("样本这会儿做不出来，请过一分钟再看。")), {"Retry-After": "60"}
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"sample-{item.slug}.pdf")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer


@blueprint.get("/departments")
@allows(PUBLIC)
def departments() -> ResponseReturnValue:
    offered = catalogue()
    counts = {code: len(items) for code, items in offered.by_department().items()}
    city = [one for one in offered.departments.values() if one.level == "city"]
    below = {one.code: [each for each in offered.departments.values() if each.parent == one.code] for one in city}
    return render_template("public/departments.html", city=city, below=below, counts=counts)


@blueprint.post("/preferences")
@allows(PUBLIC)
def preferences() -> ResponseReturnValue:
    response = redirect(_local(request.form.get("next", "")) or url_for("public.home"), 303)
    choose_looks(response, request.form)
    return response


def _used(audience: Audience) -> tuple[list[tuple[Item, int]], int]:
    """What is applied for most of late, with how many applications, and in how many days; nothing where hardly anybody
    applied.
    """
    offered = catalogue()
    serving = {item.code for item in offered.for_audience(audience)}
    for period, least in USED:
        counted = most_used(period, least)
        if used := [(offered.items[code], number) for code, number in counted.items() if code in serving]:
            return used[:MOST_SHOWN], period
    return [], 0


def _mine() -> Applications | None:
    """The newest applications of an applicant who has signed in."""
    if not current_user.is_authenticated or current_user.is_staff:
        return None
    space = workspace()
    return applications(
        reading(), organisation=space.id if space else None, chosen=Filter(), page=1, by=visitor().actor, at=now()
    )


def _local(target: str) -> str:
    """Only a path of this portal: never another host."""
    parts = urlsplit(target)
    safe = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if safe and not parts.scheme and not parts.netloc else ""
