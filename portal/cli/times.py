"""The kept figures of how long things took, and the calendar behind them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from portal.cli.base import DATE, JSON, main, migrated, show


@main.group()
def times() -> None:
    """How long things took: check the kept figures against the trail, or enter them anew."""


@times.command("check")
@JSON
def check_times(as_json: bool) -> None:
    """Walk the trail day by day and compare. Exit status 1 when a kept figure is another."""
    from portal.times import check as compare

    found = compare(migrated())
    lines = [f"measures: {found['measures']}", *found["wrong"], "DIFFERENT" if found["wrong"] else "all agree"]
    show(found, as_json, "\n".join(lines))
    sys.exit(1 if found["wrong"] else 0)


@times.command("rebuild")
@JSON
def rebuild_times(as_json: bool) -> None:
    """Enter every measure anew from the trail: after an upgrade, or a calendar that changed for past days."""
    from portal.times import rebuild

    done = rebuild(migrated())
    show(done, as_json, f"applications: {done['applications']}\nmeasures: {done['measures']}")


@main.group()
def calendar() -> None:
    """The calendar: load an official year, write one out; close the offices for days."""


@calendar.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_calendar(file: Path) -> None:
    """Load a year (YAML as in services/calendar); it wins over the file of that year."""
    from portal.calendars import NoCalendar, load

    try:
        year = load(migrated(), file)
    except NoCalendar as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{year} is loaded")


@calendar.command("export")
@click.argument("year", type=int)
def export_calendar(year: int) -> None:
    """Print the year in force, in the form of the files."""
    from portal.calendars import NoCalendar, export

    try:
        click.echo(export(migrated(), year), nl=False)
    except NoCalendar as error:
        raise click.ClickException(str(error)) from None


@calendar.command("close")
@click.argument("first", type=DATE)
@click.argument("last", type=DATE)
@click.argument("reason")
def close_calendar(first: Any, last: Any, reason: str) -> None:
    """Close the offices from FIRST through LAST because of REASON: these are no working days, and dates move."""
    from portal.calendars import NoCalendar, close

    try:
        number = close(migrated(), first.date(), last.date(), reason)
    except NoCalendar as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"order {number}: closed from {first.date()} through {last.date()}")


@calendar.command("lift")
@click.argument("number", type=int)
def lift_closure(number: int) -> None:
    """Lift the order NUMBER: its days count as the calendar says, and dates move back."""
    from portal.calendars import NoCalendar, lift

    try:
        lift(migrated(), number)
    except NoCalendar as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"order {number} is lifted")


@calendar.command("closures")
@JSON
def list_closures(as_json: bool) -> None:
    """The orders that stand."""
    from portal.calendars import closures

    found = closures(migrated())
    lines = [f"{each['number']:>4}  {each['first']}  {each['last']}  {each['reason']}" for each in found]
    show({"closures": found}, as_json, "\n".join(lines) or "no day is closed")
