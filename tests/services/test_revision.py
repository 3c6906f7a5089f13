"""A published item comes back from its kept content exactly as it was."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, cast

import pytest

from services.catalogue import Catalogue
from services.item import Item, Join, JoinKind, Limit, Source, Unit
from services.problems import CatalogueError
from services.reader import compose, read_item
from services.revision import as_data, from_revision, revision_of
from tests.services.test_reader import ITEM


def test_every_item_comes_back_exactly(catalogue: Catalogue) -> None:
    for item in catalogue.items.values():
        revision = revision_of(item)
        assert from_revision(revision.content) == item
        assert revision_of(from_revision(revision.content)) == revision


TERMS = """\
commitment_terms:
  allowed_if: floors > 1
  when: 多层的
  notice: {version: "1", text: 告知, promises: [甲]}
  deferred: [{material: plan, within: 5 wd}]
  verified: [{key: site, what: 看, means: shared_data, duty: ZJ}]
  same_day: true
  barred_years: 3"""


def small(*changes: tuple[str, str]) -> Item:
    content = ITEM
    for old, new in changes:
        assert old in content
        content = content.replace(old, new, 1)
    page, node = compose(content, "small.yaml")
    item = read_item(page, node)
    assert page.problems == []
    return item


@pytest.mark.parametrize(
    "old, new",
    [
        ("join: all", "join: any"),
        ("commitment: N", "commitment_terms: {excluded: ecology}"),
        (
            "commitment: N",
            TERMS,
        ),
        ("join: all", "join: {n_of_m: 2}"),
        ("join: all", "join: {veto: [look, visit]}"),
        ("formats: [pdf, dxf]", "formats: []"),
        ("formats: [pdf, dxf]", "source: shared, required: false, required_if: floors > 3, hint: 看"),
        ("formats: [pdf, dxf]", "required: false, offered_if: floors > 3"),
        ("statutory: 20 wd\npro", "statutory: none\npro"),
        ("statutory: 20 wd\npro", "statutory: 60 cd\npro"),
        ("statutory: 20 wd\npro", "statutory: 0 cd\npro"),
        ("promised: 10 wd", "promised: 0.5 wd"),
        ("max_length: 20", "required: false\n        prefill: account.name"),
        ("minimum: 1", "minimum: 0.01\n        decimals: 4\n        unit: {zh: 层, en: floors}"),
        ("example: 示例工程", 'example: "null"'),
        (
            "kind: review, title: {zh: 审, en: Look}",
            "kind: review, title: {zh: 审, en: Look}, after: [accept], join: any",
        ),
        (
            "kind: review, title: {zh: 审, en: Look}",
            "kind: review, title: {zh: 审, en: Look}, round_limit: 1 wd, relies_on: [floors, use]",
        ),
        ("promised: 10 wd", "promised: 10 wd\nround_limit: 2 cd"),
        ("  template: licence", "  template: licence\n  valid_years: 5\n  notes: [一, {zh: 二, en: two}]"),
        ("title_from: title", "scope: {zh: 说明, en: Scope}\nconditions: [甲, 乙]\nconstruction_stage: 3\nrole: lead"),
        ("name: {zh: 小许可, en: Small permit}", 'name: "小 🏗 许可: {x} \\"引\\" 𠮷"'),
    ],
)
def test_whatever_an_item_may_say_comes_back(old: str, new: str) -> None:
    item = small((old, new))
    assert from_revision(revision_of(item).content) == item


def test_content_is_canonical_and_hashed(catalogue: Catalogue) -> None:
    item = catalogue.item("GC303")
    revision = revision_of(item)
    assert revision.code == "GC303"
    assert len(revision.sha256) == 64
    assert revision.content == json.dumps(
        json.loads(revision.content), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert revision_of(item).sha256 == revision.sha256


def test_what_was_published_without_limits_of_later_rounds_has_none(catalogue: Catalogue) -> None:
    """The catalogue says one for every step now; an application holds on to what it was begun with."""
    data = as_data(catalogue.item("GC309"))
    for stage in cast(list[dict[str, Any]], data["stages"]):
        for step in stage["steps"]:
            step.pop("round_limit", None)
    older = from_revision(json.dumps(data))
    assert {step.round_limit for step in older.steps.values()} == {None}
    assert from_revision(revision_of(older).content) == older
    assert {step.round_limit for step in catalogue.item("GC309").steps.values()} != {None}


def test_every_change_gives_another_hash() -> None:
    assert revision_of(small()).sha256 != revision_of(small(("promised: 10 wd", "promised: 9 wd"))).sha256


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"code": 5}', '{"code": "GC303"}'])
def test_content_that_is_no_item_is_refused(content: str) -> None:
    with pytest.raises(CatalogueError):
        from_revision(content)


def test_data_has_the_shape_of_the_file() -> None:
    item = small(("join: all", "join: {n_of_m: 1}"))
    data = as_data(item)
    assert data["statutory"] == "20 wd"
    assert data["name"] == {"zh": "小许可", "en": "Small permit"}
    assert item.stages[1].join == Join(JoinKind.N_OF_M, n=1)
    assert item.materials[0].source is Source.UPLOAD
    assert item.promised == Limit(Decimal(10), Unit.WORKING_DAYS)
