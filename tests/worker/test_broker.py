"""RabbitMQ or Redis as the broker, and away: requests do not wait, nothing is lost, and all is made good later."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from kombu import Connection, Queue

from approvals.vocabulary import ApplicationStatus
from config import Settings
from portal import create_app
from portal.invariants import examine
from portal.worker.app import celery_of, wake
from tests.deciding import ticked
from tests.fixtures.heart import Office
from tests.gate import Gate, gate
from tests.outside import PORTS, Service, require_service
from tests.processes import WORKER, running, wait_until
from tests.standing import entered

AT_MOST = 3.0
"""Seconds a request may take while the broker is away."""


@pytest.fixture(params=["rabbitmq", "redis"])
def service(request: pytest.FixtureRequest) -> Service:
    found: Service = request.param
    return found


@pytest.fixture
def broker(service: Service) -> Iterator[Gate]:
    """The way to the broker, shut."""
    address = require_service(service)
    with gate(urlsplit(address).port or PORTS[service]) as way:
        yield way


@pytest.fixture
def settings(service: Service, broker: Gate, home: Path) -> Iterator[Settings]:
    address = require_service(service)
    parts = urlsplit(address)
    through = parts._replace(netloc=f"{parts.netloc.rpartition(':')[0] or parts.netloc}:{broker.port}").geturl()
    queue = f"rongyiban-test-{os.getpid()}-{home.parent.name}"
    yield Settings(
        home=home, demonstration=True, broker_url=through, broker_queue=queue, sweep_seconds=1, log_level="ERROR"
    )
    with Connection(address) as connection:
        Queue(queue, channel=connection.default_channel).delete()


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Like the usual one, but its way to the worker leads through that broker."""
    with entered(create_app(settings)) as application:
        yield application
    celery_of(application).close()


def environment(settings: Settings) -> dict[str, str]:
    return {
        "RONGYIBAN_HOME": str(settings.home),
        "RONGYIBAN_DEMONSTRATION": "true",
        "RONGYIBAN_SWEEP_SECONDS": "1",
        "RONGYIBAN_BROKER_URL": str(settings.broker_url),
        "RONGYIBAN_BROKER_QUEUE": settings.broker_queue,
    }


def grant(office: Office, clerk: FlaskClient) -> tuple[str, float]:
    """Grant a permit on the clerk's page; its number, and the seconds the answer took."""
    number = office.small()
    office.take(number, "accept")
    office.take_all_but(number)
    typed = {"round": "1", "outcome": "grant", "reason": "", **ticked(number, "decide")}
    began = time.monotonic()
    answer = clerk.post(f"/office/steps/{number}/decide/decide", data=typed)
    took = time.monotonic() - began
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return number, took


def waiting(client: FlaskClient) -> int:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    found: int = answer.get_json()["outbox"]["waiting"]
    return found


@pytest.mark.parametrize("service", ["rabbitmq", pytest.param("redis", marks=pytest.mark.soak)], indirect=True)
def test_what_was_granted_while_the_broker_was_away_is_issued_when_it_is_back(
    office: Office, settings: Settings, broker: Gate, signed_in: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    clerk = signed_in("clerk-zj")
    first, took = grant(office, clerk)
    assert took < AT_MOST
    assert waiting(clerk) == 4
    with running(tmp_path / "worker.log", environment(settings), *WORKER) as worker:
        broker.open()
        wait_until(lambda: not waiting(clerk), "the first permit is issued")
        broker.shut()
        second, took = grant(office, clerk)
        assert took < AT_MOST
        assert waiting(clerk) == 4
        broker.open()
        wait_until(lambda: not waiting(clerk), "the second permit is issued")
        wake([])  # and hints go out again
        third, _ = grant(office, clerk)
        wait_until(lambda: not waiting(clerk), "the third permit is issued")
        assert worker.process.poll() is None, worker.said()
    assert [office.progress(number).status for number in (first, second, third)] == [ApplicationStatus.ISSUED] * 3
    assert examine(office.app)["broken"] == []


@pytest.mark.parametrize("service", ["redis", pytest.param("rabbitmq", marks=pytest.mark.soak)], indirect=True)
def test_a_broker_that_hangs_keeps_no_request_waiting(
    office: Office, broker: Gate, signed_in: Callable[[str], FlaskClient]
) -> None:
    clerk = signed_in("clerk-zj")
    broker.open(mute=True)
    # Each tries anew, by itself in one to two seconds; the quickest was not held up by other work on the machine.
    assert min(grant(office, clerk)[1] for _ in range(3)) < AT_MOST


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_ten_minutes_without_the_broker(
    office: Office, settings: Settings, broker: Gate, signed_in: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    clerk = signed_in("clerk-zj")
    broker.open()
    with running(tmp_path / "worker.log", environment(settings), *WORKER) as worker:
        before, _ = grant(office, clerk)
        wait_until(lambda: not waiting(clerk), "the first permit is issued")
        broker.shut()
        during = [grant(office, clerk)[0] for _ in range(3)]
        Event().wait(600)
        assert worker.process.poll() is None, worker.said()
        broker.open()
        took = wait_until(lambda: not waiting(clerk), "all permits are issued", 120)
    assert [office.progress(number).status for number in (before, *during)] == [ApplicationStatus.ISSUED] * 4
    assert took < 60
    assert examine(office.app)["broken"] == []
