"""Uploads on a bad line: cut ten times, left and begun again; the file in the end is the one sent."""

from __future__ import annotations

import hashlib
import io
import time
from pathlib import Path
from random import Random

import pikepdf
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from portal.demonstration.acting import FILES, SAMPLES
from tests.browser.people import PHONE, keep, sign_in
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live
from tests.gate import Gate, gate

CUTS = 10
CUT_OFF = "net::ERR_"


def large_pdf(size: int, seed: int) -> bytes:
    """A sound PDF of about that size: one page, and a stream that nothing can make smaller."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Extra = pdf.make_stream(Random(seed).randbytes(size))
        written = io.BytesIO()
        pdf.save(written, static_id=True)
    return written.getvalue()


def draft(page: Page) -> str:
    """The address of the materials of a fresh draft."""
    page.goto("/services/residence-permit")
    page.get_by_role("button", name="在线办理").or_(page.get_by_role("button", name="再填一份新的")).click()
    page.wait_for_url("**/drafts/*")
    page.goto(f"{page.url}/materials")
    return page.url


def arrived(live: Live, page: Page) -> int:
    """How much of the file lies at the server."""
    token = page.url.split("/drafts/")[1].split("/")[0]
    return sum(path.stat().st_size for path in (live.home / "arriving" / token).glob("*.part"))


def wait_for(live: Live, page: Page, least: int) -> None:
    until = time.monotonic() + 60
    while arrived(live, page) < least:
        assert time.monotonic() < until, "the upload does not go on"
        page.wait_for_timeout(5)


def cut_again_and_again(live: Live, page: Page, line: Gate, size: int) -> None:
    random = Random(4)
    for number in range(CUTS):
        wait_for(live, page, size * number // (CUTS + 1) + random.randrange(1, size // (2 * CUTS)))
        line.shut()
        page.wait_for_timeout(50)
        line.open()


def test_a_large_photo_asked_for_on_a_topics_page_goes_in_pieces_and_stands_there_alone(
    visitors: Visitors, live: Live, tmp_path: Path
) -> None:
    place = tmp_path / "近照.jpg"
    Image.frombytes("RGB", (1600, 1600), Random(3).randbytes(3 * 1600 * 1600)).save(place, quality=90)
    assert place.stat().st_size > 2_000_000
    page = visitors.come(address=live.address, width=390, height=844)
    sign_in(page, "wangxiaorong")
    draft(page)
    materials = page.url
    page.goto(materials.replace("/materials", "/sections/person"))
    page.get_by_label("手机号").fill("13900000001")
    with page.expect_response("**/pieces/photo"):
        page.locator("#file-photo").set_input_files(place)
    expect(page.locator("[data-uploaded]")).to_contain_text("近照.jpg")
    expect(page.get_by_label("手机号")).to_have_value("13900000001")
    page.get_by_role("button", name="保存并继续").click()
    page.wait_for_url("**/sections/residence")
    page.goto(materials)
    photo = page.locator("#material-photo")
    expect(photo).to_contain_text("近照.jpg")
    expect(photo.get_by_role("link", name="那一页上传")).to_be_visible()
    expect(photo.locator("input[type=file]")).to_have_count(0)


@pytest.mark.soak
def test_a_line_cut_ten_times_loses_nothing(visitors: Visitors, live: Live, tmp_path: Path) -> None:
    content = large_pdf(12_000_000, 1)
    place = tmp_path / "大图.pdf"
    place.write_bytes(content)
    visitors.allow(CUT_OFF)
    with gate(live.port) as line:
        line.open()
        page = visitors.come(address=f"http://127.0.0.1:{line.port}", width=390, height=844)
        sign_in(page, "wangxiaorong")
        draft(page)
        section = page.locator(".ry-material", has=page.locator("[multiple][accept*='.pdf']")).first
        section.locator("input[type=file][multiple]").set_input_files(place)
        section.get_by_role("button", name="上传").click()
        cut_again_and_again(live, page, line, len(content))
        expect(section.get_by_text("已上传", exact=True)).to_be_visible(timeout=90_000)
    assert list((live.home / "files").rglob(hashlib.sha256(content).hexdigest()))


def test_a_half_sent_file_goes_on_when_it_is_chosen_again(visitors: Visitors, live: Live, tmp_path: Path) -> None:
    content = large_pdf(4_000_000, 2)
    place = tmp_path / "证明.pdf"
    place.write_bytes(content)
    visitors.allow(CUT_OFF)
    with gate(live.port) as line:
        line.open()
        page = visitors.come(address=f"http://127.0.0.1:{line.port}", width=PHONE.width, height=PHONE.height)
        page.on("dialog", lambda dialog: dialog.accept())
        sign_in(page, "wangxiaorong")
        address = draft(page)
        section = page.locator(".ry-material", has=page.locator("[multiple][accept*='.pdf']")).first
        section.locator("input[type=file][multiple]").set_input_files(place)
        section.get_by_role("button", name="上传").click()
        wait_for(live, page, 1_000_000)
        line.shut()
        expect(section.get_by_text("网络断了，连上后接着传。")).to_be_visible()
        keep(page, "upload-cut")
        page.goto("about:blank")  # while the line is open again, the page would go on by itself
        line.open()
        page.goto(address)
        assert 0 < arrived(live, page) < len(content)
        expect(section.get_by_text("再选同一个文件，从断开的地方接着传")).to_be_visible()
        section.locator("input[type=file][multiple]").set_input_files(place)
        section.get_by_role("button", name="上传").click()
        expect(section.get_by_text("已上传", exact=True)).to_be_visible(timeout=30_000)
    assert list((live.home / "files").rglob(hashlib.sha256(content).hexdigest()))


def test_the_page_stands_at_the_material_at_once(visitors: Visitors, live: Live) -> None:
    page = visitors.come(address=live.address)
    sign_in(page, "lijinrong")
    page.goto("/services/construction-permit")
    page.get_by_role("button", name="在线办理").click()
    page.wait_for_url("**/drafts/*")
    page.goto(f"{page.url}/materials")
    last = page.locator(".ry-material").last
    last.locator("input[type=file][multiple]").set_input_files(FILES / SAMPLES["pdf"])
    with page.expect_navigation():
        last.get_by_role("button", name="上传").click()
    heights = page.evaluate(
        """async () => {
          const found = [];
          for (let frame = 0; frame < 10; frame++) {
            await new Promise(requestAnimationFrame);
            found.push(scrollY);
          }
          return found;
        }"""
    )
    assert len(set(heights)) == 1
    assert heights[0] > 0
