"""The paper as a file: the same bytes every time, archivable, with nothing from elsewhere, and every value as text."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from weasyprint.urls import FatalURLFetchingError

from approvals.certificates import paper
from approvals.certificates.content import content_of, reworded
from approvals.certificates.glyphs import missing, spoken
from approvals.certificates.sheet import DATA_FILE, DATA_NAME, Sheet
from services.answers import Address, examples
from services.current import catalogue
from services.item import Item, Kind, Text
from tests.approvals.certificates.samples import PERMIT, RESIDENCE, filled, sheet
from tests.outside import require_tool

ATTACHED = [DATA_FILE, f"{DATA_NAME}.xml"]
ROOT = Path(__file__).resolve().parents[3]
RENDER = """
import hashlib
from approvals.certificates.paper import render
from services.answers import Address, examples
from services.current import catalogue
from services.item import Item, Kind
from tests.approvals.certificates.samples import PERMIT, RESIDENCE
print(*(hashlib.sha256(render(sheet)).hexdigest() for sheet in (RESIDENCE, PERMIT, RESIDENCE)))
"""
ONE_PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def document(plain_paper: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(plain_paper)) as opened:
        yield opened


def text_of(content: bytes, folder: Path) -> str:
    """The words of a page as another program reads them, without the spaces and breaks between them."""
    (folder / "paper.pdf").write_bytes(content)
    done = subprocess.run(
        [require_tool("pdftotext"), "-raw", folder / "paper.pdf", "-"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return re.sub(r"\s", "", done.stdout)


@dataclass(frozen=True, slots=True)
class Word:
    """Where a word stands on its page, in points from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    def covers(self, other: Word) -> bool:
        """By more than the air that belongs to a letter's box."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 1 and down > 0.35 * min(self.bottom - self.top, other.bottom - other.top)


def words_of(content: bytes, folder: Path) -> list[list[Word]]:
    """The words of each page as another program finds them; it writes a title with a rare letter as no UTF-8."""
    (folder / "paper.pdf").write_bytes(content)
    command: list[str | Path] = [require_tool("pdftotext"), "-bbox", folder / "paper.pdf", "-"]
    said = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", errors="replace").stdout
    place = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')
    return [
        [
            Word(float(left), float(top), float(right), float(bottom), text)
            for left, top, right, bottom, text in place.findall(page)
        ]
        for page in said.split("<page ")[1:]
    ]


def dictionaries(document: pikepdf.Pdf) -> list[Any]:
    """Every dictionary of the file, streams' own included."""
    return [thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream)]


def test_places_in_a_text_are_filled_anew_after_a_change() -> None:
    item = catalogue().item("construction-permit")
    assert item.certificate is not None
    spec = replace(item.certificate, statement=Text("准予{project_name}（{builder_name}）于{issued_on:iso}起施工。"))
    answers = examples(item, date(2026, 5, 15))
    before = content_of(
        item,
        answers,
        holder="甲公司",
        issuer="成都市住房和城乡建设局",
        issuer_code="11510100009173516A",
        regions={},
        issued_on=date(2026, 5, 15),
        spec=spec,
    ).as_data()
    same = reworded(item, answers, before, regions={}, valid_until=None, spec=spec)
    assert same == {"statement": before["statement"], "notes": before["notes"]}
    labels = {key: label.zh for key, label in spec.fields}
    fields = [[label, "乙公司" if label == labels["builder_name"] else value] for label, value in before["fields"]]
    after = {**before, "fields": fields, "holder": "乙公司", "issued_on": "2026-07-01"}
    told = reworded(item, answers, after, regions={}, valid_until=None, spec=spec)["statement"]
    assert "（乙公司）于2026-07-01起施工。" in told


def test_the_same_sheet_gives_the_same_bytes(plain_paper: bytes) -> None:
    assert digest(paper.render(sheet())) == digest(plain_paper)


def test_another_process_elsewhere_gives_the_same_bytes(plain_paper: bytes) -> None:
    """Other hash seed, time zone and language, and another certificate made before."""
    there = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "America/New_York", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", RENDER], cwd=ROOT, env=there, check=True, capture_output=True, encoding="utf-8"
    )
    first, permit, again = done.stdout.split()
    assert permit == digest(plain_paper)
    assert first == again == digest(paper.render(RESIDENCE))


def test_another_sheet_gives_another_file_identifier(document: pikepdf.Pdf) -> None:
    with pikepdf.open(io.BytesIO(paper.render(RESIDENCE))) as other:
        assert bytes(document.trailer.ID[0]) != bytes(other.trailer.ID[0])


def test_it_calls_itself_pdf_a_3a(document: pikepdf.Pdf) -> None:
    with document.open_metadata() as metadata:
        assert metadata.pdfa_status == "3A"
        assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert metadata["dc:title"] == f"{PERMIT.title} {PERMIT.number}"
    assert document.pdf_version == "1.7"
    assert not document.is_encrypted
    assert len(document.trailer.ID) == 2


def test_its_colours_are_defined_by_the_profile_it_carries(document: pikepdf.Pdf) -> None:
    (intent,) = document.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    profile = intent.DestOutputProfile
    assert profile.N == 3
    assert profile.read_bytes()[36:40] == b"acsp"
    assert b"/DeviceCMYK" not in b"".join(
        thing.read_bytes() for thing in dictionaries(document) if isinstance(thing, pikepdf.Stream)
    )


def test_every_font_is_inside_and_its_letters_can_be_read_back(document: pikepdf.Pdf) -> None:
    fonts = [thing for thing in dictionaries(document) if thing.get("/Type") == "/Font"]
    described = [thing for thing in dictionaries(document) if thing.get("/Type") == "/FontDescriptor"]
    assert {str(font.BaseFont).partition("+")[2] for font in fonts} == {"Rongyi-Song", "Rongyi-Song-Bold"}
    assert len(described) == 2
    assert all("/FontFile2" in descriptor or "/FontFile3" in descriptor for descriptor in described)
    assert all("/ToUnicode" in font for font in fonts if font.Subtype == "/Type0")


def test_its_data_are_attached_once_and_say_what_stands_on_the_page(document: pikepdf.Pdf) -> None:
    attached, same = document.Root.AF
    assert attached.AFRelationship == same.AFRelationship == "/Data"
    assert [str(attached.UF), str(same.UF)] == list(document.attachments) == ATTACHED
    assert json.loads(attached.EF.F.read_bytes()) == json.loads(PERMIT.as_json())
    told = ET.fromstring(same.EF.F.read_bytes())  # noqa: S314  # made by us a moment ago
    assert told.tag == "certificate"
    assert told.findtext("number") == PERMIT.number
    assert [tuple(part.text for part in field) for field in told.findall("fields/item")] == list(PERMIT.fields)


def test_a_reader_that_cannot_see_is_told_language_title_and_structure(document: pikepdf.Pdf) -> None:
    root = document.Root
    assert str(root.Lang) == "zh-CN"
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    assert [page.Tabs for page in document.pages] == ["/S"]
    elements = [thing for thing in dictionaries(document) if thing.get("/Type") == "/StructElem"]
    kinds = {str(element.S) for element in elements}
    assert {"/Document", "/H1", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= kinds
    figures = [str(element.Alt) for element in elements if element.S == "/Figure"]
    assert len(figures) == 2
    assert any(PERMIT.issuer in alternative for alternative in figures)
    assert sum(element.S == "/TH" for element in elements) == len(PERMIT.fields)


def test_nothing_in_it_acts_or_leads_elsewhere(document: pikepdf.Pdf) -> None:
    forbidden = {"/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch", "/URI", "/GoToR", "/SubmitForm", "/RichMedia"}
    for thing in dictionaries(document):
        assert not forbidden & set(thing.keys())
        assert thing.get("/S") not in forbidden
    assert all("/Annots" not in page for page in document.pages)


def test_qpdf_finds_nothing_wrong_with_it(plain_paper: bytes, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(plain_paper)
    subprocess.run([require_tool("qpdf"), "--check", tmp_path / "paper.pdf"], check=True, capture_output=True)


def test_it_is_a_small_file(plain_paper: bytes) -> None:
    assert len(plain_paper) < 100_000


MILLIMETRE = 72 / 25.4
LONG = "成都东部新区示例国际航空经济协同发展实验基础设施建设投资运营管理集团股份有限责任公司"


@pytest.mark.parametrize(
    "made",
    [
        PERMIT,
        RESIDENCE,
        filled((LONG * 5)[:200]),
        filled("Wiñ 示例 " * 33),
        sheet(is_demonstration=False, valid_until=RESIDENCE.valid_until),
    ],
    ids=["usual", "few fields", "200 characters in every field", "200 letters in every field", "in force"],
)
def test_words_stand_inside_the_frame_and_never_one_over_another(made: Sheet, tmp_path: Path) -> None:
    assert_set_well(made, tmp_path)


def assert_set_well(made: Sheet, folder: Path) -> None:
    """On one page, inside the frame, nothing over anything, every label in its column, all values above the foot."""
    pages = words_of(paper.render(made), folder)
    assert len(pages) == 1
    (words,) = pages
    assert len(words) > 20
    inside = [
        word.left > 20 * MILLIMETRE
        and word.right < 190 * MILLIMETRE
        and word.top > 20 * MILLIMETRE
        and word.bottom < 277 * MILLIMETRE
        for word in words
    ]
    assert all(inside)
    assert [(one.text, other.text) for one, other in combinations(words, 2) if one.covers(other)] == []
    # Everything the table says stands above the foot.
    foot = min(word.top for word in words if word.text.startswith(("发证机关", "Issued", "扫码核验", "Scan")))
    above = "".join(word.text for word in words if word.bottom < foot)
    said = "".join(value for _label, value in made.fields)
    assert not Counter(re.sub(r"\s", "", said)) - Counter(unescape(above))


FOREMOST = "◎"
"""Stands before the first value, to see where the column of values begins."""
SHOWN = {"GC205", "GC307", "MS017", "MS028", "MS031", "MS041", "MS053", "MS070"}
"""Of every width of labels and values; all the others are for `make soak`."""
CERTIFICATES = [
    pytest.param(item, language, id=f"{item.code} {language}", marks=() if item.code in SHOWN else pytest.mark.soak)
    for item in catalogue().items.values()
    for language in ("zh", "en")
]


@pytest.mark.parametrize("item, language", CERTIFICATES)
def test_every_certificate_of_the_catalogue_holds_the_longest_answers(
    item: Item, language: str, tmp_path: Path
) -> None:
    made = fullest(item, language)
    assert_set_well(made, tmp_path)
    ((first, *_rest), *others) = made.fields
    marked = replace(made, fields=((first, f"{FOREMOST}{made.fields[0][1]}"), *others))
    (words,) = words_of(paper.render(marked), tmp_path)
    (start,) = [word for word in words if word.text.startswith(FOREMOST)]
    after = [word for word in words if word.top > start.top]
    foot = [word for word in after if word.text.startswith(("发证机关", "Issued"))]
    opinions = [word for word in after if word.left < start.left and word.text.startswith(("备案意见", "Opinion"))]
    below = min(word.top for word in (*foot, *opinions))
    labels = [word for word in words if start.top - 2 < word.top < below - 1 and word.left < start.left - 1]
    assert labels
    assert [word.text for word in labels if word.right > start.left - 2 * MILLIMETRE] == []


def fullest(item: Item, language: str) -> Sheet:
    """The item's certificate with the longest answer to every question that has a limit."""
    answers = examples(item, PERMIT.issued_on)
    for key, question in item.questions.items():
        if key in answers and question.kind in (Kind.TEXT, Kind.LONG_TEXT):
            answers[key] = (LONG * 30)[: min(question.max_length or 200, 400)]
        elif isinstance(place := answers.get(key), Address):
            answers[key] = replace(place, detail=(LONG * 5)[:200])
    content = content_of(
        item,
        answers,
        holder=(LONG * 3)[:100],
        issuer=catalogue().departments[item.department].name.in_language(language),
        issuer_code=PERMIT.issuer_code,
        regions=catalogue().region_names,
        issued_on=PERMIT.issued_on,
        language=language,
    )
    years = item.certificate.valid_years if item.certificate else None
    return replace(
        PERMIT,
        template=content.template,
        title=content.title,
        issuer=content.issuer,
        holder=content.holder,
        fields=content.fields,
        statement=content.statement,
        notes=content.notes,
        valid_until=RESIDENCE.valid_until if years else None,
        language=language,
        translation_of=item.certificate.title.zh if item.certificate and language == "en" else "",
    )


HOSTILE = (
    '<img src="file:///etc/hostname">',
    "</td></tr></table><h1>特准</h1>",
    '<link rel="attachment" href="file:///etc/hostname">',
    "<style>@import url(http://127.0.0.1/x.css)</style>",
    "url(file:///etc/hostname)",
    "{{ 7 * 191 }} {% include 'base.html' %} {# 注 #}",
    "{{ sheet.__class__.__mro__ }}",
    "&lt;b&gt; &amp; &#x4E2D;",
    "%(name)s ${HOME} \\u4e2d",
    f'<img src="{ONE_PIXEL}">',
)


@pytest.mark.parametrize("value", HOSTILE)
def test_markup_and_code_in_a_value_stand_there_as_text(value: str, tmp_path: Path) -> None:
    made = paper.render(sheet(fields=(("建设单位", value),), statement=value, notes=(value,)))
    assert text_of(made, tmp_path).count(re.sub(r"\s", "", value)) == 3
    with pikepdf.open(io.BytesIO(made)) as document:
        assert list(document.attachments) == ATTACHED
        assert len(document.pages) == 1


def test_markup_in_every_other_place_stands_there_as_text(tmp_path: Path) -> None:
    """Title, issuer, numbers and labels come from the office and the catalogue, and are no more trusted."""
    sign = "<b>{{1}}</b>"
    words = text_of(
        paper.render(sheet(title=sign, issuer=sign, number=sign, identifier=sign, code=sign, fields=((sign, "值"),))),
        tmp_path,
    )
    assert words.count(sign) >= 6


def test_nothing_is_fetched_from_network_or_disk() -> None:
    """A listener on this machine, and a file that exists: neither is touched, and asking for them is an error."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x.png"
        value = f'<img src="{address}"><link rel=stylesheet href="{address}">url({address})'
        paper.render(filled(value))
        listener.settimeout(0.05)
        with pytest.raises(TimeoutError):
            listener.accept()
        for asked in (address, "file:///etc/hostname", "/etc/hostname", "given:../base.html", ONE_PIXEL, "given:other"):
            with pytest.raises(FatalURLFetchingError, match="a certificate asked for"):
                paper.Given({}).fetch(asked)


@pytest.mark.parametrize("rare", ["䶮", "㛃", "𬭎", "𠅤", "㼆", "𠮷"])
def test_a_rare_character_is_really_shown(rare: str, tmp_path: Path) -> None:
    """The first four are in the everyday fonts, the others in those of rare characters; none is the machine's."""
    named: Sheet = sheet(holder=f"王{rare}", fields=(("项目负责人", f"王{rare}"),))
    assert missing(named.texts()) == ()
    made = paper.render(named)
    assert f"王{rare}" in text_of(made, tmp_path)
    with pikepdf.open(io.BytesIO(made)) as document:
        fonts = {str(thing.BaseFont) for thing in dictionaries(document) if thing.get("/Type") == "/Font"}
    assert all("Rongyi-Song" in font for font in fonts)
    assert any("Rare" in font for font in fonts) == (rare in "㼆𠮷")


@pytest.mark.parametrize(
    "unknown",
    [
        "\ue000",
        "\U000f0000",
        "\u0378",
        "\U000e0001",
        "\x00",
        "\x07",
        "\ufffe",
        "\ud800",
        "\u202e",
        "\u200f",
        "\u2066",
        "\ufeff",
        "𒀀",
    ],
)
def test_a_character_without_a_shape_is_missing(unknown: str) -> None:
    assert missing(["王小明", f"王{unknown}"]) == (unknown,)


def test_everyday_texts_miss_nothing() -> None:
    assert missing(PERMIT.texts()) == missing(RESIDENCE.texts()) == ()
    assert missing(["A-Z a-z 0-9 ½ ㎡ m² ℃ “”‘’——……《》〈〉【】①② Ⅳ é ü", "第一行\n第二行\t三", "　"]) == ()
    assert missing([]) == ()


def test_missing_characters_are_named_once_and_in_order() -> None:
    assert missing(["\ue001王\ue000", "\ue000"]) == ("\ue000", "\ue001")


def test_missing_characters_are_spoken_of_so_that_they_can_be_told_apart() -> None:
    assert spoken(["𒀀", "\ue000", "\u202e"]) == "𒀀（U+12000）、U+E000、U+202E"
