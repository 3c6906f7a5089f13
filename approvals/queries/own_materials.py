"""Every file that a person or an organisation has given: what it is, where it is used, whether it is offered again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from approvals.clock.moment import Moment, local_date
from approvals.permissions import Actor, check
from approvals.queries.applications import owned
from approvals.queries.held import FRESH, accepted
from approvals.queries.paging import Page, paged
from approvals.queries.standing import items_by_revision
from approvals.records.material import Material, StoredFile
from approvals.records.message import Message, MessageFile
from services.item import Item, Text, label

MOST = 10
"""Places that are named of one file, the newest."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies: as a version of a material, or sent along with a message (`material` None). `number` is none
    of a draft; `serial` is the version, or what names a file of a message; `is_gone`: it was replaced or taken back.
    """

    number: str | None
    token: str
    title: str
    item: Text
    material: Text | None
    key: str
    serial: int
    name: str
    at: datetime
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Given:
    """One file. `places` are the newest of `total`, never none; `offered_until` is the last day on which it is offered
    instead of being uploaded again, none where it is not.
    """

    sha256: str
    media_type: str
    size: int
    pages: int | None
    scan: str
    places: tuple[Place, ...]
    total: int
    offered_until: date | None


def own_materials(session: Session, *, organisation: int | None, page: int, by: Actor, at: Moment) -> Page[Given]:
    """Each file once, what was given last first."""
    check(by, "application:list")
    mine = owned(by, organisation)
    every = union_all(
        select(Material.sha256, Material.added_at.label("at")).join(Material.application).where(mine),
        select(MessageFile.sha256, Message.at.label("at"))
        .join(MessageFile.message)
        .join(Message.application)
        .where(mine, Message.is_office.is_(False)),
    ).subquery()
    once = select(every.c.sha256, func.max(every.c.at).label("at")).group_by(every.c.sha256).subquery()
    query, number, total = paged(session, select(once.c.sha256).order_by(once.c.at.desc(), once.c.sha256), page)
    digests = session.scalars(query).all()
    files = {each.sha256: each for each in session.scalars(select(StoredFile).where(StoredFile.sha256.in_(digests)))}
    places, totals = _places(session, mine, digests)
    offered = {row.sha256: row.application.decided_at for row, _ in accepted(session, mine, by=by, at=at).values()}
    given = (_given(files[each], places[each], totals[each], offered.get(each)) for each in digests)
    return Page(tuple(given), number, total)


def _places(
    session: Session, mine: ColumnElement[bool], digests: Sequence[str]
) -> tuple[dict[str, list[Place]], dict[str, int]]:
    """By file the newest, and how many there are."""
    handed_in = (
        select(Material.id, Material.sha256, *_counted(Material.sha256, Material.id))
        .join(Material.application)
        .where(mine, Material.sha256.in_(digests))
        .subquery()
    )
    sent_along = (
        select(MessageFile.id, MessageFile.sha256, *_counted(MessageFile.sha256, MessageFile.id))
        .join(MessageFile.message)
        .join(Message.application)
        .where(mine, Message.is_office.is_(False), MessageFile.sha256.in_(digests))
        .subquery()
    )
    materials = session.execute(
        select(Material, handed_in.c.total)
        .join(handed_in, handed_in.c.id == Material.id)
        .where(handed_in.c.place <= MOST)
        .options(joinedload(Material.application))
    ).all()
    messages = session.execute(
        select(MessageFile, sent_along.c.total)
        .join(sent_along, sent_along.c.id == MessageFile.id)
        .where(sent_along.c.place <= MOST)
        .options(joinedload(MessageFile.message).joinedload(Message.application))
    ).all()
    applications = [row.application for row, _ in materials] + [row.message.application for row, _ in messages]
    items = items_by_revision(session, (each.revision_id for each in applications))
    places: dict[str, list[Place]] = {each: [] for each in digests}
    totals: dict[tuple[str, bool], int] = {}
    for row, total in materials:
        places[row.sha256].append(_as_material(row, items[row.application.revision_id]))
        totals[row.sha256, True] = total
    for each, total in messages:
        places[each.sha256].append(_as_message(each, items[each.message.application.revision_id]))
        totals[each.sha256, False] = total
    return places, {each: sum(totals.get((each, kind), 0) for kind in (True, False)) for each in digests}


def _counted(
    digest: InstrumentedAttribute[str], key: InstrumentedAttribute[int]
) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Its place among those of the same file, the newest first, and how many these are."""
    return (
        func.row_number().over(partition_by=digest, order_by=key.desc()).label("place"),
        func.count().over(partition_by=digest).label("total"),
    )


def _as_material(row: Material, item: Item) -> Place:
    application = row.application
    return Place(
        number=application.number,
        token=application.token,
        title=application.title,
        item=item.name,
        material=label(item, row.key),
        key=row.key,
        serial=row.version,
        name=row.name,
        at=row.added_at,
        is_gone=row.removed_at is not None,
    )


def _as_message(row: MessageFile, item: Item) -> Place:
    application = row.message.application
    return Place(
        number=application.number,
        token=application.token,
        title=application.title,
        item=item.name,
        material=None,
        key="",
        serial=row.id,
        name=row.name,
        at=row.message.at,
        is_gone=False,
    )


def _given(file: StoredFile, places: list[Place], total: int, decided_at: datetime | None) -> Given:
    newest = sorted(places, key=lambda each: each.at, reverse=True)[:MOST]
    until = local_date(decided_at + FRESH) if decided_at else None
    return Given(file.sha256, file.media_type, file.size, file.pages, file.scan, tuple(newest), total, until)
