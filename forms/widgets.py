"""A field as the parameters of the template's macro."""

from __future__ import annotations

from typing import Any

from forms.build import SectionForm
from forms.fields import AnswerField
from forms.kinds.boundary import BoundaryField
from forms.kinds.compound import CompoundField
from forms.kinds.rows import RowsField
from forms.rules import _
from services.answers import example_of, show
from services.item import Kind

AUTOCOMPLETE = {
    "account.name": "name",
    "account.phone": "tel",
    "account.email": "email",
    "organisation.name": "organization",
    "organisation.address": "street-address",
}
EXPLAINED_BY_EXAMPLE = frozenset({Kind.NUMBER, Kind.MONEY, Kind.AREA, Kind.DATE})


def params(field: AnswerField) -> dict[str, Any]:
    """What the macro of the field's kind needs: texts in the reader's language, the value as it was typed."""
    question, language = field.question, field.asking.language
    return {
        "name": field.name,
        "id": field.id,
        "label": field.label.text,
        "hint": question.hint.in_language(language) if question.hint else _example(field),
        "value": field.typed,
        "error": field.own[0] if field.own else None,
        "kind": field.kind,
        "choices": field.choices(),
        "unit": field.unit.in_language(language) if field.unit else None,
        "autocomplete": AUTOCOMPLETE.get(question.prefill or "", "off"),
        "inputmode": field.inputmode,
        "required": question.required,
        "ask_if": question.ask_if.source if question.ask_if else None,
        **_beyond(field),
    }


def _beyond(field: AnswerField) -> dict[str, Any]:
    """What only some kinds have: parts, entries, words to declare, an outline to draw."""
    language = field.asking.language
    found: dict[str, Any] = {}
    if field.question.statement is not None:
        found["statement"] = field.question.statement.in_language(language)
    if field.question.pinned:
        found["pinned"] = True
    if field.question.anywhere:
        found["anywhere"] = True
    if isinstance(field, CompoundField):
        found["parts"] = [params(part) for part in field.members]
    if isinstance(field, RowsField):
        found["rows"] = [
            {"number": row.name.rpartition("-")[2], "parts": [params(part) for part in row.members]}
            for row in field.rows
        ]
        found["most"] = field.most
    if isinstance(field, BoundaryField) and field.drawing is not None:
        value = field.drawing
        found["drawing"] = {"points": value.drawn(), "words": show(field.question, value, language)}
    return found


def _example(field: AnswerField) -> str | None:
    question = field.question
    example = example_of(question, field.asking.today)
    if question.kind not in EXPLAINED_BY_EXAMPLE or example is None:
        return None
    words = field.asking.translate(_("例如 %(example)s"))
    return words % {"example": show(question, example, field.asking.language)}


def all_params(form: SectionForm) -> list[dict[str, Any]]:
    """Parameters of every field, with `is_asked`: whether the answers so far call for it."""
    asked = form.asked
    return [{**params(field), "is_asked": field.name in asked, **_called(field, form)} for field in form.fields]


def _called(field: AnswerField, form: SectionForm) -> dict[str, Any]:
    """Which choice on the same page calls for the question: `when` in words, `asked_by` the name of that field and
    `asked_for` what is chosen there. Nothing where none does, or where it is no choice.
    """
    condition = field.question.ask_if
    if condition is None or len(condition.names) != 1:
        return {"when": None}
    (key,) = condition.names
    deciding = next((each for each in form.fields if each.name == key), None)
    if deciding is None:
        return {"when": None}
    answers = {"yes": True, "no": False} if deciding.question.kind is Kind.YES_NO else {}
    calling = {value: label for value, label in deciding.choices() if condition.holds({key: answers.get(value, value)})}
    if not calling:
        return {"when": None}
    translate = field.asking.translate
    values = {"question": deciding.label.text, "answers": translate(_("」或「")).join(calling.values())}
    under = _stands_under(field, deciding, form)
    words = _("选「%(answers)s」时填写") if under else _("「%(question)s」选「%(answers)s」时填写")
    return {"when": translate(words) % values, "asked_by": deciding.name, "asked_for": list(calling)}


def _stands_under(field: AnswerField, deciding: AnswerField, form: SectionForm) -> bool:
    """Whether nothing stands between them but other questions of the same choice."""
    names = [each.name for each in form.fields]
    between = form.fields[names.index(deciding.name) + 1 : names.index(field.name)]
    return all(each.question.ask_if and deciding.name in each.question.ask_if.names for each in between)


def errors(form: SectionForm) -> list[dict[str, str]]:
    """The error summary: words and the id they lead to, in the order of the page."""
    return [{"id": target, "text": words} for field in form.fields for target, words in field.faults]
