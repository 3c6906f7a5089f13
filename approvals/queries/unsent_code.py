"""A one-time code that waits to be sent, for the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from approvals.records.one_time_code import OneTimeCode
from approvals.vocabulary import CodePurpose


@dataclass(frozen=True, slots=True)
class UnsentCode:
    address: str
    code: str
    language: str
    purpose: CodePurpose
    is_known: bool
    """Whether an account has the address."""


def unsent_code(session: Session, code_id: int, at: datetime) -> UnsentCode | None:
    """None when it is sent, used or too old."""
    row = session.get(OneTimeCode, code_id)
    if row is None or row.unsent is None or row.used_at is not None or row.expires_at <= at:
        return None
    return UnsentCode(row.address, row.unsent, row.language, row.purpose, row.account_id is not None)
