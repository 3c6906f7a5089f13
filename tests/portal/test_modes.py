"""What the ways to see a page change in it: the dark page is the light one in other colours."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from portal import create_app
from portal.demonstration.people import PASSWORD
from tests.browser.kinds import KINDS, Kind
from tests.fixtures.variety import Everything

SAID = (
    (' data-bs-theme="light"', ' data-bs-theme="dark"'),
    ('<meta name="color-scheme" content="light">', '<meta name="color-scheme" content="dark">'),
    ('name="theme" value="dark" aria-pressed="false"', 'name="theme" value="light" aria-pressed="true"'),
)
"""Light and dark: the root, the browser's own colours, and the switch."""

OF_THIS_REQUEST = re.compile(
    r'(?<=<span class="num">)[0-9a-f]{16}(?=</span>)|(?<=name="csrf_token" value=")[^"]+'
    r'|(?<=sealed=)[^"&]+|(?<=name="sealed" value=")[^"]+'
)
"""Its number, its token, and what is looked for, sealed anew."""
WHOLE = [kind for kind in KINDS if "{" not in kind.path and not kind.form]


@pytest.fixture(scope="module")
def filled(everything: Everything, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """No context is pushed: who signs in for one test is a stranger to the next."""
    home = Path(shutil.copytree(everything.home, tmp_path_factory.mktemp("modes") / "home"))
    application = create_app(Settings(home=home, demonstration=True, log_level="ERROR"))
    application.config.update(WTF_CSRF_ENABLED=False, TESTING=True)
    return application


def seen(visitor: FlaskClient, path: str, theme: str) -> str:
    visitor.set_cookie("theme", theme)
    return OF_THIS_REQUEST.sub("", visitor.get(path, follow_redirects=True).text)


@pytest.mark.parametrize("kind", WHOLE, ids=lambda kind: kind.name)
def test_the_dark_page_differs_in_nothing_but_its_colours(filled: Flask, kind: Kind) -> None:
    visitor = filled.test_client()
    if kind.who:
        visitor.post("/sign-in", data={"username": kind.who, "password": PASSWORD})
    light, dark = seen(visitor, kind.path, "light"), seen(visitor, kind.path, "dark")
    for ours, theirs in SAID:
        assert light.count(ours) <= 1, ours
        light = light.replace(ours, theirs)
    assert light == dark
    assert SAID[0][1] in dark
