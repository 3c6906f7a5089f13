"""The page 我能办吗: no account, in the address only what is not personal, and its answers go into the draft."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from approvals.records.application import Application
from portal import carrying
from portal.unit_of_work import reading
from services.current import catalogue
from tests.portal.journey.walking import words

Enter = Callable[[str], FlaskClient]
BENEFIT, PERMIT = "/services/unemployment-benefit", "/services/construction-permit"


def carried(page: str) -> str:
    found = re.search(r'name="carried" value="([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def test_every_guide_leads_to_it_and_every_page_can_be_opened(client: FlaskClient) -> None:
    for item in catalogue().items.values():
        address = f"/services/{item.slug}/precheck"
        assert client.get(address).status_code == 200, item.slug
    assert 'href="/services/food-business-licence/precheck"' in client.get("/services/food-business-licence").text


def test_personal_answers_are_judged_by_post_and_stand_in_no_address(client: FlaskClient, app: Flask) -> None:
    page = client.get(f"{BENEFIT}/precheck").text
    assert re.search(r'<form class="ry-precheck" method="post"', page)
    assert "缴费满一年" not in client.get(f"{BENEFIT}/precheck?months_paid=3").text
    answer = client.post(f"{BENEFIT}/precheck", data={"pre_who": "person", "months_paid": "3"})
    assert answer.status_code == 200
    assert "现在还不能办" in words(answer)
    assert "缴费满一年（12 个月）才能申领" in words(answer)
    assert 'value="3"' in answer.text


def test_impersonal_answers_stand_in_the_address_so_that_it_can_be_passed_on(client: FlaskClient) -> None:
    answer = client.get(
        f"{PERMIT}/precheck?pre_who=organisation&category=private_small&floor_area=5000&makes_waste=yes"
    )
    said = words(answer)
    assert "没有看到不能办的" in said
    assert "成都市住房和城乡建设局" in said
    assert "用书面承诺代替证明" in said


def test_a_wrong_answer_is_said_at_its_question_and_nothing_is_judged(client: FlaskClient) -> None:
    answer = client.get(f"{PERMIT}/precheck?floor_area=many")
    assert answer.status_code == 422
    assert "<title>错误：" in answer.text
    assert "data-verdict" not in answer.text
    assert 'value="many"' in answer.text


def test_the_answers_go_along_through_signing_in_into_the_draft(client: FlaskClient, signed_in: Enter) -> None:
    asked = {"pre_who": "person", "months_paid": "38", "reason": "closed"}
    page = client.post(f"{BENEFIT}/precheck", data=asked).text
    onward = re.search(r'href="(/sign-in\?next=/services/[^"]+)"', page)
    assert onward is not None
    target = parse_qs(urlsplit(html.unescape(onward[1])).query)["next"][0]
    assert "38" not in unquote(target).partition("?")[0]
    citizen = signed_in("wangxiaorong")
    again = citizen.get(target).text
    assert 'value="38"' in again
    begun = citizen.post(f"{BENEFIT}/apply", data={"organisation": "", "carried": carried(again)})
    assert begun.status_code == 303
    assert 'value="38"' in citizen.get(f"{begun.location}/sections/benefit").text


def test_what_was_carried_for_another_item_or_is_not_ours_is_not_taken(signed_in: Enter, app: Flask) -> None:
    item = catalogue().item("MS045")
    with app.test_request_context():
        foreign = carrying.sealed(catalogue().item("MS046"), {"months_paid": "38"})
        assert carrying.opened(item, foreign, item.questions) == {}
        assert carrying.opened(item, "gAAAA", item.questions) == {}
        assert carrying.opened(item, "中", item.questions) == {}


def test_nothing_is_kept(client: FlaskClient, app: Flask) -> None:
    before = reading().scalars(select(func.count()).select_from(Application)).one()
    client.post(f"{BENEFIT}/precheck", data={"months_paid": "38"})
    reading().rollback()
    assert reading().scalars(select(func.count()).select_from(Application)).one() == before
