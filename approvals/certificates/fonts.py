"""Which fonts certificates are set in: our own cut ones, and those of rare characters where a text has one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "certificates" / "fonts"
REGULAR = FOLDER / "rongyi-song-regular.ttf"
BOLD = FOLDER / "rongyi-song-bold.ttf"
RARE_REGULAR = FOLDER / "rongyi-song-rare-regular.ttf"
RARE_BOLD = FOLDER / "rongyi-song-rare-bold.ttf"
"""Twenty megabytes that few sheets need: they are read for a character beyond the cut fonts, and not before."""


@cache
def cut_characters() -> frozenset[int]:
    """What both cut fonts can show."""
    return _characters(REGULAR, BOLD)


@cache
def rare_characters() -> frozenset[int]:
    """What the fonts of rare characters can show in both weights."""
    return _characters(RARE_REGULAR, RARE_BOLD)


def _characters(*files: Path) -> frozenset[int]:
    shown = []
    for file in files:
        with TTFont(file, lazy=True) as font:
            shown.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*shown)


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
    for file in (BOLD, RARE_BOLD):
        font, characters = _opened(file)
        if name := characters.get(ord(letter)):
            return font, name
    font, characters = _opened(BOLD)
    return font, characters[0x3000]


@cache
def _opened(file: Path) -> tuple[Any, dict[int, str]]:
    font = TTFont(file, lazy=True)
    return font, font.getBestCmap()
