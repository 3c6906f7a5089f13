"""What a correction does to the other departments: who joins, who falls away, who is asked again, who is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from approvals.commands.draft import save
from approvals.commands.pause import pause, resume
from approvals.commands.resubmit import resubmit
from approvals.commands.take import take
from approvals.commands.withdraw import withdraw
from approvals.errors import AnswersIncomplete, AskedBefore, Finished, NotReturned, NotSubmitted, StepNotOpen
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.case import load_case
from approvals.queries.desk import desk
from approvals.queries.reckoning import reckoning
from approvals.records.correction import Correction
from approvals.records.event import EventRecord
from approvals.vocabulary import ApplicationStatus, Outcome, PauseReason, StepStatus
from portal.invariants import examine
from portal.unit_of_work import changing, reading
from services.answers import Address
from tests.deciding import decide
from tests.fixtures.heart import Office

WASTE: dict[str, Any] = {"makes_waste": True, "waste_volume": Decimal(86000)}


def in_review(office: Office, **answers: Any) -> str:
    """A construction permit, accepted, that touches little but what the answers say."""
    number = office.small(**answers)
    office.take(number, "accept")
    return number


def events(number: str, *kinds: str) -> list[tuple[str, Mapping[str, Any]]]:
    reading().rollback()
    told = select(EventRecord.kind, EventRecord.data).where(EventRecord.kind.in_(kinds)).order_by(EventRecord.sequence)
    return [(kind, data) for kind, data in reading().execute(told)]


def rows(table: str, where: str = "1 = 1") -> list[tuple[object, ...]]:
    """As the database holds them, byte for byte."""
    reading().rollback()
    return [tuple(row) for row in reading().execute(text(f"select * from {table} where {where} order by id"))]  # noqa: S608  # names of our own tables


def is_sound(office: Office) -> bool:
    assert examine(office.app)["broken"] == []
    return True


def status(office: Office, number: str, key: str) -> StepStatus:
    return office.step(number, key).status


def test_mended_answers_call_a_department_in_and_the_trail_says_which(office: Office) -> None:
    number = in_review(office)
    office.ask(number, "gc301", "makes_waste")
    office.mend(number, makes_waste=True, waste_volume=Decimal(500))
    joined = office.step(number, "gc309")
    assert joined.department == "CG"
    assert joined.status is StepStatus.OPEN
    assert joined.promised_due == date(2026, 5, 19)  # three working days after 14 May, a first round
    assert events(number, "step_joined")[-1][1] == {
        "step": "gc309",
        "department": "CG",
        "round": 1,
        "why": ["makes_waste"],
        "organisation": 1,
    }
    assert [step.key for step in office.progress(number).steps] == [
        "accept",
        "gc301",
        "gc304",
        "gc309",
        "decide",
        "issue",
    ]
    assert is_sound(office)


def test_a_decision_that_was_open_waits_again_for_who_joined(office: Office) -> None:
    number = in_review(office)
    office.take_all_but(number)
    assert office.open(number) == ["decide"]
    office.ask(number, "decide", "makes_waste", day="2026-05-11")
    office.mend(number, "2026-05-14", makes_waste=True, waste_volume=Decimal(500))
    assert office.open(number) == ["gc309"]
    waiting = office.step(number, "decide")
    assert waiting.status is StepStatus.WAITING
    assert waiting.promised_due is None
    clerk, at = clerk_of(reading(), "ZJ"), office.at("2026-05-14", 15)
    with pytest.raises(StepNotOpen), changing(clerk, at) as session:
        decide(for_change.step(session, number, "decide"), Outcome.GRANT, "", by=clerk, at=at)
    assert events(number, "step_held") == [("step_held", {"step": "decide", "department": "ZJ", "organisation": 1})]
    office.take(number, "gc309", "2026-05-18")
    assert office.open(number) == ["decide"]
    # Its second round has two days, counted from the day it could go on.
    assert office.step(number, "decide").promised_due == date(2026, 5, 20)
    assert is_sound(office)


def test_what_is_no_longer_called_in_falls_away_and_its_objection_counts_for_nothing(office: Office) -> None:
    number = in_review(office, **WASTE)
    clerk, at = clerk_of(reading(), "CG"), office.at("2026-05-08")
    with changing(clerk, at) as session:
        decide(for_change.step(session, number, "gc309"), Outcome.DISAGREE, "消纳场所已满。", by=clerk, at=at)
    office.take(number, "gc304", "2026-05-08")
    given = rows("decisions")
    office.ask(number, "gc301", "makes_waste")
    office.mend(number, makes_waste=False, waste_volume=None)
    assert status(office, number, "gc309") is StepStatus.LEFT
    assert events(number, "step_left") == [("step_left", {"step": "gc309", "why": ["makes_waste"], "organisation": 1})]
    assert rows("decisions") == given
    office.take(number, "gc301", "2026-05-15")
    office.take(number, "decide", "2026-05-15")  # granted: nobody who takes part objected
    assert office.progress(number).status is ApplicationStatus.GRANTED


def test_who_is_called_in_again_is_asked_afresh(office: Office) -> None:
    number = in_review(office, **WASTE)
    office.take(number, "gc309")
    office.ask(number, "gc301", "makes_waste")
    office.mend(number, makes_waste=False, waste_volume=None)
    office.ask(number, "gc301", "makes_waste", day="2026-05-15")
    office.mend(number, "2026-05-18", **WASTE)
    again = office.step(number, "gc309")
    assert again.status is StepStatus.OPEN
    assert again.outcome is None
    assert again.promised_due == date(2026, 5, 20)
    assert events(number, "step_joined")[-1][1]["round"] == 2
    office.take(number, "gc309", "2026-05-19")
    office.take_all_but(number, "decide", day="2026-05-19")
    assert office.open(number) == ["decide"]
    assert is_sound(office)


def test_only_who_relied_on_what_changed_is_asked_again_and_all_other_rows_stay(office: Office) -> None:
    number = office.apply()
    office.take(number, "accept")
    office.take_all_but(number, "gc301")
    touched = ("gc302", "gc312")  # they rely on the floors below; so does gc301, which asks
    others = f"key not in ('gc301', {', '.join(repr(key) for key in touched)})"
    decisions, steps = rows("decisions"), rows("steps", others)
    office.ask(number, "gc301", "floors_below")
    office.mend(number, floors_below=Decimal(2))
    assert rows("decisions") == decisions
    assert rows("steps", others) == steps
    assert sorted(office.open(number)) == ["gc301", *touched]
    assert [(data["step"], data["round"], data["questions"]) for _, data in events(number, "step_reopened")] == [
        ("gc302", 2, ["floors_below"]),
        ("gc312", 2, ["floors_below"]),
    ]
    assert is_sound(office)


def test_a_replaced_material_reopens_the_steps_that_need_it(office: Office) -> None:
    number = office.apply()
    office.take(number, "accept")
    office.take_all_but(number, "gc308")
    office.ask(number, "gc308", "traffic_plan")
    office.mend(number, files=("traffic_plan",))
    assert sorted(office.open(number)) == ["gc307", "gc308"]
    assert events(number, "step_reopened")[0][1]["materials"] == ["traffic_plan"]
    assert is_sound(office)


def test_time_after_the_first_opinion_is_not_counted_against_who_is_asked_again(office: Office) -> None:
    number = office.apply()
    office.take(number, "accept")
    due = office.step(number, "gc312").statutory_due
    office.take_all_but(number, "gc301")  # on 8 May
    office.ask(number, "gc301", "floors_below", day="2026-05-15")
    office.mend(number, "2026-05-20", floors_below=Decimal(2))
    again = office.step(number, "gc312")
    assert due is not None
    assert again.statutory_due is not None
    assert office.calendar.working_days(due, again.statutory_due) == 9  # 9, 11 to 15, 18 to 20 May
    assert again.promised_due == date(2026, 5, 22)
    assert is_sound(office)


@pytest.mark.parametrize("asked", ["2026-05-07", "2026-05-11"], ids=["on the first day", "on the last day"])
def test_a_later_round_has_its_own_limit_from_the_day_of_the_answer(office: Office, asked: str) -> None:
    number = in_review(office, **WASTE)
    assert office.step(number, "gc309").promised_due == date(2026, 5, 11)
    office.ask(number, "gc309", "waste_volume", day=asked)
    office.mend(number, "2026-05-14", waste_volume=Decimal(500))
    assert office.step(number, "gc309").promised_due == date(2026, 5, 18)
    assert is_sound(office)


def test_a_correction_asked_and_answered_on_the_last_day_leaves_the_round_limit(office: Office) -> None:
    number = in_review(office, **WASTE)
    office.ask(number, "gc309", "waste_volume", day="2026-05-11", hour=9)
    office.mend(number, "2026-05-11", waste_volume=Decimal(500))
    assert office.step(number, "gc309").promised_due == date(2026, 5, 13)
    assert is_sound(office)


def test_a_later_round_is_never_promised_past_the_limit_of_the_law(office: Office) -> None:
    number = in_review(office)
    assert office.step(number, "gc304").statutory_due == date(2026, 5, 15)
    office.ask(number, "gc304", "contractor_name", day="2026-05-14", hour=9)
    office.mend(number, "2026-05-14", contractor_name="成都另一家示例建工有限公司")
    assert office.step(number, "gc304").promised_due == date(2026, 5, 15)


@pytest.mark.parametrize("answered, due", [("2026-05-20", date(2026, 5, 20)), ("2026-05-23", date(2026, 5, 25))])
def test_who_asked_on_the_last_day_of_the_law_has_the_day_of_the_answer(
    office: Office, answered: str, due: date
) -> None:
    """The second came in on a Saturday. The limit gains no day: the next one is too late."""
    number = in_review(office)
    office.ask(number, "gc304", "contractor_name", day="2026-05-15")
    office.mend(number, answered, contractor_name="成都另一家示例建工有限公司")
    step = office.step(number, "gc304")
    assert (step.promised_due, step.statutory_due) == (due, due)
    clerk = clerk_of(reading(), "ZJ")
    told = reckoning(load_case(reading(), number, by=clerk, at=office.at(answered)), "gc304", at=office.at(answered))
    assert told is not None
    assert told.is_on_return
    assert (told.promised_due, told.statutory_due, told.days[-1].date) == (due, due, due)
    assert [each.date for each in told.days if each.is_statutory_due] == [due]
    assert is_sound(office)


def test_the_reckoning_says_where_the_whole_limit_ends_that_of_a_step(office: Office) -> None:
    number = office.apply("food-business-licence")
    office.take(number, "accept", "2026-05-07")
    for key in ("review", "on_site"):
        office.take(number, key, "2026-05-12")
    case = load_case(reading(), number, by=clerk_of(reading(), "SC-510104"), at=office.at("2026-05-12"))
    review, decision = (reckoning(case, key, at=office.at("2026-05-12")) for key in ("accept", "decide"))
    assert review is not None
    assert decision is not None
    assert (review.is_cut, decision.is_cut) == (False, True)
    assert decision.statutory_due == case.application.statutory_due


def test_what_could_have_been_seen_before_is_asked_only_with_a_reason(office: Office) -> None:
    number = in_review(office, **WASTE)
    office.ask(number, "gc309", "waste_volume")
    office.mend(number, waste_volume=Decimal(500))
    with pytest.raises(AskedBefore) as refused:
        office.ask(number, "gc309", "waste_volume", "contractor_name", day="2026-05-15")
    assert [name.zh for name in refused.value.facts["what"]] == ["施工单位"]  # type: ignore[attr-defined]  # facts are objects
    office.ask(number, "gc309", "waste_volume", day="2026-05-15")  # it says something else now
    office.mend(number, "2026-05-18", waste_volume=Decimal(600))
    office.ask(number, "gc309", "contractor_name", day="2026-05-19", why="运输企业名录昨日更新。")
    reading().rollback()
    reasons = reading().scalars(select(Correction.why_again).order_by(Correction.id)).all()
    assert reasons == ["", "", "运输企业名录昨日更新。"]
    assert is_sound(office)


def test_a_special_procedure_is_over_when_its_step_falls_away(office: Office) -> None:
    number = in_review(office, **WASTE)
    by, at = clerk_of(reading(), "CG"), office.at("2026-05-08")
    with changing(by, at) as session:
        step = for_change.step(session, number, "gc309")
        pause(step, PauseReason.EXPERT_REVIEW, days=4, note="专家评审。", by=by, at=at)
    office.ask(number, "gc301", "makes_waste")
    office.mend(number, makes_waste=False, waste_volume=None)
    office.take_all_but(number, day="2026-05-15")
    assert office.open(number) == ["decide"]
    with pytest.raises(StepNotOpen), changing(by, at) as session:
        decide(for_change.step(session, number, "gc309"), Outcome.AGREE, "", by=by, at=at)
    assert is_sound(office)


def test_whatever_is_tried_on_a_withdrawn_application_is_refused_by_its_name(office: Office) -> None:
    number = in_review(office, **WASTE)
    office.ask(number, "gc309", "waste_volume")
    by, at, clerk = actor_named(reading(), "lijinrong"), office.at("2026-05-11"), clerk_of(reading(), "ZJ")
    with changing(by, at) as session:
        withdraw(for_change.application(session, number), "项目调整。", by=by, at=at)
    with pytest.raises(Finished), changing(by, at) as session:
        resubmit(for_change.application(session, number), by=by, at=at)
    with pytest.raises(Finished), changing(by, at) as session:
        save(for_change.application(session, number), {}, asked=(), version=1, by=by, at=at)
    with pytest.raises(Finished), changing(clerk, at) as session:
        decide(for_change.step(session, number, "gc301"), Outcome.AGREE, "", by=clerk, at=at)
    with pytest.raises(Finished), changing(clerk, at) as session:
        resume(for_change.step(session, number, "gc301"), by=clerk, at=at)
    with pytest.raises(Finished):
        office.ask(number, "gc301", "floors_above", day="2026-05-12")
    assert is_sound(office)


def test_a_draft_is_neither_withdrawn_nor_mended(office: Office) -> None:
    token, by, at = office.draft(), actor_named(reading(), "lijinrong"), office.at("2026-05-07")
    with pytest.raises(NotSubmitted), changing(by, at) as session:
        withdraw(for_change.application(session, token), "", by=by, at=at)
    with pytest.raises(NotSubmitted), changing(by, at) as session:
        resubmit(for_change.application(session, token), by=by, at=at)


def test_mending_after_the_answer_was_sent_is_refused(office: Office) -> None:
    number = in_review(office, **WASTE)
    office.ask(number, "gc309", "waste_volume")
    office.mend(number, waste_volume=Decimal(500))
    by, at = actor_named(reading(), "lijinrong"), office.at("2026-05-15")
    with pytest.raises(NotReturned), changing(by, at) as session:
        resubmit(for_change.application(session, number), by=by, at=at)


def test_today_in_a_rule_is_the_day_the_application_was_sent(office: Office) -> None:
    number = office.small(
        occupies_road=True, start=date(2026, 5, 1), road_from=date(2026, 5, 7), road_to=date(2026, 6, 1)
    )
    office.take(number, "accept")
    office.ask(number, "gc304", "contract_price")
    office.mend(number, "2026-05-20", contract_price=Decimal(27000))
    assert status(office, number, "gc304") is StepStatus.OPEN


def test_a_draft_is_judged_on_the_day_it_is_sent(office: Office) -> None:
    registered = date(2026, 1, 1)
    answers: dict[str, Any] = {"moved_in": registered, "registered_on": registered}
    with pytest.raises(AnswersIncomplete) as refused:
        office.apply("residence-permit", str(registered + timedelta(days=182)), **answers)
    assert refused.value.facts["sections"] == ["residence"]
    assert office.apply("residence-permit", str(registered + timedelta(days=183)), **answers)


def test_the_date_of_a_later_round_is_explained_from_the_day_of_the_answer(office: Office) -> None:
    number = in_review(office, **WASTE)
    office.ask(number, "gc309", "waste_volume", day="2026-05-08")
    office.mend(number, "2026-05-14", waste_volume=Decimal(500))
    clerk, at = clerk_of(reading(), "CG"), office.at("2026-05-15")
    found = desk(reading(), number, "gc309", by=clerk, at=at)
    told = found.reckoning
    assert told is not None
    assert (told.started, told.round_began) == (date(2026, 5, 7), date(2026, 5, 14))
    assert [(day.date.day, day.number) for day in told.days if day.number] == [(15, 1), (18, 2)]
    assert told.promised_due == found.lane.promised_due == date(2026, 5, 18)
    assert found.lane.rule[0] == 1


def test_a_matter_that_moved_goes_to_whoever_is_competent_there_and_the_trail_says_why(office: Office) -> None:
    number = office.apply("food-business-licence")
    office.take(number, "accept")
    here, there = "SC-510104", "SC-510105"
    assert {step.department for step in office.progress(number).steps} == {here}
    by, at = clerk_of(reading(), here), office.at("2026-05-08")
    with changing(by, at) as session:
        take(for_change.step(session, number, "review"), by=by, at=at)
    office.ask(number, "review", "premises")
    office.mend(number, premises=Address("510105", "少城路 9 号（示例地址）"))
    found = {step.key: step.department for step in office.progress(number).steps}
    assert found == {"accept": here} | dict.fromkeys(["review", "on_site", "decide", "issue"], there)
    assert events(number, "step_moved")[0][1] == {
        "step": "review",
        "department": there,
        "before": here,
        "why": ["premises"],
        "organisation": 1,
    }
    assert [data["act"] for _, data in events(number, "step_assigned")] == ["take", "put_back"]
    office.take(number, "review", "2026-05-15")
    assert office.step(number, "review").status is StepStatus.DONE
    assert is_sound(office)


def test_a_matter_that_moved_within_its_district_stays_where_it_is(office: Office) -> None:
    number = office.apply("food-business-licence")
    office.take(number, "accept")
    office.ask(number, "review", "premises")
    office.mend(number, premises=Address("510104", "锦江东路 2 号（示例地址）"))
    assert events(number, "step_moved") == []
    assert is_sound(office)
