"""Checkpoints: what they cover, in how many pieces, and that neither making nor verifying them holds a whole table."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event

from approvals.audit import rows
from approvals.audit.key import SigningKey
from approvals.audit.statement import NoCheckpoint, read
from approvals.audit.verify import What
from approvals.records.base import gathered
from tests.approvals.audit.logs import Log, log_on


def test_it_covers_what_changed_since_and_nothing_else(engine: Engine, key: SigningKey) -> None:
    with log_on(engine, key) as log:
        log.event(2)
        log.event(0)
        log.event(0)
        first = log.checkpoint().signed
        assert first is not None
        assert (first.statement.sequence, first.statement.heads, first.statement.events) == (1, 2, 3)
        log.event(1)
        log.event(0)
        second = log.checkpoint().signed
        assert second is not None
        assert (second.statement.sequence, second.statement.heads, second.statement.events) == (2, 2, 2)
        assert second.statement.previous == first.statement.hash
        assert log.covered(1) == [(1, 2), (3, 3)]
        assert (log.covered(2), log.covered(3)) == ([(1, 1)], [(1, 1)])
        assert log.checkpoint().signed is None


def test_many_heads_become_several_checkpoints_of_a_limited_size(engine: Engine, key: SigningKey) -> None:
    with log_on(engine, key) as log:
        for index in range(7):
            log.event(index)
        after, sizes = 0, []
        while True:
            made = log.checkpoint(after=after, most=3)
            sizes.append(made.signed.statement.heads if made.signed else 0)
            if made.last is None:
                break
            after = made.last
        assert sizes == [3, 3, 1]
        assert log.verify(log.made)[0] == []


def test_a_trail_that_contradicts_itself_is_left_out_and_holds_up_nobody(engine: Engine, key: SigningKey) -> None:
    with log_on(engine, key) as log:
        for index in (0, 0, 1, 2):
            log.event(index)
        log.checkpoint()
        for index in (0, 1, 2):
            log.event(index)
        log.rechain(1, 1)
        log.sql("UPDATE applications SET trail_head = 'x' WHERE id = 2")
        log.session.expire_all()
        made = log.checkpoint(most=1)
        assert (made.signed, made.left_out, made.last) == (None, (log.applications[0].number,), 1)
        made = log.checkpoint(after=1)
        assert made.left_out == (log.applications[1].number,)
        assert log.covered(3) == [(1, 1), (2, 2)]
        assert {(each.application, each.what) for each in log.verify()[0]} == {
            (1, What.RECHAINED),
            (2, What.RECHAINED),
        }


def test_a_flag_turned_over_is_noticed_or_mended(engine: Engine, key: SigningKey) -> None:
    with log_on(engine, key) as log:
        log.event(0)
        log.checkpoint()
        log.sql("UPDATE applications SET trail_is_covered = false")
        assert log.checkpoint().signed is None
        assert log.sql("SELECT count(*) FROM applications WHERE NOT trail_is_covered")[0][0] == 0
        log.event(0)
        log.sql("UPDATE applications SET trail_is_covered = true")
        (found,) = log.verify()[0]
        assert (found.what, found.application, found.sequence) == (What.UNCOVERED, 1, 2)


def test_events_written_together_leave_the_last_head_with_every_application(engine: Engine, key: SigningKey) -> None:
    """One of them was covered, the other was not: the statements of both must not overtake each other."""
    with log_on(engine, key) as log:
        log.event(1)
        log.checkpoint()
        log.event(0)
        log.session.flush()
        with gathered(log.session):
            for index in (0, 1, 1, 0, 1):
                log.event(index)
        assert (log.length(1), log.length(2)) == (3, 4)
        assert log.checkpoint().left_out == ()
        assert log.verify()[0] == []


def test_a_checkpoint_kept_outside_finds_an_older_copy_and_a_fork(engine: Engine, key: SigningKey) -> None:
    with log_on(engine, key) as log:
        log.event(0)
        log.checkpoint()
        before = log.session.begin_nested()
        log.event(0)
        kept = log.checkpoint().signed
        assert kept is not None
        assert log.verify([kept])[0] == []
        before.rollback()  # an older copy is restored
        assert [(each.what, each.sequence, each.is_checkpoint) for each in log.verify([kept])[0]] == [
            (What.MISSING, 2, True)
        ]
        log.session.expire_all()
        log.event(0, why="life goes on")
        log.checkpoint()
        assert [(each.what, each.sequence, each.is_checkpoint) for each in log.verify([kept])[0]] == [
            (What.FORKED, 2, True)
        ]


def test_a_checkpoint_can_be_read_from_its_document_and_from_nothing_else(engine: Engine, key: SigningKey) -> None:
    with log_on(engine, key) as log:
        log.event(0)
        signed = log.checkpoint().signed
        assert signed is not None
    document = signed.document()
    assert read(json.dumps({**document, "path": []})) == signed
    said = document["checkpoint"]
    wrong: list[object] = [
        {},
        [],
        "x",
        {"checkpoint": said},
        {**document, "signature": 1},
        {**document, "checkpoint": {**said, "what": "another thing"}},
        {**document, "checkpoint": {**said, "at": "2026-05-06"}},
        {**document, "checkpoint": {**said, "more": 1}},
        {**document, "checkpoint": {name: value for name, value in said.items() if name != "root"}},
    ]
    for each in wrong:
        with pytest.raises(NoCheckpoint):
            read(json.dumps(each))
    with pytest.raises(NoCheckpoint):
        read("no JSON")


def grown(engine: Engine, key: SigningKey, applications: int, measure: Callable[[Log], int]) -> int:
    with log_on(engine, key) as log:
        for index in range(applications):
            for _ in range(4):
                log.event(index)
        return measure(log)


def test_verifying_holds_no_more_of_a_larger_trail(
    engine: Engine, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows come in batches, and the memory in use at its highest is that of a trail a quarter as long."""
    monkeypatch.setattr(rows, "BATCH", 20)

    def peak(log: Log) -> int:
        while log.checkpoint(most=10).signed:
            pass
        log.verify()
        tracemalloc.start()
        found, looked = log.verify()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (found, looked.covered) == ([], looked.events)
        return most

    small, large = (grown(engine, key, number, peak) for number in (60, 240))
    assert large < 1.25 * small


def test_a_checkpoint_costs_the_same_statements_however_much_there_is(engine: Engine, key: SigningKey) -> None:
    """And reads no more applications than it may cover."""

    def statements(log: Log) -> int:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        made = log.checkpoint(most=10)
        event.remove(engine, "before_cursor_execute", note)
        assert made.signed is not None
        assert made.signed.statement.heads == 10
        return len(sent)

    assert grown(engine, key, 12, statements) == grown(engine, key, 48, statements) <= 12
