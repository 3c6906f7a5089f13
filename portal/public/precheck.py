"""我能办吗: a few questions before anybody applies, and what their answers come to. No account needed, nothing kept."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from approvals.errors import NotFound
from forms.build import SectionForm, clean, form_for
from forms.widgets import all_params
from portal import carrying
from portal.asking import summary
from portal.guards import PUBLIC, allows, visitor
from portal.public import blueprint, guide, questions
from portal.public.lately import lasted
from portal.ui import language, workspace
from portal.unit_of_work import now
from services import precheck
from services.answers import Value
from services.catalogue import UnknownItem
from services.current import catalogue
from services.item import Item, Material, Section, Source, Text, Window
from services.precheck import DISTRICT, Need, Outlook

__all__ = ["blueprint"]

CITY = "city"
NEEDS = {Need.NEEDED: "", Need.OPTIONAL: "optional", Need.DEPENDS: "depends"}


@blueprint.get("/services/<slug>/precheck")
@allows(PUBLIC)
def ask_first(slug: str) -> ResponseReturnValue:
    """The questions; where no answer is personal, also what follows from those in the address."""
    item, section = _asked(slug)
    if item.slug != slug:
        return redirect(url_for("public.ask_first", slug=item.slug), 301)
    if carried := request.args.get("carried", ""):
        answers = carrying.opened(item, carried, {each.key: each for each in section.questions})
        return _page(item, section, _form(section, answers=answers), answers or None)
    if request.args and not precheck.is_personal(item, section):
        return _judged(item, section, request.args)
    return _page(item, section, _form(section), None)


@blueprint.post("/services/<slug>/precheck")
@allows(PUBLIC)
def judge_first(slug: str) -> ResponseReturnValue:
    """What follows from answers that may be personal: they stand in no address and are written nowhere."""
    item, section = _asked(slug)
    return _judged(item, section, request.form)


def _asked(slug: str) -> tuple[Item, Section]:
    try:
        item = catalogue().item(slug)
    except UnknownItem:
        raise NotFound from None
    if not item.is_online:
        raise NotFound
    return item, precheck.questions(item, catalogue().districts)


def _form(
    section: Section, *, answers: dict[str, Value] | None = None, posted: MultiDict[str, str] | None = None
) -> SectionForm:
    return form_for(
        section,
        answers=answers or {},
        language=language(),
        today=now().today,
        regions=catalogue().districts,
        translate=_,
        formdata=posted,
    )


def _judged(item: Item, section: Section, posted: MultiDict[str, str]) -> ResponseReturnValue:
    form = _form(section, posted=posted)
    if not form.validate():
        return _page(item, section, form, None), 422
    return _page(item, section, form, clean(form))


def _page(item: Item, section: Section, form: SectionForm, answers: dict[str, Value] | None) -> str:
    is_applicant = current_user.is_authenticated and not current_user.is_staff
    found = _outlook(item, section, answers) if answers is not None else None
    return render_template(
        "public/precheck.html",
        item=item,
        fields=[{**each, "required": True} for each in all_params(form)],
        errors=summary(form),
        by_post=precheck.is_personal(item, section),
        outlook=found,
        materials=_materials(found) if found else [],
        city=answers is None or DISTRICT not in answers,
        is_local=precheck.is_local(item),
        windows=_windows(item, answers or {}),
        presence=questions.presence(item),
        promised=guide.promised_pair(item),
        statutory=guide.limit_pair(item.statutory),
        took=questions.took_words(lately) if found and (lately := lasted(item.code)) else "",
        fee=questions.fee(item),
        carried=carrying.sealed(item, answers) if answers else "",
        capacities=guide.capacities(item, visitor()) if is_applicant else [],
        space=workspace(),
    )


def _outlook(item: Item, section: Section, answers: dict[str, Value]) -> Outlook:
    district = answers.get(DISTRICT)
    region = district if isinstance(district, str) else _city()
    return precheck.outlook(item, section, answers, today=now().today, competent=catalogue().competent, region=region)


def _city() -> str:
    return next(region.code for region in catalogue().regions.values() if region.level == CITY)


def _windows(item: Item, answers: dict[str, Value]) -> list[tuple[Text, Window]]:
    """That of the district that was chosen; the city's where districts decide nothing."""
    chosen = catalogue().regions.get(str(answers.get(DISTRICT, "")))
    if chosen is not None:
        return [(chosen.name, chosen.window)] if chosen.window else []
    places = questions.windows(item)
    return places if len(places) == 1 else []


def _materials(found: Outlook) -> list[tuple[str, list[tuple[Material, str]]]]:
    """By how they come, those that cost the applicant something first."""
    return [
        (source.value, [(material, NEEDS[need]) for material, need in found.materials if material.source is source])
        for source in (Source.UPLOAD, Source.ONLINE, Source.SHARED)
        if any(material.source is source for material, _need in found.materials)
    ]
