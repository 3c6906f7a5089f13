"""Every template of a certificate: one page, what makes the type itself, and whatever people wrote stands as text."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from approvals.certificates import paper
from approvals.certificates.archive import MOST_PAGES, TooLong
from approvals.certificates.sheet import Sheet
from approvals.commands.copy import LONGEST
from services.current import catalogue
from services.papers import LABEL, TITLE
from tests.approvals.certificates.samples import KINDS
from tests.approvals.certificates.test_paper import ATTACHED, HOSTILE, text_of, words_of

FOLDER = Path(__file__).resolve().parents[3] / "templates" / "certificates"
NO_TYPES = {"base", "bulletin", "writ"}
MARKS = {
    "construction-permit": "中华人民共和国",
    "land-use-permit": "地字第",
    "planning-permit": "建字第",
    "site-opinion": "用字第",
    "completion-filing": "备案意见",
    "business-licence": "（正本）",
    "residence-permit": "王晓蓉",
    "licence": "编号",
}
LONG = "成都东部新区示例国际航空经济协同发展实验基础设施建设投资运营管理集团股份有限责任公司"
VALUES = [*HOSTILE, "长" * 10_000, "W" * 3000, "مرحبا שלום", LONG * 3, "𠮷野家"]


def spoiled(sheet: Sheet, value: str) -> Sheet:
    """The value in every place where an applicant, a holder or somebody of the office could have written it."""
    return replace(
        sheet,
        title=value[:TITLE],
        issuer=value[:60],
        fields=tuple((value[:LABEL], value) for _label, _value in sheet.fields),
        statement=value,
        notes=(value,) if sheet.notes else (),
        holder=value[:200],
        watermark=f"仅供{value[:LONGEST]}用于{value[:LONGEST]}，有效期至 2026 年 12 月 30 日",
    )


def test_every_template_has_its_sample_and_its_mark() -> None:
    templates = {path.stem for path in FOLDER.glob("*.html")} - NO_TYPES
    assert templates == set(KINDS) == set(MARKS)
    issued = {item.certificate.template for item in catalogue().items.values() if item.certificate is not None}
    assert issued == templates, "each is what some item of the catalogue ends with"


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_type_says_what_it_is_on_one_page(name: str, tmp_path: Path) -> None:
    document = paper.lay_out(KINDS[name])
    assert len(document.pages) == 1
    anchors = document.pages[0].anchors
    assert anchors["fields"][3] < anchors["foot"][1]
    settings = next(iter(paper.settings(KINDS[name])))
    markup = paper.markup(KINDS[name], settings)
    assert MARKS[name] in markup
    english = replace(KINDS[name], language="en", title="Certificate", statement="Granted.", notes=())
    english = replace(english, issuer="Office", holder="Holder", fields=(("Name", "Holder"),))
    assert not re.search("[\u4e00-\u9fff]", paper.markup(english, "roomy"))


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_translation_says_what_it_translates_on_one_page_and_claims_no_force(name: str) -> None:
    original = KINDS[name]
    english = replace(original, language="en", title="Certificate", translation_of=original.title)
    assert len(paper.lay_out(english).pages) == 1
    for is_demonstration, words in ((True, "has no legal force"), (False, "legal force is that of the Chinese")):
        said = paper.markup(replace(english, is_demonstration=is_demonstration), "roomy")
        assert f'Translation of <span lang="zh-CN">{original.title}</span>. The Chinese original prevails.' in said
        assert words in said
        assert "same legal force" not in said


@pytest.mark.soak
@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
@pytest.mark.parametrize("name", sorted(KINDS))
def test_whatever_people_wrote_stands_as_text_inside_the_page(name: str, value: str, tmp_path: Path) -> None:
    try:
        made = paper.render(spoiled(KINDS[name], value))
    except TooLong:
        assert len(value) == 10_000, "ten thousand letters in every place at once are refused, nothing else is"
        return
    with pikepdf.open(io.BytesIO(made)) as document:
        assert list(document.attachments) == ATTACHED
        assert len(document.pages) <= MOST_PAGES
    pages = words_of(made, tmp_path)
    assert all(word.left >= -1 and word.right <= 597 and word.bottom <= 843 for page in pages for word in page)
    plain = re.sub(r"\s", "", value)
    if plain.isascii() or len(plain) < 100:
        assert re.sub(r"\s", "", plain)[:20] in text_of(made, tmp_path) or not plain[:1].isascii()
