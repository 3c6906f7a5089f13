"""The log: one JSON object a line, whichever process writes at the same time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from config import ROOT

LINES = 4000
PROGRAM = f"""
from portal.logs import configure_logs, log
configure_logs("INFO")
for number in range({LINES}):
    log.info("request", number=number)
"""


def test_the_lines_of_two_processes_do_not_run_into_each_other(tmp_path: Path) -> None:
    said = tmp_path / "said.log"
    with said.open("ab") as stream:
        both = [subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, stderr=stream) for _ in range(2)]
        assert [each.wait(60) for each in both] == [0, 0]
    numbers = [json.loads(line)["number"] for line in said.read_text("utf-8").splitlines()]
    assert sorted(numbers) == sorted([*range(LINES), *range(LINES)])
