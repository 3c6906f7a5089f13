"""Every item proved sound before anybody can apply for it."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from services.answers import Address, example_of, examples
from services.compounds import DERIVED, MOST_ROWS, ROWS, Compound, Rows, is_in_the_city, members, parts_of
from services.conditions import TODAY, Condition
from services.item import (
    BY_LAW,
    EARLIER,
    MOST_POINTS,
    OPINIONS,
    CertificateSpec,
    CommitmentTerms,
    Department,
    FromToday,
    Handling,
    Item,
    Join,
    JoinKind,
    Kind,
    Limit,
    Material,
    Point,
    Question,
    Region,
    Rule,
    Section,
    Source,
    Step,
    StepKind,
    Unit,
)
from services.numbers import credit_code_fault, identity_number_fault
from services.places import HOLDER, faults, places
from services.precheck import ASKABLE
from services.presence import together
from services.problems import Problem
from services.provinces import PROVINCES
from services.reader import Page
from services.wording import placeholders

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE = re.compile(r"[A-Z]{2}[0-9]{3}")
LONGEST_SLUG = 60
FORMATS = ("pdf", "jpg", "png", "dxf")
PREFILLS = (
    *("account.name", "account.identity_number", "account.phone", "account.email"),
    *("organisation.name", "organisation.credit_code", "organisation.address", EARLIER),
)
TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT})
NUMBERS = frozenset({Kind.NUMBER, Kind.MONEY, Kind.AREA})
PARTED = frozenset(
    {Kind.PERIOD, Kind.PERSON, Kind.ORGANISATION, Kind.POINT, Kind.BOUNDARY, Kind.GROUP, Kind.TABLE, Kind.SIGNATURE}
)
STATED = frozenset({Kind.DECLARATION, Kind.SIGNATURE})
COMPUTABLE = NUMBERS | {Kind.YES_NO, Kind.DATE}
UNFIT_COLUMNS = ROWS | STATED | {Kind.CHOICES, Kind.BOUNDARY}
DAY = date(2026, 1, 1)
"""A day on which examples are looked at one by one; rules are judged on others."""
MASKABLE = frozenset({Kind.IDENTITY_NUMBER, Kind.PHONE})
HALF = Decimal("0.5")
WORKING_SHARE = Decimal(7) / 5
"""Calendar days that a working day takes, over a week."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an item may refer to outside itself."""

    departments: Mapping[str, Department] = field(default_factory=dict)
    regions: Mapping[str, Region] = field(default_factory=dict)
    themes: Set[str] = frozenset()
    items: Mapping[str, Item] = field(default_factory=dict)

    def exercises(self, duty: str, level: str) -> bool:
        return any(one.duty == duty and one.level == level for one in self.departments.values())


def check_item(item: Item, page: Page, around: Surroundings) -> list[Problem]:
    """Everything that is wrong with the item; `page` knows on which line each part stands."""
    return list(_Proof(item, page, around).problems())


def check_asked(section: Section, of: Item, page: Page, regions: Mapping[str, Region]) -> list[Problem]:
    """Likewise, for a section that stands in no item; `of` lends it the rest of one."""
    return list(_Proof(replace(of, sections=(section,)), page, Surroundings(regions=regions)).asked())


@dataclass(frozen=True, slots=True)
class _Proof:
    item: Item
    page: Page
    around: Surroundings

    def problems(self) -> Iterator[Problem]:
        yield from self._head()
        yield from self._founding()
        yield from self._limits()
        yield from self.asked()
        yield from self._materials()
        if self.item.is_online:
            yield from self._whole()
            yield from self._steps()
            yield from self._checklists()
            yield from self._two_persons()
            yield from self._joins()
            yield from self._presence()
            yield from self._order()
            yield from self._graph()
            yield from self._length()
        yield from self._commitments()
        if self.item.certificate is not None:
            yield from self._certificate(self.item.certificate)

    def asked(self) -> Iterator[Problem]:
        yield from self._questions()
        yield from self._examples()
        yield from self._rules()

    def _wrong(self, path: str, text: str, remedy: str) -> Problem:
        return Problem(self.page.file, self.page.line_of(path), text, remedy)

    # ── the item itself ───────────────────────────────────────────────────────────────────────────────────────────

    def _founding(self) -> Iterator[Problem]:
        founds, asked = self.item.founds, self.item.questions
        if founds is None:
            return
        wanted = {founds.name: Kind.TEXT, founds.head: Kind.TEXT, founds.head_identity: Kind.IDENTITY_NUMBER}
        for key, kind in wanted.items():
            question = asked.get(key)
            if question is None or question.kind is not kind or not question.required or question.ask_if:
                remedy = f"name a question of the kind {kind.value} that is always asked"
                yield self._wrong("item.founds", f"what is founded is told by {key!r}, which may stay open", remedy)
        if self.item.certificate is None or not founds.prefix.isdigit() or len(founds.prefix) != len("91"):
            text = "what is founded has no certificate, or a credit code that begins otherwise than with two digits"
            yield self._wrong("item.founds", text, "write the two digits of GB 32100, and give it a certificate")

    def _head(self) -> Iterator[Problem]:
        item = self.item
        if not CODE.fullmatch(item.code):
            yield self._wrong(
                "item.code", f"the code {item.code!r} has another form", "write two capitals, three digits"
            )
        if not SLUG.fullmatch(item.slug) or len(item.slug) > LONGEST_SLUG:
            remedy = f"write small letters, digits and hyphens, at most {LONGEST_SLUG}"
            yield self._wrong("item.slug", f"the slug {item.slug!r} cannot stand in an address", remedy)
        if item.department not in self.around.departments:
            yield self._unknown("item.department", "department", item.department, self.around.departments)
        if item.theme is not None and item.theme not in self.around.themes:
            yield self._unknown("item.theme", "theme", item.theme, self.around.themes)
        asked = self.item.questions
        if item.title_from is not None and item.title_from not in asked:
            yield self._unknown("item.title_from", "question", item.title_from, asked)
        if item.district_from is not None:
            yield from self._district_from(item.district_from)
        for key in item.precheck or ():
            if key not in asked:
                yield self._unknown("item.precheck", "question", key, asked)
            elif asked[key].kind not in ASKABLE:
                text = f"{key!r} is of kind {asked[key].kind.value}, which nobody can answer before applying"
                yield self._wrong("item.precheck", text, "name a choice, a number, a date or yes or no")

    def _district_from(self, key: str) -> Iterator[Problem]:
        asked = self.item.questions
        if key not in asked:
            yield self._unknown("item.district_from", "question", key, asked)
        elif asked[key].kind is not Kind.ADDRESS:
            remedy = "name a question of kind address"
            yield self._wrong("item.district_from", "a district follows from an address only", remedy)
        elif asked[key].anywhere:
            text = "no district follows from an address that may lie anywhere"
            yield self._wrong("item.district_from", text, "remove `anywhere` from the question, or name another")

    def _unknown(self, path: str, what: str, name: str, known: Iterable[str]) -> Problem:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=1)
        remedy = f"write {near[0]!r}" if near else f"known are {', '.join(names[:30]) or 'none'}"
        return self._wrong(path, f"there is no {what} {name!r}", remedy)

    def _limits(self) -> Iterator[Problem]:
        yield from self._pair("item", self.item.statutory, self.item.promised)
        for key, step in self.item.steps.items():
            yield from self._pair(f"step.{key}", step.statutory, step.promised)
            yield from self._by_law(f"step.{key}", step)
            if step.kind is not StepKind.ACCEPTANCE and _is_longer(step.promised, self.item.promised):
                # Acceptance is the window's own clock, before that of the item begins.
                remedy = "shorten the step, or promise more for the item"
                yield self._wrong(f"step.{key}.promised", f"step {key!r} takes longer than its item promises", remedy)

        if self.item.round_limit is not None:
            yield from self._round("item", self.item.round_limit, self.item.promised)
        for stage in self.item.stages:
            for step in stage.steps:
                if step.round_limit is not None:
                    yield from self._round(f"step.{step.key}", step.round_limit, step.promised)
                elif _is_longer(self.item.steps[step.key].round_limit or step.promised, step.promised):
                    text = f"step {step.key!r} has longer for a later round than for the first"
                    yield self._wrong(f"step.{step.key}", text, "give it a round_limit of its own")

    def _round(self, path: str, limit: Limit, promised: Limit) -> Iterator[Problem]:
        """The limit of a later round: whole days, and not more than the first round has."""
        where = f"{path}.round_limit"
        if limit.days is None or limit.days < 1 or limit.days != int(limit.days):
            remedy = "write whole days, at least 1, or remove the line"
            yield self._wrong(where, "a round after a correction needs a limit of whole days", remedy)
        elif _is_longer(limit, promised):
            yield self._wrong(where, "a later round takes longer than the first", "write at most what is promised")

    def _by_law(self, path: str, step: Step) -> Iterator[Problem]:
        """Whoever applies for a licence is told within five days whether it is accepted, and has it within ten days of
        the decision (Licensing Law art. 32 and 44).
        """
        if not self.item.is_licence or step.kind not in BY_LAW:
            return
        limit, basis = BY_LAW[step.kind]
        if step.statutory.days is None or _is_longer(step.statutory, limit):
            text = f"step {step.key!r} of a licence has {limit.days} working days by law, at most ({basis})"
            yield self._wrong(f"{path}.statutory", text, f"write statutory: {limit.days} wd")

    def _pair(self, path: str, statutory: Limit, promised: Limit) -> Iterator[Problem]:
        for key, limit in (("statutory", statutory), ("promised", promised)):
            if limit.days is not None and limit.days < 0:
                yield self._wrong(f"{path}.{key}", f"the limit {limit.days} is negative", "write 0 or more days")
            elif limit.days is not None and not self._may_last(key, limit.days):
                remedy = "write whole days, at least 1; only an instant item takes 0 or 0.5"
                yield self._wrong(f"{path}.{key}", f"the limit of {limit.days} days is for instant items", remedy)
        if _is_longer(promised, statutory):
            remedy = "promise at most what the law allows"
            yield self._wrong(f"{path}.promised", "more time is promised than the law allows", remedy)

    def _may_last(self, key: str, days: Decimal) -> bool:
        """Zero and half days are for instant items.

        A commitment-first item that is no instant item may promise 0: it is decided on the commitment the same day and
        verified afterwards, while its statutory limit holds for those who choose the normal procedure.
        """
        if self.item.handling is Handling.INSTANT:
            return days == HALF or days == int(days)
        is_commitment_first = (self.item.commitment or "N").startswith("Y")
        return days == int(days) and (days >= 1 or (key == "promised" and is_commitment_first))

    def _whole(self) -> Iterator[Problem]:
        """What an item needs before anybody can apply for it."""
        if not self.item.questions:
            yield self._wrong("item.stages", "an online item asks nothing", "add sections with questions")
        for line, zh in self.page.untranslated:
            text = f"the text {zh[:30]!r} has no English"
            yield Problem(self.page.file, line, text, "write it as {zh: …, en: …}")

    # ── questions ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _questions(self) -> Iterator[Problem]:
        sections = self.item.sections
        yield from self._keys("section", [section.key for section in sections])
        yield from self._keys("question", [question.key for section in sections for question in section.questions])
        earlier: set[str] = set()
        for section in sections:
            if not section.questions:
                yield self._wrong(f"section.{section.key}", f"section {section.key!r} asks nothing", "add a question")
            yield from self._asked_after(f"section.{section.key}.ask_if", section.ask_if, earlier)
            for question in section.questions:
                yield from self._asked_after(f"question.{question.key}.ask_if", question.ask_if, earlier)
                yield from self._question(question)
                yield from self._columns(f"question.{question.key}", question)
                yield from self._wording(f"question.{question.key}", question, earlier)
                earlier.add(question.key)

    def _keys(self, kind: str, keys: Sequence[str]) -> Iterator[Problem]:
        for number, key in enumerate(keys):
            if kind == "question" and key == TODAY:
                yield self._wrong(f"{kind}.{key}", f"{key!r} is the day itself in every rule", "rename the question")
            if not KEY.fullmatch(key) or keyword.iskeyword(key):
                remedy = "write small letters, digits and underscores, beginning with a letter"
                yield self._wrong(f"{kind}.{key}", f"the key {key!r} cannot be used", remedy)
            if key in keys[:number]:
                yield self._wrong(f"{kind}.{key}", f"there are two {kind}s with the key {key!r}", "rename one of them")

    def _asked_after(self, path: str, condition: Condition | None, earlier: Set[str]) -> Iterator[Problem]:
        if condition is None:
            return
        yield from self._names(path, condition)
        for name in sorted((condition.names & self.item.questions.keys()) - earlier):
            remedy = "ask that question first, or name an earlier one"
            yield self._wrong(path, f"the condition names {name!r}, which is asked later", remedy)

    def _names(self, path: str, condition: Condition, *, may_name_today: bool = False) -> Iterator[Problem]:
        for name in sorted(condition.names):
            question = self.item.questions.get(name)
            if name == TODAY:
                if not may_name_today:
                    text = "only a rule may speak of today: what is asked and who decides do not change overnight"
                    yield self._wrong(path, text, "compare the answer with today in the rules of its section")
            elif question is None:
                yield self._unknown(path, "question", name, self.item.questions)
            elif question.kind is Kind.ADDRESS:
                remedy = "ask a yes or no question, or a choice"
                yield self._wrong(path, f"{name!r} is an address, which no condition can compare", remedy)
        yield from self._parts(path, condition)

    def _parts(self, path: str, condition: Condition) -> Iterator[Problem]:
        """A part that is named exists, and an answer of parts is compared by them."""
        for name, part in sorted(condition.parts):
            question = self.item.questions.get(name)
            if question is not None and part not in parts_of(question):
                yield self._unknown(path, f"part of {name!r}", part, parts_of(question))
        for name in sorted(condition.names - {name for name, _part in condition.parts}):
            question = self.item.questions.get(name)
            if question is not None and question.kind in PARTED:
                remedy = f"name one of {', '.join(f'{name}.{part}' for part in parts_of(question))}"
                yield self._wrong(path, f"{name!r} is an answer of several parts", remedy)

    def _columns(self, path: str, question: Question) -> Iterator[Problem]:
        if question.kind in ROWS and not question.columns:
            yield self._wrong(path, f"question {question.key!r} asks nothing of each entry", "give it columns")
        if question.kind not in ROWS and (question.columns or question.most is not None):
            yield self._wrong(path, "only a group or table has columns and a most", "remove them")
        if question.most is not None and not 1 <= question.most <= MOST_ROWS:
            yield self._wrong(f"{path}.most", "too few or too many entries", f"write 1 to {MOST_ROWS}")
        yield from self._keys("column", [column.key for column in question.columns])
        for key in sorted({column.key for column in question.columns} & set(DERIVED.get(question.kind, ()))):
            yield self._wrong(path, f"{key!r} says something else of all entries", "give the column another key")
        for column in question.columns:
            if column.kind in UNFIT_COLUMNS or column.ask_if is not None or column.computed is not None:
                text = f"the column {column.key!r} cannot stand in an entry"
                yield self._wrong(path, text, "ask it as a question of its own")
            yield from self._question(column)

    def _wording(self, path: str, question: Question, earlier: Set[str]) -> Iterator[Problem]:
        if question.kind in STATED and question.statement is None:
            yield self._wrong(path, f"nobody can declare or sign what {question.key!r} does not say", "add statement")
        if question.kind not in STATED and question.statement is not None:
            yield self._wrong(f"{path}.statement", "only a declaration or signature has a statement", "remove it")
        if question.computed is not None:
            yield from self._asked_after(f"{path}.computed", question.computed, earlier)
            if question.kind not in COMPUTABLE:
                yield self._wrong(path, f"kind {question.kind.value} cannot be computed", "use number or yes_no")

    def _question(self, question: Question) -> Iterator[Problem]:
        path = f"question.{question.key}"
        is_choice = question.kind in {Kind.CHOICE, Kind.CHOICES}
        if is_choice and len(question.choices) < 2:
            yield self._wrong(path, f"question {question.key!r} leaves no choice", "give two choices or more")
        if not is_choice and question.choices:
            yield self._wrong(f"{path}.choices", "only kinds choice and choices have choices", "remove them")
        values = [choice.value for choice in question.choices]
        for value in sorted({value for value in values if values.count(value) > 1}):
            yield self._wrong(f"{path}.choices", f"the choice {value!r} is given twice", "rename one of them")
        if question.max_length is not None and (question.kind not in TEXTS or question.max_length < 1):
            yield self._wrong(f"{path}.max_length", "a length is for texts and at least 1", "remove or raise it")
        lowest, highest = question.minimum, question.maximum
        if (lowest is not None or highest is not None) and question.kind not in NUMBERS:
            yield self._wrong(path, "only numbers have a minimum or maximum", "remove them")
        if lowest is not None and highest is not None and lowest > highest:
            yield self._wrong(f"{path}.minimum", "the minimum is above the maximum", "exchange them")
        if question.unit is not None and question.kind not in NUMBERS:
            yield self._wrong(f"{path}.unit", "only numbers have a unit", "remove it")
        if question.decimals is not None and (question.kind not in NUMBERS or not 0 <= question.decimals <= 6):
            yield self._wrong(
                f"{path}.decimals", "places after the point are for numbers, from 0 to 6", "remove or mend it"
            )
        if question.pinned and question.kind is not Kind.ADDRESS:
            yield self._wrong(f"{path}.pinned", "only an address is pinned to a place", "remove it, or use kind point")
        if question.anywhere and question.kind is not Kind.ADDRESS:
            yield self._wrong(f"{path}.anywhere", "only an address may lie anywhere", "remove it")
        if question.prefill is not None and question.prefill not in PREFILLS:
            yield self._unknown(f"{path}.prefill", "source of first values", question.prefill, PREFILLS)

    def _examples(self) -> Iterator[Problem]:
        for key, question in self.item.questions.items():
            if question.computed is not None:
                continue
            if question.example is None:
                if self.item.is_online:
                    remedy = "add `example: …`: it is shown as a hint and used to try the item out"
                    yield self._wrong(f"question.{key}", f"question {key!r} has no example", remedy)
            elif isinstance(question.example, FromToday):
                continue
            elif reason := why_wrong(question, example_of(question, DAY), self.around.regions):
                text = f"the example of {key!r} is a wrong answer: {reason}"
                yield self._wrong(f"question.{key}.example", text, "write an answer that the question accepts")

    def _rules(self) -> Iterator[Problem]:
        for section in self.item.sections:
            here = {question.key for question in section.questions}
            for rule in section.rules:
                path = f"rule.{rule.at}.{rule.holds.source}"
                yield from self._names(path, rule.holds, may_name_today=True)
                if rule.at not in here:
                    yield self._unknown(path, f"question of section {section.key!r}", rule.at, here)
                elif self._is_broken_by_examples(rule):
                    remedy = "write examples that keep it on any day; that of a date may be: today - 30"
                    yield self._wrong(path, f"the examples break the rule {rule.holds.source!r}", remedy)

    def _is_broken_by_examples(self, rule: Rule) -> bool:
        """Judged on two days so far apart that a fixed date beside `today` fails on one of them."""
        days = (date(1950, 1, 1), date(2150, 1, 1))
        return any(rule.is_broken(examples(self.item, today), today) for today in days)

    def _materials(self) -> Iterator[Problem]:
        yield from self._keys("material", [material.key for material in self.item.materials])
        for material in self.item.materials:
            path = f"material.{material.key}"
            if material.required_if is not None:
                yield from self._names(f"{path}.required_if", material.required_if)
            if material.offered_if is not None:
                yield from self._names(f"{path}.offered_if", material.offered_if)
                if not material.offered_if.names and not material.offered_if.holds({}):
                    remedy = "remove the material, or let the condition follow from an answer"
                    text = f"material {material.key!r} is never offered"
                    yield self._wrong(f"{path}.offered_if", text, remedy)
            for key in material.steps:
                if key not in self.item.steps:
                    yield self._unknown(f"{path}.steps", "step", key, self.item.steps)
            if material.asked_in is not None:
                yield from self._asked_in(f"{path}.asked_in", material)
            for name in material.formats:
                if name not in FORMATS:
                    yield self._unknown(f"{path}.formats", "format", name, FORMATS)

    def _asked_in(self, path: str, material: Material) -> Iterator[Problem]:
        sections = [section.key for section in self.item.sections]
        if material.asked_in not in sections:
            yield self._unknown(path, "section", str(material.asked_in), sections)
        if material.source is not Source.UPLOAD:
            text = f"material {material.key!r} is not uploaded, so no page asks for its file"
            yield self._wrong(path, text, "remove the line, or write `source: upload`")

    # ── stages and steps ──────────────────────────────────────────────────────────────────────────────────────────

    def _steps(self) -> Iterator[Problem]:
        stages = self.item.stages
        yield from self._keys("stage", [stage.key for stage in stages])
        yield from self._keys("step", [step.key for stage in stages for step in stage.steps])
        for stage in stages:
            if not stage.steps:
                yield self._wrong(f"stage.{stage.key}", f"stage {stage.key!r} has no steps", "add a step")
            for step in stage.steps:
                yield from self._step(step)

    def _step(self, step: Step) -> Iterator[Problem]:
        path = f"step.{step.key}"
        duties = {department.duty for department in self.around.departments.values()}
        if step.duty not in duties:
            yield self._unknown(f"{path}.duty", "department", step.duty, duties)
        elif not self.around.exercises(step.duty, step.level):
            levels = {one.level for one in self.around.departments.values() if one.duty == step.duty}
            yield self._unknown(f"{path}.level", f"{step.duty} at level", step.level, levels)
        elif step.level != "city" and self.item.district_from is None:
            remedy = "name the address question in district_from"
            yield self._wrong(f"{path}.level", f"nothing says which {step.level} is competent", remedy)
        if step.item_code is not None and step.item_code not in self.around.items:
            yield self._unknown(f"{path}.item", "item", step.item_code, self.around.items)
        elif step.item_code is not None:
            yield from self._behind(path, step, self.around.items[step.item_code])
        yield from self._reliance(path, step)
        if step.joins_if is not None:
            yield from self._names(f"{path}.joins_if", step.joins_if)
            if not step.joins_if.names and not step.joins_if.holds({}):
                remedy = "remove the step, or let the condition follow from an answer"
                yield self._wrong(f"{path}.joins_if", f"step {step.key!r} never joins", remedy)

    def _reliance(self, path: str, step: Step) -> Iterator[Problem]:
        if step.deemed_consent and step.kind is not StepKind.CONSULTATION:
            text = f"step {step.key!r} of kind {step.kind.value} must speak for itself"
            yield self._wrong(f"{path}.deemed_consent", text, "remove deemed_consent: only a consultation may have it")
        elif step.deemed_consent and step.promised.days is None and step.statutory.days is None:
            text = f"the silence of step {step.key!r} would never end"
            yield self._wrong(f"{path}.deemed_consent", text, "give the step a promised or a statutory limit")
        where = f"{path}.relies_on"
        if step.relies_on and step.kind not in OPINIONS:
            text = f"step {step.key!r} of kind {step.kind.value} gives no opinion that could be asked for again"
            yield self._wrong(where, text, "remove relies_on")
        for number, key in enumerate(step.relies_on):
            if key not in self.item.questions:
                yield self._unknown(where, "question", key, self.item.questions)
            elif key in step.relies_on[:number]:
                yield self._wrong(where, f"question {key!r} stands here twice", "keep it once")

    def _checklists(self) -> Iterator[Problem]:
        for step in self.item.steps.values():
            path = f"checklist.{step.key}"
            if step.checklist and step.kind is StepKind.ISSUE:
                yield self._wrong(path, "nobody ticks a checklist where the portal issues by itself", "remove it")
            if len(step.checklist) > MOST_POINTS:
                text = f"the checklist of step {step.key!r} has {len(step.checklist)} points"
                yield self._wrong(path, text, f"write at most {MOST_POINTS}")
            keys = [point.key for point in step.checklist]
            for point in step.checklist:
                yield from self._point(f"point.{step.key}.{point.key}", step, point, keys)

    def _two_persons(self) -> Iterator[Problem]:
        for step in self.item.steps.values():
            if step.two_persons and step.kind is StepKind.ISSUE:
                text = f"nobody decides step {step.key!r}, which the portal does by itself"
                yield self._wrong("item.two_persons", text, "leave the step out")

    def _point(self, path: str, step: Step, point: Point, keys: Sequence[str]) -> Iterator[Problem]:
        if not KEY.fullmatch(point.key) or keyword.iskeyword(point.key):
            remedy = "write small letters, digits and underscores, beginning with a letter"
            yield self._wrong(path, f"{point.key!r} cannot be the key of a point", remedy)
        if keys.count(point.key) > 1:
            yield self._wrong(path, f"point {point.key!r} stands here twice", "rename one of them")
        if not point.basis and point.about is None:
            remedy = "name its law in basis, or a question or material in about"
            yield self._wrong(path, f"nothing says what point {point.key!r} rests on", remedy)
        materials = {material.key: material for material in self.item.materials}
        if point.about in materials:
            if (seen_by := materials[point.about].steps) and step.key not in seen_by:
                text = f"step {step.key!r} does not see the material {point.about!r}"
                yield self._wrong(path, text, "add the step to the material, or leave the point out")
        elif point.about is not None and point.about not in self.item.questions:
            known = (*materials, *self.item.questions)
            yield self._unknown(path, "question or material", point.about, known)

    def _behind(self, path: str, step: Step, item: Item) -> Iterator[Problem]:
        """The item that a step stands for grants and promises no less time than the step takes.

        A promise of 0 days is for those who choose commitment, and does not bind a step that reviews.
        """
        if _is_longer(step.statutory, item.statutory):
            text = f"step {step.key!r} has longer by law than item {item.code}"
            yield self._wrong(f"{path}.statutory", text, "write at most the statutory limit of that item")
        if item.promised.days and _is_longer(step.promised, item.promised):
            text = f"step {step.key!r} takes longer than item {item.code} promises"
            yield self._wrong(f"{path}.promised", text, "write at most the promised limit of that item")
        elif _is_longer(step.promised, item.statutory):
            text = f"step {step.key!r} takes longer than the law allows item {item.code}"
            yield self._wrong(f"{path}.promised", text, "write at most the statutory limit of that item")

    def _joins(self) -> Iterator[Problem]:
        for stage in self.item.stages:
            yield from self._join(f"stage.{stage.key}", stage.join, [step.key for step in stage.steps])
            for step in stage.steps:
                yield from self._join(f"step.{step.key}", step.join, step.after)
                if step.join != Join() and not step.after:
                    remedy = "name steps in `after`, or write the join at the stage before"
                    yield self._wrong(f"step.{step.key}.join", f"the join of step {step.key!r} gathers nothing", remedy)
                for name in sorted({name for name in step.after if step.after.count(name) > 1}):
                    text = f"step {step.key!r} waits for {name!r} twice"
                    yield self._wrong(f"step.{step.key}.after", text, "name it once")

    def _join(self, path: str, join: Join, gathered: Sequence[str]) -> Iterator[Problem]:
        voting = [key for key in gathered if self._has_vote(key)]
        if join.kind is JoinKind.N_OF_M and not 1 <= join.n <= len(voting):
            text = f"{join.n} outcomes are awaited of {len(voting)} steps that can consent"
            yield self._wrong(f"{path}.join", text, "write a number from 1 to the number of these steps")
        if join.kind is JoinKind.ANY and gathered and not voting:
            text = "a consent is awaited of consultations, which give none"
            yield self._wrong(f"{path}.join", text, "remove the join: consultations are only heard")
        for key in sorted(key for key in join.veto if not self._has_vote(key)):
            text = f"step {key!r} is a consultation, which stops nothing"
            yield self._wrong(f"{path}.join", text, "leave it out of the veto, or make it a review")
        if join.kind is JoinKind.VETO and not join.veto:
            yield self._wrong(f"{path}.join", "nobody holds the veto", "name at least one step")
        for key in sorted(join.veto - set(gathered)):
            yield self._unknown(f"{path}.join", "step with a veto here", key, gathered)

    def _has_vote(self, key: str) -> bool:
        return key not in self.item.steps or self.item.steps[key].kind.has_vote

    def _presence(self) -> Iterator[Problem]:
        """No step that can never take part, no join that the answers make impossible or nobody's."""
        written = {step.key: step for stage in self.item.stages for step in stage.steps}
        never = {key for key, step in written.items() if step.joins_if is not None and self._sets(key) == {frozenset()}}
        for key, step in written.items():
            if key in never and step.joins_if is not None and step.joins_if.names:
                text = f"step {key!r} never joins, whatever is answered"
                yield self._wrong(f"step.{key}.joins_if", text, "remove the step, or mend the condition")
        for key, step in written.items():
            for name in dict.fromkeys(step.after):
                if name in written and not {key, name} & never and not self._meet(key, name):
                    text = f"step {key!r} waits for {name!r}, which never takes part together with it"
                    yield self._wrong(
                        f"step.{key}.after", text, "remove it from `after`, or mend one of the conditions"
                    )
        for stage in self.item.stages:
            yield from self._attendance(f"stage.{stage.key}.join", stage.join, tuple(step.key for step in stage.steps))
            for step in stage.steps:
                yield from self._attendance(f"step.{step.key}.join", step.join, step.after)

    def _attendance(self, path: str, join: Join, gathered: tuple[str, ...]) -> Iterator[Problem]:
        """Enough steps can come to an any or n-of-m join, and some of those whose consent it asks for always do: a join
        of nobody would let pass.
        """
        steps = self.item.steps
        if join.kind is JoinKind.ALL or not set(gathered) <= steps.keys():
            return
        voting = tuple(filter(self._has_vote, gathered))
        asked = tuple(key for key in voting if key in join.veto or join.kind is not JoinKind.VETO)
        sets = self._sets(*voting)
        most = len(voting) if sets is None else max(map(len, sets), default=0)
        if join.kind is JoinKind.N_OF_M and most < join.n <= len(voting):
            text = f"{join.n} consents are awaited, and at most {most} of the steps can take part together"
            yield self._wrong(path, text, "await fewer, or let more steps take part")
        waiting = [key for key, step in steps.items() if step.after == gathered and step.join == join]
        if asked and any(self._may_miss(asked, key) for key in waiting):
            text = f"{', '.join(asked)} can all fall away, and then nobody would have to consent"
            yield self._wrong(path, text, "let one of these steps always take part")

    def _may_miss(self, gathered: tuple[str, ...], waiting: str) -> bool:
        """Whether the step that waits can take part without any of those it waits for; where untold, it can."""
        if any(self.item.steps[key].joins_if is None for key in gathered):
            return False
        sets = self._sets(*gathered, waiting)
        return sets is None or frozenset({waiting}) in sets

    def _sets(self, *keys: str) -> Set[frozenset[str]] | None:
        return together(self.item, [self.item.steps[key] for key in keys])

    def _meet(self, one: str, other: str) -> bool:
        sets = self._sets(one, other)
        return sets is None or frozenset({one, other}) in sets

    def _order(self) -> Iterator[Problem]:
        """Acceptance first, one decision, issuing last; the rest between them."""
        kinds = [step.kind for step in self.item.steps.values()]
        path = "item.stages"
        wanted = {StepKind.ACCEPTANCE: self.item.handling is not Handling.INSTANT, StepKind.DECISION: True}
        wanted[StepKind.ISSUE] = self.item.certificate is not None
        for kind, is_wanted in wanted.items():
            if kinds.count(kind) > 1 or (is_wanted and kind not in kinds):
                text = f"there are {kinds.count(kind)} steps of kind {kind.value}"
                yield self._wrong(path, text, f"write exactly one step of kind {kind.value}")
        positions = [kinds.index(kind) for kind in wanted if kind in kinds]
        if positions != sorted(positions) or (StepKind.ACCEPTANCE in kinds and positions[0] != 0):
            remedy = "write them in this order: acceptance, reviews, decision, issue"
            yield self._wrong(path, "acceptance, decision and issue stand in another order", remedy)
        if kinds and kinds[-1] not in {StepKind.DECISION, StepKind.ISSUE}:
            yield self._wrong(path, "the last step neither decides nor issues", "end with the decision or with issuing")
        yield from self._precedence()
        for key, step in self.item.steps.items():
            if step.kind in wanted and step.joins_if is not None:
                text = f"step {key!r} of kind {step.kind.value} must always take part"
                yield self._wrong(f"step.{key}.joins_if", text, "remove joins_if")

    def _precedence(self) -> Iterator[Problem]:
        """Nothing opens before acceptance, nothing is issued before the decision, whatever `after` says."""
        steps = self.item.steps
        after = {key: {name for name in step.after if name in steps} for key, step in steps.items()}
        by_kind = {step.kind: key for key, step in steps.items()}
        acceptance, decision = by_kind.get(StepKind.ACCEPTANCE), by_kind.get(StepKind.DECISION)
        for key, step in steps.items():
            if acceptance not in {None, key} and acceptance not in _before(key, after):
                remedy = f"put it into a later stage, or let it wait for {acceptance!r}"
                yield self._wrong(f"step.{key}", f"step {key!r} does not wait for acceptance", remedy)
            if step.kind is StepKind.ISSUE and decision is not None and decision not in _before(key, after):
                remedy = f"let it wait for {decision!r}"
                yield self._wrong(f"step.{key}", f"step {key!r} issues before the decision", remedy)

    def _graph(self) -> Iterator[Problem]:
        """No cycles, nothing that cannot be reached, nothing whose outcome nobody waits for."""
        steps = self.item.steps
        for key, step in steps.items():
            for name in step.after:
                if name not in steps:
                    yield self._unknown(f"step.{key}.after", "step", name, steps)
        after = {key: {name for name in step.after if name in steps} for key, step in steps.items()}
        cycles = [key for key in after if key in _before(key, after)]
        for key in cycles:
            circle = ", ".join(sorted(name for name in cycles if key in _before(name, after)))
            remedy = "remove one of the `after` entries between them"
            yield self._wrong(f"step.{key}.after", f"step {key!r} waits for itself through {circle}", remedy)
        first = [step.key for step in self.item.stages[0].steps]
        for key in after:
            if key not in cycles and _before(key, after) & set(cycles):
                remedy = "break the circle it waits for"
                yield self._wrong(f"step.{key}", f"step {key!r} can never be reached", remedy)
            elif key not in cycles and key not in first and not _before(key, after):
                remedy = "let it wait for a step of the stage before"
                yield self._wrong(f"step.{key}", f"step {key!r} can be reached without any step before", remedy)
        if not cycles and after:
            last = list(after)[-1]
            for key in sorted(after.keys() - _before(last, after) - {last}):
                remedy = f"add it to `after` of a later step, so that {last!r} comes after it"
                yield self._wrong(f"step.{key}", f"nobody waits for the outcome of step {key!r}", remedy)

    # ── commitments ──────────────────────────────────────────────────────────────────────────────────────────────

    def _commitments(self) -> Iterator[Problem]:
        terms = self.item.commitment_terms
        if terms is not None:
            path = "item.commitment_terms"
            if self.item.handling is Handling.JOINT:
                remedy = "write commitment_terms on the steps that may be promised"
                yield self._wrong(path, "in a joint case each step's item decides for itself", remedy)
            if terms.excluded is None and self.item.commitment == "N":
                remedy = "remove the terms, or write commitment: Y"
                yield self._wrong(path, "the item says that nothing may be promised", remedy)
            yield from self._terms(path, terms, None)
        for key, step in self.item.steps.items():
            if step.commitment_terms is None:
                continue
            path = f"step.{key}.commitment_terms"
            if self.item.handling is not Handling.JOINT:
                remedy = "write commitment_terms on the item"
                yield self._wrong(path, "one department handles the item as a whole", remedy)
            if step.kind not in OPINIONS:
                text = f"step {key!r} of kind {step.kind.value} cannot rest on a promise by itself"
                yield self._wrong(path, text, "write commitment_terms on the steps that review")
            if step.commitment_terms.is_same_day:
                yield self._wrong(f"{path}.same_day", "a step issues nothing", "remove same_day")
            yield from self._terms(path, step.commitment_terms, step)

    def _terms(self, path: str, terms: CommitmentTerms, step: Step | None) -> Iterator[Problem]:
        if terms.allowed_if is not None:
            yield from self._names(f"{path}.allowed_if", terms.allowed_if)
            if not terms.allowed_if.names and not terms.allowed_if.holds({}):
                remedy = "name the excluded field, or let the condition follow from an answer"
                yield self._wrong(f"{path}.allowed_if", "a promise is never allowed", remedy)
        if (terms.allowed_if is None) is not (terms.when is None):
            text = "the condition of a promise is either not said in words or only in words"
            yield self._wrong(f"{path}.allowed_if", text, "write both allowed_if and when, or neither")
        if terms.excluded is None and (terms.notice is None or not terms.notice.promises):
            remedy = "write notice with version, text and promises"
            yield self._wrong(f"{path}.notice", "nobody can sign what is not written", remedy)
        if terms.excluded is None and not terms.verifications:
            yield self._wrong(path, "nobody verifies the promise afterwards", "write verified: with at least one task")
        if terms.barred_years < 1:
            yield self._wrong(f"{path}.barred_years", "an untrue promise has no consequence", "write 1 or more")
        yield from self._deferrals(path, terms, step)
        names = [each.key for each in terms.verifications]
        for number, each in enumerate(terms.verifications):
            where = f"{path}.verified.{each.key}"
            if not KEY.fullmatch(each.key):
                yield self._wrong(where, f"the key {each.key!r} cannot be used", "write small letters and underscores")
            if each.key in names[:number]:
                yield self._wrong(where, f"there are two tasks with the key {each.key!r}", "rename one of them")
            if not self.around.exercises(each.duty, each.level):
                duties = {one.duty for one in self.around.departments.values() if one.level == each.level}
                yield self._unknown(where, f"department at level {each.level}", each.duty, duties)
            yield from self._days(where, each.limit)

    def _deferrals(self, path: str, terms: CommitmentTerms, step: Step | None) -> Iterator[Problem]:
        materials = {material.key: material for material in self.item.materials}
        names = [each.material for each in terms.deferred]
        for number, each in enumerate(terms.deferred):
            where = f"{path}.deferred.{each.material}"
            yield from self._days(where, each.limit)
            material = materials.get(each.material)
            if material is None:
                yield self._unknown(where, "material", each.material, materials)
                continue
            if each.material in names[:number]:
                yield self._wrong(where, f"material {each.material!r} may follow twice", "keep one of the lines")
            if material.source is not Source.UPLOAD:
                text = f"material {each.material!r} is not handed in by the applicant"
                yield self._wrong(where, text, "name one that is uploaded")
            needing = {
                key
                for key in material.steps or self.item.steps
                if key in self.item.steps and self.item.steps[key].kind in OPINIONS
            }
            for key in sorted(needing - self._resting(step)):
                text = f"step {key!r} needs material {each.material!r}, too"
                yield self._wrong(where, text, f"let it be handed in at once, or leave it out of step {key!r}")
            if step is not None and step.key not in needing:
                text = f"step {step.key!r} does not need material {each.material!r}"
                yield self._wrong(where, text, "name one of its materials")

    def _resting(self, step: Step | None) -> Set[str]:
        """The steps that a promise stands for: this one, or for the whole item those of its own department."""
        steps = self.item.steps.values() if step is None else (step,)
        return {each.key for each in steps if step is not None or each.duty == self.item.department}

    def _days(self, path: str, limit: Limit) -> Iterator[Problem]:
        if limit.days is None or limit.days < 1 or limit.days != int(limit.days):
            yield self._wrong(path, "a time limit of whole days is needed", "write such as within: 20 wd")

    def _length(self) -> Iterator[Problem]:
        """What is promised for the steps in turn must fit what is promised for the whole.

        Acceptance has its own clock before that of the item begins, and delivery one after it ends.
        """
        item = self.item
        whole = item.promised if item.promised.days is not None else item.statutory
        after = {key: {name for name in step.after if name in item.steps} for key, step in item.steps.items()}
        if whole.days is None or any(key in _before(key, after) for key in after):
            return
        longest, way = self._longest(after, after.keys(), whole.unit)
        if longest <= whole.days:
            return
        conditional = [step for step in item.steps.values() if step.joins_if is not None]
        always = after.keys() - {step.key for step in conditional}
        for some in together(item, conditional) or {frozenset(step.key for step in conditional)}:
            longest, way = self._longest(after, always | some, whole.unit)
            if longest > whole.days:
                text = (
                    f"{' and '.join(way)} take {longest.normalize():f} {whole.unit.value} in turn, longer than promised"
                )
                yield self._wrong("item.promised", text, "shorten the steps, or promise more for the item")
                return

    def _longest(self, after: Mapping[str, Set[str]], present: Set[str], unit: Unit) -> tuple[Decimal, list[str]]:
        """Days of the longest way through the steps that take part, at least, and the steps that take them."""
        ways: dict[str, tuple[Decimal, list[str]]] = {}

        def way(key: str) -> tuple[Decimal, list[str]]:
            if key not in ways:
                days, names = max(map(way, sorted(after[key])), default=(Decimal(0), []), key=lambda found: found[0])
                step = self.item.steps[key]
                is_counted = key in present and step.kind not in {StepKind.ACCEPTANCE, StepKind.ISSUE}
                own = _least(step.promised, unit) if is_counted else Decimal(0)
                ways[key] = (days + own, [*names, key] if own else names)
            return ways[key]

        return max(map(way, after), key=lambda found: found[0])

    # ── certificate ───────────────────────────────────────────────────────────────────────────────────────────────

    def _certificate(self, spec: CertificateSpec) -> Iterator[Problem]:
        wordings = dict(spec.values)
        yield from self._keys("certificate.field", [key for key, _ in spec.fields])
        for key, _ in spec.fields:
            path = f"certificate.field.{key}"
            if key not in wordings and key not in self.item.questions and key != HOLDER:
                yield self._unknown(path, "question", key, self.item.questions)
            for wording in (wordings[key].zh, wordings[key].en) if key in wordings else ():
                for condition in placeholders(wording):
                    for name in sorted(condition.names - self.item.questions.keys()):
                        yield self._unknown(f"{path}.value", "question", name, self.item.questions)
        for key in sorted(spec.masked):
            question = self.item.questions.get(key)
            if key in wordings or question is None or question.kind not in MASKABLE:
                remedy = "mask only the answer to a question for an identity number or a phone, without `value`"
                yield self._wrong(f"certificate.field.{key}", "only a number can be masked", remedy)
        if not spec.fields:
            yield self._wrong("certificate", "the certificate says nothing", "give it fields")
        known = places(self.item)
        for text in (spec.statement, *spec.notes):
            for fault in (*faults(text.zh, known, len(text.zh)), *faults(text.en, known, len(text.en))):
                said = f"{fault.found!r} (line {fault.line}, character {fault.column}) cannot stand in a text"
                yield self._wrong("certificate", said, f"write {' or '.join(fault.instead) or 'nothing'} instead")
        if spec.valid_years is not None and spec.valid_years < 1:
            yield self._wrong(
                "certificate.valid_years", "it would never be valid", "write 1 or more, or remove the line"
            )


def _before(key: str, after: Mapping[str, Set[str]]) -> set[str]:
    """Every step that must end before this one may begin."""
    found: set[str] = set()
    waiting = list(after[key])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(after[name])
    return found


def _is_longer(limit: Limit, other: Limit) -> bool:
    """Whether the first limit is surely longer; one that is none is compared with nothing."""
    return limit.days is not None and other.days is not None and _least(limit, other.unit) > other.days


def _least(limit: Limit, unit: Unit) -> Decimal:
    """How many days of the unit it takes at least. Between units a week of seven days has five working days."""
    days = limit.days or Decimal(0)
    return days / WORKING_SHARE if limit.unit is Unit.CALENDAR_DAYS and unit is Unit.WORKING_DAYS else days


def why_wrong(question: Question, value: object, regions: Mapping[str, Region]) -> str | None:
    """Why the value, of the right type already, is no answer to the question."""
    match value:
        case Decimal():
            if question.minimum is not None and value < question.minimum:
                return f"below {question.minimum}"
            return f"above {question.maximum}" if question.maximum is not None and value > question.maximum else None
        case Address(region=region, detail=detail, pin=pin):
            if pin is not None and not is_in_the_city(*pin):
                return "its place is outside the city"
            known = region in regions or (question.anywhere and region in PROVINCES)
            return None if known and detail else "unknown region, or no street"
        case tuple():
            return next((f"{part!r} is no choice" for part in value if part not in _values(question)), None)
        case Compound(parts=parts):
            asked = {each.key: each for each in members(question)}
            reasons = (why_wrong(asked[key], part, regions) for key, part in parts if key in asked)
            return next((reason for reason in reasons if reason), None)
        case Rows(entries=entries):
            return next((reason for entry in entries if (reason := why_wrong(question, entry, regions))), None)
        case str():
            return _why_wrong_text(question, value)
    return None


def _why_wrong_text(question: Question, value: str) -> str | None:
    match question.kind:
        case Kind.CHOICE:
            return None if value in _values(question) else f"{value!r} is no choice"
        case Kind.IDENTITY_NUMBER:
            return identity_number_fault(value)
        case Kind.CREDIT_CODE:
            return credit_code_fault(value)
        case Kind.TEXT | Kind.LONG_TEXT if question.max_length is not None and len(value) > question.max_length:
            return f"longer than {question.max_length} characters"
    return None


def _values(question: Question) -> set[str]:
    return {choice.value for choice in question.choices}


def check_tree(departments: Sequence[Department], regions: Sequence[Region], page: Page) -> list[Problem]:
    """Departments and regions: codes unique, parents known, levels consistent, credit codes right."""
    return list(_tree(departments, regions, page))


def _tree(departments: Sequence[Department], regions: Sequence[Region], page: Page) -> Iterator[Problem]:
    known_regions = {region.code: region for region in regions}
    known = {department.code: department for department in departments}

    def wrong(path: str, text: str, remedy: str) -> Problem:
        return Problem(page.file, page.line_of(path), text, remedy)

    for kind, codes in (("department", [d.code for d in departments]), ("region", [r.code for r in regions])):
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield wrong(f"{kind}.{code}", f"there are two {kind}s with the code {code!r}", "rename one of them")
    for region in regions:
        if region.parent is not None and region.parent not in known_regions:
            yield wrong(f"region.{region.code}", f"there is no region {region.parent!r}", "add it, or mend the code")
    for department in departments:
        path = f"department.{department.code}"
        if department.region not in known_regions:
            yield wrong(path, f"there is no region {department.region!r}", "add it, or mend the code")
        elif known_regions[department.region].level != department.level:
            yield wrong(path, f"level {department.level!r} is not that of its region", "write the level of the region")
        if department.parent is not None and department.parent not in known:
            yield wrong(path, f"there is no department {department.parent!r}", "add it, or mend the code")
        if department.credit_code is not None and (fault := credit_code_fault(department.credit_code)):
            yield wrong(path, f"the credit code is wrong ({fault.value})", "write a code with a right check digit")
