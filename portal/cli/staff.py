"""The accounts of staff: the first administrator comes from here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from portal.cli.base import JSON, main, migrated, show, table


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

    _staff(lambda: add(migrated(), username, name, role, department), as_json)


@staff.command("list")
@JSON
def list_staff(as_json: bool) -> None:
    """List every account of staff."""
    from portal.staff import listed

    rows = listed(migrated())
    show({"staff": rows}, as_json, table(rows))


@staff.command("role")
@click.argument("username")
@click.argument("role", type=ROLE)
@DEPARTMENT
@JSON
def change_role(username: str, role: str, department: str | None, as_json: bool) -> None:
    """Give USERNAME this ROLE, at once."""
    from approvals.commands import staff as commands
    from approvals.vocabulary import Role
    from portal.staff import change

    _staff(lambda: change(migrated(), username, commands.change_role, Role(role), department), as_json)


@staff.command("disable")
@click.argument("username")
@JSON
def disable_staff(username: str, as_json: bool) -> None:
    """Disable the account USERNAME and end its sessions."""
    from approvals.commands import staff as commands
    from portal.staff import change

    _staff(lambda: change(migrated(), username, commands.disable), as_json)


@staff.command("enable")
@click.argument("username")
@JSON
def enable_staff(username: str, as_json: bool) -> None:
    """Enable the account USERNAME again."""
    from approvals.commands import staff as commands
    from portal.staff import change

    _staff(lambda: change(migrated(), username, commands.enable), as_json)


@staff.command("invite")
@click.argument("username")
@JSON
def invite_staff(username: str, as_json: bool) -> None:
    """Make the password of USERNAME void and print a link by which a new one is set."""
    from portal.staff import invite

    _staff(lambda: invite(migrated(), username), as_json)


@staff.command("reset-second-factor")
@click.argument("username")
@JSON
def reset_factor(username: str, as_json: bool) -> None:
    """Take the second factor of USERNAME away: another is enrolled at the next sign-in."""
    from approvals.commands import staff as commands
    from portal.staff import change

    _staff(lambda: change(migrated(), username, commands.reset_second_factor), as_json)


def _staff(act: Callable[[], dict[str, Any]], as_json: bool) -> None:
    from approvals.errors import Refusal

    try:
        done = act()
    except Refusal as refusal:
        raise click.ClickException(NO[refusal.name]) from None
    show(done, as_json, "\n".join(f"{key}: {value or '-'}" for key, value in done.items()))


NO: Mapping[str, str] = {
    "LastAdministrator": "this is the last administrator",
    "NotFound": "there is no such account of staff",
    "NothingChanged": "it is so already",
    "PostNotPossible": "clerks, leads and heads need a department that exists, other roles must have none",
    "StillHasSteps": "steps are still in these hands: they are handed over or recalled first",
    "UsernameTaken": "this user name is taken, or none: 3 to 40 of a-z 0-9 . -, beginning with a letter",
}
