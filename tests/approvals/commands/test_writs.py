"""Writs: each turn of an application draws up the paper the law asks for, numbered without gaps, fixed by the trail."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from approvals.certificates.writ import SEAL_LINE, WritSheet, sheet_of
from approvals.certificates.writ_paper import render_writ
from approvals.commands.pause import pause
from approvals.commands.write_paper import publish_paper, write_paper
from approvals.events import Event
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.invariants import examine
from approvals.records.application import Application
from approvals.records.event import EventRecord
from approvals.records.writ import Writ
from approvals.vocabulary import Outcome, PauseReason, WritKind
from portal.unit_of_work import changing, reading
from portal.worker.delivery import sweep
from services.papers import SEAL, USUAL_LINE, Seal, SealMark, seal_content, seal_from
from tests.factories import RESIDENCE, applied, decided, granted, on
from tests.fixtures.heart import Office


def drawn_up(number: str) -> list[Writ]:
    reading().rollback()
    wanted = select(Writ).join(Application, Application.id == Writ.application_id).where(Application.number == number)
    return list(reading().scalars(wanted.order_by(Writ.serial)))


def kinds(number: str) -> list[WritKind]:
    return [writ.kind for writ in drawn_up(number)]


def test_a_granted_application_has_receipt_acceptance_decision_and_proof_of_delivery(office: Office) -> None:
    at = office.at("2026-05-06")
    number = applied(RESIDENCE, at)
    granted(number, at)
    assert kinds(number) == [WritKind.RECEIPT, WritKind.ACCEPTANCE, WritKind.GRANT, WritKind.DELIVERY]
    receipt, acceptance, grant, delivery = drawn_up(number)
    assert [writ.serial for writ in (receipt, acceptance, grant, delivery)] == [1, 2, 3, 4]
    assert acceptance.number == "GA510100受字〔2026〕0001号"
    assert acceptance.facts["promised"] == "2026-05-12"
    assert grant.facts["certificate"][2] in str(delivery.facts["served"])
    assert delivery.facts["served"][0][1] == grant.number
    assert not acceptance.facts["is_licence"]
    sealed = reading().scalars(select(EventRecord).where(EventRecord.kind == str(Event.WRIT_DRAWN_UP))).all()
    assert [event.data["serial"] for event in sealed] == [1, 2, 3, 4]
    assert all("龑" not in str(event.data) for event in sealed)


def test_numbers_of_one_kind_and_department_have_no_gaps(office: Office) -> None:
    at = office.at("2026-05-06")
    numbers = [applied(RESIDENCE, at) for _ in range(3)]
    for number in numbers:
        decided(number, "accept", Outcome.ACCEPT, at=at)
    accepted = [writ.number for number in numbers for writ in drawn_up(number) if writ.kind is WritKind.ACCEPTANCE]
    assert accepted == [f"GA510100受字〔2026〕{serial:04d}号" for serial in (1, 2, 3)]


def test_what_is_asked_paused_extended_and_refused_is_told_in_writing(office: Office) -> None:
    number = office.small()
    office.take(number, "accept")
    office.ask(number, "gc304", "floor_area")
    office.mend(number, floor_area=Decimal(40000))
    step = office.step(number, "gc304")
    by, at = clerk_of(reading(), step.department), office.at("2026-05-15")
    with changing(by, at) as session:
        pause(
            for_change.step(session, number, "gc304"),
            PauseReason.EXPERT_REVIEW,
            days=5,
            note="请专家论证基坑。",
            by=by,
            at=at,
        )
    found = {writ.kind: writ for writ in drawn_up(number)}
    assert found[WritKind.CORRECTION].facts["entries"] == [["总建筑面积", "Total floor area", "请改floor_area。"]]
    assert found[WritKind.CORRECTION].facts["is_accepted"]
    assert found[WritKind.SPECIAL_PROCEDURE].facts["until"] == "2026-05-22"
    assert found[WritKind.SPECIAL_PROCEDURE].facts["provisional"] == []


def test_what_each_department_asks_is_a_paper_of_its_own(office: Office) -> None:
    number = office.small(makes_waste=True, waste_volume=Decimal(86000))
    office.take(number, "accept")
    office.ask(number, "gc309", "waste_volume", "site")
    office.ask(number, "gc301", "site", day="2026-05-11")
    asked = [writ for writ in drawn_up(number) if writ.kind is WritKind.CORRECTION]
    assert [writ.department_code for writ in asked] == ["CG", "ZJ"]
    assert [writ.facts["day"] for writ in asked] == ["2026-05-08", "2026-05-11"]
    assert [[words for *_, words in writ.facts["entries"]] for writ in asked] == [
        ["请改waste_volume。", "请改site。"],
        ["请改site。"],
    ]


def test_what_is_not_accepted_says_why_and_is_delivered_once(office: Office) -> None:
    at = on(office.at("2026-05-06").today)
    number = applied(RESIDENCE, at)
    decided(number, "accept", Outcome.NOT_ACCEPTED, "请向户籍地申请。", at)
    sweep(at)
    assert kinds(number) == [WritKind.RECEIPT, WritKind.NOT_ACCEPTED, WritKind.DELIVERY]
    assert drawn_up(number)[1].facts["reason"] == "请向户籍地申请。"


def test_every_writ_bears_the_seal_that_its_department_has_in_force(office: Office) -> None:
    at = office.at("2026-05-06")
    number = applied(RESIDENCE, at)
    seal = Seal("成都市公安局", "5101", "出入境专用章", SealMark.NONE)
    clerk, head = clerk_of(reading(), "GA"), actor_named(reading(), "head-ga")
    with changing(clerk, at) as session:
        version = write_paper(session, "GA", SEAL, seal_content(seal), "换章。", after=None, by=clerk, at=at)
        publish_paper(session, version, by=head, at=at)
    granted(number, at)
    receipt, *later = drawn_up(number)
    assert "seal" not in receipt.facts, "what was drawn up before keeps the seal that it had"
    assert [seal_from(writ.facts["seal"]) for writ in later] == [seal] * 3
    before, after = (composed(writ) for writ in (receipt, later[0]))
    assert (before.seal, after.seal, after.seal_look) == (None, seal, seal)
    assert "seal" not in after.data
    usual = replace(after, seal=replace(seal, line=USUAL_LINE))
    assert usual.seal_look.line == SEAL_LINE, "the line of certificates is not for writs"
    assert render_writ(after) != render_writ(usual)


def composed(writ: Writ) -> WritSheet:
    return sheet_of(
        writ.kind,
        writ.facts,
        language="zh",
        public_url="https://city.example",
        is_demonstration=False,
    )


def test_a_changed_writ_is_found(office: Office) -> None:
    at = office.at("2026-05-06")
    number = applied(RESIDENCE, at)
    assert broken(reading(), office) == []
    (receipt,) = drawn_up(number)
    facts = {**receipt.facts, "addressee": "别人"}
    reading().execute(update(Writ).where(Writ.id == receipt.id).values(facts=facts))
    reading().commit()
    assert [line for line in broken(reading(), office) if "writ" in line] != []


def broken(session: Session, office: Office) -> list[str]:
    session.rollback()
    return examine(session, office.storage, at=office.at("2026-05-06")).broken
