"""The field behind every question: keeps what was typed, gives a clean value or a reason in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Protocol, TypeAlias

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.utils import unset_value

from forms.rules import Incomplete, Wrong, _
from services.answers import Value
from services.item import Question, Text

Typed: TypeAlias = str | tuple[str, ...] | dict[str, str]
"""What was typed, for showing it again: one text, the boxes ticked, or the parts of a date or address."""
Translate: TypeAlias = Callable[[str], str]
"""Chinese words to words in the reader's language; placeholders such as %(most)s are left in place."""


class Posted(Protocol):
    """What a form posts: names, each with one value or more (as werkzeug's MultiDict and others give it)."""

    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __contains__(self, key: Any, /) -> bool: ...
    def getlist(self, key: str, /) -> list[Any]: ...


def untranslated(words: str) -> str:
    return words


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is asked, and when: what fields know beside their question. `regions` are the districts to choose from."""

    language: str
    today: date
    regions: Mapping[str, Text] = field(default_factory=dict)
    translate: Translate = untranslated


class AnswerField(Field):
    """One question of a form. `parts` are the names under which it is posted, after its own."""

    parts: ClassVar[tuple[str, ...]] = ("",)
    takes_many: ClassVar[bool] = False

    def __init__(self, question: Question, asking: Asking, **options: Any) -> None:
        super().__init__(label=question.label.in_language(asking.language), **options)
        self.question = question
        self.asking = asking
        self.typed: Typed = self.blank()
        self.data: Value | None = None
        self.is_incomplete = False
        """Nothing is wrong with what was posted but that some of it is missing."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"{self.name}{part}" for part in self.parts)

    def process(
        self, formdata: Posted | None, data: Any = unset_value, extra_filters: Sequence[Any] | None = None
    ) -> None:
        """From what was posted, or else from a value that is kept already."""
        self.process_errors, self.errors, self.data, self.is_incomplete = [], [], None, False
        if formdata is None:
            self.data = None if data is unset_value else data
            self.typed = self.blank() if self.data is None else self.spell(self.data)
            return
        self.typed = self.take(formdata)
        try:
            self.data = self.read(self.typed)
        except Wrong as wrong:
            self.process_errors, self.is_incomplete = [self.say(wrong)], isinstance(wrong, Incomplete)

    def say(self, wrong: Wrong) -> str:
        return self.asking.translate(wrong.words) % wrong.values

    def refuse(self, words: str) -> None:
        """Adds a reason found by looking at several answers."""
        self.errors = [*self.errors, words]

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        self.errors = list(self.process_errors)
        return not self.errors

    @property
    def is_wrong(self) -> bool:
        """Judged: what was typed cannot be taken, and filling in more does not help."""
        return bool(self.process_errors and not self.is_incomplete) or bool(self.errors and self.data is not None)

    def as_text(self) -> list[tuple[str, str]]:
        """What it holds under the names it is posted with."""
        if isinstance(self.typed, dict):
            return [(f"{self.name}-{part}", text) for part, text in self.typed.items()]
        return [(self.name, text) for text in ((self.typed,) if isinstance(self.typed, str) else self.typed)]

    def unjudged(self) -> None:
        """As if nobody had looked at it yet: what was typed stands there without a word about it."""
        self.errors = []

    # What kinds differ in.

    def blank(self) -> Typed:
        return ""

    def take(self, formdata: Posted) -> Typed:
        """What was typed. Of a name posted twice the first counts; `forms.build.strangers` reports the second."""
        posted = formdata.getlist(self.name)
        return posted[0] if posted else ""

    def read(self, typed: Typed) -> Value | None:
        """The clean value, None for nothing. Raises Wrong."""
        return self.read_text(typed) if isinstance(typed, str) and typed.strip() else None

    def read_text(self, typed: str) -> Value | None:
        raise NotImplementedError

    def spell(self, value: Value) -> Typed:
        """A kept value as one would type it."""
        return str(value)

    def choices(self) -> tuple[tuple[str, str], ...]:
        """Value and label of what can be chosen."""
        return tuple((choice.value, choice.label.in_language(self.asking.language)) for choice in self.question.choices)

    @property
    def target(self) -> str:
        """The id that a mistake leads to."""
        return str(self.id)

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Every mistake: the id it leads to, and its words."""
        return [(self.target, words) for words in self.errors]

    @property
    def own(self) -> Sequence[str]:
        """Mistakes shown at the question itself, not at one of its parts."""
        return self.errors

    @property
    def kind(self) -> str:
        """Which macro draws it."""
        return self.question.kind.value

    @property
    def missing(self) -> str:
        """What to say where a required answer is missing."""
        return _("请填写「%(label)s」")

    @property
    def unit(self) -> Text | None:
        return self.question.unit

    @property
    def inputmode(self) -> str | None:
        return None
