"""Every item that may be promised, from the promise over the decision to the last thing owed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from approvals.commitments.offers import Offer, offers
from approvals.queries.invariants import examine
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.obligation import Obligation
from approvals.vocabulary import Act
from portal.demonstration.acting import workable
from portal.unit_of_work import reading
from portal.worker.delivery import sweep
from services.answers import Value, examples
from services.current import catalogue
from services.item import Item
from tests.fixtures.heart import Office
from tests.fixtures.promises import SELLING, Promises

GIVEN: dict[str, dict[str, Value]] = {
    "GC114": {"touches_sensitive": False},
    "GC115": {"plan_kind": "form"},
    "GC202": {"category": "industry"},
    "GC208": {"concerns": ("trees",), "felled": Decimal(0)},
    "GC301": {"scale": "small", "floor_area": Decimal(9000)},
    "GC303": {"category": "private_small", "floor_area": Decimal(9000), "road_area": Decimal(20)},
    "GC307": {"road_area": Decimal(48)},
    "MS005": SELLING,
}
"""What must be answered otherwise than in the examples, so that a promise is offered."""
ALL = [code for code, item in catalogue().items.items() if (item.commitment or "N").startswith("Y")]
SIGNED, DECIDED, VERIFIED = "2026-05-06", "2026-05-08", "2026-05-20"


@pytest.fixture
def promises(office: Office) -> Promises:
    return Promises(office)


def walk(promises: Promises, code: str) -> tuple[Item, list[Offer], str, set[str]]:
    """Signed for whatever is offered, and decided by the clerks where the promise leaves something to decide."""
    item, office = catalogue().items[code], promises.office
    answers = {**examples(item, office.at(SIGNED).today), **GIVEN.get(code, {})}
    offered = list(offers(item, answers))
    following = tuple(each.material for offer in offered for each in offer.terms.deferred)
    keys = [offer.key for offer in offered]
    number = promises.apply(item.slug, keys, SIGNED, missing=following, **GIVEN.get(code, {}))
    taken: set[str] = set()
    while steps := workable(office.progress(number)):
        for step in steps:
            office.take(number, step.key, DECIDED)
            taken.add(step.key)
        sweep(office.at(DECIDED, 16))
    return item, offered, number, taken


def holds_from_promise_to_the_last_thing_owed(promises: Promises, code: str) -> None:
    item, offered, number, taken = walk(promises, code)
    assert offered
    assert not taken & {step for offer in offered for step in offer.steps}
    issued = select(Certificate).join(Certificate.application).where(Application.number == number)
    assert reading().scalars(issued).one().sheet["on_commitment"] is True
    is_same_day = item.commitment_terms is not None and item.commitment_terms.is_same_day
    assert (not taken) is is_same_day
    following = {each.material for offer in offered for each in offer.terms.deferred}
    tasks = {each.key for offer in offered for each in offer.terms.verifications}
    owed = select(Obligation.subject).join(Obligation.application).where(Application.number == number)
    assert set(reading().scalars(owed)) == following | tasks
    for key in sorted(following):
        promises.hand_in(number, key, VERIFIED)
    for key in sorted(tasks):
        promises.verify(number, key, Act.FULFIL, VERIFIED)
    assert {status for _kind, _subject, status in promises.owed(number)} == {"fulfilled"}
    office = promises.office
    assert examine(reading(), office.storage, at=office.at(VERIFIED, 16)).broken == []


@pytest.mark.parametrize("code", ["GC201", "GC404"])
def test_some_items_from_promise_to_the_last_thing_owed(promises: Promises, code: str) -> None:
    """One that asks five other departments, who advise as usual, and one decided on the day without an examination."""
    holds_from_promise_to_the_last_thing_owed(promises, code)


@pytest.mark.soak
@pytest.mark.parametrize("code", ALL)
def test_every_item_from_promise_to_the_last_thing_owed(promises: Promises, code: str) -> None:
    holds_from_promise_to_the_last_thing_owed(promises, code)
