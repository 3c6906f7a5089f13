"""Several applications in one go (一件事): what they share is asked once, then each has its own course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from approvals.commands.found import found, go_on
from approvals.commands.start_together import Begun, start_together
from approvals.errors import NotFound, NotFounded, Refusal
from approvals.queries import for_change
from approvals.queries.bundle import bundle as seen
from approvals.queries.profile import first_answers
from forms.build import SectionForm, clean, form_for, strangers
from forms.widgets import all_params
from portal.asking import summary, words_of_strangers
from portal.errors import words_of
from portal.guards import actor, allows, visitor
from portal.journey import blueprint
from portal.journey.posted import refuse_strangers
from portal.ui import language, text
from portal.unit_of_work import changing, now, reading
from services.answers import Value
from services.bundle import CHOSEN, Bundle, Part, answers_of, begun_at_once, dumped, loaded
from services.current import catalogue
from services.item import Audience

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from approvals.clock.moment import Moment
    from approvals.permissions import Actor

__all__ = ["blueprint"]

Errors = list[tuple[str, str]]


@blueprint.get("/bundles/<slug>/apply")
@allows("application:create")
def ask_once(slug: str) -> ResponseReturnValue:
    """The short form: everything that is asked once, on one page."""
    bundle, organisation = _bundle(slug), _organisation(request.args.get("organisation", ""))
    if organisation is None and bundle.audience is Audience.BUSINESSES:
        return redirect(url_for("public.bundle", slug=slug))
    return _page(bundle, _form(bundle, None), organisation, [])


@blueprint.post("/bundles/<slug>/apply")
@allows("application:create")
def begin_bundle(slug: str) -> ResponseReturnValue:
    """A draft of every item that the answers call for, or none of them; what was typed is shown again."""
    bundle, organisation = _bundle(slug), _organisation(request.form.get("organisation", ""))
    form = _form(bundle, request.form)
    if unknown := strangers(form, request.form, known=("csrf_token", "organisation", "next_step")):
        words = words_of_strangers(form, unknown)
        return _page(bundle, form, organisation, [("", words)]), 422
    if not form.validate():
        return _page(bundle, form, organisation, summary(form)), 422
    by, moment, answers = actor(), now(), clean(form)
    parts = bundle.needed(answers)
    at_once = begun_at_once(parts)
    later = [part.item for part in parts if part not in at_once]
    if organisation is None and (words := _for_organisations(at_once)):
        return _page(bundle, form, organisation, [("", words)]), 422
    try:
        with changing(by, moment) as session:
            begun = _begun(session, bundle, at_once, answers, organisation, by, moment)
            named = for_change.organisation(session, organisation) if organisation is not None else None
            waiting = {"parts": later, "answers": dumped(bundle, answers)} if later else None
            made = start_together(bundle.slug, begun, organisation=named, waiting=waiting, by=by, at=moment)
            session.add(made)
            session.flush()
            token = made.token
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(bundle, form, organisation, [("", words)]), status
    return redirect(url_for(".bundle", token=token), 303)


@blueprint.get("/my/bundles/<token>")
@allows("application:list")
def bundle(token: str) -> ResponseReturnValue:
    """All applications that were started together, followed as one."""
    return render_template("journey/bundle.html", seen=seen(reading(), token, by=actor(), at=now()))


@blueprint.post("/my/bundles/<token>/rest")
@allows("application:create")
def begin_rest(token: str) -> ResponseReturnValue:
    """What waited begins in the name of the organisation that was founded meanwhile."""
    refuse_strangers()
    by, moment = actor(), now()
    first = seen(reading(), token, by=by, at=moment).founding
    if first is None:
        raise NotFounded
    with changing(by, moment) as session:
        application = for_change.application(session, first)
        record = for_change.bundle(session, token)
        founded = found(session, application, by=by, at=moment)
        member = replace(by, organisations=by.organisations | {founded.id})
        bundle, kept = _bundle(record.slug), record.waiting or {}
        parts = [part for part in bundle.parts if part.item in kept.get("parts", ())]
        answers = loaded(bundle, kept.get("answers", {}))
        begun = _begun(session, bundle, parts, answers, founded.id, member, moment)
        go_on(record, begun, organisation=founded, by=by, at=moment)
    flash(_("其余各项已经以新企业的名义建好草稿，名称和统一社会信用代码已经带入。"), "success")
    return redirect(url_for(".bundle", token=token), 303)


def _begun(
    session: Session,
    bundle: Bundle,
    parts: Sequence[Part],
    answers: Mapping[str, Value],
    organisation: int | None,
    by: Actor,
    at: Moment,
) -> list[Begun]:
    """What each part's draft begins with: what is known of the applicant, and over it what was asked once."""
    begun = []
    for part in parts:
        item = catalogue().item(part.item)
        known = first_answers(session, item, organisation=organisation, by=by, at=at)
        known = known.with_carried(answers_of(part, item, bundle, answers))
        begun.append((for_change.revision(session, item.code), known.answers, known.origins))
    return begun


def _for_organisations(parts: Sequence[Part]) -> str:
    """Why a person cannot begin these, where one of them is applied for by organisations alone."""
    names = [
        text(catalogue().items[part.item].name)
        for part in parts
        if catalogue().items[part.item].audience is Audience.BUSINESSES
    ]
    if not names:
        return ""
    return _(
        "「%(items)s」由企业或其他组织申请。还没有企业的，请选上新开办企业；已经有的，先开通单位空间，再以企业的名义办。",
        items=_("」「").join(names),
    )


def _bundle(slug: str) -> Bundle:
    found = catalogue().bundles.get(slug)
    if found is None:
        raise NotFound
    return found


def _organisation(chosen: str) -> int | None:
    """One that the visitor may act for; none for oneself."""
    known = {str(space.id): space.id for space in visitor().workspaces}
    if chosen and chosen not in known:
        raise NotFound
    return known.get(chosen)


def _form(bundle: Bundle, posted: MultiDict[str, str] | None) -> SectionForm:
    first: dict[str, Value] = {CHOSEN: bundle.free}
    return form_for(
        bundle.section,
        answers=first if len(bundle.free) > 1 else {},
        language=language(),
        today=now().today,
        regions=catalogue().districts,
        translate=_,
        formdata=posted,
    )


def _page(bundle: Bundle, form: SectionForm, organisation: int | None, errors: Errors) -> str:
    name = next((space.name for space in visitor().workspaces if space.id == organisation), visitor().name)
    return render_template(
        "journey/ask_once.html",
        bundle=bundle,
        fields=all_params(form),
        errors=errors,
        organisation=organisation,
        applicant=name,
        items=[(part, catalogue().items[part.item]) for part in bundle.parts if part.needed_if],
    )
