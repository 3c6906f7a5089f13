"""Letters as text messages, through a real HTTP server: asked for, signed, short, once, never at night."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select

from approvals.clock.moment import Moment
from approvals.records.letter import Letter, LetterDelivery
from approvals.records.one_time_code import OneTimeCode
from approvals.records.people import Account
from approvals.records.secrecy import keyring
from config import Incoherent, from_environment
from portal.demonstration.people import PASSWORD
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
APPLICANT, PHONE = "wangxiaorong", "13900000001"
SECRET = "0123456789abcdef0123456789abcdef"  # of a server on this machine


class Provider(ThreadingHTTPServer):
    """Takes text messages. `answers` are statuses given first, one a request; then 200. 0: it hangs up instead."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Counter)
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []

    @property
    def texts(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.taken]


class _Counter(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((dict(self.headers), body))
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status == 0:
            return
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as the library calls it
        """Silent."""


@pytest.fixture
def provider(office: Office) -> Iterator[Provider]:
    """Wired to the portal; the demonstration's person wants text messages."""
    with Provider() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        settings = office.app.extensions["settings"]
        office.app.extensions["settings"] = settings.model_copy(
            update={"sms_url": f"http://127.0.0.1:{server.server_address[1]}/send", "sms_secret": SecretStr(SECRET)}
        )
        prefer("zh")
        yield server
        server.shutdown()


def prefer(language: str, *, wants_texts: bool = True) -> None:
    with changing(at=now()) as session:
        account = session.scalars(select(Account).where(Account.username == APPLICANT)).one()
        account.own_phone = keyring().mark(PHONE)
        account.wants_texts, account.language = wants_texts, language


def apply(office: Office) -> str:
    number = office.apply("residence-permit")
    reading().rollback()
    return number


def later(office: Office, hour: int = 10, **time: int) -> Moment:
    at = office.at("2026-05-06", hour)
    reading().rollback()
    return Moment(at.instant + timedelta(**time), at.calendar)


def told() -> list[str]:
    found = reading().scalars(select(LetterDelivery.message_id).where(LetterDelivery.channel == "text")).all()
    reading().rollback()
    return list(found)


def test_a_text_goes_out_once_and_says_no_more_than_the_number(office: Office, provider: Provider) -> None:
    number = apply(office)
    for _ in range(2):
        sweep(later(office, minutes=1))
    (sent,) = provider.texts
    assert sent["to"] == PHONE
    assert sent["text"] == f"【天府蓉易办】已收到您的申请，办件编号 {number}。登录后看详情。"
    assert told() == [sent["id"]]
    for secret in ("王小蓉", "510104199003072344", "Residence"):
        assert secret not in json.dumps(sent, ensure_ascii=False)


def test_each_request_is_signed_and_bears_the_name_of_its_message(office: Office, provider: Provider) -> None:
    apply(office)
    sweep(later(office, minutes=1))
    ((headers, body),) = provider.taken
    found = re.fullmatch(r"t=(\d+), v1=([0-9a-f]{64})", headers["X-Signature"])
    assert found is not None
    expected = hmac.new(SECRET.encode(), found[1].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(found[2], expected)
    assert headers["Idempotency-Key"] == json.loads(body)["id"]


def test_texts_come_in_the_readers_language(office: Office, provider: Provider) -> None:
    prefer("en")
    apply(office)
    sweep(later(office, minutes=1))
    (sent,) = provider.texts
    assert not re.search("[\u4e00-\u9fff]", sent["text"])


@pytest.mark.parametrize("trouble", [0, 500, 302])
def test_what_was_not_taken_is_sent_again_as_the_same_message(office: Office, provider: Provider, trouble: int) -> None:
    apply(office)
    provider.answers = [trouble]
    sweep(later(office, minutes=1))
    assert told() == []
    assert len(provider.taken) == 1, "a redirect would carry the number elsewhere"
    sweep(later(office, minutes=30))
    first, second = provider.texts
    assert first == second
    assert told() == [first["id"]]
    sweep(later(office, hours=3))
    assert len(provider.taken) == 2


def test_nobody_is_rung_up_at_night(office: Office, provider: Provider) -> None:
    apply(office)
    sweep(later(office, 22))
    assert provider.taken == []
    sweep(later(office, 8, days=1))
    assert len(provider.taken) == 1


def test_nobody_is_told_what_they_have_read_meanwhile(office: Office, provider: Provider) -> None:
    apply(office)
    sweep(later(office, 22))
    with changing(at=now()) as session:
        session.scalars(select(Letter)).one().read_at = now().instant
    sweep(later(office, 8, days=1))
    assert (provider.taken, told()) == ([], [])


def test_they_are_off_until_somebody_asks_for_them(office: Office, provider: Provider, signed_in: Enter) -> None:
    prefer("zh", wants_texts=False)
    apply(office)
    sweep(later(office, minutes=1))
    assert provider.taken == []
    client = signed_in(APPLICANT)
    page = client.get("/my/account/letters").get_data(as_text=True)
    assert "有消息就发短信" in page
    data = {"letter_way": "each", "letter_texts": "yes", "letter_language": "zh"}
    assert client.post("/my/account/letters", data={**data, "letter_texts": "often"}).status_code == 422
    assert client.post("/my/account/letters", data=data).status_code == 303
    apply(office)
    sweep(later(office, minutes=2))
    assert len(provider.taken) == 1


def test_without_a_gateway_nobody_is_asked(office: Office, signed_in: Enter) -> None:
    client = signed_in(APPLICANT)
    assert "短信，" not in client.get("/my/account/letters").get_data(as_text=True)
    data = {"letter_way": "none", "letter_language": "zh"}
    assert client.post("/my/account/letters", data=data).status_code == 303


def test_a_short_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RONGYIBAN_SMS_SECRET", "short")
    with pytest.raises(Incoherent):
        from_environment()


def test_the_old_phone_is_told_that_another_took_its_place(provider: Provider, signed_in: Enter) -> None:
    client = signed_in(APPLICANT)
    client.post("/my/account/phone", data={"phone": "13900004444", "password": PASSWORD})
    code = reading().scalars(select(OneTimeCode.unsent).order_by(OneTimeCode.id.desc())).first()
    reading().rollback()
    assert client.post("/my/account/phone/code", data={"one_time_code": code}).status_code == 303
    for _ in range(2):
        sweep(now())
    (told_old,) = [sent for sent in provider.texts if sent["to"] == PHONE]
    assert "您的账号换了手机号" in told_old["text"]
    assert "13900004444" not in told_old["text"]
