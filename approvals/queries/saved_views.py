"""A person's saved views of the queue, by name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.permissions import Actor, check
from approvals.records.saved_view import SavedView


@dataclass(frozen=True, slots=True)
class View:
    """`filters` as they are kept."""

    id: int
    name: str
    filters: str
    is_default: bool


def saved_views(session: Session, *, by: Actor) -> tuple[View, ...]:
    check(by, "queue:read")
    mine = select(SavedView).where(SavedView.account_id == by.person).order_by(SavedView.name)
    return tuple(View(each.id, each.name, each.filters, each.is_default) for each in session.scalars(mine))
