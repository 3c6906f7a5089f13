"""The home folder is closed to other accounts of the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from config import Settings
from portal import create_app
from portal.cli import main
from portal.home import keep_private


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(place: Path) -> int:
    return place.stat().st_mode & 0o7777


def test_a_new_home_is_the_portals_alone(tmp_path: Path) -> None:
    create_app(Settings(home=tmp_path / "deep" / "home", demonstration=True, log_level="ERROR"))
    assert mode(tmp_path / "deep" / "home") == 0o700


def test_an_existing_home_is_closed_at_the_next_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    create_app(Settings(home=home, demonstration=True, log_level="ERROR"))
    assert mode(home) == 0o700


def test_a_folder_for_everybody_stays_one(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    keep_private(tmp_path)
    assert mode(tmp_path) == 0o1777


def test_a_story_leaves_its_authority_in_a_closed_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = CliRunner().invoke(
        main, ["story", "MS017", "--out", str(tmp_path / "out")], env={"RONGYIBAN_HOME": str(home)}
    )
    assert done.exit_code == 0, done.output
    assert mode(home) == 0o700
