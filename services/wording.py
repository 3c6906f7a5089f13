"""Texts with places to fill in: `地上 {floors} 层`, `共 {end - start + 1} 天`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from services.answers import Answers, masked, show, show_date, show_number
from services.compounds import Compound, Rows
from services.conditions import Condition, ConditionError
from services.item import Item, Text

PLACE = re.compile(r"\{([^{}]*)\}")
NOTHING = "—"


def placeholders(wording: str) -> list[Condition]:
    """The expressions in the wording. Raises ConditionError where one cannot be read or a brace stands alone."""
    if "{" in PLACE.sub("", wording) or "}" in PLACE.sub("", wording):
        raise ConditionError("a brace stands alone; write {key of a question} or {end - start + 1}")
    return [Condition.parse(source) for source in PLACE.findall(wording)]


def fill(wording: str, item: Item, answers: Answers, language: str, regions: Mapping[str, Text] | None = None) -> str:
    """The wording with its places filled. What was not answered shows as a dash, never as an empty place."""

    def filled(place: re.Match[str]) -> str:
        source = place[1].strip()
        if question := item.questions.get(source):
            is_compound = isinstance(answers.get(source), Compound | Rows)
            return (
                show(question, answers[source], language, regions, is_masked=is_compound)
                if source in answers
                else NOTHING
            )
        match Condition.parse(source).value(answers):
            case Decimal() as number:
                return show_number(number)
            case date() as day:
                return show_date(day, language)
            case str() as text:
                return text
        return NOTHING

    return PLACE.sub(filled, wording)


def certificate_lines(
    item: Item, answers: Answers, language: str, regions: Mapping[str, Text] | None = None
) -> tuple[tuple[str, str, str], ...]:
    """Key, label and value of every field of the certificate, in order; nothing for an item without certificate."""
    if item.certificate is None:
        return ()
    wordings = dict(item.certificate.values)
    lines = []
    for key, label in item.certificate.fields:
        wording = wordings[key].in_language(language) if key in wordings else f"{{{key}}}"
        value = fill(wording, item, answers, language, regions)
        lines.append((key, label.in_language(language), masked(value) if key in item.certificate.masked else value))
    return tuple(lines)
