"""Verify certificates, lift their signatures, keep the signing keys and the office's texts."""

from __future__ import annotations

import sys
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from portal.cli.base import DATE, JSON, application, main, migrated, present, show, table


@main.group()
def certificate() -> None:
    """Verify certificates; say how far their making is and how long their signatures prove themselves."""


@certificate.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--signature-only", is_flag=True, help="Leave the register aside: for the papers of a story.")
@JSON
def verify(file: Path, signature_only: bool, as_json: bool) -> None:
    """Say whether FILE is a certificate of this authority. Exit status: 0 valid, 1 invalid, 2 cannot be decided."""
    from portal.verification import verify_file

    found = verify_file(application(), file, is_signature_only=signature_only)
    show(found, as_json, "\n".join(f"{key}: {'none' if value is None else value}" for key, value in found.items()))
    sys.exit({"valid": 0, "invalid": 1}.get(found["verdict"], 2))


@certificate.command("making")
@JSON
def show_making(as_json: bool) -> None:
    """How many certificates are still to be made, how fast they are made, and what could not be made and why.

    Exit status 1 when something could not be made; `retry` has it tried again.
    """
    from portal.levels import told_of_making

    found = told_of_making(migrated())
    lines = [f"{key}: {'none' if found[key] is None else found[key]}" for key in ("waiting", "made_today", "pace")]
    show(found, as_json, "\n".join([*lines, "", table(found["failed"])]).rstrip())
    sys.exit(1 if found["failed"] else 0)


@certificate.command("levels")
@JSON
def show_levels(as_json: bool) -> None:
    """How many certificates have which level of signature, and what is still to be lifted or renewed."""
    from portal.levels import told

    found = told(migrated())
    lines = [f"{level}: {count}" for level, count in found["levels"].items()]
    show(found, as_json, "\n".join([*lines, "", table(found["waiting"])]).rstrip())


@certificate.command("lift")
@click.argument("number", required=False)
@click.option("--all", "is_anew", is_flag=True, help="What was made before there was a time-stamp authority, too.")
@JSON
def lift_now(number: str | None, is_anew: bool, as_json: bool) -> None:
    """Lift the signature of NUMBER now, or everything that waits for a higher level, without waiting for the sweep.

    Exit status 1 when something still waits.
    """
    if is_anew and number is not None:
        raise click.UsageError("either a number or --all")
    from approvals.errors import NotFound
    from portal.levels import lift_waiting

    try:
        done = lift_waiting(migrated(), number, is_anew=is_anew)
    except NotFound:
        raise click.ClickException(f"nothing waits for certificate {number}") from None
    lines = [f"lifted: {done['lifted']}", f"still waiting: {len(done['waiting'])}", table(done["waiting"])]
    show(done, as_json, "\n".join(lines).rstrip())
    sys.exit(1 if done["waiting"] else 0)


@main.group()
def signer() -> None:
    """The departments' signing keys: list, replace, revoke."""


@signer.command("list")
@JSON
def list_signers(as_json: bool) -> None:
    """List every key that signs or has signed, with its state and how much it signed."""
    from portal.signatories import listed

    found = listed(migrated())
    rows = [{**each, "id": each["id"][:16], "signed": str(each["signed"])} for each in found["signers"]]
    show(found, as_json, table(rows))


@signer.command("rotate")
@click.argument("department")
@JSON
def rotate_signer(department: str, as_json: bool) -> None:
    """Issue a new key to DEPARTMENT; what the earlier ones signed stays valid."""
    from portal.signatories import NoSuchKey, NotOurs, rotate

    try:
        made = rotate(migrated(), department)
    except (NoSuchKey, NotOurs) as error:
        raise click.ClickException(str(error)) from None
    show(made, as_json, f"{department} signs with key {made['number']} ({made['id'][:16]}) from now on")


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
        done = revoke(migrated(), department, number, moment, is_compromised=not ended)
    except (NoSuchKey, NotOurs) as error:
        raise click.ClickException(str(error)) from None
    lines = [f"{department} key {number} is revoked since {moment.isoformat(timespec='seconds')}"]
    if done["successor"]:
        lines.append(f"{department} signs with key {done['successor']['number']} from now on")
    lines.append(f"certificates signed: {done['signed']}")
    lines += [f"{verdict} now: {count}" for verdict, count in done["verdicts"].items()]
    show(done, as_json, "\n".join([*lines, table(done["certificates"])]).rstrip())


@main.group()
def papers() -> None:
    """What the office writes on its certificates: write texts and seals in force into files, read such files in."""


@papers.command("export")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the files.")
@JSON
def export_papers(out: Path, as_json: bool) -> None:
    """Write what the office has changed and is in force, one file for each, in the form of the catalogue's files."""
    from portal.papers import export

    names = export(migrated(), out)
    show({"files": names}, as_json, "\n".join(names) or "everything stands as in the catalogue")


@papers.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@JSON
def import_papers(files: tuple[Path, ...], as_json: bool) -> None:
    """Read FILES in and let them into force, all of them or, where one has a mistake, none."""
    from portal.papers import NoPaper, take_in

    try:
        told = take_in(migrated(), list(files))
    except NoPaper as error:
        raise click.ClickException(str(error)) from None
    show({"published": told}, as_json, "\n".join(told) or "nothing is new")
