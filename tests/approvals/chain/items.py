"""Items for chain tests: small ones by hand, random ones by hypothesis."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from services.conditions import Condition
from services.item import (
    OPINIONS,
    Audience,
    CertificateSpec,
    Confidence,
    Handling,
    Item,
    Join,
    JoinKind,
    Kind,
    Limit,
    Question,
    Section,
    Stage,
    Step,
    StepKind,
    Text,
)

OFFICES = ("FG", "GZ", "ZJ", "HJ", "SW", "CG", "GY", "GA", "JT", "GD", "QX", "WJ", "WL", "YJ", "AQ", "JX")
"""The sixteen departments of engineering construction."""
KINDS = (
    *(StepKind.REVIEW, StepKind.REVIEW, StepKind.TECHNICAL_REVIEW, StepKind.ON_SITE),
    *(StepKind.CONSULTATION, StepKind.CONSULTATION),
)


def step(
    key: str, kind: StepKind = StepKind.REVIEW, joins_if: str | None = None, *, duty: str = "ZJ", **more: object
) -> Step:
    condition = Condition.parse(joins_if) if joins_if else None
    return Step(key=key, kind=kind, title=Text(key), duty=duty, joins_if=condition, **more)  # type: ignore[arg-type]  # keyword parts of Step


def item(*stages: Stage) -> Item:
    return Item(
        code="GC999",
        slug="sample",
        name=Text("样例"),
        department="ZJ",
        audience=Audience.BOTH,
        handling=Handling.JOINT,
        authority_type="行政许可",
        statutory=Limit(None),
        promised=Limit(None),
        basis=(),
        material_names=(),
        result="",
        confidence=Confidence.HIGH,
        stages=stages,
    )


def joint(*reviews: Step, join: Join | None = None) -> Item:
    """Acceptance, the reviews in parallel, decision, issue: the shape of a joint case."""
    return item(
        Stage("accept", Text("受理"), (step("accept", StepKind.ACCEPTANCE),)),
        Stage("review", Text("审查"), reviews, join or Join()),
        Stage("decide", Text("决定"), (step("decide", StepKind.DECISION),)),
        Stage("issue", Text("发证"), (step("issue", StepKind.ISSUE),)),
    )


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Up to four stages between acceptance and decision, sixteen steps of sixteen departments in all and of any kind,
    any joins, steps that join on a yes/no answer, shortcuts between stages.
    """
    duties, lead = st.sampled_from(OFFICES), draw(st.sampled_from(OFFICES))
    stages: list[Stage] = [Stage("s0", Text("受理"), (step("accept", StepKind.ACCEPTANCE, duty=draw(duties)),))]
    number = 0
    for position in range(1, draw(st.integers(1, 4)) + 1):
        earlier = [each.key for stage in stages for each in stage.steps]
        steps: list[Step] = []
        for _ in range(draw(st.integers(1, 4))):
            number += 1
            condition = draw(st.sampled_from([None, f"q{number % 3} == True"]))
            after = draw(st.sampled_from([(), tuple(draw(st.sets(st.sampled_from(earlier), min_size=1, max_size=3)))]))
            kind, duty = draw(st.sampled_from(KINDS)), draw(duties)
            steps.append(step(f"r{number}", kind, condition, duty=duty, after=tuple(sorted(after))))
        stages.append(Stage(f"s{position}", Text("审查"), tuple(steps), draw(joins(tuple(each.key for each in steps)))))
    stages.append(Stage("decide", Text("决定"), (step("decide", StepKind.DECISION, duty=lead),)))
    stages.append(Stage("issue", Text("发证"), (step("issue", StepKind.ISSUE, duty=lead),)))
    return item(*stages)


def joins(keys: tuple[str, ...]) -> st.SearchStrategy[Join]:
    return st.one_of(
        st.just(Join()),
        st.just(Join(JoinKind.ANY)),
        st.integers(1, len(keys)).map(lambda n: Join(JoinKind.N_OF_M, n=n)),
        st.sets(st.sampled_from(keys), min_size=1).map(lambda some: Join(JoinKind.VETO, veto=frozenset(some))),
    )


QUESTIONS = ("q0", "q1", "q2", "q3")
"""Yes or no; q2 is asked only where q1 is answered with yes, and steps join on the first three."""


@st.composite
def mendable_items(draw: st.DrawFn) -> Item:
    """An item as above that can be applied for and mended: it asks what its steps join on, each step relies on some of
    it, some have less time for a later round, some are for two people, and the silence of some is consent.
    """
    bare = draw(items())

    def lived(each: Step) -> Step:
        if each.kind is StepKind.ACCEPTANCE:
            return replace(each, statutory=Limit(Decimal(5)), promised=Limit(Decimal(2)))
        if each.kind not in OPINIONS:
            two = each.kind is StepKind.DECISION and draw(st.booleans())
            return replace(each, promised=Limit(Decimal(2)), two_persons=two)
        return replace(
            each,
            statutory=Limit(Decimal(20)),
            promised=Limit(Decimal(draw(st.integers(1, 5)))),
            round_limit=draw(st.sampled_from([None, Limit(Decimal(1))])),
            relies_on=tuple(sorted(draw(st.sets(st.sampled_from(QUESTIONS), max_size=2)))),
            deemed_consent=each.kind is StepKind.CONSULTATION and draw(st.booleans()),
            two_persons=draw(st.sampled_from([False, False, True])),
        )

    return replace(
        bare,
        result="证",
        promised=Limit(Decimal(20)),
        statutory=Limit(Decimal(45)),
        sections=(Section("all", Text("全部"), tuple(map(_asked, QUESTIONS))),),
        stages=tuple(replace(stage, steps=tuple(map(lived, stage.steps))) for stage in bare.stages),
        certificate=CertificateSpec("licence", Text("证"), Text("准予"), (("q0", Text("一")),)),
    )


def _asked(key: str) -> Question:
    condition = Condition.parse("q1 == True") if key == "q2" else None
    return Question(key, Kind.YES_NO, Text(key), ask_if=condition)
