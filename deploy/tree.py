"""Prints the README's tree from the first line of every package; `--write` puts it into the README."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- tree -->\n", "<!-- end of tree -->\n"

PACKAGES = ("services", "forms", "approvals", "portal")

PLAIN = {
    "templates": "Pages, letters and certificates (Jinja); layout/, parts/, then folders that mirror portal/",
    "static": "Styles, scripts and pictures; everything foreign in vendor/, with its manifest",
    "migrations": "The tables' history (Alembic), up and down",
    "tests": "Laws, units, journeys, browser, benchmarks",
    "deploy": "Setting up, pinned requirements",
    "docs": "Development, operation, the command line, decisions",
}
"""Folders that hold no Python package of their own say here what they are."""


def first_line(file: Path) -> str:
    """The sentence with which a file says what it is, without its full stop."""
    text = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return text.partition("\n")[0].removesuffix(".")


def lines() -> Iterator[tuple[str, str]]:
    """Each entry of the tree with what it is: the packages and their folders; within them every file says so itself."""
    yield "config.py", first_line(ROOT / "config.py")
    for package in PACKAGES:
        yield f"{package}/", first_line(ROOT / package / "__init__.py")
        for folder in sorted((ROOT / package).iterdir()):
            if (folder / "__init__.py").is_file():
                yield f"  {folder.name}/", first_line(folder / "__init__.py")
    yield from ((f"{name}/", meaning) for name, meaning in PLAIN.items())


def tree() -> str:
    """The tree as a Markdown block, in columns."""
    entries = list(lines())
    width = max(len(name) for name, _ in entries) + 2
    return "```\n" + "".join(f"{name:{width}}{meaning}".rstrip() + "\n" for name, meaning in entries) + "```\n"


def with_tree(readme: str) -> str:
    """The README's text with the tree of today between its two marks."""
    before, rest = readme.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}{tree()}{END}{after}"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        readme = ROOT / "README.md"
        readme.write_text(with_tree(readme.read_text("utf-8")), "utf-8")
    else:
        print(tree(), end="")
