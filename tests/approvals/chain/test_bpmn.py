"""The export as BPMN 2.0: valid, whole, drawn, and run by another engine exactly as the chain runs here."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from approvals.chain.bpmn import DC, DD, DI, MODEL, export
from approvals.chain.diagram import CONSENTS, MOST_COMBINATIONS, Shape, draw, outcome_name
from approvals.chain.plan import joining, lay_out
from approvals.chain.position import Facts, locate
from approvals.vocabulary import ApplicationStatus, Outcome
from services.answers import Value
from services.current import catalogue
from services.item import Item, Join, JoinKind, Limit, Stage, Step, StepKind, Text, Unit
from tests.approvals.chain.items import item as item_of
from tests.approvals.chain.items import items, joint, step

IN = f"{{{MODEL}}}"
VALIDATOR = BpmnValidator()
"""The schemas of the OMG, which come with SpiffWorkflow."""
OWN = ("GC201", "GC303", "MS005", "MS017", "MS027", "GC404", "MS032")


def _params(items: Iterable[Item]) -> list[ParameterSet]:
    """The items as cases of a test: all but a few of those with the usual steps are for `make soak`."""
    return [pytest.param(each, marks=() if each.code in OWN else pytest.mark.soak, id=each.code) for each in items]


ONLINE = _params(catalogue().items.values())
EXECUTABLE = _params(each for each in catalogue().items.values() if draw(each).is_executable)
FLOW_NODES = {IN + shape.value for shape in Shape} - {IN + Shape.STOP.value}
A, B, C, D = (step(key) for key in "abcd")


def xml_of(item: Item) -> ET.Element:
    return ET.fromstring(export(item, catalogue().departments))  # noqa: S314  # our own file


def parsed(written: bytes) -> Any:
    """Read by the engine's parser, held against the schemas before."""
    parser: Any = BpmnParser(validator=VALIDATOR)
    parser.add_bpmn_str(written)
    return parser


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────────


def assert_whole(item: Item) -> None:
    """What the schemas do not say: ids, ends of flows, incoming and outgoing, lanes, and a drawing of everything."""
    written = export(item, catalogue().departments)
    parsed(written)
    root = ET.fromstring(written)  # noqa: S314  # our own file
    by_id = {element.attrib["id"]: element for element in root.iter() if "id" in element.attrib}
    assert len(by_id) == sum("id" in element.attrib for element in root.iter()), "two elements have one id"
    flows = list(root.iter(f"{IN}sequenceFlow"))
    nodes = [element for element in root.iter() if element.tag in FLOW_NODES]
    for node in nodes:
        name = node.attrib["id"]
        coming = {flow.attrib["id"] for flow in flows if flow.attrib["targetRef"] == name}
        going = {flow.attrib["id"] for flow in flows if flow.attrib["sourceRef"] == name}
        assert {each.text for each in node.findall(f"{IN}incoming")} == coming
        assert {each.text for each in node.findall(f"{IN}outgoing")} == going
        assert coming or node.tag == f"{IN}startEvent"
        assert going or node.tag == f"{IN}endEvent"
        assert node.attrib.get("default", next(iter(going), None)) in {*going, None}
    for scope in (*root.iter(f"{IN}process"), *root.iter(f"{IN}subProcess")):
        here = {node.attrib["id"] for node in scope if node.tag in FLOW_NODES}
        ends = {flow.attrib[end] for flow in scope.findall(f"{IN}sequenceFlow") for end in ("sourceRef", "targetRef")}
        assert ends == here, "a flow leaves its process"
        assert sorted(each.text or "" for each in scope.findall(f"{IN}laneSet/{IN}lane/{IN}flowNodeRef")) == sorted(
            here
        )
    drawn = [element.attrib["bpmnElement"] for element in root.iter() if "bpmnElement" in element.attrib][1:]
    wanted = {each.attrib["id"] for each in (*nodes, *flows, *root.iter(f"{IN}lane"), *root.iter(f"{IN}participant"))}
    assert len(drawn) == len(set(drawn))
    assert wanted <= set(drawn)
    assert set(drawn) <= by_id.keys()
    assert_drawn_apart(root, [node.attrib["id"] for node in nodes])


def assert_drawn_apart(root: ET.Element, nodes: list[str]) -> None:
    """No two nodes overlap but a subprocess and what is in it; every flow begins and ends at the edge of its nodes."""
    boxes: dict[str, tuple[float, float, float, float]] = {}
    for shape in root.iter(f"{{{DI}}}BPMNShape"):
        bounds = shape.find(f"{{{DC}}}Bounds")
        assert bounds is not None
        x, y, width, height = (float(bounds.attrib[name]) for name in ("x", "y", "width", "height"))
        boxes[shape.attrib["bpmnElement"]] = (x, y, x + width, y + height)
    inner = {each.attrib["id"] for race in root.iter(f"{IN}subProcess") for each in race if "id" in each.attrib}
    races = {race.attrib["id"] for race in root.iter(f"{IN}subProcess")}
    for number, one in enumerate(nodes):
        for other in nodes[:number]:
            left, top, right, bottom = boxes[one]
            its_left, its_top, its_right, its_bottom = boxes[other]
            apart = right <= its_left or its_right <= left or bottom <= its_top or its_bottom <= top
            assert apart or ({one, other} & races and {one, other} & inner), f"{one} lies on {other}"
    edges = {edge.attrib["bpmnElement"]: edge for edge in root.iter(f"{{{DI}}}BPMNEdge")}
    for flow in root.iter(f"{IN}sequenceFlow"):
        way = [(float(p.attrib["x"]), float(p.attrib["y"])) for p in edges[flow.attrib["id"]].iter(f"{{{DD}}}waypoint")]
        assert way[0][0] == boxes[flow.attrib["sourceRef"]][2]
        assert way[-1][0] == boxes[flow.attrib["targetRef"]][0]
        assert all(x1 == x2 or y1 == y2 for (x1, y1), (x2, y2) in pairwise(way)), "a slanting flow"


@pytest.mark.parametrize("item", ONLINE)
def test_every_online_item_is_exported_whole(item: Item) -> None:
    assert_whole(item)


@given(items())
def test_every_chain_is_exported_whole(item: Item) -> None:
    assert_whole(item)


def test_the_same_item_gives_the_same_bytes() -> None:
    item = catalogue().item("construction-permit")
    assert export(item, catalogue().departments) == export(item, catalogue().departments)


def test_a_task_says_who_does_it_within_which_limits_and_on_which_basis() -> None:
    root = xml_of(catalogue().item("construction-permit"))
    task = next(each for each in root.iter(f"{IN}userTask") if each.attrib["id"] == "step_gc307")
    assert task.attrib["name"] == "占用、挖掘城市道路审批"
    own = {key.partition("}")[2]: value for key, value in task.attrib.items() if key.startswith("{urn:rongyiban:")}
    said = {
        "kind": "review",
        "duty": "CG",
        "level": "city",
        "item": "GC307",
        "statutory": "20 wd",
        "promised": "3 wd",
        "basis": "《城市道路管理条例》第30–33条",
        "outcome": "OUTCOME_gc307",
    }
    assert own.items() >= said.items()
    words = task.findtext(f"{IN}documentation") or ""
    assert "承诺时限：3 个工作日" in words
    assert "参加条件：occupies_road" in words


def test_deemed_consent_and_the_limit_of_later_rounds_are_said() -> None:
    limit, round_limit = Limit(Decimal(5)), Limit(Decimal("0.5"), Unit.CALENDAR_DAYS)
    ask = step("a", StepKind.CONSULTATION, promised=limit, round_limit=round_limit, deemed_consent=True)
    task = next(each for each in xml_of(joint(ask, B)).iter(f"{IN}userTask") if each.attrib["id"] == "step_a")
    words = "法定时限：无；承诺时限：5 个工作日；补正后每轮时限：0.5 个自然日；期满未回复视为同意。"
    assert task.findtext(f"{IN}documentation") == words
    assert task.attrib["{urn:rongyiban:chain:1}round_limit"] == "0.5 cd"
    assert task.attrib["{urn:rongyiban:chain:1}deemed_consent"] == "true"


def test_each_duty_has_a_lane_in_the_name_of_its_department() -> None:
    root = xml_of(catalogue().item("construction-permit"))
    lanes = {lane.attrib["name"]: {ref.text for ref in lane} for lane in root.iter(f"{IN}lane")}
    assert len(lanes) == 8
    assert {"step_accept", "step_gc301", "step_decide", "step_issue"} <= lanes["成都市住房和城乡建设局"]
    assert "step_gc307" in lanes["成都市城市管理委员会"]
    food = xml_of(catalogue().item("MS005"))
    assert [lane.attrib["name"] for lane in food.iter(f"{IN}lane")] == ["成都市市场监督管理局（区县级）"]


def test_kinds_of_step_are_kinds_of_task() -> None:
    root = xml_of(joint(step("a", StepKind.ON_SITE), step("b", StepKind.PUBLIC_NOTICE), step("c", StepKind.REVIEW)))
    found = {each.attrib["id"]: each.tag.removeprefix(IN) for each in root.iter() if each.tag in FLOW_NODES}
    assert (found["step_a"], found["step_b"], found["step_c"]) == ("manualTask", "serviceTask", "userTask")


NOT_RUN = {
    "veto of a step that may fall away": joint(
        A, step("b", joins_if="q0"), join=Join(JoinKind.VETO, veto=frozenset("b"))
    ),
    "n of many": joint(*(step(f"r{n}") for n in range(8)), join=Join(JoinKind.N_OF_M, n=4)),
    "n that may be missed": joint(A, B, step("c", joins_if="q0"), join=Join(JoinKind.N_OF_M, n=3)),
    "any of steps that others wait for": item_of(
        Stage("s", Text("受理"), (step("accept", StepKind.ACCEPTANCE),)),
        Stage("t", Text("审查"), (A, B), Join(JoinKind.ANY)),
        Stage("u", Text("复审"), (C, step("d", after=("a",)))),
        Stage("v", Text("决定"), (step("decide", StepKind.DECISION),)),
    ),
}


@pytest.mark.parametrize("item", NOT_RUN.values(), ids=NOT_RUN.keys())
def test_what_no_engine_runs_alike_is_a_complex_gateway_with_words_and_not_executable(item: Item) -> None:
    assert_whole(item)
    root = xml_of(item)
    gateway = next(root.iter(f"{IN}complexGateway"))
    assert "流程引擎不执行" in (gateway.findtext(f"{IN}documentation") or "")
    assert next(root.iter(f"{IN}process")).attrib["isExecutable"] == "false"
    assert not draw(item).is_executable


def test_a_veto_that_is_always_there_is_a_parallel_join_that_names_its_holders() -> None:
    root = xml_of(joint(A, B, join=Join(JoinKind.VETO, veto=frozenset("b"))))
    gateway = next(each for each in root.iter(f"{IN}parallelGateway") if each.attrib["id"].startswith("join_"))
    assert {key.partition("}")[2]: value for key, value in gateway.attrib.items() if "}" in key} == {
        "join": "veto",
        "of": "a b",
        "veto": "b",
    }
    assert "b 中参加的环节有一个不同意即否决" in (gateway.findtext(f"{IN}documentation") or "")


# ── run by SpiffWorkflow ──────────────────────────────────────────────────────────────────────────────────────────


class Engine:
    """The exported chain in SpiffWorkflow; every task waits until it is decided, service tasks too."""

    def __init__(self, item: Item, answers: Mapping[str, Value | None]) -> None:
        parser, name = parsed(export(item, catalogue().departments)), f"item_{item.code}"
        process, inner = parser.get_spec(name), parser.get_subprocess_specs(name)
        for spec in (process, *inner.values()):
            for key, task in spec.task_specs.items():
                task.manual = key.startswith("step_")
        self.workflow: Any = BpmnWorkflow(process, inner)
        self.workflow.get_next_task(spec_name="Start").data.update(answers)
        self.workflow.do_engine_steps()

    def _ready(self) -> Iterator[Any]:
        return iter(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    @property
    def open(self) -> set[str]:
        return {task.task_spec.name.removeprefix("step_") for task in self._ready()}

    def decide(self, step: Step, outcome: Outcome) -> None:
        task = next(task for task in self._ready() if task.task_spec.name == f"step_{step.key}")
        task.data[outcome_name(step)] = outcome.value
        task.run()
        if task.state is TaskState.STARTED:
            task.complete()  # a service answers
        self.workflow.do_engine_steps()

    @property
    def is_finished(self) -> bool:
        return bool(self.workflow.completed)


def assert_runs_alike(item: Item, answers: Mapping[str, Value | None], chance: random.Random) -> None:
    """Every department consents, in an order of chance; after each decision the same steps are open in both."""
    engine, outcomes = Engine(item, answers), dict[str, Outcome]()
    plan = lay_out(item, joining(item, {key: value for key, value in answers.items() if value is not None}))
    while (position := locate(plan, Facts(outcomes))).open:
        assert engine.open == set(position.open), f"after {list(outcomes)} with {answers}"
        assert not engine.is_finished
        decided = item.steps[chance.choice(position.open)]
        outcomes[decided.key] = CONSENTS.get(decided.kind, (Outcome.AGREE,))[0]
        engine.decide(decided, outcomes[decided.key])
    assert not engine.open, f"after {list(outcomes)} with {answers}"
    assert engine.is_finished
    assert position.status is ApplicationStatus.ISSUED


def sample(seed: int) -> tuple[Item, dict[str, Value | None], random.Random]:
    """A sound chain of the kind that engines run, answers to its questions, and the chance that made both."""
    chance = random.Random(seed)
    while True:
        item = attempt(chance)
        if draw(item).is_executable and leads_to_the_end(item):
            answers: dict[str, Value | None] = {f"q{number}": chance.random() < 0.5 for number in range(3)}
            return item, answers | {"floors": Decimal(chance.randrange(10))}, chance


CONDITIONS = (None, None, "q0", "not q1", "q2 == True", "floors > 4 and q0", "floors in [1, 2, 3] or q1")
KINDS = (StepKind.REVIEW, StepKind.REVIEW, StepKind.CONSULTATION, StepKind.ON_SITE, StepKind.PUBLIC_NOTICE)
VOTING = tuple(kind for kind in KINDS if kind.has_vote)


def attempt(chance: random.Random) -> Item:
    """Not always sound: a step that waits for chosen ones may leave another without anybody who waits for it."""
    stages = [Stage("s0", Text("受理"), (step("accept", StepKind.ACCEPTANCE),))]
    number = 0
    for position in range(1, chance.randint(1, 4) + 1):
        steps: list[Step] = []
        join = gathering(chance, wide := chance.randint(1, 5))
        free = 1 if join.kind is JoinKind.ANY else join.n  # must always take part, with a vote
        for place in range(wide):
            number += 1
            condition = None if place < free else chance.choice(CONDITIONS)
            after = some_of(stages, steps, chance) if join.kind is JoinKind.ALL and chance.random() < 0.3 else ()
            kind = chance.choice(VOTING if place < free else KINDS)
            steps.append(step(f"r{number}", kind, condition, after=after))
        stages.append(Stage(f"s{position}", Text("审查"), tuple(steps), join))
    stages.append(Stage("decide", Text("决定"), (step("decide", StepKind.DECISION),)))
    stages.append(Stage("issue", Text("发证"), (step("issue", StepKind.ISSUE),)))
    return item_of(*stages)


def some_of(stages: list[Stage], here: list[Step], chance: random.Random) -> tuple[str, ...]:
    """Steps that others may wait for besides their own stage, those of the same stage among them."""
    known = [each.key for stage in stages if stage.join.kind is JoinKind.ALL for each in stage.steps]
    known += [each.key for each in here]
    return tuple(sorted(chance.sample(known, min(len(known), chance.randint(1, 3)))))


def gathering(chance: random.Random, steps: int) -> Join:
    return chance.choice((Join(), Join(JoinKind.ANY), Join(JoinKind.N_OF_M, n=chance.randint(1, min(3, steps)))))


def leads_to_the_end(item: Item) -> bool:
    """As the catalogue asks: acceptance first, and every outcome is waited for."""
    awaited: set[str] = set()
    for each in reversed(item.steps.values()):
        if each.key in awaited or each.kind is StepKind.ISSUE:
            awaited |= set(each.after)
    return item.steps.keys() == awaited | {"issue"}


@pytest.mark.parametrize("seed", range(10))
def test_a_random_chain_runs_alike_in_spiffworkflow(seed: int) -> None:
    assert_runs_alike(*sample(seed))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 100))
def test_many_random_chains_run_alike_in_spiffworkflow(seed: int) -> None:
    assert_runs_alike(*sample(seed))


def test_the_samples_hold_every_kind_of_join_and_steps_that_fall_away() -> None:
    """Ten of them: a generator that only made simple chains would prove nothing."""
    kinds: set[JoinKind] = set()
    steps = fallen = shortcuts = 0
    for seed in range(10):
        item, answers, _ = sample(seed)
        kinds |= {each.join.kind for each in item.steps.values() if len(each.after) > 1}
        given = {key: value for key, value in answers.items() if value is not None}
        steps += len(item.steps)
        fallen += len(item.steps) - len(joining(item, given))
        shortcuts += sum(bool(each.after) for stage in item.stages for each in stage.steps)
    assert kinds == {JoinKind.ALL, JoinKind.ANY, JoinKind.N_OF_M}
    assert steps > 80
    assert fallen > 8
    assert shortcuts > 3


@pytest.mark.parametrize("item", EXECUTABLE)
def test_every_online_item_without_a_veto_runs_alike_in_spiffworkflow(item: Item) -> None:
    chance = random.Random(item.code)
    named = {name for each in item.steps.values() if each.joins_if is not None for name in each.joins_if.names}
    for _ in range(5):
        assert_runs_alike(item, {name: chance.random() < 0.5 for name in sorted(named)}, chance)


def test_two_of_three_and_steps_that_are_not_concerned_run_alike() -> None:
    reviews = (A, B, step("c", joins_if="q0"), D)
    for awaited in (Join(JoinKind.ANY), Join(JoinKind.N_OF_M, n=2), Join(JoinKind.N_OF_M, n=3)):
        for seed in range(6):
            assert_runs_alike(joint(*reviews, join=awaited), {"q0": seed % 2 == 0}, random.Random(seed))


def test_a_consultation_in_a_race_runs_alike_and_settles_nothing() -> None:
    asked = step("asked", StepKind.CONSULTATION)
    first, both = (joint(asked, A, B, join=each) for each in (Join(JoinKind.ANY), Join(JoinKind.N_OF_M, n=2)))
    for item in (first, both):
        assert draw(item).is_executable
        assert_whole(item)
        for seed in range(6):
            assert_runs_alike(item, {}, random.Random(seed))
    words = [each.text or "" for each in xml_of(both).iter(f"{IN}documentation")]
    assert any("2 个中 2 个同意" in each and "asked 征求的意见不计入同意" in each for each in words)
    assert not draw(joint(step("a", joins_if="q0"), asked, join=Join(JoinKind.ANY))).is_executable


def test_a_race_in_which_nobody_takes_part_is_passed_by() -> None:
    reviews = (step("a", joins_if="q0"), step("b", joins_if="q0"))
    assert_runs_alike(joint(*reviews, join=Join(JoinKind.ANY)), {"q0": False}, random.Random(1))


@pytest.mark.parametrize("outcome, last", [(Outcome.NOT_NEEDED, "accept"), (Outcome.REFUSE, "decide")])
def test_a_refusal_ends_both(outcome: Outcome, last: str) -> None:
    item = joint(A)
    engine, outcomes = Engine(item, {}), dict[str, Outcome]()
    consents = {"accept": Outcome.ACCEPT, "a": Outcome.AGREE, "decide": Outcome.GRANT} | {last: outcome}
    for key in ("accept", "a", "decide"):
        if not engine.is_finished:
            outcomes[key] = consents[key]
            engine.decide(item.steps[key], outcomes[key])
    position = locate(lay_out(item, frozenset(item.steps)), Facts(outcomes))
    assert position.is_finished
    assert engine.is_finished
    assert list(outcomes)[-1] == last


def test_no_more_ways_are_drawn_than_anybody_can_read() -> None:
    three_of_six = joint(*(step(f"r{n}") for n in range(6)), join=Join(JoinKind.N_OF_M, n=3))
    race = next(node.inside for node in draw(three_of_six).nodes if node.inside is not None)
    assert sum(node.id.startswith("enough_") for node in race.nodes) == MOST_COMBINATIONS
    assert_runs_alike(three_of_six, {}, random.Random(3))
