"""Verify, sign and prove the trail; write the event log."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from portal.cli.base import DATE, JSON, configured, main, migrated, show


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
    with migrated().app_context():
        try:
            counted = export(lambda: event_log(reading(), item=code, since=first, until=last), form, out)
        except OSError as error:
            raise click.ClickException(f"cannot write {out}: {error.strerror}") from None
    click.echo(f"{counted[0]} applications with {counted[1]} events")


@log.command("recount")
def recount_log() -> None:
    """Count the ways of all finished applications anew from the trail, for the process map. Safe to repeat."""
    from portal.event_logs import recount

    with migrated().app_context():
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
        found = verify(migrated(), known)
    except (KeyUnusable, NoCheckpoint) as error:
        raise click.ClickException(str(error)) from None
    lines = [f"{name}: {count}" for name, count in found["checked"].items()]
    lines += [f"events covered by checkpoints: {found['covered']}, not yet: {found['uncovered']}"]
    lines += [each["words"] for each in found["broken"]]
    if found["found"] > len(found["broken"]):
        lines.append(f"and {found['found'] - len(found['broken'])} more")
    show(found, as_json, "\n".join([*lines, "everything holds" if found["holds"] else "BROKEN"]))
    sys.exit(0 if found["holds"] else 1)


@audit.command("checkpoint")
@JSON
def make_checkpoint(as_json: bool) -> None:
    """Make a checkpoint now of everything that none covers yet. Exit status 1 when something had to be left out."""
    from approvals.audit.key import KeyUnusable
    from approvals.audit.statement import NoCheckpoint
    from portal.trail import make

    try:
        done = make(migrated())
    except (KeyUnusable, NoCheckpoint) as error:
        raise click.ClickException(str(error)) from None
    lines = [f"{done['made']} checkpoints over {done['heads']} applications with {done['events']} new events"]
    lines += [f"{number}: left out, its trail contradicts itself" for number in done["left_out"]]
    show(done, as_json, "\n".join(lines))
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
        document = proved(migrated(), number)
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
    show(document, as_json, text)


@audit.command("key")
@JSON
def show_key(as_json: bool) -> None:
    """Show the public key with which checkpoints are checked."""
    from approvals.audit.key import KeyUnusable
    from portal.trail import public_key

    try:
        shown = public_key(configured())
    except KeyUnusable as error:
        raise click.ClickException(str(error)) from None
    show(shown, as_json, shown["pem"].strip())
