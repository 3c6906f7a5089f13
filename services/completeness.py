"""Whether the answers so far are whole: every question that is asked answered, every rule held."""

from __future__ import annotations

from datetime import date

from services.answers import Answers, is_asked, relevant
from services.item import Item, Section


def is_complete(section: Section, answers: Answers, today: date) -> bool:
    """`answers` are those that count (services.answers.relevant). A rule whose answers are not all there is held."""
    answered = all(
        question.key in answers for question in section.questions if question.required and is_asked(question, answers)
    )
    return answered and not any(rule.is_broken(answers, today) for rule in section.rules)


def open_sections(item: Item, answers: Answers, today: date) -> list[str]:
    """Keys of the sections that are asked and not complete."""
    counted = relevant(item, answers)
    return [
        section.key
        for section in item.sections
        if is_asked(section, counted) and not is_complete(section, counted, today)
    ]
