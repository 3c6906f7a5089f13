"""Put together what the database counted of all that runs, one row for each cell."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from approvals.records.live import CELLS, DeskCount, RunningCount, counted, there

FEW = 200
"""Rows too many: not worth the writing."""
Counts = type[DeskCount] | type[RunningCount]


def put_together(session: Session) -> int:
    """How many rows fewer there are. In one statement they are taken away and told, so that whatever is counted
    meanwhile stays; the sum is the same before and after.
    """
    return sum(_put_together(session, kind) for kind in CELLS)


def _put_together(session: Session, kind: Counts) -> int:
    cell = CELLS[kind]
    needed = session.scalars(select(func.count()).select_from(counted(kind))).one()
    if session.scalars(select(func.count(kind.id))).one() - needed < FEW:
        return 0
    gone = session.execute(
        delete(kind).returning(*(getattr(kind, name) for name in (*cell, "number"))),
        execution_options={"synchronize_session": False},
    ).all()
    counts: Counter[tuple[Any, ...]] = Counter()
    for *of, number in gone:
        counts[tuple(of)] += number
    rows = [{**dict(zip(cell, of, strict=True)), "number": number} for of, number in counts.items() if number]
    if rows:
        session.execute(insert(kind), rows)
    return len(gone) - len(rows)


def recount(session: Session) -> None:
    """Everything anew, from the steps and applications themselves: after rows were written past the database's own
    counting.
    """
    for kind, cell in CELLS.items():
        session.execute(delete(kind), execution_options={"synchronize_session": False})
        session.execute(insert(kind).from_select([*cell, "number"], there(kind)))
