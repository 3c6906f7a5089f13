"""Who may do what: one policy table and one pure question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from approvals.errors import NotAllowed, NotYourStep, OutsideMandate
from approvals.vocabulary import AT_DESK, STAFF, MandateAction, Role


@dataclass(frozen=True, slots=True)
class Power:
    """A mandate in force: for one organisation or one person, in some matters (`items`; none named = all)."""

    mandate: int
    organisation: int | None
    person: int | None
    actions: frozenset[MandateAction]
    items: frozenset[str] = frozenset()

    def is_for(self, subject: Subject) -> bool:
        if subject.owner_organisation is not None:
            return subject.owner_organisation == self.organisation
        return self.person is not None and subject.owner_account == self.person

    def covers(self, item: str, action: MandateAction | None) -> bool:
        """None asks for no action of its own: reading goes with any."""
        return (not self.items or item in self.items) and (action is None or action in self.actions)


@dataclass(frozen=True, slots=True)
class Lender:
    """An absent colleague whom somebody stands in for today."""

    account: int
    role: Role
    organisations: frozenset[int] = frozenset()
    powers: tuple[Power, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: `account` None for the portal itself; `organisations` are those it may act for in everything,
    `manages` those whose members it names, `powers` its mandates in force, `principal` the person it acts for now,
    `lenders` the absent colleagues it stands in for, `attended` the applications it had at its window today.
    """

    account: int | None
    role: Role
    department: str | None = None
    organisations: frozenset[int] = frozenset()
    manages: frozenset[int] = frozenset()
    powers: tuple[Power, ...] = ()
    principal: int | None = None
    lenders: frozenset[Lender] = frozenset()
    attended: frozenset[int] = frozenset()

    @property
    def applicant(self) -> int:
        """Whose own applications are meant: those of the person acted for, else one's own."""
        return self.principal or self.person

    def power_for(self, subject: Subject, action: MandateAction | None = None) -> Power | None:
        """The mandate by which the actor may do this; None also where none is needed."""
        if _is_own(self, subject):
            return None
        fitting = (each for each in self.powers if each.is_for(subject) and each.covers(subject.item_code, action))
        return next(fitting, None)

    @property
    def roles(self) -> frozenset[Role]:
        """Their own, and what is lent to them."""
        return frozenset({self.role, *(each.role for each in self.lenders)})

    @property
    def hands(self) -> frozenset[int]:
        """The accounts whose work they do: their own, and those of their lenders."""
        own = () if self.account is None else (self.account,)
        return frozenset({*own, *(each.account for each in self.lenders)})

    @property
    def person(self) -> int:
        """The account, for what only a person can do."""
        if self.account is None:
            raise NotAllowed
        return self.account


SYSTEM = Actor(None, Role.SYSTEM)


class Subject(Protocol):
    """What a permission is asked about: the application, whose it is and which departments work on it."""

    @property
    def concerns(self) -> int: ...
    @property
    def owner_account(self) -> int | None: ...
    @property
    def owner_organisation(self) -> int | None: ...
    @property
    def item_code(self) -> str: ...
    @property
    def departments(self) -> frozenset[str]: ...


class Relation(StrEnum):
    """How the actor must stand to the subject."""

    NONE = "none"
    OWN = "own"
    OWN_DEPARTMENT = "own_department"
    AT_WINDOW = "at_window"
    """What came to the actor's own window today."""


Grant = tuple[Role, Relation]

APPLICANT: tuple[Grant, ...] = ((Role.CITIZEN, Relation.OWN),)
OFFICE: tuple[Grant, ...] = tuple((role, Relation.OWN_DEPARTMENT) for role in AT_DESK)
HEADS: tuple[Grant, ...] = ((Role.HEAD, Relation.OWN_DEPARTMENT),)
LEADS: tuple[Grant, ...] = ((Role.LEAD, Relation.OWN_DEPARTMENT), *HEADS)
OVERSEERS: tuple[Grant, ...] = (
    (Role.GOVERNMENT, Relation.NONE),
    (Role.SUPERVISOR, Relation.NONE),
    (Role.MANAGER, Relation.NONE),
)
AUDITOR: tuple[Grant, ...] = ((Role.AUDITOR, Relation.NONE),)
ADMINISTRATOR: tuple[Grant, ...] = ((Role.ADMINISTRATOR, Relation.NONE),)
DESKS: tuple[Grant, ...] = tuple((role, Relation.NONE) for role in AT_DESK)
WINDOW: tuple[Grant, ...] = ((Role.COUNTER, Relation.AT_WINDOW),)
EVERY_STAFF: tuple[Grant, ...] = tuple((role, Relation.NONE) for role in STAFF)

POLICY: Mapping[str, tuple[Grant, ...]] = {
    "absence:record": DESKS,
    "account:close": ((Role.CITIZEN, Relation.NONE),),
    "account:edit": ((Role.CITIZEN, Relation.NONE),),
    "account:read": ((Role.CITIZEN, Relation.NONE), *EVERY_STAFF),
    "application:amend": (*APPLICANT, *WINDOW),
    "application:correct": (*APPLICANT, *WINDOW),
    "application:create": ((Role.CITIZEN, Relation.NONE),),
    "application:edit": (*APPLICANT, *WINDOW),
    "application:extend": (*HEADS, (Role.GOVERNMENT, Relation.NONE)),
    "application:issue": ((Role.SYSTEM, Relation.NONE),),
    "application:list": ((Role.CITIZEN, Relation.NONE),),
    "application:open": (*OVERSEERS, *AUDITOR),
    "application:oversee": (*OVERSEERS, *AUDITOR),
    "application:read": (*APPLICANT, *OFFICE, *OVERSEERS, *AUDITOR, *WINDOW),
    "application:reopen": HEADS,
    "application:submit": (*APPLICANT, *WINDOW),
    "application:suspend": HEADS,
    "application:terminate": HEADS,
    "application:withdraw": (*APPLICANT, *WINDOW),
    "calendar:close": (*OVERSEERS, (Role.SYSTEM, Relation.NONE)),
    "calendar:load": (*OVERSEERS, (Role.SYSTEM, Relation.NONE)),
    "calendar:read": (*DESKS, *OVERSEERS, *AUDITOR),
    "calendar:subscribe": ((Role.CITIZEN, Relation.NONE),),
    "certificate:annul": HEADS,
    "certificate:change": HEADS,
    "certificate:consent": APPLICANT,
    "certificate:copy": APPLICANT,
    "certificate:download": (*APPLICANT, *OFFICE, (Role.MANAGER, Relation.NONE), *WINDOW),
    "certificate:list": ((Role.CITIZEN, Relation.NONE),),
    "certificate:make": DESKS,
    "certificate:register": DESKS,
    "certificate:reissue": OFFICE,
    "certificate:remake": DESKS,
    "certificate:revoke": HEADS,
    "certificate:suspend": HEADS,
    "certificate:use": OFFICE,
    "commitment:object": APPLICANT,
    "commitment:sign": APPLICANT,
    "commitment:withdraw": APPLICANT,
    "counter:serve": ((Role.COUNTER, Relation.NONE),),
    "credit:enter": OVERSEERS,
    "factor:enrol": EVERY_STAFF,
    "letter:list": ((Role.CITIZEN, Relation.NONE),),
    "mandate:give": ((Role.CITIZEN, Relation.NONE),),
    "material:read": (*APPLICANT, *WINDOW),
    "message:write": (*APPLICANT, *OFFICE),
    "objection:answer": HEADS,
    "objection:raise": APPLICANT,
    "obligation:close": OFFICE,
    "obligation:list": DESKS,
    "obligation:order": HEADS,
    "obligation:report": APPLICANT,
    "opening:list": AUDITOR,
    "paper:edit": DESKS,
    "paper:publish": ((Role.HEAD, Relation.NONE), (Role.SYSTEM, Relation.NONE)),
    "phrase:share": ((Role.HEAD, Relation.NONE),),
    "policy:read": EVERY_STAFF,
    "queue:read": DESKS,
    "rating:contact": ((Role.SUPERVISOR, Relation.NONE),),
    "rating:give": APPLICANT,
    "rating:list": DESKS,
    "rating:mend": HEADS,
    "rating:oversee": (*OVERSEERS, *AUDITOR),
    "staff:manage": (*ADMINISTRATOR, (Role.SYSTEM, Relation.NONE)),
    "staff:trail": (*AUDITOR, *ADMINISTRATOR),
    "step:assign": LEADS,
    "step:decide": OFFICE,
    "step:pause": OFFICE,
    "step:return": OFFICE,
    "step:take": OFFICE,
    "supervision:answer": HEADS,
    "supervision:list": DESKS,
    "supervision:order": ((Role.SUPERVISOR, Relation.NONE), (Role.MANAGER, Relation.NONE)),
    "supervision:read": (*DESKS, *OVERSEERS, *AUDITOR),
    "supervision:reply": LEADS,
}
"""Permissions are `resource:action`, alphabetical. What is not listed is not allowed."""

NEEDED: Mapping[str, MandateAction] = {
    "application:amend": MandateAction.SUBMIT,
    "application:correct": MandateAction.SUBMIT,
    "application:edit": MandateAction.FILL,
    "application:submit": MandateAction.SUBMIT,
    "application:withdraw": MandateAction.SUBMIT,
    "certificate:consent": MandateAction.COLLECT,
    "certificate:copy": MandateAction.COLLECT,
    "certificate:download": MandateAction.COLLECT,
    "commitment:object": MandateAction.SUBMIT,
    "commitment:sign": MandateAction.SIGN,
    "commitment:withdraw": MandateAction.SIGN,
    "message:write": MandateAction.FILL,
    "objection:raise": MandateAction.SUBMIT,
    "obligation:report": MandateAction.FILL,
    "rating:give": MandateAction.SUBMIT,
}
"""What a mandate must allow for it; reading goes with any mandate for the item."""


def may(by: Actor, permission: str, subject: Subject | None = None) -> bool:
    """Whether the policy allows it. Unknown permissions and missing subjects are refused."""
    action = NEEDED.get(permission)
    return any(
        _stands(by, relation, subject, action)
        and (role is by.role or (bool(by.lenders) and _is_lent(by, role, subject)))
        for role, relation in POLICY.get(permission, ())
    )


def _is_lent(by: Actor, role: Role, subject: Subject | None) -> bool:
    """Nobody decides an application of their own, nor does their deputy for them."""
    return any(each.role is role and (subject is None or not owns(each, subject)) for each in by.lenders)


def check(by: Actor, permission: str, subject: Subject | None = None) -> None:
    """Refuse with NotYourStep where only the department is wrong, with OutsideMandate where a mandate does not reach so
    far, otherwise with NotAllowed.
    """
    if may(by, permission, subject):
        return
    if subject is not None and any(power.is_for(subject) for power in by.powers):
        raise OutsideMandate(action=NEEDED.get(permission, ""))
    if by.role.is_at_desk and permission.startswith("step:"):
        raise NotYourStep
    raise NotAllowed


def check_for(by: Actor, organisation: int | None, item: str, action: MandateAction) -> int | None:
    """Whether the actor may do this in the organisation's name, else in that of whom it acts for now; the mandate."""
    if organisation in by.organisations or (organisation is None and by.principal is None):
        return None
    named = [
        each
        for each in by.powers
        if (each.organisation == organisation if organisation is not None else each.person == by.principal)
    ]
    if not named:
        raise NotAllowed
    fitting = next((each for each in named if each.covers(item, action)), None)
    if fitting is None:
        raise OutsideMandate(action=action)
    return fitting.mandate


def _stands(by: Actor, relation: Relation, subject: Subject | None, action: MandateAction | None) -> bool:
    if relation is Relation.NONE:
        return True
    if subject is None:
        return False
    if relation is Relation.OWN_DEPARTMENT:
        return by.department is not None and by.department in subject.departments
    if relation is Relation.AT_WINDOW:
        return subject.concerns in by.attended
    return _is_own(by, subject) or by.power_for(subject, action) is not None


def owns(by: Actor | Lender, subject: Subject) -> bool:
    """Whether it is the actor's own affair, if only by a mandate: nobody decides such an application."""
    return _is_own(by, subject) or any(power.is_for(subject) for power in by.powers)


def is_own_work(by: Actor, subject: Subject) -> bool:
    """Whether reading it needs no reason: one's own affair, a department's that takes part, or what came to one's
    window today. Who watches over all applications has none by office (docs/roles.md).
    """
    is_departments = by.department is not None and by.department in subject.departments
    return owns(by, subject) or is_departments or subject.concerns in by.attended


def _is_own(by: Actor | Lender, subject: Subject) -> bool:
    """An organisation's application belongs to whoever acts for it in everything; a person's to that person."""
    if subject.owner_organisation is not None:
        return subject.owner_organisation in by.organisations
    return by.account is not None and subject.owner_account == by.account
