"""Attend at a window as the demonstration's counter clerk does: receive somebody, take in what they apply for."""

from __future__ import annotations

from flask import current_app

from approvals.commands.attend import take_in
from approvals.commands.draft import save
from approvals.commands.hand_out import prepare
from approvals.commands.receive_visitor import Named, receive_visitor
from approvals.commands.send_in import send_in
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.records.counter import with_attended
from approvals.storage import Folder
from approvals.vocabulary import IdentityDocument
from portal.demonstration.acting import hand_in, sample
from portal.unit_of_work import changing, now, reading
from services.answers import examples, required_materials
from services.current import catalogue

PRESENT = Named("陈大爷", "510104194903072347")


def clerk() -> Actor:
    """With what came to the window so far."""
    reading().rollback()
    return with_attended(reading(), actor_named(reading(), "counter"), now().today)


def visited() -> int:
    by, at = clerk(), now()
    with changing(by, at) as session:
        return receive_visitor(session, PRESENT, IdentityDocument.IDENTITY_CARD, window="A03", by=by, at=at).id


def begun(visit: int, slug: str) -> str:
    """The token of an empty draft."""
    by, at = clerk(), now()
    with changing(by, at) as session:
        revision = for_change.revision(session, catalogue().item(slug).code)
        came = for_change.visit(session, visit, by=by, at=at)
        return take_in(came, revision, answers={}, by=by, at=at).token


def filled(token: str) -> None:
    """All its questions with the example answers, and its materials."""
    by, at, storage = clerk(), now(), Folder(current_app.extensions["settings"].files)
    with changing(by, at) as session:
        application = for_change.application(session, token)
        item = catalogue().items[application.item_code]
        given = examples(item, at.today)
        save(application, given, asked=set(given), version=application.draft_version, by=by, at=at)
        for material, is_required in required_materials(item, given):
            if is_required and material.source == "upload":
                hand_in(application, material, sample(material), storage, by=by, at=at)


def taken(visit: int, slug: str) -> str:
    """The number of an application sent in and confirmed."""
    token = begun(visit, slug)
    filled(token)
    by, at = clerk(), now()
    with changing(by, at) as session:
        application = for_change.application(session, token)
        version = application.draft_version
        return send_in(application, version=version, confirmed="本人在场确认。", by=by, at=at)


def prepared(visit: int, number: str) -> None:
    """Its papers lie ready to be handed out."""
    by, at = clerk(), now()
    with changing(by, at) as session:
        application = for_change.application(session, number)
        prepare(for_change.visit(session, visit, by=by, at=at), application, by=by, at=at)
