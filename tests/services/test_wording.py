"""Wordings with places: what a certificate says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.answers import examples, load
from services.catalogue import Catalogue
from services.conditions import ConditionError
from services.wording import certificate_lines, fill, placeholders

DAY = date(2026, 5, 6)


def test_the_certificate_says_what_the_permit_must_say(catalogue: Catalogue) -> None:
    item = catalogue.item("construction-permit")
    answers = examples(item, DAY)
    lines = {label: value for _, label, value in certificate_lines(item, answers, "zh", catalogue.region_names)}
    assert list(lines) == [
        *("建设单位", "工程名称", "建设地址", "建设规模", "合同价格", "勘察单位", "设计单位", "施工单位", "监理单位"),
        *("项目负责人", "总监理工程师", "合同工期"),
    ]
    assert lines["建设规模"] == "地上 22 层，地下 3 层，总建筑面积 48,620.5 平方米"
    assert lines["合同价格"] == "26,380 万元"
    assert lines["合同工期"] == "2026 年 6 月 1 日至 2027 年 11 月 30 日，共 548 天"
    assert lines["建设地址"].startswith("成都市锦江区")
    english = {key: value for key, _, value in certificate_lines(item, answers, "en", catalogue.region_names)}
    assert english["period"] == "1 June 2026 to 30 November 2027, 548 days"


def test_what_was_not_answered_shows_as_a_dash(catalogue: Catalogue) -> None:
    item = catalogue.item("construction-permit")
    assert fill("{start}至 {end}，共 {end - start + 1} 天", item, {}, "zh") == "—至 —，共 — 天"
    assert fill("{start + 1}", item, load(item, {"start": "2026-06-01"}), "zh") == "2026 年 6 月 2 日"
    assert fill("{'a'}{True}", item, {}, "zh") == "a—"


@pytest.mark.parametrize("slug, printed", [("residence-permit", False), ("birth-registration", True)])
def test_an_identity_number_is_printed_in_full_only_where_the_paper_needs_it(
    catalogue: Catalogue, slug: str, printed: bool
) -> None:
    item = catalogue.item(slug)
    answers = examples(item, DAY)
    lines = {key: value for key, _, value in certificate_lines(item, answers, "zh", catalogue.region_names)}
    number = str(answers["applicant_identity"])
    assert lines["applicant_identity"] == (f"{number[:3]}***********{number[-4:]}" if printed else number)
    assert (number in "".join(lines.values())) is not printed


def test_an_item_without_certificate_has_no_lines(catalogue: Catalogue) -> None:
    assert certificate_lines(replace(catalogue.item("GC101"), certificate=None), {}, "zh") == ()


@pytest.mark.parametrize("wording", ["{", "}", "{a", "{{a}}", "{}", "{open('x')}", "{a.b.c}", "{a._b}"])
def test_a_wording_that_cannot_be_filled_is_refused(wording: str) -> None:
    with pytest.raises(ConditionError):
        placeholders(wording)


def test_an_answer_is_never_read_as_a_wording(catalogue: Catalogue) -> None:
    item = catalogue.item("construction-permit")
    assert fill("{project_name}", item, {"project_name": "{builder_name}"}, "zh") == "{builder_name}"
