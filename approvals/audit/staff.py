"""The trail of staff: append an event, and verify the chain from its rows alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from approvals.audit.chain import canonical, instant
from approvals.audit.rows import Garbled, Raw, mapping, moment, stream, whole, word
from approvals.audit.verify import Break, Found, What
from approvals.clock.moment import Moment
from approvals.events import StaffEvent
from approvals.records.sequence import Sequence, following
from approvals.records.staff_event import COUNTER, StaffEventRecord

COLUMNS = (
    StaffEventRecord.sequence,
    StaffEventRecord.account_id,
    StaffEventRecord.kind,
    StaffEventRecord.at,
    StaffEventRecord.by_account,
    StaffEventRecord.data,
    StaffEventRecord.previous,
    StaffEventRecord.hash,
)


def append_staff(
    session: Session, account_id: int, kind: StaffEvent, *, by: int | None, at: Moment, **data: object
) -> None:
    """In the transaction of what it tells; the counter stays locked until its end, so the chain cannot fork."""
    sequence = following(session, COUNTER)
    before = select(StaffEventRecord.hash).where(StaffEventRecord.sequence == sequence - 1)
    previous = session.scalar(before) or ""
    values: dict[str, Any] = {
        "sequence": sequence,
        "account_id": account_id,
        "kind": str(kind),
        "at": at.instant,
        "by_account": by,
        "data": data,
        "previous": previous,
    }
    session.execute(insert(StaffEventRecord).values(**values, hash=_hash(**values)))


def _hash(
    *,
    sequence: int,
    account_id: int,
    kind: str,
    at: datetime,
    by_account: int | None,
    data: Mapping[str, Any],
    previous: str,
) -> str:
    body = {
        "account": account_id,
        "at": instant(at),
        "by": by_account,
        "data": data,
        "kind": kind,
        "previous": previous,
        "sequence": sequence,
        "what": "rongyiban staff 1",
    }
    return hashlib.sha256(canonical(body)).hexdigest()


def verify_staff(session: Session, found: Found) -> int:
    """Row by row; `found` is called for each break. How many events there are."""
    counted = session.scalar(select(Sequence.value).where(Sequence.name == COUNTER)) or 0
    last, number = 0, 0
    previous: str | None = ""  # None behind a damaged one: there is nothing to compare with
    for raw in stream(session, COLUMNS, StaffEventRecord.sequence):
        number += 1
        try:
            sequence = whole(raw[0])
        except (ValueError, Garbled):
            found(Break(What.MISPLACED, last + 1, last + 1, is_staff=True))
            previous = None
            continue
        if sequence > last + 1:
            found(Break(What.MISSING, last + 1, sequence - 1, is_staff=True))
            previous = None
        if previous is not None and raw[6] != previous:
            found(Break(What.MISPLACED, sequence, sequence, is_staff=True))
            previous = None
        elif _read_hash(raw) != raw[7]:
            found(Break(What.CHANGED, sequence, sequence, is_staff=True))
            previous = None
        else:
            previous = raw[7]
        last = sequence
    if last < counted:
        found(Break(What.TAIL_CUT, last + 1, counted, is_staff=True))
    elif last > counted:
        found(Break(What.ADDED, counted + 1, last, is_staff=True))
    return number


def _read_hash(raw: Raw) -> str | None:
    """The hash of what the row says; None when no event of ours says such a thing."""
    sequence, account, kind, at, by_account, data, previous, _ = raw
    try:
        return _hash(
            sequence=whole(sequence),
            account_id=whole(account),
            kind=word(kind),
            at=moment(at),
            by_account=None if by_account is None else whole(by_account),
            data=mapping(data),
            previous=word(previous),
        )
    except (ValueError, TypeError, OverflowError, RecursionError, Garbled):
        return None
