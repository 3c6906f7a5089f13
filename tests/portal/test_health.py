"""Alive and ready: what a watcher of the installation is told."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from approvals.records.outbox import Parcel
from portal.extensions import db
from portal.unit_of_work import changing
from tests.fixtures.heart import Office


def test_it_is_ready_when_the_database_is_migrated_and_says_what_waits(office: Office) -> None:
    client = office.app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    office.small()
    assert client.get("/readyz").get_json() == {"status": "ready", "outbox": {"waiting": 1, "given_up": 0}}
    at = office.at("2026-05-08")
    with changing(at=at) as session:
        session.query(Parcel).one().failed_at = at.instant
    assert client.get("/readyz").get_json()["outbox"] == {"waiting": 0, "given_up": 1}


def test_it_is_alive_but_not_ready_without_its_tables_or_behind_the_newest_migration(app: Flask) -> None:
    client = app.test_client()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "database not migrated"})
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert client.get("/readyz").status_code == 503
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE outbox"))
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
