"""What people do in front of the browser: sign in, answer by keyboard, upload, decide."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from portal.demonstration.people import PASSWORD
from services.answers import Address, Value
from services.item import Item, Section

FEW = 15
"""Presses of Tab that a person would bear to get from one field to the next."""

NUMBER = re.compile(r"\d{6}-\d{8}-[A-Z]+-\d{6}-[0-9A-Z]")


@dataclass(frozen=True, slots=True)
class Size:
    name: str
    width: int
    height: int

    def __str__(self) -> str:
        return self.name


PHONE, DESKTOP = Size("phone", 390, 844), Size("desktop", 1280, 800)


def keep(page: Page, name: str, of: Size = PHONE) -> None:
    """A picture for the documents, where somebody asked for it and the page has the size that it shows."""
    folder = os.environ.get("RONGYIBAN_PICTURES")
    if folder and page.viewport_size == {"width": of.width, "height": of.height}:
        page.screenshot(path=Path(folder) / f"journey-{name}.png")


def sign_in(page: Page, username: str) -> None:
    """By typing alone; ends on the account's first page."""
    page.goto("/sign-in")
    skip_to_content(page)
    tab_to(page, "username")
    page.keyboard.type(username)
    tab_to(page, "password")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if not page.url.partition("?")[0].endswith("/sign-in/code"):
        expect(page.get_by_role("button", name="退出")).to_be_visible()


def begin(page: Page, slug: str) -> None:
    """A draft of this item; ends on its list of tasks."""
    page.goto(f"/services/{slug}")
    page.get_by_role("button", name=re.compile("在线办理|再填一份新的")).first.click()
    page.wait_for_url("**/drafts/*")


def skip_to_content(page: Page) -> None:
    """The first stop of a keyboard is the link that skips the header."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "ry-skip"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the field with this name has the focus."""
    passed = []
    for _ in range(FEW):
        page.keyboard.press("Tab")
        found = page.evaluate("document.activeElement.name ?? ''")
        if found == name:
            return
        passed.append(found)
    raise AssertionError(f"Tab does not lead to {name}; it passed {passed}")


def give(page: Page, key: str, value: Value) -> None:
    """One answer, typed and chosen without a mouse, from the field before it."""
    match value:
        case bool():
            tab_to(page, key)
            arrow_to(page, "yes" if value else "no")
        case date():
            for part, number in (("year", value.year), ("month", value.month), ("day", value.day)):
                tab_to(page, f"{key}-{part}")
                page.keyboard.type(str(number))
        case Address():
            tab_to(page, f"{key}-region")
            arrow_to(page, value.region)
            tab_to(page, f"{key}-detail")
            page.keyboard.type(value.detail)
        case _:
            tab_to(page, key)
            if page.evaluate("['radio', 'select-one'].includes(document.activeElement.type)"):
                arrow_to(page, str(value))
            else:
                # The browser selects what stands in a field that Tab enters: typing replaces it.
                page.keyboard.type(str(value))


def arrow_to(page: Page, value: str) -> None:
    """Choose with the arrow keys: an option of a list, or one of several round buttons."""
    for _ in range(40):
        if page.evaluate("document.activeElement.value") == value:
            break
        page.keyboard.press("ArrowDown")
    else:
        raise AssertionError(f"the arrows do not lead to {value}")
    if page.evaluate("document.activeElement.type === 'radio' && !document.activeElement.checked"):
        page.keyboard.press("Space")


def answer(page: Page, section: Section, answers: Mapping[str, Value]) -> None:
    """Fill in one page from its top to its last question and send it with the Enter key."""
    expect(page.locator("h1")).to_have_text(section.title.zh)
    skip_to_content(page)
    for question in section.questions:
        if question.key in answers and is_there(page, question.key):
            give(page, question.key, answers[question.key])
    tab_to(page, "next_step")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def is_there(page: Page, key: str) -> bool:
    """Whether the answers so far call for the question."""
    return page.locator(f"[name='{key}'], [name^='{key}-']").first.is_visible()


def answer_all(page: Page, item: Item, answers: Mapping[str, Value], *, until: str | None = None) -> None:
    """Every topic in turn, or those before the one named."""
    for section in item.sections:
        if section.key == until:
            return
        answer(page, section, answers)


def upload(page: Page, material: str, *files: Path) -> None:
    """Choose files for one material and send them."""
    section = page.locator(f"#material-{material}")
    section.locator("input[type=file][multiple]").set_input_files(files)
    with page.expect_navigation():
        section.get_by_role("button", name="上传").click()


def upload_all(page: Page, choose: Callable[[str, list[str]], Path]) -> None:
    """A file for every required material that has none yet; `choose` gives it for a material's key and formats."""
    for key in page.locator(".ry-material").evaluate_all("all => all.map(one => one.id.replace('material-', ''))"):
        section = page.locator(f"#material-{key}")
        if section.get_by_text("没上传").count():
            accepted = section.locator("input[type=file][multiple]").get_attribute("accept") or ""
            upload(page, key, choose(key, [name.strip(".") for name in accepted.split(",")]))
            expect(section.get_by_text("已上传", exact=True).first).to_be_visible()


def declare_and_send(page: Page, words: str = "提交申请") -> str:
    """Tick the declaration by keyboard, press the button twice, as people do; the number on the receipt."""
    page.locator("#declared").focus()
    page.keyboard.press("Space")
    with page.expect_navigation(url="**/receipt"):
        page.get_by_role("button", name=words).dblclick()
    found = NUMBER.fullmatch(page.locator(".ry-ref").inner_text())
    assert found is not None
    return found[0]


def open_step(page: Page, number: str, step: str) -> None:
    """From the clerk's queue to the desk of this step."""
    page.goto("/office/queue")
    row = page.get_by_role("row").filter(has_text=number).filter(has_text=step)
    row.get_by_role("link").click()
    expect(page.locator(".ry-meta b").first).to_have_text(step)
    page.wait_for_load_state("domcontentloaded")  # the form stands further down


def decide(page: Page, outcome: str, *, reason: str = "", conditions: str = "") -> None:
    """Choose, perhaps explain, and send."""
    form = decision_form(page)
    for point in form.get_by_role("radio", name="满足", exact=True).all():
        point.check()
    form.get_by_role("radio", name=re.compile(rf"^{outcome}")).check()
    if form.locator("[name=late_reason]").count():
        form.get_by_role("radio", name="件多，人手不够").check()
    for name, words in (("reason", reason), ("conditions", conditions)):
        if words:
            form.locator(f"[name={name}]").fill(words)
    with page.expect_navigation(url="**/office/queue"):
        form.get_by_role("button", name="提交意见").click()


def decision_form(page: Page) -> Locator:
    return page.locator("form").filter(has=page.get_by_role("button", name="提交意见"))


def ask_to_mend(page: Page, asked: Iterable[tuple[str, str]]) -> None:
    """Open the form for corrections, tick each (label, what is wrong), and send."""
    page.locator("summary", has_text="请申请人补正").click()
    page.locator(".ry-mendgroup:not([open]) > summary").click()
    for label, words in asked:
        entry = page.locator("li.ry-mend").filter(has=page.get_by_role("checkbox", name=re.compile(rf"^{label}")))
        entry.get_by_role("checkbox").check()
        entry.locator("textarea").fill(words)
    with page.expect_navigation(url="**/office/queue"):
        page.get_by_role("button", name="发出补正告知").click()


def fill_in(page: Page, section: Section, answers: Mapping[str, Value]) -> None:
    """One page as a finger does it, or a browser without scripts; sent with its button."""
    expect(page.locator("h1")).to_have_text(section.title.zh)
    for question in section.questions:
        if question.key in answers:
            put(page, question.key, answers[question.key])
    page.get_by_role("button", name="保存并继续").click()


def put(page: Page, key: str, value: Value) -> None:
    match value:
        case bool():
            choose(page, key, "yes" if value else "no")
        case date():
            for part, number in (("year", value.year), ("month", value.month), ("day", value.day)):
                page.locator(f"[name={key}-{part}]").fill(str(number))
        case Address():
            page.locator(f"[name={key}-region]").select_option(value.region)
            page.locator(f"[name={key}-detail]").fill(value.detail)
        case _ if page.locator(f"input[type=radio][name={key}]").count():
            choose(page, key, str(value))
        case _:
            page.locator(f"[name={key}]").fill(str(value))


def choose(page: Page, key: str, value: str) -> None:
    """The whole row of a choice can be pressed, not only its little circle."""
    page.locator("label").filter(has=page.locator(f"[name={key}][value={value}]")).click()
