"""What happened lately, as public pages say it: counted anew every ten minutes, not for every visitor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import TypeVar, cast

from flask import current_app

from approvals.queries.lately import Took, took, used_most
from approvals.queries.satisfaction import Satisfaction
from approvals.queries.satisfaction import satisfaction as satisfaction_of
from portal.unit_of_work import now, reading

Counted = TypeVar("Counted")

KEPT = 600.0
"""Seconds."""


def lasted(item_code: str) -> Took | None:
    """How long decisions of this item took; None where there were too few."""
    return kept(f"lasted {item_code}", lambda: took(reading(), item_code, at=now()))


def most_used(period: int, least: int) -> Mapping[str, int]:
    """What is applied for most in that many days, by item code, with how many applications."""
    return kept(f"most used {period}", lambda: used_most(reading(), at=now(), period=period, least=least))


def content() -> Satisfaction:
    """How content people were with each department."""
    return kept("satisfaction", lambda: satisfaction_of(reading(), at=now()))


def kept(what: str, count: Callable[[], Counted]) -> Counted:
    """Each process keeps its own; of two requests at once both may count, and both find the same."""
    held: dict[str, tuple[float, object]] = current_app.extensions.setdefault("counted lately", {})
    counted_at, found = held.get(what, (-KEPT, None))
    if monotonic() - counted_at >= KEPT:
        found = count()
        held[what] = (monotonic(), found)
    return cast(Counted, found)
