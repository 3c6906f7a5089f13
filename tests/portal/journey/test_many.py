"""Many applications from a spreadsheet: the template, what is wrong row by row, drafts of the rest, hostile files."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import undefer
from werkzeug.test import TestResponse

from approvals.records.application import Application
from forms.fields import Asking
from forms.sheet import check, columns
from portal.sheets import FORBIDDEN, LARGEST, MOST_ROWS, Unreadable, read
from portal.unit_of_work import reading
from services.answers import examples
from services.current import catalogue
from services.item import Kind
from tests.factories import PERMIT, RESIDENCE

Enter = Callable[[str], FlaskClient]

PAGE = f"/services/{RESIDENCE}/many"
BUILDING = f"/services/{PERMIT}/many"


def example(slug: str) -> dict[str, str]:
    """A right row, as one would type it from the examples of the catalogue."""
    item, today = catalogue().item(slug), date(2026, 11, 27)
    given, cells = examples(item, today), {}
    for column in columns(item, catalogue().districts):
        value: object = given.get(column.key)
        for part in column.name.removeprefix(column.key).split("-")[1:]:
            value = getattr(value, part, None) or (getattr(value, "part", lambda _name: None)(part) if value else None)
        if value is None:
            continue
        labels = {code: label.zh for code, label in column.choices}
        if isinstance(value, bool):
            cells[column.name] = "是" if value else "否"
        elif isinstance(value, tuple):
            cells[column.name] = "、".join(labels[each] for each in value)
        else:
            cells[column.name] = labels.get(str(value), str(value))
    return cells


def filled(client: FlaskClient, page: str, *rows: Mapping[str, str | int | date]) -> bytes:
    """The template with these rows, by the names of columns."""
    book = load_workbook(BytesIO(client.get(f"{page}/template").data))
    sheet = book.worksheets[0]
    places = {str(cell.value): place for place, cell in enumerate(sheet[1], start=1)}
    for number, row in enumerate(rows, start=4):
        for name, value in row.items():
            sheet.cell(number, places[name], value)
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: FlaskClient, page: str, content: bytes, take: str = "good") -> TestResponse:
    return client.post(page, data={"take": take, "sheet": (BytesIO(content), "表.xlsx")})


def drafts() -> int:
    reading().rollback()
    return reading().scalar(select(func.count()).select_from(Application)) or 0


def test_the_template_names_its_columns_offers_choices_and_holds_texts(app: Flask, signed_in: Enter) -> None:
    answer = signed_in("wangxiaorong").get(f"{PAGE}/template")
    assert "filename=residence-permit.xlsx" in answer.headers["Content-Disposition"]
    book = load_workbook(BytesIO(answer.data))
    sheet = book.worksheets[0]
    assert sheet.row_dimensions[1].hidden, "the keys"
    assert sheet["A1"].value == "MS027"
    shown = columns(catalogue().item(RESIDENCE), catalogue().districts)
    assert [cell.value for cell in sheet[1]][1:] == [column.name for column in shown]
    labels = [str(cell.value) for cell in sheet[2]][1:]
    assert [label.removesuffix(" *") for label in labels] == [column.label.zh for column in shown]
    offered = {str(each.sqref).partition(":")[0] for each in sheet.data_validations.dataValidation}
    assert len(offered) == sum(bool(c.choices) and c.kind is not Kind.CHOICES for c in shown) > 0
    assert book.worksheets[1].sheet_state == "hidden"


@pytest.mark.parametrize("slug", [RESIDENCE, PERMIT, "food-business-licence"])
def test_a_right_row_is_right_for_the_forms_of_the_item(slug: str) -> None:
    item = catalogue().item(slug)
    found = check(item, example(slug), {}, Asking("zh", date(2026, 11, 27), catalogue().districts))
    assert found.mistakes == ()
    expected = examples(item, date(2026, 11, 27))
    for key, value in found.answers.items():
        assert value == expected[key], key


def test_right_rows_become_drafts_with_what_is_known(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    row = example(RESIDENCE)
    name = next(iter(each for each in row if catalogue().item(RESIDENCE).questions[each.split("-")[0]].prefill))
    other = {key: value for key, value in row.items() if key != name}
    text = next(key for key in row if catalogue().item(RESIDENCE).questions[key.split("-")[0]].kind is Kind.ADDRESS)
    other = {**other, text.split("-")[0] + "-detail": "人民南路四段 1 号 2 栋 3 单元"}
    answer = send(client, PAGE, filled(client, PAGE, dict(row), dict(other)))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert answer.location == "/my/applications?show=drafts&item=MS027"
    assert drafts() == 2
    made = reading().scalars(select(Application).options(undefer(Application.draft)).order_by(Application.id)).all()
    assert made[1].draft["answers"][name.split("-")[0]], "from the profile"
    assert made[1].draft["origins"]
    assert "人民南路" in str(made[1].draft["answers"])


def test_a_wrong_row_is_told_by_cell_and_given_back_with_remarks(app: Flask, signed_in: Enter) -> None:
    client = signed_in("lijinrong")
    client.post("/workspace", data={"workspace": "1"})
    right = example(PERMIT)
    wrong = {**right, "project_name": "", "floor_area": "很大"}
    key = next(each for each in right if each == "project_name")
    content = filled(client, BUILDING, dict(right), dict(wrong))
    refused = send(client, BUILDING, content, "all")
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert "第 5 行" in page
    assert "第 4 行" not in page
    assert re.search(r"<b class=\"num\">[A-Z]+5</b>", page)
    assert "没有填：" in page
    assert drafts() == 0, "all or none"
    partly = send(client, BUILDING, content, "good")
    assert partly.status_code == 200
    assert drafts() == 1
    assert right["project_name"] in client.get("/business/applications?show=drafts").get_data(as_text=True)
    page = partly.get_data(as_text=True)
    kept = re.search(r'name="rows" value="([^"]+)"', page)
    assert kept is not None
    given_back = client.post(f"{BUILDING}/remarks", data={"rows": kept[1]})
    sheet = load_workbook(BytesIO(given_back.data)).worksheets[0]
    assert "没有填：工程名称" in str(sheet["A4"].value)
    names = [cell.value for cell in sheet[1]]
    assert sheet.cell(4, names.index("floor_area") + 1).value == "很大", "nothing that was typed is lost"
    mended = {**wrong, key: "另一个项目（示例）", "floor_area": right["floor_area"]}
    again = send(client, BUILDING, filled(client, BUILDING, dict(right), dict(mended)), "good")
    assert "已经有一件内容相同的草稿" in again.get_data(as_text=True), "what became a draft already is not made twice"
    assert drafts() == 2


def test_two_alike_and_formulas_are_wrong(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    row = dict(example(RESIDENCE))
    page = send(client, PAGE, filled(client, PAGE, row, row), "all").get_data(as_text=True)
    assert "和第 4 行内容相同" in page
    first = next(iter(row))
    page = send(client, PAGE, filled(client, PAGE, {**row, first: '=HYPERLINK("http://evil.example")'})).get_data(
        as_text=True
    )
    assert "这一格是公式" in page
    assert drafts() == 0


def test_numbers_and_dates_of_the_program_are_read_as_typed(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    row: dict[str, str | int | date] = dict(example(RESIDENCE))
    shown = {column.name: column.kind for column in columns(catalogue().item(RESIDENCE), catalogue().districts)}
    for name, kind in shown.items():
        if kind is Kind.DATE and name in row:
            row[name] = date.fromisoformat(str(row[name]))
        if kind is Kind.PHONE and name in row:
            row[name] = int(str(row[name]))
    answer = send(client, PAGE, filled(client, PAGE, row))
    assert answer.status_code == 303, answer.get_data(as_text=True)


def test_more_than_fifty_rows_are_refused_whole(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    rows = [{next(iter(example(RESIDENCE))): f"第 {number} 个"} for number in range(MOST_ROWS + 1)]
    answer = send(client, PAGE, filled(client, PAGE, *rows))
    assert answer.status_code == 422
    assert "一次最多 50 行" in answer.get_data(as_text=True)


def packed(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def changed(content: bytes, name: str, more: bytes) -> bytes:
    """The file with another part, or with one that begins otherwise."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        for each in names:
            new.writestr(each, more + old.read(each) if each == name else old.read(each))
        if name not in names:
            new.writestr(name, more)
    return out.getvalue()


def test_hostile_files_are_refused_and_nothing_is_made(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    good = filled(client, PAGE, dict(example(RESIDENCE)))
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    hostile = {
        "no zip": b"PK\x03\x04 nothing",
        "a picture": b"\xff\xd8\xff\xe0",
        "another zip": packed(word__document_dot_xml=b"<x/>"),
        "bomb": changed(good, "xl/media/x.bin", b"0" * (40 * 1024 * 1024)),
        "many parts": many_parts(good),
        "entities": changed(good, "xl/sharedStrings.xml", entity),
        "broken": changed(good, "xl/worksheets/sheet1.xml", b"<"),
        **{word: changed(good, f"xl/{word}/x.bin", b"x") for word in FORBIDDEN},
    }
    for name, content in hostile.items():
        answer = send(client, PAGE, content)
        assert answer.status_code == 422, name
        assert "错误：" in answer.get_data(as_text=True)
    assert drafts() == 0


def test_a_file_that_is_too_large_is_not_even_opened(app: Flask) -> None:
    item = catalogue().item(RESIDENCE)
    with app.test_request_context("/"), pytest.raises(Unreadable, match="最大 2 MB"):
        read(b"PK" + b"\0" * LARGEST, item, columns(item, catalogue().districts))


def test_a_file_that_takes_its_reader_too_long_is_given_up(
    app: Flask, signed_in: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("wangxiaorong")
    good = filled(client, PAGE, dict(example(RESIDENCE)))
    monkeypatch.setattr("portal.sheets.PATIENCE", 0.001)
    answer = send(client, PAGE, good)
    assert answer.status_code == 422
    assert "打不开" in answer.get_data(as_text=True)
    assert drafts() == 0


def many_parts(good: bytes) -> bytes:
    out = BytesIO(good)
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(80):
            archive.writestr(f"xl/q{number}", b"x")
    return out.getvalue()


def test_the_sheet_of_another_item_or_with_other_columns_is_refused(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    book = load_workbook(BytesIO(filled(client, PAGE, dict(example(RESIDENCE)))))
    book.worksheets[0]["A1"].value = "MS001"
    assert "这不是" in send(client, PAGE, saved(book)).get_data(as_text=True)
    book.worksheets[0]["A1"].value = "MS027"
    book.worksheets[0]["B1"].value = "nothing"
    assert "请重新下载模板" in send(client, PAGE, saved(book)).get_data(as_text=True)


def test_it_is_for_whom_the_item_is_for(app: Flask, client: FlaskClient, signed_in: Enter) -> None:
    assert client.get(PAGE).status_code == 302
    assert signed_in("wangxiaorong").get(BUILDING).status_code == 403
    assert signed_in("clerk-zj").get(PAGE).status_code == 403
    assert signed_in("wangxiaorong").get("/services/nothing/many").status_code == 404
    assert "用表格一次申请多件" in signed_in("wangxiaorong").get(f"/services/{RESIDENCE}").get_data(as_text=True)


@pytest.mark.parametrize("rows", ["", "x", "eJw=", "eJyrVkrLz1eyUkpKLFKqBQAeGAT6"])
def test_a_page_that_sends_back_nonsense_gets_no_file(app: Flask, signed_in: Enter, rows: str) -> None:
    assert signed_in("wangxiaorong").post(f"{PAGE}/remarks", data={"rows": rows}).status_code == 422
