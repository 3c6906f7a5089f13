"""How long it really took, and what is applied for most: counted from what happened, nothing claimed of few cases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from approvals.commands.resubmit import resubmit
from approvals.commands.suspend import resume, suspend
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.lately import LEAST, Took, took, used_most
from approvals.vocabulary import Outcome
from portal.unit_of_work import changing, now, reading
from services.current import catalogue
from tests.counting import statements
from tests.factories import RESIDENCE, applied, decided, granted, on, returned
from tests.portal.journey.walking import words

FIRST, THEN, LAST = date(2026, 6, 8), date(2026, 6, 10), date(2026, 6, 30)


def ended(finished: date, mended: date | None = None, first: date = FIRST) -> None:
    """Accepted on `first`; corrected until `mended`, where given; decided on `finished`."""
    number = applied(RESIDENCE, on(first))
    decided(number, "accept", Outcome.ACCEPT, at=on(first))
    if mended:
        returned(number, "review", next(iter(catalogue().item(RESIDENCE).questions)), at=on(THEN))
        by = actor_named(reading(), "wangxiaorong")
        with changing(by, on(mended)) as session:
            resubmit(for_change.application(session, number), explanation="写的就是对的。", by=by, at=on(mended))
    granted(number, on(finished), deliver=False)


def test_what_it_took_is_counted_without_the_applicants_own_days(app: Flask) -> None:
    """8 to 30 June with a holiday: of the mended one count 2 days before and 1 after the mending."""
    ended(THEN)
    ended(LAST, mended=date(2026, 6, 29))
    soon, later, too_late = on(date(2026, 7, 15)), on(date(2026, 12, 1)), on(date(2027, 12, 1))
    with statements() as sent:
        assert took(reading(), "MS027", at=soon, least=2) == Took(cases=2, median=2, ninetieth=3, period=90)
    assert len(sent) == 2
    assert took(reading(), "MS027", at=later, least=2) == Took(2, 2, 3, 365)
    assert [took(reading(), code, at=soon) for code in ("MS027", "MS017")] == [None, None], "of few nothing is claimed"
    assert took(reading(), "MS027", at=too_late, least=2) is None
    assert used_most(reading(), at=soon, least=2) == {"MS027": 2}
    assert used_most(reading(), at=soon) == used_most(reading(), at=later, least=2) == {}
    assert used_most(reading(), at=later, period=365, least=2) == {"MS027": 2}


def test_days_on_which_it_was_suspended_are_not_the_offices(app: Flask) -> None:
    number = applied(RESIDENCE, on(FIRST))
    decided(number, "accept", Outcome.ACCEPT, at=on(FIRST))
    head = actor_named(reading(), "head-ga")
    with changing(head, on(THEN)) as session:
        suspend(for_change.application(session, number), "房屋权属有诉讼。", by=head, at=on(THEN))
    with changing(head, on(date(2026, 6, 29))) as session:
        resume(for_change.application(session, number), "诉讼已结。", by=head, at=on(date(2026, 6, 29)))
    granted(number, on(LAST), deliver=False)
    assert took(reading(), "MS027", at=on(date(2026, 7, 15)), least=1) == Took(1, 3, 3, 90)


def test_the_first_page_shows_what_is_used_most_of_a_year_where_a_quarter_has_too_few(
    app: Flask, client: FlaskClient
) -> None:
    assert "近期办得最多" not in words(client.get("/"))
    for _ in range(3):
        applied(RESIDENCE, now())
    del app.extensions["counted lately"]
    said = words(client.get("/"))
    assert "近期办得最多" in said
    assert "最近 365 天的申请" in said
    assert "近期办得最多" not in words(client.get("/?for=businesses"))


@pytest.mark.soak
def test_a_guide_says_what_it_took_from_ten_cases_on(app: Flask, client: FlaskClient) -> None:
    today = now().today
    begun = min(today - timedelta(days=20), now().calendar.on_or_after(today - timedelta(days=20)))
    for _ in range(LEAST - 1):
        ended(begun, first=begun)
    assert "不足 10 件" in words(client.get(f"/services/{RESIDENCE}"))
    assert "最近 365 天的申请" in words(client.get("/")), "of ninety days there are too few"
    ended(begun, first=begun)
    assert "不足 10 件" in words(client.get(f"/services/{RESIDENCE}")), "counted anew every ten minutes"
    del app.extensions["counted lately"]
    said = words(client.get(f"/services/{RESIDENCE}"))
    assert "一半当天办结" in said
    assert "办结的 10 件，从受理算起" in said
    assert "居住证申领 10 件" in words(client.get("/"))
