"""Who may do what: one policy table and one pure question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from approvals.errors import NotAllowed, NotYourStep
from approvals.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: `account` None for the portal itself; `organisations` are those the account may act for."""

    account: int | None
    role: Role
    department: str | None = None
    organisations: frozenset[int] = frozenset()

    @property
    def person(self) -> int:
        """The account, for what only a person can do."""
        if self.account is None:
            raise NotAllowed
        return self.account


SYSTEM = Actor(None, Role.SYSTEM)


class Subject(Protocol):
    """What a permission is asked about: whose it is and which departments work on it."""

    @property
    def owner_account(self) -> int | None: ...
    @property
    def owner_organisation(self) -> int | None: ...
    @property
    def departments(self) -> frozenset[str]: ...


class Relation(StrEnum):
    """How the actor must stand to the subject."""

    NONE = "none"
    OWN = "own"
    OWN_DEPARTMENT = "own_department"


Grant = tuple[Role, Relation]

EVERYONE: tuple[Grant, ...] = tuple((role, Relation.NONE) for role in Role)
APPLICANT: tuple[Grant, ...] = ((Role.CITIZEN, Relation.OWN),)
OFFICE: tuple[Grant, ...] = ((Role.CLERK, Relation.OWN_DEPARTMENT), (Role.HEAD, Relation.OWN_DEPARTMENT))
HEADS: tuple[Grant, ...] = ((Role.HEAD, Relation.OWN_DEPARTMENT),)
OVERSEERS: tuple[Grant, ...] = (
    (Role.GOVERNMENT, Relation.NONE),
    (Role.SUPERVISOR, Relation.NONE),
    (Role.MANAGER, Relation.NONE),
)
DESKS: tuple[Grant, ...] = ((Role.CLERK, Relation.NONE), (Role.HEAD, Relation.NONE))

POLICY: Mapping[str, tuple[Grant, ...]] = {
    "account:read": ((Role.CITIZEN, Relation.NONE), *DESKS, *OVERSEERS),
    "application:correct": APPLICANT,
    "application:create": ((Role.CITIZEN, Relation.NONE),),
    "application:edit": APPLICANT,
    "application:extend": (*HEADS, (Role.GOVERNMENT, Relation.NONE)),
    "application:issue": ((Role.SYSTEM, Relation.NONE),),
    "application:list": ((Role.CITIZEN, Relation.NONE),),
    "application:oversee": OVERSEERS,
    "application:read": (*APPLICANT, *OFFICE, *OVERSEERS),
    "application:reopen": HEADS,
    "application:submit": APPLICANT,
    "application:suspend": HEADS,
    "application:terminate": HEADS,
    "application:withdraw": APPLICANT,
    "certificate:download": (*APPLICANT, *OFFICE, (Role.MANAGER, Relation.NONE)),
    "certificate:list": ((Role.CITIZEN, Relation.NONE),),
    "certificate:revoke": HEADS,
    "commitment:object": APPLICANT,
    "commitment:sign": APPLICANT,
    "commitment:withdraw": APPLICANT,
    "letter:list": ((Role.CITIZEN, Relation.NONE),),
    "material:read": APPLICANT,
    "objection:answer": HEADS,
    "obligation:close": OFFICE,
    "obligation:list": DESKS,
    "obligation:order": HEADS,
    "obligation:report": APPLICANT,
    "queue:read": DESKS,
    "step:assign": HEADS,
    "step:decide": OFFICE,
    "step:pause": OFFICE,
    "step:return": OFFICE,
    "step:take": OFFICE,
    "supervision:answer": HEADS,
    "supervision:list": DESKS,
    "supervision:read": (*DESKS, *OVERSEERS),
}
"""Permissions are `resource:action`, alphabetical. What is not listed is not allowed."""


def may(by: Actor, permission: str, subject: Subject | None = None) -> bool:
    """Whether the policy allows it. Unknown permissions and missing subjects are refused."""
    return any(role is by.role and _stands(by, relation, subject) for role, relation in POLICY.get(permission, ()))


def check(by: Actor, permission: str, subject: Subject | None = None) -> None:
    """Refuse with NotYourStep where only the department is wrong, otherwise with NotAllowed."""
    if may(by, permission, subject):
        return
    if by.role in (Role.CLERK, Role.HEAD) and permission.startswith("step:"):
        raise NotYourStep
    raise NotAllowed


def _stands(by: Actor, relation: Relation, subject: Subject | None) -> bool:
    if relation is Relation.NONE:
        return True
    if subject is None:
        return False
    if relation is Relation.OWN_DEPARTMENT:
        return by.department is not None and by.department in subject.departments
    return owns(by, subject)


def owns(by: Actor, subject: Subject) -> bool:
    """An organisation's application belongs to whoever acts for it; a person's only to that person."""
    if subject.owner_organisation is not None:
        return subject.owner_organisation in by.organisations
    return by.account is not None and subject.owner_account == by.account
