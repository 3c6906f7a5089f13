"""Who is in front of the portal: a plain value for Flask-Login, loaded from the session on the server."""

from __future__ import annotations

from dataclasses import dataclass

from flask_login import AnonymousUserMixin, UserMixin

from approvals.permissions import Actor
from services.item import Text


@dataclass(frozen=True)
class Workspace:
    """An organisation the visitor may act for."""

    id: int
    name: str
    credit_code: str


@dataclass(frozen=True)
class Represented:
    """A person the visitor may act for by a mandate."""

    id: int
    name: str


@dataclass(frozen=True)
class Visitor(UserMixin):
    """`token` names the session on the server; revoked there, it is dead at the next request."""

    token: str
    actor: Actor
    name: str
    username: str
    language: str
    department: Text | None
    workspaces: tuple[Workspace, ...]
    people: tuple[Represented, ...] = ()

    def get_id(self) -> str:
        return self.token

    @property
    def is_staff(self) -> bool:
        return self.actor.role.is_staff


class Stranger(AnonymousUserMixin):
    """Nobody has signed in."""

    actor = None
    name = None
    is_staff = False
    workspaces: tuple[Workspace, ...] = ()
    people: tuple[Represented, ...] = ()
