"""Where an application stands: joins by hand, and what holds for every item and every order of facts."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from approvals.chain.plan import Plan, joining, lay_out
from approvals.chain.position import Facts, Position, locate
from approvals.vocabulary import ApplicationStatus, Outcome, StepStatus
from services.item import OPINIONS, Item, Join, JoinKind, StepKind
from tests.approvals.chain.items import items, joint, step

A, B, C = (step(key) for key in "abc")
ASKED = step("asked", StepKind.CONSULTATION)

FELL_AWAY = frozenset({StepStatus.MOOT, StepStatus.CUT_OFF})
"""What nobody waits for any more may be cut off, too: it fell away either way."""


def after(plan: Plan, **outcomes: Outcome) -> Position:
    return locate(plan, Facts(outcomes={"accept": Outcome.ACCEPT, **outcomes}))


def whole(item: Item) -> Plan:
    return lay_out(item, frozenset(item.steps))


def test_nothing_but_acceptance_is_open_at_first() -> None:
    position = locate(whole(joint(A, B)), Facts())
    assert position.open == ("accept",)
    assert position.status is ApplicationStatus.SUBMITTED


def test_acceptance_opens_all_parallel_steps_at_once() -> None:
    assert after(whole(joint(A, B, C))).open == ("a", "b", "c")


def test_all_waits_for_the_last_branch() -> None:
    plan = whole(joint(A, B))
    assert after(plan, a=Outcome.AGREE).open == ("b",)
    assert after(plan, a=Outcome.AGREE, b=Outcome.NOT_CONCERNED).open == ("decide",)


def test_one_objection_does_not_cut_the_others_short_but_leaves_only_refusal() -> None:
    plan = whole(joint(A, B))
    assert after(plan, a=Outcome.DISAGREE).open == ("b",)
    decided = after(plan, a=Outcome.DISAGREE, b=Outcome.AGREE)
    assert decided.open == ("decide",)
    assert decided.denied == {"decide"}


def test_whoever_cannot_judge_has_not_consented() -> None:
    assert after(whole(joint(A)), a=Outcome.CANNOT_JUDGE).denied == {"decide"}


def test_any_is_settled_by_the_first_consent_and_the_rest_falls_away() -> None:
    position = after(whole(joint(A, B, join=Join(JoinKind.ANY))), a=Outcome.AGREE)
    assert position.open == ("decide",)
    assert position.steps["b"] is StepStatus.MOOT


def test_what_only_a_moot_step_waited_for_is_moot_too() -> None:
    chain = joint(step("w"), step("x", after=("w",)), step("y"), join=Join(JoinKind.ANY))
    plan = lay_out(chain, joining(chain, {}))
    agreed = {"accept": Outcome.ACCEPT, "y": Outcome.AGREE, "decide": Outcome.GRANT, "issue": Outcome.ISSUED}
    position = locate(plan, Facts(agreed))
    assert position.steps["w"] is position.steps["x"] is StepStatus.MOOT
    assert position.status is ApplicationStatus.ISSUED


def test_n_of_m_needs_its_number() -> None:
    plan = whole(joint(A, B, C, join=Join(JoinKind.N_OF_M, n=2)))
    assert after(plan, a=Outcome.AGREE, b=Outcome.DISAGREE).open == ("c",)
    assert after(plan, a=Outcome.AGREE, c=Outcome.AGREE).open == ("decide",)
    assert after(plan, a=Outcome.AGREE, b=Outcome.DISAGREE, c=Outcome.DISAGREE).denied == {"decide"}


def test_n_of_m_with_too_few_taking_part_never_consents() -> None:
    item = joint(A, B, join=Join(JoinKind.N_OF_M, n=2))
    plan = lay_out(item, frozenset(item.steps) - {"b"})
    assert after(plan, a=Outcome.AGREE).denied == {"decide"}


def test_a_veto_counts_only_from_whom_it_was_given() -> None:
    plan = whole(joint(A, B, join=Join(JoinKind.VETO, veto=frozenset({"a"}))))
    assert after(plan, a=Outcome.AGREE, b=Outcome.DISAGREE).denied == frozenset()
    assert after(plan, a=Outcome.DISAGREE, b=Outcome.AGREE).denied == {"decide"}


def test_a_consultation_is_waited_for_but_its_objection_does_not_stand_in_the_way() -> None:
    plan = whole(joint(A, ASKED))
    assert after(plan, a=Outcome.AGREE).open == ("asked",)
    assert after(plan, a=Outcome.AGREE, asked=Outcome.DISAGREE).denied == frozenset()
    assert after(plan, a=Outcome.AGREE, asked=Outcome.CANNOT_JUDGE).denied == frozenset()
    assert after(plan, a=Outcome.DISAGREE, asked=Outcome.AGREE).denied == {"decide"}


def test_the_consent_of_a_consultation_is_none_that_is_awaited() -> None:
    first = whole(joint(A, B, ASKED, join=Join(JoinKind.ANY)))
    assert after(first, asked=Outcome.AGREE).open == ("a", "b")
    assert after(first, a=Outcome.DISAGREE, b=Outcome.DISAGREE).open == ("asked",)
    assert after(first, a=Outcome.DISAGREE, b=Outcome.DISAGREE, asked=Outcome.AGREE).denied == {"decide"}
    assert after(first, a=Outcome.AGREE).steps["asked"] is StepStatus.MOOT
    two = whole(joint(A, B, ASKED, join=Join(JoinKind.N_OF_M, n=2)))
    assert after(two, a=Outcome.AGREE, asked=Outcome.AGREE).open == ("b",)


def test_an_objection_reaches_the_decision_through_the_consultation_that_it_cuts_off() -> None:
    item = joint(A, replace(ASKED, after=("a",)))
    position = after(whole(item), a=Outcome.DISAGREE)
    assert position.steps["asked"] is StepStatus.CUT_OFF
    assert position.denied == {"decide"}


def test_a_step_that_does_not_join_is_not_waited_for() -> None:
    item = joint(A, step("b", joins_if="deep == True"))
    assert joining(item, {"deep": False}) == {"accept", "a", "decide", "issue"}
    assert after(lay_out(item, joining(item, {})), a=Outcome.AGREE).open == ("decide",)


def test_a_stage_nobody_joins_passes_on_what_it_waited_for() -> None:
    item = joint(step("a", joins_if="deep == True"))
    plan = lay_out(item, joining(item, {}))
    assert locate(plan, Facts()).open == ("accept",)
    assert after(plan).open == ("decide",)


def test_two_kinds_of_no_at_the_door_are_told_apart() -> None:
    plan = whole(joint(A))
    for outcome, status in (
        (Outcome.NOT_NEEDED, ApplicationStatus.NOT_NEEDED),
        (Outcome.NOT_ACCEPTED, ApplicationStatus.NOT_ACCEPTED),
    ):
        position = locate(plan, Facts(outcomes={"accept": outcome}))
        assert position.status is status
        assert not position.open


def test_a_returned_step_stops_the_application_only_while_no_other_can_go_on() -> None:
    plan = whole(joint(A, B))
    accepted = {"accept": Outcome.ACCEPT}
    assert locate(plan, Facts(accepted, returned=frozenset("a"))).status is ApplicationStatus.IN_REVIEW
    assert locate(plan, Facts(accepted, returned=frozenset("ab"))).status is ApplicationStatus.RETURNED


def test_withdrawal_ends_everything_that_was_open() -> None:
    position = locate(whole(joint(A, B)), Facts({"accept": Outcome.ACCEPT, "a": Outcome.AGREE}, is_withdrawn=True))
    assert position.status is ApplicationStatus.WITHDRAWN
    assert position.steps["a"] is StepStatus.DONE
    assert position.steps["b"] is StepStatus.MOOT


SAID = [Outcome.AGREE, Outcome.DISAGREE, Outcome.NOT_CONCERNED, Outcome.CANNOT_JUDGE]
OUTCOMES = {
    StepKind.ACCEPTANCE: [Outcome.ACCEPT, Outcome.NOT_NEEDED],
    **dict.fromkeys(OPINIONS, SAID),
    StepKind.DECISION: [Outcome.GRANT, Outcome.REFUSE],
    StepKind.ISSUE: [Outcome.ISSUED],
}


@given(items(), st.data())
def test_whatever_is_decided_in_whatever_order_every_application_ends_and_finished_steps_stay(
    item: Item, data: st.DataObject
) -> None:
    answers = {f"q{number}": data.draw(st.booleans()) for number in range(3)}
    plan = lay_out(item, joining(item, answers))
    kinds = {each.key: each.kind for each in plan.steps}
    outcomes: dict[str, Outcome] = {}
    position = locate(plan, Facts())
    for _ in range(len(plan.steps) + 1):
        if not position.open:
            break
        assert not position.is_finished
        key = data.draw(st.sampled_from(position.open))
        choices = OUTCOMES[kinds[key]]
        outcome = Outcome.REFUSE if key in position.denied else data.draw(st.sampled_from(choices))
        outcomes[key] = outcome
        later = locate(plan, Facts(dict(outcomes)))
        for earlier, status in position.steps.items():
            if status is StepStatus.DONE or status in FELL_AWAY:
                stays = FELL_AWAY if status in FELL_AWAY else {status}
                assert later.steps[earlier] in stays, "a finished step came back"
        position = later
    assert position.is_finished
    assert not position.open


@given(items(), st.data())
def test_a_grant_is_possible_only_where_every_gate_before_it_consented(item: Item, data: st.DataObject) -> None:
    plan = lay_out(item, frozenset(item.steps))
    opinions = {each.key: each.kind for each in plan.steps if each.kind in OPINIONS}
    outcomes = {key: data.draw(st.sampled_from(SAID)) for key in opinions}
    position = locate(plan, Facts({"accept": Outcome.ACCEPT, **outcomes}))
    decision = next(each for each in plan.steps if each.kind is StepKind.DECISION)
    asked = {key for key, kind in opinions.items() if kind is StepKind.CONSULTATION}
    consents = {
        key: position.steps[key] is StepStatus.DONE and outcomes[key].consents for key in opinions.keys() - asked
    }
    heard = {key: position.steps[key] is StepStatus.DONE for key in asked}
    for gate in decision.gates:
        said = [consents[key] for key in gate.of if key in consents]
        if decision.key in position.denied:
            continue
        match gate.join.kind:
            case JoinKind.ALL:
                assert all(said)
                assert all(heard[key] for key in gate.of if key in heard)
            case JoinKind.ANY:
                assert any(said)
            case JoinKind.N_OF_M:
                assert sum(said) >= gate.join.n
            case JoinKind.VETO:
                assert all((consents | heard)[key] for key in gate.join.veto)


def test_an_unknown_branch_never_counts_as_consent() -> None:
    plan = whole(joint(A, B))
    assert after(plan, a=Outcome.AGREE, elsewhere=Outcome.AGREE).open == ("b",)
