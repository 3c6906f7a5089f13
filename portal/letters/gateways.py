"""The ways out of the house: e-mail by SMTP, and text messages handed to a city's own provider."""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import ssl
import time
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from flask import current_app

if TYPE_CHECKING:
    from http.client import HTTPMessage
    from typing import IO

    from config import Settings

PATIENCE = 10.0
"""Seconds for one server to answer."""


class Gateway(Protocol):
    """Takes one message or raises; what it is handed twice under one id is the same message."""

    def send(self, to: str, subject: str, text: str, *, message_id: str) -> None: ...


class Mail:
    """One connection a letter: few go out at a time, and none is lost with a connection that died."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, to: str, subject: str, text: str, *, message_id: str) -> None:
        settings = self._settings
        with self._connected() as server:
            if settings.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user and settings.smtp_password:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.send_message(letter(str(settings.mail_from), to, subject, text, message_id=message_id))

    def _connected(self) -> smtplib.SMTP:
        host, port = str(self._settings.smtp_host), self._settings.smtp_port
        if self._settings.smtp_security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=PATIENCE)


class Sms:
    """By POST to the address of the setting; redirects are not followed, for they would carry the number elsewhere."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, to: str, subject: str, text: str, *, message_id: str) -> None:
        content = json.dumps({"to": to, "text": text, "id": message_id}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": message_id}
        if self._settings.sms_token:
            headers["Authorization"] = f"Bearer {self._settings.sms_token.get_secret_value()}"
        if self._settings.sms_secret:
            headers["X-Signature"] = signature(content, self._settings.sms_secret.get_secret_value(), int(time.time()))
        asked = Request(str(self._settings.sms_url), content, headers, method="POST")  # noqa: S310  # https by the settings
        with build_opener(_NoRedirect).open(asked, timeout=PATIENCE) as answer:
            answer.read(1024)


def signature(content: bytes, secret: str, seconds: int) -> str:
    """`t=1767225600, v1=…`: HMAC-SHA-256 in hexadecimal digits over the seconds, a point and the body; whoever checks
    it refuses what is old.
    """
    digest = hmac.new(secret.encode(), str(seconds).encode() + b"." + content, hashlib.sha256).hexdigest()
    return f"t={seconds}, v1={digest}"


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        raise HTTPError(req.full_url, code, "redirected", headers, fp)


def letter(sender: str, to: str, subject: str, text: str, *, message_id: str) -> EmailMessage:
    """As it goes over the wire. A line break in a header is refused by the library (ValueError), never folded into one
    of its own.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, charset="utf-8", cte="base64")
    return message


def mail() -> Gateway | None:
    """None where no server is set."""
    settings: Settings = current_app.extensions["settings"]
    return Mail(settings) if settings.smtp_host else None


def sms() -> Gateway | None:
    settings: Settings = current_app.extensions["settings"]
    return Sms(settings) if settings.sms_url else None


def message_id(kind: str, key: object) -> str:
    """The same for every attempt at one message: who gets it twice shows it once."""
    settings: Settings = current_app.extensions["settings"]
    return f"<{kind}-{key}@{urlsplit(settings.public_url).hostname or 'localhost'}>"
