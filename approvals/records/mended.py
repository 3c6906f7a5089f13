"""Whether what a department asked for was touched since it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from approvals.records.application import Application
from approvals.records.correction import Correction
from approvals.records.fold import item_of


def is_mended(application: Application, correction: Correction, target: str, sent: Mapping[str, Any]) -> bool:
    """The answer differs from the one in `sent`, the newest submission; or a file was added or taken away since."""
    if target in item_of(application).questions:
        return bool(application.draft["answers"].get(target) != sent.get(target))
    moved = (max(one.added_at, one.removed_at or one.added_at) for one in application.materials if one.key == target)
    # Whoever asked has not seen what was being amended at that time.
    since = correction.asked_at if application.amending_since is None else application.submissions[-1].at
    return any(instant > since for instant in moved)


def unmended(application: Application) -> list[str]:
    """Keys of the questions and materials that open corrections ask for and that are as they were sent, each once."""
    sent = application.submissions[-1].answers
    left = [
        entry.target
        for correction in application.corrections
        if correction.is_open
        for entry in correction.entries
        if not is_mended(application, correction, entry.target, sent)
    ]
    return list(dict.fromkeys(left))
