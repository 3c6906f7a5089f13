"""My applications, my certificates, my letters."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from approvals.certificates.detached import bundle
from approvals.commands.consent import withdraw_consent as take_back
from approvals.commands.note_act import note_act
from approvals.commands.read_letters import read_letters
from approvals.errors import NotFound
from approvals.events import PersonEvent
from approvals.queries import certificates as held
from approvals.queries import for_change
from approvals.queries import letters as received
from approvals.queries.account_letters import account_letters
from approvals.queries.certificate_life import life
from approvals.queries.copies import translation
from approvals.queries.reuse import consents
from approvals.storage import Folder
from approvals.vocabulary import ApplicationStatus
from portal.citizen.sharing import picture, verification_address
from portal.guards import actor, allows, visitor
from portal.journey.listing import listed
from portal.letters.account import account_wording
from portal.letters.words import wording
from portal.ui import workspace
from portal.unit_of_work import changing, now, reading

blueprint = Blueprint("citizen", __name__)

SANDBOX = "default-src 'none'; sandbox"
"""A file is data: even one that we made ourselves runs nothing in the portal's name."""


@blueprint.get("/my/applications")
@allows("application:list")
def applications() -> ResponseReturnValue:
    """Whoever acts for an organisation works in its workspace instead."""
    if workspace():
        return redirect(url_for("business.applications"))
    return render_template(
        "citizen/applications.html",
        **listed(None),
        states=tuple(ApplicationStatus),
        spaces=visitor().workspaces,
        people=visitor().people,
        space=None,
    )


@blueprint.get("/my/certificates")
@allows("certificate:list")
def certificates() -> ResponseReturnValue:
    """One's own, or those of the organisation one acts for."""
    space = workspace()
    page = held.certificates(
        reading(), organisation=space.id if space else None, page=page_number(), by=actor(), at=now()
    )
    return render_template(
        "citizen/certificates.html", page=page, spaces=visitor().workspaces, people=visitor().people, space=space
    )


@blueprint.get("/my/certificates/<number>")
@allows("certificate:download")
def certificate(number: str) -> ResponseReturnValue:
    seen = held.certificate(reading(), number, by=actor(), at=now())
    address = verification_address(seen.row.number, seen.code)
    lived = life(reading(), number, by=actor(), at=now())
    is_staff = actor().role.is_staff
    return render_template(
        "citizen/certificate.html",
        seen=seen,
        life=lived,
        consents=() if is_staff else consents(reading(), number, by=actor()),
        english=None if is_staff else translation(reading(), number, by=actor(), at=now()),
        address=address,
        picture=picture(address),
    )


@blueprint.post("/my/certificates/<number>/consents/<int:record>/withdraw")
@allows("certificate:consent")
def withdraw_consent(number: str, record: int) -> ResponseReturnValue:
    by, at = actor(), now()
    lived = life(reading(), number, by=by, at=at)
    with changing(by=by, at=at) as session:
        locked = for_change.application(session, lived.application)
        if locked.certificate is None:
            raise NotFound
        take_back(locked.certificate, record, by=by, at=at)
    return redirect(url_for("citizen.certificate", number=number, _anchor="uses"), 303)


@blueprint.get("/my/certificates/<number>/pdf")
@allows("certificate:download")
def certificate_pdf(number: str) -> ResponseReturnValue:
    """The signed file, byte for byte as registered."""
    digest = held.certificate_file(reading(), number, by=actor(), at=now())
    _note_download(number)
    try:
        content = Folder(current_app.extensions["settings"].files).get(digest)
    except FileNotFoundError:
        raise NotFound from None
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{number}.pdf")
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


@blueprint.get("/my/certificates/<number>/data")
@allows("certificate:download")
def certificate_data(number: str) -> ResponseReturnValue:
    """The data embedded in the file, its detached SM2 signature and the key, to be checked by OpenSSL."""
    settings = current_app.extensions["settings"]
    digest, signature, key = held.certificate_signature(reading(), number, by=actor(), at=now())
    _note_download(number)
    try:
        content = bundle(Folder(settings.files).get(digest), signature, key, settings.keys)
        answer = Response(content, mimetype="application/zip")
    except FileNotFoundError:
        raise NotFound from None
    answer.headers.set("Content-Disposition", "attachment", filename=f"{number}.zip")
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


@blueprint.get("/my/letters")
@allows("letter:list")
def letters() -> ResponseReturnValue:
    """Reading does not mark as read: a GET changes nothing."""
    page = received.letters(reading(), page=page_number(), by=actor())
    own = account_letters(reading(), by=actor()) if page.number == 1 else ()
    unread = received.unread(reading(), by=actor()) + sum(not each.is_read for each in own)
    told = [(letter, wording(letter)) for letter in page.rows]
    about = [(letter, account_wording(letter)) for letter in own]
    newest = max([*(each.at for each in own), *(each.at for each in page.rows)], default=None)
    return render_template("citizen/letters.html", page=page, told=told, about=about, unread=unread, newest=newest)


@blueprint.post("/my/letters/read")
@allows("letter:list")
def read() -> ResponseReturnValue:
    """Mark as read what was on the page, and nothing that came after it."""
    until = request.form.get("until", type=_instant)
    if until is None:
        abort(400)
    moment = now()
    with changing(by=actor(), at=moment) as session:
        read_letters(session, until=until, by=actor(), at=moment)
    return redirect(url_for("citizen.letters"), 303)


def _note_download(number: str) -> None:
    """Of whoever acts by mandates: what was fetched for another stands in the record that the giver reads."""
    if actor().powers:
        moment = now()
        lived = life(reading(), number, by=actor(), at=moment)
        with changing(by=actor(), at=moment) as session:
            application = for_change.application(session, lived.application)
            note_act(application, PersonEvent.CERTIFICATE_DOWNLOADED, by=actor(), at=moment)


def page_number() -> int:
    return request.args.get("page", 1, type=int)


def _instant(text: str) -> datetime:
    """Aware, in UTC; ValueError for everything else, also for what lies beyond the calendar's ends in UTC."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except OverflowError:
        pass
    raise ValueError(text)
