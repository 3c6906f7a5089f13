"""Two who act at once: one wins, the other is told, and the chain goes on exactly once. On SQLite and on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import func, select

from approvals.commands.amend import amend, open_amendment
from approvals.commands.draft import save
from approvals.commands.resubmit import resubmit
from approvals.commands.submit import submit
from approvals.commands.take import take
from approvals.errors import NotFound, Refusal
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.free_step import free_step
from approvals.records.application import Application, Submission
from approvals.records.assignment import Assignment
from approvals.records.certificate import Certificate
from approvals.records.event import EventRecord
from approvals.vocabulary import ApplicationStatus, Outcome
from portal.extensions import db
from portal.invariants import examine
from portal.unit_of_work import changing, reading
from portal.worker.delivery import sweep
from tests.deciding import decide
from tests.fixtures.heart import Office


@pytest.fixture(params=["office", "postgres_office"], ids=["sqlite", "postgres"])
def any_office(request: pytest.FixtureRequest) -> Office:
    found: Office = request.getfixturevalue(request.param)
    return found


def together(office: Office, *acts: Callable[[], None]) -> list[str]:
    """Run each in a thread and context of its own, all starting at one moment; the refusal's name, or "done"."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], None]) -> str:
        with office.app.app_context():
            reading()  # a session of its own, connected before the race begins
            barrier.wait(timeout=60)
            try:
                act()
            except Refusal as refusal:
                return refusal.name
            finally:
                db.session.remove()
            return "done"

    reading().rollback()
    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def deciding(office: Office, number: str, key: str, outcome: Outcome) -> Callable[[], None]:
    clerk, at = clerk_of(reading(), office.step(number, key).department), office.at("2026-05-08")

    def act() -> None:
        with changing(clerk, at) as session:
            decide(for_change.step(session, number, key), outcome, "", by=clerk, at=at)

    return act


def test_of_forty_clerks_on_one_step_one_wins(any_office: Office) -> None:
    number = any_office.small()
    any_office.take(number, "accept")
    act = deciding(any_office, number, "gc301", Outcome.AGREE)
    assert Counter(together(any_office, *[act] * 40)) == {"done": 1, "AlreadyDecided": 39}
    refused = select(func.count()).select_from(EventRecord).where(EventRecord.kind == "attempt_refused")
    assert reading().scalars(refused).one() == 39
    assert examine(any_office.app)["broken"] == []


@pytest.mark.parametrize("race", [pytest.param(n, marks=[pytest.mark.soak] if n >= 3 else []) for n in range(20)])
def test_the_last_two_parallel_steps_join_exactly_once(any_office: Office, race: int) -> None:
    number = any_office.small()
    any_office.take(number, "accept")
    said = together(any_office, *(deciding(any_office, number, key, Outcome.AGREE) for key in ("gc301", "gc304")))
    assert said == ["done", "done"]
    assert any_office.open(number) == ["decide"]
    opened = select(EventRecord.data).where(EventRecord.kind == "step_opened")
    assert sum(data["step"] == "decide" for data in reading().scalars(opened)) == 1
    assert examine(any_office.app)["broken"] == []


def test_two_grants_at_once_make_one_certificate(any_office: Office) -> None:
    number = any_office.small()
    any_office.take(number, "accept")
    any_office.take_all_but(number)
    act = deciding(any_office, number, "decide", Outcome.GRANT)
    assert sorted(together(any_office, act, act)) == ["AlreadyDecided", "done"]
    at = any_office.at("2026-05-08", 11)

    def work() -> None:
        sweep(at)

    together(any_office, work, work, work)
    assert reading().scalars(select(func.count()).select_from(Certificate)).one() == 1
    assert any_office.progress(number).status is ApplicationStatus.ISSUED
    issued = select(func.count()).select_from(EventRecord).where(EventRecord.kind == "certificate_issued")
    assert reading().scalars(issued).one() == 1
    assert examine(any_office.app)["broken"] == []


def test_a_draft_sent_from_two_tabs_at_once_is_one_application(any_office: Office) -> None:
    token = any_office.draft()
    by, at = actor_named(reading(), "lijinrong"), any_office.at("2026-05-08")

    def send() -> None:
        with changing(by, at) as session:
            submit(for_change.application(session, token), by=by, at=at)

    assert sorted(together(any_office, send, send, send)) == ["AlreadySubmitted", "AlreadySubmitted", "done"]
    numbers = reading().scalars(select(Application.number)).all()
    assert len(numbers) == 1
    assert numbers[0] is not None


def test_an_opinion_and_an_answer_that_takes_its_ground_away_at_once(any_office: Office) -> None:
    """Whichever is first: the opinion stands on the mended answers, or it is asked again."""
    number = any_office.small()
    any_office.take(number, "accept")
    any_office.ask(number, "gc301", "floor_area", day="2026-05-07")
    by, at = actor_named(reading(), "lijinrong"), any_office.at("2026-05-08")

    def answer() -> None:
        with changing(by, at) as session:
            application = for_change.application(session, number)
            answers = {"floor_area": Decimal(1000)}
            save(application, answers, asked=["floor_area"], version=application.draft_version, by=by, at=at)
            resubmit(application, by=by, at=at)

    said = together(any_office, deciding(any_office, number, "gc304", Outcome.AGREE), answer)
    assert said == ["done", "done"]
    assert set(any_office.open(number)) in ({"gc301"}, {"gc301", "gc304"})
    reopened = select(func.count()).select_from(EventRecord).where(EventRecord.kind == "step_reopened")
    assert reading().scalars(reopened).one() == ("gc304" in any_office.open(number))
    assert examine(any_office.app)["broken"] == []


def test_an_amendment_and_the_acceptance_of_what_was_sent_at_once(any_office: Office) -> None:
    """Whichever is first: what is accepted is what was sent last, or the amendment comes too late and is not sent."""
    number = any_office.small()
    by, at = actor_named(reading(), "lijinrong"), any_office.at("2026-05-08")
    with changing(by, at) as session:
        application = for_change.application(session, number)
        open_amendment(application, by=by, at=at)
        save(application, {"floor_area": Decimal(1000)}, asked=["floor_area"], version=1, by=by, at=at)

    def send() -> None:
        with changing(by, at) as session:
            amend(for_change.application(session, number), by=by, at=at)

    said = together(any_office, deciding(any_office, number, "accept", Outcome.ACCEPT), send)
    versions = reading().scalars(select(func.max(Submission.version))).one()
    assert (said, versions) in ((["done", "done"], 2), (["done", "TooLateToAmend"], 1))
    assert any_office.step(number, "accept").status == "done"
    assert examine(any_office.app)["broken"] == []


@pytest.mark.parametrize("steps", [6, pytest.param(20, marks=pytest.mark.soak)])
def test_twice_as_many_clerks_as_steps_who_take_the_next_never_get_the_same(any_office: Office, steps: int) -> None:
    numbers = {any_office.small() for _ in range(steps)}
    at = any_office.at("2026-05-08")
    clerks = [actor_named(reading(), name) for name in ("clerk-zj", "clerk-zj-2")]
    got: list[tuple[str, int]] = []

    def taking(clerk: Actor) -> Callable[[], None]:
        def act() -> None:
            with changing(clerk, at) as session:
                step = free_step(session, by=clerk)
                if step is None:
                    raise NotFound
                take(step, by=clerk, at=at)
                found = (str(step.application.number), clerk.person)
            got.append(found)

        return act

    said = Counter(together(any_office, *(taking(clerks[place % 2]) for place in range(2 * steps))))
    assert said == {"done": steps, "NotFound": steps}
    assert sorted(number for number, _ in got) == sorted(numbers)
    assert Counter(reading().scalars(select(Assignment.act))) == {"take": steps}
    assert examine(any_office.app)["broken"] == []
