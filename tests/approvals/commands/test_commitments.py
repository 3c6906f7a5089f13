"""Commitment-first as a whole life: signed, honoured, verified, late, untrue, objected to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text

from approvals.clock.moment import Moment
from approvals.commands.forget_files import forget_files
from approvals.commands.live import annul
from approvals.commands.object import answer_objection, raise_objection
from approvals.commands.rectify import close, order, report
from approvals.commands.reopen import reopen
from approvals.commands.revoke import revoke
from approvals.commands.submit import submit
from approvals.commands.verify import Evidence
from approvals.commands.withdraw import withdraw
from approvals.commands.withdraw_commitment import withdraw_commitment
from approvals.errors import (
    AnswersIncomplete,
    BarredFromCommitment,
    EvidenceMissing,
    NotAllowed,
    NothingToRevoke,
    NotOffered,
    NotPossibleNow,
    ObjectedBefore,
    PastOrFuture,
    PromiseBroken,
    TooLateToWithdraw,
)
from approvals.events import Event
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.invariants import examine
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.commitment import Commitment
from approvals.records.credit import CreditRecord
from approvals.records.event import EventRecord
from approvals.records.letter import Letter
from approvals.vocabulary import (
    Act,
    AnnulmentGround,
    ApplicationStatus,
    CertificateStatus,
    ObligationKind,
    Outcome,
    StepStatus,
)
from portal.unit_of_work import changing, reading
from portal.worker.delivery import sweep
from tests.deciding import decide
from tests.fixtures.heart import Office
from tests.fixtures.promises import SELLING, SHOP, Promises, one

VERIFICATION, DEFERRED = ObligationKind.VERIFICATION, ObligationKind.DEFERRED_MATERIAL
ORDER, CONDITION = ObligationKind.RECTIFICATION, ObligationKind.CONDITION


@pytest.fixture(params=["sqlite", "postgresql"])
def promises(request: pytest.FixtureRequest) -> Promises:
    """On either database."""
    name = "office" if request.param == "sqlite" else "postgres_office"
    office: Office = request.getfixturevalue(name)
    return Promises(office)


@pytest.fixture
def kept(office: Office) -> Promises:
    return Promises(office)


def certificate(number: str) -> Certificate:
    reading().rollback()
    wanted = select(Certificate).join(Certificate.application).where(Application.number == number)
    return reading().scalars(wanted).one()


def letters(number: str) -> list[str]:
    reading().rollback()
    wanted = select(Letter.kind).join(Letter.application).where(Application.number == number)
    return list(reading().scalars(wanted.order_by(Letter.sequence)))


def whole(promises: Promises, day: str) -> list[str]:
    """What `rongyiban check` finds broken."""
    reading().rollback()
    return examine(reading(), promises.office.storage, at=promises.office.at(day)).broken


def find_untrue(promises: Promises, number: str, subject: str = "premises", day: str = "2026-05-12") -> None:
    promises.verify(number, subject, Act.DISPROVE, day)


def revoked(promises: Promises, number: str, day: str = "2026-05-13") -> None:
    head = promises.head("SC-510104")
    promises.change(number, head, day, lambda found, at: revoke(found, "场所与承诺不符。", by=head, at=at))


def test_a_promised_licence_is_issued_on_the_day_and_verified_afterwards(promises: Promises) -> None:
    number = promises.shop()
    told = promises.office.progress(number)
    assert told.status is ApplicationStatus.ISSUED
    paper = certificate(number)
    assert paper.status is CertificateStatus.IN_FORCE
    assert paper.sheet["on_commitment"] is True
    assert ["核发方式", "告知承诺"] in paper.sheet["fields"]
    signed = reading().scalars(select(Commitment)).one()
    assert signed.text.startswith("告知承诺书：食品经营许可")
    assert signed.organisation_id is not None
    assert promises.owed(number) == [
        ("deferred_material", "officer_proof", "open"),
        ("verification", "premises", "open"),
        ("verification", "officer", "open"),
    ]
    assert promises.find(number, DEFERRED, "officer_proof").due == date(2026, 5, 19)
    assert whole(promises, "2026-05-06") == []

    promises.hand_in(number, "officer_proof", "2026-05-12")
    promises.verify(number, "premises", Act.FULFIL, "2026-05-14")
    promises.verify(number, "officer", Act.FULFIL, "2026-05-15")
    assert {status for _kind, _subject, status in promises.owed(number)} == {"fulfilled"}
    assert promises.find(number, VERIFICATION, "officer").acts[0].file_sha256 is not None
    assert promises.strike("2026-08-03") == 0
    assert whole(promises, "2026-08-03") == []


def test_an_untrue_promise_costs_the_licence_until_an_objection_is_upheld(promises: Promises) -> None:
    number, head = promises.shop(), promises.head("SC-510104")
    with pytest.raises(NothingToRevoke):
        revoked(promises, number, "2026-05-07")
    find_untrue(promises, number)
    revoked(promises, number)
    assert certificate(number).status is CertificateStatus.REVOKED
    record = reading().scalars(select(CreditRecord)).one()
    assert (record.starts_on, record.ends_on) == (date(2026, 5, 13), date(2027, 5, 12))
    assert ("verification", "officer", "dropped") in promises.owed(number)
    assert "certificate_revoked" in letters(number)
    with pytest.raises(BarredFromCommitment) as barred:
        promises.shop("2026-06-01")
    assert barred.value.facts == {"number": number, "until": date(2027, 5, 12)}
    assert whole(promises, "2026-05-13") == []

    def object_to(found: Application, at: Moment) -> None:
        raise_objection(found, "核查人员去错了门店。", by=promises.company, at=at)

    promises.change(number, promises.company, "2026-05-18", object_to)
    with pytest.raises(ObjectedBefore):
        promises.change(number, promises.company, "2026-05-18", object_to)
    promises.change(
        number, head, "2026-05-20", lambda found, at: answer_objection(found, "属实。", is_upheld=True, by=head, at=at)
    )
    assert certificate(number).status is CertificateStatus.IN_FORCE
    assert reading().scalars(select(CreditRecord)).one().repaired_at is not None
    assert ("verification", "premises", "fulfilled") in promises.owed(number)
    assert ("verification", "officer", "open") in promises.owed(number)
    assert promises.office.progress(promises.shop("2026-06-01")).status is ApplicationStatus.ISSUED
    assert whole(promises, "2026-06-01") == []


def test_what_is_late_is_reminded_of_ordered_and_then_costs_the_licence(promises: Promises) -> None:
    number, head = promises.shop(), promises.head("SC-510104")
    promises.strike("2026-05-18")
    promises.strike("2026-05-18")
    assert letters(number).count("obligation_reminded") == 1
    promises.strike("2026-05-25")
    assert ("deferred_material", "officer_proof", "late") in promises.owed(number)
    assert letters(number).count("obligation_reminded") == 2

    def demand(found: Application, at: Moment) -> None:
        order(one(found, DEFERRED), "请在期限内补交证明。", 5, by=head, at=at)

    promises.change(number, head, "2026-05-25", demand)
    assert promises.find(number, ORDER, "").due == date(2026, 6, 1)
    with pytest.raises(NotPossibleNow):
        promises.change(number, head, "2026-05-26", demand)
    with pytest.raises(NothingToRevoke):
        revoked(promises, number, "2026-05-26")
    promises.strike("2026-06-02")
    assert ("rectification", "late") in {(kind, status) for kind, _subject, status in promises.owed(number)}
    revoked(promises, number, "2026-06-03")
    assert certificate(number).status is CertificateStatus.REVOKED
    assert reading().scalars(select(CreditRecord)).one().kind == "unfulfilled"
    assert whole(promises, "2026-06-03") == []


def test_what_comes_late_but_within_the_order_ends_both(kept: Promises) -> None:
    number, head = kept.shop(), kept.head("SC-510104")
    kept.strike("2026-05-25")
    kept.change(
        number, head, "2026-05-25", lambda found, at: order(one(found, DEFERRED), "请补交。", 5, by=head, at=at)
    )
    kept.hand_in(number, "officer_proof", "2026-05-27")
    states = {kind: status for kind, _subject, status in kept.owed(number) if kind != "verification"}
    assert states == {"deferred_material": "fulfilled", "rectification": "fulfilled"}


@pytest.mark.parametrize(
    "subject, evidence, missing",
    [
        ("premises", Evidence("属实。", officer="王示例"), ("seen_on",)),
        ("premises", Evidence("", officer="", seen_on=None), ("finding", "officer", "seen_on")),
        ("officer", Evidence("属实。"), ("document",)),
    ],
)
def test_nothing_is_verified_without_its_evidence(
    kept: Promises, subject: str, evidence: Evidence, missing: tuple[str, ...]
) -> None:
    number = kept.shop()
    with pytest.raises(EvidenceMissing) as refused:
        kept.verify(number, subject, Act.FULFIL, "2026-05-12", evidence)
    assert refused.value.facts["missing"] == missing
    assert ("verification", subject, "open") in kept.owed(number)


@pytest.mark.parametrize("seen", [date(2026, 5, 5), date(2026, 5, 13)])
def test_a_visit_is_neither_before_the_promise_nor_tomorrow(kept: Promises, seen: date) -> None:
    number = kept.shop()
    with pytest.raises(PastOrFuture):
        kept.verify(number, "premises", Act.FULFIL, "2026-05-12", Evidence("属实。", "", "王示例", seen))


def test_only_the_head_orders_and_revokes(kept: Promises) -> None:
    number, clerk = kept.shop(), kept.clerk("SC-510104")
    find_untrue(kept, number)
    with pytest.raises(NotAllowed):
        kept.change(number, clerk, "2026-05-13", lambda found, at: revoke(found, "不实。", by=clerk, at=at))


def test_who_cooks_may_not_promise_and_without_a_promise_everything_is_due_at_once(kept: Promises) -> None:
    with pytest.raises(NotOffered):
        kept.apply(SHOP, [""])
    token = kept.draft(SHOP, "2026-05-06", missing=("officer_proof",), **SELLING)
    with pytest.raises(AnswersIncomplete) as refused:
        kept.send(token, "2026-05-06")
    assert refused.value.facts["materials"] == ["officer_proof"]


def test_in_a_joint_case_promised_steps_decide_while_the_others_review(promises: Promises) -> None:
    number = promises.apply("construction-permit", ["gc305", "gc309"], missing=("water_quality", "waste_site"))
    promises.office.take(number, "accept")
    assert promises.office.step(number, "gc305").status is StepStatus.DONE
    assert promises.office.step(number, "gc304").status is StepStatus.OPEN
    assert ("verification", "gc305", "open") in promises.owed(number)
    promises.office.take_all_but(number)
    promises.office.take(number, "decide", "2026-05-11")
    sheet = certificate(number).sheet
    assert ["核发方式", "告知承诺（城镇污水排入排水管网许可、建筑垃圾处置核准）"] in sheet["fields"]
    assert whole(promises, "2026-05-11") == []


def test_an_untrue_promise_ends_a_running_procedure(kept: Promises) -> None:
    number, head = kept.apply("construction-permit", ["gc309"]), kept.head("ZJ")
    kept.office.take(number, "accept")
    kept.verify(number, "carriers", Act.DISPROVE, "2026-05-08")
    kept.change(number, head, "2026-05-11", lambda found, at: revoke(found, "消纳场所未经核准。", by=head, at=at))
    assert kept.office.progress(number).status is ApplicationStatus.TERMINATED
    assert reading().scalars(select(CreditRecord)).one().kind == "untrue"
    assert whole(kept, "2026-05-11") == []


def test_a_promise_is_taken_back_and_the_step_reviews_and_asks_for_what_is_missing(promises: Promises) -> None:
    number = promises.apply("construction-permit", ["gc305"], missing=("water_quality",))
    promises.office.take(number, "accept")
    who = promises.company
    promises.change(number, who, "2026-05-11", lambda found, at: withdraw_commitment(found, "gc305", by=who, at=at))
    step = promises.office.step(number, "gc305")
    assert step.status is StepStatus.RETURNED
    assert {status for _kind, _subject, status in promises.owed(number)} == {"dropped"}
    assert whole(promises, "2026-05-11") == []
    promises.office.mend(number, "2026-05-12")
    assert promises.office.step(number, "gc305").status is StepStatus.OPEN
    promises.office.take_all_but(number, day="2026-05-13")
    promises.office.take(number, "decide", "2026-05-14")
    assert "on_commitment" not in certificate(number).sheet
    assert whole(promises, "2026-05-14") == []


def test_after_the_decision_no_promise_is_taken_back(kept: Promises) -> None:
    number, who = kept.shop(), kept.company
    with pytest.raises(TooLateToWithdraw):
        kept.change(number, who, "2026-05-11", lambda found, at: withdraw_commitment(found, "", by=who, at=at))


def test_conditions_are_reported_by_the_applicant_and_closed_by_the_department(kept: Promises) -> None:
    from approvals.queries import for_change
    from approvals.vocabulary import Outcome
    from tests.deciding import decide

    number = kept.office.small()
    kept.office.take(number, "accept")
    clerk, at = kept.clerk("ZJ"), kept.office.at("2026-05-08")
    with changing(clerk, at) as session:
        decide(
            for_change.step(session, number, "gc304"),
            Outcome.AGREE_WITH_CONDITIONS,
            "",
            conditions="开工前安装扬尘监测。",
            by=clerk,
            at=at,
        )
    assert kept.owed(number) == []
    kept.office.take_all_but(number)
    kept.office.take(number, "decide", "2026-05-11")
    assert kept.owed(number) == [("condition", "gc304", "open")]
    who = kept.company
    kept.change(number, who, "2026-05-20", lambda found, at: report(one(found, CONDITION), "已安装。", by=who, at=at))

    def look(day: str, outcome: Act, note: str) -> None:
        kept.change(number, clerk, day, lambda found, at: close(one(found, CONDITION), outcome, note, by=clerk, at=at))

    look("2026-05-21", Act.SEND_BACK, "没有联网。")
    assert kept.owed(number) == [("condition", "gc304", "open")]
    kept.change(number, who, "2026-05-22", lambda found, at: report(one(found, CONDITION), "已联网。", by=who, at=at))
    look("2026-05-25", Act.FULFIL, "属实。")
    assert kept.owed(number) == [("condition", "gc304", "fulfilled")]
    assert whole(kept, "2026-05-25") == []


def test_the_trail_tells_the_whole_life(kept: Promises) -> None:
    number = kept.shop()
    find_untrue(kept, number)
    revoked(kept, number)
    wanted = select(EventRecord.kind).join(Application, Application.id == EventRecord.application_id)
    kinds = list(reading().scalars(wanted.where(Application.number == number).order_by(EventRecord.sequence)))
    for kind in ("commitment_signed", "obligation_begun", "obligation_moved", "certificate_revoked", "credit_recorded"):
        assert kind in kinds


def test_the_file_of_a_finding_is_never_forgotten(kept: Promises) -> None:
    number = kept.shop()
    kept.verify(number, "officer", Act.FULFIL, "2026-05-12")
    file = kept.find(number, VERIFICATION, "officer").acts[0].file_sha256
    with changing(at=kept.office.at("2026-06-12")) as session:
        assert file not in forget_files(session, at=kept.office.at("2026-06-12"))


@pytest.mark.parametrize(
    "change, words",
    [
        ("UPDATE obligations SET status = 'fulfilled' WHERE subject = 'premises'", "but its acts say untrue"),
        ("UPDATE certificates SET status = 'in_force'", "but the trail says otherwise"),
        ("DELETE FROM obligation_acts WHERE kind = 'disprove'", "is not what the trail says"),
        ("UPDATE obligation_acts SET evidence = '{}' WHERE kind = 'disprove'", "does not have its hash"),
    ],
)
def test_the_check_sees_what_somebody_changed_behind_its_back(kept: Promises, change: str, words: str) -> None:
    number = kept.shop()
    find_untrue(kept, number)
    revoked(kept, number)
    assert whole(kept, "2026-05-13") == []
    with changing(at=kept.office.at("2026-05-14")) as session:
        for trigger in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER obligation_acts_no_{trigger}"))
        session.execute(text(change))
    assert any(words in each for each in whole(kept, "2026-05-14"))


# ── nobody escapes, and nothing is granted on an untruth ───────────────────────────────────────────────────────────

PROMISED = "gc309"


def running(kept: Promises) -> str:
    """A construction permit of which one review is promised, accepted."""
    number = kept.apply("construction-permit", [PROMISED])
    kept.office.take(number, "accept")
    return number


def disproved(kept: Promises) -> str:
    number = running(kept)
    kept.verify(number, "carriers", Act.DISPROVE, "2026-05-08")
    return number


def decide_it(kept: Promises, number: str, outcome: Outcome, day: str, reason: str = "") -> None:
    clerk, at = kept.clerk("ZJ"), kept.office.at(day)
    with changing(clerk, at) as session:
        decide(for_change.step(session, number, "decide"), outcome, reason, by=clerk, at=at)
    sweep(at)


def test_nothing_is_granted_on_an_untruth(kept: Promises) -> None:
    number = disproved(kept)
    kept.office.take_all_but(number, "decide")
    with pytest.raises(PromiseBroken):
        decide_it(kept, number, Outcome.GRANT, "2026-05-11")
    decide_it(kept, number, Outcome.REFUSE, "2026-05-11", "承诺不实。")
    assert kept.office.progress(number).status is ApplicationStatus.REFUSED
    assert whole(kept, "2026-05-11") == []


@pytest.mark.parametrize("way", ["withdrawn", "refused", "annulled"])
def test_an_untruth_is_recorded_however_it_ended(kept: Promises, way: str) -> None:
    if way == "annulled":
        number, head = kept.shop(), kept.head("SC-510104")
        kept.verify(number, "premises", Act.DISPROVE, "2026-05-12")

        def annulled(found: Application, at: Moment) -> None:
            assert found.certificate is not None
            annul(found.certificate, AnnulmentGround.GIVEN_UP, "持有人申请注销。", by=head, at=at)

        kept.change(number, head, "2026-05-13", annulled)
    else:
        number, head = disproved(kept), kept.head("ZJ")
        if way == "withdrawn":
            who = kept.company
            kept.change(number, who, "2026-05-11", lambda found, at: withdraw(found, "不办了。", by=who, at=at))
        else:
            kept.office.take_all_but(number, "decide")
            decide_it(kept, number, Outcome.REFUSE, "2026-05-11", "承诺不实。")
    assert reading().scalars(select(CreditRecord)).all() == []
    kept.change(number, head, "2026-05-14", lambda found, at: revoke(found, "承诺不实。", by=head, at=at))
    assert reading().scalars(select(CreditRecord)).one().kind == "untrue"
    assert letters(number)[-1] == "credit_recorded"
    with pytest.raises(NothingToRevoke):
        kept.change(number, head, "2026-05-14", lambda found, at: revoke(found, "再来一次。", by=head, at=at))
    with pytest.raises(BarredFromCommitment):
        kept.apply("construction-permit", [PROMISED], "2026-05-15")
    assert whole(kept, "2026-05-15") == []


def test_what_was_promised_is_verified_when_a_refusal_is_undone(kept: Promises) -> None:
    number, head = running(kept), kept.head("ZJ")
    kept.office.take_all_but(number, "decide")
    decide_it(kept, number, Outcome.REFUSE, "2026-05-11", "其他原因。")
    assert {status for _kind, _step, status in kept.owed(number)} == {"dropped"}
    kept.change(number, head, "2026-05-18", lambda found, at: reopen(found, "复议决定 1 号", "撤销", by=head, at=at))
    assert {status for _kind, _step, status in kept.owed(number)} == {"open"}
    decide_it(kept, number, Outcome.GRANT, "2026-05-19")
    assert certificate(number).status is CertificateStatus.IN_FORCE
    assert whole(kept, "2026-05-19") == []


def test_the_trail_names_who_signed_not_who_sent(kept: Promises) -> None:
    token = kept.draft(SHOP, "2026-05-06", missing=(), **SELLING)
    kept.sign(token, [""], "2026-05-06")
    other = replace(kept.company, account=actor_named(reading(), "wangxiaorong").account)
    at = kept.office.at("2026-05-06", 12)
    with changing(other, at) as session:
        submit(for_change.application(session, token), by=other, at=at)
    event = reading().scalars(select(EventRecord).where(EventRecord.kind == Event.COMMITMENT_SIGNED)).one()
    signed = reading().scalars(select(Commitment)).one()
    assert (event.by_account, event.data["signed_by"]) == (other.account, signed.by_account)
    assert whole(kept, "2026-05-06") == []
    with changing(at=at) as session:
        session.execute(text("DROP TRIGGER commitments_no_update"))
        session.execute(text("UPDATE commitments SET by_account = :other"), {"other": other.account})
    assert any("was signed by somebody else" in each for each in whole(kept, "2026-05-06"))
