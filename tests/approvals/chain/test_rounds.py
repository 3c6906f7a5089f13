"""Rounds of correction on random items: whatever is asked, mended and decided in whatever order, the chain holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from approvals.chain.mending import Changes, Sending, changes, mending
from approvals.chain.plan import joining, lay_out
from approvals.chain.position import BEGUN, ENDINGS, Facts, Position, locate
from approvals.clock.moment import Moment
from approvals.commands import decide as deciding
from approvals.commands.amend import amend, leave_as_sent, open_amendment
from approvals.commands.announce import PARCELS
from approvals.commands.assign import assign
from approvals.commands.draft import save, start
from approvals.commands.extend import extend
from approvals.commands.give_late_reason import give_late_reason
from approvals.commands.hand_over import hand_over, put_back
from approvals.commands.lateness import WhyLate
from approvals.commands.pause import pause, resume
from approvals.commands.publish import publish
from approvals.commands.recall import recall
from approvals.commands.reopen import reopen
from approvals.commands.resubmit import resubmit
from approvals.commands.return_for_correction import Mend, return_for_correction
from approvals.commands.speak_late import speak_late
from approvals.commands.submit import submit
from approvals.commands.suspend import resume as resume_all
from approvals.commands.suspend import suspend
from approvals.commands.take import take, take_over
from approvals.commands.terminate import terminate
from approvals.commands.tick import tick
from approvals.commands.withdraw import withdraw
from approvals.errors import Refusal
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.for_change import LOCKED
from approvals.queries.invariants import examine
from approvals.records.application import Application
from approvals.records.dates import application_due
from approvals.records.fold import item_of
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, Assigning, LateReason, Outcome, PauseReason, Role, StepStatus
from portal.demonstration.acting import moment
from portal.unit_of_work import reading
from services.answers import relevant
from services.item import OPINIONS, Item, JoinKind, Material, StepKind, Text
from tests.approvals.chain.items import QUESTIONS, joint, mendable_items, step
from tests.deciding import decide
from tests.fixtures.heart import Office

WHY = WhyLate(LateReason.OTHER, "等上级答复。")
ANSWERS = st.fixed_dictionaries({key: st.booleans() for key in QUESTIONS})
SAID = (
    *(Outcome.AGREE, Outcome.AGREE, Outcome.AGREE, Outcome.AGREE_WITH_CONDITIONS),
    *(Outcome.DISAGREE, Outcome.NOT_CONCERNED, Outcome.CANNOT_JUDGE),
)
ENDS: Mapping[StepKind, tuple[Outcome, ...]] = {
    StepKind.ACCEPTANCE: (Outcome.ACCEPT, Outcome.ACCEPT, Outcome.ACCEPT, Outcome.NOT_NEEDED),
    **dict.fromkeys(OPINIONS, SAID),
    StepKind.ON_SITE: (Outcome.AGREE, Outcome.AGREE, Outcome.DISAGREE),
    StepKind.DECISION: (Outcome.GRANT, Outcome.REFUSE),
    StepKind.ISSUE: (),
}
TARGETS = st.sets(st.sampled_from(QUESTIONS), min_size=1)


# ── by hand, without a database ───────────────────────────────────────────────────────────────────────────────────────


def sent(**answers: bool) -> Sending:
    return Sending(answers)


def test_what_was_replaced_by_itself_has_not_changed() -> None:
    item = replace(joint(step("a")), materials=(Material("plan", Text("图")),))
    one, other = {"plan": frozenset({"1"})}, {"plan": frozenset({"2"})}
    assert not changes(item, Sending({}, one), Sending({}, one))
    assert changes(item, Sending({}, one), Sending({}, other)) == Changes((), ("plan",))
    assert changes(item, Sending({}, one), Sending({})) == Changes((), ("plan",))


def test_a_material_of_nobody_in_particular_is_everybodys() -> None:
    item = replace(
        joint(step("a"), step("b")),
        materials=(Material("plan", Text("图"), steps=("a",)), Material("deed", Text("证"))),
    )
    found = mending(
        item,
        Changes((), ("plan", "deed")),
        {},
        present=frozenset(item.steps),
        decided={"accept", "a", "b"},
        asked=set(),
    )
    assert found.reopened == {"a": Changes((), ("plan", "deed")), "b": Changes((), ("deed",))}


def test_acceptance_and_decision_are_never_asked_again() -> None:
    item = joint(step("a", relies_on=("q",)), step("b"), step("c", relies_on=("q",)))
    steps = frozenset(item.steps)
    found = mending(item, Changes(("q",)), {"q": True}, present=steps, decided={"accept", "a", "b"}, asked={"c"})
    assert dict(found.reopened) == {"a": Changes(("q",))}


def test_who_joins_and_who_falls_away_is_said_with_the_answers_that_changed() -> None:
    item = joint(step("a", joins_if="q == True and r == True"), step("b", joins_if="q == False"))
    present = frozenset({"accept", "b", "decide", "issue"})
    found = mending(item, Changes(("q", "s")), {"q": True, "r": True}, present=present, decided={"b"}, asked=set())
    assert found.joins == {"a": ("q",)}
    assert found.leaves == {"b": ("q",)}
    assert found.reopened == {}


# ── whole lives, through the real commands ────────────────────────────────────────────────────────────────────────────


class Rounds(RuleBasedStateMachine):
    """One application of a random item. The model beside it keeps answers, outcomes and stops in plain sets, and says
    what a correction should do in its own few lines; nothing is ever committed.
    """

    office: Office

    def __init__(self) -> None:
        super().__init__()
        reading().rollback()
        self.session = reading()
        self.day = date(2026, 3, 2)
        self.outcomes: dict[str, Outcome] = {}
        self.returned: set[str] = set()
        self.paused: set[str] = set()
        self.known: set[str] = set()
        self.explained: set[str] = set()
        """Of which it was said in their round why they are late."""
        self.deemed: set[str] = set()
        """Of which the silence counts as what they ended in."""
        self.heard_late: set[str] = set()
        self.holders: dict[str, int | None] = {}
        """By step, the account that has it, once somebody had it."""
        self.is_withdrawn = self.is_terminated = self.is_suspended = self.is_extended = False
        self.before: dict[str, list[tuple[object, ...]]] = {}

    def teardown(self) -> None:
        self.session.rollback()
        for held in (LOCKED, PARCELS):
            self.session.info.pop(held, None)

    @property
    def at(self) -> Moment:
        return moment(self.day, self.office.calendar)

    @initialize(item=mendable_items(), answers=ANSWERS, data=st.data(), far=st.integers(0, 12))
    def apply(self, item: Item, answers: dict[str, bool], data: st.DataObject, far: int) -> None:
        """Sent in, and brought so far by as many decisions."""
        self.item, self.answers = item, relevant(item, answers)
        self.applicant, self.mayor = (actor_named(self.session, name) for name in ("wangxiaorong", "government"))
        offices = {step_.duty for step_ in item.steps.values()}
        self.clerks = {office: clerk_of(self.session, office) for office in offices}
        self.heads = {office: actor_named(self.session, f"head-{office.lower()}") for office in offices}
        self.head = self.heads[item.steps["decide"].duty]
        publish(self.session, regions=(), departments=(), items=[item], at=self.at)
        self.session.flush()
        revision = for_change.revision(self.session, item.code)
        draft = start(revision, organisation=None, answers=answers, by=self.applicant, at=self.at)
        self.session.add(draft)
        self.session.flush()
        submit(draft, by=self.applicant, at=self.at)
        self.session.flush()
        self.number = str(draft.number)
        self.known = set(joining(item, self.answers))
        for _ in range(far):
            if self.workable and self.expected.open != ("decide",):
                self.decide_one(data)

    # what the model says

    @property
    def present(self) -> frozenset[str]:
        return joining(self.item, self.answers)

    @property
    def expected(self) -> Position:
        facts = Facts(
            {key: outcome for key, outcome in self.outcomes.items() if key in self.present},
            frozenset(self.returned & self.present),
            frozenset(self.paused & self.present),
            is_withdrawn=self.is_withdrawn,
            is_terminated=self.is_terminated,
            is_suspended=self.is_suspended,
        )
        return locate(lay_out(self.item, self.present), facts)

    def with_status(self, *statuses: StepStatus) -> list[str]:
        return [key for key, status in self.expected.steps.items() if status in statuses]

    @property
    def running(self) -> bool:
        return not self.expected.status.is_decided

    def at_desk(self, key: str) -> tuple[Actor, Actor]:
        """Whoever has the step, or its clerk, and the other one of its department."""
        office = self.item.steps[key].duty
        pair = self.clerks[office], self.heads[office]
        return pair if self.holders.get(key) != self.heads[office].account else (pair[1], pair[0])

    @property
    def workable(self) -> list[str]:
        return [key for key in self.expected.open if ENDS[self.item.steps[key].kind]]

    @property
    def begun(self) -> list[str]:
        """What lies on a desk, though it may wait for the applicant or a procedure."""
        return [key for key in self.with_status(*BEGUN) if ENDS[self.item.steps[key].kind]] if self.running else []

    # what is done

    def locked(self) -> Application:
        return for_change.application(self.session, self.number)

    def refused(self, act: Callable[[], None]) -> None:
        """What is not allowed is refused by a name and leaves no trace."""
        before = self.rows()
        with pytest.raises(Refusal), self.session.begin_nested():
            act()
        assert self.rows() == before

    @rule(data=st.data(), most=st.integers(1, 3))
    def decide_some(self, data: st.DataObject, most: int) -> None:
        for _ in range(most):
            if self.workable:
                self.decide_one(data)

    def decide_one(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.workable))
        outcome = data.draw(st.sampled_from(ENDS[self.item.steps[key].kind]))
        if key in self.expected.denied:
            outcome = Outcome.REFUSE
        found, (by, other) = self.locked_step(key), self.at_desk(key)
        if self.holders.get(key) == by.account and other.role is Role.CLERK:
            self.refused(lambda: decide(self.locked_step(key), outcome, "理由。", by=other, at=self.at))
        if self.is_late(found) and key not in self.explained:
            self.refused(lambda: deciding.decide(self.locked_step(key), outcome, "理由。", by=by, at=self.at))
            self.explained.add(key)
        conditions = "开工前报备。" if outcome is Outcome.AGREE_WITH_CONDITIONS else ""
        decide(self.locked_step(key), outcome, "理由。", conditions=conditions, by=by, at=self.at)
        self.outcomes[key] = outcome

    def is_late(self, found: StepRecord) -> bool:
        return self.day > min(due for due in (found.promised_due, found.statutory_due) if due is not None)

    @rule(data=st.data())
    def say_why_late(self, data: st.DataObject) -> None:
        if not self.workable:
            return
        key = data.draw(st.sampled_from(self.workable))
        found, (by, _) = self.locked_step(key), self.at_desk(key)
        if not self.is_late(found):
            self.refused(lambda: give_late_reason(found, WHY, by=by, at=self.at))
            return
        give_late_reason(found, WHY, by=by, at=self.at)
        self.explained.add(key)

    def locked_step(self, key: str) -> StepRecord:
        return next(each for each in self.locked().steps if each.key == key)

    @rule(data=st.data())
    def decide_out_of_turn(self, data: st.DataObject) -> None:
        closed = sorted(self.known - set(self.expected.open))
        if closed:
            key = data.draw(st.sampled_from(closed))
            self.refused(lambda: decide(self.locked_step(key), Outcome.AGREE, "", by=self.at_desk(key)[0], at=self.at))

    @rule(data=st.data(), keys=TARGETS)
    def ask(self, data: st.DataObject, keys: set[str]) -> None:
        if self.workable and self.running:
            key = data.draw(st.sampled_from(self.workable))
            mends = [Mend("question", target, "请改。") for target in sorted(keys)]
            by, _ = self.at_desk(key)
            return_for_correction(self.locked_step(key), mends, why_again="新情况。", by=by, at=self.at)
            self.returned.add(key)

    @rule(answers=ANSWERS)
    def answer(self, answers: dict[str, bool]) -> None:
        asked = set(self.with_status(StepStatus.RETURNED))
        application = self.locked()
        if not asked:
            self.refused(lambda: resubmit(application, by=self.applicant, at=self.at))
            return
        now = relevant(self.item, answers)
        changed = {key for key in QUESTIONS if now.get(key) != self.answers.get(key)}
        if not changed:
            return
        self.before = self.rows()
        save(application, answers, asked=QUESTIONS, version=application.draft_version, by=self.applicant, at=self.at)
        resubmit(application, by=self.applicant, at=self.at)
        self.session.flush()
        was, self.answers = self.present, now
        self.returned -= asked
        self.explained -= asked
        self.paused &= self.present
        again = {
            key
            for key in self.outcomes.keys() - asked
            if self.item.steps[key].kind in OPINIONS and changed & set(self.item.steps[key].relies_on)
        }
        self.explained -= again | {key for key in self.outcomes if key in self.present - was}
        self.outcomes = {
            key: outcome
            for key, outcome in self.outcomes.items()
            if key in was and key in self.present and key not in again
        }
        self.deemed &= self.outcomes.keys()
        self.heard_late &= self.outcomes.keys()
        self.known |= self.present
        self.left_alone()

    @rule(answers=ANSWERS)
    def amend_it(self, answers: dict[str, bool]) -> None:
        """Before anybody has said whether it is accepted, and then never again."""
        application = self.locked()
        if self.expected.status is not ApplicationStatus.SUBMITTED or "accept" not in self.expected.open:
            self.refused(lambda: open_amendment(application, by=self.applicant, at=self.at))
            self.refused(lambda: amend(application, by=self.applicant, at=self.at))
            return
        now = relevant(self.item, answers)
        open_amendment(application, by=self.applicant, at=self.at)
        save(application, answers, asked=QUESTIONS, version=application.draft_version, by=self.applicant, at=self.at)
        if now == self.answers:
            self.refused(lambda: amend(application, by=self.applicant, at=self.at))
            return
        amend(application, by=self.applicant, at=self.at)
        self.session.flush()
        self.explained.discard("accept")
        self.answers = now
        self.known |= self.present

    @rule(answers=ANSWERS)
    def begin_to_amend_it(self, answers: dict[str, bool]) -> None:
        """What is opened and not sent changes nothing for anybody else, and is given up without a trace."""
        application = self.locked()
        if application.amending_since is None and "accept" not in self.expected.open:
            return
        before = self.rows()
        if "accept" in self.expected.open:
            open_amendment(application, by=self.applicant, at=self.at)
            version = application.draft_version
            save(application, answers, asked=QUESTIONS, version=version, by=self.applicant, at=self.at)
        else:
            leave_as_sent(application, by=self.applicant, at=self.at)
        assert self.rows() == before

    def left_alone(self) -> None:
        """Every opinion there was is still there, and the whole row of every step that keeps its own."""
        now = self.rows()
        assert now["decisions"][: len(self.before["decisions"])] == self.before["decisions"]
        keeping = {key for key, status in self.expected.steps.items() if status is StepStatus.DONE}
        assert [row for row in now["steps"] if row[2] in keeping] == [
            row for row in self.before["steps"] if row[2] in keeping
        ]

    @rule(data=st.data())
    def begin_procedure(self, data: st.DataObject) -> None:
        reviews = [key for key in self.expected.open if self.item.steps[key].kind in OPINIONS]
        if reviews:
            key = data.draw(st.sampled_from(reviews))
            by, _ = self.at_desk(key)
            pause(self.locked_step(key), PauseReason.TESTING, days=3, note="检测。", by=by, at=self.at)
            self.paused.add(key)

    @rule(data=st.data())
    def end_procedure(self, data: st.DataObject) -> None:
        paused = self.with_status(StepStatus.PAUSED)
        if paused:
            key = data.draw(st.sampled_from(paused))
            if key in self.paused:
                resume(self.locked_step(key), by=self.at_desk(key)[0], at=self.at)
                self.paused.discard(key)

    @rule(days=st.integers(1, 6), strikes=st.booleans())
    def time_passes(self, days: int, strikes: bool) -> None:
        self.day += timedelta(days=days)
        if strikes:
            self.the_clock_strikes()

    @precondition(lambda self: self.workable)
    @rule(data=st.data())
    def a_date_passes(self, data: st.DataObject) -> None:
        """That of a step whose silence means something, where there is one."""
        silent = [key for key in self.workable if key == "accept" or self.item.steps[key].deemed_consent]
        found = self.locked_step(data.draw(st.sampled_from(silent or self.workable)))
        due = found.statutory_due if found.key == "accept" else found.promised_due
        assert due is not None
        self.day = max(self.day, due + timedelta(days=1))
        self.the_clock_strikes()

    @rule()
    def the_clock_strikes(self) -> None:
        """Silence past its last day is acceptance; a consultation's is consent where its item says so."""
        before = self.rows()
        for key in self.expected.open if self.running else ():
            found, planned = self.locked_step(key), self.item.steps[key]
            if planned.kind is StepKind.ACCEPTANCE and self.is_past(found.statutory_due):
                self.outcomes[key] = Outcome.ACCEPT
                self.deemed.add(key)
            elif planned.deemed_consent and self.is_past(found.promised_due):
                self.outcomes[key] = Outcome.AGREE
                self.deemed.add(key)
        tick(self.session, [self.locked()], at=self.at)
        now = self.rows()
        assert now["decisions"][: len(before["decisions"])] == before["decisions"]
        again = tick(self.session, [self.locked()], at=self.at)
        assert again == 0, "what was recorded is not recorded again"
        assert self.rows()["decisions"] == now["decisions"]

    def is_past(self, due: date | None) -> bool:
        return due is not None and self.day > due

    @precondition(lambda self: self.deemed)
    @rule(data=st.data(), outcome=st.sampled_from(SAID))
    def speak_after_silence(self, data: st.DataObject, outcome: Outcome) -> None:
        """It is kept and moves nothing, and is said once."""
        key = data.draw(st.sampled_from(sorted(self.deemed)))
        by, _ = self.at_desk(key)
        if self.item.steps[key].kind is StepKind.ACCEPTANCE or key in self.heard_late:
            self.refused(lambda: speak_late(self.locked_step(key), outcome, "晚了。", by=by, at=self.at))
            return
        before = self.rows()
        speak_late(self.locked_step(key), outcome, "晚了。", by=by, at=self.at)
        self.heard_late.add(key)
        assert self.rows() == before

    @precondition(lambda self: self.begun)
    @rule(data=st.data())
    def take_it(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.begun))
        by = data.draw(st.sampled_from(self.at_desk(key)))
        if self.holders.get(key) in (None, by.account):
            take(self.locked_step(key), by=by, at=self.at)
        else:
            self.refused(lambda: take(self.locked_step(key), by=by, at=self.at))
            take_over(self.locked_step(key), "今天去现场。", from_account=self.holders[key] or 0, by=by, at=self.at)
        self.holders[key] = by.account

    @precondition(lambda self: self.begun)
    @rule(data=st.data())
    def assign_it(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.begun))
        office, to = self.item.steps[key].duty, data.draw(st.sampled_from(self.at_desk(key))).person
        self.refused(lambda: assign(self.locked_step(key), to, by=self.clerks[office], at=self.at))
        assign(self.locked_step(key), to, by=self.heads[office], at=self.at)
        self.holders[key] = to

    @property
    def held(self) -> list[str]:
        return [key for key in self.begun if self.holders.get(key)]

    @precondition(lambda self: self.held)
    @rule(data=st.data(), way=st.sampled_from(("hand over", "put back", "recall")))
    def give_it_away(self, data: st.DataObject, way: str) -> None:
        """By whoever has it; the head recalls from anybody."""
        key = data.draw(st.sampled_from(self.held))
        by, other = self.at_desk(key)
        if way == "hand over":
            self.refused(lambda: hand_over(self.locked_step(key), by.person, "已看图纸。", by=other, at=self.at))
            hand_over(self.locked_step(key), other.person, "已看图纸。", by=by, at=self.at)
            self.holders[key] = other.account
        elif way == "put back":
            self.refused(lambda: put_back(self.locked_step(key), by=other, at=self.at))
            put_back(self.locked_step(key), by=by, at=self.at)
            self.holders[key] = None
        else:
            head, last = self.heads[self.item.steps[key].duty], self.locked_step(key).assignments[-1]
            recall(self.locked_step(key), by=head, at=self.at)
            is_own_hand_over = last.act is Assigning.HAND_OVER and last.by_account == head.account
            self.holders[key] = head.account if is_own_hand_over else None

    @rule()
    def suspend_or_resume(self) -> None:
        application = self.locked()
        if self.is_suspended:
            resume_all(application, "已有结果。", by=self.head, at=self.at)
            self.is_suspended = False
        elif self.running and "accept" in self.outcomes:
            suspend(application, "等外部结果。", by=self.head, at=self.at)
            self.is_suspended = True
        else:
            self.refused(lambda: suspend(application, "等外部结果。", by=self.head, at=self.at))

    @rule(days=st.integers(1, 15))
    def extend_it(self, days: int) -> None:
        application = self.locked()
        due = application_due(application, item_of(application).statutory, at=self.at)
        is_possible = (
            self.running
            and "accept" in self.outcomes
            and not self.is_extended
            and due is not None
            and self.day <= due.due
        )
        if not is_possible:
            self.refused(lambda: extend(application, days, "复杂。", by=self.mayor, at=self.at))
            return
        extend(application, days, "复杂。", by=self.mayor, at=self.at)
        self.is_extended = True

    @precondition(lambda self: self.expected.status in ENDINGS.values())
    @rule()
    def reopen_it(self) -> None:
        ending = next(key for key, outcome in self.outcomes.items() if outcome in ENDINGS)
        reopen(self.locked(), "示例复决〔2026〕1号", "原决定被撤销。", by=self.head, at=self.at)
        del self.outcomes[ending]
        self.explained.discard(ending)

    @precondition(lambda self: len(self.outcomes) > 4)
    @rule(by_applicant=st.booleans())
    def end_it(self, by_applicant: bool) -> None:
        """Withdrawn, or terminated; nothing stands still any more."""
        if by_applicant:
            act = partial(withdraw, reason="不办了。", by=self.applicant)
        else:
            act = partial(terminate, reason="地块收回。", by=self.head)
        if not self.running:
            self.refused(lambda: act(self.locked(), at=self.at))
            return
        act(self.locked(), at=self.at)
        self.is_withdrawn, self.is_terminated = by_applicant, not by_applicant
        self.returned.clear()
        self.paused.clear()
        self.is_suspended = False

    # what always holds

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        self.session.flush()
        return {
            table: [tuple(row) for row in self.session.execute(text(f"select * from {table} order by id"))]  # noqa: S608  # names of our own
            for table in ("steps", "decisions", "corrections", "pauses", "submissions", "late_reasons")
        }

    @invariant()
    def every_step_stands_where_the_model_says(self) -> None:
        stored = {each.key: each.status for each in self.locked().steps}
        left = dict.fromkeys(self.known - self.present, StepStatus.LEFT)
        assert stored == {**self.expected.steps, **left}
        assert self.locked().status is self.expected.status

    @invariant()
    def every_step_lies_with_whom_the_model_says(self) -> None:
        held = {each.key: each.assignee_id for each in self.locked().steps if each.assignee_id is not None}
        assert held == {key: account for key, account in self.holders.items() if account is not None}

    @invariant()
    def what_was_said_of_lateness_holds_for_its_round(self) -> None:
        said = {each.key for each in self.locked().steps if each.late_reason is not None}
        assert said == self.explained

    @invariant()
    def nothing_is_decided_while_somebody_who_must_be_heard_is_not(self) -> None:
        steps = {each.key: each for each in self.locked().steps}
        if steps["decide"].status not in (StepStatus.OPEN, StepStatus.DONE):
            return
        plan = lay_out(self.item, self.present)
        for gate in next(each for each in plan.steps if each.key == "decide").gates:
            if gate.join.kind in (JoinKind.ALL, JoinKind.VETO):
                heard = {key for key in gate.of if steps[key].decision or steps[key].status is StepStatus.CUT_OFF}
                assert heard == set(gate.of)

    @invariant()
    def rows_trail_and_caches_agree(self) -> None:
        self.session.flush()
        assert examine(self.session, self.office.storage, at=self.at).broken == []


@pytest.mark.parametrize(
    "examples, steps", [(6, 20), pytest.param(300, 40, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]
)
def test_rounds_in_any_order(office: Office, examples: int, steps: int) -> None:
    class Here(Rounds):
        pass

    Here.office = office
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
