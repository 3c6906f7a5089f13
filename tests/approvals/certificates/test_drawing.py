"""The pictures of a certificate: read as drawing operators, measured, and the code read back."""

from __future__ import annotations

import math
import re

import pytest
import segno

from approvals.certificates import drawing, fonts

NUMBER = r"-?\d+(?:\.\d+)?"
MATRIX = re.compile(rf"q ({NUMBER}) ({NUMBER}) ({NUMBER}) ({NUMBER}) ({NUMBER}) ({NUMBER}) cm")
RECTANGLE = re.compile(rb"(\d+) (\d+) (\d+) (\d+) re")
NAMES = (
    "成都市公安局",
    "成都市住房和城乡建设局",
    "成都市公园城市建设管理局（成都市林业和草原局）示例分局",
    "Chengdu Bureau of Housing and Urban-Rural Development",
    "局",
)


def letters(name: str, serial: str = "11510100009173516A") -> list[tuple[float, float, float]]:
    """Angle (degrees from the top, clockwise), distance from the centre and size of each letter of a seal."""
    text = drawing.seal(name, serial, "示例专用章").motifs[0].operators.decode()
    found = []
    for match in MATRIX.finditer(text):
        a, b, _c, _d, x, y = map(float, match.groups())
        found.append((math.degrees(math.atan2(x, -y)), math.hypot(x, y), math.hypot(a, b)))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_seal_of_any_name_keeps_all_its_letters_inside_its_ring(name: str) -> None:
    shown = [letter for letter in name if letter != " "]
    arc = letters(name)[: len(shown)]
    assert len(letters(name)) == len(shown) + 18 + 5
    for _angle, distance, size in arc:
        assert distance + size * 0.9 < 95 - 2.3, "below the ring's inner edge"
        assert distance > 34, "outside the star"


@pytest.mark.parametrize("name", NAMES[:4])
def test_the_name_runs_clockwise_and_as_far_to_the_left_as_to_the_right(name: str) -> None:
    arc = letters(name)[: len(name.replace(" ", ""))]
    angles = [angle for angle, _distance, _size in arc]
    assert angles == sorted(angles)
    assert max(angles) - min(angles) < 275, "the serial has room below"
    assert min(angles) < -40
    assert max(angles) > 35


@pytest.mark.parametrize("address", ["https://city.example/verify/1/2", "https://city.example/verify/" + "x" * 120])
def test_the_code_has_the_modules_of_its_address_and_a_quiet_zone(address: str) -> None:
    picture = drawing.qr(address)
    size = int(picture.width)
    dark = [[0] * size for _ in range(size)]
    for x, y, width, height in (map(int, found) for found in RECTANGLE.findall(picture.motifs[0].operators)):
        if (width, height) == (size, size):
            continue
        assert height == 1
        for place in range(x, x + width):
            dark[y][place] = 1
    plain = [
        [0] * 4 + [int(module) for module in row] + [0] * 4
        for row in segno.make(address, error="m", mask=drawing.MASK).matrix
    ]
    margin = [[0] * size] * 4
    assert dark == [*margin, *plain, *margin]


def test_a_sample_carries_its_mark_and_a_certificate_in_force_does_not() -> None:
    sample, real = drawing.frame(drawing.SAMPLE), drawing.frame()
    assert sample.motifs[1:] == real.motifs
    assert sample.motifs[0].operators.count(b" cm ") == len("示例SAMPLE")


def test_pictures_use_opaque_colours_of_one_space_alone() -> None:
    """PDF/A: device colours need an output intent of the same space, transparency would need more."""
    pictures = (drawing.frame(drawing.SAMPLE), drawing.seal(NAMES[0], "1", "章"), drawing.qr("https://a.example"))
    for picture in pictures:
        for motif in picture.motifs:
            assert not re.search(rb"\s(k|K|g|G|gs|sh|cs|CS|scn|SCN|Do|Tj)\b", motif.operators)
            assert motif.operators.count(b"q ") + motif.operators.count(b"q\n") == len(
                re.findall(rb"\bQ", motif.operators)
            )


def test_a_letter_beyond_the_cut_font_is_drawn_from_that_of_rare_ones() -> None:
    rare = "\U00020021"
    assert ord(rare) in fonts.rare_characters() - fonts.cut_characters()
    assert fonts.outline(rare)
    assert fonts.outline(rare) != fonts.outline("一")


def test_a_letter_nobody_has_leaves_its_place_empty() -> None:
    assert fonts.outline("\U0010ffff") == ""
