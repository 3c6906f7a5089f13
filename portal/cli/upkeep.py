"""Check the data, take up what was given up, seal anew, migrate."""

from __future__ import annotations

import sys
from typing import Literal

import click

from portal.cli.base import JSON, application, main, migrated, show


@main.command()
@JSON
def check(as_json: bool) -> None:
    """Walk the data and assert the invariants. Exit status 1 when one does not hold."""
    from approvals.audit.key import KeyUnusable
    from approvals.audit.statement import NoCheckpoint
    from portal.invariants import examine

    try:
        found = examine(migrated())
    except (KeyUnusable, NoCheckpoint) as error:
        raise click.ClickException(str(error)) from None
    text = "\n".join([f"{name}: {count}" for name, count in found["checked"].items()] + found["broken"])
    show(found, as_json, f"{text}\n{'everything holds' if not found['broken'] else 'BROKEN'}")
    sys.exit(1 if found["broken"] else 0)


@main.command()
@JSON
def retry(as_json: bool) -> None:
    """Let the worker try again what it gave up (`check` names it), once the cause is mended."""
    from approvals.commands.deliver import take_up
    from portal.unit_of_work import changing, now

    with migrated().app_context():
        at = now()
        with changing(at=at) as session:
            parcels = take_up(session, at=at)
    show({"parcels": parcels}, as_json, f"{parcels} parcels are due again")


@main.command()
@JSON
def reseal(as_json: bool) -> None:
    """Seal every personal value anew under the newest encryption key; then the older keys can go."""
    from approvals.commands.reseal import Unreadable
    from portal.resealing import reseal_everything

    try:
        changed = reseal_everything(migrated())
    except Unreadable as error:
        raise click.ClickException(f"{error}; its key is missing in RONGYIBAN_ENCRYPTION_KEYS") from None
    text = "\n".join(f"{place}: {number}" for place, number in changed.items())
    show({"changed": changed}, as_json, text)


@main.group()
def db() -> None:
    """Migrate the database."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate up to REVISION (default: the newest)."""
    _migrate("upgrade", revision)


@db.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Migrate down to REVISION (`base` = empty)."""
    _migrate("downgrade", revision)


def _migrate(direction: Literal["upgrade", "downgrade"], revision: str) -> None:
    from alembic.util import CommandError

    from portal import migrations
    from portal.alone import alone
    from portal.extensions import db as database

    app = application()
    with app.app_context(), alone(database.engine, app.extensions["settings"].home):
        try:
            getattr(migrations, direction)(database.engine, revision)
        except (CommandError, migrations.Dangling) as error:
            raise click.ClickException(str(error)) from None


@db.command("check")
def check_migrations() -> None:
    """Say whether the migrations are in step with the models, in a temporary database. Exit status 1 when not."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    from portal import migrations

    engine = create_engine("sqlite://", poolclass=StaticPool)
    migrations.upgrade(engine)
    found = migrations.differences(engine)
    click.echo("\n".join(found) or "migrations and models are in step")
    sys.exit(1 if found else 0)
