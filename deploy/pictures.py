"""Draws the pictures of docs/pictures anew: pages of a fresh demonstration, and the certificate it issued."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
sys.path.insert(0, str(ROOT))

from portal.demonstration.people import PASSWORD  # noqa: E402  # found only from here on

WIDTH = 1440
MARGIN = 24
LARGEST = 250_000
"""Bytes a picture may have."""
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = ("--disable-gpu", "--no-sandbox", "--hide-scrollbars")
TABLE = ".ry-stage[open] .ry-stage__table"
UNDER_WAY = "天府锦城二期研发楼项目"
"""The construction permit that the demonstration leaves in the middle of its review."""


@contextmanager
def demonstration() -> Iterator[str]:
    """The address of a portal as `make run` starts it, over a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="rongyiban-pictures-") as home:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port: int = found.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        settings = {"RONGYIBAN_HOME": home, "RONGYIBAN_DEMONSTRATION": "true", "RONGYIBAN_PUBLIC_URL": address}
        command = [sys.executable, "-m", "portal.cli", "serve", "--port", str(port)]
        server = subprocess.Popen(  # noqa: S603  # our own program
            command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_for(f"{address}/readyz", server)
            yield address
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            urlopen(address, timeout=5).close()  # noqa: S310  # our own address
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the portal did not start")


def entered(browser: Browser, address: str, username: str, height: int) -> Page:
    """A page of this account, or of a stranger."""
    page = browser.new_context(
        viewport={"width": WIDTH, "height": height},
        base_url=address,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    ).new_page()
    if username:
        page.goto("/sign-in")
        page.locator("[name=username]").fill(username)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button").first.click()
        page.wait_for_url(lambda url: not url.endswith("/sign-in"))
    return page


def keep(name: str, drawn: bytes, colours: int = 256) -> None:
    """As a PNG with a palette: text and flat colours lose nothing that is seen."""
    picture = Image.open(io.BytesIO(drawn)).convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    target = PICTURES / f"{name}.png"
    picture.save(target, optimize=True)
    size = target.stat().st_size
    print(f"{target.relative_to(ROOT)}  {picture.width} × {picture.height}  {size // 1000} kB")
    if size > LARGEST:
        raise SystemExit(f"{name} is larger than {LARGEST // 1000} kB")


def height_of(part: Locator) -> float:
    """Where it begins on the page."""
    box = part.bounding_box()
    assert box is not None  # noqa: S101  # it is drawn on every tracker
    return box["y"]


def draw(browser: Browser, address: str) -> None:
    visitor = entered(browser, address, "", 1000)
    visitor.goto("/?for=businesses")
    keep("home", visitor.screenshot())
    visitor.goto("/services/construction-permit")
    keep("guide", visitor.screenshot())

    company = entered(browser, address, "lijinrong", 1000)
    company.goto("/business/applications")
    company.locator(".ry-row").filter(has_text=UNDER_WAY).get_by_role("link").click()
    number = company.locator("main .num").filter(has_text="办件编号").last.inner_text().split()[-1]
    company.goto(f"/applications/{number}")
    drawing = company.locator("section:has(> .ry-section__head #where)")
    top = height_of(drawing) - MARGIN
    clip: FloatRect = {"x": 0, "y": top, "width": WIDTH, "height": height_of(drawing.locator(TABLE)) - top}
    keep("tracker", company.screenshot(full_page=True, clip=clip))

    clerk = entered(browser, address, "clerk-zj", 1000)
    clerk.goto(f"/office/steps/{number}/gc302")
    clerk.wait_for_timeout(4000)  # the browser's own viewer of PDF files does not say when it is ready
    keep("desk", clerk.screenshot())

    manager = entered(browser, address, "manager", 900)
    manager.goto("/management/board")
    keep("board", manager.screenshot(full_page=True))

    company.goto("/my/certificates")
    company.get_by_role("link", name="查看").first.click()
    with company.expect_download() as coming:
        company.get_by_role("link", name="下载 PDF").click()
    keep("certificate", printed(coming.value.path()), colours=48)  # its guilloche has many fine lines


def printed(paper: Path) -> bytes:
    command = ["pdftoppm", "-png", "-singlefile", "-scale-to-x", str(WIDTH), "-scale-to-y", "-1", str(paper)]
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603  # our own file


def main() -> None:
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        raise SystemExit("Chromium is not installed (deploy/setup.sh test installs it)")
    PICTURES.mkdir(exist_ok=True)
    with demonstration() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        draw(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
