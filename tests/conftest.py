"""The root of the test fixtures: loads every plug-in in tests/fixtures and holds nothing itself."""

from __future__ import annotations

from pathlib import Path

pytest_plugins = [
    f"tests.fixtures.{file.stem}"
    for file in sorted(Path(__file__).with_name("fixtures").glob("*.py"))
    if file.stem != "__init__"
]
