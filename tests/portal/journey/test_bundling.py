"""Bundles through the doors: asked once, started together, followed as one, nobody else's affair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from approvals.records.application import Application
from approvals.records.bundle import BundleRecord
from approvals.records.certificate import Certificate
from approvals.records.people import Account, Organisation
from portal.invariants import examine
from portal.unit_of_work import now, reading
from services.answers import examples
from services.bundle import CHOSEN, Bundle, begun_at_once
from services.current import catalogue
from services.numbers import credit_code_fault
from tests.factories import granted
from tests.portal.journey.walking import Walk, summary, typed, words

Enter = Callable[[str], FlaskClient]
Sent = dict[str, str | list[str]]
WHO = {"start-a-business": "lijinrong", "open-a-restaurant": "lijinrong"}


@pytest.fixture
def company(app: Flask) -> int:
    return reading().scalars(select(Organisation.id)).one()


def posted(bundle: Bundle, organisation: int | None = None, others: Sent | None = None) -> Sent:
    """What a browser would send: the examples, every free item, and everything that hangs on a yes."""
    asked = bundle.section
    whole = catalogue().items[bundle.parts[0].item]
    known = examples(replace(whole, sections=(asked,)), now().today)
    known |= {question.key: True for question in asked.questions if question.kind.value == "yes_no"}
    data: Sent = {"organisation": str(organisation or ""), "next_step": "continue"}
    for key, value in known.items():
        data |= {key: list(value)} if key == CHOSEN and isinstance(value, tuple) else typed(key, value)
    return {**data, **(others or {})}


def kept() -> tuple[int, int]:
    reading().rollback()
    return (
        reading().scalars(select(func.count()).select_from(BundleRecord)).one(),
        reading().scalars(select(func.count()).select_from(Application)).one(),
    )


def begun(client: FlaskClient, slug: str, organisation: int | None = None, others: Sent | None = None) -> str:
    answer = client.post(f"/bundles/{slug}/apply", data=posted(catalogue().bundles[slug], organisation, others))
    assert answer.status_code == 303, (summary(answer), words(answer))
    return str(answer.location)


def drafts() -> list[Application]:
    reading().rollback()
    return list(
        reading().scalars(select(Application).where(Application.bundle_id.is_not(None)).order_by(Application.id))
    )


@pytest.mark.parametrize("slug", ["start-a-business", "open-a-restaurant", "a-child-is-born", "retire"])
def test_a_bundle_is_asked_once_and_followed_as_one(signed_in: Enter, company: int, slug: str) -> None:
    client, bundle = signed_in(WHO.get(slug, "wangxiaorong")), catalogue().bundles[slug]
    organisation = company if slug in WHO else None
    shown = words(client.get(f"/bundles/{slug}"))
    assert all(catalogue().items[part.item].name.zh in shown for part in bundle.parts)
    assert client.get(f"/bundles/{slug}/apply?organisation={organisation or ''}").status_code == 200
    place = begun(client, slug, organisation)
    found = drafts()
    at_once = begun_at_once(bundle.parts)
    assert [one.item_code for one in found] == [part.item for part in at_once]
    page = words(client.get(place))
    assert f"共 {len(bundle.parts)} 项" in page
    assert f"还有 {len(at_once)} 项没提交" in page
    assert ("领到执照以后开始的" in page) is (len(at_once) < len(bundle.parts))
    first = Walk(client, catalogue().items[found[0].item_code], f"/drafts/{found[0].token}")
    assert bundle.name.zh in words(client.get(f"/drafts/{found[0].token}"))
    first.fill_in()
    first.hand_in()
    sent = first.send()
    assert sent.status_code == 303, words(sent)
    after = words(client.get(place))
    assert sent.location.split("/")[2] in after
    assert all(f"下一步：{catalogue().items[one.item_code].name.zh}" in after for one in found[1:2])
    mine = "/business/applications" if organisation else "/my/applications"
    client.post("/workspace", data={"workspace": str(organisation or "")})
    assert client.get(mine, follow_redirects=True).get_data(as_text=True).count(place) == len(found)


def test_the_answers_stand_in_every_application_and_can_be_changed(signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    begun(client, "retire", others={"home-detail": "独一无二路 77 号", "account": "6222020000000000000"})
    pension, card, _fund = drafts()
    page = client.get(f"/drafts/{card.token}/sections/card").get_data(as_text=True)
    assert "独一无二路 77 号" in page
    assert 'value="6222020000000000000"' in client.get(f"/drafts/{pension.token}/sections/pension").get_data(
        as_text=True
    )


def test_only_what_is_chosen_or_needed_is_started(signed_in: Enter) -> None:
    begun(signed_in("wangxiaorong"), "retire", others={CHOSEN: ["MS054"], "has_fund": "no"})
    assert [one.item_code for one in drafts()] == ["MS054"]


def test_nothing_typed_is_lost_and_nothing_is_started_half(signed_in: Enter) -> None:
    client, bundle = signed_in("wangxiaorong"), catalogue().bundles["retire"]
    wrongs: tuple[Sent, ...] = (
        {"home-detail": ""},
        {CHOSEN: []},
        {CHOSEN: ["MS999"]},
        {"born-month": "13"},
        {"stranger": "1"},
    )
    for wrong in wrongs:
        sent = posted(bundle, others={"account": "6222020000000000000", **wrong})
        answer = client.post("/bundles/retire/apply", data=sent)
        assert answer.status_code == 422, wrong
        assert 'value="6222020000000000000"' in answer.get_data(as_text=True)
        assert "没有保存" in words(answer) or summary(answer)
    assert kept() == (0, 0)


def test_what_only_organisations_apply_for_is_no_persons_and_where_to_go_is_said(signed_in: Enter) -> None:
    client, bundle = signed_in("wangxiaorong"), catalogue().bundles["open-a-restaurant"]
    answer = client.post("/bundles/open-a-restaurant/apply", data=posted(bundle, others={"needs_company": "no"}))
    assert answer.status_code == 422
    assert "先开通单位空间，再以企业的名义办" in words(answer)
    assert "蓉小灶锦江东路店（示例）" in answer.get_data(as_text=True)
    assert kept() == (0, 0)
    guide = client.get("/services/employer-social-insurance-enrolment").get_data(as_text=True)
    assert 'href="/my/organisations/new"' in guide
    assert 'href="/bundles/start-a-business"' in guide


@pytest.mark.parametrize("is_head", [True, False])
def test_who_has_no_company_founds_one_and_the_rest_waits_for_it(
    signed_in: Enter, company: int, *, is_head: bool
) -> None:
    client, bundle = signed_in("wangxiaorong"), catalogue().bundles["open-a-restaurant"]
    page = words(client.get("/bundles/open-a-restaurant"))
    assert "各项同时办理" not in page.replace("其余各项同时办理", "")
    assert "领到执照以后，其余各项同时办理" in page
    place = begun(client, "open-a-restaurant", others={"shop_name": "独一无二小馆（示例）"})
    (licence,) = drafts()
    assert (licence.item_code, licence.organisation_id) == ("MS001", None)
    waits = words(client.get(place))
    assert "到时不用再填" in waits
    assert "接着办其余各项" not in waits
    assert client.post(f"{place}/rest").status_code == 409

    founder = reading().get_one(Account, licence.applicant_id)
    head = {"representative": founder.name, "representative_identity": str(founder.identity_number)} if is_head else {}
    walk = Walk(client, catalogue().items["MS001"], f"/drafts/{licence.token}")
    for section in walk.item.sections:
        changed = head if section.key == "founding" else {}
        assert walk.post_section(section.key, walk.example(section.key, **changed)).status_code == 303
    walk.hand_in()
    number = walk.send().location.split("/")[2]
    assert client.post(f"{place}/rest").status_code == 409
    reading().rollback()
    granted(number)

    assert signed_in("yanmao").post(f"{place}/rest").status_code == 404
    assert "执照已经发了" in words(client.get(place))
    assert client.post(f"{place}/rest").location == place
    reading().rollback()
    made = reading().scalars(select(Organisation).where(Organisation.id != company)).one()
    assert made.name == "成都锦官示例餐饮有限公司"
    assert credit_code_fault(made.credit_code) is None
    assert made.credit_code.startswith("91510100MA")
    (member,) = made.members
    assert (member.account_id, member.duty) == (founder.id, "legal_representative" if is_head else "handler")
    _licence, *rest = drafts()
    assert [one.item_code for one in rest] == [part.item for part in bundle.parts[1:]]
    assert {one.organisation_id for one in rest} == {made.id}
    food = client.get(f"/drafts/{rest[0].token}/sections/business").get_data(as_text=True)
    assert made.credit_code in food
    assert "成都锦官示例餐饮有限公司" in food
    assert "独一无二小馆（示例）" in client.get(f"/drafts/{rest[0].token}/sections/premises_section").get_data(
        as_text=True
    )
    after = client.get(place)
    assert "领到执照以后开始的" not in words(after)
    assert client.post(f"{place}/rest").status_code == 409
    certificate = reading().scalars(select(Certificate)).one()
    shown = words(client.get(f"/my/certificates/{certificate.number}"))
    assert made.credit_code in shown
    assert examine(client.application)["broken"] == []


def test_what_waits_never_begins_once_the_founding_is_given_up(signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    place = begun(client, "open-a-restaurant")
    assert client.post(f"/drafts/{drafts()[0].token}/discard", data={"confirmed": "yes"}).status_code == 303
    assert "这件事里没有办件了" in words(client.get(place))
    assert client.post(f"{place}/rest").status_code == 409
    place = begun(client, "open-a-restaurant")
    walk = Walk(client, catalogue().items["MS001"], f"/drafts/{drafts()[0].token}")
    walk.fill_in()
    walk.hand_in()
    number = walk.send().location.split("/")[2]
    assert client.post(f"/applications/{number}/withdraw", data={"confirmed": "yes"}).status_code == 303
    assert "企业没有办成，这几项不会开始" in words(client.get(place))
    assert client.post(f"{place}/rest").status_code == 409


def test_a_bundle_is_nobody_elses_affair(client: FlaskClient, signed_in: Enter, company: int) -> None:
    other = signed_in("yanmao")
    place = begun(signed_in("wangxiaorong"), "retire")
    theirs = begun(signed_in("lijinrong"), "open-a-restaurant", company)
    assert [other.get(each).status_code for each in (place, theirs, "/my/bundles/nothing")] == [404, 404, 404]
    assert signed_in("clerk-rs").get(place).status_code == 403
    assert client.get(place).location.startswith("/sign-in")
    assert other.get(f"/bundles/retire/apply?organisation={company}").status_code == 404
    data = posted(catalogue().bundles["open-a-restaurant"], company)
    assert other.post("/bundles/open-a-restaurant/apply", data=data).status_code == 404


def test_a_bundle_whose_drafts_were_deleted_says_so(signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    place = begun(client, "retire", others={CHOSEN: ["MS054"], "has_fund": "no"})
    assert client.post(f"/drafts/{drafts()[0].token}/discard", data={"confirmed": "yes"}).status_code == 303
    assert "这件事里没有办件了" in words(client.get(place))


@pytest.mark.parametrize("item", ["MS078", "MS005", "MS042"])
def test_the_guide_of_an_item_leads_to_its_bundle(client: FlaskClient, item: str) -> None:
    slug = catalogue().items[item].slug
    assert 'href="/bundles/open-a-restaurant"' in client.get(f"/services/{slug}").get_data(as_text=True)
    assert "/bundles/" not in client.get("/services/construction-permit").get_data(as_text=True)


def test_what_consists_of_items_is_applied_for_through_its_bundle_alone(signed_in: Enter, company: int) -> None:
    """MS078 and the bundle are one matter: it is not started twice under nearly the same name."""
    client = signed_in("lijinrong")
    guide = client.get("/services/open-a-restaurant-package").get_data(as_text=True)
    assert 'href="/bundles/open-a-restaurant">一起办' in guide
    assert "/services/open-a-restaurant-package/apply" not in guide
    begun = client.post("/services/open-a-restaurant-package/apply", data={"organisation": str(company)})
    assert begun.location == "/bundles/open-a-restaurant"
    assert client.get("/services/open-a-restaurant-package/many").location == "/bundles/open-a-restaurant"
    assert kept() == (0, 0)


def test_anybody_finds_the_bundles_in_both_languages(client: FlaskClient) -> None:
    assert "新生儿出生一件事" in words(client.get("/"))
    assert "开餐饮店一件事" in words(client.get("/?for=businesses"))
    assert client.get("/bundles/nothing").status_code == 404
    client.set_cookie("language", "en")
    page = words(client.get("/bundles/a-child-is-born"))
    assert "A child is born" in page
    assert "新生儿" not in page
