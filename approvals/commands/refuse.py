"""Keep what was refused: an event of the trail; of a draft, which has none yet, a note that becomes one once sent."""

from __future__ import annotations

from datetime import datetime

from approvals.audit.append import append
from approvals.events import Event
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.base import write
from approvals.vocabulary import Role

MOST = 500
"""Newest attempts kept of one draft."""


def refuse(application: Application, refusal: str, *, by: Actor, at: datetime) -> None:
    """By the name of the refusal. A draft that is thrown away leaves nothing, its attempts neither."""
    if application.trail_length:
        append(application, Event.ATTEMPT_REFUSED, by=by, at=max(at, application.trail_at or at), refusal=refusal)
        return
    attempt = {"at": at.isoformat(), "account": by.account, "role": str(by.role), "refusal": refusal}
    attempts = [*application.draft.get("attempts", ()), attempt][-MOST:]
    write(application, draft={**application.draft, "attempts": attempts})


def enter_attempts(application: Application) -> None:
    """The trail begins with what was refused while it was a draft."""
    for attempt in application.draft.get("attempts", ()):
        by = Actor(attempt["account"], Role(attempt["role"]))
        at = datetime.fromisoformat(attempt["at"])
        append(application, Event.ATTEMPT_REFUSED, by=by, at=at, refusal=attempt["refusal"])
    application.draft = {key: value for key, value in application.draft.items() if key != "attempts"}
