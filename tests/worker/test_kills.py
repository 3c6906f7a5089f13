"""A worker killed at any moment loses nothing and does nothing twice: one number, one paper, each letter once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from approvals.certificates import make
from approvals.certificates.trust import STAMPS
from approvals.commands.copy import make_copy
from approvals.commands.translate import translate
from approvals.queries.actor import actor_named
from approvals.records.certificate import Certificate, Lift
from approvals.records.letter import Letter
from config import ROOT, Settings
from portal import create_app
from portal.extensions import db
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from tests.factories import PERMIT, issued
from tests.fixtures.heart import Office
from tests.outside_authority import Authority
from tests.worker import killing

PARTS = 4
"""The soak kills at every step, in so many tests that run side by side."""

UNHARMED = {
    "step": 0,
    "after": "",
    "status": "issued",
    "certificates": [["ZJ510100202605110001", "in_force", "b_b"]],
    "copies": [],
    "papers": 1,
    "letters": 4,
    "waiting": 0,
    "broken": [],
}


@pytest.fixture
def granted(office: Office, home: Path) -> Path:
    """A home in which a permit was granted, its paper and four letters still to be made; the database is closed."""
    number = office.small()
    office.take(number, "accept")
    office.take_all_but(number)
    office.take(number, "decide", "2026-05-11")
    db.session.remove()
    db.engine.dispose()
    return home


def killed(home: Path, *arguments: object) -> list[dict[str, Any]]:
    """What came of each kill; found in a process with a single thread, because a fork keeps no others."""
    command = [sys.executable, "-m", killing.__name__, str(home), *map(str, arguments)]
    found: list[dict[str, Any]] = json.loads(
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    )
    assert len(found) >= 10
    return found


def harmed(home: Path, *arguments: object) -> list[dict[str, Any]]:
    """Where a kill did harm."""
    return [each for each in killed(home, *arguments) if {**each, "step": 0, "after": ""} != UNHARMED]


def test_a_sweep_killed_on_its_way_is_finished_by_the_next(granted: Path) -> None:
    assert harmed(granted) == []


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_a_sweep_killed_at_every_step_is_finished_by_the_next(granted: Path, part: int) -> None:
    assert harmed(granted, part, PARTS) == []


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_a_sweep_killed_twenty_times_between_each_telling_step_and_the_next_is_finished(
    granted: Path, part: int
) -> None:
    assert harmed(granted, part, PARTS, "--times", 20) == []


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_a_translation_and_a_copy_are_made_once_wherever_the_worker_is_killed(
    granted: Path, office: Office, part: int
) -> None:
    at = office.at("2026-05-11", 11)
    sweep(at)
    holder = actor_named(reading(), "lijinrong")
    with changing(holder, at) as session:
        certificate = session.scalars(select(Certificate)).one()
        translate(certificate, by=holder, at=at)
        make_copy(certificate, "开户", "示例银行", 365, by=holder, at=at)
        number = certificate.number
    db.session.remove()
    db.engine.dispose()
    made = {**UNHARMED, "copies": [[f"{number}-EN1", "b_b"], [f"{number}-F1", "b_b"]], "papers": 3}
    found = killed(granted, part, PARTS)
    assert [each for each in found if {**each, "step": 0, "after": ""} != made] == []


@pytest.mark.soak
def test_a_lifting_killed_on_its_way_is_finished_by_the_next(
    prepared: Path, tmp_path: Path, outside_authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificate keeps its number and its copy, and has one lifted file, whatever was thrown away on the way."""
    home = Path(shutil.copytree(prepared, tmp_path / "home"))
    (home / "keys" / STAMPS).mkdir()
    (home / "keys" / STAMPS / "city.pem").write_bytes(outside_authority.pem("root"))
    monkeypatch.setattr(make, "_failed", {})
    outside_authority.at, outside_authority.is_down = None, True
    app = create_app(
        Settings(home=home, demonstration=True, log_level="CRITICAL", tsa_url=outside_authority.stamping_url)
    )
    with app.app_context():
        _application, number = issued(PERMIT, now())
        with changing(at=now()) as session:
            session.execute(update(Lift).values(due_at=now().instant))
        letters = reading().scalars(select(func.count()).select_from(Letter)).one()
        db.session.remove()
        db.engine.dispose()
    outside_authority.is_down = False
    unharmed = {
        **UNHARMED,
        "certificates": [[number, "in_force", "b_lta"]],
        "papers": 2,
        "letters": letters,
    }
    found = killed(home, "--stamps", outside_authority.stamping_url)
    assert [each for each in found if {**each, "step": 0, "after": ""} != unharmed] == []
