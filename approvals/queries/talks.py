"""The talks of an application with its departments, for its applicant and for each department its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, check, may
from approvals.queries.material_file import MaterialFile, opened
from approvals.queries.paging import Page, paged
from approvals.records.application import Application
from approvals.records.message import Message, MessageFile
from approvals.records.people import Account, department_names
from services.item import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `is_mine`: the reader's side wrote it; `files` are (number, name, what the scanner said)."""

    id: int
    text: str
    at: datetime
    is_mine: bool
    author: str | None
    """Who of the applicant's side wrote it, where that is neither the reader nor the applicant."""
    is_unread: bool
    files: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """With one department; `is_its_turn`: it was asked and has not answered."""

    code: str
    department: Text
    lines: tuple[Line, ...]
    is_its_turn: bool

    @property
    def unread(self) -> int:
        return sum(line.is_unread for line in self.lines)


@dataclass(frozen=True, slots=True)
class Talks:
    number: str
    title: str
    applicant: str
    talks: tuple[Talk, ...]
    may_write: bool


def talks(session: Session, number: str, *, open_days: int, by: Actor, at: Moment) -> Talks:
    """All of them for the applicant, a department's own for its people; NotFound for everybody else."""
    application = session.scalar(
        select(Application)
        .where(Application.number == number)
        .options(
            selectinload(Application.steps), joinedload(Application.organisation), joinedload(Application.applicant)
        )
    )
    if application is None or not may(by, "message:write", application):
        raise NotFound
    wanted = (
        select(Message)
        .where(Message.application_id == application.id)
        .options(
            selectinload(Message.files).joinedload(MessageFile.file),
            joinedload(Message.author).raiseload(Account.memberships),
        )
    )
    if by.department is not None:
        wanted = wanted.where(Message.department_code == by.department)
    lines: dict[str, list[Message]] = {}
    for message in session.scalars(wanted.order_by(Message.id)):
        lines.setdefault(message.department_code, []).append(message)
    open_now = [step.department_code for step in application.steps if step.opened_at is not None]
    mine = [code for code in dict.fromkeys((*lines, *open_now)) if by.department in (None, code)]
    names = department_names(session)
    ended = application.ended_at
    organisation = application.organisation
    own = None if organisation else application.applicant_id
    return Talks(
        number=number,
        title=application.title,
        applicant=organisation.name if organisation else application.applicant.name,
        talks=tuple(_talk(code, names[code], lines.get(code, ()), own, by) for code in mine),
        may_write=bool(mine) and (ended is None or at.instant <= ended + timedelta(days=open_days)),
    )


def _talk(code: str, name: Text, messages: Iterable[Message], own: int | None, by: Actor) -> Talk:
    """`own` is the account of a person that applied in their own name."""
    is_office = by.department is not None
    lines = tuple(
        Line(
            id=each.id,
            text=each.text,
            at=each.at,
            is_mine=each.is_office is is_office,
            author=None if each.is_office or each.by_account in (own, by.account) else each.author.name,
            is_unread=each.is_office is not is_office and each.read_at is None,
            files=tuple((file.id, file.name, file.file.scan) for file in each.files),
        )
        for each in messages
    )
    return Talk(code, name, lines, bool(lines) and lines[-1].is_mine is not is_office)


def unread_by_applicant(session: Session, number: str) -> int:
    """Messages of departments in one application that its applicant has not read."""
    wanted = select(func.count()).select_from(Message).join(Message.application)
    return (
        session.scalar(
            wanted.where(Application.number == number, Message.is_office.is_(True), Message.read_at.is_(None))
        )
        or 0
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A talk of the department in which something is unread."""

    number: str
    title: str
    unread: int
    since: datetime


def waiting_talks(session: Session, *, page: int, by: Actor) -> Page[Waiting]:
    """The oldest unread first."""
    check(by, "queue:read")
    since = func.min(Message.at)
    wanted = (
        select(Application.number, Application.title, func.count(), since)
        .join(Message, Message.application_id == Application.id)
        .where(Message.department_code == by.department, Message.is_office.is_(False), Message.read_at.is_(None))
        .group_by(Application.id, Application.number, Application.title)
        .order_by(since)
    )
    total = session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    query, number, _counted = paged(session, wanted, page)
    rows = session.execute(query).all()
    return Page(tuple(Waiting(row[0] or "", row[1], row[2], row[3]) for row in rows), number, total)


def unread_in(session: Session, numbers: Iterable[str], *, by: Actor) -> frozenset[str]:
    """Which of these applications hold something that the department has not read."""
    wanted = select(Application.number).join(Message, Message.application_id == Application.id)
    unread = (Message.department_code == by.department, Message.is_office.is_(False), Message.read_at.is_(None))
    found = session.scalars(wanted.where(Application.number.in_(list(numbers)), *unread).distinct())
    return frozenset(number for number in found if number)


def message_file(session: Session, number: str, file_id: int, *, by: Actor) -> MaterialFile:
    """What was sent along, for both sides of that talk."""
    found = session.scalar(
        select(MessageFile)
        .join(MessageFile.message)
        .join(Message.application)
        .where(Application.number == number, MessageFile.id == file_id)
        .options(
            contains_eager(MessageFile.message).contains_eager(Message.application).selectinload(Application.steps),
            joinedload(MessageFile.file),
        )
    )
    if found is None or not may(by, "message:write", found.message.application):
        raise NotFound
    if by.department not in (None, found.message.department_code):
        raise NotFound
    return opened(found.name, found.file)
