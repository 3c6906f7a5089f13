"""The supervisor's desk: who has how much, who is away, what waits; each figure is the length of its list."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from approvals.commands.be_absent import be_absent
from approvals.commands.take import take
from approvals.errors import NotAllowed
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.open_steps import Part, open_steps
from approvals.queries.workloads import workloads
from portal.unit_of_work import changing, now, reading
from tests.counting import statements
from tests.factories import RESIDENCE, applied
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]


def held(number: str) -> int:
    """Taken by the clerk of the police, whose number it gives."""
    by = actor_named(reading(), "clerk-ga")
    with changing(by, now()) as session:
        take(for_change.step(session, number, "accept"), by=by, at=now())
    return by.person


def test_every_figure_of_a_person_is_the_length_of_its_list(office: Office) -> None:
    clerk = actor_named(reading(), "clerk-ga")
    for day in ("2026-05-06", "2026-05-18", "2026-05-20"):
        number, at = office.apply(RESIDENCE, day), office.at(day)
        with changing(clerk, at) as session:
            take(for_change.step(session, number, "accept"), by=clerk, at=at)
    manager, at = actor_named(reading(), "manager"), office.at("2026-05-20")
    found = workloads(reading(), by=manager, at=at)
    first = found.rows[0]
    assert (first.account, first.open) == (clerk.person, 3)
    assert first.late >= 1
    assert first.due >= 1
    counts = {Part.RUNNING: first.open, Part.LATE: first.late, Part.SOON: first.due, Part.STOPPED: first.stopped}
    for part, size in counts.items():
        listed = open_steps(reading(), part=part, holder=clerk.person, by=manager, at=at)
        assert listed.page.total == listed.counts[part] == size
    assert {row.department_code for row in workloads(reading(), department="GA", by=manager, at=at).rows} == {"GA"}


def test_it_says_who_is_away_and_leads_to_every_list(app: Flask, signed_in: Enter) -> None:
    account = held(applied(RESIDENCE))
    by, head = actor_named(reading(), "clerk-ga"), actor_named(reading(), "head-ga")
    with changing(by, now()) as session:
        be_absent(session, account, head.person, now().today, now().today, by=by, at=now())
    supervisor = signed_in("supervisor")
    page = supervisor.get("/management/people?department=GA").get_data(as_text=True)
    assert "不在，" in page
    links = {unescape(link) for link in re.findall(r'href="(/management/[a-z]+\?[^"]+)"', page.partition("<main")[2])}
    assert f"/management/steps?holder={account}&show=running" in links
    for link in links:
        assert "看不懂的筛选条件" not in supervisor.get(link).get_data(as_text=True), link


def test_nonsense_is_said_and_only_overseers_come_in(app: Flask, signed_in: Enter) -> None:
    assert "看不懂的筛选条件" in signed_in("manager").get("/management/people?department=x").get_data(as_text=True)
    assert "看不懂的筛选条件" in signed_in("manager").get("/management/steps?holder=x").get_data(as_text=True)
    assert signed_in("head-ga").get("/management/people").status_code == 403
    with pytest.raises(NotAllowed):
        workloads(reading(), by=actor_named(reading(), "head-ga"), at=now())


def test_the_departments_page_counts_what_waits_and_leads_to_where_work_is_given_anew(
    app: Flask, signed_in: Enter
) -> None:
    account = held(applied(RESIDENCE))
    page = signed_in("head-ga").get("/office/people").get_data(as_text=True)
    assert "待答复的督办单" in page
    assert f'href="/office/queue?holder={account}"' in page
    assert 'value="assign"' in signed_in("head-ga").get(f"/office/queue?holder={account}").get_data(as_text=True)


def test_it_takes_as_many_queries_for_many_as_for_none(app: Flask) -> None:
    manager = actor_named(reading(), "manager")
    sent = []
    for _each in range(2):
        at = now()
        with statements() as told:
            workloads(reading(), by=manager, at=at)
        sent.append(len(told))
        for _again in range(3):
            held(applied(RESIDENCE))
        reading().rollback()
    assert sent[0] == sent[1]
