"""Rounds of correction on random items: whatever is asked, mended and decided in whatever order, the chain holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

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
from approvals.chain.position import ENDINGS, Facts, Position, locate
from approvals.clock.moment import Moment
from approvals.commands import decide as deciding
from approvals.commands.amend import amend, leave_as_sent, open_amendment
from approvals.commands.announce import PARCELS
from approvals.commands.draft import save, start
from approvals.commands.extend import extend
from approvals.commands.give_late_reason import give_late_reason
from approvals.commands.lateness import WhyLate
from approvals.commands.pause import pause, resume
from approvals.commands.publish import publish
from approvals.commands.reopen import reopen
from approvals.commands.resubmit import resubmit
from approvals.commands.return_for_correction import Mend, return_for_correction
from approvals.commands.submit import submit
from approvals.commands.suspend import resume as resume_all
from approvals.commands.suspend import suspend
from approvals.commands.tick import tick
from approvals.commands.withdraw import withdraw
from approvals.errors import Refusal
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.for_change import LOCKED
from approvals.queries.invariants import examine
from approvals.records.application import Application
from approvals.records.dates import application_due
from approvals.records.fold import item_of
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, LateReason, Outcome, PauseReason, StepStatus
from portal.demonstration.acting import moment
from portal.unit_of_work import reading
from services.answers import relevant
from services.item import Item, JoinKind, Material, StepKind, Text
from tests.approvals.chain.items import QUESTIONS, joint, mendable_items, step
from tests.deciding import decide
from tests.fixtures.heart import Office

WHY = WhyLate(LateReason.OTHER, "等上级答复。")
ANSWERS = st.fixed_dictionaries({key: st.booleans() for key in QUESTIONS})
OPINIONS = (Outcome.AGREE, Outcome.AGREE, Outcome.AGREE, Outcome.DISAGREE, Outcome.NOT_CONCERNED, Outcome.CANNOT_JUDGE)
ENDS: Mapping[StepKind, tuple[Outcome, ...]] = {
    StepKind.ACCEPTANCE: (Outcome.ACCEPT, Outcome.ACCEPT, Outcome.ACCEPT, Outcome.NOT_NEEDED),
    StepKind.REVIEW: OPINIONS,
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
        self.is_withdrawn = self.is_suspended = self.is_extended = False
        self.before: dict[str, list[tuple[object, ...]]] = {}

    def teardown(self) -> None:
        self.session.rollback()
        for held in (LOCKED, PARCELS):
            self.session.info.pop(held, None)

    @property
    def at(self) -> Moment:
        return moment(self.day, self.office.calendar)

    @initialize(item=mendable_items(), answers=ANSWERS)
    def apply(self, item: Item, answers: dict[str, bool]) -> None:
        self.item, self.answers = item, relevant(item, answers)
        self.applicant, self.clerk = actor_named(self.session, "wangxiaorong"), clerk_of(self.session, "ZJ")
        self.head, self.mayor = actor_named(self.session, "head-zj"), actor_named(self.session, "government")
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
            is_suspended=self.is_suspended,
        )
        return locate(lay_out(self.item, self.present), facts)

    def with_status(self, *statuses: StepStatus) -> list[str]:
        return [key for key, status in self.expected.steps.items() if status in statuses]

    @property
    def running(self) -> bool:
        return self.expected.status not in (*ENDINGS.values(), ApplicationStatus.WITHDRAWN, ApplicationStatus.GRANTED)

    # what is done

    def locked(self) -> Application:
        return for_change.application(self.session, self.number)

    def refused(self, act: Callable[[], None]) -> None:
        """What is not allowed is refused by a name and leaves no trace."""
        before = self.rows()
        with pytest.raises(Refusal), self.session.begin_nested():
            act()
        assert self.rows() == before

    @rule(data=st.data())
    def decide_one(self, data: st.DataObject) -> None:
        workable = [key for key in self.expected.open if ENDS[self.item.steps[key].kind]]
        if not workable:
            return
        key = data.draw(st.sampled_from(workable))
        outcome = data.draw(st.sampled_from(ENDS[self.item.steps[key].kind]))
        if key in self.expected.denied:
            outcome = Outcome.REFUSE
        found = self.locked_step(key)
        if self.is_late(found) and key not in self.explained:
            self.refused(lambda: deciding.decide(found, outcome, "理由。", by=self.clerk, at=self.at))
            found = self.locked_step(key)
            self.explained.add(key)
        decide(found, outcome, "理由。", by=self.clerk, at=self.at)
        self.outcomes[key] = outcome

    def is_late(self, found: StepRecord) -> bool:
        return self.day > min(due for due in (found.promised_due, found.statutory_due) if due is not None)

    @rule(data=st.data())
    def say_why_late(self, data: st.DataObject) -> None:
        workable = [key for key in self.expected.open if ENDS[self.item.steps[key].kind]]
        if not workable:
            return
        key = data.draw(st.sampled_from(workable))
        found = self.locked_step(key)
        if not self.is_late(found):
            self.refused(lambda: give_late_reason(found, WHY, by=self.clerk, at=self.at))
            return
        give_late_reason(found, WHY, by=self.clerk, at=self.at)
        self.explained.add(key)

    def locked_step(self, key: str) -> StepRecord:
        return next(each for each in self.locked().steps if each.key == key)

    @rule(data=st.data())
    def decide_out_of_turn(self, data: st.DataObject) -> None:
        closed = sorted(self.known - set(self.expected.open))
        if closed:
            key = data.draw(st.sampled_from(closed))
            step_ = self.locked_step(key)
            self.refused(lambda: decide(step_, Outcome.AGREE, "", by=self.clerk, at=self.at))

    @rule(data=st.data(), keys=TARGETS)
    def ask(self, data: st.DataObject, keys: set[str]) -> None:
        workable = [key for key in self.expected.open if ENDS[self.item.steps[key].kind]]
        if workable and self.running:
            key = data.draw(st.sampled_from(workable))
            mends = [Mend("question", target, "请改。") for target in sorted(keys)]
            return_for_correction(self.locked_step(key), mends, why_again="新情况。", by=self.clerk, at=self.at)
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
            if self.item.steps[key].kind is StepKind.REVIEW and changed & set(self.item.steps[key].relies_on)
        }
        self.explained -= again | {key for key in self.outcomes if key in self.present - was}
        self.outcomes = {
            key: outcome
            for key, outcome in self.outcomes.items()
            if key in was and key in self.present and key not in again
        }
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
        reviews = [key for key in self.expected.open if self.item.steps[key].kind is StepKind.REVIEW]
        if reviews:
            key = data.draw(st.sampled_from(reviews))
            pause(self.locked_step(key), PauseReason.TESTING, days=3, note="检测。", by=self.clerk, at=self.at)
            self.paused.add(key)

    @rule(data=st.data())
    def end_procedure(self, data: st.DataObject) -> None:
        paused = self.with_status(StepStatus.PAUSED)
        if paused:
            key = data.draw(st.sampled_from(paused))
            if key in self.paused:
                resume(self.locked_step(key), by=self.clerk, at=self.at)
                self.paused.discard(key)

    @rule()
    def the_clock_strikes(self) -> None:
        """It changes nothing here: these items ask nobody whose silence means anything."""
        before = self.rows()
        tick(self.session, [self.locked()], at=self.at)
        now = self.rows()
        assert now["decisions"] == before["decisions"]
        again = tick(self.session, [self.locked()], at=self.at)
        assert again == 0, "what was recorded is not recorded again"

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
    @rule()
    def withdraw_it(self) -> None:
        application = self.locked()
        if not self.running:
            self.refused(lambda: withdraw(application, "", by=self.applicant, at=self.at))
            return
        withdraw(application, "不办了。", by=self.applicant, at=self.at)
        self.returned.clear()
        self.paused.clear()
        self.is_withdrawn, self.is_suspended = True, False

    @rule(days=st.integers(1, 4))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

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


@pytest.mark.parametrize("examples", [8, pytest.param(300, marks=pytest.mark.soak)])
def test_rounds_in_any_order(office: Office, examples: int) -> None:
    class Here(Rounds):
        pass

    Here.office = office
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
