"""Make a checkpoint: sign the heads of the chains that no checkpoint covers yet, a limited number at a time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, insert, select, tuple_
from sqlalchemy.orm import Session

from approvals.audit.key import SigningKey
from approvals.audit.merkle import Tree, leaf_hash
from approvals.audit.statement import Head, Signed, Statement
from approvals.clock.moment import Moment
from approvals.records.application import Application
from approvals.records.base import write_all
from approvals.records.checkpoint import COUNTER, Checkpoint, CheckpointHead
from approvals.records.event import EventRecord
from approvals.records.sequence import following, hold

MOST = 1000
"""Heads in one checkpoint: what is in memory, and how long these applications' rows are locked (about 0.1 s)."""

UNCOVERED = (
    select(Application.id, Application.number, Application.trail_length, Application.trail_head)
    .where(~Application.trail_is_covered)
    .order_by(Application.id)
    .with_for_update(key_share=True, skip_locked=True)
)
"""Whoever is being changed this moment is passed over: the next checkpoint finds it."""


@dataclass(frozen=True, slots=True)
class Made:
    """`signed` is None when there was nothing that could be covered. `left_out` are the numbers of applications whose
    rows contradict each other: signing them would witness a forgery. `last` is the id behind which to go on; None at
    the end.
    """

    signed: Signed | None
    left_out: tuple[str, ...]
    last: int | None


def checkpoint(session: Session, key: SigningKey, *, at: Moment, after: int = 0, most: int = MOST) -> Made:
    """Cover up to `most` heads of applications behind the id `after`.

    It goes by heads and not by event numbers, because an event may be committed long after one with a higher number;
    an application's row is locked while its chain grows, so the head that is read is that of a whole chain. Who makes
    one holds the counter: another one who starts meanwhile waits, and finds nothing left to do.
    """
    hold(session, COUNTER)
    waiting = session.execute(UNCOVERED.where(Application.id > after).limit(most)).all()
    last = waiting[-1].id if len(waiting) == most else None
    covered = _covered(session, [row.id for row in waiting])
    places = [(row.id, row.trail_length) for row in waiting]
    stands = _stands(session, [*places, *((application, length) for application, (length, _) in covered.items())])
    heads, left_out, done = [], [], []
    for row in waiting:
        since, old = covered.get(row.id, (0, None))
        if (stands.get((row.id, row.trail_length)), stands.get((row.id, since))) != (row.trail_head, old):
            left_out.append(row.number or str(row.id))
        elif row.trail_length > since:
            heads.append(Head(row.id, row.number or "", since, row.trail_length, row.trail_head))
        else:
            done.append(row.id)
    write_all(session, Application, [*done, *(head.application for head in heads)], trail_is_covered=True)
    return Made(_sign(session, key, heads, at) if heads else None, tuple(left_out), last)


def _covered(session: Session, applications: list[int]) -> dict[int, tuple[int, str]]:
    """Length and head of each as the newest checkpoint that covers it knows them."""
    newest = (
        select(CheckpointHead.application_id, func.max(CheckpointHead.length).label("length"))
        .where(CheckpointHead.application_id.in_(applications))
        .group_by(CheckpointHead.application_id)
        .subquery()
    )
    is_newest = and_(CheckpointHead.application_id == newest.c.application_id, CheckpointHead.length == newest.c.length)
    rows = session.execute(
        select(CheckpointHead.application_id, CheckpointHead.length, CheckpointHead.head).join(newest, is_newest)
    )
    return {application: (length, head) for application, length, head in rows}


def _stands(session: Session, places: list[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The hashes of these events (application, sequence), as they stand in the trail."""
    place = tuple_(EventRecord.application_id, EventRecord.sequence)
    rows = session.execute(
        select(EventRecord.application_id, EventRecord.sequence, EventRecord.hash).where(place.in_(places))
    )
    return {(application, sequence): hash_ for application, sequence, hash_ in rows}


def _sign(session: Session, key: SigningKey, heads: list[Head], at: Moment) -> Signed:
    tree = Tree()
    for head in heads:
        tree.add(leaf_hash(head.canonical()))
    sequence = following(session, COUNTER)
    statement = Statement(
        sequence=sequence,
        at=at.instant,
        heads=len(heads),
        events=sum(head.length - head.since for head in heads),
        root=tree.root().hex(),
        previous=_hash_before(session, sequence),
        key=key.public.id,
    )
    signed = Signed(statement, key.sign(statement.canonical()))
    columns = {name: getattr(statement, name) for name in Statement.__slots__}
    session.execute(insert(Checkpoint).values(**columns, signature=signed.signature))
    session.execute(
        insert(CheckpointHead),
        [
            {
                "checkpoint": sequence,
                "application_id": head.application,
                "number": head.number,
                "since": head.since,
                "length": head.length,
                "head": head.head,
            }
            for head in heads
        ],
    )
    return signed


def _hash_before(session: Session, sequence: int) -> str:
    """Empty for the first one, and where the one before is gone: what is missing is for `audit verify` to tell."""
    before = session.get(Checkpoint, sequence - 1)
    if before is None:
        return ""
    return Signed.of(before).statement.hash
