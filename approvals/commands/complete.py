"""Whether a draft is complete: every question that is asked answered, every rule held, every material there."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commitments.signed import deferrals
from approvals.errors import AnswersIncomplete
from approvals.records.application import Application
from approvals.records.fold import day_of_judging, item_of
from services.answers import Value, load, relevant, required_materials
from services.completeness import open_sections


def gaps(application: Application, at: Moment) -> tuple[list[str], list[str]]:
    """Keys of the sections and of the materials in which something is missing or wrong."""
    item = item_of(application)
    answers = relevant(item, load(item, application.draft["answers"]))
    sections = open_sections(item, answers, day_of_judging(application, at))
    present = {
        material.key
        for material in application.materials
        if material.removed_at is None and material.file.scan != "infected"
    }
    may_follow = deferrals(application, answers)
    materials = [
        material.key
        for material, is_required in required_materials(item, answers)
        if is_required and material.source == "upload" and material.key not in present | may_follow.keys()
    ]
    return sections, materials


def complete_answers(application: Application, at: Moment) -> dict[str, Value]:
    """The answers that count, or AnswersIncomplete naming what is missing."""
    sections, materials = gaps(application, at)
    if sections or materials:
        raise AnswersIncomplete(sections=sections, materials=materials)
    item = item_of(application)
    return relevant(item, load(item, application.draft["answers"]))
