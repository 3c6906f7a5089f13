"""The log: one JSON object a line, whichever process writes at the same time."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from portal.logs import as_line
from portal.personal import COVER, covered

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


PERSONAL = (
    *("13800000000", "+8613800000000", "8613800000000", "008613800000000", "+86 138-0000-0000", "1３800000000"),
    *(
        "138 0000 0000",
        "138-0000-0000",
        "1380000 0000",
        "138 000 00000",
        "1 3 8 0 0 0 0 0 0 0 0",
        "138\u30000000\u30000000",
    ),
    *("510104199003072344", "51010419900307234X", "51010419900307234x", "510104900307234", "510104 19900307 2344"),
    *(
        "510104-19900307-234X",
        "5101 0419 9003 0723 44",
        "510 104 199 003 072 344",
        "5 1 0 1 0 4 1 9 9 0 0 3 0 7 2 3 4 4",
    ),
    *(
        "6222021234567890",
        "6222021234567890123",
        "6222 0212 3456 7890",
        "6222-0212-3456-7890-123",
        "622202 1234567890123",
    ),
    *("a@b.cn", "wang.xiao+rong@mail.example.com", "张三@例子.中国"),
)
HARMLESS = (
    *("510100-20260506-ZJ-000001-9", "510100-20260506-GA-000123-X", "000106111000", "a1b2c3d4e5f60718", "number 12"),
    *("2026-05-06T08:30:00.123456+08:00", "2026-05-06 2026-05-07", "20260506083000", "1770000000.123456", "13:45:10"),
    *("192.168.100.100:8080", "0x7f1380000000", "0b6c2d1e-3f4a-4b5c-8d7e-123456789012", "@allows(PUBLIC)", "1 2 3 4 5"),
    *(hashlib.sha256(str(number).encode()).hexdigest() for number in range(2000)),
    *(hashlib.sha256(str(number).encode()).hexdigest()[:40].upper() for number in range(500)),
)


@pytest.mark.parametrize("value", PERSONAL)
@pytest.mark.parametrize("around", ["{}", "id{}", "cannot take '{}': no", "（{}）", "\n{}\n", "7 {}，8"])
def test_personal_values_are_covered_however_they_are_written(value: str, around: str) -> None:
    said = line({"event": around.format(value), "deep": {"of": [value]}})
    assert [COVER in said["event"], said["deep"]] == [True, {"of": [COVER]}]
    assert not re.search(r"[0-9]{4}|@", said["event"])


def test_what_is_harmless_stays_readable() -> None:
    for value in HARMLESS:
        assert line({"event": f"about {value}, so"})["event"] == f"about {value}, so"
    own = {"request": "1234567890123456", "timestamp": "2026-05-06T00:00:00Z", "level": "info", "ms": 1.5, "done": True}
    assert line({"event": "request", **own}) == {"event": "request", **own}


def test_numbers_and_objects_are_covered_as_well() -> None:
    assert line({"event": "x", "phone": 13800000000, "of": Path("510104199003072344")}) == {
        "event": "x",
        "phone": COVER,
        "of": f"PosixPath('{COVER}')",
    }


@pytest.mark.parametrize("part", ["1", "1 ", "a", "a@", "1-", "12345678 ", "a.b@c.", "1380 ", "f1", "+86", "a-", "@"])
def test_covering_takes_time_in_proportion_to_the_text(part: str) -> None:
    began = time.process_time()
    covered(part * (400_000 // len(part)))
    assert time.process_time() - began < 5


def line(event: dict[str, object]) -> dict[str, Any]:
    return dict(json.loads(as_line(None, "", event)))
