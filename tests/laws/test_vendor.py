"""What others made and we ship or test with: each file is the one the manifest names; nothing comes from elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
TOOLS = ROOT / "tests" / "browser" / "vendor"
"""Used by tests, shipped with nothing: here a licence may also bind what is changed in its files."""


def manifest(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


FREE = {"MIT", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC"}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("folder", [VENDOR, TOOLS], ids=["shipped", "tools"])
def test_every_vendored_file_has_the_digest_of_the_manifest(folder: Path) -> None:
    for entry in manifest(folder):
        assert digest(folder / entry["file"]) == entry["sha256"], entry["file"]
        assert entry["version"] in entry["file"]


@pytest.mark.parametrize("folder", [VENDOR, TOOLS], ids=["shipped", "tools"])
def test_every_vendored_file_is_in_the_manifest(folder: Path) -> None:
    named = {name for entry in manifest(folder) for key, name in entry.items() if key.endswith("file")}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == named | {"manifest.json"}


def test_every_vendored_file_may_be_shipped() -> None:
    assert {entry["licence"] for entry in manifest(VENDOR)} <= FREE
    assert {entry["licence"] for entry in manifest(TOOLS)} <= FREE | {"MPL-2.0"}
    for folder in (VENDOR, TOOLS):
        for entry in manifest(folder):
            assert (folder / entry["licence_file"]).stat().st_size > 300


def test_styles_and_scripts_ask_no_other_host() -> None:
    for path in [*STATIC.rglob("*.css"), *STATIC.glob("js/*.js")]:
        text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(r"""(?:url\(|@import|from|import)\s*["']?(?:https?:)?//""", text), path.name


def test_tabler_is_asked_for_under_the_address_the_page_preloads() -> None:
    """Static addresses carry the first twelve digits of the digest; the import in the tokens is written by hand."""
    (entry,) = [entry for entry in manifest(VENDOR) if entry["name"] == "@tabler/core"]
    tokens = (STATIC / "css" / "tokens.css").read_text("utf-8")
    assert f'@import url("../vendor/{entry["file"]}?v={entry["sha256"][:12]}") layer(tabler);' in tokens
