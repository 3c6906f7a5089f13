"""Every item that is online, from its guide to a certificate that a stranger verifies, by its doors alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.queries.progress import Progress, StepProgress, progress
from approvals.records.people import Account, Organisation
from approvals.vocabulary import ApplicationStatus, Outcome, PauseReason
from portal.demonstration.acting import AFFIRMATIVE, workable
from portal.invariants import examine
from portal.unit_of_work import reading
from portal.worker.delivery import sweep
from services.current import catalogue
from services.item import Audience, Item, StepKind
from tests.deciding import ticked
from tests.portal.journey.walking import Walk, begin, words

Enter = Callable[[str], FlaskClient]

SAMPLE = (*("GC104", "GC303", "GC408", "MS005", "MS013", "MS027", "MS032", "MS057", "MS070"),)
"""One of every handling, unit, audience and length of procedure; all the others are for `make soak`."""
ITEMS = [
    pytest.param(item.slug, marks=() if code in SAMPLE else pytest.mark.soak, id=code)
    for code, item in catalogue().items.items()
    if item.is_online and catalogue().bundle_for(code) is None
]


@pytest.mark.parametrize("slug", ITEMS)
def test_an_online_item_leads_from_its_guide_to_a_verified_certificate(
    app: Flask, client: FlaskClient, signed_in: Enter, slug: str
) -> None:
    item = catalogue().item(slug)
    guide = client.get(f"/services/{slug}")
    assert item.name.zh in words(guide)
    walk = apply(item, signed_in)
    number = walk.send().location.split("/")[2]
    assert number in words(walk.client.get(f"/applications/{number}/receipt"))
    work(number, signed_in)
    sweep()

    told = at(number)
    assert told.status is ApplicationStatus.ISSUED
    assert told.certificate is not None
    page = walk.client.get(f"/my/certificates/{told.certificate.number}")
    paper = walk.client.get(f"/my/certificates/{told.certificate.number}/pdf").get_data()
    address = re.search(r"/verify/[^\"<]+", page.get_data(as_text=True))
    assert address is not None
    assert "有效" in words(client.get(address[0]))
    assert "一字不差" in words(client.post("/verify", data={"file": (io.BytesIO(paper), "paper.pdf")}))
    assert examine(app)["broken"] == []


def apply(item: Item, signed_in: Enter) -> Walk:
    """Everything filled in and uploaded."""
    by_business = item.audience is Audience.BUSINESSES
    company = reading().scalars(select(Organisation.id)).one() if by_business else None
    walk = begin(signed_in("lijinrong" if by_business else "wangxiaorong"), item.slug, company)
    walk.fill_in()
    walk.hand_in()
    return walk


def work(number: str, signed_in: Enter) -> None:
    """Every department in turn, until nothing is left for a person to do."""
    while waiting := workable(at(number)):
        for step in waiting:
            clerk = signed_in(clerk_of(step.department))
            assert step.title.zh in words(clerk.get("/office/queue"))
            decide(clerk, number, step)
            if catalogue().item(at(number).item.code).steps[step.key].two_persons:
                second = signed_in(clerk_of(step.department, nth=1))
                assert "等您复核" in words(second.get("/office/queue"))
                answer = {"verb": "confirm", "proposed": "1"}
                confirmed = second.post(f"/office/steps/{number}/{step.key}/proposal", data=answer)
                assert confirmed.status_code == 303


def decide(clerk: FlaskClient, number: str, step: StepProgress) -> None:
    """A visit to the place is a special procedure: begun, ended, then decided."""
    desk = f"/office/steps/{number}/{step.key}"
    if step.kind is StepKind.ON_SITE:
        visit = {"round": "1", "reason": str(PauseReason.ON_SITE), "days": "2", "note": "现场核查。"}
        assert clerk.post(f"{desk}/pause", data=visit).status_code == 303
        assert clerk.post(f"{desk}/resume", data={"round": "1"}).status_code == 303
    outcome = AFFIRMATIVE.get(step.kind, Outcome.AGREE)
    answer = clerk.post(
        f"{desk}/decide", data={"round": "1", "outcome": str(outcome), "reason": "", **ticked(number, step.key)}
    )
    assert answer.status_code == 303, words(answer)


def at(number: str) -> Progress:
    reading().rollback()
    return progress(reading(), number)


def clerk_of(department: str, nth: int = 0) -> str:
    """The user name of somebody at the department's desk, a clerk first."""
    names = reading().scalars(select(Account.username).where(Account.department_code == department))
    return sorted(names)[nth]
