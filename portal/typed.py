"""What is typed on a page of a draft and not saved, kept while it is typed and across signing in again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from cryptography.fernet import InvalidToken
from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from approvals.commands.keep_typed import Kept, Page, Typed, keep_typed
from approvals.errors import Refusal
from approvals.permissions import Actor
from approvals.queries import draft as drafts
from approvals.queries import for_change
from approvals.queries.typed_page import Writing, typed_page
from approvals.records.secrecy import keyring
from forms.build import SectionForm, form_for, strangers, typed_in
from portal.errors import given_back
from portal.ui import language
from portal.unit_of_work import changing, now, reading
from services.current import catalogue

MARK = "open_page"
"""Name of the hidden field that says which open page this is."""
OWN_FIELDS = ("csrf_token", MARK, "version", "next_step")
"""What the form of a section posts beside its questions."""
LASTS = 24 * 60 * 60
"""Seconds for which what was typed is carried along until somebody has signed in again."""
LARGEST = 200_000
"""Characters of one page that are kept before it is saved."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One open page: of which section of which draft, made for whom, with the newest writing that stood on it."""

    name: str
    seen: int
    account: int
    token: str
    key: str

    @property
    def page(self) -> Page:
        return Page(self.name, self.seen)


def sealed_mark(draft: drafts.Draft, key: str, writing: Writing | None, *, by: Actor) -> str:
    """For a page that is being made; nobody else can make one."""
    mark = Mark(secrets.token_urlsafe(12), writing.serial if writing else 0, by.person, draft.token, key)
    return keyring().seal(json.dumps(asdict(mark)))


def whose(by: Actor) -> str:
    """Tells accounts apart on a device that keeps something for one of them, and says nothing else."""
    return keyring().mark(f"device:{by.person}")[:16]


def mark_of(text: str) -> Mark | None:
    try:
        return Mark(**json.loads(keyring().open(text))) if text.isascii() else None
    except (InvalidToken, TypeError, ValueError):
        return None


def posted_mark(token: str, key: str) -> Mark | None:
    """Of the page that this request comes from; none where it says nothing about itself, or belongs elsewhere."""
    mark = mark_of(request.form.get(MARK, ""))
    return mark if mark is not None and (mark.token, mark.key) == (token, key) else None


def section_form(draft: drafts.Draft, key: str, posted: MultiDict[str, str] | None = None) -> SectionForm:
    return form_for(
        draft.section(key).section,
        answers=draft.answers,
        language=language(),
        today=draft.today,
        regions=catalogue().districts,
        translate=_,
        formdata=posted,
    )


def as_typed(draft: drafts.Draft, key: str, typed: Typed) -> SectionForm:
    """The form with what was typed in it and no word about it."""
    form = section_form(draft, key, MultiDict(typed))
    form.unjudged()
    return form


def keep(draft: drafts.Draft, key: str, form: SectionForm, page: Page, *, by: Actor, asked_for: bool = False) -> Kept:
    """What says the same as the answers is nothing that waits to be saved."""
    typed = typed_in(form)
    if typed == typed_in(section_form(draft, key)):
        typed = []
    moment = now()
    with changing(by, moment) as session:
        application = for_change.application(session, draft.token)
        return keep_typed(application, key, typed, page=page, by=by, at=moment, asked_for=asked_for)


def writing_of(draft: drafts.Draft, key: str, *, by: Actor) -> Writing | None:
    return typed_page(reading(), draft.token, key, by=by)


# ── across signing in ──────────────────────────────────────────────────────────────────────────────────────────────


def sealed_away(mark: Mark, posted: Iterable[tuple[str, str]]) -> str:
    """What was posted from this page, for a hidden field: opened by `bring_back` only for whom the page was made."""
    typed = [pair for pair in posted if pair[0] not in OWN_FIELDS]
    until = now().instant.timestamp() + LASTS
    return keyring().seal(json.dumps({"mark": asdict(mark), "until": until, "typed": typed}, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Brought:
    """Where it was typed; and, where it could not be put back there, what it was: label and text."""

    address: str
    is_back: bool
    listed: list[tuple[str, str]]


def bring_back(carried: str, *, by: Actor) -> Brought | None:
    """Keeps with its draft what was typed before. None where there is nothing for this person, or it is too old."""
    try:
        data = json.loads(keyring().open(carried)) if carried.isascii() else {}
    except (InvalidToken, ValueError):
        return None
    mark = Mark(**data["mark"]) if "mark" in data else None
    if mark is None or mark.account != by.person or data["until"] < now().instant.timestamp():
        return None
    typed = [(name, text) for name, text in data["typed"]]
    is_back = _is_put_back(mark, MultiDict(typed), by)
    address = url_for("journey.section", token=mark.token, key=mark.key)
    return Brought(address, is_back, [] if is_back else given_back(typed))


def _is_put_back(mark: Mark, posted: MultiDict[str, str], by: Actor) -> bool:
    try:
        draft = drafts.draft(reading(), mark.token, by=by, at=now())
        for stranger in strangers(section_form(draft, mark.key, posted), posted, known=()):
            posted.poplist(stranger)
        form = section_form(draft, mark.key, posted)
        return keep(draft, mark.key, form, mark.page, by=by, asked_for=True) is Kept.YES
    except Refusal:
        return False
