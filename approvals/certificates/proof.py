"""Look at a file that was just signed as anybody would: what would not be believed never enters the register."""

from __future__ import annotations

from datetime import datetime

from approvals.certificates.desk import Desk
from approvals.certificates.examine import Reason
from approvals.certificates.judge import look
from approvals.certificates.trust import trusted


class Unproven(Exception):
    """Our own verifier does not believe a file that we made; the message says why."""


def prove(pdf: bytes, desk: Desk, *, at: datetime) -> None:
    """Raises Unproven."""
    found = look(pdf, trusted(desk.keys), at)
    if found.reason is not Reason.SIGNED_WHOLE:
        raise Unproven(f"{found.reason}: signed by {found.signer or 'nobody'} at {found.signed_at}")
