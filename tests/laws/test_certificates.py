"""Every certificate of the catalogue names its holder and the law, under one title and labels that fit their column."""

from __future__ import annotations

import re
from datetime import date

from approvals.certificates.content import content_of
from approvals.certificates.paper import LONGEST, width
from services.current import catalogue
from services.places import HOLDER

ISSUED = [(item, item.certificate) for item in catalogue().items.values() if item.certificate is not None]
NAMES = {HOLDER, "applicant_name", "company_name", "builder_name", "business_name", "new_name"}
"""Fields that say who holds it."""
OFFICIAL = {"MS041"}
"""Its title has a comma by law (《消防法》第十五条)."""


def test_each_names_its_holder_once() -> None:
    for item, spec in ISSUED:
        assert len(NAMES & {key for key, _label in spec.fields}) == 1, item.code
        assert spec.template != "licence" or spec.fields[0][0] in NAMES, item.code
        if spec.fields[0][0] == HOLDER:
            printed = content_of(
                item, {}, holder="王示例", issuer="", issuer_code="", regions={}, issued_on=date(2026, 6, 1)
            )
            assert printed.fields[0][1] == "王示例", item.code


def test_its_labels_are_short_and_all_different() -> None:
    for item, spec in ISSUED:
        for language in ("zh", "en"):
            labels = [label.in_language(language) for _key, label in spec.fields]
            assert len(set(labels)) == len(labels), item.code
        long = [label.zh for _key, label in spec.fields if "（" not in label.zh and width(label.zh) > LONGEST]
        assert long == [], item.code


def test_each_has_one_title() -> None:
    for item, spec in ISSUED:
        assert item.code in OFFICIAL or not re.search("[/、+或]", spec.title.zh), item.code
        assert re.fullmatch("[^/+\u4e00-\u9fff]+", spec.title.en), item.code


def test_it_quotes_a_law_without_notes_on_it() -> None:
    for item, spec in ISSUED:
        quoted = re.sub("《.*?》", "", spec.statement.zh.partition("，")[0])
        assert not re.search(r"[（）≤/]|工作日|\d日", quoted), item.code
