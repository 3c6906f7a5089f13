"""Verify the trail: find and locate what does not fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from approvals.audit.chain import fingerprint
from approvals.records.event import EventRecord


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: the application, the sequence number, and what is wrong there."""

    application: int
    sequence: int
    what: str


def verify(application: int, events: Iterable[EventRecord], *, length: int, head: str) -> Break | None:
    """The first break in the chain of one application, events in order; `length` and `head` are what the application
    remembers.
    """
    previous, expected = "", 1
    for event in events:
        if event.sequence != expected:
            return Break(application, expected, "missing or swapped")
        if event.previous != previous:
            return Break(application, expected, "does not follow the event before it")
        actual = fingerprint(
            previous,
            application=event.application_id,
            sequence=event.sequence,
            kind=event.kind,
            at=event.at,
            by_account=event.by_account,
            by_role=event.by_role,
            data=event.data,
        )
        if actual != event.hash:
            return Break(application, expected, "changed")
        previous, expected = event.hash, expected + 1
    if (expected - 1, previous) != (length, head):
        return Break(application, expected, "the tail was cut")
    return None
