"""What helps to write an opinion: its draft, phrases, and what stands beside the application."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from approvals.queries.actor import clerk_of
from approvals.queries.related import related
from portal.unit_of_work import now, reading
from services.answers import Address
from tests.counting import statements
from tests.deciding import WHY
from tests.factories import RESIDENCE, issued
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
WORDS = "房产证上的地址和申请的不一样，"
HX = {"HX-Request": "true"}


def desk(number: str, action: str = "") -> str:
    return f"/office/steps/{number}/accept" + (f"/{action}" if action else "")


def said(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_draft_of_an_opinion_survives_and_is_ones_own_until_it_is_sent(office: Office, signed_in: Enter) -> None:
    number = office.apply(RESIDENCE)
    clerk, colleague = signed_in("clerk-ga"), signed_in("head-ga")
    typed = {"round": "1", "outcome": "not_accepted", "reason": WORDS, **WHY}
    assert clerk.post(desk(number, "draft"), data=typed).location == desk(number)
    assert "草稿已存" in clerk.post(desk(number, "draft"), data=typed, headers=HX).get_data(as_text=True)
    html = said(clerk, desk(number))
    assert WORDS in html
    assert re.search(r'value="not_accepted" checked', html)
    assert "草稿存于" in html
    assert WORDS not in said(colleague, desk(number))
    office.ask(number, "accept", "home")
    office.mend(number, home=Address("510104", "新街1号"))
    html = said(clerk, desk(number))
    assert "下面是申请人改内容以前写的草稿" in html
    assert WORDS in html
    assert clerk.post(desk(number, "decide"), data={**typed, "round": "2"}).status_code == 303
    assert WORDS not in re.sub("<p>理由：[^<]*", "", said(clerk, desk(number)))
    other = office.apply(RESIDENCE)
    clerk.post(desk(other, "draft"), data=typed)
    clerk.post(desk(other, "draft"), data={"round": "1", "reason": ""})
    assert "草稿存于" not in said(clerk, desk(other)), "an empty one is none"
    for bad, status in (
        ({"round": "x"}, 422),
        ({"round": "1", "verb": "x"}, 422),
        ({"round": "1", "reason": "字" * 10001}, 413),
    ):
        assert clerk.post(desk(other, "draft"), data=bad).status_code == status
    assert signed_in("clerk-zj").post(desk(other, "draft"), data=typed).status_code == 403


def test_phrases_are_the_departments_or_ones_own(office: Office, signed_in: Enter) -> None:
    number = office.apply(RESIDENCE)
    clerk, head = signed_in("clerk-ga"), signed_in("head-ga")
    add = "/office/phrases"
    assert clerk.post(add, data={"words": "请补交原件。"}).status_code == 303
    assert clerk.post(add, data={"words": "大家用。", "is_shared": "yes"}).status_code == 403
    assert head.post(add, data={"words": "请到窗口核对。", "is_shared": "yes"}).status_code == 303
    html = said(clerk, desk(number))
    assert html.index('data-phrase="请到窗口核对。"') < html.index('data-phrase="请补交原件。"')
    assert "请补交原件" not in said(head, desk(number))
    assert "请到窗口核对" not in said(signed_in("clerk-zj"), add)
    (shared,) = re.findall(r"/office/phrases/(\d+)/forget", said(head, add))
    (own,) = re.findall(r"/office/phrases/(\d+)/forget", said(clerk, add))
    assert head.post(f"{add}/{own}/forget").status_code == 404
    assert clerk.post(f"{add}/{shared}/forget").status_code == 403
    assert clerk.post(f"{add}/{own}/forget").status_code == 303
    assert "请补交原件" not in said(clerk, add)
    for words in ("", " ", "字" * 301):
        assert clerk.post(add, data={"words": words}).status_code == 422
    made = [clerk.post(add, data={"words": str(number)}).status_code for number in (*range(50), 0, 51)]
    assert made == [303] * 50 + [409] * 2


def test_duplicates_and_the_same_address_are_shown(office: Office, signed_in: Enter) -> None:
    held, certificate = issued(RESIDENCE)
    before = office.apply(RESIDENCE, home=Address("510104", "天府三街88号3楼"))
    number = office.apply(RESIDENCE, home=Address("510104", "锦江区天府三街88号5楼"))
    street = office.apply(RESIDENCE, home=Address("510104", "天府三街90号"))
    clerk = signed_in("clerk-ga")
    html = said(clerk, desk(number))
    related = html[html.index('id="related"') : html.index('id="holding"')]
    assert "同一申请人的同一事项" in related
    assert [each in related for each in (held, before, street)] == [True] * 3
    assert certificate not in related, "what else the applicant holds is not needed to decide"
    with statements() as told:
        said(clerk, desk(number))
    few = len(told)
    office.apply(RESIDENCE, home=Address("510104", "天府三街88号3楼"))
    with statements() as told:
        said(clerk, desk(number))
    assert len(told) == few


def test_another_applicants_at_the_same_number_stands_beside_it_but_not_one_in_the_same_street(office: Office) -> None:
    permit = office.apply()
    by = clerk_of(reading(), "GA")
    places = {"锦江东路1号二楼": {permit}, "锦江东路11号": set(), "锦江东路": set()}
    for place, numbers in places.items():
        number = office.apply(RESIDENCE, home=Address("510104", place))
        assert {each.number for each in related(reading(), number, by=by, at=now()).nearby} == numbers, place
