"""YAML becomes Item, Department, Theme or CalendarYear; every mistake is named with file, line and remedy."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from services.answers import AnswerError, moved, value_of
from services.conditions import Condition, ConditionError
from services.item import (
    Audience,
    CalendarYear,
    CertificateSpec,
    Choice,
    CommitmentTerms,
    Confidence,
    Deferral,
    Department,
    ExcludedField,
    Founding,
    FromToday,
    Handling,
    Item,
    Join,
    JoinKind,
    Kind,
    Limit,
    Material,
    Means,
    Notice,
    Point,
    Question,
    Region,
    Rule,
    Section,
    Source,
    Stage,
    Step,
    StepKind,
    Text,
    Theme,
    Unit,
    Verification,
    Window,
)
from services.problems import Problem
from services.shared import PREFIX, Shared, SharedMaterial, SharedResult, completed
from services.wording import placeholders

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

# The C loader reads the whole catalogue in a fifth of the time; where it was not built, the other reads the same.
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LIMIT = re.compile(r"(-?\d+(?:\.\d+)?)(?:\s+(wd|cd))?")
LIMIT_REMEDY = "write 5 wd (working days), 60 cd (calendar days), 0 (on the spot) or none (no limit)"
FROM_TODAY = re.compile(r"today(?: ([+-]) ([1-9]\d{0,4}))?")
# Unassigned (Cn) is no reason: newer blocks of rare characters are unassigned in the tables of older Pythons.
UNFIT = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@dataclass(slots=True)
class Page:
    """One file while it is read: the problems met, and on which line each part stands."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    """Line of each part by its path, such as `step.gc307.joins_if`."""
    untranslated: list[tuple[int, str]] = field(default_factory=list)
    """Texts without English, with their lines."""

    def wrong(self, node: Node, text: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, text, remedy))

    def line_of(self, path: str) -> int:
        """The line of the part, or of the nearest part around it."""
        while path not in self.lines and "." in path:
            path = path.rpartition(".")[0]
        return self.lines.get(path, 1)

    def given(self, node: Node | None, path: str, required: Iterable[str], optional: Iterable[str] = ()) -> Given:
        """The parts of a mapping. Keys that are unknown, doubled or missing are problems."""
        required, known = set(required), {*required, *optional}
        if not isinstance(node, MappingNode):
            if node is not None:
                self.wrong(node, "a group of `key: value` lines is needed here", f"write {', '.join(sorted(required))}")
            return Given(self, path, {})
        self.lines[path] = node.start_mark.line + 1
        parts: dict[str, Node] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key not in known:
                near = difflib.get_close_matches(key, sorted(known), n=1)
                self.wrong(
                    key_node,
                    f"unknown key {key!r}",
                    f"write {near[0]!r}" if near else f"remove it; known keys are {', '.join(sorted(known))}",
                )
            elif key in parts:
                self.wrong(key_node, f"key {key!r} stands here twice", "keep one of the two lines")
            else:
                parts[key] = value_node
                self.lines[f"{path}.{key}"] = key_node.start_mark.line + 1
        for key in sorted(required - parts.keys()):
            self.wrong(node, f"key {key!r} is missing", f"add a line `{key}: …`")
        return Given(self, path, parts)

    def each(self, node: Node | None) -> list[Node]:
        if isinstance(node, SequenceNode):
            return list(node.value)
        if node is not None:
            self.wrong(node, "a list is needed here", "write one line beginning with `- ` for each entry")
        return []

    def word(self, node: Node) -> str:
        """Visible text in NFC; numbers and truth values must stand between quotes to be text."""
        if not isinstance(node, ScalarNode) or node.tag != "tag:yaml.org,2002:str":
            shown = node.value if isinstance(node, ScalarNode) else "a group or list"
            self.wrong(node, f"{shown!r} is no text", f'put it between quotes: "{shown}"')
            return "?"
        text = str(node.value)
        if not text.strip():
            self.wrong(node, "the text is empty", "write the text, or leave the key out")
        elif any(unicodedata.category(sign) in UNFIT for sign in text) or "\ufffd" in text:
            self.wrong(node, "the text contains an invisible or broken character", "type the text again by hand")
        elif text != unicodedata.normalize("NFC", text):
            self.wrong(node, "the text is not in Unicode normal form NFC", "save the file in NFC")
        return text

    def text(self, node: Node) -> Text:
        if isinstance(node, MappingNode):
            given = self.given(node, f"text@{node.start_mark.line}", ("zh", "en"))
            text = Text(given.word("zh"), given.word("en"))
        else:
            text = Text(self.word(node))
        if not text.en:
            self.untranslated.append((node.start_mark.line + 1, text.zh))
        return text

    def limit(self, node: Node) -> Limit:
        written = str(node.value) if isinstance(node, ScalarNode) else ""
        if written == "none":
            return Limit(None)
        found = LIMIT.fullmatch(written)
        if found is None or (found[2] is None and Decimal(found[1]) != 0):
            self.wrong(node, f"{written!r} is no limit", LIMIT_REMEDY)
            return Limit(None)
        if Decimal(found[1]) < 0:
            self.wrong(node, f"the limit {written!r} is negative", LIMIT_REMEDY)
            return Limit(None)
        return Limit(Decimal(found[1]), Unit(found[2] or Unit.WORKING_DAYS))

    def condition(self, node: Node) -> Condition | None:
        if not isinstance(node, ScalarNode):
            self.wrong(node, "a condition is one line of text", "write it such as: floors > 6 and has_basement")
            return None
        try:
            return Condition.parse(str(node.value))
        except ConditionError as error:
            self.wrong(node, f"the condition {node.value!r} cannot be read", error.message)
            return None

    def number(self, node: Node) -> Decimal:
        try:
            number = Decimal(str(node.value) if isinstance(node, ScalarNode) else "")
        except ArithmeticError:
            number = Decimal("NaN")
        if not number.is_finite():
            self.wrong(node, "a number is needed here", "write digits, such as 48620.5")
            return Decimal(0)
        return number

    def whole(self, node: Node) -> int:
        number = self.number(node)
        if number != int(number):
            self.wrong(node, f"{number} is no whole number", "write digits without a point")
        return int(number)

    def flag(self, node: Node) -> bool:
        written = str(node.value) if isinstance(node, ScalarNode) else ""
        if written not in {"true", "false"}:
            self.wrong(node, f"{written!r} is neither true nor false", "write true or false")
        return written == "true"

    def day(self, node: Node) -> date:
        try:
            return date.fromisoformat(str(node.value))
        except ValueError:
            self.wrong(node, f"{node.value!r} is no date", "write year-month-day, such as 2026-06-01")
            return date.min

    def one_of(self, node: Node, words: type[E]) -> E:
        written = str(node.value) if isinstance(node, ScalarNode) else ""
        if written in {member.value for member in words}:
            return words(written)
        known = [member.value for member in words]
        near = difflib.get_close_matches(written, known, n=1)
        remedy = f"write {near[0]!r}" if near else f"write one of {', '.join(known)}"
        self.wrong(node, f"{written!r} is not known here", remedy)
        return next(iter(words))


@dataclass(frozen=True, slots=True)
class Given:
    """The parts of one mapping, each read by its key; what is missing has been reported and reads as nothing."""

    page: Page
    path: str
    parts: Mapping[str, Node]

    def read(self, key: str, reader: Callable[[Node], T], missing: T) -> T:
        return reader(self.parts[key]) if key in self.parts else missing

    def word(self, key: str) -> str:
        return self.read(key, self.page.word, "")

    def word_or_none(self, key: str) -> str | None:
        return self.page.word(self.parts[key]) if key in self.parts else None

    def words(self, key: str) -> tuple[str, ...]:
        return tuple(self.page.word(node) for node in self.page.each(self.parts.get(key)))

    def text(self, key: str) -> Text:
        return self.read(key, self.page.text, Text(""))

    def text_or_none(self, key: str) -> Text | None:
        return self.page.text(self.parts[key]) if key in self.parts else None

    def texts(self, key: str) -> tuple[Text, ...]:
        return tuple(self.page.text(node) for node in self.page.each(self.parts.get(key)))

    def condition(self, key: str) -> Condition | None:
        return self.page.condition(self.parts[key]) if key in self.parts else None

    def number(self, key: str) -> Decimal | None:
        return self.page.number(self.parts[key]) if key in self.parts else None

    def whole(self, key: str) -> int | None:
        return self.page.whole(self.parts[key]) if key in self.parts else None

    def flag(self, key: str, missing: bool) -> bool:
        return self.read(key, self.page.flag, missing)

    def limit_or_none(self, key: str) -> Limit | None:
        return self.page.limit(self.parts[key]) if key in self.parts else None

    def limit(self, key: str) -> Limit:
        return self.read(key, self.page.limit, Limit(None))

    def one_of(self, key: str, words: type[E], missing: E) -> E:
        return self.page.one_of(self.parts[key], words) if key in self.parts else missing

    def all_of(self, key: str, reader: Callable[[Page, Node], T]) -> tuple[T, ...]:
        return tuple(reader(self.page, node) for node in self.page.each(self.parts.get(key)))


def compose(content: str, file: str) -> tuple[Page, Node | None]:
    """The file as nodes; a file that is no YAML gives a page with that one problem."""
    page = Page(file)
    try:
        node = yaml.compose(content, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        page.problems.append(Problem(file, line, f"this is no YAML ({error.problem})", "mend indentation or quotes"))
        return page, None
    except yaml.YAMLError as error:
        page.problems.append(
            Problem(file, 1, f"this is no YAML ({str(error).splitlines()[0]})", "save the file as plain UTF-8 text")
        )
        return page, None
    if node is None:
        page.problems.append(Problem(file, 1, "the file is empty", "write its content, or delete it"))
    return page, node


def _path_of(node: Node, kind: str) -> str:
    """`kind.key` of a part that has a key of its own: keys are unique in an item, so the path need not say more."""
    if isinstance(node, MappingNode):
        for key_node, value_node in node.value:
            if key_node.value == "key":
                return f"{kind}.{value_node.value}"
    return kind


# ── items ─────────────────────────────────────────────────────────────────────────────────────────────────────────

ITEM_REQUIRED = (
    *("code", "slug", "name", "department", "audience", "handling", "authority_type"),
    *("statutory", "promised", "basis", "material_names", "result", "confidence"),
)
ITEM_OPTIONAL = (
    *("theme", "construction_stage", "role", "commitment", "scope", "conditions", "sections", "materials", "stages"),
    *("certificate", "title_from", "district_from", "round_limit", "commitment_terms", "fee", "in_person"),
    *("founds", "everyday_words", "precheck", "procedure", "examples", "checklists", "two_persons"),
)


class Procedure(StrEnum):
    """Where the steps, materials and result of an item come from that its file does not name."""

    USUAL = "usual"


def read_item(page: Page, node: Node | None, shared: Shared | None = None) -> Item:
    """The item as far as it can be read, with what it shares; it counts only while the page has no problems."""
    common = shared or Shared()
    given = page.given(node, "item", ITEM_REQUIRED, ITEM_OPTIONAL)
    item = Item(
        code=given.word("code"),
        slug=given.word("slug"),
        name=given.text("name"),
        department=given.word("department"),
        audience=given.one_of("audience", Audience, Audience.BOTH),
        handling=given.one_of("handling", Handling, Handling.PROMISED),
        authority_type=given.word("authority_type"),
        statutory=given.limit("statutory"),
        promised=given.limit("promised"),
        basis=given.words("basis"),
        material_names=given.words("material_names"),
        result=given.word("result"),
        confidence=given.one_of("confidence", Confidence, Confidence.LOW),
        theme=given.word_or_none("theme"),
        construction_stage=given.whole("construction_stage"),
        role=given.word_or_none("role"),
        commitment=given.word_or_none("commitment"),
        scope=given.text_or_none("scope"),
        conditions=given.texts("conditions"),
        sections=given.all_of("sections", lambda page, node: _own_or_shared(page, node, common)),
        materials=given.all_of("materials", _material),
        stages=given.all_of("stages", _stage),
        certificate=read_certificate(page, given.parts["certificate"]) if "certificate" in given.parts else None,
        title_from=given.word_or_none("title_from"),
        district_from=given.word_or_none("district_from"),
        round_limit=given.limit_or_none("round_limit"),
        commitment_terms=_terms(page, given, "item"),
        fee=given.text_or_none("fee"),
        in_person=given.text_or_none("in_person"),
        founds=_founding(page, given.parts["founds"]) if "founds" in given.parts else None,
        everyday_words=given.words("everyday_words"),
        precheck=given.words("precheck") if "precheck" in given.parts else None,
    )
    if page.problems:
        return item
    if "procedure" in given.parts:
        given.one_of("procedure", Procedure, Procedure.USUAL)
        item = completed(item, common)
    if "examples" in given.parts:
        item = _with_examples(page, given.parts["examples"], item)
    if "checklists" in given.parts:
        item = _with_checklists(page, given, item)
    if "two_persons" in given.parts:
        item = _with_two_persons(page, given, item)
    return _mark_certificate(item)


def _founding(page: Page, node: Node) -> Founding:
    given = page.given(node, "item.founds", ("prefix", "name", "head", "head_identity"))
    return Founding(given.word("prefix"), given.word("name"), given.word("head"), given.word("head_identity"))


def _with_examples(page: Page, node: Node, item: Item) -> Item:
    """The item with its own examples for questions that it shares with others."""
    given = page.given(node, "examples", (), item.questions)
    found = {key: _example(page, given.parts[key], item.questions[key]) for key in given.parts}
    sections = tuple(
        replace(
            section,
            questions=tuple(
                replace(question, example=found[question.key]) if question.key in found else question
                for question in section.questions
            ),
        )
        for section in item.sections
    )
    return replace(item, sections=sections)


def _with_checklists(page: Page, given: Given, item: Item) -> Item:
    """The item whose steps have the points to look at. A material is named by its key, or as the catalogue names it."""
    names = {material.name.zh: material.key for material in item.materials}
    lists: dict[str, tuple[Point, ...]] = {}
    for node in page.each(given.parts["checklists"]):
        one = page.given(node, f"checklist@{node.start_mark.line}", ("step", "points"))
        key = one.word("step")
        page.lines[f"checklist.{key}"] = node.start_mark.line + 1
        if key not in {step.key for stage in item.stages for step in stage.steps}:
            page.wrong(node, f"there is no step {key!r}", f"known are {', '.join(item.steps)}")
        elif key in lists:
            page.wrong(node, f"step {key!r} has its checklist here twice", "put the points into one")
        points = tuple(_point(page, part, key, names) for part in page.each(one.parts.get("points")))
        lists[key] = points
    stages = tuple(
        replace(stage, steps=tuple(replace(step, checklist=lists.get(step.key, ())) for step in stage.steps))
        for stage in item.stages
    )
    return replace(item, stages=stages)


def _with_two_persons(page: Page, given: Given, item: Item) -> Item:
    """The item in which these steps are for two people, one who proposes and another one who confirms."""
    named: list[str] = []
    for node in page.each(given.parts["two_persons"]):
        key = page.word(node)
        if key not in item.steps:
            page.wrong(node, f"there is no step {key!r}", f"known are {', '.join(item.steps)}")
        elif key in named:
            page.wrong(node, f"step {key!r} stands here twice", "keep it once")
        named.append(key)
    stages = tuple(
        replace(stage, steps=tuple(replace(step, two_persons=step.key in named) for step in stage.steps))
        for stage in item.stages
    )
    return replace(item, stages=stages)


def _point(page: Page, node: Node, step: str, names: Mapping[str, str]) -> Point:
    given = page.given(node, f"point@{node.start_mark.line}", ("key", "words"), ("basis", "about", "required"))
    about = given.word_or_none("about")
    point = Point(
        key=given.word("key"),
        words=given.text("words"),
        basis=given.word("basis"),
        about=names.get(about, about) if about is not None else None,
        required=given.flag("required", missing=True),
    )
    page.lines[f"point.{step}.{point.key}"] = node.start_mark.line + 1
    return point


def _mark_certificate(item: Item) -> Item:
    """Sets `on_certificate` where the certificate names the question, so that it is said in one place only."""
    if item.certificate is None:
        return item
    templates = dict(item.certificate.values)
    named = {key for key, _ in item.certificate.fields}
    for key in named & templates.keys():
        for wording in (templates[key].zh, templates[key].en):
            for condition in placeholders(wording):
                named |= condition.names
    sections = tuple(
        replace(
            section,
            questions=tuple(replace(question, on_certificate=question.key in named) for question in section.questions),
        )
        for section in item.sections
    )
    return replace(item, sections=sections)


def _own_or_shared(page: Page, node: Node, shared: Shared) -> Section:
    if not isinstance(node, ScalarNode):
        return read_section(page, node)
    key = str(node.value).removeprefix(PREFIX)
    if str(node.value).startswith(PREFIX) and key in shared.sections:
        return shared.sections[key]
    known = [f"{PREFIX}{each}" for each in shared.sections]
    near = difflib.get_close_matches(str(node.value), known, n=1)
    remedy = f"write {near[0]!r}" if near else f"known are {', '.join(known) or 'none'}"
    page.wrong(node, f"there is no shared section {node.value!r}", remedy)
    return Section("none", Text(""), ())


def read_section(page: Page, node: Node) -> Section:
    given = page.given(node, _path_of(node, "section"), ("key", "title", "questions"), ("why", "ask_if", "rules"))
    return Section(
        key=given.word("key"),
        title=given.text("title"),
        questions=given.all_of("questions", read_question),
        why=given.text_or_none("why"),
        ask_if=given.condition("ask_if"),
        rules=given.all_of("rules", _rule),
    )


def _rule(page: Page, node: Node) -> Rule:
    given = page.given(node, f"rule@{node.start_mark.line}", ("holds", "at", "message"))
    holds = given.condition("holds")
    rule = Rule(holds or Condition.parse("True"), given.word("at"), given.text("message"))
    page.lines[f"rule.{rule.at}.{rule.holds.source}"] = node.start_mark.line + 1
    return rule


QUESTION_OPTIONAL = (
    *(
        "hint",
        "required",
        "ask_if",
        "choices",
        "max_length",
        "minimum",
        "maximum",
        "unit",
        "decimals",
        "prefill",
        "example",
        "columns",
        "most",
        "statement",
        "pinned",
        "anywhere",
        "computed",
    ),
)


def read_question(page: Page, node: Node) -> Question:
    given = page.given(node, _path_of(node, "question"), ("key", "kind", "label"), QUESTION_OPTIONAL)
    question = Question(
        key=given.word("key"),
        kind=given.one_of("kind", Kind, Kind.TEXT),
        label=given.text("label"),
        hint=given.text_or_none("hint"),
        required=given.flag("required", missing=True),
        ask_if=given.condition("ask_if"),
        choices=given.all_of("choices", _choice),
        max_length=given.whole("max_length"),
        minimum=given.number("minimum"),
        maximum=given.number("maximum"),
        unit=given.text_or_none("unit"),
        decimals=given.whole("decimals"),
        prefill=given.word_or_none("prefill"),
        columns=given.all_of("columns", read_question),
        most=given.whole("most"),
        statement=given.text_or_none("statement"),
        pinned=given.flag("pinned", missing=False),
        anywhere=given.flag("anywhere", missing=False),
        computed=given.condition("computed"),
    )
    if question.computed is not None:
        question = replace(question, required=False)
    if "example" not in given.parts:
        return question
    return replace(question, example=_example(page, given.parts["example"], question))


def _choice(page: Page, node: Node) -> Choice:
    given = page.given(node, f"choice@{node.start_mark.line}", ("value", "label"))
    return Choice(given.word("value"), given.text("label"))


def _example(page: Page, node: Node, question: Question) -> object:
    """The value; where dates in it move with the day, its data."""
    data = data_of_node(node, moves=question.kind not in NEVER_DATED)
    try:
        value = value_of(question, moved(data, date(2026, 1, 1)))
        return _plain(data) if _moves(data) else value
    except AnswerError as error:
        page.wrong(node, f"the example of {question.key!r} is no answer", error.message)
        return None


NEVER_DATED = frozenset(
    {Kind.TEXT, Kind.LONG_TEXT, Kind.CHOICE, Kind.CHOICES, Kind.NUMBER, Kind.MONEY, Kind.AREA, Kind.YES_NO}
)
"""Kinds whose example says `today` as a word."""


def _moves(data: object) -> bool:
    match data:
        case FromToday():
            return True
        case dict():
            return any(_moves(part) for part in data.values())
        case list():
            return any(_moves(part) for part in data)
    return False


def _plain(data: object) -> object:
    """Numbers as a kept revision writes them, so that an item comes back from it exactly."""
    match data:
        case dict():
            return {key: _plain(part) for key, part in data.items()}
        case list():
            return [_plain(part) for part in data]
        case Decimal():
            return str(data)
    return data


def data_of_node(node: Node, *, moves: bool = False) -> object:
    """Plain data; numbers stay as they were written until the kind of question says how to read them."""
    if isinstance(node, MappingNode):
        return {str(key.value): data_of_node(value, moves=moves) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [data_of_node(part, moves=moves) for part in node.value]
    if moves and (found := FROM_TODAY.fullmatch(str(node.value))):
        return FromToday(int((found[1] or "") + (found[2] or "0")))
    match node.tag.rpartition(":")[2]:
        case "bool":
            return {"true": True, "false": False}.get(node.value)
        case "int" | "float":
            try:
                return Decimal(node.value)
            except ArithmeticError:
                return None
        case "null":
            return None
        case _:
            return str(node.value)


MATERIAL_OPTIONAL = ("source", "required", "required_if", "offered_if", "formats", "hint", "steps", "asked_in")


def _material(page: Page, node: Node) -> Material:
    given = page.given(node, _path_of(node, "material"), ("key", "name"), MATERIAL_OPTIONAL)
    return Material(
        key=given.word("key"),
        name=given.text("name"),
        source=given.one_of("source", Source, Source.UPLOAD),
        required=given.flag("required", missing=True),
        required_if=given.condition("required_if"),
        offered_if=given.condition("offered_if"),
        formats=given.words("formats") if "formats" in given.parts else ("pdf", "jpg", "png"),
        hint=given.text_or_none("hint"),
        steps=given.words("steps"),
        asked_in=given.word_or_none("asked_in"),
    )


def _stage(page: Page, node: Node) -> Stage:
    given = page.given(node, _path_of(node, "stage"), ("key", "title", "steps"), ("join",))
    return Stage(
        key=given.word("key"),
        title=given.text("title"),
        steps=given.all_of("steps", _step),
        join=_join(page, given.parts.get("join")),
    )


STEP_OPTIONAL = (
    *("level", "item", "statutory", "promised", "round_limit", "joins_if", "relies_on", "deemed_consent"),
    *("after", "join", "basis", "commitment_terms"),
)


def _step(page: Page, node: Node) -> Step:
    given = page.given(node, _path_of(node, "step"), ("key", "kind", "title", "duty"), STEP_OPTIONAL)
    return Step(
        key=given.word("key"),
        kind=given.one_of("kind", StepKind, StepKind.REVIEW),
        title=given.text("title"),
        duty=given.word("duty"),
        level=given.word("level") if "level" in given.parts else "city",
        item_code=given.word_or_none("item"),
        statutory=given.limit("statutory"),
        promised=given.limit("promised"),
        round_limit=given.limit_or_none("round_limit"),
        joins_if=given.condition("joins_if"),
        relies_on=given.words("relies_on"),
        deemed_consent=given.flag("deemed_consent", missing=False),
        after=given.words("after"),
        join=_join(page, given.parts.get("join")),
        basis=given.word("basis"),
        commitment_terms=_terms(page, given, f"step.{given.word('key')}"),
    )


TERMS_OPTIONAL = ("excluded", "allowed_if", "when", "notice", "deferred", "verified", "same_day", "barred_years")


def _terms(page: Page, around: Given, path: str) -> CommitmentTerms | None:
    if "commitment_terms" not in around.parts:
        return None
    path = f"{path}.commitment_terms"
    given = page.given(around.parts["commitment_terms"], path, (), TERMS_OPTIONAL)
    notice = page.given(given.parts.get("notice"), f"{path}.notice", ("version", "text", "promises"))
    years = given.whole("barred_years")
    excluded = "excluded" in given.parts
    return CommitmentTerms(
        excluded=given.one_of("excluded", ExcludedField, ExcludedField.PUBLIC_SAFETY) if excluded else None,
        allowed_if=given.condition("allowed_if"),
        when=given.text_or_none("when"),
        notice=Notice(notice.word("version"), notice.text("text"), notice.texts("promises")) if notice.parts else None,
        deferred=tuple(_deferral(page, node, path) for node in page.each(given.parts.get("deferred"))),
        verifications=tuple(_verification(page, node, path) for node in page.each(given.parts.get("verified"))),
        is_same_day=given.flag("same_day", missing=False),
        barred_years=1 if years is None else years,
    )


def _deferral(page: Page, node: Node, path: str) -> Deferral:
    given = page.given(node, f"{path}.deferred@{node.start_mark.line}", ("material", "within"))
    deferral = Deferral(given.word("material"), given.limit("within"))
    page.lines[f"{path}.deferred.{deferral.material}"] = node.start_mark.line + 1
    return deferral


def _verification(page: Page, node: Node, path: str) -> Verification:
    given = page.given(
        node, f"{path}.verified@{node.start_mark.line}", ("key", "what", "means", "duty"), ("level", "within")
    )
    found = Verification(
        key=given.word("key"),
        what=given.text("what"),
        means=given.one_of("means", Means, Means.DOCUMENT),
        duty=given.word("duty"),
        level=given.word("level") if "level" in given.parts else "city",
    )
    page.lines[f"{path}.verified.{found.key}"] = node.start_mark.line + 1
    return replace(found, limit=given.limit("within")) if "within" in given.parts else found


def _join(page: Page, node: Node | None) -> Join:
    """`all`, `any`, `{n_of_m: 3}` or `{veto: [gc302, gc313]}`."""
    if node is None:
        return Join()
    if isinstance(node, ScalarNode) and node.value in {"all", "any"}:
        return Join(JoinKind(node.value))
    if isinstance(node, MappingNode) and len(node.value) == 1:
        given = page.given(node, f"join@{node.start_mark.line}", (), ("n_of_m", "veto"))
        if "n_of_m" in given.parts:
            return Join(JoinKind.N_OF_M, n=given.whole("n_of_m") or 0)
        if "veto" in given.parts:
            return Join(JoinKind.VETO, veto=frozenset(given.words("veto")))
        return Join()
    page.wrong(node, "this is no way to gather outcomes", "write all, any, {n_of_m: 3} or {veto: [key of a step]}")
    return Join()


def read_certificate(page: Page, node: Node) -> CertificateSpec:
    given = page.given(node, "certificate", ("template", "title", "statement", "fields"), ("notes", "valid_years"))
    fields: list[tuple[str, Text]] = []
    values: list[tuple[str, Text]] = []
    masked: list[str] = []
    for part in page.each(given.parts.get("fields")):
        entry = page.given(part, _path_of(part, "certificate.field"), ("key", "label"), ("value", "masked"))
        fields.append((entry.word("key"), entry.text("label")))
        if entry.flag("masked", missing=False):
            masked.append(entry.word("key"))
        if "value" in entry.parts:
            wording = entry.text("value")
            values.append((entry.word("key"), wording))
            for spoken in (wording.zh, wording.en):
                try:
                    placeholders(spoken)
                except ConditionError as error:
                    page.wrong(entry.parts["value"], f"the value {spoken!r} cannot be read", error.message)
    return CertificateSpec(
        template=given.word("template"),
        title=given.text("title"),
        statement=given.text("statement"),
        fields=tuple(fields),
        notes=given.texts("notes"),
        valid_years=given.whole("valid_years"),
        values=tuple(values),
        masked=frozenset(masked),
    )


# ── what items share ─────────────────────────────────────────────────────────────────────────────────────────────


def read_shared(page: Page, node: Node | None) -> Shared:
    given = page.given(node, "shared", ("sections", "materials", "results"))
    sections = given.all_of("sections", read_section)
    materials = given.all_of("materials", _shared_material)
    results = given.all_of("results", _shared_result)
    for text in (*(each.name for each in materials), *(each.name for each in results)):
        if not text.en:
            page.problems.append(Problem(page.file, 1, f"{text.zh!r} has no English", "add en: …"))
    return Shared(
        {each.key: each for each in sections},
        {each.name.zh: each for each in materials},
        {each.name.zh: each for each in results},
    )


def _shared_material(page: Page, node: Node) -> SharedMaterial:
    given = page.given(node, f"material@{node.start_mark.line}", ("zh", "en"), ("source", "required"))
    return SharedMaterial(
        Text(given.word("zh"), given.word("en")),
        given.one_of("source", Source, Source.UPLOAD),
        given.flag("required", missing=True),
    )


def _shared_result(page: Page, node: Node) -> SharedResult:
    given = page.given(node, f"result@{node.start_mark.line}", ("zh", "en"), ("handed_over", "title"))
    name = Text(given.word("zh"), given.word("en"))
    return SharedResult(name, given.flag("handed_over", missing=False), given.word("title"))


# ── departments, regions, themes ──────────────────────────────────────────────────────────────────────────────────


def read_departments(page: Page, node: Node | None) -> tuple[tuple[Department, ...], tuple[Region, ...]]:
    given = page.given(node, "departments", ("departments", "regions"))
    return given.all_of("departments", _department), given.all_of("regions", _region)


def _department(page: Page, node: Node) -> Department:
    given = page.given(
        node,
        f"department@{node.start_mark.line}",
        ("code", "name", "duty", "level", "region"),
        ("parent", "credit_code", "demonstration"),
    )
    code = given.word("code")
    page.lines[f"department.{code}"] = node.start_mark.line + 1
    return Department(
        code=code,
        name=given.text("name"),
        duty=given.word("duty"),
        level=given.word("level"),
        region=given.word("region"),
        parent=given.word_or_none("parent"),
        credit_code=given.word_or_none("credit_code"),
        is_demonstration=given.flag("demonstration", missing=False),
    )


def _region(page: Page, node: Node) -> Region:
    given = page.given(
        node, f"region@{node.start_mark.line}", ("code", "name", "level"), ("parent", "demonstration", "window")
    )
    code = given.word("code")
    page.lines[f"region.{code}"] = node.start_mark.line + 1
    return Region(
        code=code,
        name=given.text("name"),
        level=given.word("level"),
        parent=given.word_or_none("parent"),
        is_demonstration=given.flag("demonstration", missing=False),
        window=_window(page, given.parts["window"]) if "window" in given.parts else None,
    )


def _window(page: Page, node: Node) -> Window:
    given = page.given(node, f"window@{node.start_mark.line}", ("name", "address", "hours"), ("phone", "complaints"))
    numbers = (given.word_or_none("phone") or "", given.word_or_none("complaints") or "")
    return Window(given.text("name"), given.text("address"), given.text("hours"), *numbers)


def read_themes(page: Page, node: Node | None) -> tuple[tuple[Theme, ...], dict[int, Text]]:
    """The themes of navigation, and the names of the stages of engineering-construction approval by number."""
    given = page.given(node, "themes", ("themes", "construction_stages"))
    stages: dict[int, Text] = {}
    for part in page.each(given.parts.get("construction_stages")):
        stage = page.given(part, f"construction_stage@{part.start_mark.line}", ("number", "name"))
        stages[stage.whole("number") or 0] = stage.text("name")
    return given.all_of("themes", _theme), stages


def _theme(page: Page, node: Node) -> Theme:
    given = page.given(node, _path_of(node, "theme"), ("key", "name", "audience"))
    return Theme(given.word("key"), given.text("name"), given.one_of("audience", Audience, Audience.BOTH))


# ── the calendar ──────────────────────────────────────────────────────────────────────────────────────────────────


def read_calendar_year(page: Page, node: Node | None) -> CalendarYear:
    given = page.given(node, "calendar", ("year", "source", "rest_days", "work_days"))
    year = given.whole("year") or 0
    days = {key: _named_days(page, given.parts.get(key), year) for key in ("rest_days", "work_days")}
    for day in days["rest_days"].keys() & days["work_days"].keys():
        page.wrong(given.parts["work_days"], f"{day} is both a rest day and a workday", "keep it in one of the two")
    return CalendarYear(year, given.word("source"), days["rest_days"], days["work_days"])


def _named_days(page: Page, node: Node | None, year: int) -> dict[date, str]:
    days: dict[date, str] = {}
    if node is not None and not isinstance(node, MappingNode):
        page.wrong(node, "days with their names are needed here", "write lines such as 2026-10-01: 国庆节, or {}")
    for key_node, value_node in node.value if isinstance(node, MappingNode) else ():
        day = page.day(key_node)
        if day in days:
            page.wrong(key_node, f"{day} stands here twice", "keep one of the two lines")
        elif day.year != year and day != date.min:
            page.wrong(key_node, f"{day} is not in {year}", "put it into the file of its own year")
        days[day] = page.word(value_node)
    return days
