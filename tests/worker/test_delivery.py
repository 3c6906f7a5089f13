"""What the outbox does with failures: tries again ever later, gives up at last, lets no parcel stop the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from approvals.clock.moment import Moment
from approvals.commands.deliver import FIRST_WAIT, MOST_ATTEMPTS, claim, take_up
from approvals.queries.outbox import due_parcels, waiting
from approvals.records.letter import Letter
from approvals.records.outbox import Parcel
from portal.unit_of_work import changing, reading
from portal.worker.delivery import deliver, sweep
from tests.fixtures.heart import Office

NO_APPLICATION: Mapping[str, Any] = {"application": 1, "sequence": 1, "event": "submitted"}
"""A letter about an application that does not exist: writing it fails."""


def lay_in(office: Office, data: Mapping[str, Any] = NO_APPLICATION, day: str = "2026-05-08") -> int:
    at = office.at(day)
    with changing(at=at) as session:
        parcel = Parcel(
            kind="letter", key=f"test:{data}", data=dict(data), created_at=at.instant, due_at=at.instant, attempts=0
        )
        session.add(parcel)
        session.flush()
        return parcel.id


def later(at: Moment, wait: timedelta) -> Moment:
    return Moment(at.instant + wait, at.calendar)


def found(parcel: int) -> Parcel:
    return reading().get_one(Parcel, parcel, populate_existing=True)


def test_what_fails_is_tried_again_ever_later_and_given_up_in_the_end(office: Office) -> None:
    parcel, at = lay_in(office), office.at("2026-05-08")
    waits = []
    while found(parcel).failed_at is None:
        assert not deliver(parcel, at)
        waits.append(found(parcel).due_at - at.instant)
        assert not deliver(parcel, later(at, waits[-1] - timedelta(seconds=1))), "not due yet"
        at = later(at, waits[-1])
    assert found(parcel).attempts == len(waits) == MOST_ATTEMPTS
    assert waits[:3] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert waits == sorted(waits)
    assert sum(waits, timedelta()) < timedelta(hours=2)
    assert "NoResultFound" in str(found(parcel).error)
    assert waiting(reading()) == (0, 1)
    assert due_parcels(reading(), later(at, timedelta(days=9)).instant) == []


def test_what_was_given_up_is_taken_up_again_when_told(office: Office) -> None:
    number = office.small()
    at = office.at("2026-05-08")
    (parcel,) = reading().scalars(select(Parcel.id))
    with changing(at=at):
        found(parcel).failed_at = at.instant
    assert sweep(at) == 0
    with changing(at=at) as session:
        assert take_up(session, at=at) == 1
    assert sweep(at) == 1
    assert reading().scalars(select(Letter.kind)).all() == ["submitted"]
    assert office.progress(number).number == number


def test_a_parcel_that_kills_its_worker_keeps_no_other_waiting_and_is_given_up(office: Office) -> None:
    parcel = lay_in(office, day="2026-05-05")
    office.small()
    at = office.at("2026-05-08")

    def killed(at: Moment) -> bool:
        """What is left of an attempt whose worker was killed: the claim."""
        with changing(at=at) as session:
            return claim(session, parcel, at=at) is not None

    assert killed(at)
    assert sweep(at) == 1, "the letter behind it goes out at once"
    attempts = 1
    while found(parcel).failed_at is None:
        at = later(at, timedelta(hours=1))
        attempts += killed(at)
    assert attempts == MOST_ATTEMPTS


def test_a_parcel_is_delivered_once_however_often_it_is_announced(office: Office) -> None:
    office.small()
    at = office.at("2026-05-08")
    (parcel,) = reading().scalars(select(Parcel.id))
    assert [deliver(parcel, at), deliver(parcel, at), deliver(99999, at)] == [True, False, False]
    assert reading().scalars(select(func.count()).select_from(Letter)).one() == 1


def test_a_sweep_stops_in_time_and_the_next_goes_on(office: Office) -> None:
    for _ in range(3):
        office.small()
    at = office.at("2026-05-08")
    assert sweep(at, seconds=-1) == 0
    assert sweep(at) == 3
