"""Subscribe to due dates in a calendar program, and end it: a secret address that is shown once."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.commands.witness_person import witness
from approvals.errors import NotFound
from approvals.events import PersonEvent
from approvals.permissions import Actor, check
from approvals.records.feed import Feed
from approvals.records.people import Account, token_hash

RANDOM_BYTES = 32


def subscribe(session: Session, organisation: int | None, *, language: str, by: Actor, at: Moment) -> str:
    """The token of the address, which nobody can tell again; the address that was there before is dead.

    NotFound for an organisation that the actor does not act for.
    """
    check(by, "calendar:subscribe")
    if organisation is not None and not _acts_for(by, organisation):
        raise NotFound
    session.get_one(Account, by.person, with_for_update=True)  # of two tabs one comes after the other
    _end(session, organisation, by=by, at=at)
    token = secrets.token_urlsafe(RANDOM_BYTES)
    feed = Feed(
        account_id=by.person,
        organisation_id=organisation,
        token_hash=token_hash(token),
        language=language,
        created_at=at.instant,
    )
    session.add(feed)
    session.flush()  # its number stands in the trail
    witness(session, by.person, PersonEvent.FEED_MADE, by=by.account, at=at, feed=feed.id)
    return token


def unsubscribe(session: Session, organisation: int | None, *, by: Actor, at: Moment) -> None:
    """Also for an organisation that the actor acts for no more; NotFound where there is no address."""
    check(by, "calendar:subscribe")
    if not _end(session, organisation, by=by, at=at):
        raise NotFound


def end_all(session: Session, *, by: Actor, at: Moment) -> None:
    """Of an account that is closed."""
    for feed in session.scalars(select(Feed).where(Feed.account_id == by.person, Feed.revoked_at.is_(None))).all():
        _revoke(session, feed, by=by, at=at)


def _acts_for(by: Actor, organisation: int) -> bool:
    return organisation in by.organisations or any(each.organisation == organisation for each in by.powers)


def _end(session: Session, organisation: int | None, *, by: Actor, at: Moment) -> bool:
    mine = (Feed.account_id == by.person, Feed.organisation_id.is_not_distinct_from(organisation))
    found = session.scalars(select(Feed).where(*mine, Feed.revoked_at.is_(None))).all()
    for feed in found:
        _revoke(session, feed, by=by, at=at)
    return bool(found)


def _revoke(session: Session, feed: Feed, *, by: Actor, at: Moment) -> None:
    feed.revoked_at = at.instant
    witness(session, by.person, PersonEvent.FEED_REVOKED, by=by.account, at=at, feed=feed.id)
