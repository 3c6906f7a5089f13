"""Projects as data: what the files say holds together, and what is wrong with one is named with its line."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from services.catalogue import Catalogue
from services.item import Handling
from services.problems import CatalogueError
from services.project import FOLDER, load

DATA = load()
PARTS = {part.code: (number, part) for number, stage in DATA.scheme.stages.items() for part in stage.parts}


def test_every_item_stands_in_its_own_stage(catalogue: Catalogue) -> None:
    closing = {stage.closes: number for number, stage in DATA.scheme.stages.items()}
    listed = {code: number for code, (number, _) in PARTS.items()} | closing
    assert {code: catalogue.items[code].construction_stage for code in listed} == listed


def test_the_catalogue_has_one_more_item_that_stands_for_another(catalogue: Catalogue) -> None:
    """Stage 3 is the joint case itself; a permit in the countryside stands for the one in town."""
    permit = catalogue.items["GC303"]
    assert permit.handling is Handling.JOINT
    joint = {step.item_code for step in permit.steps.values() if step.item_code}
    staged = {code for code, item in catalogue.items.items() if item.construction_stage}
    assert staged - joint - set(PARTS) - {stage.closes for stage in DATA.scheme.stages.values()} == {"GC203"}


def test_what_waits_for_another_names_it_among_its_stage() -> None:
    strangers = [
        (code, other) for code, (number, part) in PARTS.items() for other in part.after if PARTS[other][0] != number
    ]
    assert strangers == []


@pytest.mark.parametrize("name", DATA.profiles)
def test_conditions_speak_of_traits_that_every_profile_has(name: str, catalogue: Catalogue) -> None:
    traits = set(DATA.profiles[name].traits)
    conditions = [each for _, part in PARTS.values() for each in (part.joins_if, part.promise_if)]
    conditions += [special.happens_if for special in DATA.scheme.special.values()]
    assert {word for each in conditions if each for word in each.names} <= traits
    joining = [step.joins_if for step in catalogue.items["GC303"].steps.values()]
    assert {word for each in joining if each for word in each.names} <= traits


def test_a_promise_on_a_condition_says_when_it_holds(catalogue: Catalogue) -> None:
    conditional = {code for code in PARTS if "(" in (catalogue.items[code].commitment or "")}
    assert {code for code in conditional if PARTS[code][1].promise_if is None} == set()


def test_what_is_drawn_comes_in_its_shares() -> None:
    profile = DATA.profiles["average"]
    drawn = [profile.drawn(Random(number)) for number in range(2000)]
    share = sum(traits["disturbs_soil"] is True for traits in drawn) / len(drawn)
    assert share == pytest.approx(0.6, abs=0.04)
    assert {traits["category"] for traits in drawn} == {"government_building", "private", "private_small", "industry"}


@pytest.mark.parametrize(
    "file, old, new, said",
    [
        ("profiles/average.yaml", "needs_new_land: 0.8", "needs_new_land: 1.8", "1.8 is no share"),
        ("profiles/average.yaml", "about:", "abuot:", "unknown key 'abuot'"),
        ("profiles/small.yaml", "{private_small: 1}", "{private_small: 0}", "no value has any weight"),
        ("assumptions.yaml", "[0.5, 1, 2.5]", "[2.5, 1, 0.5]", "no three numbers in order"),
        ("assumptions.yaml", "commitment_uptake: 0.8", "commitment_uptake: often", "a number is needed here"),
        ("construction.yaml", "{if: needs_new_land,", "{if: needs_new_land +,", "cannot be read"),
        ("construction.yaml", "closes: GC108", "closed: GC108", "key 'closes' is missing"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "projects"))
    content = (folder / file).read_text("utf-8")
    assert old in content
    (folder / file).write_text(content.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError) as refused:
        load(folder)
    assert any(problem.file == f"projects/{file}" and said in problem.text for problem in refused.value.problems)
