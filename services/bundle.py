"""Several items as one matter (一件事): what is asked once, which items follow from the answers, and its reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from yaml.nodes import MappingNode, Node

from services.answers import Value, data_of, value_of
from services.conditions import Condition
from services.item import Audience, Choice, Item, Kind, Question, Section, Text
from services.reader import Page, data_of_node, read_question

CHOSEN = "chosen"
"""Key of the question by which the applicant says which of the free items are wanted."""
CHOICES = frozenset({Kind.CHOICE, Kind.CHOICES})


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a bundle. Without `needed_if` the applicant chooses it; `when` says in words when it is needed.

    `answers` gives to a question of the item (key) the one of the bundle that is asked once instead; where both have
    the same key and kind, nothing need be said. `settled` are answers that follow from the matter itself.

    `after` is the item (code) that founds by whom this one is applied for: where it is needed, too, this one waits for
    it and begins with the name and credit code of what was founded.
    """

    item: str
    needed_if: Condition | None = None
    when: Text | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    settled: Mapping[str, object] = field(default_factory=dict)
    after: str | None = None


@dataclass(frozen=True)
class Bundle:
    slug: str
    name: Text
    scope: Text
    audience: Audience
    questions: tuple[Question, ...]
    parts: tuple[Part, ...]
    also: tuple[str, ...] = ()
    """Codes of items that are no part of it but the same matter as one item: whoever applies for one of them applies
    for its parts, through the bundle.
    """
    names: Mapping[str, Text] = field(default_factory=dict)
    """Names of its items by code, for the question which of them are wanted."""

    @cached_property
    def free(self) -> tuple[str, ...]:
        """Codes of the items that the applicant may choose."""
        return tuple(part.item for part in self.parts if part.needed_if is None)

    @cached_property
    def section(self) -> Section:
        """The short form: everything that is asked once, on one page."""
        questions = self.questions
        if len(self.free) > 1:
            choices = tuple(Choice(code, self.names[code]) for code in self.free)
            label = Text("要一起办哪些", "Which of these do you need")
            questions = (Question(CHOSEN, Kind.CHOICES, label, choices=choices, example=self.free), *questions)
        return Section("once", self.name, questions)

    def concerns(self, item: str) -> bool:
        return item in self.also or any(part.item == item for part in self.parts)

    def needed(self, answers: Mapping[str, Value]) -> tuple[Part, ...]:
        """The items that these answers call for, in the order of the bundle."""
        chosen = answers.get(CHOSEN, ()) if len(self.free) > 1 else self.free
        wanted = chosen if isinstance(chosen, tuple) else ()
        return tuple(
            part
            for part in self.parts
            if (part.item in wanted if part.needed_if is None else part.needed_if.holds(answers))
        )


def begun_at_once(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Those of the parts needed that wait for no other of them."""
    codes = {part.item for part in parts}
    return tuple(part for part in parts if part.after not in codes)


def dumped(bundle: Bundle, answers: Mapping[str, Value]) -> dict[str, object]:
    """What was asked once as JSON can hold it, for the parts that wait; `loaded` gives it back."""
    return {question.key: data_of(answers[question.key]) for question in bundle.questions if question.key in answers}


def loaded(bundle: Bundle, data: Mapping[str, object]) -> dict[str, Value]:
    """What the bundle does not ask any more is left out."""
    return {each.key: value_of(each, data[each.key]) for each in bundle.questions if each.key in data}


def carried(part: Part, item: Item, bundle: Bundle) -> dict[str, str]:
    """Which question of the item (key) has its answer from which of the bundle."""
    own = {question.key: question for question in bundle.questions}
    same = {key: key for key, question in item.questions.items() if key in own and fits(own[key], question)}
    return {**same, **part.answers}


def answers_of(part: Part, item: Item, bundle: Bundle, answers: Mapping[str, Value]) -> dict[str, Value]:
    """What the item's own application begins with."""
    given = {key: answers[once] for key, once in carried(part, item, bundle).items() if once in answers}
    settled = {key: value_of(item.questions[key], data) for key, data in part.settled.items()}
    return {**given, **settled}


def fits(once: Question, question: Question) -> bool:
    """Whether an answer to the one may stand as it is as an answer to the other; its limits are judged on its page."""
    if once.kind is not question.kind or question.computed is not None or question.columns != once.columns:
        return False
    if once.max_length is not None and question.max_length is not None and once.max_length > question.max_length:
        return False
    values = {choice.value for choice in question.choices}
    return once.kind not in CHOICES or all(choice.value in values for choice in once.choices)


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def read_bundle(page: Page, node: Node | None) -> Bundle:
    given = page.given(node, "bundle", ("slug", "name", "scope", "audience", "questions", "items"), ("also",))
    return Bundle(
        slug=given.word("slug"),
        name=given.text("name"),
        scope=given.text("scope"),
        audience=given.one_of("audience", Audience, Audience.BOTH),
        questions=given.all_of("questions", read_question),
        parts=given.all_of("items", _part),
        also=given.words("also"),
    )


def _part(page: Page, node: Node) -> Part:
    optional = ("needed_if", "when", "answers", "settled", "after")
    given = page.given(node, f"part@{node.start_mark.line}", ("item",), optional)
    part = Part(
        item=given.word("item"),
        needed_if=given.condition("needed_if"),
        when=given.text_or_none("when"),
        answers={key: page.word(value) for key, value in _pairs(page, given.parts.get("answers"))},
        settled={key: data_of_node(value) for key, value in _pairs(page, given.parts.get("settled"))},
        after=given.word_or_none("after"),
    )
    page.lines[f"part.{part.item}"] = node.start_mark.line + 1
    return part


def _pairs(page: Page, node: Node | None) -> list[tuple[str, Node]]:
    if node is None:
        return []
    if not isinstance(node, MappingNode):
        page.wrong(node, "questions of the item are needed here", "write lines of `question: …`")
        return []
    return [(str(key.value), value) for key, value in node.value]
