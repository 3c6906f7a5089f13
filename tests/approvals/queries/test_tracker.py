"""The tracker says whose turn it is, by when and what is next, and explains every date."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from approvals.clock.deadline import DayKind
from approvals.commands.pause import pause, resume
from approvals.commands.withdraw import withdraw
from approvals.errors import NotFound
from approvals.events import Event
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.drawing import Stretch
from approvals.queries.lane import Lane
from approvals.queries.tracker import Holder, Tracker, tracker
from approvals.vocabulary import (
    ApplicationStatus,
    CertificateStatus,
    Light,
    Outcome,
    PauseBasis,
    PauseReason,
    StepStatus,
)
from portal.unit_of_work import changing, reading
from tests.counting import statements
from tests.factories import PERMIT, RESIDENCE, applied, decided, issued, on, opened, returned

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 4, 20 + day) for day in range(5))
APPLICANTS = {PERMIT: "lijinrong", RESIDENCE: "wangxiaorong"}


def looked_at(number: str, day: date = MONDAY, *, dates: str = "", username: str = "lijinrong") -> Tracker:
    reading().rollback()
    return tracker(reading(), number, dates=dates, by=actor_named(reading(), username), at=on(day, 17))


def lane(found: Tracker, key: str) -> Lane:
    return next(each for stage in found.stages for each in stage.lanes if each.key == key)


@pytest.fixture
def permit(app: Flask) -> str:
    """Submitted and accepted on Monday 20 April 2026: all twelve reviews run."""
    number = applied(PERMIT, on(MONDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY, 15))
    return number


def test_before_acceptance_the_lead_has_it_until_its_promise(app: Flask) -> None:
    found = looked_at(applied(PERMIT, on(MONDAY)))
    assert found.turn.holder is Holder.DEPARTMENTS
    assert [name.zh for name in found.turn.departments] == ["成都市住房和城乡建设局"]
    assert found.turn.by_when == TUESDAY
    assert len(found.turn.next_steps) == 12
    assert found.promised_due is None, "the limit runs from acceptance"
    assert found.reckoning is not None
    assert found.reckoning.key == "accept"


def test_after_acceptance_eight_departments_have_it_at_once(permit: str) -> None:
    found = looked_at(permit)
    assert (found.turn.holder, len(found.turn.departments), len(found.turn.steps)) == (Holder.DEPARTMENTS, 8, 12)
    assert found.turn.by_when == max(each.promised_due for each in found.stages[1].lanes if each.promised_due)
    assert [title.zh for title in found.turn.next_steps] == ["施工许可决定"]
    assert [stage.is_now for stage in found.stages] == [False, True, False, False]


def test_the_lead_department_stands_first_then_what_needs_attention(permit: str) -> None:
    returned(permit, "gc310", "project_name", at=on(TUESDAY))
    decided(permit, "gc311", Outcome.AGREE, at=on(TUESDAY))
    keys = [each.key for each in looked_at(permit, THURSDAY).stages[1].lanes]
    assert set(keys[:3]) == {"gc301", "gc302", "gc304"}, "the lead's"
    assert keys[3] == "gc310", "returned"
    assert keys[-1] == "gc311", "done"


def test_departments_past_their_promise_are_named_worst_first(permit: str) -> None:
    returned(permit, "gc312", "project_name", at=on(TUESDAY))
    decided(permit, "gc304", Outcome.AGREE, at=on(FRIDAY))
    found = looked_at(permit, date(2026, 4, 28))
    assert [(each.department.zh, each.days, len(each.steps)) for each in found.turn.late] == [
        ("成都市城市管理委员会", 3, 2),
        ("成都市公安局", 3, 1),
        ("成都市水务局", 1, 2),
        ("成都市气象局", 1, 1),
    ], "the two steps of 水务局 are one line; whoever is done or waits for the applicant is not late"
    assert found.turn.holder is Holder.APPLICANT, "and it is said although it is the applicant's turn too"
    assert looked_at(permit, THURSDAY).turn.late == ()


def test_on_the_day_of_rest_after_the_promise_it_is_late_though_no_working_day_is_over(app: Flask) -> None:
    number = applied(PERMIT, on(THURSDAY))
    (late,) = looked_at(number, date(2026, 4, 25)).turn.late
    assert (late.department.zh, late.days) == ("成都市住房和城乡建设局", 0)


def test_a_correction_is_the_applicants_turn_while_the_others_go_on(permit: str) -> None:
    returned(permit, "gc309", "project_name", "site", at=on(TUESDAY))
    found = looked_at(permit, THURSDAY)
    assert (found.turn.holder, found.turn.goes_on_elsewhere, found.turn.by_when) == (Holder.APPLICANT, True, None)
    (asked,) = found.open_corrections
    assert [(target, name.zh, how) for _kind, target, name, how in asked.entries] == [
        ("project_name", "工程名称", "请写完整。"),
        ("site", "建设地址", "请写完整。"),
    ]
    stopped = lane(found, "gc309")
    assert stopped.status is StepStatus.RETURNED
    assert stopped.standing is not None
    assert (stopped.standing.light, stopped.standing.stopped_days, stopped.used) == (Light.PAUSED, 2, 1)
    assert stopped.unmoved_due == THURSDAY
    assert stopped.promised_due == date(2026, 4, 27), "moved by the two days that stood still"


def test_each_promise_moves_only_by_its_own_stops(permit: str) -> None:
    before = {each.key: each.promised_due for each in looked_at(permit).stages[1].lanes}
    returned(permit, "gc309", "project_name", at=on(TUESDAY))
    after = {each.key: each.promised_due for each in looked_at(permit, THURSDAY).stages[1].lanes}
    assert {key for key in before if before[key] != after[key]} == {"gc309"}


def test_a_special_procedure_is_drawn_explained_and_expected(permit: str) -> None:
    by, start = clerk_of(reading(), "QX"), on(TUESDAY)
    with changing(by, start) as session:
        step = for_change.step(session, permit, "gc310")
        pause(step, PauseReason.EXPERT_REVIEW, days=6, note="专家评审防雷装置设计。", by=by, at=start)
    found = looked_at(permit, THURSDAY)
    (ledger,) = found.stopped
    assert (ledger.why, ledger.began, ledger.ended, ledger.announced, ledger.days) == (
        PauseReason.EXPERT_REVIEW,
        TUESDAY,
        None,
        6,
        2,
    )
    paused = lane(found, "gc310")
    assert paused.expected is not None
    assert paused.expected.end > (paused.promised_due or date.max), "six days are announced, two have passed"
    stage = found.stages[1]
    drawing = stage.drawings[[each.key for each in stage.lanes].index("gc310")]
    assert Stretch.PAUSED in {each.stretch for each in drawing.segments}

    with changing(by, on(FRIDAY)) as session:
        resume(for_change.step(session, permit, "gc310"), by=by, at=on(FRIDAY))
    (ledger,) = looked_at(permit, date(2026, 4, 30)).stopped
    assert (ledger.ended, ledger.days) == (FRIDAY, 3)


def test_the_reckoning_counts_every_day_once_and_ends_on_the_due_dates(permit: str) -> None:
    found = looked_at(permit)
    told = found.reckoning
    assert told is not None
    assert (told.key, told.started, told.promised_due) == ("", MONDAY, found.promised_due)
    assert told.statutory_due == found.statutory_due == told.days[-1].date
    numbers = [day.number for day in told.days if day.number]
    assert numbers == list(range(1, 46)), "45 working days"
    assert [day.date for day in told.days if day.is_promised_due] == [found.promised_due]
    assert {day.name for day in told.days if day.why is DayKind.HOLIDAY} == {"劳动节", "端午节"}


def test_the_reckoning_of_one_step_shows_what_stood_still(permit: str) -> None:
    returned(permit, "gc309", "project_name", at=on(TUESDAY))
    told = looked_at(permit, THURSDAY, dates="gc309").reckoning
    assert told is not None
    assert told.step is not None
    assert told.step.zh == "建筑垃圾处置核准"
    paused = [day for day in told.days if day.why is DayKind.PAUSED]
    assert [day.date for day in paused] == [WEDNESDAY, THURSDAY]
    assert {day.stopped_by for day in paused} == {((PauseReason.CORRECTION, PauseBasis.CORRECTION),)}
    assert {day.stopped_by for day in told.days if day not in paused} == {()}


def test_an_issued_one_is_over_and_shows_its_certificate(app: Flask) -> None:
    number, certificate = issued(RESIDENCE, on(MONDAY))
    found = looked_at(number, FRIDAY, username="wangxiaorong")
    assert found.turn.holder is Holder.NOBODY
    assert found.certificate == (certificate, CertificateStatus.IN_FORCE)
    assert (found.standing, found.expected_end, found.may_withdraw) == (None, None, False)
    assert all(stage.axis is None or stage.axis.today is None for stage in found.stages)


def test_a_refusal_gives_its_reason(app: Flask) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    decided(number, "accept", Outcome.NOT_ACCEPTED, "不属于本机关职权范围，请向户籍地申请。", at=on(TUESDAY))
    found = looked_at(number, TUESDAY, username="wangxiaorong")
    assert found.status is ApplicationStatus.NOT_ACCEPTED
    assert found.refusal is not None
    assert found.refusal.reason == "不属于本机关职权范围，请向户籍地申请。"


def test_the_record_tells_what_happened_newest_first(permit: str) -> None:
    decided(permit, "gc311", Outcome.DISAGREE, "供水方案不合格。", at=on(TUESDAY))
    returned(permit, "gc309", "site", at=on(WEDNESDAY))
    told = looked_at(permit, THURSDAY).happenings
    assert [each.event for each in told] == [
        Event.CORRECTION_ASKED,
        Event.STEP_DECIDED,
        Event.STEP_OPENED,
        Event.STEP_DECIDED,
        Event.STEP_OPENED,
        Event.SUBMITTED,
    ]
    asked, refused, opened = told[:3]
    assert [(what.zh, how) for what, how in asked.lines] == [("建设地址", "请写完整。")]
    assert (refused.outcome, refused.reason) == (Outcome.DISAGREE, "供水方案不合格。")
    assert len(opened.steps) == 12, "what opened at one moment is one line"


def test_a_withdrawn_one_keeps_its_record(permit: str) -> None:
    by = actor_named(reading(), "lijinrong")
    with changing(by, on(TUESDAY)) as session:
        withdraw(for_change.application(session, permit), "项目取消。", by=by, at=on(TUESDAY))
    found = looked_at(permit, WEDNESDAY)
    assert (found.status, found.turn.holder) == (ApplicationStatus.WITHDRAWN, Holder.NOBODY)
    assert Event.WITHDRAWN in {each.event for each in found.happenings}
    assert not found.may_withdraw


@pytest.mark.parametrize("username", ["wangxiaorong", "yanmao", "clerk-sc"])
def test_what_is_none_of_ones_business_is_not_found(permit: str, username: str) -> None:
    with pytest.raises(NotFound):
        looked_at(permit, username=username)
    with pytest.raises(NotFound):
        looked_at("510100-20260420-ZJ-999999-X")


@pytest.mark.parametrize("username, is_own", [("lijinrong", True), ("clerk-sw", False), ("manager", False)])
def test_only_the_applicant_gets_the_way_to_the_answers(permit: str, username: str, is_own: bool) -> None:
    if username == "manager":
        opened(permit, username, on(MONDAY, 17))
    found = looked_at(permit, username=username)
    assert (found.token is not None) is found.is_own is is_own
    assert found.may_withdraw is is_own


def test_it_takes_as_many_queries_for_four_steps_as_for_fifteen(permit: str) -> None:
    small = applied(RESIDENCE, on(MONDAY))
    sent = []
    for number in (permit, small):
        opened(number, "manager", on(MONDAY, 17))
        looked_at(number, username="manager")
        with statements() as told:
            looked_at(number, username="manager")
        sent.append(len(told))
    assert sent[0] == sent[1]
