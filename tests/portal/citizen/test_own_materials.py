"""我的材料: every file one has given, where it is used, which are offered again, and nobody else's."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from approvals.queries import own_materials
from portal.demonstration.acting import FILES
from tests.counting import statements
from tests.factories import PERMIT, RESIDENCE, applied, granted
from tests.fixtures.heart import Office
from tests.portal.journey.walking import begin, words

Enter = Callable[[str], FlaskClient]
PAGE = "/my/materials"


def test_every_file_is_there_with_where_it_is_used(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    client = signed_in("wangxiaorong")
    answer = client.get(PAGE)
    assert f'href="/applications/{number}/sent"' in answer.text
    links = re.findall(rf'href="(/applications/{number}/materials/\w+/\d+)"', answer.text)
    assert links
    assert all(client.get(link).status_code == 200 for link in links)
    assert "可以沿用到" not in words(answer), "nobody has accepted them yet"
    assert f'href="{PAGE}"' in client.get("/").text


def test_what_was_accepted_says_until_when_it_is_offered(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    granted(number, deliver=False)
    client = signed_in("wangxiaorong")
    assert "可以沿用到" in words(client.get(PAGE))
    walk = begin(client, RESIDENCE)
    walk.fill_in()
    offers = re.findall(r'name="source" value="([^"]+)"', walk.get("/materials").text)
    assert offers, "what the page says is what the draft offers"


def test_a_file_of_a_draft_and_one_sent_with_a_message_are_among_them(app: Flask, signed_in: Enter) -> None:
    client = signed_in("yanmao")
    walk = begin(client, RESIDENCE)
    walk.fill_in()
    walk.upload("identity_card", ((FILES / "drawings.pdf").read_bytes(), "身份证扫描.pdf"))
    told = client.get(PAGE)
    assert "身份证扫描.pdf" in words(told)
    assert f'href="/drafts/{walk.token}/materials"' in told.text
    number = applied(RESIDENCE)
    holder = signed_in("wangxiaorong")
    paper = (io.BytesIO(b"%PDF-1.4" + (FILES / "drawings.pdf").read_bytes()[8:]), "补充的租约.pdf")
    assert holder.post(f"/applications/{number}/messages", data={"text": "请看", "files": paper}).status_code == 303
    page = holder.get(PAGE)
    assert "补充的租约.pdf" in words(page)
    (link,) = re.findall(rf'href="(/applications/{number}/messages/files/\d+)"', page.text)
    assert holder.get(link).status_code == 200


def test_what_was_replaced_says_so(office: Office, signed_in: Enter) -> None:
    number = office.apply(RESIDENCE, "2026-05-06")
    office.amend(number, "2026-05-07", files=("identity_card",))
    assert "已换下" in words(signed_in("wangxiaorong").get(PAGE))


def test_a_company_sees_its_own_and_each_of_its_people_theirs(app: Flask, signed_in: Enter) -> None:
    permit, residence = applied(PERMIT), applied(RESIDENCE)
    company, citizen = signed_in("lijinrong").get(PAGE), signed_in("wangxiaorong").get(PAGE)
    assert permit in company.text
    assert residence not in company.text
    assert "成都锦蓉示例置业有限公司的材料" in words(company)
    assert permit not in citizen.text
    assert "还没有材料" in words(signed_in("yanmao").get(PAGE))


def test_many_places_of_use_are_counted_and_cost_no_more(
    app: Flask, signed_in: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, counts = signed_in("wangxiaorong"), []
    monkeypatch.setattr(own_materials, "MOST", 2)
    for _ in range(3):
        applied(RESIDENCE)
        client.get(PAGE)
        with statements() as sent:
            client.get(PAGE)
        counts.append(len(sent))
    assert len(set(counts)) == 1
    assert "还用在 " in words(client.get(PAGE))
