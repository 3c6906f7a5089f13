"""Where time goes, as a page: figures lead to their cases, what means nothing is said, no file holds a formula."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.demonstration.people import PASSWORD
from portal.tables import as_csv, as_xlsx
from portal.unit_of_work import now
from tests.counting import statements
from tests.factories import RESIDENCE, applied, granted
from tests.fixtures.crowd import served
from tests.fixtures.variety import Everything

Enter = Callable[[str], FlaskClient]
ADDRESS = "/management/times"
PAGES = ("", "?of=step&by=step", "/cases", "/cases?of=step&only=late")


def managing(home: Path, address: str) -> tuple[str, int, int]:
    """The page, its status and how many statements it took the second time."""
    with served(home) as app:
        client = app.test_client()
        client.post("/sign-in", data={"username": "manager", "password": PASSWORD})
        client.get(address)
        with statements() as sent:
            answer = client.get(address)
        return answer.get_data(as_text=True), answer.status_code, len(sent)


def test_a_group_leads_to_its_cases_and_a_case_to_the_application(everything: Everything) -> None:
    page, status, _sent = managing(everything.home, ADDRESS)
    assert status == 200
    assert "/management/times/cases?of=application" in page
    assert "&amp;item=MS027" in page
    page, _status, _sent = managing(everything.home, f"{ADDRESS}/cases?item=MS027")
    assert f'href="/management/applications/{everything.refused}"' in page
    assert f'href="/management/applications/{everything.withdrawn}"' not in page


LINK = re.compile(r'href="(/management/times/cases[^"]*)"[^>]*>([^<]*)<')
NUMBER = re.compile(r"(\d+) 件，[净毛]用时长的在前")


@pytest.mark.parametrize(
    "query", ["", "?by=stage", "?by=region&days=gross", "?by=month", "?of=step&by=stage", "?of=step&by=step&days=gross"]
)
def test_every_figure_leads_to_its_cases_and_a_number_to_as_many(everything: Everything, query: str) -> None:
    with served(everything.home) as app:
        client = app.test_client()
        client.post("/sign-in", data={"username": "manager", "password": PASSWORD})
        page = client.get(f"{ADDRESS}{query}").get_data(as_text=True)
        rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, re.DOTALL)
        assert len(rows) > 2
        for row in rows:
            assert not re.search(r"<td[^>]*>(?!0\.00|0%)[\d.]+%?</td>", row), "a figure without its cases"
            (_name, _), (first, number), *others = LINK.findall(row)
            assert led_to(client, first) == int(number), row
            for address, words in others:
                assert 0 < led_to(client, address) <= int(number), (address, words)


def led_to(client: FlaskClient, address: str) -> int:
    """How many cases the page behind says it has."""
    said = NUMBER.search(client.get(html.unescape(address)).get_data(as_text=True))
    assert said is not None, address
    return int(said[1])


@pytest.mark.parametrize("query", ["department=NOPE", "since=2026-13", "by=colour", "days=some", "least=-1&cases=yes"])
def test_no_file_is_made_of_what_was_not_understood(signed_in: Enter, query: str) -> None:
    answer = signed_in("manager").get(f"{ADDRESS}/export/csv?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "text/html")


def test_pages_take_as_many_queries_for_many_as_for_none(everything: Everything, prepared: Path) -> None:
    for page in PAGES:
        assert managing(everything.home, ADDRESS + page)[2] == managing(prepared, ADDRESS + page)[2], page


@pytest.mark.parametrize(
    "query, said",
    [
        ("item=nothing", "没有这个事项"),
        ("since=July", "月份请写成"),
        ("since=2026-09&until=2026-01", "开始的月份在结束的月份之后"),
        ("since=2001-01&until=2026-01", "最多看"),
        ("step=review", ""),
        ("of=step&step=review", "请先选事项"),
        ("by=colour", "不能这样分组"),
        ("way=maybe&region=9&stage=7&department=';--", "没有这个部门"),
        ("least=-1", "请写整数"),
    ],
)
def test_what_means_nothing_is_said(signed_in: Enter, query: str, said: str) -> None:
    answer = signed_in("manager").get(f"{ADDRESS}?{query}")
    assert said in answer.get_data(as_text=True)
    assert answer.status_code == (422 if said else 200)


@pytest.mark.parametrize("page", [*PAGES, "/export/csv"])
def test_only_managers_get_in(signed_in: Enter, page: str) -> None:
    assert signed_in("clerk-zj").get(ADDRESS + page).status_code == 403


def test_files_hold_what_the_page_holds(app: Flask, signed_in: Enter) -> None:
    granted(applied(RESIDENCE, now()), now(), deliver=False)
    manager = signed_in("manager")
    answer = manager.get(f"{ADDRESS}/export/csv?since=2024-01&until={now().today:%Y-%m}")
    rows = list(csv.DictReader(StringIO(answer.get_data().decode("utf-8-sig"))))
    assert (rows[0]["分组"], int(rows[0]["件数"])) == ("全部", sum(int(row["件数"]) for row in rows[1:]))
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="times-2024-01-')
    assert manager.get(f"{ADDRESS}/export/pdf").status_code == 404
    with ZipFile(BytesIO(manager.get(f"{ADDRESS}/export/xlsx?cases=yes").get_data())) as book:
        words = book.read("xl/sharedStrings.xml").decode()
        assert {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"} <= set(book.namelist())
    assert "毛用时里去掉停表的日子" in words


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "https://example.org", "平常"])
def test_no_cell_is_a_formula(text: str) -> None:
    (cell,) = list(csv.reader(StringIO(as_csv(["h"], [[text]]).decode("utf-8-sig"), newline="")))[1]
    assert cell == (text if text[0] in "h平" else f"'{text}")
    with ZipFile(BytesIO(as_xlsx(["h"], [[text, 3, None]]))) as book:
        sheet, names = book.read("xl/worksheets/sheet1.xml"), book.namelist()
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    assert b"<v>3</v>" in sheet
    assert not [name for name in names if "externalLink" in name]


def test_what_is_public_leaves_small_groups_out(client: FlaskClient) -> None:
    assert "还没有可以公布的" in client.get("/statistics").get_data(as_text=True)
    assert client.get("/statistics/data/json").get_json()["items"] == []
    assert client.get("/statistics/data/xml").status_code == 404


@pytest.mark.soak
def test_what_is_public_shows_ten_cases(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.public import statistics

    monkeypatch.setattr(statistics, "period", lambda today: (f"{today:%Y-%m}", f"{today:%Y-%m}"))
    for _ in range(statistics.LEAST):
        number = applied(RESIDENCE, now())
        granted(number, now(), deliver=False)
    assert "居住证申领" in client.get("/statistics").get_data(as_text=True)
    (row,) = client.get("/statistics/data/json").get_json()["items"]
    assert (row["item"], row["cases"], row["net_median"]) == ("MS027", 10, 0)
