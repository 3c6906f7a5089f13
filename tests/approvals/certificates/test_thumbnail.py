"""Small pictures of files that strangers hand in: drawn apart, within limits, and nothing of the file comes along."""

from __future__ import annotations

import io
import time

import pytest
from PIL import Image

from approvals.certificates.picture import LONGEST
from approvals.certificates.thumbnail import thumbnail
from portal.demonstration.acting import FILES
from tests.approvals.certificates.test_hostile import pdf

SECONDS = 5.0
PDF = "application/pdf"


def drawn(content: bytes, media_type: str) -> Image.Image:
    made = thumbnail(content, media_type)
    assert made
    image = Image.open(io.BytesIO(made))
    assert image.format == "WEBP"
    assert max(image.size) <= LONGEST
    assert len(made) < 20_000
    return image


def photograph(form: str, size: tuple[int, int] = (1200, 800), **options: object) -> bytes:
    """Red above, green below."""
    image = Image.new("RGB", size, (200, 0, 0))
    image.paste((0, 160, 0), (0, size[1] // 2, *size))
    content = io.BytesIO()
    image.save(content, form, **options)
    return content.getvalue()


def colour(image: Image.Image, place: tuple[int, int]) -> str:
    red, green, _blue = image.convert("RGB").getpixel(place)  # type: ignore[misc]  # of RGB three
    return "red" if red > green else "green"


def test_the_first_page_of_a_pdf_is_drawn() -> None:
    image = drawn((FILES / "drawings.pdf").read_bytes(), PDF)
    assert len(set(image.convert("L").tobytes())) > 1, "not a blank sheet"


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_photograph_is_drawn(form: str) -> None:
    image = drawn(photograph(form), f"image/{form.lower()}")
    assert image.size == (LONGEST, LONGEST * 2 // 3)
    assert (colour(image, (5, 5)), colour(image, (5, image.height - 5))) == ("red", "green")


def test_it_stands_as_it_was_taken_and_says_nothing_of_where() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # turned by half
    exif[0x010F] = "a camera"
    image = drawn(photograph("JPEG", exif=exif), "image/jpeg")
    assert (colour(image, (5, 5)), colour(image, (5, image.height - 5))) == ("green", "red")
    assert not image.getexif()


def nested_forms() -> bytes:
    """Each form draws the next one ten times: a page of a few kilobytes that takes for ever."""
    content = b"/F Do " * 10
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 200 200]/Resources<</XObject<</F %d 0 R>>>>/Length %d>>stream\n%s\n"
    forms = [form % (number + 1, len(content), content) + b"endstream" for number in range(5, 13)]
    last = b"0 0 m 200 200 l S " * 50
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>"
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        *forms,
        b"<</Type/XObject/Subtype/Form/BBox[0 0 200 200]/Length %d>>stream\n%s\nendstream" % (len(last), last),
    )


@pytest.mark.parametrize(
    "content, media_type",
    [(b"", PDF), (b"%PDF-1.7 broken", PDF), (b"\xff\xd8\xff none", "image/jpeg"), (nested_forms(), PDF)],
    ids=["empty", "broken", "no picture", "for ever"],
)
def test_what_cannot_be_drawn_is_known_soon(content: bytes, media_type: str) -> None:
    began = time.monotonic()
    assert thumbnail(content, media_type) in (b"", None)
    assert time.monotonic() - began < SECONDS


def test_a_picture_larger_than_its_memory_is_left_out_and_the_next_one_drawn() -> None:
    large = photograph("PNG", (12_000, 12_000))
    assert thumbnail(large, "image/png") == b""
    assert drawn(photograph("PNG"), "image/png").size[0] == LONGEST
