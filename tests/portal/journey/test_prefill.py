"""Never asked twice: what the portal knows of an applicant stands in a new draft, with where it comes from."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from approvals.permissions import Actor, Power
from approvals.queries.actor import actor_named
from approvals.queries.held import held
from approvals.queries.profile import Known, first_answers
from approvals.vocabulary import MandateAction, OriginKind
from portal.unit_of_work import now, reading
from services.answers import Address
from services.current import catalogue
from tests.counting import statements
from tests.factories import RESIDENCE, applied, granted, issued
from tests.portal.journey.walking import begin, words

Enter = Callable[[str], FlaskClient]
REGISTRATION = "residence-registration"


def known(slug: str, by: Actor) -> Known:
    return first_answers(reading(), catalogue().item(slug), organisation=None, by=by, at=now())


@pytest.fixture
def before(signed_in: Enter) -> str:
    """Number of a residence permit that wangxiaorong applied for."""
    return applied(RESIDENCE)


def test_the_page_says_where_an_answer_comes_from_until_it_is_changed(before: str, signed_in: Enter) -> None:
    walk = begin(signed_in("wangxiaorong"), REGISTRATION)
    section = next(each.key for each in walk.item.sections if any(q.key == "home" for q in each.questions))
    page = walk.get(f"/sections/{section}")
    assert f"来自办件 {before}（居住证申领），不对请改。" in words(page)
    assert 'id="home-origin"' in page.text
    assert f"来自办件 {before}" in words(walk.get("/check"))
    applicant = next(
        each.key for each in walk.item.sections if any(q.prefill == "account.name" for q in each.questions)
    )
    assert "来自您的账号，不对请改。" in words(walk.get(f"/sections/{applicant}"))

    changed = walk.example(section, **{"home-detail": "搬到的新路 9 号"})
    assert walk.post_section(section, changed).status_code == 303
    again = walk.get(f"/sections/{section}")
    assert "搬到的新路 9 号" in html.unescape(again.text)
    assert "来自办件" not in words(again)
    assert "来自您的账号" in words(walk.get(f"/sections/{applicant}")), "what was not changed keeps its origin"


def test_what_a_certificate_in_force_says_goes_before_what_was_only_stated(signed_in: Enter) -> None:
    _number, certificate = issued(RESIDENCE)
    applied(RESIDENCE)
    home = catalogue().item(RESIDENCE).questions["home"]
    found = known(REGISTRATION, actor_named(reading(), "wangxiaorong"))
    assert home.on_certificate
    assert (found.origins["home"].kind, found.origins["home"].number) == (OriginKind.CERTIFICATE, certificate)


def test_nothing_comes_from_somebody_else(before: str, signed_in: Enter) -> None:
    assert "home" not in known(REGISTRATION, actor_named(reading(), "yanmao")).answers


def test_a_mandate_for_one_matter_opens_no_other(signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    granted(number, deliver=False)
    owner = actor_named(reading(), "wangxiaorong")
    agent = actor_named(reading(), "yanmao")

    def acting(*items: str) -> Actor:
        power = Power(1, None, owner.account, frozenset(MandateAction), frozenset(items))
        return replace(agent, principal=owner.account, powers=(power,))

    assert isinstance(known(REGISTRATION, acting()).answers["home"], Address)
    assert isinstance(known(REGISTRATION, acting("MS026", "MS027")).answers["home"], Address)
    assert "home" not in known(REGISTRATION, acting("MS026")).answers

    token = begin(signed_in("wangxiaorong"), REGISTRATION).token
    reading().rollback()
    (offered,) = held(reading(), token, by=acting("MS026", "MS027"), at=now()).values()
    assert offered.number == number
    assert held(reading(), token, by=acting("MS026"), at=now()) == {}


def test_looking_costs_the_same_however_much_was_sent_before(before: str, signed_in: Enter) -> None:
    def cost() -> int:
        reading().rollback()
        by = actor_named(reading(), "wangxiaorong")
        with statements() as sent:
            known(REGISTRATION, by)
        return len(sent)

    first = cost()
    applied(RESIDENCE)
    assert cost() == first <= 4
