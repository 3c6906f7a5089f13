"""我能办吗: the few questions that decide about an item, and what follows from their answers before anybody applies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from services.answers import Answers, Value, is_asked, relevant
from services.conditions import TODAY, Condition
from services.item import Audience, Choice, Department, Item, Kind, Material, Question, Rule, Section, Step, Text

WHO, DISTRICT, CONDITION = "pre_who", "pre_district", "pre_condition_"
"""Keys of what is asked beside the item's own questions; conditions are numbered."""
ANYWAY = ("applies_as", "request")
"""Questions of the common sections that decide wherever they are asked."""
ASKABLE = frozenset(
    {Kind.CHOICE, Kind.CHOICES, Kind.YES_NO, Kind.NUMBER, Kind.MONEY, Kind.AREA, Kind.DATE, Kind.PERIOD}
)
"""Kinds that decide something and say little about a person."""
PLAIN = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.YES_NO, Kind.NUMBER, Kind.AREA})
PERSON, ORGANISATION = "person", "organisation"
WHO_QUESTION = Question(
    WHO,
    Kind.CHOICE,
    Text("以谁的名义办", "In whose name"),
    required=False,
    choices=(
        Choice(PERSON, Text("个人", "A person")),
        Choice(ORGANISATION, Text("企业或者其他组织", "A company or another organisation")),
    ),
)
Competent = Callable[[str, str, str], Department | None]
"""Catalogue.competent."""


def is_own(key: str) -> bool:
    """Whether it is a question of the pre-check alone, with no place in an application."""
    return key in (WHO, DISTRICT) or key.startswith(CONDITION)


def questions(item: Item, regions: Mapping[str, Text]) -> Section:
    """What is asked, on one page and none of it required; `regions` are the districts."""
    return Section("precheck", item.name, (*_before(item, regions), *_of_item(item)))


def is_personal(item: Item, asked: Section) -> bool:
    """Whether the answers say something about a person: then they may not stand in an address."""
    return item.audience is not Audience.BUSINESSES or any(each.kind not in PLAIN for each in asked.questions)


def _before(item: Item, regions: Mapping[str, Text]) -> Iterator[Question]:
    if item.audience is not Audience.BOTH:
        yield WHO_QUESTION
    for number, condition in enumerate(item.conditions, 1):
        yield Question(f"{CONDITION}{number}", Kind.YES_NO, condition, required=False)
    if regions and is_local(item):
        choices = tuple(Choice(code, name) for code, name in regions.items())
        hint = item.questions[item.district_from or ""].label
        yield Question(
            DISTRICT, Kind.CHOICE, Text("在哪个区（市）县", "In which district"), hint, required=False, choices=choices
        )


def is_local(item: Item) -> bool:
    """Whether the address decides which department is competent."""
    return item.district_from is not None and any(step.level != "city" for step in item.steps.values())


def _of_item(item: Item) -> Iterator[Question]:
    wanted = _closed(item, deciding(item))
    for section in item.sections:
        for question in section.questions:
            if question.key in wanted:
                asked_if = _both(section.ask_if, question.ask_if)
                yield replace(question, ask_if=asked_if, required=False, prefill=None)


def deciding(item: Item) -> frozenset[str]:
    """Keys of the item's questions on which hangs who decides, what is to be handed in, and whether it can be granted.

    The first two follow from the conditions of steps, materials and commitments. The last are the questions that the
    item names in `precheck`, or else those of its rules.
    """
    found = {key for key in ANYWAY if key in item.questions}
    found |= {name for condition in _conditions(item) for name in condition.names if _is_askable(item, name)}
    if item.precheck is not None:
        return frozenset(found | set(item.precheck))
    return frozenset(found.union(*(rule.holds.names - {TODAY} for rule in _rules(item) if _is_telling(item, rule))))


def _conditions(item: Item) -> Iterator[Condition]:
    terms = [item.commitment_terms, *(step.commitment_terms for step in item.steps.values())]
    given = [
        *(condition for each in item.materials for condition in (each.required_if, each.offered_if)),
        *(step.joins_if for step in item.steps.values()),
        *(each.allowed_if for each in terms if each is not None),
    ]
    return (each for each in given if each is not None)


def _rules(item: Item) -> Iterator[Rule]:
    return (rule for section in item.sections for rule in section.rules)


def _is_telling(item: Item, rule: Rule) -> bool:
    """A rule about answers that can be asked beforehand; one that only keeps a date out of the future is none."""
    names = rule.holds.names - {TODAY}
    is_slip = rule.holds.source.replace(" ", "").endswith("<=today") and len(names) == 1
    return not is_slip and all(_is_askable(item, name) for name in names)


def _is_judged(item: Item, section: Section) -> bool:
    """Whether a condition, or a rule between questions that are asked, speaks for a favourable answer."""
    asked = {question.key for question in section.questions}
    return bool(item.conditions) or any(
        _is_telling(item, rule) and rule.holds.names - {TODAY} <= asked for rule in _rules(item)
    )


def _is_askable(item: Item, key: str) -> bool:
    question = item.questions.get(key)
    if question is None:
        return False
    if question.computed is not None:
        return all(_is_askable(item, name) for name in question.computed.names)
    return question.kind in ASKABLE


def _closed(item: Item, keys: Iterable[str]) -> frozenset[str]:
    """With the questions on which hangs whether they are asked, or what they come to."""
    homes = {question.key: section for section in item.sections for question in section.questions}
    found: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key in found or key not in homes:
            continue
        found.add(key)
        question = item.questions[key]
        for condition in (homes[key].ask_if, question.ask_if, question.computed):
            waiting.extend(condition.names if condition is not None else ())
    return frozenset(found)


def _both(one: Condition | None, other: Condition | None) -> Condition | None:
    if one is None or other is None:
        return one or other
    return Condition.parse(f"({one.source}) and ({other.source})")


# ── what follows ──────────────────────────────────────────────────────────────────────────────────────────────────


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    BARE = "bare"
    """Nothing was asked by which it could be judged."""
    OPEN = "open"
    """Nothing speaks against it, but something was not answered."""


class Need(StrEnum):
    NEEDED = "needed"
    OPTIONAL = "optional"
    DEPENDS = "depends"


@dataclass(frozen=True, slots=True)
class Part:
    """A department and the steps in which it takes part; `depends` where an answer that is missing decides that."""

    department: Department
    steps: tuple[Step, ...]
    depends: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    verdict: Verdict
    wrong_applicant: bool
    unmet: tuple[Text, ...]
    """Conditions of the item that were answered with no."""
    refused: tuple[Text, ...]
    """What rules say that the answers break."""
    unanswered: tuple[Question, ...]
    materials: tuple[tuple[Material, Need], ...]
    parts: tuple[Part, ...]
    may_promise: bool
    """Whether a promise may stand for proof, for the whole or in one of the steps."""
    asked: int
    """How many questions the application will ask, those that need not be answered included."""


def outlook(
    item: Item, section: Section, answers: Answers, *, today: date, competent: Competent, region: str
) -> Outlook:
    """What these answers come to; `region` is that of the district, or the city's where none is known."""
    own = {key: value for key, value in answers.items() if not is_own(key)}
    counted = relevant(item, own)
    unknown = _unknown(item, counted)
    who = answers.get(WHO, PERSON if item.audience is Audience.CITIZENS else ORGANISATION)
    wrong = (item.audience is Audience.CITIZENS and who == ORGANISATION) or (
        item.audience is Audience.BUSINESSES and who == PERSON
    )
    unmet = tuple(
        condition for number, condition in enumerate(item.conditions, 1) if answers.get(f"{CONDITION}{number}") is False
    )
    refused = tuple(rule.message for rule in _rules(item) if rule.is_broken(counted, today))
    known = {**answers, **counted}
    unanswered = tuple(
        each
        for each in section.questions
        if each.computed is None and is_asked(each, known) and each.key not in answers
    )
    favourable = Verdict.YES if _is_judged(item, section) else Verdict.BARE
    verdict = Verdict.NO if wrong or unmet or refused else Verdict.OPEN if unanswered else favourable
    return Outlook(
        verdict=verdict,
        wrong_applicant=wrong,
        unmet=unmet,
        refused=refused,
        unanswered=unanswered,
        materials=tuple(_materials(item, counted, unknown)),
        parts=tuple(_parts(item, counted, unknown, competent, region)),
        may_promise=_may_promise(item, counted),
        asked=sum(
            question.computed is None and is_asked(question, counted)
            for part in item.sections
            if is_asked(part, counted)
            for question in part.questions
        ),
    )


def _tells(condition: Condition | None, answers: Mapping[str, Value], unknown: frozenset[str]) -> bool | None:
    """Whether it holds; None where that hangs on an answer that may still come."""
    if condition is None:
        return True
    return None if condition.names & unknown else condition.holds(answers)


def _unknown(item: Item, counted: Mapping[str, Value]) -> frozenset[str]:
    """Keys of the questions that the application may ask and that have no answer yet."""
    found: set[str] = set()
    for section in item.sections:
        if _tells(section.ask_if, counted, frozenset(found)) is False:
            continue
        for question in section.questions:
            if question.key not in counted and _tells(question.ask_if, counted, frozenset(found)) is not False:
                found.add(question.key)
    return frozenset(found)


def _materials(item: Item, counted: Answers, unknown: frozenset[str]) -> Iterator[tuple[Material, Need]]:
    joined = {key: _tells(step.joins_if, counted, unknown) for key, step in item.steps.items()}
    for material in item.materials:
        called = {joined[key] for key in material.steps} if material.steps else {True}
        offered = _tells(material.offered_if, counted, unknown)
        if called == {False} or offered is False:
            continue
        required = _tells(material.required_if, counted, unknown) if material.required else False
        if True not in called or offered is None or required is None:
            yield material, Need.DEPENDS
        else:
            yield material, Need.NEEDED if required else Need.OPTIONAL


def _parts(item: Item, counted: Answers, unknown: frozenset[str], competent: Competent, region: str) -> Iterator[Part]:
    """In the order of the steps; a department that has several stands there once."""
    found: dict[str, tuple[Department, list[Step], bool]] = {}
    for step in item.steps.values():
        joins = _tells(step.joins_if, counted, unknown)
        department = competent(step.duty, step.level, region)
        if joins is False or department is None:
            continue
        _department, steps, depends = found.get(department.code, (department, [], True))
        found[department.code] = (department, [*steps, step], depends and joins is None)
    return (Part(department, tuple(steps), depends) for department, steps, depends in found.values())


def _may_promise(item: Item, counted: Answers) -> bool:
    terms = [item.commitment_terms, *(step.commitment_terms for step in item.steps.values())]
    return any(
        each is not None and each.excluded is None and (each.allowed_if is None or each.allowed_if.holds(counted))
        for each in terms
    )
