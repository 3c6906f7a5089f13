"""Every mistake in a catalogue file is refused with its file, its line, what is wrong and what to write instead."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from services.catalogue import Catalogue, load
from services.item import Department, FromToday, Limit, Region, Text, Unit
from services.problems import CatalogueError, Problem
from services.reader import compose, read_calendar_year, read_item
from services.revision import from_revision, revision_of

DEPARTMENTS = """\
departments:
  - {code: ZJ, name: {zh: 住建局, en: Housing}, duty: ZJ, level: city, region: "510100"}
  - {code: SC, name: {zh: 市监局, en: Market}, duty: SC, level: city, region: "510100"}
  - {code: SC-510104, name: {zh: 锦江市监局, en: Market}, duty: SC, level: district, region: "510104", parent: SC}
regions:
  - {code: "510100", name: {zh: 成都市, en: Chengdu}, level: city}
  - {code: "510104", name: {zh: 锦江区, en: Jinjiang}, level: district, parent: "510100"}
"""
THEMES = """\
themes:
  - {key: building, name: {zh: 建设, en: Building}, audience: B}
construction_stages:
  - {number: 3, name: {zh: 施工许可, en: Construction permit}}
"""
SYNONYMS = """\
groups:
  - [房子, 房屋]
said_always: [我要]
formalities: [审批]
topics: {time: [多久], materials: [材料], fees: [收费], where: [哪里], conditions: [条件]}
"""
ITEM = """\
code: GC900
slug: small-permit
name: {zh: 小许可, en: Small permit}
theme: building
department: ZJ
audience: B
handling: promised
authority_type: 行政许可
statutory: 20 wd
promised: 10 wd
basis: [《某法》第1条]
material_names: [申请表]
result: 小许可证
confidence: M
commitment: N
title_from: title
district_from: site
sections:
  - key: works
    title: {zh: 工程, en: Works}
    questions:
      - key: title
        kind: text
        label: {zh: 名称, en: Name}
        max_length: 20
        example: 示例工程
      - key: site
        kind: address
        label: {zh: 地址, en: Site}
        example: {region: "510104", detail: 示例路 1 号}
      - key: floors
        kind: number
        label: {zh: 层数, en: Floors}
        minimum: 1
        maximum: 200
        example: 22
      - key: use
        kind: choice
        label: {zh: 用途, en: Use}
        choices:
          - {value: home, label: {zh: 住宅, en: Homes}}
          - {value: shop, label: {zh: 商业, en: Shops}}
        example: home
      - key: shops
        kind: number
        label: {zh: 商铺数, en: Shops}
        ask_if: use == "shop"
        example: 3
    rules:
      - holds: shops <= floors * 100
        at: shops
        message: {zh: 太多了, en: Too many}
materials:
  - {key: plan, name: {zh: 图, en: Plan}, formats: [pdf, dxf], steps: [look]}
stages:
  - key: acceptance
    title: {zh: 受理, en: Acceptance}
    steps:
      - {key: accept, kind: acceptance, title: {zh: 受理, en: Acceptance}, duty: ZJ, statutory: 5 wd, promised: 1 wd}
  - key: review
    title: {zh: 审查, en: Review}
    join: all
    steps:
      - {key: look, kind: review, title: {zh: 审, en: Look}, duty: ZJ, promised: 3 wd}
      - {key: visit, kind: on_site, title: {zh: 查, en: Visit}, duty: SC, level: district, joins_if: floors > 6}
  - key: decision
    title: {zh: 决定, en: Decision}
    steps:
      - {key: decide, kind: decision, title: {zh: 决定, en: Decision}, duty: ZJ, statutory: 20 wd, promised: 2 wd}
  - key: issue
    title: {zh: 发证, en: Issue}
    steps:
      - {key: issue, kind: issue, title: {zh: 发证, en: Issue}, duty: ZJ, statutory: 10 wd, promised: 1 wd}
certificate:
  template: licence
  title: {zh: 小许可证, en: Small Permit}
  statement: {zh: 准予建设。, en: It may be built.}
  fields:
    - {key: title, label: {zh: 工程名称, en: Works}}
    - {key: size, label: {zh: 规模, en: Size}, value: {zh: "{floors} 层", en: "{floors} floors"}}
"""
CALENDAR = "year: 2026\nsource: 示例通知\nrest_days:\n  2026-10-01: 国庆节\nwork_days:\n  2026-10-10: 国庆节\n"


def write(folder: Path, item: str = ITEM, departments: str = DEPARTMENTS, calendar: str = CALENDAR) -> Path:
    (folder / "items").mkdir()
    (folder / "calendar").mkdir()
    (folder / "departments.yaml").write_text(departments, encoding="utf-8")
    (folder / "themes.yaml").write_text(THEMES, encoding="utf-8")
    (folder / "synonyms.yaml").write_text(SYNONYMS, encoding="utf-8")
    (folder / "items" / "small.yaml").write_text(item, encoding="utf-8")
    (folder / "calendar" / "2026.yaml").write_text(calendar, encoding="utf-8")
    return folder


def problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(CatalogueError) as caught:
        load(folder)
    return caught.value.problems


def line_of(text: str, marker: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if marker in line)


def test_the_item_of_these_tests_is_sound(tmp_path: Path) -> None:
    item = load(write(tmp_path)).item("small-permit")
    assert item.statutory == Limit(Decimal(20), Unit.WORKING_DAYS)
    assert item.questions["title"].on_certificate
    assert item.questions["floors"].on_certificate
    assert not item.questions["use"].on_certificate
    assert list(item.steps) == ["accept", "look", "visit", "decide", "issue"]
    assert item.steps["decide"].after == ("look", "visit")


def test_an_item_has_its_own_examples_for_questions_that_it_shares(tmp_path: Path) -> None:
    own = ITEM.replace("title_from: title", "title_from: title\nexamples: {title: 别的工程}")
    item = load(write(tmp_path, own)).item("small-permit")
    assert (item.questions["title"].example, item.questions["floors"].example) == ("别的工程", Decimal(22))


DEFECTS = {
    "unknown key": ("audience: B", "audiense: B", "audiense", "unknown key 'audiense'", "write 'audience'"),
    "missing key": ("result: 小许可证\n", "", "code: GC900", "key 'result' is missing", "add a line `result"),
    "doubled key": ("code: GC900", "code: GC900\ncode: GC901", "code: GC901", "'code' stands here twice", "keep one"),
    "tabs": ("audience: B", "audience:\tB\n\t- x", "- x", "no YAML", "mend indentation"),
    "number for a text": ("result: 小许可证", "result: 42", "result: 42", "'42' is no text", "between quotes"),
    "truth for a text": ("result: 小许可证", "result: yes", "result: yes", "'yes' is no text", '"yes"'),
    "empty text": ("result: 小许可证", 'result: " "', "result:", "the text is empty", "write the text"),
    "invisible sign": ("result: 小许可证", "result: 小\u200b许可证", "result:", "invisible", "type the text again"),
    "unknown word": ("handling: promised", "handling: promissed", "handling:", "'promissed'", "write 'promised'"),
    "limit without unit": ("statutory: 20 wd\n", "statutory: 20\n", "statutory: 20", "'20' is no limit", "5 wd"),
    "negative limit": ("statutory: 20 wd\npro", "statutory: -20 wd\npro", "statutory: -20", "negative", "60 cd"),
    "condition that is code": ('use == "shop"', 'open("x")', "ask_if:", "cannot be read", "allowed are"),
    "list where a group belongs": ("name: {zh: 小许可, en: Small permit}", "name: [小许可]", "name:", "is no text", ""),
    "group where a list belongs": ("basis: [《某法》第1条]", "basis: {a: b}", "basis:", "a list is needed", "`- `"),
    "flag that is none": (
        "example: 示例工程",
        "required: maybe",
        "required: maybe",
        "neither true nor false",
        "true or",
    ),
    "number that is none": ("minimum: 1", "minimum: low", "minimum: low", "a number is needed", "write digits"),
    "join that is none": ("join: all", "join: most", "join: most", "no way to gather", "n_of_m"),
    "example of another kind": ("example: 22", "example: [22]", "example: [22]", "is no answer", "a number such as"),
    "example of no question": (
        "title_from: title",
        "title_from: title\nexamples: {titel: 示例}",
        "examples:",
        "unknown key 'titel'",
        "write 'title'",
    ),
    "own example of another kind": (
        "title_from: title",
        "title_from: title\nexamples: {floors: [22]}",
        "examples:",
        "is no answer",
        "a number such as",
    ),
    "value with a lone brace": ('zh: "{floors} 层"', 'zh: "{floors 层"', "key: size", "cannot be read", "brace"),
}


@pytest.mark.parametrize("old, new, marker, text, remedy", DEFECTS.values(), ids=DEFECTS.keys())
def test_what_cannot_be_read_is_named_with_line_and_remedy(
    tmp_path: Path, old: str, new: str, marker: str, text: str, remedy: str
) -> None:
    assert old in ITEM
    content = ITEM.replace(old, new, 1)
    found = problems(write(tmp_path, content))
    assert [problem.file for problem in found] == ["items/small.yaml"] * len(found)
    assert any(
        problem.line == line_of(content, marker) and text in problem.text and remedy in problem.remedy
        for problem in found
    ), "\n".join(map(str, found))


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    content = (
        ITEM.replace("audience: B", "audiense: B").replace("20 wd", "20 days").replace("kind: number", "kind: digit")
    )
    found = problems(write(tmp_path, content))
    assert len(found) >= 6
    assert list(found) == sorted(found)
    assert "items/small.yaml:6: " in str(CatalogueError(found))


def test_a_file_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "items" / "small.yaml").write_bytes("name: 小许可证核发".encode("gb18030"))
    (found,) = problems(folder)
    assert "no UTF-8" in found.text
    assert found.file == "items/small.yaml"


def test_an_empty_and_a_missing_file_are_named(tmp_path: Path) -> None:
    folder = write(tmp_path, item="")
    (folder / "themes.yaml").unlink()
    assert {(problem.file, problem.text.split(" (")[0]) for problem in problems(folder)} >= {
        ("items/small.yaml", "the file is empty"),
        ("themes.yaml", "the file cannot be read"),
    }


def test_a_group_of_one_word_or_of_doubled_words_is_no_group(tmp_path: Path) -> None:
    folder = write(tmp_path)
    for group in ("[房子]", "[房子, 房子]", "房子"):
        (folder / "synonyms.yaml").write_text(SYNONYMS.replace("[房子, 房屋]", group), encoding="utf-8")
        assert next((one.file, one.line) for one in problems(folder)) == ("synonyms.yaml", 2)


def test_two_files_with_one_code_are_named(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "items" / "twin.yaml").write_text(ITEM, encoding="utf-8")
    assert [(problem.file, problem.line, problem.text) for problem in problems(folder)] == [
        ("items/twin.yaml", 1, "the code 'GC900' is that of items/small.yaml too"),
        ("items/twin.yaml", 2, "the slug 'small-permit' is that of items/small.yaml too"),
    ]


@pytest.mark.parametrize(
    "old, new, text",
    [
        ("2026-10-01: 国庆节", "2026-10-32: 国庆节", "is no date"),
        ("2026-10-01: 国庆节", "2025-10-01: 国庆节", "is not in 2026"),
        ("2026-10-01: 国庆节", "2026-10-10: 国庆节", "both a rest day and a workday"),
        ("  2026-10-01: 国庆节", "  2026-10-01: 国庆节\n  2026-10-01: 国庆节", "stands here twice"),
        ("rest_days:\n  2026-10-01: 国庆节", "rest_days: many", "days with their names"),
        ("year: 2026", "year: 2026.5", "no whole number"),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, text: str) -> None:
    found = problems(write(tmp_path, calendar=CALENDAR.replace(old, new)))
    assert any(text in problem.text and problem.file == "calendar/2026.yaml" for problem in found)


@pytest.mark.parametrize(
    "old, new, text",
    [
        ('region: "510104", parent: SC', 'region: "510199", parent: SC', "there is no region '510199'"),
        ("parent: SC", "parent: XX", "there is no department 'XX'"),
        ("level: district, region", "level: street, region", "level 'street' is not that of its region"),
        ('parent: "510100"', 'parent: "51"', "there is no region '51'"),
        ("code: SC,", "code: ZJ,", "two departments with the code 'ZJ'"),
        ("duty: ZJ,", "duty: ZJ, credit_code: 11510100DM00000010,", "the credit code is wrong"),
    ],
)
def test_a_tree_of_departments_that_does_not_hold_is_refused(tmp_path: Path, old: str, new: str, text: str) -> None:
    assert old in DEPARTMENTS
    found = problems(write(tmp_path, departments=DEPARTMENTS.replace(old, new, 1)))
    assert any(text in problem.text and problem.file == "departments.yaml" for problem in found), found


def test_a_plain_text_is_chinese() -> None:
    page, node = compose(ITEM.replace("name: {zh: 小许可, en: Small permit}", "name: 小许可"), "small.yaml")
    assert read_item(page, node).name == Text("小许可")


def test_a_calendar_year_is_read_with_its_source(catalogue: Catalogue) -> None:
    page, node = compose(CALENDAR, "2026.yaml")
    year = read_calendar_year(page, node)
    assert not page.problems
    assert (year.year, year.source) == (2026, "示例通知")
    assert set(catalogue.calendar) >= {2025, 2026}


def test_departments_and_regions_are_read(tmp_path: Path) -> None:
    found = load(write(tmp_path))
    assert found.departments["SC-510104"] == Department(
        "SC-510104", Text("锦江市监局", "Market"), "SC", "district", "510104", parent="SC"
    )
    assert found.regions["510104"] == Region("510104", Text("锦江区", "Jinjiang"), "district", parent="510100")
    assert found.construction_stages == {3: Text("施工许可", "Construction permit")}


@pytest.mark.parametrize(
    "written, example",
    [
        ("2026-06-01", date(2026, 6, 1)),
        ("today", FromToday(0)),
        ("today - 183", FromToday(-183)),
        ("today + 26", FromToday(26)),
    ],
)
def test_the_example_of_a_date_may_move_with_the_day(written: str, example: object) -> None:
    content = ITEM.replace("kind: text", "kind: date", 1).replace("        max_length: 20\n", "", 1)
    page, node = compose(content.replace("example: 示例工程", f"example: {written}", 1), "small.yaml")
    item = read_item(page, node)
    assert page.problems == []
    assert item.questions["title"].example == example
    assert from_revision(revision_of(item).content) == item


@pytest.mark.parametrize("written", ["today-1", "today - 0", "today + 1 wd", "tomorrow", "today - 100000"])
def test_no_other_way_to_speak_of_the_day_is_read(written: str) -> None:
    content = ITEM.replace("kind: text", "kind: date", 1).replace("        max_length: 20\n", "", 1)
    page, node = compose(content.replace("example: 示例工程", f"example: {written}", 1), "small.yaml")
    read_item(page, node)
    assert [problem.text for problem in page.problems] == ["the example of 'title' is no answer"]
