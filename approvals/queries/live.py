"""Whether what is counted of all that runs is what runs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.records.live import CELLS, there


def differences(session: Session) -> list[str]:
    """Where what is counted is not what there is, in words."""
    wrong = []
    for kind, cell in CELLS.items():
        counted: Counter[tuple[Any, ...]] = Counter()
        for *of, number in session.execute(select(*(getattr(kind, name) for name in (*cell, "number")))):
            counted[tuple(of)] += number
        found = {tuple(of): number for *of, number in session.execute(there(kind))}
        if {of: number for of, number in counted.items() if number} != found:
            wrong.append(f"{kind.__tablename__} are not what runs")
    return wrong
