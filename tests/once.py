"""What takes long to make and is only copied: made once a run, by whichever of its processes needs it first."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from filelock import FileLock

Found = TypeVar("Found")


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Found]) -> tuple[Path, Found]:
    """A folder of this process's own with what `make` put into its, and what it found there."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder, found = shared / name, shared / f"{name}.pickle"
    with FileLock(shared / f"{name}.lock"):
        if not found.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            made = pickle.dumps(make(folder))
            found.write_bytes(made)
    return Path(shutil.copytree(folder, factory.mktemp(name) / "copy")), pickle.loads(found.read_bytes())  # noqa: S301
