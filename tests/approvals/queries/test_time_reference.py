"""What is kept about how long things took is what the trail says, walked day by day by other code."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from approvals.commands.measure import measure_again
from approvals.commands.resubmit import resubmit
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.time_reference import differences, reference
from approvals.queries.times import Asked, Line, cases, published, times
from approvals.records.application import Application
from approvals.records.measure import Figure, Measured, MeasureRecord, Tally
from approvals.vocabulary import Outcome
from portal.extensions import db
from portal.times import rebuild, tally_all
from portal.unit_of_work import changing, now, reading
from services.current import catalogue
from tests.factories import RESIDENCE, applied, decided, granted, on, returned
from tests.fixtures.crowd import served
from tests.fixtures.variety import Everything


@pytest.fixture(scope="module")
def filled(everything: Everything, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    home = Path(shutil.copytree(everything.home, tmp_path_factory.mktemp("times") / "home"))
    with served(home) as app:
        yield app
        db.session.remove()
        db.engine.dispose()


def wrong() -> list[str]:
    reading().rollback()
    return differences(reading(), at=now())[1]


def test_every_state_is_measured_as_the_trail_tells(filled: Flask) -> None:
    number, found = differences(reading(), at=now())
    assert found == []
    assert number > 20


def test_counting_and_entering_anew_change_no_sum(filled: Flask) -> None:
    tally_all()
    assert wrong() == []
    assert reading().scalars(select(MeasureRecord).where(~MeasureRecord.is_tallied)).first() is None
    with changing() as session:
        first = session.scalars(select(MeasureRecord.application_id)).first()
        assert first is not None
        measure_again(session, [first], [])
    assert any("is not measured and should be" in words for words in wrong())
    assert any(words.startswith("the tally") for words in wrong())
    rebuild(filled)
    assert wrong() == []


def test_what_is_missing_and_what_is_another_is_named(filled: Flask) -> None:
    tally_all()
    session = reading()
    changed = session.scalars(select(MeasureRecord.id).where(MeasureRecord.subject == Measured.STEP)).first()
    session.execute(update(MeasureRecord).where(MeasureRecord.id == changed).values(net=MeasureRecord.net + 7))
    tally = session.scalars(select(Tally.id)).first()
    session.execute(delete(Tally).where(Tally.id == tally))
    found = differences(session, at=now())[1]
    session.rollback()
    assert [("net is" in words, words.startswith("the tally")) for words in found] == [(True, False), (False, True)]


def test_a_reopened_application_is_taken_out(everything: Everything, filled: Flask) -> None:
    measured = (
        select(MeasureRecord.id)
        .join(Application, Application.id == MeasureRecord.application_id)
        .where(Application.number == everything.reopened, MeasureRecord.subject == Measured.APPLICATION)
    )
    assert reading().scalars(measured).first() is None
    withdrawn = select(Application.id).where(Application.number == everything.withdrawn)
    ids, took = reference(reading(), at=now())
    assert reading().scalars(withdrawn).one() in ids
    assert reading().scalars(withdrawn).one() not in {each.application_id for each in took}


def test_days_are_those_of_the_calendar_by_hand(app: Flask) -> None:
    """8 to 30 June: 15 working days, for the 19th is a holiday; from the 10th through the 29th the applicant mends."""
    june = [on(date(2026, 6, day)) for day in (8, 10, 29, 30)]
    number = applied(RESIDENCE, june[0])
    decided(number, "accept", Outcome.ACCEPT, at=june[0])
    returned(number, "review", next(iter(catalogue().item(RESIDENCE).questions)), at=june[1])
    by = actor_named(reading(), "wangxiaorong")
    with changing(by, june[2]) as session:
        resubmit(for_change.application(session, number), explanation="写的就是对的。", by=by, at=june[2])
    granted(number, june[3], deliver=False)
    manager = actor_named(reading(), "manager")
    line = times(reading(), Asked("2026-06", "2026-06"), group="item", by=manager).total
    assert figures(line) == (1, 15, 3, 1)
    steps = times(reading(), Asked("2026-06", "2026-06", Measured.STEP), group="step", by=manager)
    review = steps.groups["MS027", "review"]
    assert figures(review) == (1, 15, 3, 1)
    assert (review.of(Figure.WAITING).total, review.of(Figure.WORKING).total) == (3, 0), "nobody took it"
    assert figures(times(reading(), Asked("2026-07", "2026-07"), group="item", by=manager).before) == (1, 15, 3, 1)
    (case,) = cases(reading(), Asked("2026-06", "2026-06"), only="mended", least=3, by=manager).rows
    assert (case.number, case.net) == (number, 3)
    assert cases(reading(), Asked("2026-06", "2026-06"), only="mended", least=4, by=manager).total == 0
    assert published(reading(), Asked("2026-06", "2026-06"), least=2) == {}
    assert list(published(reading(), Asked("2026-06", "2026-06"), least=1)) == ["MS027"]


def figures(line: Line) -> tuple[int | None, ...]:
    return line.cases, line.gross.median, line.net.p90, line.corrections.most
