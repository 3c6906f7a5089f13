"""The real worker on the embedded broker, killed on its way: kill -9 for all its processes at once."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import ColumnElement, func, select

from approvals.certificates.press import MEMORY
from approvals.records.base import Record
from approvals.records.certificate import Certificate
from approvals.records.letter import Letter
from approvals.records.material import StoredFile
from approvals.records.outbox import Parcel
from approvals.vocabulary import ApplicationStatus
from config import Settings
from portal.invariants import examine
from portal.unit_of_work import reading
from tests.fixtures.heart import Office
from tests.processes import WORKER, running, wait_until


@pytest.fixture(params=["office", pytest.param("postgres_office", marks=pytest.mark.soak)], ids=["sqlite", "postgres"])
def any_office(request: pytest.FixtureRequest) -> Office:
    found: Office = request.getfixturevalue(request.param)
    return found


def environment(office: Office) -> dict[str, str]:
    settings: Settings = office.app.extensions["settings"]
    database = {"RONGYIBAN_DATABASE_URL": settings.database_url} if settings.database_url else {}
    return {
        "RONGYIBAN_HOME": str(settings.home),
        "RONGYIBAN_DEMONSTRATION": "true",
        "RONGYIBAN_SWEEP_SECONDS": "1",
        **database,
    }


def grant(office: Office) -> str:
    """A small construction permit, decided; its paper is the worker's."""
    number = office.small()
    office.take(number, "accept")
    office.take_all_but(number)
    office.take(number, "decide", "2026-05-11")
    return number


def is_issued(office: Office, number: str) -> bool:
    return office.progress(number).status is ApplicationStatus.ISSUED


def count(table: type[Record], *where: ColumnElement[bool]) -> int:
    return reading().scalars(select(func.count()).select_from(table).where(*where)).one()


def assert_once(office: Office, permits: int) -> None:
    """Every permit has one certificate with one number and one paper, and nothing else is wrong."""
    reading().rollback()
    numbers = reading().scalars(select(Certificate.number)).all()
    assert len(set(numbers)) == len(numbers) == permits
    assert count(StoredFile, StoredFile.scan == "own") == permits
    assert count(Letter) == permits * 4
    assert examine(office.app)["broken"] == []


def waiting(office: Office) -> int:
    answer = office.app.test_client().get("/readyz").get_json()
    found: int = answer["outbox"]["waiting"]
    return found


def is_being_made() -> bool:
    """Whether a worker claimed a paper and did not register it yet."""
    reading().rollback()
    return count(Parcel, Parcel.kind == "paper", Parcel.attempts > 0, Parcel.done_at.is_(None)) > 0


def most_memory(pid: int) -> str:
    """Bytes of addresses that a process may have at most."""
    limits = Path(f"/proc/{pid}/limits").read_text("ascii")
    return limits.partition("Max address space")[2].split()[0]


def test_a_worker_killed_while_it_makes_a_certificate_is_made_good(any_office: Office, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with running(log, environment(any_office), *WORKER) as worker:
        first = grant(any_office)
        wait_until(lambda: is_issued(any_office, first), "the first permit is issued")
        second = grant(any_office)
        wait_until(is_being_made, "the second permit is being made")
        assert str(MEMORY) in {most_memory(pid) for pid in worker.group}
        worker.kill()
    assert not is_issued(any_office, second)
    with running(log, environment(any_office), *WORKER):
        wait_until(lambda: not waiting(any_office), "the outbox is empty")
    assert_once(any_office, 2)


@pytest.mark.soak
@pytest.mark.parametrize("after", range(0, 400, 20))
def test_a_worker_killed_so_many_milliseconds_after_the_grant_is_made_good(
    office: Office, tmp_path: Path, after: int
) -> None:
    log = tmp_path / "worker.log"
    with running(log, environment(office), *WORKER) as worker:
        first = grant(office)
        wait_until(lambda: is_issued(office, first), "the first permit is issued")
        grant(office)
        Event().wait(after / 1000)
        worker.kill()
    with running(log, environment(office), *WORKER):
        wait_until(lambda: not waiting(office), "the outbox is empty")
    assert_once(office, 2)
