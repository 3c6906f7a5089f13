"""Whatever a single hand changes in a random log is found, and at its place; an untouched log holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from approvals.audit.key import SigningKey
from approvals.audit.verify import Break, What
from approvals.events import Event
from approvals.records.base import Record
from tests.approvals.audit.logs import Log, log_on, other_key

Draw = Callable[[st.SearchStrategy[Any]], Any]

DATA = st.dictionaries(
    st.sampled_from(["step", "round", "why"]),
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["gc301", "承诺", 'a"b\\c', ""]),
    max_size=3,
)
HAPPENING = st.tuples(st.integers(0, 2), st.sampled_from(Event), st.none() | st.integers(1, 99), DATA)
LOGS = st.lists(HAPPENING | st.just("checkpoint"), min_size=1, max_size=24)

BUDGET = settings(
    max_examples=settings().max_examples // 5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


def written(log: Log, happenings: list[Any]) -> Log:
    log.event(0)
    for happening in happenings:
        if happening == "checkpoint":
            log.checkpoint()
        else:
            index, kind, account, data = happening
            log.event(index, kind, account, **data)
    return log


@contextmanager
def log_of(engine: Engine, key: SigningKey, happenings: list[Any]) -> Iterator[Log]:
    with log_on(engine, key) as log:
        yield written(log, happenings)


def events(log: Log) -> list[tuple[int, int]]:
    rows = log.sql("SELECT application_id, sequence FROM events ORDER BY application_id, sequence")
    return [(application, sequence) for application, sequence in rows]


def told(log: Log) -> list[Break]:
    return log.verify(log.made[-1:])[0]


def at(found: list[Break], application: int, sequence: int) -> list[Break]:
    """Those that name exactly this event."""
    return [
        each
        for each in found
        if (each.application, each.sequence, each.until, each.is_checkpoint) == (application, sequence, sequence, False)
    ]


def of(found: list[Break], checkpoint: int) -> list[Break]:
    return [each for each in found if each.is_checkpoint and each.sequence <= checkpoint <= each.until]


@BUDGET
@given(LOGS)
def test_an_untouched_log_holds(engine: Engine, key: SigningKey, happenings: list[Any]) -> None:
    with log_of(engine, key, happenings) as log:
        found, looked = log.verify(log.made)
        assert found == []
        assert looked.events == len(events(log))
        assert looked.covered == sum(signed.statement.events for signed in log.made)
        log.checkpoint()
        found, looked = log.verify(log.made)
        assert (found, looked.covered) == ([], looked.events)
        assert log.checkpoint().signed is None


@BUDGET
@given(LOGS, st.data())
def test_one_changed_byte_in_any_column_is_located(
    engine: Engine, key: SigningKey, happenings: list[Any], data: st.DataObject
) -> None:
    with log_of(engine, key, happenings) as log:
        application, sequence = data.draw(st.sampled_from(events(log)))
        column = data.draw(st.sampled_from(["kind", "at", "by_account", "by_role", "data", "previous", "hash"]))
        change_a_byte(log, "events", column, {"application_id": application, "sequence": sequence}, data.draw)
        found = told(log)
        assert at(found, application, sequence)
        assert {each.application for each in found} == {application}, "nobody else is blamed"


@BUDGET
@given(LOGS, st.data())
def test_an_event_moved_elsewhere_is_missed_where_it_was(
    engine: Engine, key: SigningKey, happenings: list[Any], data: st.DataObject
) -> None:
    with log_of(engine, key, happenings) as log:
        application, sequence = data.draw(st.sampled_from(events(log)))
        column = data.draw(st.sampled_from(["application_id", "sequence"]))
        change_a_byte(log, "events", column, {"application_id": application, "sequence": sequence}, data.draw)
        missing = [each for each in told(log) if (each.application, each.sequence) == (application, sequence)]
        assert [each.what for each in missing] in ([What.MISSING], [What.TAIL_CUT])


@BUDGET
@given(LOGS, st.data())
def test_a_removed_event_is_located(
    engine: Engine, key: SigningKey, happenings: list[Any], data: st.DataObject
) -> None:
    with log_of(engine, key, happenings) as log:
        application, sequence = data.draw(st.sampled_from(events(log)))
        is_last = sequence == log.length(application)
        log.sql("DELETE FROM events WHERE application_id = :a AND sequence = :s", a=application, s=sequence)
        (found,) = told(log)
        assert (found.application, found.sequence, found.until) == (application, sequence, sequence)
        assert found.what is (What.TAIL_CUT if is_last else What.MISSING)


@BUDGET
@given(LOGS, st.data())
def test_two_swapped_events_are_located(
    engine: Engine, key: SigningKey, happenings: list[Any], data: st.DataObject
) -> None:
    with log_of(engine, key, happenings) as log:
        application, second = data.draw(st.sampled_from(events(log)))
        assume(second > 1)
        first = data.draw(st.integers(1, second - 1))
        for old, new in ((first, -1), (second, first), (-1, second)):
            log.sql(
                "UPDATE events SET sequence = :new WHERE application_id = :a AND sequence = :old",
                a=application,
                old=old,
                new=new,
            )
        found = told(log)
        assert at(found, application, first)
        assert at(found, application, second)
        assert {(each.application, each.sequence) for each in found} == {(application, first), (application, second)}


@BUDGET
@given(LOGS, st.data())
def test_a_chain_computed_anew_is_found_by_its_checkpoint(
    engine: Engine, key: SigningKey, happenings: list[Any], data: st.DataObject
) -> None:
    with log_of(engine, key, happenings) as log:
        application, sequence = data.draw(st.sampled_from(events(log)))
        leaf = next(((a, b) for a, b in log.covered(application) if a <= sequence <= b), None)
        assume(leaf)
        log.rechain(application, sequence)
        (found,) = told(log)
        assert (found.what, found.application, (found.sequence, found.until)) == (What.RECHAINED, application, leaf)


@BUDGET
@given(LOGS, st.data())
def test_a_cut_tail_is_located_although_the_application_agrees(
    engine: Engine, key: SigningKey, happenings: list[Any], data: st.DataObject
) -> None:
    with log_of(engine, key, happenings) as log:
        application, _ = data.draw(st.sampled_from(events(log)))
        leaves = log.covered(application)
        assume(leaves)
        covered = leaves[-1][1]
        length = data.draw(st.integers(0, covered - 1))
        log.cut(application, length)
        (found,) = told(log)
        assert (found.what, found.application, found.sequence, found.until) == (
            What.TAIL_CUT,
            application,
            length + 1,
            covered,
        )


@BUDGET
@given(LOGS, st.booleans())
def test_a_whole_application_cannot_vanish(
    engine: Engine, key: SigningKey, happenings: list[Any], as_well: bool
) -> None:
    with log_of(engine, key, happenings) as log:
        log.checkpoint()
        first = log.applications[0].id
        log.sql("DELETE FROM events WHERE application_id = :a", a=first)
        if as_well:
            log.sql("DELETE FROM applications WHERE id = :a", a=first)
        assert {(each.application, each.what, each.sequence) for each in told(log)} == {(first, What.TAIL_CUT, 1)}


@BUDGET
@given(LOGS, st.data(), st.booleans(), st.booleans())
def test_a_removed_checkpoint_is_named_wherever_it_stood(
    engine: Engine, key: SigningKey, happenings: list[Any], data: st.DataObject, heads: bool, counter: bool
) -> None:
    with log_of(engine, key, happenings) as log:
        assume(log.made)
        sequence = data.draw(st.integers(1, len(log.made)))
        if heads:
            log.sql("DELETE FROM checkpoint_heads WHERE checkpoint = :n", n=sequence)
        log.sql("DELETE FROM checkpoints WHERE sequence = :n", n=sequence)
        if counter and sequence == len(log.made):
            log.sql("UPDATE sequences SET value = value - 1 WHERE name = 'checkpoints'")
        found = told(log)
        assert [each.what for each in of(found, sequence)] == [What.MISSING]
        assert {each.sequence for each in found if each.is_checkpoint} == {sequence}


@BUDGET
@given(LOGS, st.data())
def test_an_altered_checkpoint_is_named(
    engine: Engine, key: SigningKey, happenings: list[Any], data: st.DataObject
) -> None:
    with log_of(engine, key, happenings) as log:
        assume(log.made)
        sequence = data.draw(st.integers(1, len(log.made)))
        column = data.draw(st.sampled_from(["at", "heads", "events", "root", "previous", "key", "signature"]))
        change_a_byte(log, "checkpoints", column, {"sequence": sequence}, data.draw)
        (found,) = told(log)
        assert (found.is_checkpoint, found.sequence) == (True, sequence)
        assert found.what in ({What.OTHER_KEY, What.UNSIGNED} if column == "key" else {What.UNSIGNED})


@BUDGET
@given(LOGS, st.data())
def test_an_altered_head_is_named_with_its_checkpoint(
    engine: Engine, key: SigningKey, happenings: list[Any], data: st.DataObject
) -> None:
    with log_of(engine, key, happenings) as log:
        assume(log.made)
        rows = log.sql("SELECT checkpoint, application_id FROM checkpoint_heads ORDER BY 1, 2")
        checkpoint, application = data.draw(st.sampled_from([(row[0], row[1]) for row in rows]))
        place = {"checkpoint": checkpoint, "application_id": application}
        column = data.draw(st.sampled_from(["application_id", "number", "since", "length", "head", "checkpoint", ""]))
        if column:
            change_a_byte(log, "checkpoint_heads", column, place, data.draw)
        else:
            log.sql(
                "DELETE FROM checkpoint_heads WHERE checkpoint = :c AND application_id = :a",
                c=checkpoint,
                a=application,
            )
        found = told(log)
        assert What.OTHER_HEADS in {each.what for each in of(found, checkpoint)}


@BUDGET
@given(LOGS, st.data(), st.booleans())
def test_a_checkpoint_signed_by_another_key_is_named(
    engine: Engine, key: SigningKey, happenings: list[Any], data: st.DataObject, disguised: bool
) -> None:
    """A forger chains one application anew and signs everything anew: the key gives him away."""
    with log_of(engine, key, happenings) as log:
        assume(log.made)
        sequence = data.draw(st.integers(1, len(log.made)))
        forger, statement = other_key(), log.made[sequence - 1].statement
        name = key.public.id if disguised else forger.public.id
        statement = type(statement)(**{**{n: getattr(statement, n) for n in statement.__slots__}, "key": name})
        log.sql(
            "UPDATE checkpoints SET key = :key, signature = :signature WHERE sequence = :n",
            key=name,
            signature=forger.sign(statement.canonical()),
            n=sequence,
        )
        (found,) = told(log)
        assert (found.is_checkpoint, found.sequence) == (True, sequence)
        assert found.what is (What.UNSIGNED if disguised else What.OTHER_KEY)


@BUDGET
@given(LOGS)
def test_what_an_application_remembers_cannot_be_changed_either(
    engine: Engine, key: SigningKey, happenings: list[Any]
) -> None:
    with log_of(engine, key, happenings) as log:
        log.checkpoint()
        application = log.applications[0].id
        length = log.length(application)
        expected = (
            ({"trail_length": length + 1}, {What.TAIL_CUT, What.UNCOVERED}),
            ({"trail_length": length - 1}, {What.ADDED}),
            ({"trail_head": "x"}, {What.RECHAINED}),
            ({"number": "another"}, {What.RENUMBERED}),
        )
        table = Record.metadata.tables["applications"]
        row = table.c.id == application
        before = log.session.execute(select(table.c.number, table.c.trail_length, table.c.trail_head).where(row)).one()
        for change, what in expected:
            log.session.execute(table.update().where(row).values(change))
            found = told(log)
            assert {each.what for each in found} == what, change
            assert {each.application for each in found} == {application}
            log.session.execute(table.update().where(row).values(before._asdict()))
        assert log.length(application) == length
        assert told(log) == []


WHOLE = frozenset({"application_id", "sequence", "by_account", "heads", "events", "since", "length", "checkpoint"})


def change_a_byte(log: Log, table: str, column: str, place: dict[str, int], draw: Draw) -> None:
    """One byte of the value as it lies in the database; what the database itself refuses is no tampering."""
    before = log.raw(table, column, place)
    assume(log.put(table, column, place, with_another_byte(before, draw, is_whole=column in WHOLE)))


def with_another_byte(before: Any, draw: Draw, *, is_whole: bool) -> Any:
    """Text or bytes as they came; a whole number for those columns that hold one."""
    if not before:
        return 7 if is_whole else b"x" if isinstance(before, bytes) else "x"
    index = draw(st.integers(0, len(before) - 1))
    if is_whole:
        digits = before.decode() if isinstance(before, bytes) else before
        after: Any = int(digits[:index] + draw(st.sampled_from("123456789")) + digits[index + 1 :])
        assume(str(after) != digits)
        return after
    if isinstance(before, bytes):
        after = before[:index] + bytes([draw(st.integers(0, 255))]) + before[index + 1 :]
    else:
        after = before[:index] + draw(st.sampled_from('0123456789abcdefXYZ :-+,"')) + before[index + 1 :]
    assume(after != before)
    return after
