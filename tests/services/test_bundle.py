"""Bundles: what their files may say, which items follow from the answers, and what is carried over."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from services.answers import Address, Value
from services.bundle import Bundle, answers_of, carried, read_bundle
from services.bundle_check import check_bundle
from services.catalogue import FOLDER, Catalogue, load
from services.problems import CatalogueError, Problem
from services.reader import compose

RETIRE = """\
slug: retire
name: {zh: 退休, en: Retire}
scope: {zh: 一起办。, en: All together.}
audience: P
questions:
  - {key: born, kind: date, label: {zh: 出生日期, en: Date of birth}, example: today - 22100}
  - {key: has_fund, kind: yes_no, label: {zh: 有公积金吗, en: Is there a fund}, example: true}
  - {key: home, kind: address, label: {zh: 住址, en: Address}, example: {region: "510104", detail: 示例路 1 号}}
items:
  - item: MS046
    answers: {household: home}
  - item: MS054
    settled: {reason: first}
  - item: MS061
    needed_if: has_fund
    when: {zh: 有公积金的, en: If there is a fund}
"""


def read(catalogue: Catalogue, content: str) -> tuple[Bundle, list[Problem]]:
    page, node = compose(content, "bundles/retire.yaml")
    bundle = read_bundle(page, node)
    return bundle, page.problems or check_bundle(bundle, page, catalogue.items, catalogue.regions)


def test_the_bundle_of_these_tests_is_sound(catalogue: Catalogue) -> None:
    bundle, problems = read(catalogue, RETIRE)
    assert problems == []
    assert bundle.free == ("MS046", "MS054")


DEFECTS = {
    "unknown key": ("audience: P", "audiense: P", "audiense", "unknown key 'audiense'"),
    "slug": ("slug: retire", "slug: Re_tire", "slug", "cannot stand in an address"),
    "no English": ("{zh: 退休, en: Retire}", "退休", "name:", "has no English"),
    "unknown item": ("item: MS054", "item: MS999", "item: MS999", "no item 'MS999'"),
    "unknown guide": ("audience: P", "audience: P\nalso: [MS998]", "also:", "no item 'MS998'"),
    "item twice": ("item: MS054", "item: MS046", "MS046", "stands here twice"),
    "wrong audience": ("item: MS054", "item: MS005", "item: MS005", "whom the bundle is for"),
    "strange condition": ("needed_if: has_fund", "needed_if: has_funds", "item: MS061", "'has_funds'"),
    "condition that is none": ("needed_if: has_fund", "needed_if: has fund", "needed_if", "cannot be read"),
    "no words": ("    when: {zh: 有公积金的, en: If there is a fund}\n", "", "item: MS061", "only one of needed_if"),
    "strange question": ("household: home", "house: home", "item: MS046", "one of the two is not asked"),
    "another kind": ("household: home", "household: born", "item: MS046", "may be none to 'household'"),
    "strange settled": ("reason: first", "raison: first", "item: MS054", "does not ask 'raison'"),
    "wrong settled": ("reason: first", "reason: best", "item: MS054", "settled by no answer"),
    "no example": (", example: true", "", "key: has_fund", "has no example"),
    "unknown region": ('"510104"', '"999999"', "key: home", "wrong answer"),
    "no list": ("{reason: first}", "reason", "settled", "questions of the item are needed here"),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_every_mistake_is_named_with_its_line(catalogue: Catalogue, name: str) -> None:
    right, wrong, where, words = DEFECTS[name]
    content = RETIRE.replace(right, wrong)
    assert content != RETIRE
    _bundle, problems = read(catalogue, content)
    lines = {number for number, line in enumerate(content.splitlines(), 1) if where in line}
    assert [one for one in problems if words in one.text and one.line in lines], problems
    assert all(one.file == "bundles/retire.yaml" and one.remedy for one in problems)


def test_a_question_that_leads_nowhere_is_named(catalogue: Catalogue) -> None:
    asked = "  - {key: colour, kind: text, label: {zh: 颜色, en: Colour}, max_length: 5, example: 红}\nitems:\n"
    _bundle, problems = read(catalogue, RETIRE.replace("items:\n", asked))
    assert [(one.line, one.text) for one in problems] == [(9, "nothing follows from the answer to 'colour'")]


def test_two_files_cannot_have_one_slug(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "services", ignore=shutil.ignore_patterns("*.py"))
    shutil.copy(folder / "bundles" / "retire.yaml", folder / "bundles" / "retire-again.yaml")
    with pytest.raises(CatalogueError) as caught:
        load(folder)
    assert [(one.file, one.line) for one in caught.value.problems] == [("bundles/retire.yaml", 1)]


def test_what_is_asked_once_stands_in_every_item_that_asks_it(catalogue: Catalogue) -> None:
    bundle, _problems = read(catalogue, RETIRE)
    home, born = Address("510104", "示例路 1 号"), date(1960, 1, 1)
    answers: dict[str, Value] = {"born": born, "has_fund": False, "home": home, "chosen": ("MS054",)}
    assert [part.item for part in bundle.needed(answers)] == ["MS054"]
    assert [part.item for part in bundle.needed({**answers, "has_fund": True})] == ["MS054", "MS061"]
    pension, card, _fund = bundle.parts
    assert carried(pension, catalogue.items["MS046"], bundle) == {"born": "born", "household": "home"}
    given = answers_of(card, catalogue.items["MS054"], bundle, answers)
    assert given == {"born": born, "home": home, "reason": "first"}
