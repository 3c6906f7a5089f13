"""Promises, and what is owed on them, in any order and on any day: the invariants hold after every command."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from approvals.clock.moment import Moment
from approvals.commands.attach import attach, detach
from approvals.commands.decide import POSSIBLE
from approvals.commands.object import answer_objection, raise_objection
from approvals.commands.pause import pause
from approvals.commands.pause import resume as go_on
from approvals.commands.rectify import close, order, report
from approvals.commands.reopen import reopen
from approvals.commands.resubmit import resubmit
from approvals.commands.return_for_correction import Mend, return_for_correction
from approvals.commands.revoke import revoke
from approvals.commands.suspend import resume, suspend
from approvals.commands.take import take
from approvals.commands.terminate import terminate
from approvals.commands.verify import Evidence, verify
from approvals.commands.withdraw import withdraw
from approvals.commands.withdraw_commitment import withdraw_commitment
from approvals.errors import Refusal
from approvals.inspection import inspect
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.invariants import examine
from approvals.queries.time_reference import differences
from approvals.records.application import Application
from approvals.records.fold import item_of, lead_of
from approvals.records.obligation import Obligation
from approvals.vocabulary import Act, ObligationKind, Outcome, PauseReason, StepStatus
from portal.demonstration.acting import FILES
from portal.extensions import db
from portal.unit_of_work import changing, reading
from portal.worker.clock import strike
from portal.worker.delivery import sweep
from services.answers import Value
from services.current import catalogue
from services.item import Means, StepKind
from tests.deciding import decide
from tests.fixtures.crowd import served
from tests.fixtures.heart import Office
from tests.fixtures.promises import SELLING, SHOP, Promises

PERMIT = "construction-permit"
TOUCHES = {"drains_to_sewer": True, "makes_waste": True}
QUIET: dict[str, Value] = {
    key: key in TOUCHES for key, asked in catalogue().item(PERMIT).questions.items() if asked.kind == "yes_no"
}
PROMISED = ("gc305", "gc309")
FOLLOWING = {SHOP: "officer_proof", PERMIT: "water_quality"}
WORDS = st.sampled_from(["", "理由写在这里。"])
WHICH = st.integers(0, 5)


class Life(RuleBasedStateMachine):
    """One application, signed for some promises or for none. Whatever is refused is refused by its name."""

    app: Flask
    office: Office
    done: ClassVar[list[str]]
    """Names of the commands that went through, over all examples."""

    def __init__(self) -> None:
        super().__init__()
        self.promises = Promises(self.office)
        self.day = date(2026, 5, 6)

    @initialize(
        slug=st.sampled_from([SHOP, PERMIT]),
        promised=st.sets(st.sampled_from(PROMISED)),
        is_promised=st.booleans(),
        follows=st.booleans(),
    )
    def send_in(self, slug: str, promised: set[str], is_promised: bool, follows: bool) -> None:
        keys = ([""] if slug == SHOP else sorted(promised)) if is_promised else []
        may_follow = slug == SHOP or "gc305" in keys
        missing = (FOLLOWING[slug],) if keys and follows and may_follow else ()
        answers = SELLING if slug == SHOP else QUIET
        self.number = self.promises.apply(slug, keys, self.day.isoformat(), missing=missing, **answers)
        self.done.append("signed" if keys else "sent")

    @property
    def at(self) -> Moment:
        return self.office.at(self.day.isoformat(), 15)

    def attempt(self, by: Actor, what: Callable[[Application, Moment], None]) -> None:
        """A command that goes through or is refused; the letters it asks for are sent."""
        at = self.at
        try:
            with changing(by, at) as session:
                what(for_change.application(session, self.number), at)
        except Refusal:
            return
        self.done.append(what.__name__)
        sweep(at)

    def facts(self) -> Application:
        reading().rollback()
        return for_change.application(reading(), self.number)

    def owed(self, which: int, *kinds: ObligationKind) -> Obligation | None:
        found = [each for each in self.facts().obligations if not kinds or each.kind in kinds]
        return found[which % len(found)] if found else None

    def head(self) -> Actor:
        return self.promises.head(lead_of(self.facts()).department_code)

    def again(self, application: Application, number: int) -> Obligation:
        return next(each for each in application.obligations if each.id == number)

    @rule(days=st.sampled_from([1, 1, 3, 8, 20, 45]))
    def days_pass(self, days: int) -> None:
        self.day += timedelta(days=days)
        at = self.at
        reading().rollback()
        strike(at)
        sweep(at)

    @rule(which=WHICH, outcome=st.integers(0, 4), words=WORDS)
    def a_department_decides(self, which: int, outcome: int, words: str) -> None:
        application = self.facts()
        steps = [each for each in application.steps if each.status is StepStatus.OPEN] or application.steps
        step = steps[which % len(steps)]
        possible = POSSIBLE[item_of(application).steps[step.key].kind] or (Outcome.AGREE,)
        key, given, by = step.key, possible[outcome % len(possible)], self.promises.clerk(step.department_code)

        def decided(found: Application, at: Moment) -> None:
            one = next(each for each in found.steps if each.key == key)
            decide(one, given, words, conditions=words, by=by, at=at)

        self.attempt(by, decided)

    @rule(which=WHICH)
    def a_clerk_takes_it(self, which: int) -> None:
        """From then on its days are no longer spent waiting."""
        steps = self.facts().steps
        key, by = steps[which % len(steps)].key, self.promises.clerk(steps[which % len(steps)].department_code)

        def taken(found: Application, at: Moment) -> None:
            take(next(each for each in found.steps if each.key == key), by=by, at=at)

        self.attempt(by, taken)

    @rule()
    def everybody_agrees(self) -> None:
        """Or the decision would hardly ever be reached."""
        for step in self.facts().steps:
            kind = item_of(self.facts()).steps[step.key].kind
            if step.status is StepStatus.OPEN and kind is not StepKind.ISSUE:
                self.a_department_decides(0, 0, "按承诺办理。")

    @rule(which=WHICH)
    def a_department_asks_for_a_mended_answer(self, which: int) -> None:
        application = self.facts()
        steps = [each for each in application.steps if each.status is StepStatus.OPEN] or application.steps
        key, by = steps[which % len(steps)].key, self.promises.clerk(steps[which % len(steps)].department_code)
        target = "shop_name" if application.item_code == "MS005" else "project_name"

        def asked(found: Application, at: Moment) -> None:
            one = next(each for each in found.steps if each.key == key)
            return_for_correction(one, [Mend("question", target, "请改名称。")], why_again="看漏了。", by=by, at=at)

        self.attempt(by, asked)

    @rule(words=WORDS)
    def the_applicant_answers(self, words: str) -> None:
        """Without changing anything: that takes a word why."""
        by = self.promises.company

        def answered(found: Application, at: Moment) -> None:
            resubmit(found, explanation=words, by=by, at=at)

        self.attempt(by, answered)

    @rule()
    def what_may_follow_comes(self) -> None:
        self.hand_in(FOLLOWING[SHOP if self.facts().item_code == "MS005" else PERMIT])

    def hand_in(self, key: str) -> None:
        by, storage = self.promises.company, self.office.storage

        def handed_in(found: Application, at: Moment) -> None:
            content = (FILES / "drawings.pdf").read_bytes()
            file = inspect(content, name="drawings.pdf", formats=("pdf",))
            attach(found, key, file, storage.put(content), by=by, at=at)

        self.attempt(by, handed_in)

    @rule()
    def the_applicant_takes_a_file_back(self) -> None:
        by = self.promises.company

        def taken_back(found: Application, at: Moment) -> None:
            file = found.materials[-1]
            detach(found, file.key, file.version, by=by, at=at)

        self.attempt(by, taken_back)

    @rule(
        which=WHICH,
        outcome=st.sampled_from([Act.FULFIL, Act.FALL_DUE, Act.DISPROVE, Act.DISPROVE, Act.DROP]),
        words=WORDS,
        ago=st.sampled_from([0, 0, 0, -1, 400]),
    )
    def a_department_verifies(self, which: int, outcome: Act, words: str, ago: int) -> None:
        owed = self.owed(which, ObligationKind.VERIFICATION) or self.owed(which)
        if owed is None:
            return
        number, means, by = owed.id, owed.means, self.promises.clerk(owed.department_code)

        def verified(found: Application, at: Moment) -> None:
            document = self.promises.document(found, at) if means is Means.DOCUMENT and words else None
            evidence = Evidence(words, words, words, at.today - timedelta(days=ago), document)
            verify(self.again(found, number), outcome, evidence, by=by, at=at)

        self.attempt(by, verified)

    @rule(which=WHICH, words=WORDS)
    def the_applicant_reports(self, which: int, words: str) -> None:
        owed, by = self.owed(which, ObligationKind.CONDITION, ObligationKind.RECTIFICATION), self.promises.company
        if owed is None:
            return
        number = owed.id

        def reported(found: Application, at: Moment) -> None:
            report(self.again(found, number), words, by=by, at=at)

        self.attempt(by, reported)

    @rule(which=WHICH, outcome=st.sampled_from([Act.FULFIL, Act.SEND_BACK]), words=WORDS)
    def a_department_closes(self, which: int, outcome: Act, words: str) -> None:
        owed = self.owed(which, ObligationKind.CONDITION, ObligationKind.RECTIFICATION)
        if owed is None:
            return
        number, by = owed.id, self.promises.clerk(owed.department_code)

        def closed(found: Application, at: Moment) -> None:
            close(self.again(found, number), outcome, words, by=by, at=at)

        self.attempt(by, closed)

    @rule(which=WHICH, days=st.integers(0, 10))
    def its_head_orders(self, which: int, days: int) -> None:
        owed = self.owed(which)
        if owed is None:
            return
        number, by = owed.id, self.promises.head(owed.department_code)

        def ordered(found: Application, at: Moment) -> None:
            order(self.again(found, number), "请改正。", days, by=by, at=at)

        self.attempt(by, ordered)

    @rule(words=WORDS)
    def its_head_revokes(self, words: str) -> None:
        by = self.head()

        def revoked(found: Application, at: Moment) -> None:
            revoke(found, words, by=by, at=at)

        self.attempt(by, revoked)

    @rule(words=WORDS)
    def the_applicant_objects(self, words: str) -> None:
        by = self.promises.company

        def objected(found: Application, at: Moment) -> None:
            raise_objection(found, words, by=by, at=at)

        self.attempt(by, objected)

    @rule(is_upheld=st.booleans(), words=WORDS)
    def its_head_answers(self, is_upheld: bool, words: str) -> None:
        by = self.head()

        def restored(found: Application, at: Moment) -> None:
            answer_objection(found, words, is_upheld=is_upheld, by=by, at=at)

        self.attempt(by, restored)

    @rule(key=st.sampled_from(["", *PROMISED]))
    def the_promise_is_taken_back(self, key: str) -> None:
        by = self.promises.company

        def unpromised(found: Application, at: Moment) -> None:
            withdraw_commitment(found, key, by=by, at=at)

        self.attempt(by, unpromised)

    @rule(words=WORDS)
    def the_application_is_taken_back(self, words: str) -> None:
        by = self.promises.company

        def withdrawn(found: Application, at: Moment) -> None:
            withdraw(found, words, by=by, at=at)

        self.attempt(by, withdrawn)

    @rule(what=st.sampled_from([suspend, resume, terminate]), words=WORDS)
    def its_head_intervenes(self, what: Callable[..., None], words: str) -> None:
        by = self.head()

        def intervened(found: Application, at: Moment) -> None:
            what(found, words, by=by, at=at)

        self.attempt(by, intervened)

    @rule(words=WORDS)
    def it_is_opened_again(self, words: str) -> None:
        by = self.head()

        def reopened(found: Application, at: Moment) -> None:
            reopen(found, "示例复决〔2026〕9号", words, by=by, at=at)

        self.attempt(by, reopened)

    @rule(which=WHICH, stops=st.booleans())
    def a_special_procedure(self, which: int, stops: bool) -> None:
        steps = self.facts().steps
        key, by = steps[which % len(steps)].key, self.promises.clerk(steps[which % len(steps)].department_code)

        def stopped(found: Application, at: Moment) -> None:
            one = next(each for each in found.steps if each.key == key)
            if stops:
                pause(one, PauseReason.EXPERT_REVIEW, days=3, note="请专家看。", by=by, at=at)
            else:
                go_on(one, by=by, at=at)

        self.attempt(by, stopped)

    @invariant()
    def everything_holds(self) -> None:
        reading().rollback()
        assert examine(reading(), self.office.storage, at=self.at).broken == []
        assert differences(reading(), at=self.at)[1] == [], "what is kept about its times is what the trail says"


@pytest.mark.parametrize(
    "examples, steps", [(3, 12), pytest.param(150, 40, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]
)
def test_promises_in_any_order(prepared: Path, tmp_path: Path, examples: int, steps: int) -> None:
    numbers = itertools.count()

    @contextmanager
    def fresh() -> Iterator[Office]:
        """Nobody is barred by what happened in another example."""
        with served(Path(shutil.copytree(prepared, tmp_path / str(next(numbers))))) as app:
            yield Office(app)
            db.session.remove()
            db.engine.dispose()

    class Here(Life):
        done: ClassVar[list[str]] = []

        def __init__(self) -> None:
            self.entered = fresh()
            Here.office = self.entered.__enter__()
            super().__init__()

        def teardown(self) -> None:
            self.entered.__exit__(None, None, None)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=examples < 10,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert {"signed", "decided"} <= set(Here.done)
