"""What is drawn on a certificate: the brocade frame, the round seal, the verification code.

Pictures are made of PDF drawing operators, in millimetres or units of their own, x to the right and y downwards. As
SVG the same lines would be parsed and converted again for every certificate, which took longer than setting its text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import segno

from approvals.certificates import fonts

RED, GOLD, PAPER, INK = "B3241B", "B08A55", "FFFDF8", "1A1A1A"
SEAL_RED, MARK, GROUND, EYE = "C8281E", "F8E3DD", "EBDDC6", "F0B429"
PETALS = ("E9C0A8", "E0A98C", "D8926F", "CC7A58", RED)

WIDTH, HEIGHT = 210.0, 297.0
Point = tuple[float, float]
Placement = tuple[float, float, float, float, float, float]
IN_PLACE: Placement = (1, 0, 0, 1, 0, 0)
Words = tuple[str, str]
SAMPLE: Words = ("示例", "SAMPLE")
PREVIEW: Words = ("预览", "PREVIEW")
"""What stands across a page that is no certificate."""


@dataclass(frozen=True, slots=True)
class Motif:
    """One drawing, shown at each of the placements (matrices); it stands in the file once."""

    operators: bytes
    placements: tuple[Placement, ...] = (IN_PLACE,)
    extent: tuple[float, float, float, float] = (0, 0, WIDTH, HEIGHT)
    """x, y, width and height of what it covers."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Motifs one above the other on an area of width by height."""

    width: float
    height: float
    motifs: tuple[Motif, ...]


MASK = 2
"""Of the eight patterns of ISO/IEC 18004: to try them all and weigh each costs more than to set the page's type
(docs/decisions/0009-one-mask.md).
"""


@lru_cache(maxsize=64)
def qr(address: str) -> Picture:
    """A QR code, error correction M, one unit a module, with a quiet zone of four modules."""
    rows = [bytes(row) for row in segno.make(address, error="m", micro=False, mask=MASK).matrix]
    size = len(rows) + 8
    parts = [_fill("FFFFFF"), f"0 0 {size} {size} re f", _fill(INK)]
    for y, row in enumerate(rows, start=4):
        parts.extend(f"{start + 4} {y} {length} 1 re" for start, length in _runs(row))
    parts.append("f")
    return Picture(size, size, (Motif(_joined(parts), extent=(0, 0, size, size)),))


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Start and length of each run of dark modules: fewer rectangles, and no hairlines between neighbours."""
    start = 0
    while (start := row.find(1, start)) >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        yield start, end - start
        start = end


@lru_cache(maxsize=256)
def seal(name: str, serial: str, line: str, *, has_star: bool = True) -> Picture:
    """A round seal of 200 units: name on the arc, star, line, serial on the lower arc. Its letters are outlines."""
    reach = 262.0
    squeeze = 0.88
    wide = sum(fonts.advance(letter) for letter in name) or 1.0
    # The arc's length at the foot of the letters gives each its share; a long name is set smaller.
    size = min(25.0, math.radians(reach) * 58 / (wide * squeeze * 1.06))
    spacing = 1.42 if wide * size * squeeze * 1.42 < math.radians(236) * 58 else 1.06
    parts = [_fill(SEAL_RED), _stroke(SEAL_RED, 4.6), _circle(0, 0, 95), "S"]
    parts += [_star(0, -5, 31), "f"] if has_star else []
    parts += _on_arc(name, radius=84 - size * 0.86, size=size, squeeze=squeeze, spacing=spacing, below=False)
    parts += _on_arc(serial, radius=86.5, size=9.4, squeeze=1.0, spacing=1.25, below=True)
    across = sum(fonts.advance(letter) for letter in line) or 1.0
    height = min(17.0, 96 / across)
    x = -across * height / 2
    for letter in line:
        parts.append(_letter(letter, (height, 0, 0, -height, x, 50)))
        x += fonts.advance(letter) * height
    return Picture(200, 200, (Motif(_joined(parts), ((1, 0, 0, 1, 100, 100),), (-100, -100, 200, 200)),))


def _on_arc(text: str, *, radius: float, size: float, squeeze: float, spacing: float, below: bool) -> list[str]:
    """Letters standing on an arc, each with its own width; below the centre they run from left to right too."""
    unit = size * squeeze * spacing / (radius if below else radius + size * 0.15)
    angle = -sum(fonts.advance(letter) for letter in text) * unit / 2
    letters = []
    for letter in text:
        half = fonts.advance(letter) * unit / 2
        angle += half
        turn = -angle if below else angle
        sine, cosine = math.sin(turn), math.cos(turn)
        distance = radius if below else -radius
        left = -fonts.advance(letter) * size * squeeze / 2
        # Scale the outline (y upwards), move it to the middle of its place, then turn it around the centre.
        x, y = left * cosine - distance * sine, left * sine + distance * cosine
        letters.append(
            _letter(letter, (size * squeeze * cosine, size * squeeze * sine, size * sine, -size * cosine, x, y))
        )
        angle += half
    return letters


def _letter(letter: str, matrix: Placement) -> str:
    outline = fonts.outline(letter)
    return f"q {_matrix(matrix)} cm {outline} f Q" if outline else ""


@cache
def frame(across: Words | None = None) -> Picture:
    """The page: key-fret band between rules, hibiscus corners, a guilloche ground; words across if it is none."""
    rules = _joined(
        [
            *_rule(8, RED, 1.1),
            *_rule(9.9, GOLD, 0.3),
            *_rule(17.3, GOLD, 0.3),
            *_rule(18.6, RED, 0.5),
        ]
    )
    corners = [(x, y) for x in (13.6, WIDTH - 13.6) for y in (13.6, HEIGHT - 13.6)]
    squares = _joined(
        [_fill(PAPER), _stroke(GOLD, 0.35), *(f"{x - 6.6:.2f} {y - 6.6:.2f} 13.2 13.2 re B" for x, y in corners)]
    )
    ground = [_wave(ring) for ring in range(22)]
    fifths = tuple(_turned(math.tau * fifth / 5, 105, 150, 1.0, 1.0) for fifth in range(5))
    motifs = [
        Motif(_joined([_stroke(GROUND, 0.16), *ground]), fifths, (-110, -110, 220, 220)),
        Motif(rules),
        Motif(_fret(), tuple(_frets()), (-0.5, -0.5, 7, 7)),
        Motif(squares),
        Motif(
            _hibiscus(),
            tuple((0.0545, 0.0, 0.0, 0.0545, x, y) for x, y in corners),
            (-110, -110, 220, 220),
        ),
    ]
    if across:
        motifs.insert(0, Motif(_across(*across)))
    return Picture(WIDTH, HEIGHT, tuple(motifs))


@cache
def ground(*, is_sample: bool) -> Picture:
    """The page of a writ: plain, with 示例 across while it is a sample."""
    return Picture(WIDTH, HEIGHT, (Motif(_across(*SAMPLE)),) if is_sample else ())


def _across(chinese: str, english: str) -> bytes:
    """示例 SAMPLE across the page: opaque and pale, so that it needs no transparency and hides nothing."""
    parts = [_fill(MARK)]
    slope = math.radians(-32)
    for text, size, spacing, down in ((chinese, 50.0, 1.34, 8.0), (english, 18.0, 1.12, 32.0)):
        x = -sum(fonts.advance(letter) for letter in text) * size * spacing / 2
        for letter in text:
            x += fonts.advance(letter) * size * (spacing - 1) / 2
            parts.append(
                _letter(
                    letter,
                    (
                        size * math.cos(slope),
                        size * math.sin(slope),
                        size * math.sin(slope),
                        -size * math.cos(slope),
                        105 + x * math.cos(slope) - down * math.sin(slope),
                        152 + x * math.sin(slope) + down * math.cos(slope),
                    ),
                )
            )
            x += fonts.advance(letter) * size * (1 + (spacing - 1) / 2)
    return _joined(parts)


def _rule(inset: float, colour: str, width: float) -> list[str]:
    return [_stroke(colour, width), f"{inset} {inset} {WIDTH - 2 * inset:.2f} {HEIGHT - 2 * inset:.2f} re S"]


def _fret() -> bytes:
    """One key-fret, 6 by 6 millimetres, running from left to right."""
    return _joined(
        [
            _stroke(GOLD, 0.42),
            "2 J 0 5.3 m 5.2 5.3 l 5.2 0.7 l 1.3 0.7 l 1.3 3.7 l 3.6 3.7 l 3.6 2.3 l S",
            "5.2 5.3 m 6 5.3 l S",
        ]
    )


def _frets() -> Iterator[Placement]:
    """Frets along the four edges, each edge seen from the middle of the page, so that they run around it."""
    inset, depth, corner = 10.6, 6.0, 20.6
    for length, turn in ((WIDTH, 0), (HEIGHT, 1), (WIDTH, 2), (HEIGHT, 3)):
        across = HEIGHT if length == WIDTH else WIDTH
        count = round((length - 2 * corner) / depth)
        step = (length - 2 * corner) / count
        for index in range(count):
            along = corner + index * step - length / 2
            out = inset - across / 2
            sine, cosine = (0, 1, 0, -1)[turn], (1, 0, -1, 0)[turn]
            stretch = step / depth
            yield (
                stretch * cosine,
                stretch * sine,
                -sine,
                cosine,
                WIDTH / 2 + along * cosine - out * sine,
                HEIGHT / 2 + along * sine + out * cosine,
            )


def _hibiscus() -> bytes:
    """The city's flower, five petals from pale to red: it is white in the morning and red in the evening."""
    parts = [_stroke(PAPER, 5), "1 j"]
    for index, colour in enumerate(PETALS):
        parts += ["q", f"{_matrix(_turned(index * math.tau / 5, 0, 0, 1, 1))} cm", _fill(colour)]
        parts.append(
            "0 0 m -16 -16 -43 -38 -43 -68 c -43 -84 -33 -95 -20 -95 c -13 -95 -9 -100 0 -100 c "
            "10 -100 15 -94 23 -94 c 35 -92 43 -80 42 -65 c 41 -38 16 -16 0 0 c b Q"
        )
    return _joined([*parts, _fill(EYE), _circle(0, 0, 14), "b"])


def _wave(ring: int) -> str:
    """One fifth of one line of the ground: five petals, with a wave that travels from line to line."""
    steps = 20
    start = -math.tau / 20
    points = []
    for step in range(-1, steps + 2):
        angle = start + step / steps * math.tau / 5
        petal = 1 + 0.085 * math.cos(5 * angle)
        radius = (40 + ring * 1.85) * petal + 3.4 * math.sin(20 * angle + ring * 0.42)
        points.append((radius * math.sin(angle), -radius * math.cos(angle)))
    return f"{_smooth(points)} S"


def _smooth(points: Sequence[Point]) -> str:
    """A Catmull-Rom spline from the second to the last point but one, as cubic curves."""
    parts = [f"{points[1][0]:.2f} {points[1][1]:.2f} m"]
    for index in range(1, len(points) - 2):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[index - 1 : index + 3]
        leaving = f"{x1 + (x2 - x0) / 6:.2f} {y1 + (y2 - y0) / 6:.2f}"
        arriving = f"{x2 - (x3 - x1) / 6:.2f} {y2 - (y3 - y1) / 6:.2f}"
        parts.append(f"{leaving} {arriving} {x2:.2f} {y2:.2f} c")
    return " ".join(parts)


def _star(x: float, y: float, radius: float) -> str:
    corners = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.382
        angle = math.pi * corner / 5
        corners.append(f"{x + reach * math.sin(angle):.2f} {y - reach * math.cos(angle):.2f}")
    return f"{corners[0]} m " + " ".join(f"{corner} l" for corner in corners[1:]) + " h"


def _circle(x: float, y: float, radius: float) -> str:
    bend = radius * 0.5523
    return (
        f"{x + radius} {y} m {x + radius} {y + bend} {x + bend} {y + radius} {x} {y + radius} c "
        f"{x - bend} {y + radius} {x - radius} {y + bend} {x - radius} {y} c "
        f"{x - radius} {y - bend} {x - bend} {y - radius} {x} {y - radius} c "
        f"{x + bend} {y - radius} {x + radius} {y - bend} {x + radius} {y} c h"
    )


def _turned(angle: float, x: float, y: float, wide: float, high: float) -> Placement:
    sine, cosine = math.sin(angle), math.cos(angle)
    return (wide * cosine, high * sine, -wide * sine, high * cosine, x, y)


def _matrix(matrix: Placement) -> str:
    return " ".join(f"{value:.5f}".rstrip("0").rstrip(".") for value in matrix)


def _colour(colour: str) -> str:
    return " ".join(f"{int(colour[start : start + 2], 16) / 255:.3f}" for start in (0, 2, 4))


def _fill(colour: str) -> str:
    return f"{_colour(colour)} rg"


def _stroke(colour: str, width: float) -> str:
    return f"{_colour(colour)} RG {width} w"


def _joined(parts: Sequence[str]) -> bytes:
    return "\n".join(part for part in parts if part).encode("ascii")
