"""How a sheet is set: as roomily as one page allows, and never one thing over another."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops

from approvals.certificates import archive, paper
from approvals.certificates.sheet import Sheet
from approvals.commands.copy import LONGEST
from services.han import han_date
from tests.approvals.certificates.samples import PERMIT, RESIDENCE
from tests.approvals.certificates.test_paper import words_of
from tests.outside import require_tool

LONG_NAME = "成都东部新区示例国际航空经济协同发展实验基础设施建设投资运营管理集团股份有限责任公司"
MANY_NOTES = tuple(f"第{number}条注意事项：持证人应当按照示例规定办理，不得涂改、转让。" for number in range(1, 9))


def filled(sheet: Sheet, value: str) -> Sheet:
    return replace(sheet, fields=tuple((label, value) for label, _value in sheet.fields))


SHEETS = {
    "permit": PERMIT,
    "few fields": RESIDENCE,
    "in force": replace(PERMIT, is_demonstration=False),
    "one long name": replace(PERMIT, fields=(("建设单位", LONG_NAME * 5), *PERMIT.fields[1:])),
    "80 characters each": filled(PERMIT, LONG_NAME * 2),
    "200 characters each": filled(PERMIT, (LONG_NAME * 5)[:200]),
    "200 capitals each": filled(PERMIT, "W" * 130 + "i" * 70),
    "an unbreakable address": replace(RESIDENCE, fields=(("网址", "https://city.example/" + "a" * 300),)),
    "a long title": replace(RESIDENCE, title="国有建设用地使用权及房屋所有权首次登记证明（示例长标题）"),
    "a long issuer": replace(PERMIT, issuer="成都市公园城市建设管理局（成都市林业和草原局）示例分局"),
    "long labels": replace(
        RESIDENCE, fields=(("法定代表人（负责人）", "王示例"), ("统一社会信用代码", "92510100MA6DEMO00X"))
    ),
    "many notes": replace(PERMIT, notes=MANY_NOTES),
    "English": replace(
        PERMIT,
        title="Construction Permit",
        language="en",
        issuer="Chengdu Bureau of Housing and Urban-Rural Development",
        statement="These works have been examined, meet the conditions for construction and are permitted.",
        fields=(("Chief supervising engineer", "Chen Shili"), ("Unified social credit code", "92510100MA6DEMO00X")),
        notes=("This permit is kept on site.",),
        valid_until=date(2031, 5, 14),
    ),
}


@pytest.mark.parametrize("name", SHEETS)
def test_one_page_holds_everything_and_nothing_covers_anything(name: str) -> None:
    document = paper.lay_out(SHEETS[name])
    assert len(document.pages) == 1
    anchors = document.pages[0].anchors
    table_end, foot_start = anchors["fields"][3], anchors["foot"][1]
    assert table_end < foot_start
    assert anchors["foot"][3] <= (297 - 19) * paper.MILLIMETRE, "the foot stands inside the frame"


def test_the_estimate_sets_a_permit_at_the_first_attempt() -> None:
    setting = next(iter(paper.settings(PERMIT)))
    page = paper.markup(PERMIT, setting)
    assert f'class="{setting}"' in page
    assert setting == "usual"
    assert next(iter(paper.settings(RESIDENCE))) == "airy"


def test_what_does_not_fit_goes_on_with_numbered_pages_and_the_foot_last(tmp_path: Path) -> None:
    story = "".join(f"第{number}段经营范围示例；" for number in range(500))
    sheet = replace(PERMIT, fields=(*PERMIT.fields[:3], ("建设规模", story), *PERMIT.fields[4:]))
    file = tmp_path / "long.pdf"
    file.write_bytes(paper.render(sheet))
    pages = text_of(file)
    count = len(pages)
    assert count > 2
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页，共{count}页" in page
    assert all("发证机关" not in page for page in pages[:-1])
    assert "发证机关" in pages[-1]
    flowing = re.sub(r"第\d+页，共\d+页", "", "".join(pages))
    assert [number for number in range(500) if f"第{number}段" not in flowing] == []


def test_every_page_has_the_frame_and_the_mark_of_a_sample() -> None:
    sheet = filled(PERMIT, LONG_NAME * 30)
    document = paper.lay_out(sheet)
    assert len(document.pages) > 1
    assert {page.width for page in document.pages} == {document.pages[0].width}


def test_labels_are_spread_to_the_longest_of_them() -> None:
    column = paper.column(["姓名", "身份证号", "统一社会信用代码"], are_spread=True)
    assert column.letters == 8
    assert [label.lines for label in column.labels] == [
        (("姓名", 6.0),),
        (("身份证号", round(4 / 3, 3)),),
        (("统一社会信用代码", 0.0),),
    ]


def test_a_remark_in_a_label_takes_a_line_of_its_own() -> None:
    column = paper.column(["法定代表人（负责人）", "住所"], are_spread=True)
    assert [text for text, _gap in column.labels[0].lines] == ["法定代表人", "（负责人）"]
    assert column.letters == 6


@pytest.mark.parametrize(
    "label, lines",
    [
        ("W" * 16, None),
        ("WIFI MAC ADDRESS", ["WIFI MAC", "ADDRESS"]),
        ("GB/T 36904 NUMBER", ["GB/T 36904", "NUMBER"]),
        ("食品 CAS 登记号", ["食品 CAS 登记号"]),
    ],
)
def test_latin_labels_stay_in_their_column_and_are_broken_between_words(
    label: str, lines: list[str] | None, tmp_path: Path
) -> None:
    column = paper.column([label, "建设规模"], are_spread=True)
    broken, gaps = zip(*column.labels[0].lines, strict=True)
    assert lines is None or list(broken) == lines
    assert set(gaps) == {0.0}
    value = "右边的值"
    sheet = replace(PERMIT, fields=((label, value), ("建设规模", value)))
    words = [word for page in words_of(paper.render(sheet), tmp_path) for word in page]
    edge = min(word.left for word in words if word.text == value)
    own = [word for word in words if word.text in " ".join(broken).split()]
    assert len(own) >= len(broken)
    assert [word for word in own if word.right > edge] == []


@pytest.mark.parametrize(
    "recipient, purpose",
    [
        ("W" * LONGEST, "办理对公账户"),
        ("W" * LONGEST, "W" * LONGEST),
        ("示" * LONGEST, "例" * LONGEST),
        ("https://bank.example.org/forms/2026", "somebody.with.a.long.name@bank.example"),
    ],
)
def test_a_watermark_stays_inside_the_frame_whatever_it_says(recipient: str, purpose: str, tmp_path: Path) -> None:
    said = f"仅供{recipient}用于{purpose}，有效期至 2026 年 12 月 30 日"
    for sheet in (PERMIT, RESIDENCE):
        plain, marked = (
            letters_of(paper.render(each), tmp_path / name)
            for name, each in (("plain", sheet), ("marked", replace(sheet, watermark=said)))
        )
        assert marked - plain == Counter(re.sub(r"\s", "", said) * 3), "each of the three stands there whole"
        both = [picture(tmp_path / f"{name}.pdf") for name in ("plain", "marked")]
        left, top, right, bottom = ImageChops.difference(*both).getbbox() or (0, 0, 0, 0)
        width, height = both[0].size
        frame = width * 18.6 / 210
        assert left > frame
        assert top > frame
        assert right < width - frame
        assert bottom < height - frame


def letters_of(content: bytes, file: Path) -> Counter[str]:
    """How often each letter stands on its one page."""
    file.with_suffix(".pdf").write_bytes(content)
    (page,) = text_of(file.with_suffix(".pdf"))
    return Counter(page)


def picture(file: Path) -> Image.Image:
    with pypdfium2.PdfDocument(file) as document:
        shown: Image.Image = document[0].render(scale=1).to_pil().convert("RGB")
        return shown


def test_english_labels_are_not_spread() -> None:
    column = paper.column(["Name", "Chief supervising engineer"], are_spread=False)
    assert all(gap == 0 for label in column.labels for _line, gap in label.lines)


@pytest.mark.parametrize(
    "day, written",
    [
        (date(2026, 1, 1), "二〇二六年一月一日"),
        (date(2026, 10, 10), "二〇二六年十月十日"),
        (date(2030, 12, 31), "二〇三〇年十二月三十一日"),
        (date(2009, 11, 20), "二〇〇九年十一月二十日"),
    ],
)
def test_dates_are_written_as_on_official_papers(day: date, written: str) -> None:
    assert han_date(day) == written


def test_a_missing_template_is_an_error_and_no_other_file_is_read() -> None:
    from jinja2 import TemplateNotFound

    for name in ("no-such", "../layout/page", "/etc/hostname"):
        with pytest.raises(TemplateNotFound):
            paper.render(replace(PERMIT, template=name))


def text_of(file: Path) -> list[str]:
    """The text of each page without spaces, as a program outside the project reads it."""
    program = require_tool("pdftotext")
    run = subprocess.run([program, "-raw", file, "-"], capture_output=True, check=True, text=True)
    return [re.sub(r"\s", "", page) for page in run.stdout.split("\f")[:-1]]


def test_what_would_be_longer_than_any_paper_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = filled(PERMIT, LONG_NAME * 30)
    pages = len(paper.lay_out(sheet).pages)
    monkeypatch.setattr(archive, "MOST_PAGES", pages)
    assert paper.render(sheet)
    monkeypatch.setattr(archive, "MOST_PAGES", pages - 1)
    with pytest.raises(archive.TooLong, match=f"{pages} pages, at most {pages - 1}"):
        paper.render(sheet)
