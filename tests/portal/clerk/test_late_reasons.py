"""Why a step is late: whoever decides it says so, or said so before; it is listed, counted and kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from approvals.audit.witness import proves
from approvals.commands import decide as deciding
from approvals.commands import propose as proposing
from approvals.commands.give_late_reason import give_late_reason
from approvals.commands.lateness import WhyLate
from approvals.commands.take import take
from approvals.commands.ticks import all_met
from approvals.errors import LateReasonMissing, NotLate, NotYourStep, SomebodyElseHasIt
from approvals.events import Event
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.bulletin import bulletin
from approvals.queries.invariants import examine
from approvals.queries.open_steps import Part, open_steps
from approvals.records.event import EventRecord
from approvals.records.late_reason import LateReasonGiven
from approvals.records.step import Decision, StepRecord
from approvals.vocabulary import LateReason, Outcome, StepStatus
from portal.unit_of_work import changing, now, reading
from tests.counting import statements
from tests.factories import RESIDENCE, opened
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
LATE, IN_TIME = "2026-05-20", "2026-05-07"
"""Of what was applied for on 6 May: accepted within two working days, says the promise."""
NOTE, SECRET = "省厅的技术参数还没有回。", "材料齐全。"


def desk(number: str, action: str = "", key: str = "accept") -> str:
    return f"/office/steps/{number}/{key}" + (f"/{action}" if action else "")


def said(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def post(client: FlaskClient, address: str, **form: Any) -> tuple[int, str]:
    answer = client.post(address, data=form)
    return answer.status_code, answer.get_data(as_text=True)


def person(username: str) -> Actor:
    return actor_named(reading(), username)


def kept(number: str, key: str = "accept") -> tuple[LateReason | None, list[tuple[LateReason, str]]]:
    """What stands beside the step, and every statement."""
    reading().rollback()
    step = for_change.step(reading(), number, key)
    return step.late_reason, [(each.reason, each.note) for each in step.late_reasons]


def decide(office: Office, number: str, day: str, late: WhyLate | None, key: str = "accept") -> None:
    by, at = person("clerk-ga"), office.at(day)
    outcome = Outcome.ACCEPT if key == "accept" else Outcome.AGREE
    with changing(by, at) as session:
        step = for_change.step(session, number, key)
        deciding.decide(step, outcome, "", ticks=all_met(step), late=late, by=by, at=at)


def broken(office: Office) -> list[str]:
    reading().rollback()
    return examine(reading(), office.storage, at=now()).broken


@pytest.fixture
def residence(office: Office) -> str:
    return office.apply(RESIDENCE)


@pytest.mark.parametrize("late", [None, WhyLate(LateReason.OTHER), WhyLate(LateReason.OTHER, "  ")])
def test_what_is_late_is_not_decided_without_saying_why(office: Office, residence: str, late: WhyLate | None) -> None:
    with pytest.raises(LateReasonMissing):
        decide(office, residence, LATE, late)
    assert office.step(residence, "accept").status is StepStatus.OPEN
    assert kept(residence) == (None, [])


def test_the_reason_is_kept_with_a_digest_in_the_trail(office: Office, residence: str) -> None:
    decide(office, residence, LATE, WhyLate(LateReason.OTHER, f" {NOTE} "))
    assert office.step(residence, "accept").status is StepStatus.DONE
    assert kept(residence) == (LateReason.OTHER, [(LateReason.OTHER, NOTE)])
    told = reading().scalars(select(EventRecord).where(EventRecord.kind == str(Event.LATE_REASON_GIVEN))).one()
    assert (told.data["reason"], told.by_account) == ("other", person("clerk-ga").person)
    assert NOTE not in str(told.data)
    assert proves(told.data["note"], NOTE)
    assert broken(office) == []


def test_in_time_nothing_is_asked_read_or_written(office: Office, residence: str) -> None:
    with statements() as sent:
        decide(office, residence, IN_TIME, WhyLate(LateReason.WORKLOAD))
    assert [each for each in sent if "late_reasons" in each] == []
    assert kept(residence) == (None, [])


def test_it_is_said_before_and_said_anew_when_something_else_holds(office: Office, residence: str) -> None:
    by = person("clerk-ga")
    for day, why in ((LATE, WhyLate(LateReason.WORKLOAD)), (LATE, WhyLate(LateReason.WORKLOAD))):
        with changing(by, office.at(day)) as session:
            give_late_reason(for_change.step(session, residence, "accept"), why, by=by, at=office.at(day))
    decide(office, residence, "2026-05-21", WhyLate(LateReason.OUTAGE, "签名服务停了。"))
    assert kept(residence) == (
        LateReason.OUTAGE,
        [(LateReason.WORKLOAD, ""), (LateReason.OUTAGE, "签名服务停了。")],
    ), "what was said already is not said twice"
    assert broken(office) == []


def test_who_may_not_decide_says_nothing_and_nothing_is_said_in_time(office: Office, residence: str) -> None:
    why, at = WhyLate(LateReason.WORKLOAD), office.at(LATE)
    holder, other = person("head-ga"), person("clerk-zj")
    clerk = person("clerk-ga")
    with changing(holder, at) as session:
        take(for_change.step(session, residence, "accept"), by=holder, at=at)
    for by, day, refusal in (
        (other, LATE, NotYourStep),
        (clerk, LATE, SomebodyElseHasIt),
        (holder, IN_TIME, NotLate),
    ):
        with pytest.raises(refusal), changing(by, office.at(day)) as session:
            give_late_reason(for_change.step(session, residence, "accept"), why, by=by, at=office.at(day))
    assert kept(residence) == (None, [])


def test_a_new_round_is_a_new_question(office: Office) -> None:
    number = office.apply(RESIDENCE)
    office.take(number, "accept", IN_TIME)
    by, at = person("clerk-ga"), office.at("2026-06-10")
    with changing(by, at) as session:
        give_late_reason(for_change.step(session, number, "review"), WhyLate(LateReason.COMPLEXITY), by=by, at=at)
    office.ask(number, "review", "employer", day="2026-06-10")
    office.mend(number, "2026-06-12", employer="天府新区人力资源公司")
    assert kept(number, "review") == (None, [(LateReason.COMPLEXITY, "")])
    assert broken(office) == []
    with pytest.raises(LateReasonMissing):
        decide(office, number, "2026-08-10", None, "review")


def test_what_was_stated_is_never_changed_and_what_is_forged_is_found(office: Office, residence: str) -> None:
    decide(office, residence, LATE, WhyLate(LateReason.WORKLOAD))
    reading().rollback()
    with pytest.raises(DBAPIError, match="never changed"):
        reading().execute(update(LateReasonGiven).values(reason=LateReason.APPLICANT))
    reading().rollback()
    step = for_change.step(reading(), residence, "accept").id
    row = {"step_id": step, "number": 2, "round": 1, "reason": LateReason.APPLICANT, "note": "", "by_account": 1}
    reading().execute(insert(LateReasonGiven).values(**row, at=now().instant))
    reading().commit()
    found = "\n".join(broken(office))
    assert "reason 2 why step accept was late is stored with another author or time than in the trail" in found
    assert "step accept is stored as late for workload, but what was stated last is applicant" in found
    reading().execute(text("DROP TRIGGER late_reasons_no_delete"))
    reading().execute(text("DELETE FROM late_reasons"))
    reading().commit()
    assert "reason 1 why step accept was late is missing" in "\n".join(broken(office))


# ── two people ──


@pytest.mark.parametrize("proposed_on", ["2026-05-08", "2026-07-10"])
def test_of_two_people_the_first_says_it_and_the_second_where_it_became_late_since(
    office: Office, proposed_on: str
) -> None:
    number = office.apply("food-business-licence")
    office.take(number, "accept")
    office.take(number, "review")
    first, second = person("clerk-sc-510104"), person("head-sc-510104")
    at, later, why = office.at(proposed_on), office.at("2026-07-13"), WhyLate(LateReason.ABSENCE)
    is_late = for_change.step(reading(), number, "on_site").is_late(at.today)
    assert is_late is (proposed_on > "2026-06")

    def propose(late: WhyLate | None) -> None:
        with changing(first, at) as session:
            step = for_change.step(session, number, "on_site")
            ticks = all_met(step)
            proposing.propose(step, Outcome.AGREE, SECRET, ticks=ticks, late=late, by=first, at=at)

    def confirm(late: WhyLate | None) -> None:
        with changing(second, later) as session:
            proposing.confirm(for_change.step(session, number, "on_site"), 1, late=late, by=second, at=later)

    if is_late:
        with pytest.raises(LateReasonMissing):
            propose(None)
        propose(why)
        confirm(None)
    else:
        propose(None)
        with pytest.raises(LateReasonMissing):
            confirm(None)
        confirm(why)
    assert office.step(number, "on_site").status is StepStatus.DONE
    given = reading().scalars(select(LateReasonGiven)).one()
    assert given.by_account == (first if is_late else second).person
    assert broken(office) == []


def test_the_second_is_asked_at_the_desk(office: Office, signed_in: Enter) -> None:
    number = office.apply("food-business-licence")
    office.take(number, "accept")
    office.take(number, "review")
    first, at = person("clerk-sc-510104"), office.at("2026-05-08")
    with changing(first, at) as session:
        step = for_change.step(session, number, "on_site")
        proposing.propose(step, Outcome.AGREE, SECRET, ticks=all_met(step), by=first, at=at)
    head = signed_in("head-sc-510104")
    assert 'name="late_reason"' in said(head, desk(number, key="on_site"))
    sent = {"verb": "confirm", "proposed": "1"}
    status, html = post(head, desk(number, "proposal", "on_site"), **sent, late_reason="other", late_note="")
    assert status == 422
    assert 'href="#confirm-late_note"' in html
    assert 'value="other" checked' in html
    assert post(head, desk(number, "proposal", "on_site"), **sent, late_reason="other", late_note=NOTE)[0] == 303
    assert kept(number, "on_site")[0] is LateReason.OTHER


# ── at the desk ──


def test_the_form_asks_why_and_keeps_what_was_typed(residence: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-ga")
    html = said(clerk, desk(residence))
    assert "超时了，还没有说明原因" in html
    assert 'name="late_reason"' in html
    form = {"round": "1", "outcome": "accept", "reason": SECRET}
    status, html = post(clerk, desk(residence, "decide"), **form)
    assert status == 422
    assert 'href="#decision-late_reason"' in html
    assert f">\n{SECRET}</textarea>" in html
    status, html = post(clerk, desk(residence, "decide"), **form, late_reason="other")
    assert status == 422
    assert 'href="#decision-late_note"' in html
    assert 'value="other" checked' in html
    assert post(clerk, desk(residence, "decide"), **form, late_reason="applicant", late_note=NOTE)[0] == 303
    assert kept(residence) == (LateReason.APPLICANT, [(LateReason.APPLICANT, NOTE)])
    done = said(clerk, desk(residence))
    assert "超时原因：申请人请求缓办" in done
    assert NOTE in done


def test_in_time_the_form_asks_nothing(office: Office, signed_in: Enter) -> None:
    number = office.apply(RESIDENCE, now().calendar.on_or_after(now().today).isoformat())
    clerk = signed_in("clerk-ga")
    assert "late_reason" not in said(clerk, desk(number))
    form = {"round": "1", "outcome": "accept", "reason": "", "late_reason": "workload", "late_note": ""}
    assert post(clerk, desk(number, "decide"), **form)[0] == 303, "there was no time when the page was made"
    assert kept(number) == (None, [])


def test_said_first_the_rest_stays_a_draft_and_the_form_begins_with_it(residence: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-ga")
    form = {"round": "1", "outcome": "accept", "reason": SECRET}
    status, html = post(clerk, desk(residence, "late-reason"), **form, late_reason="", late_note=NOTE)
    assert status == 422
    assert 'href="#decision-late_reason"' in html
    assert SECRET in html
    assert NOTE in html
    assert post(clerk, desk(residence, "late-reason"), **form, late_reason="workload", late_note=NOTE)[0] == 303
    html = said(clerk, desk(residence))
    assert "超时原因：件多，人手不够" in html
    assert 'value="workload" checked' in html
    assert f">\n{SECRET}</textarea>" in html
    assert 'value="workload" checked' in said(signed_in("head-ga"), desk(residence)), "so it does for a colleague"
    assert post(clerk, desk(residence, "late-reason"), round="2", late_reason="workload", late_note="")[0] == 409
    assert post(clerk, desk(residence, "late-reason"), round="1", late_reason="x", late_note="")[0] == 422
    assert post(clerk, desk(residence, "late-reason"), round="1", late_reason="other", late_note="长" * 301)[0] == 422
    assert reading().scalars(select(Decision)).all() == []


def test_it_is_told_to_those_who_watch_and_not_to_the_applicant(
    office: Office, residence: str, signed_in: Enter
) -> None:
    decide(office, residence, LATE, WhyLate(LateReason.OTHER, NOTE))
    opened(residence, "manager")
    assert NOTE in said(signed_in("manager"), f"/management/applications/{residence}")
    tracker = said(signed_in("wangxiaorong"), f"/applications/{residence}")
    assert "超时原因" not in tracker
    assert NOTE not in tracker


# ── many at once ──


def test_a_batch_foretells_what_is_unexplained_or_says_it_for_all(office: Office, signed_in: Enter) -> None:
    explained, *_silent = [office.apply(RESIDENCE) for _ in range(3)]
    by = person("clerk-ga")
    with changing(by, office.at(LATE)) as session:
        step = for_change.step(session, explained, "accept")
        give_late_reason(step, WhyLate(LateReason.COMPLEXITY), by=by, at=office.at(LATE))
    clerk = signed_in("clerk-ga")
    picks = re.findall(r'name="pick" value="(\d+)"', said(clerk, "/office/queue"))
    page = clerk.post("/office/batches", data={"batch_verb": "decide", "pick": picks}).location
    assert post(clerk, page, outcome="accept", late_reason="", late_note="")[0] == 303
    html = said(clerk, page)
    assert [int(count) for count in re.findall(r'<caption>\S+ <span class="num">(\d+)</span>', html)] == [1, 2]
    assert "已经超时，还要说明原因" in html
    status, html = post(clerk, page, outcome="accept", late_reason="other", late_note=" ")
    assert status == 422
    assert 'href="#late_note"' in html
    assert post(clerk, page, outcome="accept", late_reason="workload", late_note=NOTE)[0] == 303
    assert "<caption>不会办" not in said(clerk, page)
    assert clerk.post(f"{page}/begin").status_code == 303
    assert "办完 3 个，没有办 0 个" in said(clerk, page)
    assert kept(explained) == (LateReason.COMPLEXITY, [(LateReason.COMPLEXITY, "")]), "what was said holds"
    stored = reading().scalars(select(StepRecord.late_reason).where(StepRecord.late_reason.is_not(None)))
    assert sorted(map(str, stored)) == ["complexity", "workload", "workload"]
    assert broken(office) == []


# ── lists and counts ──


def test_lists_say_the_reason_and_every_count_is_the_length_of_its_list(office: Office, signed_in: Enter) -> None:
    explained, silent = office.apply(RESIDENCE), office.apply(RESIDENCE)
    by, at = person("clerk-ga"), office.at(LATE)
    with changing(by, at) as session:
        step = for_change.step(session, explained, "accept")
        give_late_reason(step, WhyLate(LateReason.OTHER_DEPARTMENT, NOTE), by=by, at=at)
    manager = person("manager")
    found = open_steps(reading(), by=manager, at=at)
    assert (found.counts[Part.LATE], found.counts[Part.UNEXPLAINED]) == (2, 1)
    assert {why: count for why, count in found.late.items() if count} == {LateReason.OTHER_DEPARTMENT: 1}
    rows = open_steps(reading(), part=Part.LATE, why=LateReason.OTHER_DEPARTMENT, by=manager, at=at).page.rows
    assert [(row.number, row.late_note) for row in rows] == [(explained, NOTE)]
    html = said(signed_in("manager"), "/management/steps?show=late")
    assert f"等其他部门或者上级答复：{NOTE}" in html
    assert "/management/steps?show=late&amp;why=other_department" in html
    html = said(signed_in("manager"), "/management/steps?show=unexplained")
    assert silent in html
    assert explained not in html
    assert "1 个没有说明原因" in said(signed_in("manager"), "/management/board")
    assert "1 个没有说明原因" in said(signed_in("supervisor"), "/management/people")
    head = signed_in("head-ga")
    assert '<a href="/office/queue?late=unexplained">1</a>' in said(head, "/office/people")
    queue = said(head, "/office/queue?late=unexplained")
    assert silent in queue
    assert explained not in queue
    assert "看不懂的筛选条件" in said(head, "/office/queue?late=x")
    assert "看不懂的筛选条件" in said(signed_in("manager"), "/management/steps?why=x")


def test_the_bulletin_counts_by_reason_what_was_said_last(office: Office) -> None:
    for day, why in ((LATE, LateReason.WORKLOAD), ("2026-05-21", LateReason.OUTAGE)):
        decide(office, office.apply(RESIDENCE), day, WhyLate(why))
    again = office.apply(RESIDENCE)
    by, at = person("clerk-ga"), office.at(LATE)
    with changing(by, at) as session:
        give_late_reason(for_change.step(session, again, "accept"), WhyLate(LateReason.OUTAGE), by=by, at=at)
    decide(office, again, "2026-05-22", WhyLate(LateReason.WORKLOAD))
    found = bulletin(reading(), "2026-05", by=person("manager"), at=office.at("2026-06-01"))
    assert found.late_reasons == {LateReason.WORKLOAD: 2, LateReason.OUTAGE: 1}
