"""Letters: one for each event that matters, in plain words, marked as read only on request."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.commands import announce
from approvals.commands.withdraw import withdraw
from approvals.events import Event
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.letters import LetterRow, letters
from approvals.records.letter import Letter
from approvals.vocabulary import Outcome, PauseReason
from portal.letters.words import WORDS, wording
from portal.terms import PAUSES
from portal.unit_of_work import changing, reading
from portal.worker.delivery import sweep
from services.current import catalogue
from tests.factories import RESIDENCE, applied, decided, granted, on, returned

Enter = Callable[[str], FlaskClient]

FRIDAY = date(2026, 6, 5)


def received(username: str = "wangxiaorong") -> list[LetterRow]:
    reading().rollback()
    return list(letters(reading(), page=1, by=actor_named(reading(), username)).rows)


def told(app: Flask, letter: LetterRow) -> tuple[str, str]:
    with app.test_request_context("/"):
        words = wording(letter)
        return words.title, words.sentence


def announced_events() -> set[str]:
    """Events announced as letters, read from the commands themselves."""
    names: set[str] = set()
    for file in Path(announce.__file__).parent.glob("*.py"):
        tree = ast.parse(file.read_text())
        for block in ast.walk(tree):
            if not isinstance(block, ast.FunctionDef) or "ParcelKind.LETTER" not in ast.unparse(block):
                continue
            names |= set(re.findall(r"append\(\s*application,\s*Event\.(\w+)", ast.unparse(block)))
    return names


def test_every_event_that_is_announced_has_words() -> None:
    announced = announced_events() - {"STEP_DECIDED", "STEP_JOINED", "STEP_OPENED", "STEP_DROPPED"}
    assert len(announced) >= 8
    assert {Event[name] for name in announced} <= WORDS.keys()
    assert PAUSES.keys() == set(PauseReason)


def test_a_letter_gives_number_and_date(app: Flask) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    (letter,) = received()
    title, sentence = told(app, letter)
    assert title == "已收到您的申请"
    assert number in sentence
    assert "2026 年 6 月 8 日前告诉您是否受理" in sentence


def test_each_step_of_an_application_is_told_once(app: Flask) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(FRIDAY, 10))
    granted(number, on(FRIDAY, 11))
    sweep(on(FRIDAY, 12))
    kinds = [letter.kind for letter in received()]
    assert kinds == [Event.CERTIFICATE_ISSUED, Event.GRANTED, Event.ACCEPTED, Event.SUBMITTED]
    issued, made, accepted, _ = received()
    assert accepted.due is not None
    assert f"{accepted.due.day} 日前办结" in told(app, accepted)[1]
    assert str(made.certificate) in told(app, made)[1]
    assert told(app, issued)[0] == "证照已签发"


def test_a_correction_says_who_asks_for_how_much(app: Flask) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    keys = list(catalogue().item(RESIDENCE).questions)
    returned(number, "accept", keys[0], keys[1], at=on(FRIDAY, 10))
    title, sentence = told(app, received()[0])
    assert title == "请您补正"
    assert "成都市公安局请您补正 2 处" in sentence


@pytest.mark.parametrize(
    "outcome, title, words",
    [
        (Outcome.NOT_ACCEPTED, "不予受理", "60 日内申请行政复议"),
        (Outcome.NOT_NEEDED, "这件事不需要办理许可", "依法不需要许可"),
    ],
)
def test_what_is_not_accepted_is_told_with_its_remedy(app: Flask, outcome: Outcome, title: str, words: str) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    decided(number, "accept", outcome, "示例理由。", at=on(FRIDAY, 10))
    found = told(app, received()[0])
    assert found[0] == title
    assert words in found[1]


def test_a_withdrawal_is_confirmed(app: Flask) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    by = actor_named(reading(), "wangxiaorong")
    with changing(by, on(FRIDAY, 10)) as session:
        withdraw(for_change.application(session, number), "", by=by, at=on(FRIDAY, 10))
    sweep(on(FRIDAY, 10))
    assert told(app, received()[0])[0] == "已撤回申请"


def test_letters_keep_no_words_and_no_personal_value(app: Flask) -> None:
    applied(RESIDENCE, on(FRIDAY))
    reading().rollback()
    assert reading().scalars(select(Letter.data)).all() == [{}]


def test_looking_does_not_mark_as_read_and_the_button_does(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    client = signed_in("wangxiaorong")
    assert f'href="/applications/{number}/receipt"' in client.get("/my/letters").get_data(as_text=True)
    page = client.get("/my/letters").get_data(as_text=True)
    assert "1 条未读" in page
    until = re.search(r'name="until" value="([^"]+)"', page)
    assert until is not None
    applied(RESIDENCE, on(FRIDAY, 15))
    assert client.post("/my/letters/read", data={"until": until[1]}).location == "/my/letters"
    assert [letter.is_read for letter in received()] == [False, True], "what came meanwhile stays unread"


@pytest.mark.parametrize("until", ["", "yesterday", "2026-06-05T10:00:00"])
def test_marking_needs_an_instant_that_the_page_gave(app: Flask, signed_in: Enter, until: str) -> None:
    assert signed_in("wangxiaorong").post("/my/letters/read", data={"until": until}).status_code == 400


def test_nobody_reads_or_marks_the_letters_of_others(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    other = signed_in("yanmao")
    assert number not in other.get("/my/letters").get_data(as_text=True)
    other.post("/my/letters/read", data={"until": "2030-01-01T00:00:00+00:00"})
    assert [letter.is_read for letter in received()] == [False]
    assert signed_in("clerk-ga").get("/my/letters").status_code == 403
