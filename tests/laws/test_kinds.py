"""No page is left out of those that axe, a keyboard and the narrowest screen look at (tests/browser/kinds.py)."""

from __future__ import annotations

import re

from flask import Flask

from tests.browser.kinds import KINDS
from tests.laws.test_languages import NO_PAGES

NOT_LOOKED_AT = {
    "auth.prove": "the form of auth.register_details, reached by a code that was sent to oneself",
}
"""Pages no browser comes to, and why."""
FOUND_OUT = {"{welcome}": "/welcome/token"}
"""Addresses that stand in a place as a whole."""


def test_every_page_is_among_the_kinds_or_has_a_reason(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    paths = {path for kind in KINDS for path in (kind.path, kind.arrives) if path} - {"/nowhere"}
    plain = (re.sub(r"\{\w+\}", "1", FOUND_OUT.get(path, path)).partition("?")[0] for path in paths)
    opened = {adapter.match(path, method="GET")[0] for path in plain}
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} - NO_PAGES
    assert pages - opened - set(NOT_LOOKED_AT) == set()
    assert set(NOT_LOOKED_AT) <= pages - opened


def test_the_kinds_have_names_of_their_own() -> None:
    names = [kind.name for kind in KINDS]
    assert sorted(names) == sorted(set(names))
