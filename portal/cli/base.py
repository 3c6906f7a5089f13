"""The root of the command line, and what its groups share: the application, printing, days."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import click

from config import Incoherent, Settings, from_environment

if TYPE_CHECKING:
    from flask import Flask

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
DATE = click.DateTime(formats=["%Y-%m-%d"])


def application() -> Flask:
    """Made only by the commands that need it: counting days must not open a database."""
    from portal import create_app

    return create_app(configured())


def migrated() -> Flask:
    """For commands that ask the database at once."""
    from sqlalchemy.exc import DBAPIError

    from portal import migrations
    from portal.extensions import db as database

    app = application()
    try:
        with app.app_context():
            if migrations.is_current(database.engine):
                return app
    except DBAPIError as error:
        raise click.ClickException(f"the database does not answer: {error.orig}") from None
    raise click.ClickException("the database is not at the newest migration: run rongyiban db upgrade")


def configured() -> Settings:
    try:
        return from_environment()
    except Incoherent as error:
        raise click.ClickException(str(error)) from None


def show(data: Any, as_json: bool, text: str) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str) if as_json else text)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rongyiban")
def main() -> None:
    """天府蓉易办: one-stop government services. Settings come from the environment (RONGYIBAN_…)."""


def table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    cells = [list(rows[0]), *([str(value or "") for value in row.values()] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    lines = (
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
        for line in cells
    )
    return "\n".join(line.rstrip() for line in lines)


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "FW" else 1 for character in text)


def today() -> date:
    """The present day, for commands that were given none."""
    from approvals.clock.moment import local_date

    return local_date(present())


def present() -> datetime:
    """This moment."""
    return datetime.now(UTC)
