"""The main job in the browser, with real files: a construction permit, from the search to a stranger's verification."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from approvals.certificates.sheet import DATA_FILE
from approvals.clock.moment import CITY
from portal.demonstration.acting import FILES, SAMPLES
from services.answers import Value, examples
from services.current import catalogue
from services.item import Item, StepKind
from tests.browser.people import (
    answer,
    answer_all,
    ask_to_mend,
    decide,
    declare_and_send,
    open_step,
    sign_in,
    upload,
    upload_all,
)
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live
from tests.outside import qr_code_of, require_tool
from tests.processes import wait_until

ROOT = Path(__file__).resolve().parents[2]
NAME = "龑䶮大厦项目（示例）"
"""Two characters that few fonts have, as names have them."""
MANAGER = "龑䶮"
WRONG = "510104199001010018"
"""The last digit should be 9."""


FILE_OF = {"pdf": "全套图纸（盖章）.pdf", "jpg": "五方承诺书 照片.jpg", "dxf": "占道范围图.dxf"}
TO_MEND = (
    ("大约多少立方米", "和处置方案里的数量对不上，请核实。"),
    ("处置方案", "缺少夜间绕行路段，请补充后重新上传。"),
)
"""What the waste office asks for: one answer, one file."""
OPINIONS = frozenset({StepKind.REVIEW, StepKind.TECHNICAL_REVIEW})


@pytest.fixture(scope="module")
def item() -> Item:
    return catalogue().item("construction-permit")


@pytest.fixture
def answers(item: Item) -> dict[str, Value]:
    return {**examples(item, datetime.now(CITY).date()), "project_name": NAME, "manager_name": MANAGER}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files as they lie on somebody's desktop."""
    for kind, name in FILE_OF.items():
        shutil.copy(FILES / SAMPLES[kind], tmp_path / name)
    shutil.copy(ROOT / "tests" / "files" / "letter.docx", tmp_path / "施工合同.docx")
    return tmp_path


@pytest.mark.timeout(900)
def test_a_construction_permit_from_the_search_to_a_strangers_verification(
    visitors: Visitors, live: Live, item: Item, answers: dict[str, Value], folder: Path
) -> None:
    holder = visitors.come(address=live.address)
    sign_in(holder, "lijinrong")
    start_from_search(holder)
    answer_with_a_slip(holder, item, answers)
    hand_in(holder, folder)
    number = declare_and_send(holder)

    clerk = visitors.come(address=live.address)
    sign_in(clerk, "clerk-zj")
    open_step(clerk, number, "统一受理")
    decide(clerk, "受理")
    review(visitors, live, number, item)
    mend(holder, folder)
    waste = visitors.come(address=live.address)
    sign_in(waste, "clerk-cg")
    open_step(waste, number, "建筑垃圾处置核准")
    expect(waste.locator("[data-changed]")).to_contain_text("86,000")
    expect(waste.get_by_text("改后新交")).to_have_count(1)
    decide(waste, "同意")

    open_step(clerk, number, "施工许可决定")
    decide(clerk, "准予许可")
    live.kill_work()
    holder.goto(f"/applications/{number}")
    expect(holder.locator("h1")).to_have_text(NAME)
    live.start_work()
    paper = download(holder, folder)

    assert_sound(paper)
    verify(visitors.come(address=live.address), paper)
    assert live.tell("check")["broken"] == []


def start_from_search(page: Page) -> None:
    """施工许可, Enter, the first thing found, its guide, and a draft for the company."""
    page.goto("/")
    page.get_by_role("searchbox").fill("施工许可")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="建筑工程施工许可证核发", exact=True).click()
    expect(page.locator("h1")).to_have_text("建筑工程施工许可证核发")
    expect(page.locator("#materials")).to_contain_text("中标通知书或施工合同")
    page.get_by_role("button", name="在线办理").click()
    expect(page.locator("h1")).to_have_text("建筑工程施工许可证核发")
    page.get_by_role("link", name="工程概况").click()


def answer_with_a_slip(page: Page, item: Item, answers: dict[str, Value]) -> None:
    """Every topic; on the second page a digit is wrong at first."""
    answer_all(page, item, answers, until="parties")
    parties = next(section for section in item.sections if section.key == "parties")
    answer(page, parties, {**answers, "manager_identity": WRONG})

    assert page.title().startswith("错误：")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("有 1 处需要改")
    words = summary.get_by_role("link").inner_text()
    field = page.locator("[name=manager_identity]")
    expect(field).to_have_accessible_description(f"错误： {words}")
    for question in parties.questions:
        typed = WRONG if question.key == "manager_identity" else answers[question.key]
        expect(page.locator(f"[name={question.key}]")).to_have_value(str(typed))

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(str(answers["manager_identity"]))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for section in item.sections[item.sections.index(parties) + 1 :]:
        answer(page, section, answers)


def hand_in(page: Page, folder: Path) -> None:
    """A Word document is refused in plain words and costs nothing; then every material that the answers call for."""
    expect(page.locator("h1")).to_have_text("上传材料")
    upload(page, "contract", folder / "施工合同.docx", folder / "五方承诺书 照片.jpg")
    refusal = "「施工合同.docx」是 Word 文档，不能直接上传。请先在 Word 里另存为 PDF，再上传。"
    assert page.title().startswith("错误：")
    expect(page.get_by_role("alert")).to_contain_text(refusal)
    contract = page.locator("#material-contract")
    expect(contract.locator(".ry-err")).to_contain_text(refusal)
    expect(contract.locator(".ry-file__name")).to_have_text(["五方承诺书 照片.jpg"])

    def choose(key: str, formats: list[str]) -> Path:
        return folder / FILE_OF["dxf" if "dxf" in formats else "jpg" if "jpg" in formats else "pdf"]

    upload_all(page, choose)
    expect(page.get_by_text("没上传", exact=True)).to_have_count(0)
    page.get_by_role("link", name="传好了，去核对").click()
    expect(page.locator("h1")).to_have_text("提交前，再核对一遍")
    expect(page.locator("main")).to_contain_text(NAME)
    expect(page.locator("main")).to_contain_text("全套图纸（盖章）.pdf")


def review(visitors: Visitors, live: Live, number: str, item: Item) -> None:
    """Each of the eight departments at its own desk; the waste office sends one of its two matters back."""
    steps = [step for stage in item.stages for step in stage.steps if step.kind in OPINIONS]
    duties = dict.fromkeys(step.duty for step in steps)
    assert len(duties) == 8
    for duty in duties:
        page = visitors.come(address=live.address)
        sign_in(page, f"clerk-{duty.lower()}")
        for step in (each for each in steps if each.duty == duty):
            open_step(page, number, step.title.zh)
            if step.key == "gc309":
                ask_to_mend(page, TO_MEND)
            elif step.key == "gc308":
                decide(page, "附条件同意", conditions="夜间施工要设警示灯。")
            else:
                decide(page, "同意")
        page.context.close()


def mend(page: Page, folder: Path) -> None:
    """From the list of applications to each thing that is to be mended, and sent again."""
    page.goto("/business/applications")
    page.get_by_role("link", name=f"去补正 {NAME}").click()
    for _label, words in TO_MEND:
        expect(page.locator(".ry-mends")).to_contain_text(words)
    page.locator(".ry-mends").get_by_role("link", name="大约多少立方米").click()
    page.get_by_label("大约多少立方米").fill("92000")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto("/business/applications")
    page.get_by_role("link", name=f"去补正 {NAME}").click()
    page.locator(".ry-mends").get_by_role("link", name="处置方案").click()
    upload(page, "waste_scheme", mended(folder / FILE_OF["pdf"]))
    page.get_by_role("link", name="传好了，去核对").click()
    expect(page.locator(".ry-mends").get_by_text("已改")).to_have_count(2)
    declare_and_send(page, "重新提交")
    expect(page.locator("h1")).to_have_text("补正已提交")


def mended(drawings: Path) -> Path:
    """The same drawings with their last page first: another file."""
    with pikepdf.open(drawings) as document:
        document.pages.reverse()
        document.save(drawings.with_name("处置方案（补夜间路段）.pdf"))
    return drawings.with_name("处置方案（补夜间路段）.pdf")


def download(page: Page, folder: Path) -> Path:
    """The certificate comes, late, for the worker was killed; its holder takes the file home."""

    def has_come() -> int:
        page.goto("/business/applications")
        return page.get_by_role("link", name=f"看证照 {NAME}").count()

    wait_until(has_come, "the certificate is among the company's applications")
    page.get_by_role("link", name=f"看证照 {NAME}").click()
    expect(page.locator("h1")).to_have_text("建筑工程施工许可证")
    expect(page.locator("main")).to_contain_text(MANAGER)
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载 PDF").click()
    paper = folder / coming.value.suggested_filename
    coming.value.save_as(paper)
    return paper


def assert_sound(paper: Path) -> None:
    """As programs of others see it."""
    signed = subprocess.run([require_tool("pdfsig"), paper], check=False, capture_output=True, text=True)
    assert "Signature Validation: Signature is Valid." in signed.stdout, signed.stdout + signed.stderr
    assert "Total document signed" in signed.stdout
    checked = subprocess.run([require_tool("qpdf"), "--check", paper], check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def verify(page: Page, paper: Path) -> None:
    """A stranger holds a print, a telephone, a file — and at last a forgery."""
    with pikepdf.open(paper) as document:
        data = json.loads(document.attachments[DATA_FILE].get_file().read_bytes())
    page.goto("/verify")
    page.get_by_label("证照编号").fill(data["number"])
    page.get_by_role("textbox", name="核验码").fill(data["code"])
    page.get_by_role("button", name="核验编号").click()
    expect_verdict(page, "有效", "registered")
    page.goto(data["verify_url"])
    expect_verdict(page, "有效", "registered")
    code = qr_code_of(paper)
    page.goto(code)
    expect_verdict(page, "有效", "signed_code")
    expect(page.locator("#finding")).to_contain_text("对得上，是本站签的")
    page.goto("/verify")
    page.goto(code[:-9] + "AAAAAAAA" + code[-1])
    expect_verdict(page, "无效", "code_altered")
    page.goto("/verify")
    page.get_by_role("textbox", name="二维码里的文字").fill(code)
    page.get_by_role("button", name="核验二维码").click()
    expect_verdict(page, "有效", "signed_code")
    hand_to_verify(page, paper)
    expect_verdict(page, "有效", "genuine")
    expect(page.locator("main")).to_contain_text("一字不差")

    content = paper.read_bytes()
    middle = content.index(b"stream", len(content) // 4) + 40
    forgeries = {
        "broken_signature": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "altered_after_signing": content + b"\n% changed\n",
    }
    for reason, forged in forgeries.items():
        copy = paper.with_name(f"{reason}.pdf")
        copy.write_bytes(forged)
        hand_to_verify(page, copy)
        expect_verdict(page, "无效", reason)


def hand_to_verify(page: Page, paper: Path) -> None:
    page.goto("/verify")
    page.locator("#by-file ~ form input[type=file]").set_input_files(paper)
    page.get_by_role("button", name="核验文件").click()


def expect_verdict(page: Page, words: str, reason: str) -> None:
    expect(page.locator("h1")).to_have_text("核验结果")
    expect(page.locator("#verdict")).to_have_text(words)
    expect(page.locator(".ry-verdict")).to_have_attribute("data-reason", reason)
