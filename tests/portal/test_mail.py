"""Letters by e-mail, through a real server: once an event, again only as the same message, naming nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.clock.moment import Moment
from approvals.records.letter import LetterDelivery
from approvals.records.outbox import Parcel
from approvals.records.people import Account
from approvals.records.secrecy import keyring
from approvals.vocabulary import LetterWay
from config import Incoherent, from_environment
from portal.letters.gateways import letter
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from tests.fixtures.heart import Office
from tests.mailbox import Mailbox, mailbox

HAN = re.compile("[\u4e00-\u9fff]")
Enter = Callable[[str], FlaskClient]
APPLICANT = "wangxiaorong"
"""Who applies for residence permits in a demonstration."""
ADDRESS = "xiaorong@example.org"


@pytest.fixture
def box(office: Office) -> Iterator[Mailbox]:
    """Wired to the portal, whose demonstration person has proven an address."""
    with mailbox() as box:
        wired = {"smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_security": "none"}
        settings = office.app.extensions["settings"]
        office.app.extensions["settings"] = settings.model_copy(
            update={**wired, "mail_from": "noreply@permits.example.org"}
        )
        prefer(LetterWay.EACH, "zh")
        yield box


def prefer(way: LetterWay, language: str) -> None:
    with changing(at=now()) as session:
        account = session.scalars(select(Account).where(Account.username == APPLICANT)).one()
        account.email, account.own_email = ADDRESS, keyring().mark(ADDRESS)
        account.letter_way, account.language = way, language


def apply(office: Office) -> str:
    number = office.apply("residence-permit")
    reading().rollback()
    return number


def later(office: Office, **time: int) -> Moment:
    at = office.at("2026-05-06")
    reading().rollback()
    return Moment(at.instant + timedelta(**time), at.calendar)


def told() -> list[tuple[int, str]]:
    rows = reading().execute(select(LetterDelivery.sequence, LetterDelivery.message_id)).all()
    reading().rollback()
    return [(row.sequence, row.message_id) for row in rows]


def test_a_letter_goes_out_once_and_names_nobody(office: Office, box: Mailbox) -> None:
    number = apply(office)
    for _ in range(2):
        sweep(later(office, minutes=1))
    (sent,) = box.letters
    assert box.recipients == [ADDRESS]
    assert (sent["To"], sent["From"]) == (ADDRESS, "noreply@permits.example.org")
    assert sent["Subject"] == "已收到您的申请 · 天府蓉易办"
    text = sent.get_content()
    assert f"办件编号 {number}" in text
    assert f"/applications/{number}\r\n" in text
    assert f"/applications/{number}/receipt\r\n" in text
    for secret in ("王小蓉", "龑", "510104199003072344", "13900000001"):
        assert secret not in f"{sent}{text}"
    assert told() == [(1, sent["Message-ID"])]


def test_letters_come_in_the_readers_language(office: Office, box: Mailbox) -> None:
    prefer(LetterWay.EACH, "en")
    apply(office)
    sweep(later(office, minutes=1))
    (sent,) = box.letters
    assert sent["Subject"].endswith("Tianfu Rongyibanban")
    assert not HAN.search(sent.get_content())


def test_a_crash_nobody_can_tell_sends_the_same_message_again(office: Office, box: Mailbox) -> None:
    apply(office)
    box.deaths = 1
    sweep(later(office, minutes=1))
    assert len(box.letters) == 1
    assert told() == []
    sweep(later(office, minutes=30))
    first, second = box.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert told() == [(1, first["Message-ID"])]
    sweep(later(office, hours=2))
    assert len(box.letters) == 2


def test_a_server_that_is_away_is_tried_again(office: Office, box: Mailbox) -> None:
    apply(office)
    settings = office.app.extensions["settings"]
    office.app.extensions["settings"] = settings.model_copy(update={"smtp_port": 1})
    sweep(later(office, minutes=1))
    assert (box.letters, told()) == ([], [])
    office.app.extensions["settings"] = settings
    sweep(later(office, minutes=30))
    assert len(box.letters) == 1


def test_a_digest_comes_the_next_morning_and_holds_everything(office: Office, box: Mailbox) -> None:
    prefer(LetterWay.DAILY, "zh")
    numbers = [apply(office), apply(office)]
    sweep(later(office, minutes=1))
    assert box.letters == []
    sweep(later(office, days=1))
    sweep(later(office, days=2))
    (sent,) = box.letters
    assert sent["Subject"] == "2 条消息 · 天府蓉易办"
    assert all(number in sent.get_content() for number in numbers)
    assert len(told()) == 2


def test_who_wants_no_mail_gets_none_and_settles_it_on_a_page(office: Office, box: Mailbox, signed_in: Enter) -> None:
    client = signed_in(APPLICANT)
    assert client.post("/my/account/letters", data={"letter_way": "often"}).status_code == 422
    data = {"letter_way": "none", "letter_language": "en"}
    assert client.post("/my/account/letters", data=data).status_code == 303
    apply(office)
    sweep(later(office, days=1))
    assert box.letters == []
    assert reading().scalars(select(Parcel.id).where(Parcel.kind == "mail")).all() == []


@pytest.mark.parametrize("to", ["a@example.org\r\nBcc: x@example.org", "a@example.org\nSubject: x"])
def test_no_line_break_gets_into_a_header(to: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|carriage"):
        letter("noreply@example.org", to, "主题", "内容", message_id="<a@b>")
    with pytest.raises(ValueError, match=r"linefeed|newline|carriage"):
        letter("noreply@example.org", "a@example.org", to, "内容", message_id="<a@b>")


@pytest.mark.parametrize(
    "wrong",
    [
        {"SMTP_HOST": "mail.example.org"},
        {"SMTP_HOST": "mail.example.org", "MAIL_FROM": "two@example.org, three@example.org"},
        {"SMTP_HOST": "mail.example.org", "MAIL_FROM": "a@example.org", "SMTP_SECURITY": "none"},
        {"SMTP_HOST": "mail.example.org", "MAIL_FROM": "a@example.org", "SMTP_USER": "a"},
        {"SMS_URL": "http://sms.example.org/"},
    ],
)
def test_settings_that_cannot_send_safely_are_refused(wrong: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in wrong.items():
        monkeypatch.setenv(f"RONGYIBAN_{name}", value)
    with pytest.raises(Incoherent):
        from_environment()


def test_letters_come_in_the_language_that_was_switched_to(app: Flask, signed_in: Enter) -> None:
    def languages() -> list[str]:
        reading().rollback()
        wanted = select(Account.language).where(Account.username.in_(("wangxiaorong", "yanmao")))
        return list(reading().scalars(wanted.order_by(Account.username)))

    client = signed_in("wangxiaorong")
    client.post("/preferences", data={"elder": "on"})
    assert languages() == ["zh", "zh"]
    client.post("/preferences", data={"language": "en"})
    assert languages() == ["en", "zh"]
    app.test_client().post("/preferences", data={"language": "en"})
    signed_in("clerk-zj").post("/preferences", data={"language": "en"})
    client.post("/preferences", data={"language": "xx"})
    assert languages() == ["en", "zh"]
