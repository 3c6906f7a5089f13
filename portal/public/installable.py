"""The portal as an app on a device: its manifest, its service worker and the page without network."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.guards import PUBLIC, allows
from portal.public import blueprint
from portal.ui import LANGUAGES, frame
from portal.ui import language as readers_language

RIVER, PAGE = "#0e5f69", "#f3f6f5"
"""The colours of static/css/tokens.css that a device shows around the app."""
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)
PART = re.compile(r'"(/static/[^"#]+\?v=[^"#]+)')
IMPORTED = re.compile(r'@import url\("\.\./([^"]+)"\)')


@blueprint.get("/manifest")
@allows(PUBLIC)
def web_manifest() -> ResponseReturnValue:
    """Browsers ask for it without cookies, so that its address says the language."""
    chosen = _language()
    with force_locale(_locale(chosen)):
        told = {
            "name": _("天府蓉易办"),
            "short_name": _("蓉易办"),
            "description": _("成都市政务服务：办事、看进度、查证照"),
            "lang": "en" if chosen == "en" else "zh-CN",
            "id": "/",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "theme_color": RIVER,
            "background_color": PAGE,
            "icons": [
                {
                    "src": url_for("static", filename=f"images/{name}"),
                    "sizes": sizes,
                    "type": "image/png",
                    "purpose": purpose,
                }
                for name, sizes, purpose in ICONS
            ],
        }
    return Response(json.dumps(told, ensure_ascii=False), content_type="application/manifest+json")


@blueprint.get("/offline")
@allows(PUBLIC)
def offline() -> ResponseReturnValue:
    """What a device shows without network: the same for everybody, whoever has signed in."""
    return _offline(_language())


@blueprint.get("/service-worker")
@allows(PUBLIC)
def service_worker() -> ResponseReturnValue:
    """At the root, for it answers for every page. Its cache is named after everything it keeps: what changes on the
    server makes another worker, which throws the old cache away.
    """
    chosen = _language()
    parts = sorted({*PART.findall(_offline(chosen)), *_imported()})
    code = (Path(str(current_app.static_folder)) / "js" / "service_worker.js").read_text("utf-8")
    known = hashlib.sha256("\n".join([chosen, *parts, code, _offline(chosen)]).encode()).hexdigest()[:12]
    head = {
        "CACHE": f"rongyiban {known}",
        "OFFLINE": url_for("public.offline", language=chosen),
        "PARTS": parts,
    }
    lines = [f"const {name} = {json.dumps(value)};" for name, value in head.items()]
    return Response("\n".join([*lines, code]), content_type="text/javascript; charset=utf-8")


def _offline(chosen: str) -> str:
    """Nobody's: no account, no navigation, no token of a form."""
    with force_locale(_locale(chosen)):
        return render_template("public/offline.html", ui=replace(frame(), language=chosen, account=None, nav=[]))


def _imported() -> list[str]:
    """What the first style sheet asks for by itself."""
    return [f"/static/{name}" for name in IMPORTED.findall(_tokens(Path(str(current_app.static_folder))))]


@lru_cache(maxsize=4)
def _tokens(static: Path) -> str:
    return (static / "css" / "tokens.css").read_text("utf-8")


def _language() -> str:
    asked = request.args.get("language", "")
    return asked if asked in LANGUAGES else readers_language()


def _locale(chosen: str) -> str:
    return "en" if chosen == "en" else "zh_Hans"
