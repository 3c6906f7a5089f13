"""The form of an absence: who, from when until when, and who stands in."""

from __future__ import annotations

from collections.abc import Sequence

from forms.build import SectionForm, ask
from forms.fields import Asking, Posted
from forms.rules import _
from services.item import Choice, Kind, Question, Section, Text

NOTE_LENGTH = 200


def absence_form(
    absentees: Sequence[tuple[str, str]],
    deputies: Sequence[tuple[str, str]],
    asking: Asking,
    formdata: Posted | None = None,
) -> SectionForm:
    """Fields `first`, `last`, `deputy`, `note`, and `account` where there is more than one who may be absent."""

    def text(words: str) -> Text:
        return Text(asking.translate(words))

    who = Question("account", Kind.CHOICE, text(_("谁不在")), choices=_choices(absentees))
    questions = (
        *((who,) if len(absentees) > 1 else ()),
        Question("first", Kind.DATE, text(_("从哪天起"))),
        Question("last", Kind.DATE, text(_("到哪天为止"))),
        Question("deputy", Kind.CHOICE, text(_("由谁代办")), choices=_choices(deputies)),
        Question("note", Kind.TEXT, text(_("备注")), required=False, max_length=NOTE_LENGTH),
    )
    return ask(Section("absence", text(_("登记不在")), questions), asking, formdata)


def _choices(people: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(value, Text(label)) for value, label in people)
