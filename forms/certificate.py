"""The forms of what the office does to a certificate: suspend, resume, change, reissue, annul."""

from __future__ import annotations

from collections.abc import Sequence

from forms.build import SectionForm, ask, clean
from forms.fields import Asking, Posted
from forms.rules import _
from services.answers import Value
from services.item import Choice, Kind, Question, Section, Text

REASON_LENGTH = 1000
FIELD_LENGTH = 500


def certificate_form(
    verb: str,
    asking: Asking,
    formdata: Posted | None = None,
    *,
    grounds: Sequence[tuple[str, str]] = (),
    fields: Sequence[tuple[Text, str]] = (),
) -> SectionForm:
    """Field `reason`; for annul also `ground` (of `grounds`, value and label), for change a `field-N` for each of the
    certificate's `fields` (label and value), filled with what stands there now.
    """

    def text(words: str) -> Text:
        return Text(asking.translate(words))

    questions: list[Question] = []
    known: dict[str, Value] = {}
    if verb == "annul":
        choices = tuple(Choice(value, Text(label)) for value, label in grounds)
        questions.append(Question("ground", Kind.CHOICE, text(_("注销的法定情形")), choices=choices))
    if verb == "change":
        for index, (label, value) in enumerate(fields):
            key = f"field-{index}"
            questions.append(Question(key, Kind.TEXT, label, max_length=FIELD_LENGTH))
            known[key] = value
    questions.append(Question("reason", Kind.LONG_TEXT, text(_("理由")), max_length=REASON_LENGTH))
    return ask(Section(verb, text(_("证照处理")), tuple(questions)), asking, formdata, known)


def changed_values(form: SectionForm, fields: Sequence[tuple[Text, str]]) -> dict[str, str]:
    """By (Chinese) label, from a form that is valid."""
    answers = clean(form)
    return {label.zh: str(answers[f"field-{index}"]) for index, (label, _value) in enumerate(fields)}
