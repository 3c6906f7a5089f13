"""The trail for doors: make checkpoints, verify everything, prove one application, show the public key."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, current_app

from approvals.audit import key as keys
from approvals.audit.staff import verify_staff
from approvals.audit.statement import Signed, read
from approvals.audit.verify import Break, Looked, verify
from approvals.commands.checkpoint import checkpoint
from approvals.queries.proof import newest, proof
from portal.extensions import db
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from approvals.audit.key import PublicKey, SigningKey
    from config import Settings

log = structlog.get_logger()

MOST_TOLD = 1000
"""Breaks that are told one by one; all of them are counted."""


@dataclass
class Gathered:
    """What one run covered. `left_out` are numbers of applications that contradict themselves."""

    checkpoints: int = 0
    heads: int = 0
    events: int = 0
    left_out: list[str] = field(default_factory=list)


def gather(seconds: float | None = None) -> Gathered:
    """Make checkpoints until everything is covered, or as long as `seconds` allow; in the context of an application.

    Each is a transaction of its own and covers a limited number of heads. Raises KeyUnusable.
    """
    settings: Settings = current_app.extensions["settings"]
    key = _signing_key(settings)
    end = monotonic() + seconds if seconds is not None else None
    done = Gathered()
    after: int | None = 0
    while after is not None and (end is None or monotonic() < end):
        moment = now()
        with changing(at=moment) as session:
            made = checkpoint(session, key, at=moment, after=after)
        if made.signed is not None:
            _keep(settings, made.signed)
            done.checkpoints += 1
            done.heads += made.signed.statement.heads
            done.events += made.signed.statement.events
        done.left_out += made.left_out
        after = made.last
    if done.left_out:
        log.error("not covered by a checkpoint: the trail contradicts itself", applications=done.left_out[:10])
    return done


def _signing_key(settings: Settings) -> SigningKey:
    """Made where nothing was ever signed; one that is gone later is never replaced by itself."""
    if newest(reading()) is None:
        keys.ensure(settings.keys)
    reading().rollback()
    return keys.signing_key(settings.keys)


def kept(settings: Settings) -> Path:
    """Where the newest checkpoint is kept outside the database, which alone cannot show that its end was cut off."""
    return settings.home / "trail" / "newest.json"


def _keep(settings: Settings, signed: Signed) -> None:
    """Of two processes that keep one at the same time the newer stays; of one database's and another's, too."""
    place = kept(settings)
    place.parent.mkdir(exist_ok=True)
    with place.with_suffix(".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if place.exists() and read(place.read_text("utf-8")).statement.sequence >= signed.statement.sequence:
            return
        part = place.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            file.write(json.dumps(signed.document(), indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)


def one_picture() -> Session:
    """A session for questions that together look at everything, while others go on working."""
    if db.engine.dialect.name == "postgresql":
        reading().connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return reading()  # SQLite's transactions are that by themselves


def witnesses(settings: Settings) -> tuple[Mapping[str, PublicKey], list[Signed]]:
    """What stands outside the database: the keys that may sign, and the checkpoint kept. Raises KeyUnusable,
    NoCheckpoint.
    """
    place = kept(settings)
    known = [read(place.read_text("utf-8"))] if place.exists() else []
    return keys.trusted(settings.keys), known


def verify_trail(app: Flask, files: Sequence[Path] = ()) -> dict[str, Any]:
    """Keys: holds, checked, covered, uncovered, found, broken; docs/cli.md says what they are."""
    with app.app_context():
        trusted, known = witnesses(app.extensions["settings"])
        known += [read(file.read_text("utf-8", "replace")) for file in files]
        broken: list[Break] = []
        number = 0

        def found(each: Break) -> None:
            nonlocal number
            number += 1
            if number <= MOST_TOLD:
                broken.append(each)

        session = one_picture()
        looked = verify(session, trusted, known, found)
        staff_events = verify_staff(session, found)
        reading().rollback()
    return {
        "holds": not number,
        "checked": {**counts(looked), "staff_events": staff_events},
        "covered": looked.covered,
        "uncovered": max(looked.events - looked.covered, 0),
        "found": number,
        "broken": [_told(each) for each in broken],
    }


def counts(looked: Looked) -> dict[str, int]:
    return {
        "applications": looked.applications,
        "events": looked.events,
        "checkpoints": looked.checkpoints,
        "heads": looked.heads,
    }


def _told(each: Break) -> dict[str, Any]:
    return {
        "of": "checkpoint" if each.is_checkpoint else "staff" if each.is_staff else "event",
        "application": each.application,
        "number": each.number,
        "sequence": each.sequence,
        "until": each.until,
        "what": str(each.what),
        "words": each.words,
    }


def prove(app: Flask, number: str) -> dict[str, Any]:
    """The document of the proof (docs/trail.md). Raises NotFound, NotCovered, OtherHeads."""
    with app.app_context():
        document = proof(reading(), number).document()
        reading().rollback()
    return document


def make(app: Flask) -> dict[str, Any]:
    """Keys: made, heads, events, left_out; checkpoint and signature of the newest. Raises KeyUnusable."""
    with app.app_context():
        done = gather()
        signed = newest(reading())
        reading().rollback()
    return {
        "made": done.checkpoints,
        "heads": done.heads,
        "events": done.events,
        "left_out": done.left_out,
        **(signed.document() if signed else {"checkpoint": None, "signature": None}),
    }


def public_key(settings: Settings) -> dict[str, Any]:
    """Keys: id, pem, trusted (ids of all keys that may have signed). Raises KeyUnusable."""
    own = keys.signing_key(settings.keys).public
    return {"id": own.id, "pem": own.pem, "trusted": list(keys.trusted(settings.keys))}
