"""Answers that somebody carries along before there is a draft: sealed, for a day, and kept nowhere."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cryptography.fernet import InvalidToken

from approvals.records.secrecy import keyring
from portal.unit_of_work import now
from services.answers import AnswerError, Answers, Value, data_of, value_of
from services.item import Item, Question

LASTS = 24 * 60 * 60
"""Seconds: enough to register and sign in."""


def sealed(item: Item, answers: Answers) -> str:
    """For a hidden field or an address: nobody reads in it, or writes it."""
    until = now().instant.timestamp() + LASTS
    data = {"item": item.code, "until": until, "answers": {key: data_of(value) for key, value in answers.items()}}
    return keyring().seal(json.dumps(data, ensure_ascii=False))


def opened(item: Item, text: str, questions: Mapping[str, Question]) -> dict[str, Value]:
    """The answers to these questions; none of what is old, of another item or of another kind."""
    try:
        data = json.loads(keyring().open(text)) if text.isascii() else {}
    except (InvalidToken, ValueError):
        return {}
    if data.get("item") != item.code or data.get("until", 0) < now().instant.timestamp():
        return {}
    found: dict[str, Value] = {}
    for key, each in data["answers"].items():
        if key in questions:
            try:
                found[key] = value_of(questions[key], each)
            except AnswerError:
                continue
    return found
