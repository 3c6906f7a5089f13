"""`rongyiban item bpmn`: the chain of an item as a file, and clear words where there is none."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from click.testing import CliRunner, Result

from portal.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["item", "bpmn", *arguments])


def test_the_chain_is_printed_or_written_by_code_or_slug(tmp_path: Path) -> None:
    printed = run("GC303")
    assert printed.exit_code == 0
    root = ET.fromstring(printed.stdout_bytes)  # noqa: S314  # our own file
    assert root.tag == "{http://www.omg.org/spec/BPMN/20100524/MODEL}definitions"
    file = tmp_path / "chain.bpmn"
    written = run("construction-permit", "--out", str(file))
    assert (written.exit_code, written.output) == (0, "")
    assert file.read_bytes() == printed.stdout_bytes


def test_what_has_no_chain_is_said_in_one_line(tmp_path: Path) -> None:
    for arguments, words in (
        (["nothing"], "no item has the code or slug 'nothing'"),
        (["GC303", "--out", str(tmp_path / "missing" / "chain.bpmn")], "No such file or directory"),
    ):
        refused = run(*arguments)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert words in refused.stderr
        assert refused.stderr.count("\n") == 1
