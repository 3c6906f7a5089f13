"""The certificates' fonts are those the manifest names, bear a name of our own and keep the licence they came with."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "templates" / "certificates" / "fonts"
MANIFEST: list[dict[str, str]] = json.loads((FONTS / "manifest.json").read_text("utf-8"))
NAMES = [entry["file"] for entry in MANIFEST]
NOT_OURS = re.compile(r"noto|source|adobe|google|cjk", re.IGNORECASE)
"""Names of the original, of the font it came from and of their makers."""
FAMILY_NAMES = (1, 4, 6, 16, 21)
"""What a person sees in a list of fonts: family, full name, PostScript name, typographic family, WWS family."""
COPYRIGHT, LICENCE, LICENCE_ADDRESS = 0, 13, 14


def test_the_fonts_are_those_of_the_manifest() -> None:
    assert {path.name for path in FONTS.iterdir()} == {*NAMES, "manifest.json", "OFL.txt"}
    for entry in MANIFEST:
        assert hashlib.sha256((FONTS / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry["file"]


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_font_does_not_bear_the_originals_name(name: str) -> None:
    with TTFont(FONTS / name) as font:
        shown = [str(record) for record in font["name"].names if record.nameID in FAMILY_NAMES]
    assert shown
    assert [text for text in shown if NOT_OURS.search(text) or "Rongyi" not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_font_keeps_copyright_and_licence(name: str) -> None:
    with TTFont(FONTS / name) as font:
        assert "Adobe" in font["name"].getDebugName(COPYRIGHT)
        assert "SIL Open Font License, Version 1.1" in font["name"].getDebugName(LICENCE)
        assert font["name"].getDebugName(LICENCE_ADDRESS).endswith("/OFL")


def test_the_licence_stands_beside_the_fonts_whole_and_alone() -> None:
    text = (FONTS / "OFL.txt").read_text("utf-8")
    assert text.startswith("Copyright 2017-2022 Adobe")
    assert all(name in text for name in NAMES)
    parts = ("PREAMBLE", "DEFINITIONS", "PERMISSION & CONDITIONS", "TERMINATION", "DISCLAIMER")
    assert [text.count(f"\n{part}\n") for part in parts] == [1] * 5
    assert "SIL OPEN FONT LICENSE Version 1.1 - 26 February 2007" in text
    assert "GPL" not in text


@pytest.mark.parametrize("name", [name for name in NAMES if "rare" in name])
def test_a_font_of_rare_characters_has_what_the_cut_ones_lack(name: str) -> None:
    """Of Extension A and B and the compatibility ideographs, too; no letter stands in two files."""
    with TTFont(FONTS / name) as font, TTFont(FONTS / name.replace("rare-", "")) as everyday:
        rare, cut = set(font.getBestCmap()), set(everyday.getBestCmap())
    assert {ord(letter) for letter in "龑㼆𠮷\uf900ﾃ"} <= rare
    assert len([code for code in rare if unicodedata.name(chr(code), "").startswith("CJK UNIFIED")]) > 21_000
    assert rare & cut == set()


@pytest.mark.parametrize("name", [name for name in NAMES if "rare" not in name])
def test_a_cut_font_shows_every_standard_character(name: str) -> None:
    """GB 2312, and what the table of 2013 adds to it: every name registered since can be printed."""
    rare = (ROOT / "deploy" / "fonts" / "beyond-gb2312.txt").read_text("utf-8").replace("\n", "")
    assert len(rare) == len(set(rare)) == 1467
    rows = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    common = "".join(code.decode("gb2312", "ignore") for code in rows)
    assert len(common) == 6763
    with TTFont(FONTS / name) as font:
        assert [letter for letter in common + rare if ord(letter) not in font.getBestCmap()] == []
