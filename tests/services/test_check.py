"""An item that is not sound is refused before anybody can apply for it, with line and remedy."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from services.catalogue import Catalogue, load
from services.item import ANSWERED, Handling, Limit, Unit
from services.revision import from_revision, revision_of
from tests.services.test_reader import ITEM, line_of, problems, write

LOOK = "{key: look, kind: review, title: {zh: 审, en: Look}, duty: ZJ, promised: 3 wd}"
VISIT = "{key: visit, kind: on_site, title: {zh: 查, en: Visit}, duty: SC, level: district, joins_if: floors > 6}"
ACCEPT = "{key: accept, kind: acceptance, title: {zh: 受理, en: Acceptance}, duty: ZJ, statutory: 5 wd, promised: 1 wd}"
DECIDE = "{key: decide, kind: decision, title: {zh: 决定, en: Decision}, duty: ZJ, statutory: 20 wd, promised: 2 wd}"
ISSUE = "{key: issue, kind: issue, title: {zh: 发证, en: Issue}, duty: ZJ, statutory: 10 wd, promised: 1 wd}"

DEFECTS = {
    "code": ("code: GC900", "code: gc9", "code: gc9", "has another form", "two capitals"),
    "slug": ("slug: small-permit", "slug: Small Permit", "slug:", "cannot stand in an address", "small letters"),
    "department": (
        "department: ZJ",
        "department: ZK",
        "department: ZK",
        "no department 'ZK'",
        "known are SC, SC-510104, ZJ",
    ),
    "theme": ("theme: building", "theme: bilding", "theme:", "no theme 'bilding'", "write 'building'"),
    "title question": ("title_from: title", "title_from: titel", "title_from:", "no question 'titel'", "write 'title'"),
    "district question": (
        "district_from: site",
        "district_from: floors",
        "district_from:",
        "an address only",
        "kind addr",
    ),
    "promised over statutory": (
        "promised: 10 wd",
        "promised: 30 wd",
        "promised: 30",
        "more time is promised",
        "at most",
    ),
    "promised over calendar days": (
        "statutory: 20 wd\npro",
        "statutory: 9 cd\npro",
        "promised: 10",
        "more time",
        "at most",
    ),
    "zero days": ("promised: 10 wd", "promised: 0", "promised: 0", "for instant items", "at least 1"),
    "half days": ("promised: 10 wd", "promised: 0.5 wd", "promised: 0.5", "for instant items", "whole days"),
    "part of a day": ("promised: 10 wd", "promised: 1.5 wd", "promised: 1.5", "for instant items", "whole days"),
    "licence accepted at leisure": ("statutory: 5 wd, ", "", "{key: accept,", "第32条", "write statutory: 5 wd"),
    "licence accepted late": ("statutory: 5 wd", "statutory: 6 wd", "{key: accept,", "第32条", "write statutory: 5 wd"),
    "licence handed over at leisure": ("statutory: 10 wd, ", "", "{key: issue,", "第44条", "write statutory: 10 wd"),
    "zero by law": ("statutory: 20 wd\npro", "statutory: 0\npro", "statutory: 0", "for instant items", "at least 1"),
    "zero days of a step": ("promised: 3 wd", "promised: 0", "key: look", "for instant items", "at least 1"),
    "step over its item": ("promised: 3 wd", "promised: 11 wd", "key: look", "longer than its item", "shorten"),
    "step over its law": ("20 wd, promised: 2 wd", "1 wd, promised: 2 wd", "key: decide", "more time is promised", ""),
    "doubled question": (
        "- key: site\n",
        "- key: title\n",
        "- key: title\n        kind: addr",
        "two questions",
        "rename",
    ),
    "keyword as key": ("- key: shops", "- key: class", "- key: class", "cannot be used", "small letters"),
    "unknown question": ('use == "shop"', 'uze == "shop"', "ask_if:", "no question 'uze'", "write 'use'"),
    "later question": ('use == "shop"', "later", "ask_if:", "no question 'later'", ""),
    "question of itself": (
        'use == "shop"',
        "shops > 1",
        "ask_if:",
        "'shops', which is asked later",
        "ask that question",
    ),
    "address compared": ('use == "shop"', "site == 1", "ask_if:", "no condition can compare", "yes or no"),
    "one choice": (
        "          - {value: shop, label: {zh: 商业, en: Shops}}\n",
        "",
        "- key: use",
        "leaves no choice",
        "two",
    ),
    "doubled choice": ("value: shop", "value: home", "choices:", "'home' is given twice", "rename"),
    "choices of a text": (
        "max_length: 20",
        "choices: [{value: a, label: {zh: 一, en: a}}]",
        "choices:",
        "only kinds",
        "rem",
    ),
    "length of a number": ("minimum: 1", "max_length: 1", "max_length: 1", "a length is for texts", "remove"),
    "bounds of a text": ("max_length: 20", "minimum: 20", "- key: title", "only numbers", "remove"),
    "bounds exchanged": ("minimum: 1", "minimum: 300", "minimum: 300", "above the maximum", "exchange"),
    "unit of a text": ("max_length: 20", "unit: {zh: 字, en: x}", "unit:", "only numbers have a unit", "remove"),
    "places of a text": ("max_length: 20", "decimals: 2", "decimals:", "places after the point", "remove"),
    "unknown prefill": ("max_length: 20", "prefill: account.nam", "prefill:", "'account.nam'", "write 'account.name'"),
    "no example": ("        example: 22\n", "", "- key: floors", "has no example", "add `example"),
    "example too long": (
        "example: 示例工程",
        f"example: {'长' * 21}",
        "example: 长",
        "wrong answer: longer",
        "accepts",
    ),
    "example out of bounds": ("example: 22", "example: 222", "example: 222", "wrong answer: above 200", "accepts"),
    "example below bounds": ("example: 22", "example: 0", "example: 0", "wrong answer: below 1", "accepts"),
    "example no choice": ("example: home", "example: farm", "example: farm", "'farm' is no choice", "accepts"),
    "example elsewhere": (
        'region: "510104", detail',
        'region: "510999", detail',
        "example: {",
        "unknown region",
        "accepts",
    ),
    "identity number": (
        "kind: text\n        label: {zh: 名称, en: Name}\n        max_length: 20\n        example: 示例工程",
        'kind: identity_number\n        label: {zh: 号, en: Number}\n        example: "510104199001010018"',
        "510104199001010018",
        "wrong answer: check_digit",
        "accepts",
    ),
    "credit code": (
        "kind: text\n        label: {zh: 名称, en: Name}\n        max_length: 20\n        example: 示例工程",
        "kind: credit_code\n        label: {zh: 号, en: Number}\n        example: 91510104DM0000001B",
        "91510104DM0000001B",
        "wrong answer: check_digit",
        "accepts",
    ),
    "empty section": (
        ITEM[ITEM.index("    questions:") : ITEM.index("    rules:")],
        "    questions: []\n",
        "- key: works",
        "asks nothing",
        "add",
    ),
    "rule elsewhere": ("at: shops", "at: works", "- holds:", "no question of section 'works' 'works'", ""),
    "rule broken by its examples": (
        "shops <= floors",
        "shops > floors",
        "- holds:",
        "the examples break",
        "on any day",
    ),
    "question called today": ("- key: shops", "- key: today", "- key: today", "the day itself", "rename"),
    "asked by the day": ('use == "shop"', "today > 1", "ask_if:", "only a rule may speak of today", "rules"),
    "rule on nothing": ("shops <= floors", "shops <= floor", "- holds:", "no question 'floor'", "write 'floors'"),
    "material offered by an unknown answer": (
        "steps: [look]",
        "steps: [look], offered_if: floor > 3",
        "key: plan",
        "no question 'floor'",
        "write 'floors'",
    ),
    "material offered by an address": (
        "steps: [look]",
        "steps: [look], offered_if: site == 1",
        "key: plan",
        "no condition can compare",
        "yes or no",
    ),
    "material never offered": (
        "steps: [look]",
        "steps: [look], offered_if: 1 > 2",
        "key: plan",
        "material 'plan' is never offered",
        "remove the material",
    ),
    "material asked for on no page": (
        "steps: [look]",
        "steps: [look], asked_in: work",
        "key: plan",
        "no section 'work'",
        "write 'works'",
    ),
    "file asked for that nobody uploads": (
        "steps: [look]",
        "steps: [look], source: shared, asked_in: works",
        "key: plan",
        "no page asks for its file",
        "source: upload",
    ),
    "pinned is no address": (
        "kind: number\n        label: {zh: 层数",
        "kind: number\n        pinned: true\n        label: {zh: 层数",
        "pinned: true",
        "only an address is pinned",
        "kind point",
    ),
    "anywhere is no address": (
        "kind: number\n        label: {zh: 层数",
        "kind: number\n        anywhere: true\n        label: {zh: 层数",
        "anywhere: true",
        "only an address may lie anywhere",
        "remove it",
    ),
    "pinned outside the city": (
        'kind: address\n        label: {zh: 地址, en: Site}\n        example: {region: "510104", detail: 示例路 1 号}',
        (
            "kind: address\n        pinned: true\n        label: {zh: 地址, en: Site}\n"
            '        example: {region: "510104", detail: 示例路 1 号, longitude: 116.4, latitude: 39.9}'
        ),
        "example: {region",
        "its place is outside the city",
        "write an answer",
    ),
    "material of no step": ("steps: [look]", "steps: [loook]", "key: plan", "no step 'loook'", "write 'look'"),
    "unknown format": ("formats: [pdf, dxf]", "formats: [pdf, docx]", "key: plan", "no format 'docx'", ""),
    "unknown duty": (
        "duty: ZJ, promised: 3",
        "duty: ZZ, promised: 3",
        "key: look",
        "no department 'ZZ'",
        "known are SC, ZJ",
    ),
    "unknown level": ("duty: ZJ, promised: 3", "duty: ZJ, level: street, promised: 3", "key: look", "at level", "city"),
    "district of nowhere": ("district_from: site\n", "", "key: visit", "nothing says which district", "district_from"),
    "unknown item": (
        "duty: ZJ, promised: 3",
        "duty: ZJ, item: GC999, promised: 3",
        "key: look",
        "no item 'GC999'",
        "GC900",
    ),
    "step joins on nothing": (
        "joins_if: floors > 6",
        "joins_if: floor > 6",
        "key: visit",
        "no question 'floor'",
        "floors",
    ),
    "step never joins": ("joins_if: floors > 6", "joins_if: 1 > 6", "key: visit", "never joins", "remove the step"),
    "doubled step": ("key: visit", "key: look", "key: look, kind: on_site", "two steps with the key 'look'", "rename"),
    "doubled stage": (
        "- key: review",
        "- key: decision",
        "- key: decision\n    title: {zh: 决定",
        "two stages",
        "rename",
    ),
    "too many awaited": ("join: all", "join: {n_of_m: 3}", "join:", "3 outcomes are awaited of 2", "from 1"),
    "none awaited": ("join: all", "join: {n_of_m: 0}", "join:", "0 outcomes are awaited", "from 1"),
    "veto of nobody": ("join: all", "join: {veto: []}", "join:", "nobody holds the veto", "at least one"),
    "veto of an unknown step": (
        "join: all",
        "join: {veto: [lok]}",
        "join:",
        "no step with a veto here 'lok'",
        "'look'",
    ),
    "no acceptance": ("kind: acceptance", "kind: review", "stages:", "0 steps of kind acceptance", "exactly one"),
    "no decision": ("kind: decision", "kind: review", "stages:", "0 steps of kind decision", "exactly one"),
    "no issue": ("kind: issue", "kind: review", "stages:", "0 steps of kind issue", "exactly one"),
    "two decisions": (
        "kind: review, title: {zh: 审",
        "kind: decision, title: {zh: 审",
        "stages:",
        "2 steps of kind",
        "one",
    ),
    "conditional decision": (
        DECIDE,
        DECIDE.replace("}", "", 1).replace("duty", "joins_if: floors > 1, duty").replace("Decision,", "Decision},"),
        "key: decide",
        "must always take part",
        "remove",
    ),
    "after an unknown step": (
        LOOK,
        LOOK.replace("duty", "after: [acept], duty"),
        "key: look",
        "no step 'acept'",
        "accept",
    ),
    "issue before the decision": (
        ISSUE,
        ISSUE.replace("duty", "after: [look], duty"),
        "{key: issue",
        "before the decision",
        "",
    ),
    "review before acceptance": (
        ACCEPT,
        f"{ACCEPT}\n      - {LOOK.replace('look', 'peek')}",
        "key: peek",
        "not wait for acc",
        "later stage",
    ),
    "relies on nothing": (
        LOOK,
        LOOK.replace("duty", "relies_on: [flors], duty"),
        "key: look",
        "no question 'flors'",
        "floors",
    ),
    "relies on it twice": (
        LOOK,
        LOOK.replace("duty", "relies_on: [floors, floors], duty"),
        "key: look",
        "'floors' stands here twice",
        "keep it once",
    ),
    "relies without an opinion": (
        DECIDE,
        DECIDE.replace("duty", "relies_on: [floors], duty"),
        "key: decide",
        "gives no opinion",
        "remove relies_on",
    ),
    "no time for a later round": (
        LOOK,
        LOOK.replace("duty", "round_limit: 0, duty"),
        "key: look",
        "a limit of whole days",
        "at least 1",
    ),
    "longer for a later round": (
        LOOK,
        LOOK.replace("duty", "round_limit: 4 wd, duty"),
        "key: look",
        "takes longer than the first",
        "what is promised",
    ),
    "longer in another unit": (
        "statutory: 20 wd\npromised: 10 wd",
        "statutory: 20 wd\npromised: 10 wd\nround_limit: 10 cd",
        "key: look",
        "longer for a later round",
        "of its own",
    ),
    "item without a later round": (
        "promised: 10 wd",
        "promised: 10 wd\nround_limit: none",
        "round_limit",
        "a limit of whole days",
        "remove the line",
    ),
    "certificate of nothing": (
        "{key: title, label: {zh: 工程名称",
        "{key: titel, label: {zh: 工程名称",
        "key: titel",
        "'titel'",
        "title",
    ),
    "value of nothing": ('zh: "{floors} 层"', 'zh: "{flors} 层"', "key: size", "no question 'flors'", "floors"),
    "certificate never valid": (
        "template: licence",
        "template: licence\n  valid_years: 0",
        "valid_years",
        "never be valid",
        "1",
    ),
    "masked name": (
        "{key: title, label: {zh: 工程名称, en: Works}}",
        "{key: title, label: {zh: 工程名称, en: Works}, masked: true}",
        "key: title, label: {zh: 工程名称, en: Works}, masked",
        "only a number can be masked",
        "identity number",
    ),
    "masked wording": (
        "{key: size, label: {zh: 规模, en: Size}, value",
        "{key: size, label: {zh: 规模, en: Size}, masked: true, value",
        "key: size",
        "only a number can be masked",
        "without `value`",
    ),
    "no English": (
        "label: {zh: 层数, en: Floors}",
        "label: 层数",
        "label: 层数",
        "'层数' has no English",
        "{zh: …, en: …}",
    ),
}


@pytest.mark.parametrize("old, new, marker, text, remedy", DEFECTS.values(), ids=DEFECTS.keys())
def test_what_is_not_sound_is_named_with_line_and_remedy(
    tmp_path: Path, old: str, new: str, marker: str, text: str, remedy: str
) -> None:
    assert old in ITEM
    content = ITEM.replace(old, new, 1)
    found = problems(write(tmp_path, content))
    line = line_of(content, marker) if "\n" not in marker else content[: content.index(marker)].count("\n") + 1
    assert any(problem.line == line and text in problem.text and remedy in problem.remedy for problem in found), (
        f"line {line}\n" + "\n".join(map(str, found))
    )


def with_steps(*steps: str) -> str:
    """The item with these lines as the steps of its review stage."""
    review = f"      - {LOOK}\n      - {VISIT}\n"
    return ITEM.replace(review, "".join(f"      - {step}\n" for step in steps))


def review(key: str, *after: str) -> str:
    return f"{{key: {key}, kind: review, title: {{zh: 审, en: Look}}, duty: ZJ, after: [{', '.join(after)}]}}"


def texts(folder: Path, content: str) -> str:
    return "\n".join(problem.text for problem in problems(write(folder, content)))


def test_steps_that_wait_for_each_other_are_named(tmp_path: Path) -> None:
    found = texts(tmp_path, with_steps(review("look", "two"), review("two", "three"), review("three", "look")))
    assert "step 'look' waits for itself through look, three, two" in found
    assert "step 'decide' can never be reached" in found


def test_a_step_that_waits_for_itself_is_named(tmp_path: Path) -> None:
    assert "step 'look' waits for itself" in texts(tmp_path, with_steps(review("look", "look")))


def test_an_outcome_that_nobody_waits_for_is_named(tmp_path: Path) -> None:
    content = ITEM.replace(DECIDE, DECIDE.replace("duty", "after: [look], duty"))
    assert "nobody waits for the outcome of step 'visit'" in texts(tmp_path, content)


def test_steps_may_wait_for_each_other_inside_a_stage(tmp_path: Path) -> None:
    content = with_steps(LOOK, review("second", "look"))
    assert load(write(tmp_path, content)).item("GC900").steps["second"].after == ("look",)


def test_an_instant_item_may_take_no_time_and_needs_no_acceptance(tmp_path: Path) -> None:
    start, end = ITEM.index("  - key: acceptance"), ITEM.index("  - key: decision")
    content = ITEM[:start] + ITEM[end:]
    content = content.replace("handling: promised", "handling: instant").replace("promised: 10 wd", "promised: 0")
    content = content.replace("statutory: 20 wd, promised: 2 wd", "statutory: 0, promised: 0").replace(
        "[look]", "[decide]"
    )
    content = content.replace("statutory: 10 wd, promised: 1 wd", "statutory: 10 wd, promised: 0")
    content = content.replace("promised: 0", "promised: 0.5 wd", 1)
    assert load(write(tmp_path, content)).item("GC900").is_online


def test_a_commitment_first_item_may_promise_the_same_day(tmp_path: Path) -> None:
    facts_only = ITEM[: ITEM.index("title_from:")].replace("commitment: N", "commitment: Y")
    assert not load(write(tmp_path, facts_only.replace("promised: 10 wd", "promised: 0"))).item("GC900").is_online


def test_a_step_has_the_round_limit_of_its_item_but_never_more_than_it_promises(tmp_path: Path) -> None:
    content = ITEM.replace("promised: 10 wd", "promised: 10 wd\nround_limit: 2 wd", 1)
    content = content.replace(LOOK, LOOK.replace("duty", "round_limit: 3 wd, duty"))
    steps = load(write(tmp_path, content)).item("GC900").steps
    assert steps["look"].round_limit == Limit(Decimal(3))
    assert steps["decide"].round_limit == Limit(Decimal(2))
    assert steps["accept"].round_limit == Limit(Decimal(1))
    assert steps["issue"].round_limit is None


def test_where_nobody_says_it_a_later_round_has_half_of_the_first_in_whole_days(tmp_path: Path) -> None:
    content = ITEM.replace(DECIDE, DECIDE.replace("promised: 2 wd", "promised: 4 cd"))
    item = load(write(tmp_path, content)).item("GC900")
    assert item.steps["look"].round_limit == Limit(Decimal(2)), "of three days"
    assert item.steps["decide"].round_limit == Limit(Decimal(2), Unit.CALENDAR_DAYS)
    assert item.steps["accept"].round_limit == Limit(Decimal(1)), "a whole day at least"
    assert item.steps["visit"].round_limit is None, "nothing is promised"
    assert item.steps["issue"].round_limit is None, "nobody asks it again"
    assert from_revision(revision_of(item).content) == item


@pytest.mark.parametrize("own", ["round_limit: 1 wd", "round_limit: 3 wd"])
def test_what_a_step_says_of_its_later_rounds_is_left(tmp_path: Path, own: str) -> None:
    item = load(write(tmp_path, ITEM.replace(LOOK, LOOK.replace("duty", f"{own}, duty")))).item("GC900")
    assert item.steps["look"].round_limit == Limit(Decimal(own[13]))


def test_every_step_that_may_be_asked_again_promises_a_later_round(catalogue: Catalogue) -> None:
    for item in catalogue.items.values():
        for step in item.steps.values():
            is_dated = item.handling is not Handling.INSTANT and (step.promised.days or 0) >= 1
            assert (step.round_limit is not None) == (is_dated and step.kind in ANSWERED), f"{item.code} {step.key}"


TERMS = """\
commitment_terms:
  allowed_if: floors > 1
  when: {zh: 多层的, en: Several floors}
  notice:
    version: "1"
    text: {zh: 告知, en: Notice}
    promises: [{zh: 我承诺, en: I promise}]
  deferred:
    - {material: plan, within: 5 wd}
  verified:
    - {key: site, what: {zh: 看现场, en: The site}, means: on_site, duty: ZJ, within: 20 wd}
  same_day: true
  barred_years: 2
"""
PROMISED = ITEM.replace("commitment: N\n", "commitment: Y\n" + TERMS)
TERM_DEFECTS = {
    "field": ("  allowed_if", "  excluded: ecologie\n  allowed_if", "excluded:", "not known here", "write 'ecology'"),
    "condition": ("allowed_if: floors", "allowed_if: flors", "allowed_if:", "no question 'flors'", "write 'floors'"),
    "condition unsaid": ("  when: {zh: 多层的, en: Several floors}\n", "", "allowed_if:", "not said in words", "both"),
    "never": ("floors > 1", "1 > 2", "allowed_if:", "never allowed", "name the excluded field"),
    "nothing to sign": ("[{zh: 我承诺, en: I promise}]", "[]", "version:", "nobody can sign", "write notice"),
    "unknown material": ("material: plan", "material: plam", "- {material: plam,", "no material 'plam'", "'plan'"),
    "no time": ("within: 5 wd", "within: 0.5 wd", "- {material: plan", "whole days", "within: 20 wd"),
    "nobody verifies": (
        "  verified:\n    - {key: site, what: {zh: 看现场, en: The site}, means: on_site, duty: ZJ, within: 20 wd}\n",
        "",
        "allowed_if:",
        "nobody verifies",
        "write verified",
    ),
    "unknown means": ("means: on_site", "means: onsite", "- {key: site, what", "not known here", "write 'on_site'"),
    "unknown verifier": ("duty: ZJ, within", "duty: ZK, within", "- {key: site, what", "no department", "SC, ZJ"),
    "no consequence": ("barred_years: 2", "barred_years: 0", "barred_years:", "no consequence", "write 1 or more"),
    "against the catalogue": ("commitment: Y", "commitment: N", "allowed_if:", "nothing may be promised", "Y"),
    "joint": ("handling: promised", "handling: joint", "allowed_if:", "decides for itself", "on the steps"),
}


def test_an_item_may_say_on_what_terms_a_promise_stands_for_proof(tmp_path: Path) -> None:
    terms = load(write(tmp_path, PROMISED)).item("GC900").commitment_terms
    assert terms is not None
    assert terms.is_same_day
    assert terms.barred_years == 2
    assert terms.deferred[0].limit == Limit(Decimal(5))


def test_what_is_verified_without_a_limit_is_verified_within_two_months(tmp_path: Path) -> None:
    terms = load(write(tmp_path, PROMISED.replace(", within: 20 wd}", "}"))).item("GC900").commitment_terms
    assert terms is not None
    assert terms.verifications[0].limit == Limit(Decimal(60), Unit.CALENDAR_DAYS)


@pytest.mark.parametrize("old, new, marker, text, remedy", TERM_DEFECTS.values(), ids=TERM_DEFECTS.keys())
def test_terms_that_are_not_sound_are_named_with_line_and_remedy(
    tmp_path: Path, old: str, new: str, marker: str, text: str, remedy: str
) -> None:
    assert old in PROMISED
    content = PROMISED.replace(old, new, 1)
    found = problems(write(tmp_path, content))
    line = line_of(content, marker)
    assert any(problem.line == line and text in problem.text and remedy in problem.remedy for problem in found), (
        f"line {line}\n" + "\n".join(map(str, found))
    )


def promised_step(kind: str, material_of: str) -> str:
    """A joint item whose first review has the terms."""
    indented = "\n".join(f"        {line}" for line in TERMS.replace("  same_day: true\n", "").splitlines())
    step = (
        f"      - key: look\n        kind: {kind}\n        title: {{zh: 审, en: Look}}\n        duty: ZJ\n{indented}\n"
    )
    content = ITEM.replace("handling: promised", "handling: joint").replace(f"      - {LOOK}\n", step)
    return content.replace("steps: [look]", f"steps: [{material_of}]")


def test_a_material_that_another_step_needs_may_not_follow(tmp_path: Path) -> None:
    assert texts(tmp_path, promised_step("review", "look, visit")) == "step 'visit' needs material 'plan', too"


def test_a_promise_for_the_whole_item_defers_what_its_own_department_needs_only(tmp_path: Path) -> None:
    content = PROMISED.replace("steps: [look]", "steps: [look, visit]")
    assert texts(tmp_path, content) == "step 'visit' needs material 'plan', too"


def test_a_step_defers_its_own_materials_only(tmp_path: Path) -> None:
    found = texts(tmp_path, promised_step("review", "visit"))
    assert "step 'look' does not need material 'plan'" in found


def test_a_step_of_a_joint_case_may_rest_on_a_promise(tmp_path: Path) -> None:
    terms = load(write(tmp_path, promised_step("review", "look"))).item("GC900").steps["look"].commitment_terms
    assert terms is not None
    assert not terms.is_same_day


def test_in_the_published_catalogue_only_items_that_may_be_promised_are() -> None:
    from services.current import catalogue

    for item in catalogue().items.values():
        for step in item.steps.values():
            if step.commitment_terms and step.commitment_terms.excluded is None and step.item_code:
                assert (catalogue().item(step.item_code).commitment or "N").startswith("Y"), step.key
