"""Start the portal, fill it, name the demonstration's accounts."""

from __future__ import annotations

import gc
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from portal.cli.base import JSON, application, configured, main, show, table

if TYPE_CHECKING:
    from flask import Flask


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Migrate, load the catalogue, and run web, worker and scheduler together until Ctrl-C."""
    from portal.demonstration import prepare  # noqa: F401  # read before forking, like everything else
    from portal.serve import door_at
    from portal.serve import serve as run
    from services.current import catalogue

    settings = configured()
    if settings.demonstration and "RONGYIBAN_PUBLIC_URL" not in os.environ:
        os.environ["RONGYIBAN_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    try:
        door = door_at(host, port)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}; choose another --port") from None
    gc.disable()  # nothing of what is read now becomes garbage
    app = application()
    catalogue()
    gc.enable()

    def announce() -> None:
        click.echo(f"天府蓉易办  {configured().public_url}")
        if settings.demonstration:
            _show_accounts()
        click.echo("Ctrl-C stops everything.")
        sys.stdout.flush()

    sys.exit(run(door, lambda: _bring_up(app), announce, settings.worker_processes))


@main.command()
def seed() -> None:
    """Migrate, publish the catalogue and, in a demonstration, create accounts and applications. Safe to repeat."""
    _bring_up(application())


def _bring_up(app: Flask) -> None:
    from portal.demonstration.prepare import prepare

    prepare(app)
    if app.extensions["settings"].demonstration:
        from portal.demonstration.applications import fill

        with app.app_context():
            fill(app, datetime.now(UTC))


@main.command()
@JSON
def accounts(as_json: bool) -> None:
    """List the demonstration accounts; only where demonstration mode is on."""
    if not configured().demonstration:
        raise click.ClickException("demonstration mode is off: there are no demonstration accounts")
    from portal.demonstration.accounts import listed

    rows = listed()
    show({"accounts": rows}, as_json, table(rows))


def _show_accounts() -> None:
    from portal.demonstration.accounts import listed

    main_ones = [row for row in listed() if row["username"] in SHOWN]
    click.echo(table(main_ones))
    click.echo("More: rongyiban accounts")


SHOWN = ("wangxiaorong", "lijinrong", "clerk-zj", "clerk-sw", "clerk-cg", "manager")
