"""Questions of several parts through the portal: entries added and removed, outlines uploaded, numbers masked."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from approvals.records.people import Organisation
from portal.unit_of_work import reading
from tests.portal.journey.walking import Walk, begin, summary, words

Enter = Callable[[str], FlaskClient]
PLOT = [[104.08, 30.65], [104.082, 30.65], [104.082, 30.6515], [104.08, 30.6515], [104.08, 30.65]]
BOW = [PLOT[0], PLOT[2], PLOT[1], PLOT[3], PLOT[0]]


@pytest.fixture
def company(signed_in: Enter) -> Callable[[str], Walk]:
    def started(slug: str) -> Walk:
        return begin(signed_in("lijinrong"), slug, reading().scalars(select(Organisation.id)).one())

    return started


def geojson(ring: list[list[float]], name: str = "plot.geojson") -> FileStorage:
    content = json.dumps({"type": "Polygon", "coordinates": [ring]}).encode()
    return FileStorage(io.BytesIO(content), name)


def test_an_entry_is_added_and_removed_without_script_and_nothing_typed_is_lost(
    company: Callable[[str], Walk],
) -> None:
    walk = company("construction-waste-disposal-approval")
    typed = walk.example("waste", volume="很多")
    page = walk.post_section("waste", typed, next_step="add:carriers")
    assert page.status_code == 200
    assert 'name="carriers-1-trucks"' in page.get_data(as_text=True)
    assert 'value="很多"' in page.get_data(as_text=True)
    assert "成都示例建工集团有限公司" in page.get_data(as_text=True)
    again = {**typed, "carriers-1-carrier-name": "", "carriers-1-carrier-credit_code": "", "carriers-1-trucks": "7"}
    page = walk.post_section("waste", again, next_step="remove:carriers:0")
    assert 'name="carriers-1-trucks" value="7"' in page.get_data(as_text=True)
    assert "carriers-0-trucks" not in page.get_data(as_text=True)
    strange = walk.post_section("waste", {**typed, "carriers-0-wheels": "4"})
    assert strange.status_code == 422


def test_a_mistake_in_an_entry_leads_to_its_place(company: Callable[[str], Walk]) -> None:
    walk = company("construction-waste-disposal-approval")
    answer = walk.post_section("waste", walk.example("waste", **{"carriers-0-trucks": "十二"}))
    assert answer.status_code == 422
    assert summary(answer) == [("carriers-0-trucks", "请用数字填写，例如 1200")]


def test_an_outline_is_uploaded_drawn_and_measured(company: Callable[[str], Walk]) -> None:
    walk = company("occupying-or-excavating-city-roads")
    typed = walk.example("road", **{"outline-corners": "", "outline-file": geojson(PLOT)})  # type: ignore[arg-type]
    assert walk.post_section("road", typed).status_code == 303
    page = walk.get("/sections/road")
    assert "<polygon points=" in page.get_data(as_text=True)
    assert "31,885.08 平方米，4 个角点" in words(page)


def test_an_outline_that_crosses_itself_is_refused_with_its_place(company: Callable[[str], Walk]) -> None:
    walk = company("occupying-or-excavating-city-roads")
    typed = walk.example("road", **{"outline-corners": "", "outline-file": geojson(BOW)})  # type: ignore[arg-type]
    answer = walk.post_section("road", typed)
    assert answer.status_code == 422
    assert "轮廓线在 104.081000, 30.650750 附近自己相交了" in words(answer)
    assert "锦江东路北侧人行道" in answer.get_data(as_text=True)


def test_a_file_under_a_name_that_is_not_asked_for_is_refused(company: Callable[[str], Walk]) -> None:
    walk = company("occupying-or-excavating-city-roads")
    typed = walk.example("road", plan=geojson(PLOT))  # type: ignore[arg-type]
    assert walk.post_section("road", typed).status_code == 422


def test_accounts_and_numbers_are_masked_where_they_are_checked(signed_in: Enter) -> None:
    walk = begin(signed_in("wangxiaorong"), "old-age-allowance-80")
    walk.fill_in()
    page = words(walk.get("/check"))
    assert "6222020000000000000" not in page
    assert "622************0000" in page
    assert "张示例（510***********0019，138****0000）" in page


def test_what_follows_from_the_answers_is_shown_and_cannot_be_changed(company: Callable[[str], Walk]) -> None:
    walk = company("construction-waste-disposal-approval")
    walk.fill_in()
    page = walk.get("/check").get_data(as_text=True)
    assert "80,000 立方米" in page
    assert "#reused" in page
    assert "#carted" not in page
