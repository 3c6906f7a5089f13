"""How a holder lets others verify a certificate: an address and its picture."""

from __future__ import annotations

import segno
from flask import current_app, url_for
from markupsafe import Markup


def verification_address(number: str, code: str) -> str:
    """The address in the paper's QR code: where the world reaches the portal, whatever host this request named."""
    public_url: str = current_app.extensions["settings"].public_url
    return public_url.rstrip("/") + url_for("public.verify_code", number=number, code=code)


def picture(address: str) -> Markup:
    """A QR code as SVG, always dark on white: cameras want it so in dark mode, too."""
    code = segno.make(address, micro=False, error="m")
    look = {"dark": "#000", "light": "#fff", "svgclass": "ry-qr", "lineclass": None}
    drawn = code.svg_inline(scale=4, border=3, omitsize=True, **look)
    return Markup(drawn)  # noqa: S704  # drawn by segno from modules alone; the address itself is not in it
