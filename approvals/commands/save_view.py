"""Save a view: a filter of the queue under a name; make it the default, or forget it."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from approvals.errors import NotFound, TooManyViews
from approvals.permissions import Actor, check
from approvals.records.people import Account
from approvals.records.saved_view import SavedView

MOST = 20


def save_view(session: Session, name: str, filters: str, *, is_default: bool, by: Actor) -> None:
    """A name that is there already gets the new filters. TooManyViews past MOST of them."""
    check(by, "queue:read")
    session.get(Account, by.person, with_for_update={"key_share": True})  # two at once would both be the last allowed
    mine = select(SavedView).where(SavedView.account_id == by.person)
    view = session.scalars(mine.where(SavedView.name == name)).one_or_none()
    if view is None:
        count = session.scalars(select(func.count()).select_from(mine.subquery())).one()
        if count >= MOST:
            raise TooManyViews(most=MOST)
        view = SavedView(account_id=by.person, name=name, filters=filters, is_default=False)
        session.add(view)
        session.flush()
    view.filters = filters
    if is_default:
        set_default(session, view.id, by=by)


def set_default(session: Session, view_id: int | None, *, by: Actor) -> None:
    """The queue opens with this view from now on; None: with everything."""
    check(by, "queue:read")
    if view_id is not None:
        _mine(session, view_id, by)
    mine = update(SavedView).where(SavedView.account_id == by.person)
    session.execute(mine.values(is_default=SavedView.id == (view_id or 0)))


def forget_view(session: Session, view_id: int, *, by: Actor) -> None:
    check(by, "queue:read")
    session.delete(_mine(session, view_id, by))


def _mine(session: Session, view_id: int, by: Actor) -> SavedView:
    view = session.get(SavedView, view_id)
    if view is None or view.account_id != by.account:
        raise NotFound
    return view
