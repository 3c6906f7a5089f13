"""Cut the certificates' fonts out of Noto Serif CJK SC: everyday characters, and apart from them the rarer ones.

Needs the Debian package fonts-noto-cjk and fontTools. The same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

SOURCE = Path("/usr/share/fonts/opentype/noto")
TARGET = Path(__file__).resolve().parents[2] / "templates" / "certificates" / "fonts"
FAMILY = "Rongyi Song"
"""A name of our own: a cut font must not be taken for the original."""
RARE_FAMILY = "Rongyi Song Rare"
SIMPLIFIED_CHINESE = "Noto Serif CJK SC"
BEYOND_GB2312 = Path(__file__).with_name("beyond-gb2312.txt")
"""The 1,467 characters of the Table of General Standard Chinese Characters (通用规范汉字表, State Council 2013, 8,105
characters) that GB 2312 lacks: names such as 䶮 and 㛃 are allowed for newborns, so a certificate must show them.
"""
SIGNS = "—…·‘’“”〇№²³㎡㎥℃‰±×÷≤≥→′″"
TOLERANCE = 1.0
"""How far, in thousandths of the size, a curve may lie from the original's: a hundredth of a millimetre in a title."""
RARE_TOLERANCE = 3.0
"""Of what is set once in ten thousand names: the file is a quarter smaller, and no printer shows the difference."""
HANGUL = (
    (0x1100, 0x1200),
    (0x3131, 0x3190),
    (0x3200, 0x321F),
    (0x3260, 0x327F),
    (0xA960, 0xA980),
    (0xAC00, 0xD800),
    (0xFFA0, 0xFFDD),
)
"""Eleven thousand letters of another script, which no name of a Chinese register is written in: a third of the file."""
FIXED = 3_700_000_000
"""Creation and modification time written into the files (seconds since 1904), so that they do not depend on the day."""


def gb2312() -> Iterator[str]:
    """All 6,763 Han characters and 682 signs of GB 2312-1980: the signs, then the more frequent, then the rarer."""
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                yield bytes((row, cell)).decode("gb2312")
            except UnicodeDecodeError:
                continue


def wanted() -> list[str]:
    """In the order of the glyphs: a certificate's copy of a font reaches up to the last one that is used."""
    latin = [chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x180))]
    rare = BEYOND_GB2312.read_text("utf-8").replace("\n", "")
    return list(dict.fromkeys((*latin, *SIGNS, *gb2312(), *rare)))


def rarer(source: TTFont, everyday: Iterable[str]) -> list[str]:
    """Whatever else the original has: 21,000 Han characters, of GB 18030-2022 level 3 as many as it draws."""
    left = source.getBestCmap().keys() - map(ord, everyday)
    return [chr(code) for code in sorted(left) if not any(first <= code < end for first, end in HANGUL)]


def opened(file: str) -> TTFont:
    collection = TTCollection(SOURCE / file, lazy=True)
    return next(each for each in collection.fonts if each["name"].getDebugName(1) == SIMPLIFIED_CHINESE)


def cut(source: TTFont, family: str, weight: str, letters: Iterable[str], tolerance: float) -> Path:
    """TrueType outlines without hints: the copy inside a certificate is half as large and made in half the time."""
    characters = source.getBestCmap()
    shown = {ord(letter): characters[ord(letter)] for letter in letters if ord(letter) in characters}
    order = list(dict.fromkeys((".notdef", *shown.values())))

    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(shown)
    builder.setupGlyf({name: outline(source, name, tolerance) for name in order})
    left = {name: getattr(builder.font["glyf"][name], "xMin", 0) for name in order}
    builder.setupHorizontalMetrics({name: (source["hmtx"][name][0], left[name]) for name in order})
    builder.setupHorizontalHeader(ascent=source["hhea"].ascent, descent=source["hhea"].descent)
    same = source["OS/2"]
    builder.setupOS2(
        sTypoAscender=same.sTypoAscender,
        sTypoDescender=same.sTypoDescender,
        sTypoLineGap=same.sTypoLineGap,
        usWinAscent=same.usWinAscent,
        usWinDescent=same.usWinDescent,
        sxHeight=same.sxHeight,
        sCapHeight=same.sCapHeight,
        usWeightClass=same.usWeightClass,
        fsSelection=0x20 if weight == "Bold" else 0x40,
    )
    builder.setupPost(keepGlyphNames=False, underlinePosition=source["post"].underlinePosition)
    builder.setupNameTable(names(source, family, weight), mac=False)
    builder.updateHead(macStyle=1 if weight == "Bold" else 0, created=FIXED, modified=FIXED)
    builder.font.recalcTimestamp = False
    target = TARGET / f"{family.lower().replace(' ', '-')}-{weight.lower()}.ttf"
    builder.save(target)
    return target


def outline(source: TTFont, name: str, tolerance: float) -> object:
    glyphs = source.getGlyphSet()
    pen = TTGlyphPen(None)
    glyphs[name].draw(Cu2QuPen(pen, tolerance, reverse_direction=True))
    return pen.glyph()


def names(source: TTFont, family: str, weight: str) -> dict[str, str]:
    """Our name, and what the licence asks to keep: copyright, trade mark and licence of the original."""
    kept = source["name"].getDebugName
    return {
        "copyright": kept(0),
        "trademark": kept(7),
        "familyName": family,
        "styleName": weight,
        "uniqueFontIdentifier": f"{family} {weight}, cut from {SIMPLIFIED_CHINESE}, {kept(5).partition(';')[0]}",
        "fullName": f"{family} {weight}",
        "version": kept(5).partition(";")[0],
        "psName": f"{family.replace(' ', '')}-{weight}",
        "licenseDescription": kept(13),
        "licenseInfoURL": kept(14),
    }


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    entries = []
    everyday = wanted()
    for file, weight in (("NotoSerifCJK-Regular.ttc", "Regular"), ("NotoSerifCJK-Bold.ttc", "Bold")):
        original = opened(file)
        rare = rarer(original, everyday)
        for family, letters, tolerance in ((FAMILY, everyday, TOLERANCE), (RARE_FAMILY, rare, RARE_TOLERANCE)):
            made = cut(original, family, weight, letters, tolerance)
            entries.append({"file": made.name, "source": file, "sha256": hashlib.sha256(made.read_bytes()).hexdigest()})
            sys.stdout.write(f"{made.name}: {made.stat().st_size} bytes\n")
    (TARGET / "manifest.json").write_text(json.dumps(entries, indent=2) + "\n", "utf-8")
