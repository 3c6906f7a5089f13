"""Whole journeys of people who have never seen the portal, on the device they have.

With RONGYIBAN_PICTURES=docs/pictures a picture of each is kept for the documents.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from approvals.clock.moment import CITY
from portal.demonstration.acting import FILES, SAMPLES
from services.answers import Value, examples
from services.compounds import Compound
from services.current import catalogue
from services.item import Item, Kind, Section
from tests.browser.people import (
    DESKTOP,
    NUMBER,
    PHONE,
    Size,
    ask_to_mend,
    begin,
    decide,
    is_there,
    keep,
    open_step,
    put,
    upload,
    upload_all,
)
from tests.browser.test_citizen import assert_fits, sign_in
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live
from tests.processes import wait_until

RESIDENCE = "residence-permit"
LARGE = 60
"""Pixels that whatever is pressed has at least in elder mode."""
ACTIONS = ("fill", "submit", "sign", "collect")
NEWCOMER = {"person": "陈新蓉", "identity_number": "510104198511120010", "new_password": "三月 锦江 看花 去"}


def today() -> date:
    return datetime.now(CITY).date()


def on(first: Size) -> pytest.MarkDecorator:
    """On both sizes, the one that people will use in every run and the other in the soak."""
    other = DESKTOP if first is PHONE else PHONE
    return pytest.mark.parametrize("size", [first, pytest.param(other, marks=pytest.mark.soak)], ids=str)


def on_a(size: Size, visitors: Visitors, live: Live) -> Page:
    return visitors.come(address=live.address, width=size.width, height=size.height)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return Path(shutil.copy(FILES / SAMPLES["jpg"], tmp_path / "IMG_2041 照片.jpg"))


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return Path(shutil.copy(FILES / SAMPLES["pdf"], tmp_path / "证明（扫描）.pdf"))


def complete(page: Page, section: Section, answers: Mapping[str, Value]) -> None:
    """Answer what the page asks and nobody has answered yet, and go on."""
    expect(page.locator("h1")).to_have_text(section.title.zh)
    for question in section.questions:
        key = question.key
        if key not in answers or not is_there(page, key):
            continue
        value = answers[key]
        if isinstance(value, Compound):
            for part, words in value.parts:
                page.locator(f"[name='{key}-{part}']").fill(str(words))
            continue
        field = page.locator(f"[name='{key}'], [name^='{key}-']").first
        is_text = field.get_attribute("type") not in ("radio", "checkbox")
        if not is_text or not field.input_value():
            put(page, key, value)
    page.get_by_role("button", name="保存并继续").click()


def come_in(page: Page, username: str) -> None:
    """For oneself, whomever else one may act for."""
    sign_in(page, username)
    page.goto("/my/applications")
    if page.locator("#workspace").count():
        page.locator("#workspace").select_option(label="我自己")
        page.get_by_role("button", name="切换").click()


def go_through(page: Page, item: Item) -> None:
    """Every topic from the first one, as the pages lead on."""
    page.get_by_role("link", name=item.sections[0].title.zh).first.click()
    for section in item.sections:
        complete(page, section, examples(item, today()))


def hand_in(page: Page, photo: Path, scan: Path) -> None:
    expect(page.locator("h1")).to_have_text("上传材料")
    upload_all(page, lambda _key, formats: scan if "pdf" in formats else photo)


def send(page: Page) -> str:
    """From the materials to the receipt; the number."""
    page.get_by_role("link", name="传好了，去核对").click()
    return declare(page)


def declare(page: Page, words: str = "提交申请") -> str:
    page.locator("label").filter(has=page.locator("#declared")).click()
    page.get_by_role("button", name=words).click()
    page.wait_for_url("**/receipt")
    number = page.locator(".ry-ref").inner_text()
    assert NUMBER.fullmatch(number)
    return number


@on(PHONE)
def test_a_newcomer_comes_from_registration_to_receipt(
    visitors: Visitors, live: Live, photo: Path, scan: Path, size: Size
) -> None:
    page = on_a(size, visitors, live)
    page.goto("/")
    page.get_by_role("link", name="登录").first.click()
    page.get_by_role("link", name="注册").first.click()
    page.get_by_label("手机号").fill("13900007788")
    page.get_by_role("button", name="发送验证码").click()
    found = re.search(r"验证码是 (\d{6})", page.locator("main").inner_text())
    assert found is not None
    page.locator("[name=one_time_code]").fill(found[1])
    for name, words in NEWCOMER.items():
        page.locator(f"[name={name}]").fill(words)
    assert_fits(page)
    page.get_by_role("button", name="注册").click()
    expect(page.get_by_text("注册好了，已为您登录。")).to_be_visible()
    begin(page, RESIDENCE)
    keep(page, "newcomer")
    page.get_by_role("link", name="您的信息").first.click()
    expect(page.get_by_label("您的姓名")).to_have_value(NEWCOMER["person"])
    page.goto(page.url.rpartition("/sections/")[0])
    go_through(page, catalogue().item(RESIDENCE))
    hand_in(page, photo, scan)
    send(page)
    expect(page.locator("h1")).to_have_text("已提交")
    assert_fits(page)


def give_mandate(
    page: Page, person: str, phone: str, *, duty: str = "", item: str = "", actions: tuple[str, ...] = ACTIONS
) -> None:
    """For everything, or for one item alone (its code)."""
    page.goto("/my/mandates/new")
    page.locator("[name=person]").fill(person)
    page.locator("[name=phone]").fill(phone)
    if duty:
        page.locator("label").filter(has_text=duty).first.click()
    matters = "some" if item else "all"
    page.locator("label").filter(has=page.locator(f"[name=matters][value={matters}]")).click()
    if item:
        label = page.locator("label").filter(has=page.locator(f"[name=items][value={item}]"))
        page.locator("details").filter(has=label).locator("summary").click()
        label.click()
    for action in actions:
        page.locator("label").filter(has=page.locator(f"[name=actions][value={action}]")).click()
    for part, number in (("year", today().year + 1), ("month", 6), ("day", 30)):
        page.locator(f"[name=ends_on-{part}]").fill(str(number))
    page.locator("main form").get_by_role("button").last.click()
    expect(page.get_by_text("授权已发出")).to_be_visible()


def accept_mandate(page: Page, principal: str) -> None:
    """And act for them from now on."""
    page.goto("/my/mandates")
    page.get_by_role("button", name="接受", exact=True).click()
    expect(page.get_by_text("现在可以代为办理")).to_be_visible()
    page.goto("/my/applications")
    page.locator("#workspace").select_option(label=principal)
    page.get_by_role("button", name="切换").click()


@on(DESKTOP)
def test_a_company_handler_acts_on_a_mandate(
    visitors: Visitors, live: Live, photo: Path, scan: Path, size: Size
) -> None:
    chief = visitors.come(address=live.address)
    sign_in(chief, "lijinrong")
    chief.goto("/business/applications")
    company = chief.locator("#workspace option").nth(1).inner_text()
    item = catalogue().item("filing-prepackaged-food-only")
    give_mandate(chief, "王小蓉", "13900000001", duty="经办人", item=item.code, actions=("fill", "submit"))
    handler = on_a(size, visitors, live)
    come_in(handler, "wangxiaorong")
    accept_mandate(handler, company)
    handler.goto("/services/food-business-licence")
    handler.get_by_role("button", name=re.compile("在线办理|再填一份新的")).first.click()
    expect(handler.locator("main")).to_contain_text("您得到的授权不包括这一步，或者不包括这个事项。")
    begin(handler, item.slug)
    keep(handler, "handler", DESKTOP)
    go_through(handler, item)
    if handler.locator("h1").inner_text() == "上传材料":
        hand_in(handler, photo, scan)
        handler.get_by_role("link", name="传好了，去核对").click()
    number = declare(handler)
    chief.goto(f"/applications/{number}")
    expect(chief.locator("main")).to_contain_text(f"王小蓉（示例）代{company}办理")


@on(PHONE)
def test_a_relative_acts_for_an_elder_in_elder_mode(
    visitors: Visitors, live: Live, photo: Path, scan: Path, size: Size
) -> None:
    elder = on_a(size, visitors, live)
    come_in(elder, "wangxiaorong")
    elder.get_by_role("button", name="长辈版").click()
    elder.goto("/my/mandates")
    assert_fits(elder)
    give_mandate(elder, "龑䶮", "13900000002")

    assert_fits(elder)
    relative = on_a(size, visitors, live)
    come_in(relative, "yanmao")
    relative.get_by_role("button", name="长辈版").click()
    accept_mandate(relative, "王小蓉（示例）")
    begin(relative, RESIDENCE)
    expect(relative.locator("html")).to_have_attribute("data-elder", "on")
    keep(relative, "elder")
    assert_fits(relative)
    go_through(relative, catalogue().item(RESIDENCE))
    hand_in(relative, photo, scan)
    number = send(relative)
    elder.goto(f"/applications/{number}")
    expect(elder.locator("main")).to_contain_text("龑䶮（示例）代王小蓉（示例）办理")
    folded = elder.locator("main details > summary:visible").all()
    assert folded
    assert all(each.evaluate("one => one.getBoundingClientRect().height") >= LARGE for each in folded)
    assert_fits(elder)
    elder.goto("/my/mandates")
    elder.get_by_role("button", name=re.compile("^收回")).first.click()
    relative.goto(f"/applications/{number}")
    expect(relative.locator("h1")).not_to_contain_text("居住证")


@on(PHONE)
def test_a_bundle_is_answered_once_and_sent_one_by_one(
    visitors: Visitors, live: Live, photo: Path, scan: Path, size: Size
) -> None:
    bundle = catalogue().bundles["retire"]
    page = on_a(size, visitors, live)
    come_in(page, "yanmao")
    page.goto("/bundles/retire")
    page.get_by_role("button", name="一起办").click()
    asked = replace(catalogue().items[bundle.parts[0].item], sections=(bundle.section,))
    given = examples(asked, today())
    for question in bundle.section.questions:
        if question.kind is not Kind.CHOICES and question.key in given and is_there(page, question.key):
            put(page, question.key, given[question.key])
    page.get_by_role("button", name="建好各项申请").click()
    expect(page.locator("h1")).to_have_text("退休一件事")
    expect(page.locator("main")).to_contain_text("还有 3 项没提交")
    keep(page, "bundle")
    assert_fits(page)
    together = page.url
    for left, part in ((2, bundle.parts[0]), (1, bundle.parts[1])):
        page.goto(together)
        page.get_by_role("link", name="继续填写").first.click()
        go_through(page, catalogue().items[part.item])
        hand_in(page, photo, scan)
        send(page)
        page.goto(together)
        expect(page.locator("main")).to_contain_text(f"还有 {left} 项没提交")


@on(PHONE)
def test_a_correction_is_answered_in_place(visitors: Visitors, live: Live, photo: Path, scan: Path, size: Size) -> None:
    page = on_a(size, visitors, live)
    come_in(page, "yanmao")
    begin(page, RESIDENCE)
    go_through(page, catalogue().item(RESIDENCE))
    hand_in(page, photo, scan)
    number = send(page)
    clerk = visitors.come(address=live.address)
    sign_in(clerk, "clerk-ga")
    open_step(clerk, number, "受理")
    ask_to_mend(clerk, (("本人近照", "照片太暗，看不清脸，请重新拍一张。"),))
    page.goto("/my/applications")
    page.get_by_role("link", name=re.compile("^去补正")).first.click()
    expect(page.locator(".ry-mends")).to_contain_text("照片太暗")
    keep(page, "correction")
    assert_fits(page)
    page.locator(".ry-mends").get_by_role("link").first.click()
    again = photo.with_name("IMG_2042 照片.jpg")
    with Image.open(photo) as dark:
        dark.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(again)
    upload(page, "photo", again)
    page.get_by_role("link", name="传好了，去核对").click()
    declare(page, "重新提交")
    expect(page.locator("h1")).to_have_text("补正已提交")


@on(PHONE)
def test_what_the_portal_holds_is_used_instead_of_uploaded(
    visitors: Visitors, live: Live, photo: Path, scan: Path, size: Size
) -> None:
    item = catalogue().item(RESIDENCE)
    page = on_a(size, visitors, live)
    come_in(page, "yanmao")
    begin(page, RESIDENCE)
    go_through(page, item)
    hand_in(page, photo, scan)
    number = send(page)
    clerk = visitors.come(address=live.address)
    sign_in(clerk, "clerk-ga")
    for step, outcome in (("受理", "受理"), ("信息核对", "同意"), ("居住证发放决定", "准予")):
        open_step(clerk, number, step)
        decide(clerk, outcome)

    def has_come() -> int:
        page.goto("/my/certificates")
        return page.get_by_text("居住证").count()

    wait_until(has_come, "the certificate is among the person's own")
    begin(page, RESIDENCE)
    go_through(page, item)
    offers = page.locator(".ry-held")
    expect(offers.first).to_contain_text("本站已有这份材料，可以免交")
    keep(page, "reuse")
    assert_fits(page)
    for _ in range(offers.count()):
        offers.first.get_by_role("button", name="用这一份").click()
        page.wait_for_load_state()
    expect(page.get_by_text("没上传", exact=True)).to_have_count(0)
    send(page)
