"""The proof that a checkpoint covers an application's head: what somebody without this database can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.audit.merkle import Tree, leaf_hash, path
from approvals.audit.statement import Head, Signed
from approvals.errors import NotFound
from approvals.records.application import Application
from approvals.records.checkpoint import Checkpoint, CheckpointHead


class NotCovered(Exception):
    """No checkpoint covers the application yet."""


class OtherHeads(Exception):
    """The heads of its checkpoint are not those that were signed: nothing can be proved from them."""


@dataclass(frozen=True, slots=True)
class Proof:
    """`path` leads from the leaf, the one at `index`, to the root (RFC 6962, section 2.1.1); `later` counts the events
    that came after.
    """

    leaf: Head
    index: int
    path: tuple[str, ...]
    signed: Signed
    later: int

    def document(self) -> dict[str, Any]:
        """Its form is docs/trail.md."""
        return {
            "leaf": self.leaf.says(),
            "index": self.index,
            "path": list(self.path),
            **self.signed.document(),
            "later": self.later,
        }


def proof(session: Session, number: str) -> Proof:
    """Of the newest checkpoint that covers it. Raises NotFound, NotCovered, OtherHeads."""
    asked = session.execute(
        select(Application.id, Application.trail_length).where(Application.number == number)
    ).one_or_none()
    if asked is None:
        raise NotFound
    covering = (
        select(CheckpointHead.checkpoint)
        .where(CheckpointHead.application_id == asked.id)
        .order_by(CheckpointHead.length.desc())
        .limit(1)
    )
    checkpoint = session.scalar(select(Checkpoint).where(Checkpoint.sequence == covering.scalar_subquery()))
    if checkpoint is None:
        raise NotCovered
    heads = _heads(session, checkpoint.sequence)
    leaves = [leaf_hash(head.canonical()) for head in heads]
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    if tree.root().hex() != checkpoint.root:
        raise OtherHeads
    index = next(place for place, head in enumerate(heads) if head.application == asked.id)
    return Proof(
        leaf=heads[index],
        index=index,
        path=tuple(each.hex() for each in path(leaves, index)),
        signed=Signed.of(checkpoint),
        later=asked.trail_length - heads[index].length,
    )


def newest(session: Session) -> Signed | None:
    """The newest checkpoint."""
    found = session.scalar(select(Checkpoint).order_by(Checkpoint.sequence.desc()).limit(1))
    return Signed.of(found) if found else None


def _heads(session: Session, checkpoint: int) -> list[Head]:
    """All that one checkpoint covers: a limited number (`commands.checkpoint.MOST`)."""
    rows = session.execute(
        select(
            CheckpointHead.application_id,
            CheckpointHead.number,
            CheckpointHead.since,
            CheckpointHead.length,
            CheckpointHead.head,
        )
        .where(CheckpointHead.checkpoint == checkpoint)
        .order_by(CheckpointHead.application_id)
    )
    return [Head(*row) for row in rows]
