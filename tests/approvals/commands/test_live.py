"""The life of a certificate: each act by whom it is allowed, at once on the register, told, and in the trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from approvals.certificates.life import FROM, LEADS_TO, status_after
from approvals.clock.moment import Moment
from approvals.commands import live
from approvals.errors import (
    ChangedMeanwhile,
    EndedAlready,
    GlyphMissing,
    NotAllowed,
    NothingChanged,
    NotInForce,
    NotSuspendedNow,
    ReasonMissing,
    UnknownField,
)
from approvals.events import Event
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.invariants import examine
from approvals.queries.register import entry_by_code, entry_by_digest, entry_by_number
from approvals.records.certificate import Certificate
from approvals.records.letter import Letter
from approvals.vocabulary import AnnulmentGround, CertificateAct, CertificateStatus, Role
from portal.unit_of_work import changing, reading
from portal.worker.delivery import sweep
from portal.worker.expiry import enter_expiries
from tests.factories import on
from tests.fixtures.heart import Office
from tests.fixtures.issued import Issued
from tests.fixtures.portal import MoveIn

LATER = date(2026, 6, 10)


@pytest.fixture
def home(issued_once: Issued, move_in: MoveIn) -> Path:
    return move_in(issued_once.home)


@pytest.fixture
def numbers(issued_once: Issued) -> tuple[str, str]:
    """Of wangxiaorong's residence permit: the application's and the certificate's."""
    return issued_once.residence


def head(department: str) -> Actor:
    from approvals.queries.actor import actor_named

    return actor_named(reading(), f"head-{department}")


def act(number: str, what: Callable[[Certificate, Actor, Moment], object], by: Actor, at: Moment) -> None:
    with changing(by, at) as session:
        application = for_change.application(session, number)
        assert application.certificate is not None
        what(application.certificate, by, at)
    sweep(at)


def held(number: str) -> Certificate:
    reading().rollback()
    return reading().scalars(select(Certificate).where(Certificate.number == number)).one()


def test_suspended_it_proves_nothing_and_resumed_it_does_again(office: Office, numbers: tuple[str, str]) -> None:
    application, number = numbers
    at, by = on(LATER), head("ga")
    act(application, lambda c, b, a: live.suspend(c, "住址待核实。", by=b, at=a), by, at)
    entry = entry_by_number(reading(), number, today=at.today)
    assert entry is not None
    assert (entry.status, entry.since) == (CertificateStatus.SUSPENDED, LATER)
    with pytest.raises(NotInForce):
        act(application, lambda c, b, a: live.suspend(c, "再次暂停。", by=b, at=a), by, at)
    act(application, lambda c, b, a: live.resume(c, "已经核实。", by=b, at=a), by, at)
    entry = entry_by_number(reading(), number, today=at.today)
    assert entry is not None
    assert (entry.status, entry.since) == (CertificateStatus.IN_FORCE, None)
    with pytest.raises(NotSuspendedNow):
        act(application, lambda c, b, a: live.resume(c, "已经核实。", by=b, at=a), by, at)
    told = list(reading().scalars(select(Letter.kind).order_by(Letter.id)))
    assert told[-2:] == [Event.CERTIFICATE_SUSPENDED, Event.CERTIFICATE_RESUMED]
    assert examine(reading(), office.storage, at=at).broken == []


def test_only_the_head_of_the_issuing_authority_and_only_with_a_reason(
    office: Office, numbers: tuple[str, str]
) -> None:
    application, number = numbers
    at = on(LATER)
    clerk = Actor(head("ga").account, Role.CLERK, "GA")
    for by in (clerk, head("zj")):
        with pytest.raises(NotAllowed):
            act(application, lambda c, b, a: live.suspend(c, "理由。", by=b, at=a), by, at)
    with pytest.raises(ReasonMissing):
        act(application, lambda c, b, a: live.suspend(c, "  ", by=b, at=a), head("ga"), at)
    assert held(number).status is CertificateStatus.IN_FORCE


def test_a_change_makes_a_new_version_and_the_old_one_says_by_what_it_was_replaced(
    office: Office, numbers: tuple[str, str]
) -> None:
    application, number = numbers
    at, by = on(LATER), head("ga")
    before = held(number)
    code, digest, identifier, signed = before.code, before.sha256, before.identifier, before.signed_sha256
    assert digest is not None
    assert signed is not None
    moved = {"居住地址": "成都市锦江区新路 1 号"}
    act(application, lambda c, b, a: live.change(c, moved, "迁居。", version=1, by=b, at=a), by, at)
    after = held(number)
    assert (after.status, after.version) == (CertificateStatus.IN_FORCE, 2)
    assert after.identifier.split(".")[-2] == "002"
    assert after.identifier.rpartition(".")[0].rpartition(".")[0] == identifier.rpartition(".")[0].rpartition(".")[0]
    assert ["居住地址", "成都市锦江区新路 1 号"] in after.sheet["fields"]
    assert after.sha256 not in (None, digest)
    for entry in (
        entry_by_code(reading(), number, code, today=at.today),
        entry_by_digest(reading(), digest, "", today=at.today),
        entry_by_digest(reading(), "0" * 64, signed, today=at.today),
    ):
        assert entry is not None
        assert (entry.status, entry.version, entry.newest) == (CertificateStatus.SUPERSEDED, 1, 2)
        assert entry.since == LATER
    entry = entry_by_code(reading(), number, after.code, today=at.today)
    assert entry is not None
    assert (entry.status, entry.version) == (CertificateStatus.IN_FORCE, 2)
    assert examine(reading(), office.storage, at=at).broken == []


def test_a_change_that_changes_nothing_or_cannot_be_printed_is_refused(
    office: Office, numbers: tuple[str, str]
) -> None:
    application, number = numbers
    at, by = on(LATER), head("ga")
    with pytest.raises(NothingChanged):
        act(application, lambda c, b, a: live.change(c, {}, "无。", version=1, by=b, at=a), by, at)
    with pytest.raises(UnknownField):
        act(application, lambda c, b, a: live.change(c, {"没有": "值"}, "无。", version=1, by=b, at=a), by, at)
    with pytest.raises(GlyphMissing):
        act(
            application, lambda c, b, a: live.change(c, {"姓名": "王\u202e蓉"}, "改名。", version=1, by=b, at=a), by, at
        )
    with pytest.raises(ChangedMeanwhile):
        act(application, lambda c, b, a: live.change(c, {"姓名": "王蓉"}, "改名。", version=0, by=b, at=a), by, at)
    assert held(number).version == 1


def test_a_reissue_keeps_the_words_and_ends_the_code(office: Office, numbers: tuple[str, str]) -> None:
    application, number = numbers
    at = on(LATER)
    by = Actor(head("ga").account, Role.CLERK, "GA")
    before = held(number)
    fields, code = before.sheet["fields"], before.code
    act(application, lambda c, b, a: live.reissue(c, "核验码泄露。", by=b, at=a), by, at)
    after = held(number)
    assert (after.version, after.sheet["fields"]) == (2, fields)
    entry = entry_by_code(reading(), number, code, today=at.today)
    assert entry is not None
    assert entry.status is CertificateStatus.SUPERSEDED


def test_annulled_it_stays_annulled(office: Office, numbers: tuple[str, str]) -> None:
    application, number = numbers
    at, by = on(LATER), head("ga")
    act(application, lambda c, b, a: live.annul(c, AnnulmentGround.GIVEN_UP, "持证人申请。", by=b, at=a), by, at)
    entry = entry_by_number(reading(), number, today=at.today)
    assert entry is not None
    assert (entry.status, entry.since) == (CertificateStatus.ANNULLED, LATER)
    with pytest.raises(EndedAlready):
        act(application, lambda c, b, a: live.annul(c, AnnulmentGround.GIVEN_UP, "再次。", by=b, at=a), by, at)
    with pytest.raises(NotInForce):
        act(application, lambda c, b, a: live.reissue(c, "补发。", by=b, at=a), by, at)
    assert examine(reading(), office.storage, at=at).broken == []


def test_what_runs_out_is_entered_once_and_told(office: Office, numbers: tuple[str, str]) -> None:
    _application, number = numbers
    last = held(number).valid_until
    assert last is not None
    assert enter_expiries(on(last)) == 0
    after = on(date(2027, 6, 7))
    assert enter_expiries(after) == 1
    assert enter_expiries(after) == 0
    sweep(after)
    assert held(number).status is CertificateStatus.EXPIRED
    assert reading().scalars(select(Letter.kind).order_by(Letter.id.desc())).first() == Event.CERTIFICATE_EXPIRED
    entry = entry_by_number(reading(), number, today=after.today)
    assert entry is not None
    assert entry.since == date(2027, 6, 5)


def test_every_act_leads_somewhere_and_is_possible_from_somewhere() -> None:
    assert set(LEADS_TO) == set(FROM) == set(CertificateAct)
    assert status_after([]) is CertificateStatus.PENDING
    assert status_after([CertificateAct.ISSUE, CertificateAct.SUSPEND]) is CertificateStatus.SUSPENDED
    for act_, statuses in FROM.items():
        assert LEADS_TO[act_] not in statuses
