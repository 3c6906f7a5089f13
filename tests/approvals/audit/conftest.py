"""Databases for event logs: one of each kind for a module, in which every log is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from approvals.audit.key import SigningKey
from approvals.records import secrecy
from approvals.records.base import Record
from portal import migrations
from tests.approvals.audit.logs import new_key
from tests.databases import database


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """With all tables; on SQLite without triggers, which on PostgreSQL a log is allowed to pass."""
    with keyring(), _sqlite() if request.param == "sqlite" else _postgres() as made:
        yield made
        made.dispose()


@contextmanager
def keyring() -> Iterator[None]:
    before = secrecy._keyring
    secrecy.use(secrecy.Keyring([Fernet.generate_key()], b"h" * 32))
    yield
    secrecy._keyring = before


@contextmanager
def _sqlite() -> Iterator[Engine]:
    made = create_engine("sqlite://", poolclass=StaticPool)
    Record.metadata.create_all(made)
    yield made


@contextmanager
def _postgres() -> Iterator[Engine]:
    with database() as address:
        made = create_engine(address)
        migrations.upgrade(made)
        yield made
        made.dispose()


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    folder: Path = tmp_path_factory.mktemp("keys")
    return new_key(folder)
