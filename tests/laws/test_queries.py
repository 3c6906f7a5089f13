"""However much there is of it, a page for applicants asks the database as often as before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from approvals.commands.mandate import give
from approvals.commands.start_together import start_together
from approvals.commands.write_message import write_message
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.vocabulary import Duty, MandateAction
from portal.demonstration.people import PASSWORD
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from tests.counting import statements
from tests.factories import PERMIT, RESIDENCE, applied, granted, on, returned, started
from tests.fixtures.portal import MoveIn
from tests.fixtures.variety import Everything
from tests.laws.test_languages import places

APPLICANTS = ("", "wangxiaorong", "lijinrong")
"""A stranger, a citizen and a company's: every page of theirs is walked (test_languages holds the list whole)."""
MORE = 2


@pytest.fixture
def home(everything: Everything, move_in: MoveIn) -> Path:
    return move_in(everything.home)


def grow() -> None:
    """More of everything that their pages list: applications in several states with their files, letters and messages,
    drafts, certificates, bundles, mandates.
    """
    for days in range(MORE):
        day = now().today - timedelta(days=days)
        for slug, username in ((RESIDENCE, "wangxiaorong"), (PERMIT, "lijinrong")):
            running, asked = applied(slug, on(day)), applied(slug, on(day))
            _say(running, "GA" if slug == RESIDENCE else "ZJ", username)
            started(slug, username)
            returned(asked, "accept", *(["employer"] if slug == RESIDENCE else ["project_name"]))
        granted(applied(RESIDENCE, on(day)), on(day))
        _bundle()
        for username, organisation in (("wangxiaorong", None), ("lijinrong", 1)):
            _give(username, organisation)
    sweep(now())


def _say(number: str, department: str, username: str) -> None:
    at, by = now(), actor_named(reading(), username)
    with changing(by, at) as session:
        application = for_change.application(session, number)
        write_message(application, department, "请问办到哪一步了？", open_days=0, by=by, at=at)


def _bundle() -> None:
    at, by = now(), actor_named(reading(), "wangxiaorong")
    with changing(by, at) as session:
        revisions = [for_change.revision(session, code) for code in ("MS046", "MS054")]
        session.add(start_together("retire", [(each, {}, {}) for each in revisions], organisation=None, by=by, at=at))


def _give(username: str, organisation: int | None) -> None:
    at, by = now(), actor_named(reading(), username)
    with changing(by, at) as session:
        give(
            session,
            organisation=organisation,
            name="龑䶮",
            phone="13900000002",
            duty=Duty.AGENT if organisation is None else Duty.HANDLER,
            items=(),
            actions=tuple(MandateAction),
            begins_on=at.today,
            ends_on=at.today + timedelta(days=30),
            by=by,
            at=at,
        )


def clients(app: Flask) -> Iterator[tuple[str, FlaskClient]]:
    for who in APPLICANTS:
        client = app.test_client()
        if who:
            assert client.post("/sign-in", data={"username": who, "password": PASSWORD}).status_code == 303
        yield who, client


def asked(client: FlaskClient, address: str) -> Counter[str]:
    """What the second look at a page asks: the first one fills what is kept in memory."""
    client.get(address)
    with statements() as sent:
        client.get(address)
    return Counter(sent)


@pytest.mark.timeout(900)
def test_no_page_of_an_applicant_asks_more_when_there_is_more(app: Flask, everything: Everything) -> None:
    shown, doors = places(everything), dict(clients(app))
    looks = [(who, address) for who in APPLICANTS for address in shown[who]]
    grow()
    few = {look: asked(doors[look[0]], look[1]) for look in looks}
    assert sum(each.total() > 0 for each in few.values()) > 60
    grow()
    many = {look: asked(doors[look[0]], look[1]) for look in looks}
    assert {look: many[look] - few[look] for look in looks if many[look].total() > few[look].total()} == {}
