"""The outline of a site drawn in the browser: by clicks, by dragging and by keyboard; typed where no script runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from config import Settings
from portal import create_app
from portal.extensions import db
from services.outline import from_text
from tests.browser.people import sign_in
from tests.factories import started
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live, living

LAND = "land-pre-examination-and-site-selection-opinion"
FIRST = "104.08, 30.65"


@pytest.fixture(scope="module")
def land(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, str]]:
    home = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("outline") / "home"))
    app = create_app(Settings(home=home, demonstration=True, log_level="ERROR"))
    with app.app_context():
        token = started(LAND, "lijinrong")
        db.session.remove()
        db.engine.dispose()
    with living(home) as installation:
        yield installation, f"/drafts/{token}/sections/land"


def come(visitors: Visitors, land: tuple[Live, str], *, scripts: bool = True) -> Page:
    installation, address = land
    page = visitors.come(address=installation.address, scripts=scripts)
    sign_in(page, "lijinrong")
    page.goto(address)
    return page


def corners(page: Page) -> list[str]:
    return page.locator("[name=outline-corners]").input_value().splitlines()


def click(sheet: Locator, across: float, down: float) -> None:
    box = sheet.bounding_box()
    assert box is not None
    sheet.click(position={"x": box["width"] * across, "y": box["height"] * down})


def test_a_site_is_drawn_corner_by_corner_and_moved(visitors: Visitors, land: tuple[Live, str]) -> None:
    page = come(visitors, land)
    sheet, said = page.locator(".ry-draw svg"), page.locator(".ry-draw [role=status]")
    click(sheet, 0.5, 0.5)
    assert corners(page) == [], "nothing says yet where it is"
    page.locator("[name=outline-corners]").fill(FIRST)
    for place in ((0.75, 0.5), (0.75, 0.25), (0.5, 0.25)):
        click(sheet, *place)
    expect(sheet.locator("circle")).to_have_count(4)
    drawn = from_text("\n".join(corners(page)))
    assert float(drawn.area) == pytest.approx(50 * 100 / 3, rel=0.02), (
        "the sheet is 200 metres across, and two thirds high"
    )
    expect(said).to_contain_text("4 个角点，约 ")
    before = corners(page)
    sheet.locator("circle").nth(2).focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert corners(page)[:2] == before[:2]
    moved = float(corners(page)[2].split(",")[0]) - float(before[2].split(",")[0])
    assert moved * 95_800 == pytest.approx(20, rel=0.02), "metres"
    page.keyboard.press("Delete")
    assert corners(page) == [before[0], before[1], before[3]]
    corner, box = sheet.locator("circle").nth(1), sheet.bounding_box()
    assert box is not None
    corner.hover()
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.5, steps=4)
    page.mouse.up()
    assert len(corners(page)) == 3, "dragging adds none"
    assert float(corners(page)[1].split(",")[0]) > float(before[1].split(",")[0])


def test_without_scripts_it_is_typed(visitors: Visitors, land: tuple[Live, str]) -> None:
    page = come(visitors, land, scripts=False)
    expect(page.locator(".ry-draw")).to_be_hidden()
    expect(page.locator("[name=outline-corners]")).to_be_visible()


def test_the_place_of_an_address_is_taken_from_the_device(visitors: Visitors, land: tuple[Live, str]) -> None:
    installation, _address = land
    page = visitors.come(address=installation.address, width=360)
    sign_in(page, "lijinrong")
    page.goto("/services/outdoor-advertising-signboard-permit")
    page.locator("form[action$='/apply'] button").first.click()
    page.goto(f"{page.url}/sections/sign")
    here = page.get_by_role("button", name="人在现场，用现在的位置")
    here.click()
    expect(page.get_by_text("没有取得位置。")).to_be_visible()
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 104.0812, "latitude": 30.6511, "accuracy": 12})
    here.click()
    expect(page.get_by_text("已填好，误差约 12 米。")).to_be_visible()
    expect(page.get_by_label("经度（选填）")).to_have_value("104.081200")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
