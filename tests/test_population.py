"""The city that the benchmarks measure is a sound one."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import func, select

from approvals.records.application import Application
from portal.invariants import examine
from portal.times import check
from portal.unit_of_work import reading
from tests.benchmarks.population import office, populate

APPLICATIONS = 600


@pytest.mark.soak
def test_copies_of_told_applications_break_no_invariant_and_are_counted(
    tmp_path: Path, empty_postgres_url: str
) -> None:
    populate(tmp_path, empty_postgres_url, APPLICATIONS)
    with office(tmp_path, empty_postgres_url):
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        assert reading().scalars(select(func.count(Application.id))).one() >= APPLICATIONS
        assert examine(app)["broken"] == []
        assert check(app)["wrong"] == []
