"""Render a sheet to PDF/A-3a with WeasyPrint: the same sheet gives the same bytes."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from approvals.certificates import drawing, fonts
from approvals.certificates.archive import archived
from approvals.certificates.drawing import Picture
from approvals.certificates.sheet import DATA_NAME, Sheet
from services.han import han_date, han_number
from services.papers import SealMark

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "certificates"
SAMPLE_LINE = "示例专用章"
"""On every seal of a demonstration, whatever the office has it say."""
MONTHS = (
    *("", "January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MILLIMETRE = 96 / 25.4
"""In CSS pixels, WeasyPrint's unit."""

WORDS = {
    "zh": {
        "number": "编号",
        "until": "有效期至",
        "scan": "扫码核验真伪",
        "code": "核验码",
        "identifier": "证照标识",
        "issuer": "发证机关",
        "notes": "注意事项",
        "qr": "核验二维码",
        "seal": "电子印章",
        "sample": "（示例）",
        "sample_note": "本页为示例，由演示密钥签名，不具有法律效力。",
        "force_note": "本电子证照经数字签名，与纸质证照具有同等法律效力。",
    },
    "en": {
        "number": "No.",
        "until": "Valid until",
        "scan": "Scan to verify",
        "code": "Code",
        "identifier": "Licence identifier",
        "issuer": "Issued by",
        "notes": "Notes",
        "qr": "QR code for verification",
        "seal": "Electronic seal",
        "sample": " (sample)",
        "sample_note": "This page is a sample signed with a demonstration key and has no legal force.",
        "force_note": "This electronic licence is digitally signed and has the same legal force as one on paper.",
        "translation_of": "Translation of",
        "original_prevails": "The Chinese original prevails.",
        "translation_note": "This translation is digitally signed; legal force is that of the Chinese original.",
    },
}


@dataclass(frozen=True, slots=True)
class Setting:
    """How closely a sheet is set: `line` letters stand on a line of a value, `rows` lines in the table, about."""

    name: str
    line: float
    rows: float


SETTINGS = (
    Setting("airy", 21, 6),
    Setting("roomy", 25, 9),
    Setting("usual", 30, 17),
    Setting("close", 35, 27),
    Setting("closer", 42, 40),
    Setting("closest", 56, 66),
)
"""From the roomiest to the closest; what does not fit even so goes on, set as `continued`, on further pages."""
CONTINUED = "continued"


class Given(URLFetcher):
    """Serves what it was given and nothing else: no network, no file (WeasyPrint's own would read both)."""

    def __init__(self, parts: Mapping[str, tuple[bytes, str]]) -> None:
        super().__init__(allowed_protocols=["given"])
        self._parts = parts

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        found = self._parts.get(url.removeprefix("given:"))
        if found is None:
            raise FatalURLFetchingError(f"a certificate asked for {url[:80]}")
        content, media_type = found
        return URLFetcherResponse(url, content, {"Content-Type": media_type})


@cache
def nothing_else() -> Given:
    """For a page, whose pictures it has already: making one costs more than asking it."""
    return Given({})


class Placed:
    """A picture as WeasyPrint takes images: it asks for the size and lets it be drawn."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, float]:
        return self._picture.width, self._picture.height, self._picture.width / self._picture.height

    def draw(self, stream: Any, width: float, height: float, _style: Any) -> None:
        with stream.stacked():
            stream.transform(a=width / self._picture.width, d=height / self._picture.height)
            for motif in self._picture.motifs:
                group = stream.add_group(*motif.extent)
                group.stream.append(motif.operators)
                drawn = b" cm /" + group.id.encode() + b" Do Q\n"
                stream.stream.append(b"".join(b"q " + place + drawn for place in _places(motif.placements)))


@lru_cache(maxsize=32)
def _places(placements: tuple[drawing.Placement, ...]) -> tuple[bytes, ...]:
    """Matrices as a PDF has them; a frame has more than a hundred, and no two certificates differ in them."""
    return tuple(" ".join(f"{number:.5f}" for number in placement).encode() for placement in placements)


class Page(HTML):
    """A document whose elements have no markers, footnotes and notes: WeasyPrint computes styles for five of them each,
    and no certificate has one.
    """

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [plain_elements()]


@cache
def plain_elements() -> CSS:
    """WeasyPrint's own style sheet for HTML but for the rules that begin with a pseudo-element."""
    lines = (files("weasyprint") / "css" / "html5_ua.css").read_text(encoding="utf-8").splitlines()
    return CSS(string="\n".join(line for line in lines if not line.startswith(("::", "@counter-style"))))


@cache
def environment(folder: Path = TEMPLATES) -> SandboxedEnvironment:
    """Everything is escaped; templates see values only, and a name they misspell is an error."""
    made = SandboxedEnvironment(
        loader=FileSystemLoader(folder), autoescape=True, auto_reload=False, undefined=StrictUndefined
    )
    made.filters["han_date"] = han_date
    made.filters["han_number"] = han_number
    made.filters["english_date"] = english_date
    made.filters["spacing"] = spacing
    return made


RARE = """
@font-face { font-family: "Rongyi Song Rare"; src: url("given:rare-regular"); font-weight: 400 }
@font-face { font-family: "Rongyi Song Rare"; src: url("given:rare-bold"); font-weight: 700 }
"""


@cache
def fonts_and_styles(
    folder: Path = TEMPLATES, sheet: str = "certificate.css", *, with_rare: bool = False
) -> tuple[FontConfiguration, CSS]:
    """Loaded once a process: the fonts are the costly part. `with_rare` for a text that fonts.beyond_cut finds."""
    configuration = FontConfiguration()
    files = {"regular": fonts.REGULAR, "bold": fonts.BOLD}
    if with_rare:
        files |= {"rare-regular": fonts.RARE_REGULAR, "rare-bold": fonts.RARE_BOLD}
    parts = {name: (file.read_bytes(), "font/ttf") for name, file in files.items()}
    css = CSS(
        string=(folder / sheet).read_text(encoding="utf-8") + spacings() + (RARE if with_rare else ""),
        font_config=configuration,
        url_fetcher=Given(parts),
        base_url="given:",
    )
    return configuration, css


def english_date(day: date) -> str:
    """15 May 2026, whatever the machine's locale."""
    return f"{day.day} {MONTHS[day.month]} {day.year}"


def width(text: str) -> float:
    """How wide a text is at most, in letters of full width: as its bold letters are."""
    return sum(fonts.advance(letter) for letter in text)


LONGEST = 9
"""Chinese letters on a line of a label."""


@dataclass(frozen=True, slots=True)
class Label:
    """A field's label, line by line, each with the gap (em) that spreads it over the column, as licences have it."""

    lines: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The labels of a sheet; `letters` is the width they share."""

    letters: float
    labels: tuple[Label, ...]


def column(labels: Iterable[str], *, are_spread: bool) -> Column:
    """Chinese labels spread to the longest of them; a remark in brackets and what is too long take further lines."""
    broken = [_lines(label) if are_spread else (label,) for label in labels]
    widest = max((width(line) for lines in broken for line in lines), default=0.0)
    letters = max(6.0, min(float(LONGEST), widest)) if are_spread else max(6.0, min(15.0, widest))
    return Column(
        letters,
        tuple(Label(tuple((line, _gap(line, letters) if are_spread else 0.0) for line in lines)) for lines in broken),
    )


def _lines(label: str) -> tuple[str, ...]:
    head, bracket, rest = label.partition("（")
    parts = (head, bracket + rest) if head and bracket and width(label) > 8 else (label,)
    return tuple(line for part in parts for line in _broken(part))


WORD = re.compile(r"[^\s\u2e80-\uffef]+\s*|.", re.DOTALL)
"""What stays on one line: a Latin word or number with the space behind it, a Chinese letter."""


def _broken(text: str) -> list[str]:
    """In lines of about the same length that the column takes; between words where there are any."""
    count = math.ceil(width(text) / LONGEST)
    if count < 2:
        return [text]
    even = _wrapped(text, math.ceil(width(text) / count))
    return even if len(even) == count else _wrapped(text, LONGEST)


def _wrapped(text: str, limit: float) -> list[str]:
    """A word that is wider than a line by itself is broken anywhere."""
    lines = [""]
    for word in WORD.findall(text):
        for part in [word] if width(word.rstrip()) <= limit else list(word):
            if width((lines[-1] + part).rstrip()) > limit:
                lines.append("")
            lines[-1] += part
    return [line.strip() for line in lines if line.strip()]


def _gap(line: str, share: float) -> float:
    """Between letters; a line of one letter or of the full width has none, one in brackets or with Latin words stays
    together.
    """
    if len(line) < 2 or line.startswith("（") or not all(unicodedata.east_asian_width(each) in "WFA" for each in line):
        return 0.0
    return round(max(0.0, (share - width(line)) / (len(line) - 1)), 3)


FINEST, WIDEST = 60, 480
"""Letter-spacing goes in sixtieths of the size, up to eight times the size: labels of two to seven letters end even."""


def spacing(gap: float) -> str:
    """The class that spaces letters by a gap (em); a style of its own would keep WeasyPrint from sharing styles."""
    return f"s{min(WIDEST, round(gap * FINEST))}" if gap else ""


def spacings() -> str:
    """The rules of these classes."""
    return "".join(f".s{step} {{ letter-spacing: {step / FINEST:.4f}em }}\n" for step in range(1, WIDEST + 1))


def markup(sheet: Sheet, setting: str, folder: Path = TEMPLATES) -> str:
    """The page as HTML; every value is escaped."""
    words = WORDS["en" if sheet.language == "en" else "zh"]
    until = []
    if sheet.valid_until:
        day = sheet.valid_until
        plain = f"{day.year} 年 {day.month} 月 {day.day} 日"
        until = [(words["until"], english_date(day) if sheet.language == "en" else plain)]
    fields = (*sheet.fields, *until)
    labels = column((label for label, _value in fields), are_spread=sheet.language != "en")
    template = environment(folder).get_template(f"{sheet.template}.html")
    return template.render(
        sheet=sheet,
        words=words,
        setting=setting,
        column=labels,
        rows=[(label, value) for label, (_text, value) in zip(labels.labels, fields, strict=True)],
        paragraphs=[paragraph for paragraph in sheet.statement.splitlines() if paragraph.strip()],
        title_letters=width(sheet.title),
        watermark_letters=width(sheet.watermark),
    )


def pictures(sheet: Sheet) -> dict[str, Picture]:
    """The pictures of the page, by the names its markup uses."""
    look = sheet.seal_look
    line = SAMPLE_LINE if sheet.is_demonstration and not sheet.is_preview else look.line
    across = drawing.PREVIEW if sheet.is_preview else drawing.SAMPLE if sheet.is_demonstration else None
    return {
        "frame": drawing.frame(across),
        "seal": drawing.seal(look.name, look.serial, line, has_star=look.mark is SealMark.STAR),
        "qr": drawing.qr(sheet.qr_text),
    }


def render(sheet: Sheet, folder_of_templates: Path | None = None) -> bytes:
    """PDF/A-3a: tagged, the data embedded once as an associated file; one page unless the values are extremely long.
    Raises archive.TooLong.
    """
    document = lay_out(sheet, folder_of_templates or TEMPLATES)
    return archived(document, name=DATA_NAME, data=sheet.as_json(), day=sheet.issued_on, description="证照数据")


def lay_out(sheet: Sheet, folder: Path = TEMPLATES) -> Document:
    """Set as roomily as one page allows; the estimate is mostly right, so that mostly one attempt does."""
    configuration, css = fonts_and_styles(folder, with_rare=bool(fonts.beyond_cut(sheet.texts())))
    images = {f"given:{name}": Placed(picture) for name, picture in pictures(sheet).items()}
    document: Document | None = None
    for name in settings(sheet):
        page = Page(string=markup(sheet, name, folder), url_fetcher=nothing_else(), base_url="given:")
        document = page.render(
            font_config=configuration, stylesheets=[css], pdf_variant="pdf/a-3a", pdf_tags=True, cache=dict(images)
        )
        if _fits(document) and (len(document.pages) == 1 or name.startswith(CONTINUED)):
            break
    return document


def settings(sheet: Sheet) -> Iterator[str]:
    """The settings worth trying, roomiest first."""
    labels = column((label for label, _value in sheet.fields), are_spread=sheet.language != "en")
    told = [(len(label.lines), value) for label, (_text, value) in zip(labels.labels, sheet.fields, strict=True)]
    for setting in SETTINGS:
        line = setting.line + 6 - labels.letters
        rows = sum(max(lines, math.ceil(width(value) / line)) for lines, value in told)
        rows += 1 if sheet.valid_until else 0
        if rows <= setting.rows:
            yield setting.name
    yield from (CONTINUED, f"{CONTINUED} apart")


def _fits(document: Document) -> bool:
    """Whether the foot stands below the table's end, on the same page."""
    last = document.pages[-1].anchors
    if "fields" not in last or "foot" not in last:
        return False
    return bool(last["fields"][3] + 2 * MILLIMETRE <= last["foot"][1])
