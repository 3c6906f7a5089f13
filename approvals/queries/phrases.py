"""The phrases that somebody may use: the department's and their own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from approvals.permissions import Actor, check, may
from approvals.records.phrase import Phrase


@dataclass(frozen=True, slots=True)
class PhraseRow:
    id: int
    words: str
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Phrases:
    """Shared ones first, in the order in which they were kept. `may_share`: this person keeps the department's, too."""

    rows: tuple[PhraseRow, ...]
    may_share: bool


def phrases(session: Session, *, by: Actor) -> Phrases:
    check(by, "queue:read")
    usable = or_(Phrase.account_id.is_(None), Phrase.account_id == by.person)
    query = select(Phrase).where(Phrase.department_code == by.department, usable)
    found = session.scalars(query.order_by(Phrase.account_id.is_not(None), Phrase.id))
    rows = tuple(PhraseRow(each.id, each.words, each.account_id is None) for each in found)
    return Phrases(rows, may(by, "phrase:share"))
