"""Reuse of a certificate: the holder consents, every use leaves a trace, and nobody uses it without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from approvals.clock.moment import Moment
from approvals.commands import consent, live
from approvals.errors import ConsentedAlready, NoConsent, NotAllowed, NotInForce
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.invariants import examine
from approvals.queries.reuse import consents
from approvals.records.certificate import Certificate
from approvals.vocabulary import Role
from portal.unit_of_work import changing, reading
from tests.factories import RESIDENCE, applied, on
from tests.fixtures.heart import Office
from tests.fixtures.issued import Issued
from tests.fixtures.portal import MoveIn


@pytest.fixture
def home(issued_once: Issued, move_in: MoveIn) -> Path:
    return move_in(issued_once.home)


def loaded(session: object, number: str) -> Certificate:
    certificate = for_change.application(session, number).certificate  # type: ignore[arg-type]
    assert certificate is not None
    return certificate


def agree(certificate_of: str, other: str, by: Actor, at: Moment) -> None:
    with changing(by, at) as session:
        target = for_change.application(session, other)
        consent.consent(loaded(session, certificate_of), target, by=by, at=at)


def test_a_use_needs_a_consent_that_stands_and_the_holder_sees_both(
    office: Office, issued_once: Issued, signed_in: Callable[[str], FlaskClient]
) -> None:
    application, number = issued_once.residence
    at = on(date(2026, 6, 10))
    other = applied(RESIDENCE, at)
    holder, clerk = actor_named(reading(), "wangxiaorong"), actor_named(reading(), "clerk-ga")

    def use() -> None:
        with changing(clerk, at) as session:
            target = for_change.application(session, other)
            consent.record_use(loaded(session, application), target, by=clerk, at=at)

    with pytest.raises(NoConsent):
        use()
    agree(application, other, holder, at)
    with pytest.raises(ConsentedAlready):
        agree(application, other, holder, at)
    use()
    (given,) = consents(reading(), number, by=holder)
    assert (given.application, given.withdrawn_at) == (other, None)
    assert [each.department.zh for each in given.uses] == ["成都市公安局"]
    mine = signed_in("wangxiaorong")
    assert other in mine.get(f"/my/certificates/{number}").get_data(as_text=True)
    assert mine.post(f"/my/certificates/{number}/consents/{given.id}/withdraw").status_code == 303
    assert mine.post(f"/my/certificates/{number}/consents/{given.id}/withdraw").status_code == 409
    with pytest.raises(NoConsent):
        use()
    assert "成都市公安局" in mine.get(f"/my/certificates/{number}").get_data(as_text=True)
    assert examine(reading(), office.storage, at=at).broken == []


def test_nobody_consents_for_somebody_else_and_not_to_what_is_suspended(office: Office, issued_once: Issued) -> None:
    application, _number = issued_once.residence
    at = on(date(2026, 6, 10))
    other = applied(RESIDENCE, at)
    stranger, head = actor_named(reading(), "lijinrong"), actor_named(reading(), "head-ga")
    holder = actor_named(reading(), "wangxiaorong")
    for by in (stranger, Actor(head.account, Role.HEAD, "GA")):
        with pytest.raises(NotAllowed):
            agree(application, other, by, at)
    with changing(head, at) as session:
        live.suspend(loaded(session, application), "待核实。", by=head, at=at)
    with pytest.raises(NotInForce):
        agree(application, other, holder, at)
