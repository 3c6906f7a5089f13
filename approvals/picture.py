"""A drawing (DXF) as a picture (SVG), as drawing programs show it; made in a process of its own, within limits."""

from __future__ import annotations

import io
import resource
import sys
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from approvals.spawned import ROOT, Crowded, Jammed, spawn
from approvals.vocabulary import PictureProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ezdxf.document import Drawing
    from ezdxf.layouts.layout import Layout

PATIENCE = 90.0
"""Seconds for one picture; a floor plan of twenty thousand lines takes ten."""
CPU_SECONDS = 30
MEMORY = 1024 * 1024 * 1024
"""Of addresses."""
PLACES = 2
"""How many are made at once in one web process."""
MOST_ENTITIES = 60_000
"""Of a drawing with its blocks; a floor plan has some ten thousand."""
LARGEST = 16 * 1024 * 1024
"""Bytes of a picture that a browser draws without pain."""
KEPT = 4
"""Pictures that a web process remembers: who looks at a drawing asks for it more than once."""
WIDEST = 1189.0
"""Millimetres of the paper that it is fitted on, both ways: A0."""
FONTS = ROOT / "templates" / "certificates" / "fonts"
FONT = "rongyi-song-regular.ttf"
"""For every text: what fonts a drawing names are mostly not here, and none of others has every Chinese character."""
_places = BoundedSemaphore(PLACES)
_kept: dict[str, bytes | PictureProblem] = {}
"""By digest."""


class NoPicture(Exception):
    """It stays a file to be downloaded."""

    def __init__(self, why: PictureProblem) -> None:
        super().__init__(why)
        self.why = why


def picture(sha256: str, content: bytes) -> bytes:
    """The SVG of the drawing with this digest. Raises NoPicture."""
    found = _kept.get(sha256) or _made(content)
    _kept[sha256] = found
    while len(_kept) > KEPT:
        _kept.pop(next(iter(_kept)), None)
    if isinstance(found, PictureProblem):
        raise NoPicture(found)
    return found


def _made(content: bytes) -> bytes | PictureProblem:
    """That there is none is a result as well; that others are being drawn is not."""
    try:
        done = spawn(__name__, content, places=_places, patience=PATIENCE)
    except Crowded:
        raise NoPicture(PictureProblem.BUSY) from None
    except Jammed:
        return PictureProblem.TOO_COSTLY
    told = done.stdout
    if done.returncode == 0 and told.startswith(b"<"):
        return told
    return PictureProblem(told.decode()) if told.decode() in set(PictureProblem) else PictureProblem.TOO_COSTLY


def main() -> None:
    """A drawing in; its picture out, or in one word why there is none. What takes too much ends without a word."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    try:
        told = drawn(sys.stdin.buffer.read())
    except NoPicture as problem:
        told = str(problem.why)
    sys.stdout.buffer.write(told.encode())


def drawn(content: bytes) -> str:
    """The SVG, in this very process. Nothing that the drawing names is read: no picture, no other drawing, no font."""
    from ezdxf.addons.drawing import layout, svg
    from ezdxf.addons.drawing.config import Configuration, ImagePolicy
    from ezdxf.addons.drawing.frontend import Frontend
    from ezdxf.addons.drawing.properties import RenderContext
    from ezdxf.fonts.fonts import font_manager

    font_manager.clear()
    font_manager.build([str(FONTS)], support_dirs=False)
    font_manager._fallback_font_name = FONT  # noqa: SLF001  # it has no other way to be told
    drawing = _read(content)
    sheet = _sheet(drawing)
    backend = svg.SVGBackend()
    asked = Configuration(image_policy=ImagePolicy.RECT, hatching_timeout=5.0)
    Frontend(RenderContext(drawing), backend, config=asked).draw_layout(sheet)
    paper = layout.Page(0, 0, max_width=WIDEST, max_height=WIDEST, margins=layout.Margins.all(5))
    made = backend.get_string(paper)
    if len(made) > LARGEST:
        raise NoPicture(PictureProblem.TOO_LARGE)
    return made


def _read(content: bytes) -> Drawing:
    """Mended where it is sound enough: drawings of many programs deviate a little."""
    from ezdxf import recover
    from ezdxf.lldxf.const import DXFError

    try:
        drawing, _audit = recover.read(io.BytesIO(content))
    except (DXFError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise NoPicture(PictureProblem.UNREADABLE) from None
    if sum(map(len, drawing.blocks)) > MOST_ENTITIES:  # the layouts are blocks, too
        raise NoPicture(PictureProblem.TOO_LARGE)
    return drawing


def _sheet(drawing: Drawing) -> Layout:
    """What is drawn in the model; else the first sheet on which there is anything."""
    found = next((each for each in _layouts(drawing) if len(each)), None)
    if found is None:
        raise NoPicture(PictureProblem.EMPTY)
    return found


def _layouts(drawing: Drawing) -> Iterator[Layout]:
    yield drawing.modelspace()
    yield from (drawing.layout(name) for name in drawing.layouts.names_in_taborder() if name != "Model")
