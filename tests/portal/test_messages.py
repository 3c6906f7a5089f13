"""Messages inside an application: each department its own talk, read marks by request, nothing said in a letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.commands.forget_files import forget_files
from approvals.commands.write_message import MOST_IN_A_ROW, write_message
from approvals.errors import NotFound, TalkOver, TooManyMessages
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.talks import talks
from approvals.records.letter import Letter
from approvals.records.message import Message
from approvals.vocabulary import Outcome
from portal.demonstration.acting import FILES
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from tests.counting import statements
from tests.factories import RESIDENCE, applied, decided
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
ASKED = "要带原件吗？\n<script>alert(1)</script>"


def said(number: str, text: str = "在吗", who: str = "wangxiaorong", department: str = "GA", days: int = 0) -> None:
    moment = now()
    by = actor_named(reading(), who)
    with changing(by, moment) as session:
        application = for_change.application(session, number)
        write_message(application, department, text, open_days=days, by=by, at=moment)


def test_question_and_answer_by_the_pages(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    citizen, clerk = signed_in("wangxiaorong"), signed_in("clerk-ga")
    mine, theirs = f"/applications/{number}/messages", f"/office/messages/{number}"
    assert mine in citizen.get(f"/applications/{number}").get_data(as_text=True)
    with (Path(FILES) / "drawings.pdf").open("rb") as paper:
        sent = citizen.post(mine, data={"text": ASKED, "files": (paper, "租约.pdf")})
    assert sent.status_code == 303
    assert "有新留言" in clerk.get("/office/queue").get_data(as_text=True)
    assert number in clerk.get("/office/messages").get_data(as_text=True)
    page = clerk.get(theirs).get_data(as_text=True)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "未读" in page
    assert "未读" in clerk.get(theirs).get_data(as_text=True), "looking does not mark as read"
    file = f"{mine}/files/1"
    assert clerk.get(file).get_data().startswith(b"%PDF")
    assert signed_in("clerk-sw").get(file).status_code == 404
    assert signed_in("yanmao").get(file).status_code == 404
    assert signed_in("clerk-sw").get(theirs).status_code == 404
    assert clerk.post(f"{theirs}/read", data={"until": "1"}).status_code == 303
    assert number not in clerk.get("/office/messages").get_data(as_text=True)
    assert clerk.post(theirs, data={"text": "要带。"}).status_code == 303
    sweep(now())
    reading().rollback()
    assert reading().scalars(select(Letter.kind).order_by(Letter.id.desc())).first() == "message_sent"
    told = citizen.get("/my/letters").get_data(as_text=True)
    assert "部门给您留言了" in told
    assert "要带。" not in told
    assert "要带。" in citizen.get(mine).get_data(as_text=True)
    assert citizen.post(f"{mine}/read", data={"until": "2", "department": "GA"}).status_code == 303
    reading().rollback()
    assert [each.read_at is not None for each in reading().scalars(select(Message).order_by(Message.id))] == [True] * 2
    assert forget_files(reading(), at=Office(app).at("2030-01-07")) == []


@pytest.mark.parametrize("text", ["", "  \r\n ", "长" * 10_001])
def test_what_cannot_be_sent_is_shown_again(app: Flask, signed_in: Enter, text: str) -> None:
    number = applied(RESIDENCE)
    answer = signed_in("wangxiaorong").post(f"/applications/{number}/messages", data={"text": text})
    assert answer.status_code == 422
    assert text.strip() in answer.get_data(as_text=True)


def test_ten_thousand_characters_are_kept_as_they_are(app: Flask, signed_in: Enter) -> None:
    number, text = applied(RESIDENCE), "长" * 10_000
    assert signed_in("wangxiaorong").post(f"/applications/{number}/messages", data={"text": text}).status_code == 303
    reading().rollback()
    assert reading().scalars(select(Message.text)).one() == text


def test_who_may_not_write_is_refused(app: Flask) -> None:
    number = applied(RESIDENCE)
    with pytest.raises(NotFound):
        said(number, department="SW")
    for _ in range(MOST_IN_A_ROW):
        said(number)
    with pytest.raises(TooManyMessages):
        said(number)
    said(number, "请讲。", "clerk-ga")
    said(number)
    decided(number, "accept", Outcome.NOT_ACCEPTED, "不属于本机关职权。")
    said(number, days=1)
    later = Office(app).at((now().today + timedelta(days=40)).isoformat())
    by = actor_named(reading(), "wangxiaorong")
    with pytest.raises(TalkOver), changing(by, later) as session:
        write_message(for_change.application(session, number), "GA", "还在吗", open_days=30, by=by, at=later)


def test_the_page_takes_as_many_queries_for_many_messages_as_for_one(app: Flask) -> None:
    number, clerk = applied(RESIDENCE), clerk_of(reading(), "GA")

    def asked() -> int:
        reading().rollback()
        with statements() as sent:
            talks(reading(), number, open_days=1, by=clerk, at=now())
        return len(sent)

    said(number)
    few = asked()
    for _ in range(5):
        said(number)
    assert asked() == few
