"""`rongyiban serve`: everything on one machine starts together, is ready soon, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from sqlalchemy import func, select

from approvals.records.application import Application
from config import ROOT, Settings
from portal import create_app, migrations
from portal.extensions import db
from portal.invariants import examine
from portal.unit_of_work import reading
from tests.processes import PATIENCE, Tree, free_port, running, wait_until

SECOND_START = 5.0
"""Seconds until a second start answers; about three on two quiet cores."""
TIMES_LOADING = 1.5
"""So many times longer than reading the program may it take, where the machine is too busy or slow for that."""
BEGUN = 16
"""Applications that a demonstration begins with."""
PROCESSES = 7
"""Two web processes, one that examines files, one that makes papers, and the three that look after them and the clock.
"""


@contextmanager
def serving(home: Path, port: int) -> Iterator[Tree]:
    environment = {"RONGYIBAN_HOME": str(home), "RONGYIBAN_LOG_LEVEL": "WARNING"}
    with running(home.parent / f"{port}.log", environment, "portal.cli", "serve", "--port", str(port)) as tree:
        yield tree


def answer(port: int, path: str) -> dict[str, object] | None:
    """None while nobody answers."""
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:  # our own address
            found: dict[str, object] = json.load(response)
            return found
    except (URLError, TimeoutError, ConnectionError):
        return None


def children(tree: Tree) -> list[int]:
    """Everything that descends from the program, its own children last."""

    def below(pid: int) -> list[int]:
        own = sorted(child for child, parent in parents.items() if parent == pid)
        return [*(each for child in own for each in below(child)), *own]

    parents = parents_of_all()
    return below(tree.process.pid)


def parents_of_all() -> dict[int, int]:
    """Of every process that runs, by its number."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            state, parent = (place / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(place.name)] = int(parent)
    return parents


def refused(port: int, path: str) -> tuple[int, str]:
    with pytest.raises(HTTPError) as failed:
        urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE)
    with failed.value as answer:
        return answer.code, answer.read().decode()


def second_start(home: Path, port: int) -> float:
    """Seconds, or of processor time, if that is less: the machine may be busy with something else meanwhile."""
    with serving(home, port) as tree:
        waited = wait_until(partial(answer, port, "/readyz"), "it is ready again")
        first = tree.process.pid
        parts = [pid for pid, parent in parents_of_all().items() if parent == first]
        computed = processor_seconds(first) + max(map(processor_seconds, parts))  # its parts start side by side
        assert tree.interrupt() == 0
    return min(waited, computed)


def loading(home: Path) -> float:
    """Seconds of processor time that the portal's program takes to be read, on this machine as busy as it is now."""
    before = getrusage(RUSAGE_CHILDREN)
    environment = {**os.environ, "RONGYIBAN_HOME": str(home)}
    subprocess.run([sys.executable, "-c", "import portal.wsgi"], cwd=ROOT, env=environment, check=True)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def processor_seconds(pid: int) -> float:
    """What a process has computed so far, and those of its children that ended."""
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, state[11:15])) / os.sysconf("SC_CLK_TCK")  # utime, stime, cutime and cstime of proc(5)


def are_gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_it_starts_twice_on_one_home_without_harm_and_leaves_nothing_behind(home: Path) -> None:
    first, second = free_port(), free_port()
    with serving(home, first) as one, serving(home, second) as other:
        for port, tree in ((first, one), (second, other)):
            wait_until(partial(answer, port, "/readyz"), f"{port} is ready")
            assert answer(port, "/healthz") == {"status": "ok"}
            for words in (f"http://127.0.0.1:{port}", "clerk-zj", "rongyiban-demo"):
                assert words in tree.said()
        wait_until(lambda: len(children(one)) == len(children(other)) == PROCESSES, "all processes run")
        parts = [*children(one), *children(other)]
        assert one.interrupt() == 0
        other.process.kill()  # it cannot stop its parts any more; they notice by themselves
        wait_until(lambda: are_gone(parts), "no process is left")
        assert "Traceback" not in one.said()
    found = examine(create_app(Settings(home=home, demonstration=True, log_level="ERROR")))
    assert (found["broken"], found["checked"]["applications"]) == ([], BEGUN)

    assert second_start(home, first) < max(SECOND_START, TIMES_LOADING * loading(home))
    with serving(home, first) as again:
        wait_until(partial(answer, first, "/readyz"), "it is ready again")
        status, page = refused(first, f"/services?q={'a' * 60_000}")
        assert status == 414
        assert "地址太长" in page
        with serving(home, first) as late:
            assert late.process.wait(PATIENCE) == 1
            assert "choose another --port" in late.said()
        wait_until(lambda: len(children(again)) == PROCESSES, "all processes run")
        parts = children(again)
        os.kill(parts[-1], signal.SIGKILL)
        wait_until(lambda: "starting it again" in again.said(), "the dead part is missed")
        wait_until(lambda: len(children(again)) == PROCESSES, "and started again")
        assert answer(first, "/readyz"), "the others go on meanwhile"
        parts = [*parts, *children(again)]
        assert again.interrupt() == 0
        wait_until(lambda: are_gone(parts), "no process is left")


def test_the_web_loads_no_library_that_only_papers_drawings_and_tables_need(home: Path) -> None:
    heavy = {"ezdxf", "numpy", "openpyxl", "pyhanko", "shapely", "weasyprint", "xlsxwriter"}
    program = f"import sys, portal.wsgi; print(*({heavy!r} & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "RONGYIBAN_HOME": str(home)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    assert loaded == "\n"


@pytest.mark.soak
def test_two_that_prepare_one_empty_postgresql_database_take_turns(empty_postgres_url: str, tmp_path: Path) -> None:
    environment = {"RONGYIBAN_DATABASE_URL": empty_postgres_url, "RONGYIBAN_DEMONSTRATION": "true"}
    with ExitStack() as stack:
        # A home of its own for each, as on two machines: only the database is shared.
        trees = [
            stack.enter_context(
                running(
                    tmp_path / f"{number}.log",
                    {**environment, "RONGYIBAN_HOME": str(home_with(tmp_path, number))},
                    "portal.cli",
                    "seed",
                )
            )
            for number in range(3)
        ]
        assert [tree.process.wait(PATIENCE) for tree in trees] == [0, 0, 0], "\n".join(tree.said() for tree in trees)
    settings = Settings(
        home=tmp_path / "home-0", demonstration=True, database_url=empty_postgres_url, log_level="ERROR"
    )
    app = create_app(settings)
    with app.app_context():
        assert reading().scalars(select(func.count()).select_from(Application)).one() == BEGUN
        assert migrations.is_current(db.engine)
        db.session.remove()
        db.engine.dispose()


def home_with(folder: Path, number: int) -> Path:
    """The keys are those of one installation, wherever its machines are."""
    home = folder / f"home-{number}"
    home.mkdir()
    if number == 0:
        create_app(Settings(home=home, demonstration=True))
    else:
        shutil.copytree(folder / "home-0" / "keys", home / "keys")
    return home
