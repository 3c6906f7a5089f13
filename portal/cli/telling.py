"""Tell the story of an item, count a limit, draw a chain, simulate."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from pathlib import Path
from typing import Any

import click

from portal.cli.base import DATE, JSON, configured, main, show, table, today


class Days(click.FloatRange):
    """A number of days; "nan" is a number to Python and slips through every range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        days = super().convert(value, param, ctx)
        return self.fail(f"{value!r} is not a number of days.", param, ctx) if isnan(days) else days


@main.command()
@click.argument("item")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the papers.")
@click.option("--from", "start", type=DATE, help="Day of submission (default: today).")
@JSON
def story(item: str, out: Path, start: Any, as_json: bool) -> None:
    """Run the fullest application of ITEM (slug or code) through every step, in a temporary database of its own."""
    from portal.story import NoSuchStory, WrongTime, tell

    try:
        told = tell(item, out, start.date() if start else today(), configured())
    except NoSuchStory as error:
        raise click.ClickException(str(error)) from None
    except WrongTime as error:
        raise click.BadParameter(str(error), param_hint="--from") from None
    except OSError as error:
        raise click.ClickException(f"cannot write into {out}: {error.strerror}") from None
    show(told, as_json, _story_text(told))


def _story_text(told: Mapping[str, Any]) -> str:
    due = _days(told, "promised_due", "statutory_due")
    days = _days(told, "submitted", "accepted", "issued"), f"{due}  (provisional)" if told["provisional"] else due
    lines = [f"{told['number']}  {told['item']['name']}", *filter(None, days), ""]
    rows = [
        {
            key: step[key]
            for key in ("department", "title", "opened", "decided", "outcome", "promised_due", "statutory_due")
        }
        | {"": "(provisional)" if step["provisional"] else ""}
        for step in told["steps"]
    ]
    stopped = [
        f"{step['title']}: not counted after {pause['from']} up to {pause['to']} ({pause['reason']}, {pause['basis']})"
        for step in told["steps"]
        for pause in step["pauses"]
    ]
    return "\n".join([*lines, table(rows), "", *stopped, *told["files"]])


def _days(told: Mapping[str, Any], *names: str) -> str:
    """Those that there are: what is done at once is not accepted first and never due."""
    return ", ".join(f"{name.replace('_', ' ')} {told[name]}" for name in names if told[name])


@main.command()
@click.option("--from", "start", required=True, type=DATE, help="The day it starts; it is not counted.")
@click.option("--days", required=True, type=Days(0, 3660), help="How many days; half days on instant items.")
@click.option(
    "--unit", type=click.Choice(["wd", "cd"]), default="wd", show_default=True, help="Working or calendar days."
)
@click.option(
    "--pause",
    "pauses",
    multiple=True,
    metavar="FROM:TO",
    help="FROM is still counted, the days after it up to and including TO are not.",
)
@JSON
def due(start: Any, days: float, unit: str, pauses: tuple[str, ...], as_json: bool) -> None:
    """Count a limit and show how, day by day."""
    from portal.reckoning import BadPause, TooFar, reckon

    try:
        counted = reckon(start.date(), days, unit, pauses)
    except BadPause as error:
        raise click.BadParameter(str(error), param_hint="--pause") from None
    except TooFar as error:
        raise click.UsageError(str(error)) from None
    lines = [
        f"{day['date']}  {day['number'] or '':>4}  {day['why']}  {day['name']}".rstrip() for day in counted["days"]
    ]
    mark = "  (provisional: no official calendar yet)" if counted["provisional"] else ""
    show(counted, as_json, "\n".join([*lines, "", f"due {counted['due']}{mark}"]))


@main.group()
def item() -> None:
    """Service items of the catalogue."""


@item.command()
@click.argument("code")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; without it, print.")
def bpmn(code: str, out: Path | None) -> None:
    """Write the chain of the item CODE (code or slug) as BPMN 2.0, for viewers to draw and engines to run."""
    from approvals.chain.bpmn import export
    from services.catalogue import UnknownItem
    from services.current import catalogue

    known = catalogue()
    try:
        found = known.item(code)
    except UnknownItem as error:
        raise click.ClickException(str(error)) from None
    if not found.is_online:
        raise click.ClickException(f"{found.code} cannot be applied for online yet: it has no chain")
    written = export(found, known.departments)
    if out is None:
        click.echo(written, nl=False)
        return
    try:
        out.write_bytes(written)
    except OSError as error:
        raise click.ClickException(f"cannot write {out}: {error.strerror}") from None


@main.group()
def simulate() -> None:
    """What if: projects in simulated time."""


@simulate.command("construction")
@click.option("--profile", default="average", show_default=True, help="What the projects are like.")
@click.option("--projects", default=1000, show_default=True, type=click.IntRange(1, 20_000), help="How many.")
@click.option("--seed", default=1, show_default=True, type=int, help="The same seed draws the same projects.")
@click.option("--from", "start", default="2019-01-02", show_default=True, type=DATE, help="Day of the first project.")
@JSON
def simulate_construction(profile: str, projects: int, seed: int, start: Any, as_json: bool) -> None:
    """Construction projects one item after another, against four stages in parallel and commitment first."""
    from portal.simulation import NoSuchProfile, as_data, as_text, simulated

    try:
        found = simulated(profile, projects, seed, start.date())
    except NoSuchProfile as error:
        raise click.BadParameter(str(error), param_hint="--profile") from None
    before, rows, after = as_text(found)
    show(as_data(found), as_json, "\n".join([*before, table(rows), *after]))
