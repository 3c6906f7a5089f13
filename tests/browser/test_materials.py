"""Materials beside the opinion in the browser: pages drawn without scripting, annotated by mouse and by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from config import Settings
from portal import create_app
from portal.demonstration.acting import FILES as OURS
from portal.extensions import db
from tests.browser.people import sign_in
from tests.factories import SAFETY, proposed, with_drawings
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live, living

FILES = "[data-view]:visible"
EMPTY = b"0\nSECTION\n2\nENTITIES\n0\nENDSEC\n0\nEOF\n"


@pytest.fixture(scope="module")
def desk(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, str]]:
    """A decision that was sent back, with a design of several pages."""
    home = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("materials") / "home"))
    app = create_app(Settings(home=home, demonstration=True, log_level="ERROR"))
    with app.app_context():
        number = proposed(SAFETY, "decide", is_sent_back=True)
        db.session.remove()
        db.engine.dispose()
    with living(home) as installation:
        yield installation, f"/office/steps/{number}/decide"


@pytest.fixture(scope="module")
def drawn(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, str]]:
    """A review with a drawing, and one in which nothing is drawn."""
    home = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("drawings") / "home"))
    app = create_app(Settings(home=home, demonstration=True, log_level="ERROR"))
    with app.app_context():
        number = with_drawings({"site.dxf": (OURS / "site.dxf").read_bytes(), "empty.dxf": EMPTY})
        db.session.remove()
        db.engine.dispose()
    with living(home) as installation:
        yield installation, f"/office/steps/{number}/gc301"


def come(visitors: Visitors, desk: tuple[Live, str], *, scripts: bool = True) -> Page:
    installation, address = desk
    page = visitors.come(address=installation.address, scripts=scripts)
    sign_in(page, "clerk-yj")
    page.goto(address)
    return page


def test_pages_are_turned_and_annotated_by_keyboard_and_by_mouse(visitors: Visitors, desk: tuple[Live, str]) -> None:
    page = come(visitors, desk)
    sheet = page.locator(f"{FILES} [data-sheet]").first
    expect(sheet).to_have_attribute("aria-label", "drawings.pdf 1/3")
    page.locator(f"{FILES} [data-frame]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(sheet).to_have_attribute("aria-label", "drawings.pdf 2/3")
    expect(page.locator("[data-words]").first).to_contain_text("标准层平面图")
    wide = sheet.bounding_box()
    page.keyboard.press("+")
    expect(sheet).not_to_have_js_property("offsetWidth", int(wide["width"]) if wide else 0)
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("图号和目录不一致。")
    page.keyboard.press("Control+Enter")
    note = page.locator("[data-note='1']")
    expect(note).to_contain_text("图号和目录不一致。")
    assert note.get_attribute("data-page") == "2"
    expect(page.locator(".ry-pin--area")).to_have_count(1)
    page.locator(f"{FILES} [data-turn='-1']").first.click()
    expect(page.locator(".ry-pin")).to_have_count(0)
    sheet.click(position={"x": 40, "y": 60})
    page.keyboard.type("这里缺标高。")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-note='2']")).to_contain_text("这里缺标高。")
    expect(page.locator(".ry-pin")).to_have_count(1)
    page.locator("summary[data-key=b]").click()
    chosen = page.locator("[name=note][value='1']")
    target = chosen.get_attribute("data-target")
    page.locator(f"#correction [name=items][value='{target}']").check()
    what = page.locator(f"#correction [name='what-{target}']")
    what.fill("另外请盖章。")
    chosen.check()
    page.locator("button[form=take-notes]").first.click()
    expect(what).to_have_value("另外请盖章。\n第 2 页：图号和目录不一致。")


def test_without_scripts_the_file_opens_and_a_page_is_annotated_by_its_number(
    visitors: Visitors, desk: tuple[Live, str]
) -> None:
    page = come(visitors, desk, scripts=False)
    expect(page.locator(FILES)).to_have_count(0)
    assert page.locator("a[target=_blank][href*='/materials/']").first.get_attribute("href")
    page.locator("iframe").first.scroll_into_view_if_needed()
    page.wait_for_load_state(
        "networkidle"
    )  # the browser's viewer takes the focus when it comes, and clicks miss beside it
    page.locator("summary", has_text="写批注").first.press("Enter")
    form = page.locator("form[data-annotate]").first
    form.locator("[name=page]").fill("3")
    form.locator("[name=text]").fill("第三页没有签名。")
    form.locator("button").press("Enter")
    expect(page.get_by_text("第三页没有签名。")).to_be_visible()
    expect(page.get_by_text("第 3 页", exact=True).first).to_be_visible()


def test_a_drawing_is_drawn_once_it_is_opened_and_what_is_none_says_why(
    visitors: Visitors, drawn: tuple[Live, str]
) -> None:
    installation, address = drawn
    page = visitors.come(address=installation.address)
    sign_in(page, "clerk-zj")
    page.goto(address)
    visitors.allow("422")
    site, empty = (page.locator("details.ry-doc", has_text=name) for name in ("site.dxf", "empty.dxf"))
    site.locator("summary").first.click()
    picture = site.locator("img")
    expect(picture).to_be_visible(timeout=90_000)
    assert picture.evaluate("image => image.naturalWidth") > 0
    width = picture.evaluate("image => image.clientWidth")
    site.locator("[data-zoom='1']").click()
    expect(picture).not_to_have_js_property("clientWidth", width)
    empty.locator("summary").first.click()
    words = "这张图里没有画任何内容，请下载后用专业软件打开。"
    expect(empty.locator("[data-said]")).to_have_text(words, timeout=90_000)
    expect(empty.locator("a[download]")).to_be_visible()
