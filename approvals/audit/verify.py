"""Verify the trail from its rows alone: find and locate what does not fit, in memory that does not grow with it."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from itertools import groupby
from operator import itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.audit.chain import fingerprint
from approvals.audit.key import PublicKey
from approvals.audit.merkle import Tree, leaf_hash
from approvals.audit.rows import Garbled, Raw, mapping, moment, stream, whole, word
from approvals.audit.statement import Head, Signed, Statement
from approvals.records.application import Application
from approvals.records.checkpoint import COUNTER, Checkpoint, CheckpointHead
from approvals.records.event import EventRecord
from approvals.records.sequence import Sequence as Counter


class What(StrEnum):
    """What is wrong with an event, or with a checkpoint."""

    MISSING = "missing"
    MISPLACED = "misplaced"
    CHANGED = "changed"
    RECHAINED = "rechained"
    TAIL_CUT = "tail_cut"
    ADDED = "added"
    UNCOVERED = "uncovered"
    RENUMBERED = "renumbered"
    UNSIGNED = "unsigned"
    OTHER_KEY = "other_key"
    OTHER_HEADS = "other_heads"
    FORKED = "forked"


WORDS: Mapping[What, str] = {
    What.MISSING: "missing",
    What.MISPLACED: "does not follow the one before it",
    What.CHANGED: "changed",
    What.RECHAINED: "chained anew: not what was witnessed",
    What.TAIL_CUT: "the tail was cut",
    What.ADDED: "added behind the end",
    What.UNCOVERED: "said to be covered, but no checkpoint covers it",
    What.RENUMBERED: "its application had another number",
    What.UNSIGNED: "not what was signed",
    What.OTHER_KEY: "signed by a key that is not trusted here",
    What.OTHER_HEADS: "does not cover what it signed",
    What.FORKED: "not the one kept outside: the database is an older copy, or it was written anew",
}


@dataclass(frozen=True, slots=True)
class Break:
    """Where the trail does not hold: events `sequence` to `until` of an application (by id) or of staff, or such
    checkpoints.

    Sequence 0 is what the application itself remembers.
    """

    what: What
    sequence: int
    until: int
    application: int | None = None
    number: str | None = None
    is_checkpoint: bool = False
    is_staff: bool = False

    @property
    def words(self) -> str:
        place = f"{self.sequence}" if self.until == self.sequence else f"{self.sequence} to {self.until}"
        if self.is_checkpoint:
            return f"checkpoint {place}: {WORDS[self.what]}"
        if self.is_staff:
            return f"the trail of staff does not hold at event {place}: {WORDS[self.what]}"
        name = self.number or f"application {self.application}"
        return f"{name}: the trail does not hold at event {place}: {WORDS[self.what]}"


Found = Callable[[Break], None]


@dataclass
class Looked:
    """How much was looked at; of the events, how many are covered by checkpoints."""

    applications: int = 0
    events: int = 0
    checkpoints: int = 0
    heads: int = 0
    covered: int = 0


def verify(session: Session, keys: Mapping[str, PublicKey], known: Iterable[Signed], found: Found) -> Looked:
    """Everything, row by row: `found` is called for each break, so that keeping them is the caller's affair.

    `keys` are those that may have signed, `known` are checkpoints kept outside the database. The transaction must show
    one picture throughout (REPEATABLE READ on PostgreSQL; SQLite's do by themselves).
    """
    looked = Looked()
    _Checkpoints(session, keys, known, found, looked).walk()
    _applications(session, found, looked)
    return looked


class Kind(Enum):
    """Which table a row is from."""

    CHECKPOINT = 1
    APPLICATION = 2
    EVENT = 3
    HEAD = 4


Placed = tuple[tuple[int, ...], Kind, Raw]
"""A row with its place among the others."""


def _placed(
    rows: Iterable[Raw], place: Callable[[Raw], tuple[int, ...]], kind: Kind, misplaced: Callable[[], None]
) -> Iterator[Placed]:
    """Rows in order; one without a place, for its key is no number, or at a wrong one is told and left out."""
    last: tuple[int, ...] = ()
    for raw in rows:
        try:
            key = place(raw)
        except (ValueError, Garbled):
            misplaced()
            continue
        if key < last:
            misplaced()
            continue
        last = key
        yield key, kind, raw


class _Checkpoints:
    """The chain of checkpoints, each with its signature and the heads it covers."""

    COLUMNS = (
        Checkpoint.sequence,
        Checkpoint.at,
        Checkpoint.heads,
        Checkpoint.events,
        Checkpoint.root,
        Checkpoint.previous,
        Checkpoint.key,
        Checkpoint.signature,
    )

    def __init__(
        self, session: Session, keys: Mapping[str, PublicKey], known: Iterable[Signed], found: Found, looked: Looked
    ) -> None:
        self._session, self._keys, self._found, self._looked = session, keys, found, looked
        self._known = [each for each in known if self._is_ours(each)]
        self._last = self._newest = 0
        """Of all that there are signs of, and of those that there are."""
        self._previous: str | None = ""
        """None behind a checkpoint that could not be read: whatever the next one says is as good."""

    def _is_ours(self, signed: Signed) -> bool:
        key = self._keys.get(signed.statement.key)
        if key is not None and key.proves(signed.signature, signed.statement.canonical()):
            return True
        self._tell(What.OTHER_KEY if key is None else What.UNSIGNED, signed.statement.sequence)
        return False

    def walk(self) -> None:
        rows = stream(self._session, self.COLUMNS, Checkpoint.sequence)
        heads = stream(self._session, HEADS, CheckpointHead.checkpoint, CheckpointHead.application_id)
        merged = heapq.merge(
            _placed(rows, lambda raw: (whole(raw[0]),), Kind.CHECKPOINT, self._misplaced),
            _placed(heads, lambda raw: (whole(raw[0]), whole(raw[1])), Kind.HEAD, self._misplaced),
            key=itemgetter(0),
        )
        for sequence, group in groupby(merged, key=lambda row: row[0][0]):
            self._checkpoint(sequence, group)
        counted = self._session.scalar(select(Counter.value).where(Counter.name == COUNTER)) or 0
        newest = max([counted, *(each.statement.sequence for each in self._known)])
        if newest > self._last:
            self._tell(What.MISSING, self._last + 1, newest)
        elif counted < self._newest:
            self._tell(What.ADDED, counted + 1, self._newest)

    def _checkpoint(self, sequence: int, group: Iterator[Placed]) -> None:
        _, kind, row = next(group)
        if kind is Kind.HEAD:
            self._tell(What.MISSING, sequence)
            self._looked.heads += 1 + sum(1 for _ in group)
            self._last, self._previous = max(self._last, sequence), None
            return
        self._looked.checkpoints += 1
        if sequence > self._last + 1:
            self._tell(What.MISSING, self._last + 1, sequence - 1)
            self._previous = None
        self._last = self._newest = sequence
        tree, number, events = Tree(), 0, 0
        for _, _, raw in group:
            self._looked.heads += 1
            number += 1
            try:
                head = _head(raw)
                tree.add(leaf_hash(head.canonical()))
            except (ValueError, TypeError, Garbled):
                tree.add(b"")  # whatever it was, the root will be another
                continue
            events += head.length - head.since
        try:
            signed = _signed(row)
            content = signed.statement.canonical()
        except (ValueError, TypeError, Garbled):
            self._previous = None
            self._tell(What.UNSIGNED, sequence)
            return
        self._judge(signed, content, (number, events, tree.root().hex()))

    def _judge(self, signed: Signed, content: bytes, covered: tuple[int, int, str]) -> None:
        statement = signed.statement
        key = self._keys.get(statement.key)
        if key is None:
            self._tell(What.OTHER_KEY, statement.sequence)
        elif not key.proves(signed.signature, content):
            self._tell(What.UNSIGNED, statement.sequence)
        else:
            if self._previous not in (None, statement.previous):
                self._tell(What.MISPLACED, statement.sequence)
            if covered != (statement.heads, statement.events, statement.root):
                self._tell(What.OTHER_HEADS, statement.sequence)
            if any(
                each.statement.sequence == statement.sequence and each.statement.hash != statement.hash
                for each in self._known
            ):
                self._tell(What.FORKED, statement.sequence)
            self._previous = statement.hash
            return
        self._previous = None

    def _misplaced(self) -> None:
        self._tell(What.MISPLACED, self._last + 1)

    def _tell(self, what: What, sequence: int, until: int | None = None) -> None:
        self._found(Break(what, sequence, until or sequence, is_checkpoint=True))


def _signed(row: Raw) -> Signed:
    sequence, at, heads, events, root, previous, key, signature = row
    return Signed(
        Statement(whole(sequence), moment(at), whole(heads), whole(events), word(root), word(previous), word(key)),
        word(signature),
    )


HEADS = (
    CheckpointHead.checkpoint,
    CheckpointHead.application_id,
    CheckpointHead.number,
    CheckpointHead.since,
    CheckpointHead.length,
    CheckpointHead.head,
)


def _head(raw: Raw) -> Head:
    _, application, number, since, length, head = raw
    return Head(whole(application), word(number), whole(since), whole(length), word(head))


def _applications(session: Session, found: Found, looked: Looked) -> None:
    """Every chain against itself, against what its application remembers and against the checkpoints.

    Three streams become one: an application, its events in order, and behind each event the leaf that ends with it.
    """

    def misplaced() -> None:
        found(Break(What.MISPLACED, 0, 0, application=current))

    current = 0
    merged = heapq.merge(
        _placed(stream(session, REMEMBERED, Application.id), _remembered_place, Kind.APPLICATION, misplaced),
        _placed(
            stream(session, EVENTS, EventRecord.application_id, EventRecord.sequence),
            lambda raw: (whole(raw[0]), 1, whole(raw[1]), 0),
            Kind.EVENT,
            misplaced,
        ),
        _placed(
            stream(session, HEADS, CheckpointHead.application_id, CheckpointHead.length),
            lambda raw: (whole(raw[1]), 1, whole(raw[4]), 1),
            Kind.HEAD,
            misplaced,
        ),
        key=itemgetter(0),
    )
    for current, group in groupby(merged, key=lambda row: row[0][0]):
        chain = _Chain(current, found)
        for _, kind, raw in group:
            if kind is Kind.APPLICATION:
                looked.applications += 1
                chain.remember(raw)
            elif kind is Kind.EVENT:
                looked.events += 1
                chain.event(raw)
            else:
                chain.witness(raw)
        chain.end()
        looked.covered += chain.covered


REMEMBERED = (
    Application.id,
    Application.number,
    Application.trail_length,
    Application.trail_head,
    Application.trail_is_covered,
)
EVENTS = (
    EventRecord.application_id,
    EventRecord.sequence,
    EventRecord.kind,
    EventRecord.at,
    EventRecord.by_account,
    EventRecord.by_role,
    EventRecord.data,
    EventRecord.previous,
    EventRecord.hash,
)
TRUE = frozenset({"true", "1"})


def _remembered_place(raw: Raw) -> tuple[int, ...]:
    return whole(raw[0]), 0


class _Chain:
    """One application's chain, fed in order. Each break is told once: what follows from it is not another."""

    def __init__(self, application: int, found: Found) -> None:
        self._application, self._found = application, found
        self._number: str | None = None
        self._length, self._head, self._is_covered = 0, "", True
        self._last = 0
        self._previous: str | None = ""
        """Hash of the last event; None behind one that is damaged or missing: there is nothing to compare with."""
        self._is_rechained = False
        self.covered = 0
        """Length up to which checkpoints say to cover it."""

    def remember(self, raw: Raw) -> None:
        _, self._number, length, head, covered = raw
        self._head, self._is_covered = head or "", covered in TRUE
        try:
            self._length = whole(length)
        except (ValueError, Garbled):
            self._tell(What.CHANGED, 0)

    def event(self, raw: Raw) -> None:
        sequence = whole(raw[1])
        if sequence > self._last + 1:
            self._tell(What.MISSING, self._last + 1, sequence - 1)
            self._previous = None
        elif sequence <= self._last:
            self._tell(What.ADDED, sequence)  # a second row in one place
            return
        self._last = sequence
        previous, stored = raw[7], raw[8]
        if self._previous is not None and previous != self._previous:
            self._tell(What.MISPLACED, sequence)
            self._previous = None
        elif _fingerprint(raw) != stored:
            self._tell(What.CHANGED, sequence)
            self._previous = None
        else:
            self._previous = stored

    def witness(self, raw: Raw) -> None:
        """A leaf: here the chain had this head, and the leaf before it ended where this one begins."""
        try:
            leaf = _head(raw)
        except (ValueError, Garbled):
            return  # its checkpoint does not hold, and that is told
        if leaf.since != self.covered:
            self._tell(What.UNCOVERED, *sorted((self.covered + 1, leaf.since)))
        self.covered = leaf.length
        if self._number is not None and leaf.number != self._number:
            self._tell(What.RENUMBERED, leaf.length)
        if self._last == leaf.length and self._previous not in (None, leaf.head) and not self._is_rechained:
            self._tell(What.RECHAINED, leaf.since + 1, leaf.length)
            self._is_rechained = True  # and so are all that follow

    def end(self) -> None:
        longest = max(self._length, self.covered)
        if self._last < longest:
            self._tell(What.TAIL_CUT, self._last + 1, longest)
        elif self._last > self._length:
            self._tell(What.ADDED, self._length + 1, self._last)
        elif self._previous not in (None, self._head) and not self._is_rechained:
            self._tell(What.RECHAINED, min(self.covered + 1, self._last), self._last)
        if self._is_covered and self.covered < self._length:
            self._tell(What.UNCOVERED, self.covered + 1, self._length)

    def _tell(self, what: What, sequence: int, until: int | None = None) -> None:
        self._found(Break(what, sequence, sequence if until is None else until, self._application, self._number))


def _fingerprint(raw: Raw) -> str | None:
    """The hash of what the row says; None when no event of ours says such a thing."""
    try:
        application, sequence, kind, at, by_account, by_role, data, previous, _ = raw
        return fingerprint(
            word(previous),
            application=whole(application),
            sequence=whole(sequence),
            kind=word(kind),
            at=moment(at),
            by_account=None if by_account is None else whole(by_account),
            by_role=word(by_role),
            data=mapping(data),
        )
    except (ValueError, TypeError, OverflowError, RecursionError, Garbled):
        return None
