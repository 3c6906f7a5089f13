"""A worker killed at any moment loses nothing and does nothing twice: one number, one paper, each letter once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from portal.extensions import db
from tests.fixtures.heart import Office
from tests.worker import killing

PARTS = 4
"""The soak kills at every step, in so many tests that run side by side."""

UNHARMED = {
    "step": 0,
    "after": "",
    "status": "issued",
    "certificates": [["ZJ510100202605110001", "in_force"]],
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


def harmed(home: Path, *part: int) -> list[dict[str, Any]]:
    """Where a kill did harm; found in a process with a single thread, because a fork keeps no others."""
    command = [sys.executable, "-m", killing.__name__, str(home), *map(str, part)]
    found = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    assert len(found) >= 10
    return [each for each in found if {**each, "step": 0, "after": ""} != UNHARMED]


def test_a_sweep_killed_on_its_way_is_finished_by_the_next(granted: Path) -> None:
    assert harmed(granted) == []


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_a_sweep_killed_at_every_step_is_finished_by_the_next(granted: Path, part: int) -> None:
    assert harmed(granted, part, PARTS) == []
