"""Steps for two people (双人复核) in the catalogue: read strictly, and kept by revisions."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.catalogue import load
from services.current import catalogue
from services.revision import from_revision, revision_of
from tests.services.test_reader import ITEM, line_of, problems, write

TWO = "two_persons: [look, decide]\n"
FOR_TWO = ITEM.replace("certificate:\n", f"{TWO}certificate:\n")
DEFECTS = {
    "unknown": ("[look, decide]", "[lok]", "there is no step 'lok'", "known are accept, look"),
    "twice": ("[look, decide]", "[look, look]", "step 'look' stands here twice", "keep it once"),
    "issue": ("[look, decide]", "[issue]", "nobody decides step 'issue'", "leave the step out"),
    "no list": ("[look, decide]", "true", "a list is needed here", "- "),
}


@pytest.mark.parametrize("old, new, text, remedy", DEFECTS.values(), ids=DEFECTS.keys())
def test_a_step_that_cannot_be_for_two_is_named_with_line_and_remedy(
    tmp_path: Path, old: str, new: str, text: str, remedy: str
) -> None:
    content = FOR_TWO.replace(old, new)
    assert content != FOR_TWO
    line = line_of(content, "two_persons:")
    found = problems(write(tmp_path, content))
    assert any(each.line == line and text in each.text and remedy in each.remedy for each in found), found


def test_they_come_back_from_the_revision_as_they_were(tmp_path: Path) -> None:
    item = load(write(tmp_path, FOR_TWO)).item("GC900")
    assert [key for key, step in item.steps.items() if step.two_persons] == ["look", "decide"]
    assert from_revision(revision_of(item).content) == item


def test_a_check_on_site_and_a_decision_of_great_risk_are_for_two() -> None:
    assert catalogue().item("MS005").steps["on_site"].two_persons
    assert catalogue().item("GC313").steps["decide"].two_persons
