"""Phrases that are used again: keep one, throw one away."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals.errors import NotAllowed, NotFound, ReasonMissing, TooManyPhrases
from approvals.permissions import Actor, check
from approvals.records.phrase import Phrase

MOST = 50
"""For a department, and for a person: a longer list is not read."""


def keep_phrase(session: Session, words: str, *, is_shared: bool, by: Actor) -> None:
    """One's own; what the whole department uses is kept by its head."""
    check(by, "phrase:share" if is_shared else "queue:read")
    if by.department is None:
        raise NotAllowed
    written = words.strip()
    if not written:
        raise ReasonMissing
    owner = None if is_shared else by.person
    theirs = select(Phrase).where(
        Phrase.department_code == by.department, Phrase.account_id.is_not_distinct_from(owner)
    )
    there = session.scalars(select(func.count()).select_from(theirs.subquery())).one()
    if there >= MOST:
        raise TooManyPhrases(most=MOST)
    if session.scalars(theirs.where(Phrase.words == written)).first() is None:
        session.add(Phrase(department_code=by.department, account_id=owner, words=written))


def throw_away(session: Session, phrase_id: int, *, by: Actor) -> None:
    """NotFound for what is somebody else's own."""
    check(by, "queue:read")
    phrase = session.get(Phrase, phrase_id)
    if phrase is None or phrase.department_code != by.department or phrase.account_id not in (None, by.account):
        raise NotFound
    if phrase.account_id is None:
        check(by, "phrase:share")
    session.delete(phrase)
