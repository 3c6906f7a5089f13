"""The filters of a department's queue, and what each of them asks of a step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, or_, select

from approvals.clock.moment import Moment
from approvals.events import Event
from approvals.permissions import Actor
from approvals.queries.overdue import is_unexplained
from approvals.records.application import Application
from approvals.records.event import EventRecord
from approvals.records.look import Look
from approvals.records.people import Account, Organisation, name_mark
from approvals.records.proposal import WAITING, Proposal
from approvals.records.secrecy import keyring
from approvals.records.step import StepRecord
from approvals.records.whereabouts import Whereabouts, mark
from approvals.vocabulary import StepStatus


class Show(StrEnum):
    """The parts of the queue that a clerk may look at alone."""

    ALL = "all"
    """Everything that is not finished."""
    LATE = "late"
    SOON = "soon"
    ON_TIME = "on_time"
    RETURNED = "returned"
    PAUSED = "paused"
    DONE = "done"


class Whose(StrEnum):
    """Whose of the department's steps a clerk looks at."""

    ALL = "all"
    MINE = "mine"
    """In the clerk's hands: their own, and those of the absent colleagues they stand in for."""
    FREE = "free"
    """Nobody has them."""


class Round(StrEnum):
    FIRST = "first"
    MENDED = "mended"
    """The applicant has mended something."""


class Manner(StrEnum):
    """How it was applied for."""

    PROMISED = "promised"
    NORMAL = "normal"


class Seen(StrEnum):
    """What the person who looks at the queue has read of a step."""

    UNREAD = "unread"
    CHANGED = "changed"
    """Read, but something has happened since."""


class Second(StrEnum):
    """What waits for a second person (双人复核)."""

    CONFIRM = "confirm"
    """A colleague's opinion, for the person who looks to confirm."""
    OWN = "own"
    """Their own, which a colleague is to confirm."""


class Late(StrEnum):
    """What runs past its due date."""

    UNEXPLAINED = "unexplained"
    """Nobody has said why."""


@dataclass(frozen=True, slots=True)
class Filters:
    """None and empty: it does not matter. `holder` is an account, `item` a code of the catalogue."""

    show: Show = Show.ALL
    whose: Whose = Whose.ALL
    holder: int | None = None
    item: str = ""
    round: Round | None = None
    manner: Manner | None = None
    seen: Seen | None = None
    second: Second | None = None
    late: Late | None = None
    search: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it asks for nothing beside part and owner: what is kept about the desk says how many."""
        chosen = (self.item, self.round, self.manner, self.seen, self.second, self.late, self.search.strip())
        return not any(chosen)

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for anything beside part and owner."""
        chosen = (self.holder, self.item, self.round, self.manner, self.seen, self.second, self.late)
        return any(chosen)


NEWS = frozenset(
    {
        *(Event.STEP_JOINED, Event.STEP_LEFT, Event.STEP_REOPENED, Event.STEP_MOVED, Event.STEP_HELD),
        *(
            Event.STEP_ASSIGNED,
            Event.STEP_DECIDED,
            Event.OPINION_PROPOSED,
            Event.PROPOSAL_ENDED,
            Event.LATE_REASON_GIVEN,
            Event.ACCEPTED,
            Event.ANNOTATED,
            Event.LATE_OPINION,
            Event.EXTENDED,
            Event.EXTENSION_ASKED,
            Event.EXTENSION_DECLINED,
        ),
        *(Event.CORRECTION_ASKED, Event.CORRECTION_ANSWERED, Event.AMENDED, Event.CLOCK_PAUSED, Event.CLOCK_RESUMED),
        *(Event.WITHDRAWN, Event.TERMINATED, Event.SUSPENDED, Event.RESUMED, Event.REOPENED, Event.FILE_SHUT_AWAY),
        *(Event.ORDER_SENT, Event.ORDER_ANSWERED, Event.ORDER_SENT_BACK, Event.ORDER_CLOSED),
        *(Event.COMMITMENT_SIGNED, Event.COMMITMENT_WITHDRAWN, Event.OBJECTION_RAISED),
    }
)
"""What a clerk who has read an application wants to be told of. Reminders, papers and refused attempts are no news."""


def news(by: Actor) -> ColumnElement[bool]:
    """Somebody else has done something since the person looked. Goes with the steps' Look of this person."""
    return and_(
        Application.trail_length > Look.seen,
        exists().where(
            EventRecord.application_id == Application.id,
            EventRecord.sequence > Look.seen,
            EventRecord.kind.in_([str(kind) for kind in NEWS]),
            or_(EventRecord.by_account.is_(None), EventRecord.by_account != by.person),
        ),
    )


def look_of(by: Actor) -> ColumnElement[bool]:
    """What joins the person's own look to a step."""
    return and_(Look.step_id == StepRecord.id, Look.account_id == by.person)


def owned(filters: Filters, by: Actor) -> list[ColumnElement[bool]]:
    """Whose it is; a named colleague wins over the rest."""
    if filters.holder is not None:
        return [StepRecord.assignee_id == filters.holder]
    if filters.whose is Whose.MINE:
        return [StepRecord.assignee_id.in_(by.hands)]
    return [StepRecord.assignee_id.is_(None)] if filters.whose is Whose.FREE else []


def matching(filters: Filters, by: Actor, at: Moment) -> list[ColumnElement[bool]]:
    """Everything but the part and the owner, of which the page counts each."""
    asked = [StepRecord.department_code == by.department]
    if filters.item:
        asked.append(Application.item_code == filters.item)
    if filters.round is not None:
        asked.append(StepRecord.round == 1 if filters.round is Round.FIRST else StepRecord.round > 1)
    if filters.manner is not None:
        asked.append(Application.has_promises.is_(filters.manner is Manner.PROMISED))
    if filters.seen is Seen.UNREAD:
        asked.append(Look.id.is_(None))
    if filters.seen is Seen.CHANGED:
        asked.append(news(by))
    if filters.second is not None:
        by_whom = Proposal.by_account
        wanted = by_whom == by.person if filters.second is Second.OWN else by_whom != by.person
        asked.append((StepRecord.status == StepStatus.OPEN) & exists().where(*WAITING, wanted))
    if filters.late is Late.UNEXPLAINED:
        asked.append(is_unexplained(at))
    if filters.search.strip():
        asked.append(_found(filters.search.strip()))
    return asked


def _found(search: str) -> ColumnElement[bool]:
    """By part of the number, of the project's or of an organisation's name; by the whole name of a person, a credit or
    identity number, an address or its street.

    What is personal is encrypted at rest and found by its keyed hash alone: part of it tells nothing.
    """
    marked = keyring().mark(search.upper())
    at_address = select(Whereabouts.application_id).where(Whereabouts.mark == mark(search))
    return or_(
        Application.number.contains(search.upper(), autoescape=True),
        Application.title.contains(search, autoescape=True),
        Organisation.name.contains(search, autoescape=True),
        Organisation.credit_code == search.upper(),
        Account.name_mark == name_mark(search),
        Account.identity_mark == marked,
        Application.id.in_(at_address),
    )
