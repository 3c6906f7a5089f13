"""What holds for every file of the repository: its first line, its links, and nothing of any one machine in it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from itertools import chain
from pathlib import Path

from tests.outside import require_tool

ROOT = Path(__file__).resolve().parents[2]

# Written in two halves each, so that this file is not a finding of its own.
REGISTRIES = re.compile(
    "|".join(("pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npm", "extra-index" + "-url"))
)
MACHINE_PATHS = re.compile(r"(?<![\w.:/-])/" + r"(?:home|root|tmp|work|Users|opt)" + r"/\w")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


@cache
def files() -> dict[Path, str]:
    """Every text file that is or is about to be committed, foreign ones aside."""
    listed = subprocess.run(
        [require_tool("git"), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    found: dict[Path, str] = {}
    for name in filter(None, listed):
        path = ROOT / name
        if "/vendor/" in name or not path.is_file():
            continue
        try:
            found[path] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def findings(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path, text in files().items()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    assert findings(REGISTRIES) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert findings(MACHINE_PATHS) == []


def test_nothing_is_left_for_later() -> None:
    assert findings(UNFINISHED) == []


def test_every_python_file_begins_with_one_sentence_saying_what_it_is() -> None:
    def is_a_sentence(text: str) -> bool:
        first = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
        return text.startswith('"""') and first.endswith((".", "?", "。"))

    assert [
        str(path.relative_to(ROOT))
        for path, text in files().items()
        if path.suffix == ".py" and not is_a_sentence(text)
    ] == []


def test_the_tree_in_the_readme_is_what_the_files_say() -> None:
    tree = subprocess.run(
        [sys.executable, ROOT / "deploy" / "tree.py"], check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout
    assert tree in (ROOT / "README.md").read_text("utf-8"), "run: .venv/bin/python deploy/tree.py --write"


def test_every_link_in_the_documents_leads_somewhere() -> None:
    documents = [path for path in files() if path.suffix == ".md"]
    links = chain.from_iterable(
        ((document, link) for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", files()[document]))
        for document in documents
    )
    assert [
        f"{document.relative_to(ROOT)}: {link}" for document, link in links if not (document.parent / link).exists()
    ] == []


def test_every_setting_is_explained_to_operators() -> None:
    from config import Settings

    text = (ROOT / "docs" / "operation.md").read_text("utf-8")
    assert [name for name in Settings.model_fields if f"`RONGYIBAN_{name.upper()}`" not in text] == []


def test_every_pinned_requirement_carries_its_hashes() -> None:
    for name in ("run", "dev"):
        text = (ROOT / "deploy" / "requirements" / f"{name}.txt").read_text("utf-8")
        entries = re.findall(r"^[a-z0-9][^\n]*(?:\n    --hash[^\n]*)*", text, re.MULTILINE)
        assert len(entries) > 60
        assert [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
