"""Which fonts certificates are set in: our own cut ones, and the whole original for rare characters."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTCollection, TTFont

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "certificates" / "fonts"
REGULAR = FOLDER / "rongyi-song-regular.ttf"
BOLD = FOLDER / "rongyi-song-bold.ttf"
FAMILY = "Rongyi Song"
WHOLE_FAMILY = "Noto Serif CJK SC"
PLACES = (
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/share/fonts/google-noto-serif-cjk-fonts",
    "/usr/share/fonts/google-noto-cjk",
)
"""Where distributions install the whole Noto Serif CJK; it is used only for a character beyond the cut fonts."""


@cache
def whole(weight: str) -> Path | None:
    """The original font of a weight (Regular, Bold) as installed on this machine; None where it is not."""
    candidates = (Path(place) / f"NotoSerifCJK-{weight}.ttc" for place in PLACES)
    return next((candidate for candidate in candidates if candidate.is_file()), None)


@cache
def cut_characters() -> frozenset[int]:
    """What both cut fonts can show."""
    with TTFont(REGULAR, lazy=True) as regular, TTFont(BOLD, lazy=True) as bold:
        return frozenset(regular.getBestCmap()) & frozenset(bold.getBestCmap())


@cache
def whole_characters() -> frozenset[int]:
    """What the whole font can show in both weights; nothing where it is not installed."""
    shown: frozenset[int] | None = None
    for weight in ("Regular", "Bold"):
        if (path := whole(weight)) is None:
            return frozenset()
        with TTCollection(path, lazy=True) as collection:
            characters = frozenset(_simplified(collection).getBestCmap())
        shown = characters if shown is None else shown & characters
    return shown or frozenset()


def beyond_cut(texts: Iterable[str]) -> set[str]:
    """Characters that the cut fonts cannot show."""
    known = cut_characters()
    return {letter for text in texts for letter in text if ord(letter) not in known}


@lru_cache(maxsize=2048)
def advance(letter: str) -> float:
    """The width of a bold letter in units of its size."""
    font, name = _bold(letter)
    return float(font["hmtx"][name][0]) / float(font["head"].unitsPerEm)


@lru_cache(maxsize=2048)
def outline(letter: str) -> str:
    """The path of a bold letter as PDF operators, size 1, y upwards; empty for a space."""
    font, name = _bold(letter)
    glyphs = font.getGlyphSet()
    pen = OperatorPen(glyphs, 1 / font["head"].unitsPerEm)
    glyphs[name].draw(pen)
    return " ".join(pen.operators)


class OperatorPen(BasePen):
    """Collects an outline as PDF path operators."""

    def __init__(self, glyphs: Any, scale: float) -> None:
        super().__init__(glyphs)
        self.operators: list[str] = []
        self._scale = scale

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        numbers = " ".join(f"{value * self._scale:.3f}" for point in points for value in point)
        self.operators.append(f"{numbers} {operator}")

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802  # named by fontTools
        self._add("m", pt)

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self._add("l", pt)

    def _curveToOne(  # noqa: N802
        self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]
    ) -> None:
        self._add("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802
        self.operators.append("h")


def _bold(letter: str) -> tuple[Any, str]:
    """The font that has a letter and its glyph's name; a letter nobody has, refused before issuing, is a space."""
    for font, characters in _bold_fonts():
        if name := characters.get(ord(letter)):
            return font, name
    font, characters = next(iter(_bold_fonts()))
    return font, characters[0x3000]


def _bold_fonts() -> Iterable[tuple[Any, dict[int, str]]]:
    yield _cut_bold()
    if (found := _whole_bold()) is not None:
        yield found


@cache
def _cut_bold() -> tuple[Any, dict[int, str]]:
    font = TTFont(BOLD, lazy=True)
    return font, font.getBestCmap()


@cache
def _whole_bold() -> tuple[Any, dict[int, str]] | None:
    if (path := whole("Bold")) is None:
        return None
    font = _simplified(TTCollection(path, lazy=True))
    return font, font.getBestCmap()


def _simplified(collection: Any) -> Any:
    return next(font for font in collection.fonts if font["name"].getDebugName(1) == WHOLE_FAMILY)
