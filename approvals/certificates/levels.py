"""Which level of signature a paper is to have. Loads nothing that only signing needs."""

from __future__ import annotations

from datetime import date, timedelta

from approvals.vocabulary import SignatureLevel


def wanted_level(*, issued_on: date, valid_until: date | None, has_stamps: bool) -> SignatureLevel:
    """Without a time-stamp authority B-B, which needs nobody; beyond a year of validity what outlives its keys."""
    if not has_stamps:
        return SignatureLevel.B_B
    is_long = valid_until is None or valid_until > issued_on + timedelta(days=366)
    return SignatureLevel.B_LTA if is_long else SignatureLevel.B_LT
