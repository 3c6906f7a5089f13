"""Drawings as pictures: what is drawn is shown, nothing else is read, and what takes too much is ended."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from ezdxf.document import Drawing
from ezdxf.filemanagement import new
from PIL import Image

from approvals import picture as pictures
from approvals import spawned
from approvals.picture import NoPicture, drawn, picture
from approvals.vocabulary import PictureProblem
from portal.demonstration.acting import FILES

SITE = (FILES / "site.dxf").read_bytes()
SAFE = {"svg", "defs", "style", "rect", "g", "path"}


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_kept", {})


def saved(drawing: Drawing) -> bytes:
    out = io.StringIO()
    drawing.write(out)
    return out.getvalue().encode()


def shapes(svg: str | bytes) -> list[str]:
    """The names of its elements."""
    return [each.tag.rpartition("}")[2] for each in ET.fromstring(svg).iter()]  # noqa: S314  # our own


def why(content: bytes, digest: str = "a") -> PictureProblem:
    with pytest.raises(NoPicture) as problem:
        picture(digest, content)
    return problem.value.why


def test_a_drawing_becomes_a_picture_of_nothing_but_lines_and_areas() -> None:
    found = shapes(picture("site", SITE))
    assert found.count("path") >= 2
    assert set(found) <= SAFE


def test_chinese_words_are_drawn() -> None:
    made = []
    for words in ("消防车道", "一一一一"):
        drawing = new(setup=True)
        drawing.modelspace().add_text(words, height=2)
        made.append(drawn(saved(drawing)))
    assert made[0] != made[1]
    assert len(made[0]) > len(made[1]), "more strokes than a row of dashes, so no boxes stand for what no font has"


def test_no_file_that_a_drawing_names_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (8, 8), "red").save(secret)
    drawing = new()
    named = drawing.add_image_def(str(secret), size_in_pixel=(8, 8))
    drawing.modelspace().add_image(named, insert=(0, 0), size_in_units=(5, 5))
    drawing.modelspace().add_line((0, 0), (9, 9))
    made = drawn(saved(drawing))
    assert "data:" not in made
    assert set(shapes(made)) <= SAFE


def test_what_is_drawn_on_a_sheet_is_shown_when_the_model_is_empty() -> None:
    drawing = new()
    assert why(saved(drawing)) is PictureProblem.EMPTY
    drawing.layout("Layout1").add_circle((5, 5), 3)
    assert "path" in shapes(picture("sheet", saved(drawing)))


def test_what_is_no_drawing_is_said_and_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert why(b"x") is PictureProblem.UNREADABLE
    monkeypatch.setattr(pictures, "PATIENCE", 0.01)
    assert why(b"x") is PictureProblem.UNREADABLE
    assert why(SITE, "other") is PictureProblem.TOO_COSTLY, "it was ended"


def test_a_drawing_of_too_much_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_ENTITIES", 2)
    with pytest.raises(NoPicture) as problem:
        drawn(SITE)
    assert problem.value.why is PictureProblem.TOO_LARGE
    monkeypatch.undo()
    monkeypatch.setattr(pictures, "LARGEST", 100)
    with pytest.raises(NoPicture) as problem:
        drawn(SITE)
    assert problem.value.why is PictureProblem.TOO_LARGE


def test_who_finds_no_place_may_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spawned, "WAIT", 0.01)
    with pictures._places, pictures._places:  # as two others' drawings would
        assert why(SITE) is PictureProblem.BUSY
    assert picture("a", SITE).startswith(b"<")


@pytest.mark.soak
def test_a_small_drawing_that_unfolds_without_end_is_ended() -> None:
    """Ten blocks, each of ten of the one before: ten thousand million lines."""
    drawing = new()
    drawing.blocks.new("B0").add_line((0, 0), (1, 1))
    for level in range(1, 11):
        block = drawing.blocks.new(f"B{level}")
        for number in range(10):
            block.add_blockref(f"B{level - 1}", (number, level))
    drawing.modelspace().add_blockref("B10", (0, 0))
    assert why(saved(drawing)) is PictureProblem.TOO_COSTLY
