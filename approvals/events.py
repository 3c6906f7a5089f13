"""Names of what the trail records, in the past tense."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    SUBMITTED = "submitted"
    STEP_JOINED = "step_joined"
    STEP_OPENED = "step_opened"
    STEP_DROPPED = "step_dropped"
    STEP_DECIDED = "step_decided"
    ACCEPTED = "accepted"
    CORRECTION_ASKED = "correction_asked"
    CORRECTION_ANSWERED = "correction_answered"
    CLOCK_PAUSED = "clock_paused"
    CLOCK_RESUMED = "clock_resumed"
    GRANTED = "granted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    CERTIFICATE_ISSUED = "certificate_issued"
    ATTEMPT_REFUSED = "attempt_refused"
    """An attempt that the rules did not allow, written in a transaction of its own."""
