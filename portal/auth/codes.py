"""A code on its way: sent for a purpose, remembered in the browser's session, tried and counted."""

from __future__ import annotations

from flask import current_app, request, session

from approvals.commands.send_code import send_code, try_code
from approvals.errors import NotConnected, WrongCode
from approvals.queries.account import Pending, pending_code
from approvals.vocabulary import CodePurpose
from portal.letters.gateways import mail, sms
from portal.ui import language
from portal.unit_of_work import changing, now, reading


def send(purpose: CodePurpose, address: str, *, account: int | None = None) -> None:
    """What this browser waits for from now on. NotConnected where nothing could be sent."""
    settings = current_app.extensions["settings"]
    if not settings.demonstration and (mail() if "@" in address else sms()) is None:
        raise NotConnected(channel="mail" if "@" in address else "sms")
    at = now()
    with changing(at=at) as session_:
        sent = send_code(
            session_,
            purpose,
            address,
            account=account,
            language=language(),
            network=request.remote_addr or "",
            at=at,
        )
    session[_key(purpose)] = sent.token
    if settings.demonstration:
        session[f"{_key(purpose)}-shown"] = sent.code


def token(purpose: CodePurpose) -> str:
    """Of the code this browser waits for; an unknown one where there is none."""
    return str(session.get(_key(purpose), ""))


def pending(purpose: CodePurpose) -> Pending | None:
    return pending_code(reading(), token(purpose), at=now())


def shown(purpose: CodePurpose) -> str:
    """In a demonstration, which sends nothing, the code itself."""
    return str(session.get(f"{_key(purpose)}-shown", "")) if current_app.extensions["settings"].demonstration else ""


def attempt(purpose: CodePurpose, typed: str) -> None:
    """Count a try in a transaction of its own; WrongCode unless it is right."""
    at = now()
    with changing(at=at) as session_:
        is_right = try_code(session_, token(purpose), purpose, typed, at=at)
    if not is_right:
        raise WrongCode


def forget(purpose: CodePurpose) -> None:
    session.pop(_key(purpose), None)
    session.pop(f"{_key(purpose)}-shown", None)


def _key(purpose: CodePurpose) -> str:
    return f"code-{purpose}"
