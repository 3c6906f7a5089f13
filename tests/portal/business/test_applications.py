"""单位办件: everything an organisation has applied for, whoever of its people did it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO, StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from approvals.commands.enrol import admit
from approvals.queries.actor import actor_named
from approvals.records.people import Account, Organisation
from approvals.vocabulary import Outcome
from portal.unit_of_work import changing, now, reading
from services.current import catalogue
from tests.counting import statements
from tests.factories import PERMIT, applied, decided, issued, on, returned, started

Enter = Callable[[str], FlaskClient]

FRIDAY = date(2026, 6, 5)
ADDRESS = "/business/applications"


def join(username: str) -> None:
    """Another handler of the same company."""
    with changing(at=now()) as session:
        account = session.scalars(select(Account).where(Account.username == username)).one()
        admit(session, account, session.scalars(select(Organisation)).one(), "handler")


def account(username: str) -> int:
    return actor_named(reading(), username).person


def shown(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"{ADDRESS}{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_every_handler_sees_all_applications_of_the_company(app: Flask, signed_in: Enter) -> None:
    number = applied(PERMIT, on(FRIDAY))
    join("yanmao")
    token = started(PERMIT, "yanmao", on(FRIDAY, 10))
    for username in ("lijinrong", "yanmao"):
        page = shown(signed_in(username))
        assert number in page
        assert f"/drafts/{token}" in page
        assert "经办人 李锦蓉（示例）" in page
    page = shown(signed_in("yanmao"))
    other = account("yanmao")
    assert f'<option value="{other}"' in page
    theirs = shown(signed_in("yanmao"), f"?handler={other}")
    assert token in theirs
    assert number not in theirs


def test_the_list_is_searched_and_filtered(app: Flask, signed_in: Enter) -> None:
    first, second = applied(PERMIT, on(FRIDAY)), applied(PERMIT, on(FRIDAY, 10))
    returned(second, "accept", next(iter(catalogue().item(PERMIT).questions)), at=on(FRIDAY, 11))
    client = signed_in("lijinrong")
    only_first = shown(client, f"?q={first}")
    assert first in only_first
    assert second not in only_first
    assert "锦江东路商务楼项目" in shown(client, "?q=商务楼+锦江")
    assert first not in shown(client, "?show=turn")
    assert second in shown(client, "?show=turn")
    assert first in shown(client, "?item=GC303&show=running")
    assert "没有符合条件的办件" in shown(client, "?item=MS005")


def test_the_list_is_narrowed_by_state_due_date_and_year(app: Flask, signed_in: Enter) -> None:
    first = applied(PERMIT, on(FRIDAY))
    decided(first, "accept", Outcome.ACCEPT, at=on(FRIDAY, 10))
    second = applied(PERMIT, on(FRIDAY, 11))
    token = started(PERMIT, "lijinrong", on(date(2025, 12, 31), 23))
    client = signed_in("lijinrong")

    def found(query: str) -> set[str]:
        page = shown(client, query)
        return {each for each in (first, second, token) if each in page}

    assert found("?state=in_review") == {first}
    assert found("?state=submitted") == {second}
    assert found("?year=2025") == {token}
    assert found("?year=2026") == {first, second}
    assert found("?until=2026-06-12") == {second}, "whether it is accepted must be said within five days"
    assert found("?until=2026-12-31") == {first, second}, "a draft is due on no day"
    assert found("?until=2026-06-04") == set()
    page = shown(client, "?state=in_review&until=2026-12-31&year=2026&q=商务楼")
    assert first in page
    for part in ("state=in_review", "until=2026-12-31", "year=2026", "q=%E5%95%86%E5%8A%A1%E6%A5%BC"):
        assert f"{part}" in page.split('class="ry-parts"')[1].split("</nav>")[0], "the parts keep what was chosen"
        assert part in page.split("/my/applications/export/xlsx")[1].split('"')[0]


def test_a_draft_is_called_by_the_answer_that_names_it(app: Flask, signed_in: Enter) -> None:
    client = signed_in("lijinrong")
    token = started(PERMIT, "lijinrong", on(FRIDAY))
    assert "河边的项目" not in shown(client)
    data = {"version": "1", "project_name": "河边的项目（示例）", "next_step": "save_and_leave"}
    assert client.post(f"/drafts/{token}/sections/project", data=data).status_code == 303
    page = shown(client, "?show=drafts&q=河边")
    assert "河边的项目（示例）" in page
    assert f"/drafts/{token}" in page


@pytest.mark.parametrize("query", ["?state=x", "?until=2026-02-30", "?year=1", "?handler=-1", "?handler=²", "?show=x"])
def test_what_means_nothing_in_the_address_is_said_and_left_out(app: Flask, signed_in: Enter, query: str) -> None:
    number = applied(PERMIT, on(FRIDAY))
    page = shown(signed_in("lijinrong"), query)
    assert "看不懂" in page
    assert number in page


def test_the_whole_list_under_its_filters_is_a_file(app: Flask, signed_in: Enter) -> None:
    number = applied(PERMIT, on(FRIDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(FRIDAY, 10))
    for minute in range(25):
        started(PERMIT, "lijinrong", on(FRIDAY, 12, minute))
    client = signed_in("lijinrong")
    answer = client.get("/my/applications/export/csv")
    assert 'filename="applications-' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 26, "all pages"
    (told,) = (row for row in rows if row["办件编号"] == number)
    assert told["状态"] == "审查中"
    assert told["轮到谁"] == "部门"
    assert told["单位经办人"] == "李锦蓉（示例）"
    assert told["提交日期"] == "2026-06-05"
    assert date.fromisoformat(told["到期日期"]) > FRIDAY
    narrowed = client.get("/my/applications/export/csv?state=in_review").data.decode("utf-8-sig")
    assert len(list(csv.DictReader(StringIO(narrowed)))) == 1
    book = load_workbook(BytesIO(client.get("/my/applications/export/xlsx?state=in_review").data))
    cells = {str(head.value): cell.value for head, cell in zip(*book.worksheets[0].iter_rows(), strict=True)}
    assert cells["办件编号"] == number
    assert isinstance(cells["到期日期"], datetime), "a date that a spreadsheet can reckon with"
    assert client.get("/my/applications/export/pdf").status_code == 404


def test_the_file_of_another_holds_nothing_of_the_company(app: Flask, signed_in: Enter) -> None:
    number = applied(PERMIT, on(FRIDAY))
    assert number not in signed_in("wangxiaorong").get("/my/applications/export/csv").data.decode("utf-8-sig")
    assert signed_in("clerk-zj").get("/my/applications/export/csv").status_code == 403


def test_a_long_list_of_a_company_takes_a_constant_number_of_queries(app: Flask, signed_in: Enter) -> None:
    client = signed_in("lijinrong")
    applied(PERMIT, on(FRIDAY))
    query = "?until=2026-12-31&year=2026&q=项目"
    shown(client, query)
    with statements() as few:
        shown(client, query)
    first = len(few)
    for hour in range(10, 13):
        applied(PERMIT, on(FRIDAY, hour))
    with statements() as many:
        shown(client, query)
    assert len(many) == first


@pytest.mark.parametrize("words", ["%25", "_", "%5C", "%00", "'; DROP TABLE applications; --", "长" * 400])
def test_signs_in_a_search_mean_themselves(app: Flask, signed_in: Enter, words: str) -> None:
    number = applied(PERMIT, on(FRIDAY))
    page = shown(signed_in("lijinrong"), f"?q={words}")
    assert (number in page) is (words == "%00"), "nothing was searched for"


def test_the_companys_turn_and_certificates_are_on_the_page(app: Flask, signed_in: Enter) -> None:
    _, certificate = issued(PERMIT, on(FRIDAY))
    number = applied(PERMIT, on(FRIDAY, 14))
    returned(number, "accept", next(iter(catalogue().item(PERMIT).questions)), at=on(FRIDAY, 15))
    page = shown(signed_in("lijinrong"))
    assert "有 1 件事轮到本单位" in page
    assert f"/my/certificates/{certificate}" in page
    assert "91510104MA6EXAMP0C" in page


def test_a_company_without_applications_is_told_what_will_be_here(signed_in: Enter) -> None:
    page = shown(signed_in("lijinrong"))
    assert "本单位申请的事都会列在这里" in page
    assert "还没有证照" in page


def test_only_those_who_act_for_an_organisation_come_in(app: Flask, signed_in: Enter, client: FlaskClient) -> None:
    assert client.get(ADDRESS).status_code == 302
    assert signed_in("wangxiaorong").get(ADDRESS).location == "/my/applications"
    assert signed_in("clerk-zj").get(ADDRESS).status_code == 403
