"""Answers of several parts: read from the catalogue, kept, shown masked, named in conditions; what is stale is not."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from services.answers import dump, examples, load, relevant, show
from services.catalogue import load as load_catalogue
from services.compounds import Compound, digest
from services.item import Item, Text
from services.revision import from_revision, revision_of
from tests.services.test_reader import ITEM, problems, write

TODAY = date(2026, 11, 22)
SECTION = """\
  - key: parts
    title: {zh: 分项, en: Parts}
    questions:
      - key: lease
        kind: period
        label: {zh: 租期, en: Lease}
        example: {start: today - 10, end: today + 400}
      - key: owner
        kind: person
        label: {zh: 业主, en: Owner}
        example: {name: 张示例, identity_number: 11010519491231002X, phone: "13800000000"}
      - key: builder
        kind: organisation
        label: {zh: 单位, en: Company}
        example: {name: 示例公司, credit_code: 91110000802100433B}
      - {key: place, kind: point, label: {zh: 位置, en: Place}, example: {longitude: 104.0657, latitude: 30.6595}}
      - key: outline
        kind: boundary
        label: {zh: 边界, en: Outline}
        example: [["104.06", "30.65"], ["104.061", "30.65"], ["104.061", "30.651"], ["104.06", "30.651"]]
      - {key: account, kind: bank_account, label: {zh: 账号, en: Account}, example: "6222020000000000000"}
      - key: owners
        kind: table
        most: 5
        label: {zh: 股东, en: Shareholders}
        columns:
          - {key: who, kind: person, label: {zh: 股东, en: Shareholder}}
          - {key: share, kind: number, label: {zh: 比例, en: Share}, unit: {zh: "%", en: "%"}}
          - {key: since, kind: date, label: {zh: 加入, en: Since}, required: false}
        example:
          - {who: {name: 张示例, identity_number: 11010519491231002X}, share: 60, since: today - 30}
          - {who: {name: 李示例, identity_number: "440524188001010014"}, share: 40}
      - key: density
        kind: number
        decimals: 2
        label: {zh: 每平方米层数, en: Floors per m²}
        computed: floors / outline.area
      - key: honest
        kind: declaration
        label: {zh: 声明, en: Declaration}
        statement: {zh: 内容属实。, en: All is true.}
        example: true
      - key: signature
        kind: signature
        label: {zh: 签名, en: Signature}
        statement: {zh: 我知道后果。, en: I know what follows.}
        example: {name: 张示例, on: today, sha256: DIGEST}
    rules:
      - {holds: owners.share == 100 and lease.days > 30, at: owners, message: {zh: 要等于 100, en: Must be 100}}
"""
SIGNED = digest(Text("我知道后果。", "I know what follows."))
CONTENT = ITEM.replace("materials:\n", SECTION.replace("DIGEST", SIGNED) + "materials:\n", 1)


@pytest.fixture(scope="module")
def item(tmp_path_factory: pytest.TempPathFactory) -> Item:
    return load_catalogue(write(tmp_path_factory.mktemp("catalogue"), CONTENT)).item("GC900")


def test_it_comes_back_from_its_revision(item: Item) -> None:
    assert from_revision(revision_of(item).content) == item


def test_answers_come_back_from_what_is_kept(item: Item) -> None:
    given = relevant(item, examples(item, TODAY))
    assert load(item, json.loads(json.dumps(dump(item, given)))) == given
    assert given["lease"] == Compound((("start", date(2026, 11, 12)), ("end", date(2027, 12, 27))))


def test_what_is_computed_follows_from_the_answers_and_from_nothing_else(item: Item) -> None:
    given = examples(item, TODAY)
    floors, area = given["floors"], item.questions["outline"]
    assert isinstance(floors, Decimal)
    assert relevant(item, {**given, "density": Decimal(9)})["density"] != 9
    assert "density" not in relevant(item, {key: value for key, value in given.items() if key != area.key})


@pytest.mark.parametrize(
    "key, said",
    [
        ("lease", "2026 年 11 月 12 日至 2027 年 12 月 27 日"),
        ("owner", "张示例（110***********002X，138****0000）"),
        ("builder", "示例公司（91110000802100433B）"),
        ("place", "经度：104.0657 °，纬度：30.6595 °"),
        ("account", "622************0000"),
        ("honest", "已声明"),
        ("signature", "张示例（2026 年 11 月 22 日 签署）"),
    ],
)
def test_an_answer_is_shown_with_what_is_personal_masked(item: Item, key: str, said: str) -> None:
    assert show(item.questions[key], examples(item, TODAY)[key], "zh", is_masked=True) == said


def test_entries_and_outlines_are_told_in_both_languages(item: Item) -> None:
    given = examples(item, TODAY)
    assert show(item.questions["outline"], given["outline"], "en") == "10,628.48 m², 4 corners"
    told = show(item.questions["owners"], given["owners"], "zh", is_masked=True)
    assert told.count("；") == 1
    assert "11010519491231002X" not in told
    assert "比例：60 %" in told


@pytest.mark.parametrize(
    "old, new, text",
    [
        ("owners.share == 100", "owners.shares == 100", "no part of 'owners' 'shares'"),
        ("owners.share == 100", "owners == 100", "answer of several parts"),
        ("lease.days > 30", "rent.days > 30", "no question 'rent'"),
        ("lease.days > 30", "floors.days > 30", "no part of 'floors' 'days'"),
        ("floors / outline.area", "floors / outline.size", "no part of 'outline' 'size'"),
        ("floors / outline.area", "floors / later", "no question 'later'"),
        ("most: 5", "most: 500", "too few or too many entries"),
        (
            "kind: person\n        label: {zh: 业主",
            "kind: person\n        most: 3\n        label: {zh: 业主",
            "only a group or table has columns",
        ),
        ("        statement: {zh: 内容属实。, en: All is true.}\n", "", "nobody can declare or sign"),
        ('["104.061", "30.65"], ["104.061", "30.651"]', '["104.061", "29.65"], ["104.061", "30.651"]', "is no answer"),
        ("name: 示例公司, credit_code: 91110000802100433B", "name: 示例公司", "is no answer"),
        ("credit_code: 91110000802100433B", "credit_code: 91110000802100433A", "wrong answer: check_digit"),
        ("share: 40", "share: 41", "the examples break the rule"),
        ("label: {zh: 加入", "ask_if: floors > 1, label: {zh: 加入", "cannot stand in an entry"),
    ],
)
def test_what_does_not_fit_is_refused_at_load(tmp_path: Path, old: str, new: str, text: str) -> None:
    assert old in CONTENT
    found = problems(write(tmp_path, CONTENT.replace(old, new, 1)))
    assert any(text in problem.text for problem in found), "\n".join(map(str, found))


def test_no_column_is_called_like_what_is_said_of_all_entries(tmp_path: Path) -> None:
    found = problems(write(tmp_path, CONTENT.replace("since", "count")))
    assert [problem.text for problem in found] == ["'count' says something else of all entries"]
