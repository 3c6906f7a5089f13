"""Ratings: once, without a name for whoever decided, the bad ones followed up in time, and published with care."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from approvals.commands import follow_up as following
from approvals.commands.follow_up import Limits
from approvals.commands.rate import rate
from approvals.errors import NotFinished, RatedBefore
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.ratings import follow_ups, own_ratings
from approvals.queries.satisfaction import LEAST, satisfaction, shown_of
from approvals.records.event import EventRecord
from approvals.records.rating import FollowUp
from approvals.records.supervision import SupervisionRecord
from approvals.vocabulary import Finding, FollowUpStage, Outcome, RatingLevel, RatingReason
from portal.unit_of_work import changing, reading
from portal.worker.clock import strike
from tests.counting import statements
from tests.factories import RESIDENCE, applied, decided, on
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
DAY = date(2026, 5, 6)
SAID = "等了两个月，<b>没人</b>说为什么。"


def ended() -> str:
    """A matter that is over, on 6 May 2026."""
    number = applied(RESIDENCE, on(DAY))
    decided(number, "accept", Outcome.NOT_ACCEPTED, "不属于本机关职权。", at=on(DAY, 10))
    return number


def rated(number: str, level: RatingLevel = RatingLevel.VERY_DISSATISFIED, day: date = DAY) -> None:
    by, at = actor_named(reading(), "wangxiaorong"), on(day, 11)
    with changing(by, at) as session:
        application = for_change.application(session, number)
        rate(application, level, [RatingReason.SLOW, RatingReason.FAST], SAID, limits=Limits(), by=by, at=at)


def act(username: str, what: Callable[..., None], *words: object, day: date, **more: object) -> None:
    by, at = actor_named(reading(), username), on(day, 14)
    with changing(by, at) as session:
        found, application = for_change.follow_up(session, session.scalars(select(FollowUp.id)).one())
        what(found, application, *words, by=by, at=at, **more)


def the_follow_up() -> FollowUp:
    reading().rollback()
    return reading().scalars(select(FollowUp)).one()


@pytest.fixture
def number(app: Flask) -> Iterator[str]:
    yield ended()
    reading().rollback()


def test_only_what_is_over_is_rated_and_only_once(number: str, office: Office) -> None:
    running = office.apply(RESIDENCE)
    with pytest.raises(NotFinished):
        rated(running)
    rated(number, RatingLevel.SATISFIED)
    with pytest.raises(RatedBefore):
        rated(number, RatingLevel.DISSATISFIED)
    mine = own_ratings(reading(), number, by=actor_named(reading(), "wangxiaorong"))
    (one,) = mine.given
    assert (one.level, one.reasons, mine.may_rate) == (RatingLevel.SATISFIED, (RatingReason.FAST,), False)
    assert reading().scalars(select(FollowUp)).all() == []


def test_a_bad_rating_is_followed_up_until_whoever_gave_it_is_answered(number: str) -> None:
    rated(number)
    assert (the_follow_up().stage, the_follow_up().due) == (FollowUpStage.CONTACT, date(2026, 5, 7))
    act("supervisor", following.contact, "两个月没有回音。", day=date(2026, 5, 7), limits=Limits())
    assert (the_follow_up().stage, the_follow_up().due) == (FollowUpStage.VERIFY, date(2026, 5, 11))
    act("head-ga", following.verify, Finding.COMPLEX, "属实。", day=date(2026, 5, 8), limits=Limits())
    assert (the_follow_up().stage, the_follow_up().due) == (FollowUpStage.MEND, date(2026, 5, 28))
    act("head-ga", following.mend, "已增加人手。", day=date(2026, 5, 20))
    assert the_follow_up().closed_at is not None
    rated(number, RatingLevel.MOSTLY_SATISFIED, date(2026, 5, 21))
    with pytest.raises(RatedBefore):
        rated(number, RatingLevel.SATISFIED, date(2026, 5, 22))
    mine = own_ratings(reading(), number, by=actor_named(reading(), "wangxiaorong"))
    assert [each.level for each in mine.given] == [RatingLevel.VERY_DISSATISFIED, RatingLevel.MOSTLY_SATISFIED]
    assert mine.given[0].answer == "已增加人手。"
    kinds = reading().scalars(select(EventRecord.kind).where(EventRecord.kind.startswith("follow_up"))).all()
    assert sorted(kinds) == ["follow_up_answered", "follow_up_begun", "follow_up_moved", "follow_up_moved"]


def test_what_is_unfounded_is_explained_at_once(number: str) -> None:
    rated(number)
    act("supervisor", following.contact, "认为不该不受理。", day=date(2026, 5, 7), limits=Limits())
    act("head-ga", following.verify, Finding.UNFOUNDED, "依法不归我们管。", day=date(2026, 5, 8), limits=Limits())
    assert (the_follow_up().stage, the_follow_up().answer) == (FollowUpStage.CLOSED, "依法不归我们管。")


def test_a_late_department_climbs_the_ladder_once_and_without_a_name(
    number: str, signed_in: Enter, office: Office
) -> None:
    rated(number)
    strike(office.at("2026-05-20"))
    assert reading().scalars(select(SupervisionRecord)).all() == [], "a late contact is not the department's"
    act("supervisor", following.contact, "没有回音。", day=date(2026, 5, 20), limits=Limits())
    for _ in range(2):
        strike(office.at("2026-06-10"))
    reading().rollback()
    records = reading().scalars(select(SupervisionRecord.rung).order_by(SupervisionRecord.id)).all()
    assert [str(each) for each in records] == ["warning", "late", "escalated"]
    for username, address in (("head-ga", "/office/supervision"), ("manager", "/management/supervision")):
        page = signed_in(username).get(address).get_data(as_text=True)
        assert "差评整改" in page
        assert number not in page, username
    assert number in signed_in("supervisor").get("/management/supervision").get_data(as_text=True)
    board = signed_in("manager").get("/management/board").get_data(as_text=True)
    assert "1 件差评没有办结" in board
    assert "1 件超期" in board


def test_from_the_tracker_to_the_answer_by_the_pages(number: str, signed_in: Enter) -> None:
    citizen, supervisor, head, clerk = (signed_in(who) for who in ("wangxiaorong", "supervisor", "head-ga", "clerk-ga"))
    address = f"/applications/{number}/rating"
    assert address in citizen.get(f"/applications/{number}").get_data(as_text=True)
    assert "和办事指南说的不一样" in citizen.get(f"{address}?level=dissatisfied").get_data(as_text=True)
    assert citizen.post(address, data={"text": SAID}).status_code == 422
    long = citizen.post(address, data={"level": "dissatisfied", "text": "长" * 1001})
    assert long.status_code == 422
    assert "长" * 1001 in long.get_data(as_text=True)
    said = {"level": "dissatisfied", "reasons": ["slow", "fast"], "text": SAID}
    assert citizen.post(address, data=said).status_code == 303
    assert citizen.post(address, data=said).status_code == 409
    for stranger in (head, clerk, supervisor):
        assert stranger.get(address).status_code in {403, 404}
    serial = the_follow_up().id
    page = clerk.get("/office/ratings").get_data(as_text=True)
    assert "等了两个月，&lt;b&gt;没人&lt;/b&gt;说为什么。" in page
    assert "办得快" not in page, "a reason of another level"
    for seen in (page, head.get(f"/office/ratings/{serial}").get_data(as_text=True)):
        assert number not in seen
        assert "王小蓉" not in seen
    place, desk = f"/management/ratings/{serial}", f"/office/ratings/{serial}"
    assert signed_in("head-sw").get(desk).status_code == 404
    assert number not in signed_in("manager").get(place).get_data(as_text=True)
    told = supervisor.get(place).get_data(as_text=True)
    assert number in told
    assert "13900000001" in told
    assert head.post(desk, data={"stage": "verify", "finding": "simple", "words": "属实"}).status_code == 409
    assert clerk.post(desk, data={"stage": "verify", "finding": "simple", "words": "属实"}).status_code == 403
    assert signed_in("manager").post(place, data={"stage": "contact", "words": "回访"}).status_code == 403
    assert supervisor.post(place, data={"stage": "contact", "words": " "}).status_code == 422
    assert supervisor.post(place, data={"stage": "contact", "words": "没人回音。"}).status_code == 303
    assert head.post(desk, data={"stage": "verify", "words": "属实"}).status_code == 422
    assert head.post(desk, data={"stage": "verify", "finding": "simple", "words": "属实"}).status_code == 303
    assert head.post(desk, data={"stage": "mend", "words": "已道歉，流程已改。"}).status_code == 303
    assert "已道歉，流程已改。" in citizen.get(address).get_data(as_text=True)
    assert citizen.post(address, data={"level": "satisfied"}).status_code == 303
    assert "再次评价：满意" in supervisor.get(place).get_data(as_text=True)


def test_lists_take_as_many_queries_for_many_as_for_one(number: str, app: Flask) -> None:
    overseer = actor_named(reading(), "supervisor")

    def asked() -> int:
        reading().rollback()
        with statements() as sent:
            follow_ups(reading(), by=overseer, at=on(DAY, 15))
            satisfaction(reading(), at=on(DAY, 15))
        return len(sent)

    rated(number)
    few = asked()
    for _ in range(3):
        rated(ended())
    assert asked() == few


def test_what_is_published_counts_answers_alone_and_no_small_group(app: Flask) -> None:
    for _ in range(LEAST - 1):
        rated(ended(), RatingLevel.MOSTLY_SATISFIED)
    ended()
    few = satisfaction(reading(), at=on(DAY, 15))
    assert few.all is None
    assert [each.rate for each in few.departments] == [None]
    rated(ended())
    (department,) = satisfaction(reading(), at=on(DAY, 15)).departments
    assert department.rate is not None
    assert (department.rate.rated, department.rate.good, department.followed) == (LEAST, LEAST - 1, 1)


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(1, 12)))
def test_nothing_hidden_can_be_told_from_the_sum(sizes: dict[str, int]) -> None:
    shown = shown_of(sizes)
    hidden = sum(size for code, size in sizes.items() if code not in shown)
    assert all(sizes[code] >= LEAST for code in shown)
    assert hidden == 0 or hidden >= LEAST or not shown
