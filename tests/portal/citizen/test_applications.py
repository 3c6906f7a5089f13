"""我的办件: one's own applications, whose turn it is, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from approvals.queries.actor import actor_named
from approvals.queries.applications import ApplicationRow, Filter, Shown, Turn, applications
from approvals.vocabulary import ApplicationStatus, Light, Outcome
from portal.extensions import db
from portal.unit_of_work import reading
from services.current import catalogue
from tests.factories import RESIDENCE, applied, decided, granted, issued, on, returned, started

Enter = Callable[[str], FlaskClient]

FRIDAY, MONDAY, LATER = date(2026, 6, 5), date(2026, 6, 8), date(2026, 6, 26)


def rows(shown: Shown = Shown.ALL, day: date = MONDAY) -> list[ApplicationRow]:
    reading().rollback()
    by = actor_named(reading(), "wangxiaorong")
    found = applications(reading(), organisation=None, chosen=Filter(shown), page=1, by=by, at=on(day))
    return list(found.page.rows)


def first_question() -> str:
    return next(iter(catalogue().item(RESIDENCE).questions))


def test_a_draft_is_the_applicants_turn_and_can_be_continued(app: Flask, signed_in: Enter) -> None:
    token = started(RESIDENCE, "wangxiaorong", on(FRIDAY))
    (row,) = rows()
    assert (row.turn, row.number, row.done, row.standing) == (Turn.APPLICANT, None, 0, None)
    page = signed_in("wangxiaorong").get("/my/applications").get_data(as_text=True)
    assert f'href="/drafts/{token}"' in page
    assert "继续填写" in page


def test_a_submitted_one_shows_the_clock_of_its_acceptance(app: Flask) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    (row,) = rows()
    assert (row.number, row.turn, row.status) == (number, Turn.OFFICE, ApplicationStatus.SUBMITTED)
    assert [name.zh for name in row.departments] == ["成都市公安局"]
    assert row.due == MONDAY, "one working day to say whether it is accepted"
    assert row.standing is not None
    assert (row.standing.light, row.standing.remaining) == (Light.YELLOW, 0)


def test_an_accepted_one_shows_the_clock_of_the_whole_case(app: Flask) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(FRIDAY))
    (row,) = rows()
    assert row.status is ApplicationStatus.IN_REVIEW
    assert row.standing is not None
    assert row.standing.light is Light.GREEN
    assert row.done == 1
    (late,) = rows(day=LATER)
    assert late.standing is not None
    assert late.standing.light in (Light.RED, Light.DEEP_RED)
    assert late.standing.remaining is not None
    assert late.standing.remaining < 0


def test_a_returned_one_says_so_on_top_and_in_the_navigation(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    returned(number, "accept", first_question(), at=on(FRIDAY))
    (row,) = rows(Shown.TURN)
    assert (row.turn, row.to_mend, row.status) == (Turn.APPLICANT, 1, ApplicationStatus.RETURNED)
    page = signed_in("wangxiaorong").get("/my/applications").get_data(as_text=True)
    assert "有 1 件事轮到您" in page
    assert "待补正 1 处" in page
    assert f'href="/drafts/{row.token}"' in page
    assert '<span class="ry-badge">1' in page


def test_a_granted_one_waits_for_its_certificate_and_then_leads_to_it(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    granted(number, on(MONDAY), deliver=False)
    (row,) = rows()
    assert (row.turn, row.status) == (Turn.PORTAL, ApplicationStatus.GRANTED)
    granted(number, on(MONDAY))
    (row,) = rows()
    assert (row.turn, row.status, row.done) == (Turn.NOBODY, ApplicationStatus.ISSUED, row.total)
    page = signed_in("wangxiaorong").get("/my/applications").get_data(as_text=True)
    assert f'href="/my/certificates/{row.certificate}"' in page


def test_parts_of_the_list_are_counted_and_shown_alone(app: Flask, signed_in: Enter) -> None:
    applied(RESIDENCE, on(FRIDAY))
    refused = applied(RESIDENCE, on(FRIDAY, 10))
    decided(refused, "accept", Outcome.NOT_ACCEPTED, "不在受理范围。", at=on(FRIDAY, 11))
    started(RESIDENCE, "wangxiaorong", on(FRIDAY))
    assert [row.number for row in rows(Shown.ENDED)] == [refused]
    assert len(rows(Shown.RUNNING)) == len(rows(Shown.DRAFTS)) == 1
    assert rows(Shown.ALL)[-1].number == refused, "what has ended stands last"
    client = signed_in("wangxiaorong")
    assert refused in client.get("/my/applications?show=ended").get_data(as_text=True)
    assert refused not in client.get("/my/applications?show=running").get_data(as_text=True)


def test_nobody_sees_the_applications_of_others(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    page = signed_in("yanmao").get("/my/applications").get_data(as_text=True)
    assert number not in page
    assert "还没有办件" in page
    assert signed_in("clerk-zj").get("/my/applications").status_code == 403


@pytest.mark.parametrize("address", ["?page=0", "?page=-3", "?page=999", "?page=x", f"?page={'9' * 4000}", "?show=%00"])
def test_senseless_addresses_still_show_the_list(app: Flask, signed_in: Enter, address: str) -> None:
    assert signed_in("wangxiaorong").get(f"/my/applications{address}").status_code == 200


def test_a_long_list_comes_in_pages_with_a_constant_number_of_queries(app: Flask, signed_in: Enter) -> None:
    counted: list[str] = []
    client = signed_in("wangxiaorong")

    def count(*call: object) -> None:
        counted.append(str(call[2]))

    def queries(address: str) -> int:
        counted.clear()
        event.listen(db.engine, "before_cursor_execute", count)
        answer = client.get(address)
        event.remove(db.engine, "before_cursor_execute", count)
        assert answer.status_code == 200
        return len([sql for sql in counted if sql.startswith("SELECT")])

    issued(RESIDENCE, on(FRIDAY))
    few = queries("/my/applications")
    for minute in range(21):
        started(RESIDENCE, "wangxiaorong", on(FRIDAY, 12, minute))
    assert queries("/my/applications") == few
    page = client.get("/my/applications").get_data(as_text=True)
    assert page.count('class="ry-row"') == 20
    assert 'aria-label="第 2 页"' in page
    assert client.get("/my/applications?page=2").get_data(as_text=True).count('class="ry-row"') == 2
