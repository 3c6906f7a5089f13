"""Checklists (审查要点) of the catalogue: read strictly, kept by revisions, and there where many apply."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.catalogue import load
from services.current import catalogue
from services.item import Point, StepKind, Text
from services.revision import from_revision, revision_of
from tests.services.test_reader import ITEM, line_of, problems, write

LIST = """\
checklists:
  - step: look
    points:
      - {key: plan, words: {zh: 图齐全, en: The plan is there}, about: 图}
      - {key: height, words: {zh: 层数合适, en: Height fits}, about: floors, basis: 《某法》第1条, required: false}
"""
CHECKED = ITEM.replace("certificate:\n", f"{LIST}certificate:\n")
DEFECTS = {
    "step": ("step: look", "step: lok", "- step:", "there is no step 'lok'", "known are accept, look"),
    "issue": ("step: look", "step: issue", "- step:", "nobody ticks a checklist", "remove it"),
    "twice": ("key: height", "key: plan", "{key: plan, words: {zh: 层", "point 'plan' stands here twice", "rename"),
    "key": ("key: height", "key: Height", "{key: Height", "cannot be the key of a point", "small letters"),
    "about": ("about: floors", "about: flors", "{key: height", "'flors'", "write 'floors'"),
    "ground": (", about: 图}", "}", "{key: plan, words", "nothing says what point 'plan' rests on", "basis"),
    "not seen": (
        "step: look",
        "step: visit",
        "{key: plan, words",
        "step 'visit' does not see the material 'plan'",
        "add",
    ),
    "English": ("{zh: 图齐全, en: The plan is there}", "图齐全", "{key: plan, words", "has no English", "en: "),
    "unknown": ("required: false", "require: false", "{key: height", "unknown key 'require'", "write 'required'"),
    "two lists": (LIST, LIST + "  - {step: look, points: []}\n", "- {step: look", "twice", "into one"),
}


@pytest.mark.parametrize("old, new, marker, text, remedy", DEFECTS.values(), ids=DEFECTS.keys())
def test_a_checklist_that_is_wrong_is_named_with_line_and_remedy(
    tmp_path: Path, old: str, new: str, marker: str, text: str, remedy: str
) -> None:
    content = CHECKED.replace(old, new)
    assert content != CHECKED
    found = problems(write(tmp_path, content))
    line = line_of(content, marker)
    assert any(each.line == line and text in each.text and remedy in each.remedy for each in found), (
        f"line {line}\n" + "\n".join(map(str, found))
    )


def test_points_come_back_from_the_revision_as_they_were(tmp_path: Path) -> None:
    item = load(write(tmp_path, CHECKED)).item("GC900")
    assert item.steps["look"].checklist == (
        Point("plan", Text("图齐全", "The plan is there"), about="plan"),
        Point("height", Text("层数合适", "Height fits"), "《某法》第1条", "floors", required=False),
    )
    assert item.steps["accept"].checklist == ()
    assert from_revision(revision_of(item).content) == item


def test_every_review_of_the_construction_permit_and_of_stage_three_has_its_checklist() -> None:
    for item in catalogue().items.values():
        if item.construction_stage == 3:
            kinds = {step.kind for step in item.steps.values() if step.checklist}
            assert kinds, item.code
    permit = catalogue().item("construction-permit")
    assert all(step.checklist for step in permit.steps.values() if step.kind is not StepKind.ISSUE)
    assert sum(any(step.checklist for step in item.steps.values()) for item in catalogue().items.values()) >= 20


def test_no_point_rests_on_a_law_that_its_item_does_not_name() -> None:
    """Nobody invents law: each basis is that of the item, of the step, or of a rule that its file names."""
    for item in catalogue().items.values():
        for step in item.steps.values():
            named = " ".join((*item.basis, step.basis, "《建筑法》第34条" if item.code == "GC303" else ""))
            for point in step.checklist:
                law = point.basis.partition("》")[0]
                assert law in named, (item.code, point.key, point.basis)
