"""A chain that could never come to its end, or that would let pass what nobody consented to, is refused at load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import ROOT
from services.catalogue import load
from tests.services.test_check import DECIDE, LOOK, VISIT, review, with_steps
from tests.services.test_reader import ITEM, line_of, problems, write

SHOP = "{key: shop, kind: review, title: {zh: 商, en: Shops}, duty: ZJ, promised: 3 wd, joins_if: use == 'shop'}"
HOME = SHOP.replace("key: shop", "key: home").replace("'shop'", "'home'")
ASKED = LOOK.replace("key: look, kind: review", "key: asked, kind: consultation")
LOW = VISIT.replace("key: visit", "key: low").replace("floors > 6", "floors <= 6")
OTHER = (
    ITEM[: ITEM.index("title_from:")]
    .replace("GC900", "GC901")
    .replace("small-permit", "other")
    .replace("promised: 10 wd", "promised: 4 wd")
    .replace("statutory: 20 wd", "statutory: 6 wd")
)
"""An item that is not online, for a step to stand for."""


def joined(join: str, *steps: str) -> str:
    return with_steps(*steps).replace("join: all", f"join: {join}").replace("steps: [look]", "steps: [decide]")


def standing(words: str) -> str:
    """The item whose review stands for GC901, with these limits."""
    return ITEM.replace(LOOK, LOOK.replace("promised: 3 wd", f"item: GC901, {words}"))


REFUSED = {
    "never joins": (
        with_steps(LOOK, VISIT.replace("floors > 6", "floors < 1")),
        "key: visit",
        "step 'visit' never joins, whatever is answered",
        "mend the condition",
    ),
    "never joins together": (
        with_steps(LOOK, SHOP, VISIT.replace("floors > 6", "use == 'home'").replace("duty", "after: [shop], duty")),
        "key: visit",
        "step 'visit' waits for 'shop', which never takes part together with it",
        "remove it from `after`",
    ),
    "more than can meet": (
        joined("{n_of_m: 2}", SHOP, HOME),
        "join:",
        "2 consents are awaited, and at most 1 of the steps can take part together",
        "await fewer",
    ),
    "any of nobody": (joined("any", SHOP, VISIT), "join:", "shop, visit can all fall away", "always take part"),
    "veto of nobody": (
        joined("{veto: [shop, visit]}", LOOK, SHOP, VISIT),
        "join:",
        "shop, visit can all fall away, and then nobody would have to consent",
        "always take part",
    ),
    "one of nobody": (joined("{n_of_m: 1}", VISIT), "join:", "visit can all fall away", "always take part"),
    "any of nobody, perhaps": (
        joined("any", SHOP, VISIT.replace("floors > 6", "floors > shops")),
        "join:",
        "shop, visit can all fall away",
        "always take part",
    ),
    "any of nobody, by its own join": (
        with_steps(LOOK, SHOP, VISIT).replace(DECIDE, DECIDE.replace("duty", "after: [shop, visit], join: any, duty")),
        "key: decide",
        "shop, visit can all fall away",
        "always take part",
    ),
    "veto of a consultation": (
        joined("{veto: [look, asked]}", LOOK, ASKED),
        "join:",
        "step 'asked' is a consultation, which stops nothing",
        "make it a review",
    ),
    "any of consultations": (
        joined("any", ASKED, ASKED.replace("asked", "heard")),
        "join:",
        "a consent is awaited of consultations, which give none",
        "only heard",
    ),
    "two of one and a consultation": (
        joined("{n_of_m: 2}", LOOK, ASKED),
        "join:",
        "2 outcomes are awaited of 1 steps that can consent",
        "from 1",
    ),
    "any of nobody but a consultation": (
        joined("any", SHOP, ASKED),
        "join:",
        "shop can all fall away, and then nobody would have to consent",
        "always take part",
    ),
    "join without after": (
        ITEM.replace(DECIDE, DECIDE.replace("duty", "join: any, duty")),
        "key: decide",
        "the join of step 'decide' gathers nothing",
        "at the stage before",
    ),
    "waits twice": (
        ITEM.replace(DECIDE, DECIDE.replace("duty", "after: [look, visit, look], join: {n_of_m: 2}, duty")),
        "key: decide",
        "step 'decide' waits for 'look' twice",
        "name it once",
    ),
    "veto from elsewhere": (
        ITEM.replace(DECIDE, DECIDE.replace("duty", "after: [look, visit], join: {veto: [accept]}, duty")),
        "key: decide",
        "no step with a veto here 'accept'",
        "known are look, visit",
    ),
    "longer together": (
        with_steps(LOOK.replace("3 wd", "9 wd"), VISIT),
        "promised: 10 wd",
        "look and decide take 11 wd in turn, longer than promised",
        "promise more for the item",
    ),
    "longer together in calendar days": (
        with_steps(LOOK.replace("3 wd", "14 cd"), VISIT),
        "promised: 10 wd",
        "look and decide take 12 wd in turn",
        "shorten the steps",
    ),
    "longer together inside a stage": (
        with_steps(LOOK.replace("3 wd", "6 wd"), review("second", "look").replace("duty", "promised: 3 wd, duty")),
        "promised: 10 wd",
        "look and second and decide take 11 wd in turn",
        "shorten the steps",
    ),
    "longer together than the law allows": (
        with_steps(LOOK.replace("3 wd", "19 wd"), VISIT).replace("promised: 10 wd", "promised: none"),
        "promised: none",
        "look and decide take 21 wd in turn",
        "shorten the steps",
    ),
    "longer together under a condition": (
        with_steps(LOOK, VISIT.replace("joins_if", "promised: 9 wd, joins_if")),
        "promised: 10 wd",
        "visit and decide take 11 wd in turn",
        "shorten the steps",
    ),
    "longer by law than its item": (
        standing("statutory: 7 wd, promised: 3 wd"),
        "key: look",
        "step 'look' has longer by law than item GC901",
        "statutory limit of that item",
    ),
    "longer than its item promises": (
        standing("promised: 5 wd"),
        "key: look",
        "step 'look' takes longer than item GC901 promises",
        "promised limit of that item",
    ),
    "longer than its item promises in calendar days": (
        standing("promised: 7 cd"),
        "key: look",
        "step 'look' takes longer than item GC901 promises",
        "promised limit of that item",
    ),
}


def folder_with(folder: Path, content: str) -> Path:
    written = write(folder, content)
    (written / "items" / "other.yaml").write_text(OTHER, encoding="utf-8")
    return written


@pytest.mark.parametrize("content, marker, text, remedy", REFUSED.values(), ids=REFUSED.keys())
def test_a_chain_that_cannot_work_is_named_with_line_and_remedy(
    tmp_path: Path, content: str, marker: str, text: str, remedy: str
) -> None:
    found = problems(folder_with(tmp_path, content))
    line = line_of(content, marker)
    assert any(
        (problem.file, problem.line) == ("items/small.yaml", line) and text in problem.text and remedy in problem.remedy
        for problem in found
    ), f"line {line}\n" + "\n".join(map(str, found))


def test_an_item_that_promises_no_time_is_longer_than_law_only_when_it_is(tmp_path: Path) -> None:
    """0 days are for those who choose commitment; the step reviews for the others."""
    same_day = OTHER.replace("promised: 4 wd", "promised: 0").replace("commitment: N", "commitment: Y")
    written = write(tmp_path, standing("promised: 6 wd"))
    (written / "items" / "other.yaml").write_text(same_day, encoding="utf-8")
    assert load(written).item("GC900").is_online
    (written / "items" / "small.yaml").write_text(standing("promised: 7 wd"), encoding="utf-8")
    assert [each.text for each in problems(written)] == ["step 'look' takes longer than the law allows item GC901"]


SOUND = {
    "veto of one of two opposites": joined("{veto: [shop, home]}", LOOK, SHOP, HOME),
    "one of two opposites": joined("any", SHOP, HOME),
    "two of three, one of them perhaps": joined("{n_of_m: 2}", LOOK, review("second", "accept"), SHOP),
    "any beside a consultation": joined("any", LOOK, ASKED),
    "all may fall away": with_steps(SHOP, VISIT).replace("steps: [look]", "steps: [decide]"),
    "steps under opposite conditions, one after the other": with_steps(
        VISIT.replace("joins_if", "promised: 5 wd, joins_if"), LOW.replace("joins_if", "promised: 5 wd, joins_if")
    )
    .replace("steps: [look]", "steps: [decide]")
    .replace(
        "      - {key: low",
        "  - key: second\n    title: {zh: 再审, en: Second}\n    steps:\n      - {key: low",
    ),
    "a condition that compares two answers": with_steps(LOOK, VISIT.replace("floors > 6", "shops > floors")),
}


@pytest.mark.parametrize("content", SOUND.values(), ids=SOUND.keys())
def test_a_chain_that_works_is_not_refused(tmp_path: Path, content: str) -> None:
    assert load(folder_with(tmp_path, content)).item("GC900").is_online


def test_the_example_of_the_document_is_sound(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", (ROOT / "docs" / "chain.md").read_text("utf-8"), re.DOTALL)
    assert example is not None
    start, end = ITEM.index("stages:"), ITEM.index("certificate:")
    content = f"{ITEM[:start]}{example[1]}{ITEM[end:]}".replace("steps: [look]", "steps: [safety]")
    steps = load(write(tmp_path, content)).item("GC900").steps
    assert steps["decide"].after == ("safety", "visit", "advice")
    assert steps["decide"].join.veto == {"safety"}
