"""The portal as an app: its manifest, the page without network, and a worker that names nothing but static files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

Enter = Callable[[str], FlaskClient]


@pytest.mark.parametrize("language, name", [("zh", "天府蓉易办"), ("en", "Tianfu Rongyibanban")])
def test_the_manifest_speaks_the_readers_language_and_has_its_icons(
    app: Flask, client: FlaskClient, language: str, name: str
) -> None:
    client.set_cookie("language", language)
    page = client.get("/").get_data(as_text=True)
    client.delete_cookie("language")
    address = re.search(r'<link rel="manifest" href="([^"]+)"', page)
    assert address is not None
    answer = client.get(address[1].replace("&amp;", "&"))
    assert answer.mimetype == "application/manifest+json"
    told = json.loads(answer.data)
    assert told["name"] == name
    assert (told["start_url"], told["scope"], told["display"]) == ("/", "/", "standalone")
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        with client.get(icon["src"]) as got, Image.open(BytesIO(got.data)) as picture:
            assert "x".join(map(str, picture.size)) == icon["sizes"]


def test_the_page_without_network_is_nobodys(app: Flask, client: FlaskClient, signed_in: Enter) -> None:
    for language, words in (("zh", "没有连上网络"), ("en", "There is no network")):
        alone = client.get(f"/offline?language={language}").get_data(as_text=True)
        assert words in alone
        assert "<form" not in alone
        assert "csrf" not in alone
        own = signed_in("wangxiaorong").get(f"/offline?language={language}").get_data(as_text=True)
        assert own == alone


@pytest.mark.parametrize("language", ["zh", "en", "x"])
def test_the_worker_keeps_static_files_that_are_there_and_one_page(
    app: Flask, client: FlaskClient, language: str
) -> None:
    answer = client.get(f"/service-worker?language={language}")
    assert answer.mimetype == "text/javascript"
    parts = json.loads(re.findall(r"^const PARTS = (.*);$", answer.get_data(as_text=True), re.MULTILINE)[0])
    assert any("tabler" in part for part in parts), "what the style sheets ask for by themselves is there, too"
    for part in parts:
        assert part.startswith("/static/")
        with client.get(part) as got:
            assert got.status_code == 200, part
    page = client.get(f"/offline?language={language}").get_data(as_text=True)
    assert set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page)) <= set(parts)


def test_the_worker_is_another_one_for_another_language_and_the_same_for_everybody(
    app: Flask, client: FlaskClient, signed_in: Enter
) -> None:
    def name(who: FlaskClient, language: str) -> str:
        text = who.get(f"/service-worker?language={language}").get_data(as_text=True)
        return str(re.findall(r'^const CACHE = "(.*)";$', text, re.MULTILINE)[0])

    assert name(client, "zh") != name(client, "en")
    assert name(client, "zh") == name(signed_in("wangxiaorong"), "zh")
