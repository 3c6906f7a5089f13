"""The command line `rongyiban`: operate, tell a story, count a limit, draw a chain, simulate, verify, check."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import east_asian_width

import click

from config import Incoherent, Settings, from_environment

if TYPE_CHECKING:
    from flask import Flask

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


def _app() -> Flask:
    """Made only by the commands that need it: counting days must not open a database."""
    from portal import create_app

    return create_app(_settings())


def _migrated() -> Flask:
    """For commands that ask the database at once."""
    from sqlalchemy.exc import DBAPIError

    from portal import migrations
    from portal.extensions import db as database

    app = _app()
    try:
        with app.app_context():
            if migrations.is_current(database.engine):
                return app
    except DBAPIError as error:
        raise click.ClickException(f"the database does not answer: {error.orig}") from None
    raise click.ClickException("the database is not at the newest migration: run rongyiban db upgrade")


def _settings() -> Settings:
    try:
        return from_environment()
    except Incoherent as error:
        raise click.ClickException(str(error)) from None


def _print(data: Any, as_json: bool, text: str) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str) if as_json else text)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rongyiban")
def main() -> None:
    """天府蓉易办: one-stop government services. Settings come from the environment (RONGYIBAN_…)."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Migrate, load the catalogue, and run web, worker and scheduler together until Ctrl-C."""
    from portal.demonstration import prepare  # noqa: F401  # read before forking, like everything else
    from portal.serve import door_at
    from portal.serve import serve as run
    from services.current import catalogue

    settings = _settings()
    if settings.demonstration and "RONGYIBAN_PUBLIC_URL" not in os.environ:
        os.environ["RONGYIBAN_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    try:
        door = door_at(host, port)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}; choose another --port") from None
    gc.disable()  # nothing of what is read now becomes garbage
    app = _app()
    catalogue()
    gc.enable()

    def announce() -> None:
        click.echo(f"天府蓉易办  {_settings().public_url}")
        if settings.demonstration:
            _show_accounts()
        click.echo("Ctrl-C stops everything.")
        sys.stdout.flush()

    sys.exit(run(door, lambda: _bring_up(app), announce))


@main.command()
def seed() -> None:
    """Migrate, publish the catalogue and, in a demonstration, create accounts and applications. Safe to repeat."""
    _bring_up(_app())


def _bring_up(app: Flask) -> None:
    from portal.demonstration.prepare import prepare

    prepare(app)
    if app.extensions["settings"].demonstration:
        from portal.demonstration.applications import fill

        with app.app_context():
            fill(app, today())


@main.command()
@JSON
def accounts(as_json: bool) -> None:
    """List the demonstration accounts; only where demonstration mode is on."""
    if not _settings().demonstration:
        raise click.ClickException("demonstration mode is off: there are no demonstration accounts")
    from portal.demonstration.accounts import listed

    rows = listed()
    _print({"accounts": rows}, as_json, _table(rows))


def _show_accounts() -> None:
    from portal.demonstration.accounts import listed

    main_ones = [row for row in listed() if row["username"] in SHOWN]
    click.echo(_table(main_ones))
    click.echo("More: rongyiban accounts")


SHOWN = ("wangxiaorong", "lijinrong", "clerk-zj", "clerk-sw", "clerk-cg", "manager")


def _table(rows: list[dict[str, Any]]) -> str:
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


DATE = click.DateTime(formats=["%Y-%m-%d"])


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
        told = tell(item, out, start.date() if start else today(), _settings())
    except NoSuchStory as error:
        raise click.ClickException(str(error)) from None
    except WrongTime as error:
        raise click.BadParameter(str(error), param_hint="--from") from None
    except OSError as error:
        raise click.ClickException(f"cannot write into {out}: {error.strerror}") from None
    _print(told, as_json, _story_text(told))


def _story_text(told: Mapping[str, Any]) -> str:
    lines = [
        f"{told['number']}  {told['item']['name']}",
        f"submitted {told['submitted']}, accepted {told['accepted']}, issued {told['issued']}",
        f"promised due {told['promised_due']}, statutory due {told['statutory_due']}"
        + ("  (provisional)" if told["provisional"] else ""),
        "",
    ]
    rows = [
        {
            key: step[key]
            for key in ("department", "title", "opened", "decided", "outcome", "promised_due", "statutory_due")
        }
        for step in told["steps"]
    ]
    return "\n".join([*lines, _table(rows), "", *told["files"]])


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
    _print(counted, as_json, "\n".join([*lines, "", f"due {counted['due']}{mark}"]))


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
def certificate() -> None:
    """Verify certificates; say how long their signatures prove themselves."""


@certificate.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--signature-only", is_flag=True, help="Leave the register aside: for the papers of a story.")
@JSON
def verify(file: Path, signature_only: bool, as_json: bool) -> None:
    """Say whether FILE is a certificate of this authority. Exit status: 0 valid, 1 invalid, 2 cannot be decided."""
    from portal.verification import verify_file

    found = verify_file(_app(), file, is_signature_only=signature_only)
    _print(found, as_json, "\n".join(f"{key}: {'none' if value is None else value}" for key, value in found.items()))
    sys.exit({"valid": 0, "invalid": 1}.get(found["verdict"], 2))


@certificate.command("levels")
@JSON
def show_levels(as_json: bool) -> None:
    """How many certificates have which level of signature, and what is still to be lifted or renewed."""
    from portal.levels import told

    found = told(_migrated())
    lines = [f"{level}: {count}" for level, count in found["levels"].items()]
    _print(found, as_json, "\n".join([*lines, "", _table(found["waiting"])]).rstrip())


@certificate.command("lift")
@click.argument("number", required=False)
@JSON
def lift_now(number: str | None, as_json: bool) -> None:
    """Lift the signature of NUMBER now, or everything that waits for a higher level, without waiting for the sweep.

    Exit status 1 when something still waits.
    """
    from approvals.errors import NotFound
    from portal.levels import lift_waiting

    try:
        done = lift_waiting(_migrated(), number)
    except NotFound:
        raise click.ClickException(f"nothing waits for certificate {number}") from None
    lines = [f"lifted: {done['lifted']}", f"still waiting: {len(done['waiting'])}", _table(done["waiting"])]
    _print(done, as_json, "\n".join(lines).rstrip())
    sys.exit(1 if done["waiting"] else 0)


@main.group()
def signer() -> None:
    """The departments' signing keys: list, replace, revoke."""


@signer.command("list")
@JSON
def list_signers(as_json: bool) -> None:
    """List every key that signs or has signed, with its state and how much it signed."""
    from portal.signatories import listed

    found = listed(_migrated())
    rows = [{**each, "id": each["id"][:16], "signed": str(each["signed"])} for each in found["signers"]]
    _print(found, as_json, _table(rows))


@signer.command("rotate")
@click.argument("department")
@JSON
def rotate_signer(department: str, as_json: bool) -> None:
    """Issue a new key to DEPARTMENT; what the earlier ones signed stays valid."""
    from portal.signatories import NoSuchKey, NotOurs, rotate

    try:
        made = rotate(_migrated(), department)
    except (NoSuchKey, NotOurs) as error:
        raise click.ClickException(str(error)) from None
    _print(made, as_json, f"{department} signs with key {made['number']} ({made['id'][:16]}) from now on")


@signer.command("revoke")
@click.argument("department")
@click.argument("number", type=click.IntRange(1, 9999))
@click.option("--since", type=DATE, help="The day from which it may have been misused (default: now).")
@click.option("--ended", is_flag=True, help="It was given up and not compromised.")
@JSON
def revoke_signer(department: str, number: int, since: Any, ended: bool, as_json: bool) -> None:
    """Revoke key NUMBER of DEPARTMENT and show what verification says about each certificate that it signed."""
    from approvals.clock.moment import CITY
    from portal.signatories import NoSuchKey, NotOurs, revoke

    moment = since.replace(tzinfo=CITY).astimezone(UTC) if since else present()
    if moment > present():
        raise click.BadParameter("this day is still to come", param_hint="--since")
    try:
        done = revoke(_migrated(), department, number, moment, is_compromised=not ended)
    except (NoSuchKey, NotOurs) as error:
        raise click.ClickException(str(error)) from None
    lines = [f"{department} key {number} is revoked since {moment.isoformat(timespec='seconds')}"]
    if done["successor"]:
        lines.append(f"{department} signs with key {done['successor']['number']} from now on")
    lines.append(f"certificates signed: {done['signed']}")
    lines += [f"{verdict} now: {count}" for verdict, count in done["verdicts"].items()]
    _print(done, as_json, "\n".join([*lines, _table(done["certificates"])]).rstrip())


@main.command()
@JSON
def check(as_json: bool) -> None:
    """Walk the data and assert the invariants. Exit status 1 when one does not hold."""
    from approvals.audit.key import KeyUnusable
    from approvals.audit.statement import NoCheckpoint
    from portal.invariants import examine

    try:
        found = examine(_migrated())
    except (KeyUnusable, NoCheckpoint) as error:
        raise click.ClickException(str(error)) from None
    text = "\n".join([f"{name}: {count}" for name, count in found["checked"].items()] + found["broken"])
    _print(found, as_json, f"{text}\n{'everything holds' if not found['broken'] else 'BROKEN'}")
    sys.exit(1 if found["broken"] else 0)


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
    _print(as_data(found), as_json, "\n".join([*before, _table(rows), *after]))


@main.group()
def times() -> None:
    """How long things took: check the kept figures against the trail, or enter them anew."""


@times.command("check")
@JSON
def check_times(as_json: bool) -> None:
    """Walk the trail day by day and compare. Exit status 1 when a kept figure is another."""
    from portal.times import check as compare

    found = compare(_migrated())
    lines = [f"measures: {found['measures']}", *found["wrong"], "DIFFERENT" if found["wrong"] else "all agree"]
    _print(found, as_json, "\n".join(lines))
    sys.exit(1 if found["wrong"] else 0)


@times.command("rebuild")
@JSON
def rebuild_times(as_json: bool) -> None:
    """Enter every measure anew from the trail: after an upgrade, or a calendar that changed for past days."""
    from portal.times import rebuild

    done = rebuild(_migrated())
    _print(done, as_json, f"applications: {done['applications']}\nmeasures: {done['measures']}")


@main.group()
def log() -> None:
    """The event log: what happened to every application."""


@log.command("export")
@click.option("--format", "form", required=True, type=click.Choice(["xes", "ocel"]), help="XES, or OCEL 2.0 as JSON.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--item", "name", default="", help="Only applications for this item (slug or code).")
@click.option("--from", "since", type=DATE, help="Only those sent in on this day or later.")
@click.option("--until", type=DATE, help="Only those sent in on this day or earlier.")
def export_log(form: str, out: Path, name: str, since: Any, until: Any) -> None:
    """Write the event log for process mining; it names no person."""
    from approvals.queries.event_log import event_log
    from portal.event_logs import export
    from portal.unit_of_work import reading
    from services.catalogue import UnknownItem
    from services.current import catalogue

    try:
        code = catalogue().item(name).code if name else ""
    except UnknownItem as error:
        raise click.BadParameter(str(error), param_hint="--item") from None
    first, last = (each.date() if each else None for each in (since, until))
    with _migrated().app_context():
        try:
            counted = export(lambda: event_log(reading(), item=code, since=first, until=last), form, out)
        except OSError as error:
            raise click.ClickException(f"cannot write {out}: {error.strerror}") from None
    click.echo(f"{counted[0]} applications with {counted[1]} events")


@log.command("recount")
def recount_log() -> None:
    """Count the ways of all finished applications anew from the trail, for the process map. Safe to repeat."""
    from portal.event_logs import recount

    with _migrated().app_context():
        click.echo(f"{recount()} finished applications counted")


@main.group()
def audit() -> None:
    """The trail: verify it, sign it, prove what it says."""


@audit.command("verify")
@click.option(
    "--known",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint or proof that was kept elsewhere; may be repeated.",
)
@JSON
def verify_trail(known: tuple[Path, ...], as_json: bool) -> None:
    """Verify the whole trail and say where it does not hold. Exit status 1 when it does not."""
    from approvals.audit.key import KeyUnusable
    from approvals.audit.statement import NoCheckpoint
    from portal.trail import verify_trail as verify

    try:
        found = verify(_migrated(), known)
    except (KeyUnusable, NoCheckpoint) as error:
        raise click.ClickException(str(error)) from None
    lines = [f"{name}: {count}" for name, count in found["checked"].items()]
    lines += [f"events covered by checkpoints: {found['covered']}, not yet: {found['uncovered']}"]
    lines += [each["words"] for each in found["broken"]]
    if found["found"] > len(found["broken"]):
        lines.append(f"and {found['found'] - len(found['broken'])} more")
    _print(found, as_json, "\n".join([*lines, "everything holds" if found["holds"] else "BROKEN"]))
    sys.exit(0 if found["holds"] else 1)


@audit.command("checkpoint")
@JSON
def make_checkpoint(as_json: bool) -> None:
    """Make a checkpoint now of everything that none covers yet. Exit status 1 when something had to be left out."""
    from approvals.audit.key import KeyUnusable
    from approvals.audit.statement import NoCheckpoint
    from portal.trail import make

    try:
        done = make(_migrated())
    except (KeyUnusable, NoCheckpoint) as error:
        raise click.ClickException(str(error)) from None
    lines = [f"{done['made']} checkpoints over {done['heads']} applications with {done['events']} new events"]
    lines += [f"{number}: left out, its trail contradicts itself" for number in done["left_out"]]
    _print(done, as_json, "\n".join(lines))
    sys.exit(1 if done["left_out"] else 0)


@audit.command("proof")
@click.argument("number")
@JSON
def prove(number: str, as_json: bool) -> None:
    """Prove to others what the trail of application NUMBER came to (--json prints what they need)."""
    from approvals.errors import NotFound
    from approvals.queries.proof import NotCovered, OtherHeads
    from portal.trail import prove as proved

    try:
        document = proved(_migrated(), number)
    except NotFound:
        raise click.ClickException(f"there is no application {number}") from None
    except NotCovered:
        raise click.ClickException("no checkpoint covers it yet: run rongyiban audit checkpoint") from None
    except OtherHeads:
        raise click.ClickException("its checkpoint does not hold: run rongyiban audit verify") from None
    leaf, signed = document["leaf"], document["checkpoint"]
    text = (
        f"{number}: {leaf['length']} events, head {leaf['head']}\n"
        f"covered by checkpoint {signed['sequence']} of {signed['at']}, root {signed['root']}\n"
        f"events since: {document['later']}"
    )
    _print(document, as_json, text)


@audit.command("key")
@JSON
def show_key(as_json: bool) -> None:
    """Show the public key with which checkpoints are checked."""
    from approvals.audit.key import KeyUnusable
    from portal.trail import public_key

    try:
        shown = public_key(_settings())
    except KeyUnusable as error:
        raise click.ClickException(str(error)) from None
    _print(shown, as_json, shown["pem"].strip())


@main.group()
def calendar() -> None:
    """The calendar: load an official year, write one out; close the offices for days."""


@calendar.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_calendar(file: Path) -> None:
    """Load a year (YAML as in services/calendar); it wins over the file of that year."""
    from portal.calendars import NoCalendar, load

    try:
        year = load(_migrated(), file)
    except NoCalendar as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{year} is loaded")


@calendar.command("export")
@click.argument("year", type=int)
def export_calendar(year: int) -> None:
    """Print the year in force, in the form of the files."""
    from portal.calendars import NoCalendar, export

    try:
        click.echo(export(_migrated(), year), nl=False)
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
        number = close(_migrated(), first.date(), last.date(), reason)
    except NoCalendar as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"order {number}: closed from {first.date()} through {last.date()}")


@calendar.command("lift")
@click.argument("number", type=int)
def lift_closure(number: int) -> None:
    """Lift the order NUMBER: its days count as the calendar says, and dates move back."""
    from portal.calendars import NoCalendar, lift

    try:
        lift(_migrated(), number)
    except NoCalendar as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"order {number} is lifted")


@calendar.command("closures")
@JSON
def list_closures(as_json: bool) -> None:
    """The orders that stand."""
    from portal.calendars import closures

    found = closures(_migrated())
    lines = [f"{each['number']:>4}  {each['first']}  {each['last']}  {each['reason']}" for each in found]
    _print({"closures": found}, as_json, "\n".join(lines) or "no day is closed")


@main.group()
def papers() -> None:
    """What the office writes on its certificates: write texts and seals in force into files, read such files in."""


@papers.command("export")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the files.")
@JSON
def export_papers(out: Path, as_json: bool) -> None:
    """Write what the office has changed and is in force, one file for each, in the form of the catalogue's files."""
    from portal.papers import export

    names = export(_migrated(), out)
    _print({"files": names}, as_json, "\n".join(names) or "everything stands as in the catalogue")


@papers.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@JSON
def import_papers(files: tuple[Path, ...], as_json: bool) -> None:
    """Read FILES in and let them into force, all of them or, where one has a mistake, none."""
    from portal.papers import NoPaper, take_in

    try:
        told = take_in(_migrated(), list(files))
    except NoPaper as error:
        raise click.ClickException(str(error)) from None
    _print({"published": told}, as_json, "\n".join(told) or "nothing is new")


@main.command()
@JSON
def retry(as_json: bool) -> None:
    """Let the worker try again what it gave up (`check` names it), once the cause is mended."""
    from approvals.commands.deliver import take_up
    from portal.unit_of_work import changing, now

    with _migrated().app_context():
        at = now()
        with changing(at=at) as session:
            parcels = take_up(session, at=at)
    _print({"parcels": parcels}, as_json, f"{parcels} parcels are due again")


@main.command()
@JSON
def reseal(as_json: bool) -> None:
    """Seal every personal value anew under the newest encryption key; then the older keys can go."""
    from approvals.commands.reseal import Unreadable
    from portal.resealing import reseal_everything

    try:
        changed = reseal_everything(_migrated())
    except Unreadable as error:
        raise click.ClickException(f"{error}; its key is missing in RONGYIBAN_ENCRYPTION_KEYS") from None
    text = "\n".join(f"{place}: {number}" for place, number in changed.items())
    _print({"changed": changed}, as_json, text)


@main.group()
def staff() -> None:
    """The accounts of staff: the first administrator comes from here."""


ROLE = click.Choice(
    ["clerk", "lead", "head", "government", "supervisor", "manager", "auditor", "administrator"], case_sensitive=True
)
DEPARTMENT = click.option("--department", help="Code of the department; clerks, leads and heads need one.")


@staff.command("add")
@click.argument("username")
@click.argument("role", type=ROLE)
@click.option("--name", required=True, help="Whose account it is.")
@DEPARTMENT
@JSON
def add_staff(username: str, role: str, name: str, department: str | None, as_json: bool) -> None:
    """Add the account USERNAME with this ROLE and print the link by which its password is set."""
    from portal.staff import add

    _staff(lambda: add(_migrated(), username, name, role, department), as_json)


@staff.command("list")
@JSON
def list_staff(as_json: bool) -> None:
    """List every account of staff."""
    from portal.staff import listed

    rows = listed(_migrated())
    _print({"staff": rows}, as_json, _table(rows))


@staff.command("role")
@click.argument("username")
@click.argument("role", type=ROLE)
@DEPARTMENT
@JSON
def change_role(username: str, role: str, department: str | None, as_json: bool) -> None:
    """Give USERNAME this ROLE, at once."""
    from portal.staff import change_role as change

    _staff(lambda: change(_migrated(), username, role, department), as_json)


@staff.command("disable")
@click.argument("username")
@JSON
def disable_staff(username: str, as_json: bool) -> None:
    """Disable the account USERNAME and end its sessions."""
    from portal.staff import disable

    _staff(lambda: disable(_migrated(), username), as_json)


@staff.command("enable")
@click.argument("username")
@JSON
def enable_staff(username: str, as_json: bool) -> None:
    """Enable the account USERNAME again."""
    from portal.staff import enable

    _staff(lambda: enable(_migrated(), username), as_json)


@staff.command("invite")
@click.argument("username")
@JSON
def invite_staff(username: str, as_json: bool) -> None:
    """Make the password of USERNAME void and print a link by which a new one is set."""
    from portal.staff import invite

    _staff(lambda: invite(_migrated(), username), as_json)


@staff.command("reset-second-factor")
@click.argument("username")
@JSON
def reset_factor(username: str, as_json: bool) -> None:
    """Take the second factor of USERNAME away: another is enrolled at the next sign-in."""
    from portal.staff import reset_second_factor

    _staff(lambda: reset_second_factor(_migrated(), username), as_json)


def _staff(act: Callable[[], dict[str, Any]], as_json: bool) -> None:
    from approvals.errors import Refusal

    try:
        done = act()
    except Refusal as refusal:
        raise click.ClickException(NO[refusal.name]) from None
    _print(done, as_json, "\n".join(f"{key}: {value or '-'}" for key, value in done.items()))


NO: Mapping[str, str] = {
    "LastAdministrator": "this is the last administrator",
    "NotFound": "there is no such account of staff",
    "NothingChanged": "it is so already",
    "PostNotPossible": "clerks, leads and heads need a department that exists, other roles must have none",
    "StillHasSteps": "steps are still in these hands: they are handed over or recalled first",
    "UsernameTaken": "this user name is taken, or none: 3 to 40 of a-z 0-9 . -, beginning with a letter",
}


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

    app = _app()
    with app.app_context(), alone(database.engine, app.extensions["settings"].home):
        try:
            getattr(migrations, direction)(database.engine, revision)
        except CommandError as error:
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


def today() -> date:
    """The present day, for commands that were given none."""
    from approvals.clock.moment import local_date

    return local_date(present())


def present() -> datetime:
    """This moment."""
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
