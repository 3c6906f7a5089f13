"""A department's queue: what is due first on top, right counts, and the same number of queries for any length."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from approvals.commands.look import look
from approvals.commands.pause import pause
from approvals.commands.take import take
from approvals.errors import NotAllowed, NotYourStep
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.paging import PER_PAGE
from approvals.queries.queue import Queue, queue
from approvals.queries.queue_filter import Filters, Manner, Round, Seen, Show
from approvals.vocabulary import Light, Outcome, PauseReason, Role
from portal.unit_of_work import changing, reading
from services.answers import Address
from services.current import catalogue
from tests.counting import statements
from tests.factories import PERMIT, RESIDENCE, applied, decided, on, returned
from tests.fixtures.crowd import CROWD_DAY, Crowd
from tests.fixtures.heart import Office

MONDAY, TUESDAY, WEDNESDAY, FRIDAY = (date(2026, 6, day) for day in (8, 9, 10, 12))
NEXT_MONDAY = date(2026, 6, 15)


def police(day: date = MONDAY, *, show: Show = Show.ALL, search: str = "", page: int = 1) -> Queue:
    reading().rollback()
    return queue(reading(), Filters(show, search=search), page=page, by=clerk_of(reading(), "GA"), at=on(day, 17))


def test_what_is_due_first_stands_on_top(app: Flask) -> None:
    later = applied(RESIDENCE, on(WEDNESDAY))
    earlier = applied(RESIDENCE, on(MONDAY))
    assert [row.number for row in police(WEDNESDAY).rows] == [earlier, later]


def test_another_departments_steps_are_not_in_it(app: Flask) -> None:
    number = applied(PERMIT, on(MONDAY))
    assert police().rows == ()
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY))
    assert [(row.number, row.key) for row in police().rows] == [(number, "gc308")]


def test_the_lights_of_the_rows_and_of_the_counts_are_the_same(app: Flask) -> None:
    for day in (MONDAY, TUESDAY, FRIDAY):
        applied(RESIDENCE, on(day))
    number = applied(PERMIT, on(MONDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(FRIDAY))
    for day in (MONDAY, TUESDAY, WEDNESDAY, FRIDAY, NEXT_MONDAY, date(2026, 7, 1)):
        found = police(day)
        lights = [row.standing.light for row in found.rows if row.standing]
        assert found.counts[Show.ALL] == len(lights) == 4
        assert found.counts[Show.LATE] == sum(light in (Light.RED, Light.DEEP_RED) for light in lights)
        assert found.counts[Show.SOON] == lights.count(Light.YELLOW)
        assert found.counts[Show.ON_TIME] == lights.count(Light.GREEN)
        for show in (Show.LATE, Show.SOON, Show.ON_TIME):
            part = police(day, show=show)
            assert len(part.rows) == part.total == found.counts[show]


def test_a_step_that_waits_for_the_applicant_is_shown_below_with_how_long(app: Flask) -> None:
    waiting = applied(RESIDENCE, on(MONDAY))
    running = applied(RESIDENCE, on(TUESDAY))
    returned(waiting, "accept", "home", at=on(MONDAY))
    found = police(WEDNESDAY)
    assert [row.number for row in found.rows] == [running, waiting]
    standing = found.rows[1].standing
    assert standing is not None
    assert (standing.light, standing.remaining, standing.stopped_days) == (Light.PAUSED, None, 2)
    assert found.counts[Show.RETURNED] == 1
    assert [row.number for row in police(WEDNESDAY, show=Show.RETURNED).rows] == [waiting]


def test_a_special_procedure_is_a_part_of_its_own(app: Flask) -> None:
    number = applied(PERMIT, on(MONDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY))
    by, moment = clerk_of(reading(), "GA"), on(TUESDAY)
    with changing(by, moment) as session:
        step = for_change.step(session, number, "gc308")
        pause(step, PauseReason.ON_SITE, days=3, note="到现场核对。", by=by, at=moment)
    (row,) = police(FRIDAY, show=Show.PAUSED).rows
    assert row.standing is not None
    assert (row.standing.light, row.standing.stopped_days) == (Light.PAUSED, 3)


def test_what_is_decided_moves_to_the_done(app: Flask) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    decided(number, "accept", Outcome.NOT_ACCEPTED, "不属于本机关职权范围。", at=on(TUESDAY))
    assert police(TUESDAY).rows == ()
    done = police(TUESDAY, show=Show.DONE)
    (row,) = done.rows
    assert (row.number, row.outcome, row.standing, done.total) == (number, Outcome.NOT_ACCEPTED, None, 1)


def test_it_is_searched_by_number_name_credit_code_and_identity_number(app: Flask) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    permit = applied(PERMIT, on(MONDAY))
    decided(permit, "accept", Outcome.ACCEPT, at=on(MONDAY))

    def found(search: str) -> list[str]:
        return [row.number for row in police(search=search).rows]

    assert found(number) == found(number[-10:].lower()) == [number]
    assert found("510104199003072344") == [number], "the whole identity number"
    assert found("51010419900307") == [], "part of an identity number tells nothing"
    assert found("锦江东路商务楼") == found("锦蓉示例置业") == found("91510104MA6EXAMP0C") == [permit]
    assert found("%") == found("_") == [], "wild cards are plain signs"


def test_a_person_and_a_place_are_found_by_their_whole_names(office: Office) -> None:
    number = office.apply(RESIDENCE, home=Address("510104", "锦江区 天府三街８８号示例大厦3楼"))

    def found(search: str) -> list[str]:
        return [row.number for row in police(search=search).rows]

    assert found("王小蓉") == found("王小蓉（示例）") == [number]
    assert found("王小") == [], "part of a name tells nothing"
    for place in ("天府三街", "天府三街88号", "成都市锦江区天府三街88号", "示例大厦", "天府三街88号示例大厦3楼"):
        assert found(place) == [number], place
    assert found("天府三街8号") == found("天府") == []


def test_filters_narrow_rows_and_counts_alike(office: Office) -> None:
    plain, mended = office.apply(RESIDENCE), office.apply(RESIDENCE)
    office.ask(mended, "accept", "home")
    office.mend(mended, home=Address("510104", "新街1号"))
    by = clerk_of(reading(), "GA")
    with changing(by, office.at("2026-05-15")) as session:
        take(for_change.step(session, plain, "accept"), by=by, at=office.at("2026-05-15"))

    def found(filters: Filters) -> Queue:
        return queue(reading(), filters, by=by, at=office.at("2026-05-15"))

    for filters, numbers in (
        (Filters(round=Round.MENDED), {mended}),
        (Filters(round=Round.FIRST), {plain}),
        (Filters(manner=Manner.PROMISED), set()),
        (Filters(holder=by.account), {plain}),
        (Filters(item=catalogue().item(RESIDENCE).code), {plain, mended}),
        (Filters(item="nothing"), set()),
    ):
        page = found(filters)
        assert {row.number for row in page.rows} == numbers, filters
        assert page.counts[Show.ALL] == page.total == len(numbers), filters
    assert [(account, count) for account, _name, count in found(Filters()).holders] == [(by.account, 1)]


def test_what_came_what_is_unread_and_what_changed_is_each_persons_own(office: Office) -> None:
    first, second = office.apply(RESIDENCE, "2026-05-06"), office.apply(RESIDENCE, "2026-05-06")
    clerk, head = clerk_of(reading(), "GA"), actor_named(reading(), "head-ga")

    def marks(by: Actor) -> dict[str, tuple[bool, bool, bool]]:
        reading().rollback()
        rows = queue(reading(), by=by, at=office.at("2026-05-20")).rows
        return {row.number: (row.is_new, row.is_unread, row.is_changed) for row in rows}

    def reads(number: str, by: Actor, day: str) -> None:
        reading().rollback()
        (row,) = (row for row in queue(reading(), by=by, at=office.at(day)).rows if row.number == number)
        step, length = map(int, row.mark.split("-"))
        with changing(by, office.at(day)) as session:
            look(session, {step: length}, by=by, at=office.at(day))

    new, unread, read, changed = (True, True, False), (False, True, False), (False, False, False), (False, False, True)
    assert marks(clerk) == {first: unread, second: unread}, "who never looked at anything has nothing that is new"
    reads(first, clerk, "2026-05-07")
    third = office.apply(RESIDENCE, "2026-05-08")
    assert marks(clerk) == {first: read, second: unread, third: new}
    assert marks(head) == dict.fromkeys((first, second, third), unread)
    for by, number in ((clerk, first), (head, second)):
        with changing(by, office.at("2026-05-08")) as session:
            take(for_change.step(session, number, "accept"), by=by, at=office.at("2026-05-08"))
    assert marks(clerk)[first] == read, "what one has done oneself is no news"
    office.ask(first, "accept", "home", day="2026-05-11")
    office.mend(first, home=Address("510104", "新街1号"))
    assert marks(clerk)[first] == changed
    only_changed = queue(reading(), Filters(seen=Seen.CHANGED), by=clerk, at=office.at("2026-05-20"))
    assert ([row.number for row in only_changed.rows], only_changed.total) == ([first], 1)
    reads(first, clerk, "2026-05-20")
    assert marks(clerk)[first] == read
    rows = queue(reading(), by=clerk, at=office.at("2026-05-20")).rows
    seen = {int(row.mark.split("-")[0]): 1 for row in rows if row.number == third}
    with pytest.raises(NotYourStep):
        look(reading(), seen, by=actor_named(reading(), "clerk-zj"), at=office.at("2026-05-20"))


def test_pages_have_twenty_rows_and_a_page_past_the_end_is_the_last(crowd: Crowd) -> None:
    with crowd(100):
        pages = [police(CROWD_DAY, page=number) for number in range(1, 7)]
    assert [(page.page, len(page.rows)) for page in pages] == [(number, PER_PAGE) for number in (1, 2, 3, 4, 5, 5)]
    assert pages[5].rows == pages[4].rows
    assert (pages[0].total, pages[0].pages) == (100, 5)
    assert len({row.number for page in pages for row in page.rows}) == 100


@pytest.mark.parametrize("username", ["wangxiaorong", "manager"])
def test_only_clerks_have_one(app: Flask, username: str) -> None:
    with pytest.raises(NotAllowed):
        queue(reading(), by=actor_named(reading(), username), at=on(MONDAY))


def test_a_clerk_without_a_department_has_an_empty_one(app: Flask) -> None:
    applied(RESIDENCE, on(MONDAY))
    assert queue(reading(), by=Actor(1, Role.CLERK), at=on(MONDAY)).rows == ()


def test_it_takes_as_many_queries_for_a_hundred_steps_as_for_ten(crowd: Crowd) -> None:
    sent: dict[int, int] = {}
    for size in (10, 100):
        with crowd(size):
            police(CROWD_DAY)  # the item is read once a process
            with statements() as told:
                assert police(CROWD_DAY).counts[Show.ALL] == size
            sent[size] = len(told)
    assert sent[100] == sent[10] <= 9, "five of the queue; the others ask who looks and for the calendar"
