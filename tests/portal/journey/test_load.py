"""How many questions a page asks the database, and what happens when one application is sent many times at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, func, select

from approvals.records.application import Application, Submission
from portal.extensions import db
from portal.unit_of_work import reading
from tests.factories import PERMIT, RESIDENCE
from tests.portal.journey.walking import Walk, begin, words

Enter = Callable[[str], FlaskClient]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    sent: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


PAGES = ("", "/sections/project", "/materials", "/check")


def test_a_page_asks_as_much_for_many_files_as_for_none(signed_in: Enter) -> None:
    walk = begin(signed_in("lijinrong"), PERMIT, 1)

    def questions() -> list[int]:
        numbers = []
        for page in PAGES:
            with counted() as sent:
                assert walk.get(page).status_code == 200
            numbers.append(len(sent))
        return numbers

    empty = questions()
    walk.fill_in()
    walk.hand_in()
    assert questions() == empty
    assert max(empty) <= 20


@pytest.mark.parametrize("page", ["/", "/services?q=许可", f"/services/{PERMIT}", "/departments"])
def test_public_pages_ask_the_database_nothing(client: FlaskClient, page: str) -> None:
    assert client.get(page).status_code == 200, "the first visitor in ten minutes has counted what happened lately"
    with counted() as sent:
        assert client.get(page).status_code == 200
    assert [statement for statement in sent if "FROM" in statement] == []


def test_of_eight_who_send_at_once_one_sends_and_all_get_the_same_receipt(app: Flask, signed_in: Enter) -> None:
    walk = begin(signed_in("wangxiaorong"), RESIDENCE)
    walk.fill_in()
    walk.hand_in()
    sent = {"version": walk.version("/check"), "declared": "yes"}
    tabs = [signed_in("wangxiaorong") for _ in range(8)]

    def press(tab: FlaskClient) -> tuple[int, str | None]:
        answer = tab.post(f"{walk.url}/submit", data=sent)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(press, tabs))
    assert {status for status, _ in answers} == {303}
    assert len({place for _, place in answers}) == 1
    reading().rollback()
    assert reading().scalars(select(func.count()).select_from(Application)).one() == 1
    assert reading().scalars(select(func.count()).select_from(Submission)).one() == 1


def test_somebody_whose_session_ended_in_the_middle_of_a_page_keeps_what_was_typed(
    signed_in: Enter, client: FlaskClient
) -> None:
    walk = begin(signed_in("wangxiaorong"), RESIDENCE)
    first = walk.item.sections[0].key
    expired = Walk(client, walk.item, walk.url)
    answer = expired.client.post(f"{walk.url}/sections/{first}", data={"version": "1", "note": "打了很久的字"})
    assert answer.status_code == 401
    assert "打了很久的字" in words(answer)
    assert expired.get().status_code == 302
