"""A citizen's residence permit from sign-in to receipt: on a phone, and in a browser without scripts."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from approvals.clock.moment import CITY
from portal.demonstration.acting import FILES, SAMPLES
from portal.demonstration.people import PASSWORD
from services.answers import Value, examples
from services.current import catalogue
from services.item import Item
from tests.browser.people import NUMBER, choose, decide, fill_in, open_step, upload_all
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live

NAME = "龑䶮（示例）"


@pytest.fixture(scope="module")
def item() -> Item:
    return catalogue().item("residence-permit")


@pytest.fixture
def answers(item: Item) -> dict[str, Value]:
    """By steady work; the other two conditions ask nothing."""
    given = examples(item, datetime.now(CITY).date())
    return {key: value for key, value in given.items() if key not in {"tenure", "school"}}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return Path(shutil.copy(FILES / SAMPLES["jpg"], tmp_path / "IMG_2041 照片.jpg"))


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录").click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def apply(page: Page, item: Item, answers: dict[str, Value], photo: Path) -> str:
    """From the home page to the receipt; its number."""
    page.goto("/")
    page.get_by_role("searchbox").fill("居住证")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name="居住证申领", exact=True).click()
    page.get_by_role("button", name="在线办理").click()
    assert_fits(page)
    page.get_by_role("link", name="您的信息").click()
    expect(page.get_by_label("您的姓名")).to_have_value(NAME)
    assert_fits(page)
    given = {key: value for key, value in answers.items() if key != "applicant_name"}
    fill_in(page, item.sections[0], given)
    wrong = {key: value for key, value in given.items() if key != "employer"}
    fill_in(page, item.sections[1], wrong)
    expect(page).to_have_title(re.compile("^错误："))
    expect(page.get_by_role("alert").get_by_role("link")).to_have_attribute("href", "#employer")
    expect(page.locator("[name=moved_in-year]")).to_have_value(str(answers["moved_in"])[:4])
    assert_fits(page)
    fill_in(page, item.sections[1], given)
    expect(page.locator("h1")).to_have_text("上传材料")
    upload_all(page, lambda _key, _formats: photo)
    assert_fits(page)
    page.get_by_role("link", name="传好了，去核对").click()
    expect(page.get_by_role("button", name="提交申请")).to_be_visible()
    assert_fits(page)
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("alert")).to_contain_text("请先勾选承诺，再提交")
    page.locator("label").filter(has=page.locator("#declared")).click()
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("h1")).to_have_text("已提交")
    assert_fits(page)
    number = page.locator(".ry-ref").inner_text()
    assert NUMBER.fullmatch(number)
    return number


def assert_fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    page.wait_for_load_state()
    scrolled, shown = page.locator("html").evaluate("html => [html.scrollWidth, html.clientWidth]")
    assert scrolled <= shown, page.url


def test_on_a_phone(visitors: Visitors, live: Live, item: Item, answers: dict[str, Value], photo: Path) -> None:
    page = visitors.come(width=390, height=844, address=live.address)
    sign_in(page, "yanmao")
    number = apply(page, item, answers, photo)
    page.get_by_role("link", name="看进度").click()
    expect(page.locator("main")).to_contain_text(number)
    assert_fits(page)
    page.goto("/my/applications")
    expect(page.get_by_text(number)).to_be_visible()
    assert_fits(page)


def test_without_scripts(visitors: Visitors, live: Live, item: Item, answers: dict[str, Value], photo: Path) -> None:
    page = visitors.come(scripts=False, address=live.address)
    sign_in(page, "yanmao")
    number = apply(page, item, answers, photo)
    page.get_by_role("link", name="看进度").click()
    expect(page.locator("table").filter(has_text="信息核对").first).to_be_attached()
    clerk = visitors.come(scripts=False, address=live.address)
    sign_in(clerk, "clerk-ga")
    open_step(clerk, number, "受理")
    decide(clerk, "受理")
    page.reload()
    expect(page.locator("main")).to_contain_text("审查中")


def test_a_question_is_there_once_a_choice_calls_for_it(visitors: Visitors, live: Live, item: Item) -> None:
    page = visitors.come(width=390, height=844, address=live.address)
    sign_in(page, "wangxiaorong")
    page.goto(f"/services/{item.slug}")
    page.get_by_role("button", name="在线办理").click()
    page.goto(f"{page.url}/sections/residence")
    employer, tenure = page.locator("[name=employer]"), page.locator("[name=tenure]").first
    expect(employer).to_be_hidden()
    choose(page, "ground", "work")
    expect(employer).to_be_visible()
    expect(tenure).to_be_hidden()
    employer.fill("锦江软件（示例）")
    choose(page, "ground", "home")
    expect(employer).to_be_hidden()
    expect(tenure).to_be_visible()
    choose(page, "ground", "work")
    expect(employer).to_have_value("锦江软件（示例）")
    plain = visitors.come(scripts=False, address=live.address)
    sign_in(plain, "wangxiaorong")
    plain.goto(page.url)
    expect(plain.locator("[name=employer]")).to_be_visible()
    expect(plain.locator("main")).to_contain_text("选「稳定就业」时填写")
