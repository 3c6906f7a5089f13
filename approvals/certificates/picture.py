"""Draw the first page of a PDF, or a photograph, small: in the examiner, for what it reads comes from strangers."""

from __future__ import annotations

import io

import pypdfium2
from PIL import Image, ImageOps

LONGEST = 240
"""Pixels of the longer side."""
WHITE = (255, 255, 255)
QUALITY = 60


def drawn(content: bytes, media_type: str) -> bytes:
    """As WebP, without anything that the file brought along."""
    image = _page(content) if media_type == "application/pdf" else _photograph(content)
    image.thumbnail((LONGEST, LONGEST))
    flat = Image.new("RGB", image.size, WHITE)
    flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    small = io.BytesIO()
    flat.save(small, "WEBP", quality=QUALITY)
    return small.getvalue()


def _page(content: bytes) -> Image.Image:
    document = pypdfium2.PdfDocument(content)
    page = document[0]
    image: Image.Image = page.render(scale=LONGEST / max(*page.get_size(), 1), may_draw_forms=False).to_pil()
    return image


def _photograph(content: bytes) -> Image.Image:
    image: Image.Image = Image.open(io.BytesIO(content))
    image.draft("RGB", (LONGEST, LONGEST))  # of a JPEG only what is needed is unpacked
    image.thumbnail((LONGEST, LONGEST))
    return ImageOps.exif_transpose(image).convert("RGBA")
