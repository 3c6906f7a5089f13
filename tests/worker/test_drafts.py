"""Drafts that nobody goes on with: told about in time, deleted afterwards, and nothing that was sent in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from approvals.clock.moment import Moment
from approvals.commands.draft import save
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.records.application import Application
from approvals.records.letter import Letter
from approvals.vocabulary import ApplicationStatus
from portal.unit_of_work import changing, now, reading
from portal.worker.drafts import expire_drafts
from tests.factories import RESIDENCE, applied, started

Enter = Callable[[str], FlaskClient]
WHO = "wangxiaorong"


def later(days: int) -> Moment:
    moment = now()
    return Moment(moment.instant + timedelta(days=days), moment.calendar)


def drafts() -> int:
    reading().rollback()
    wanted = select(func.count()).select_from(Application).where(Application.status == ApplicationStatus.DRAFT)
    return reading().scalar(wanted) or 0


def told() -> list[str]:
    reading().rollback()
    return list(reading().scalars(select(Letter.kind).order_by(Letter.id)))


def test_a_draft_is_announced_and_a_week_later_deleted(app: Flask, signed_in: Enter) -> None:
    started(RESIDENCE, WHO)
    assert (expire_drafts(later(82)), told()) == (0, [])
    assert (expire_drafts(later(83)), expire_drafts(later(84)), told()) == (0, 0, ["draft_expires"])
    page = signed_in(WHO).get("/my/letters").get_data(as_text=True)
    assert "草稿快到期了" in page
    assert 'href="/drafts/' in page
    assert (expire_drafts(later(90)), drafts()) == (0, 1)
    assert (expire_drafts(later(91)), drafts(), told()) == (1, 0, [])
    assert signed_in(WHO).get("/my/letters").status_code == 200


def test_late_strikes_warn_first_and_wait_the_whole_week(app: Flask) -> None:
    started(RESIDENCE, WHO)
    assert (expire_drafts(later(400)), drafts()) == (0, 1)
    assert (expire_drafts(later(407)), drafts()) == (0, 1)
    assert (expire_drafts(later(408)), drafts()) == (1, 0)


def test_who_goes_on_begins_the_time_anew(app: Flask) -> None:
    token, by = started(RESIDENCE, WHO), actor_named(reading(), WHO)
    expire_drafts(later(84))
    with changing(by, later(85)) as session:
        save(for_change.application(session, token), {}, asked=set(), version=1, by=by, at=later(85))
    assert (expire_drafts(later(120)), drafts()) == (0, 1)
    expire_drafts(later(169))
    assert told() == ["draft_expires", "draft_expires"]


def test_what_was_sent_in_stays(app: Flask) -> None:
    applied(RESIDENCE)
    assert expire_drafts(later(4000)) == 0
    reading().rollback()
    assert reading().scalar(select(func.count()).select_from(Application)) == 1
