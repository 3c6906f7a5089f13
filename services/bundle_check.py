"""Every bundle proved sound: its items can be applied for, and what it carries over fits their questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.answers import AnswerError, value_of
from services.bundle import CHOSEN, Bundle, Part, carried, fits
from services.check import LONGEST_SLUG, SLUG, check_asked, why_wrong
from services.item import Audience, Item, Question, Region, Section
from services.problems import Problem
from services.reader import Page


def check_bundle(bundle: Bundle, page: Page, items: Mapping[str, Item], regions: Mapping[str, Region]) -> list[Problem]:
    return list(_Proof(bundle, page, items, regions).problems())


@dataclass(frozen=True, slots=True)
class _Proof:
    bundle: Bundle
    page: Page
    items: Mapping[str, Item]
    regions: Mapping[str, Region]

    @property
    def own(self) -> Mapping[str, Question]:
        return {question.key: question for question in self.bundle.questions}

    def problems(self) -> Iterator[Problem]:
        if not SLUG.fullmatch(self.bundle.slug) or len(self.bundle.slug) > LONGEST_SLUG:
            remedy = f"write small letters, digits and hyphens, at most {LONGEST_SLUG}"
            yield self._wrong("bundle.slug", f"the slug {self.bundle.slug!r} cannot stand in an address", remedy)
        for line, zh in self.page.untranslated:
            yield Problem(self.page.file, line, f"the text {zh[:30]!r} has no English", "write it as {zh: …, en: …}")
        if len(self.bundle.parts) < 2:
            yield self._wrong("bundle.items", "a bundle has two items or more", "add an item")
        if not self.bundle.free:
            remedy = "leave out needed_if at one of them"
            yield self._wrong("bundle.items", "every item hangs on an answer: nothing may be left to start", remedy)
        if CHOSEN in self.own:
            yield self._wrong(f"question.{CHOSEN}", f"{CHOSEN!r} is asked by the portal itself", "rename the question")
        for code in sorted(set(self.bundle.also) - self.items.keys()):
            yield self._wrong("bundle.also", f"there is no item {code!r}", "write the code of an item")
        for number, part in enumerate(self.bundle.parts):
            if part.item in {each.item for each in self.bundle.parts[:number]}:
                yield self._wrong(f"part.{part.item}", f"item {part.item!r} stands here twice", "keep one of the two")
            yield from self._part(part)
        if item := next((self.items[part.item] for part in self.bundle.parts if part.item in self.items), None):
            asked = Section("once", self.bundle.name, self.bundle.questions)
            yield from check_asked(asked, item, self.page, self.regions)
        yield from self._idle()

    def _wrong(self, path: str, text: str, remedy: str) -> Problem:
        return Problem(self.page.file, self.page.line_of(path), text, remedy)

    def _part(self, part: Part) -> Iterator[Problem]:
        path, item = f"part.{part.item}", self.items.get(part.item)
        if item is None:
            yield self._wrong(path, f"there is no item {part.item!r}", "write the code of an item")
            return
        yield from self._order(part)
        applies = Audience.BUSINESSES if part.after is not None else self.bundle.audience
        if not item.is_online or item.audience not in {applies, Audience.BOTH}:
            text = f"whom the bundle is for cannot apply for {part.item!r}"
            yield self._wrong(path, text, "take another item, or give the bundle another audience")
        if (part.needed_if is None) != (part.when is None):
            yield self._wrong(path, "only one of needed_if and when is there", "say in `when` what needed_if asks")
        for name in sorted((part.needed_if.names if part.needed_if else frozenset()) - self.own.keys()):
            yield self._wrong(path, f"the condition names {name!r}, which the bundle does not ask", "ask it first")
        for key, once in part.answers.items():
            if key not in item.questions or once not in self.own:
                text = f"{key!r} of {part.item} cannot be answered by {once!r}: one of the two is not asked"
                yield self._wrong(path, text, "name a question of the item, then one of the bundle")
            elif not fits(self.own[once], item.questions[key]):
                text = f"an answer to {once!r} may be none to {key!r} of {part.item}"
                yield self._wrong(path, text, "give both the same kind, length and choices")
        for key, data in part.settled.items():
            if key not in item.questions:
                yield self._wrong(path, f"{part.item} does not ask {key!r}", "name a question of the item")
            elif reason := self._why_wrong(item.questions[key], data):
                yield self._wrong(path, f"{key!r} of {part.item} is settled by no answer", reason)

    def _order(self, part: Part) -> Iterator[Problem]:
        before = self.bundle.parts[: [each.item for each in self.bundle.parts].index(part.item)]
        founding = {each.item for each in before if each.item in self.items and self.items[each.item].founds}
        if part.after is not None and part.after not in founding:
            text = f"{part.item!r} waits for {part.after!r}, which founds nobody or is no part before it"
            yield self._wrong(f"part.{part.item}", text, "name a part before it that founds an organisation")

    def _why_wrong(self, question: Question, data: object) -> str | None:
        try:
            return why_wrong(question, value_of(question, data), self.regions)
        except AnswerError as error:
            return error.message

    def _idle(self) -> Iterator[Problem]:
        """Nobody is asked for nothing."""
        parts = [part for part in self.bundle.parts if part.item in self.items]
        used = {once for part in parts for once in carried(part, self.items[part.item], self.bundle).values()}
        used |= {name for part in parts if part.needed_if for name in part.needed_if.names}
        used |= {name for one in self.bundle.questions if one.ask_if for name in one.ask_if.names}
        for key in self.own.keys() - used:
            yield self._wrong(f"question.{key}", f"nothing follows from the answer to {key!r}", "do not ask it")
