"""Start a draft, save a section of it, discard it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping

from sqlalchemy import delete, select

from approvals.clock.moment import Moment
from approvals.commands.note_act import note_act, note_begun
from approvals.errors import ChangedMeanwhile, Finished, NotADraft, NotOnline, TooLateToAmend, WrongApplicant
from approvals.events import PersonEvent
from approvals.permissions import Actor, check, check_for
from approvals.records.amending import is_amending
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.catalogue import ItemRevision
from approvals.records.fold import item_of
from approvals.records.letter import Letter, LetterDelivery
from approvals.records.people import Organisation
from approvals.records.typed_page import TypedPage
from approvals.vocabulary import ApplicationStatus, MandateAction, Origin
from services.answers import Answers, dump, load
from services.item import Audience, Item

LONGEST_TITLE = 200


def start(
    revision: ItemRevision,
    *,
    organisation: Organisation | None,
    answers: Answers,
    origins: Mapping[str, Origin] | None = None,
    by: Actor,
    at: Moment,
) -> Application:
    """A new draft of this revision, with answers already known filled in; add it to the session to keep it.

    `origins` says of answers that nobody typed where they come from.
    """
    check(by, "application:create")
    whose = organisation.id if organisation else None
    mandate = check_for(by, whose, revision.item_code, MandateAction.FILL)
    note_begun(session_of(revision), revision.item_code, organisation=whose, mandate=mandate, by=by, at=at)
    return begin(
        revision,
        applicant=by.applicant if organisation is None else by.person,
        mandate=mandate,
        organisation=organisation,
        answers=answers,
        origins=origins,
        at=at,
    )


def begin(
    revision: ItemRevision,
    *,
    applicant: int,
    mandate: int | None = None,
    organisation: Organisation | None,
    answers: Answers,
    origins: Mapping[str, Origin] | None = None,
    at: Moment,
) -> Application:
    """Likewise, for whoever may: whether they may is asked before. Raises NotOnline or WrongApplicant."""
    application = Application(
        token=secrets.token_urlsafe(16),
        item_code=revision.item_code,
        revision=revision,
        applicant_id=applicant,
        mandate_id=mandate,
        organisation=organisation,
        status=ApplicationStatus.DRAFT,
        draft_version=1,
        created_at=at.instant,
        saved_at=at.instant,
        trail_length=0,
        trail_head="",
    )
    item = item_of(application)
    if not item.is_online:
        raise NotOnline(item=item.code)
    wrong = Audience.CITIZENS if organisation is not None else Audience.BUSINESSES
    if item.audience is wrong:
        raise WrongApplicant(audience=str(item.audience))
    known = {key: origin.data for key, origin in (origins or {}).items()}
    application.draft = {"answers": dump(item, answers), "origins": known}
    application.title = called(item, answers)
    return application


def save(
    application: Application, answers: Answers, *, asked: Collection[str], version: int, by: Actor, at: Moment
) -> None:
    """Replace the answers to the questions `asked` on one page. `version` is the one the page was made from.

    A draft may be saved, and an application that is being mended or amended; anything else is NotADraft. From an older
    version only what stands there already is taken: the same page, sent once more.
    """
    check(by, "application:edit", application)
    require_editable(application)
    item = item_of(application)
    before = load(item, application.draft["answers"])
    after = {**{key: value for key, value in before.items() if key not in asked}, **answers}
    if version != application.draft_version:
        if after == before:
            return
        raise ChangedMeanwhile
    known = application.draft.get("origins", {})
    unchanged = {key: origin for key, origin in known.items() if key in after and after[key] == before.get(key)}
    application.draft = {**application.draft, "answers": dump(item, after), "origins": unchanged}
    if application.status is ApplicationStatus.DRAFT:
        application.title = called(item, after)
    application.draft_version += 1
    touch(application, at=at)
    note_act(application, PersonEvent.DRAFT_FILLED, by=by, at=at)


def called(item: Item, answers: Answers) -> str:
    """What lists call it: the answer that names it, none while that is not given. A sent application keeps its name."""
    return str(answers.get(item.title_from or "", ""))[:LONGEST_TITLE]


def discard(application: Application, *, by: Actor, at: Moment) -> None:
    """Delete it: only what was never submitted can go without a trace. Its files are cleared away later."""
    check(by, "application:edit", application)
    if application.status is not ApplicationStatus.DRAFT:
        raise NotADraft(number=application.number)
    note_act(application, PersonEvent.DRAFT_DISCARDED, by=by, at=at)
    remove(application)


def touch(application: Application, *, at: Moment) -> None:
    """Somebody goes on with it: the time for which it is kept begins anew."""
    application.saved_at, application.warned_at = at.instant, None


def remove(application: Application) -> None:
    """A draft with all that hangs on it; what letters said of it goes as well."""
    session, bundle = session_of(application), application.bundle
    if bundle is not None and item_of(application).founds is not None:
        bundle.waiting = None  # what waits for it will never begin
    letters = select(Letter.id).where(Letter.application_id == application.id)
    session.execute(delete(LetterDelivery).where(LetterDelivery.letter_id.in_(letters)))
    session.execute(delete(Letter).where(Letter.application_id == application.id))
    forget_typed_pages(application)
    for each in (*application.materials, *application.attendances):
        session.delete(each)
    session.delete(application)


def forget_typed_pages(application: Application) -> None:
    """What was typed and not saved goes with the draft, and when it is sent."""
    session_of(application).execute(delete(TypedPage).where(TypedPage.application_id == application.id))


def require_editable(application: Application) -> None:
    if application.status is ApplicationStatus.DRAFT:
        return
    if application.status.is_final:
        raise Finished(status=str(application.status))
    is_asked = any(correction.is_open for correction in application.corrections)
    if is_asked or is_amending(application, item_of(application)):
        return
    raise (NotADraft if application.amending_since is None else TooLateToAmend)(number=application.number)
