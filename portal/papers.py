"""The papers of the office: write what is in force into files in the form of the catalogue, and read such files in."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import select

from approvals.commands.write_paper import publish_paper, write_paper
from approvals.errors import GlyphMissing
from approvals.permissions import SYSTEM
from approvals.queries.papers import papers_in_force
from approvals.records.people import Department
from portal.unit_of_work import changing, now, reading
from services.current import catalogue
from services.papers import PaperFile, file_of, read_file
from services.problems import CatalogueError

REASON = "命令行导入"


class NoPaper(Exception):
    """A file is no paper, or says what cannot stand; says what is wrong, and where. Nothing was read in."""


def export(app: Flask, folder: Path) -> list[str]:
    """The names of the files written, one for each text and seal that the office has changed."""
    folder.mkdir(parents=True, exist_ok=True)
    with app.app_context():
        found = papers_in_force(reading())
    slugs = {item.code: item.slug for item in catalogue().items.values()}
    names = []
    for each in found:
        name = f"{each.department}-{slugs.get(each.subject, each.subject)}.yaml"
        (folder / name).write_text(file_of(each.department, each.subject, each.content), encoding="utf-8")
        names.append(name)
    return names


def take_in(app: Flask, files: list[Path]) -> list[str]:
    """All or nothing: what each file says is published at once. What was in force already is left; the rest is told."""
    with app.app_context():
        departments = set(reading().scalars(select(Department.code)))
        current = {(each.department, each.subject): each.content for each in papers_in_force(reading())}
        reading().rollback()
        papers = _read(files, departments)
        moment, told = now(), []
        with changing(at=moment) as session:
            for paper in papers:
                if current.get((paper.department, paper.subject)) == paper.content:
                    continue
                about = (session, paper.department, paper.subject, paper.content, REASON)
                try:
                    version = write_paper(*about, after=None, by=SYSTEM, at=moment)
                except GlyphMissing as refusal:
                    raise NoPaper(f"no font shows {refusal.facts['characters']}") from None
                publish_paper(session, version, by=SYSTEM, at=moment)
                told.append(f"{paper.department} {paper.subject} version {version.number}")
    return told


def _read(files: list[Path], departments: set[str]) -> list[PaperFile]:
    items = {item.code: item for item in catalogue().items.values()}
    papers, problems = [], []
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        try:
            papers.append(read_file(text, file.name, items, departments))
        except CatalogueError as error:
            problems.append(str(error))
    if problems:
        raise NoPaper("\n".join(problems))
    return papers
