"""Which way finished applications went, and how often each edge was walked, by month and whole working days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Insert, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from approvals.records.base import Code, Digest, Key, Record, upsert


class ActivityRecord(Record):
    """What an application of an item goes through, at one department. Written once."""

    __tablename__ = "activities"
    __table_args__ = (UniqueConstraint("item_code", "kind", "name", "department_code"),)

    id: Mapped[Key]
    item_code: Mapped[Code]
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[Code]
    """Key of the step, why it was paused, in what status it ended."""
    step_kind: Mapped[str] = mapped_column(String(32), default="")
    department_code: Mapped[Code] = mapped_column(default="")


class Way(Record):
    """One variant: the activities by id, in the order in which they began, and what led from which to which. Written
    once.
    """

    __tablename__ = "ways"

    id: Mapped[Key]
    item_code: Mapped[Code]
    digest: Mapped[Digest] = mapped_column(unique=True)
    activities: Mapped[list[int]] = mapped_column(JSON)
    edges: Mapped[list[list[int]]] = mapped_column(JSON)


class Walk(Record):
    """The way of one finished application. `stays` are activity and days, `legs` source, target and days: exactly what
    was added to the counts, to be taken off again when the application is reopened.
    """

    __tablename__ = "walks"
    __table_args__ = (Index("ix_walks_way", "way_id", "month", "application_id"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True, autoincrement=False)
    way_id: Mapped[int] = mapped_column(ForeignKey("ways.id"))
    month: Mapped[str] = mapped_column(String(7))
    """In which it ended, as 2026-06."""
    stays: Mapped[list[list[int]]] = mapped_column(JSON)
    legs: Mapped[list[list[int]]] = mapped_column(JSON)


class WayCount(Record):
    __tablename__ = "way_counts"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    way_id: Mapped[int] = mapped_column(ForeignKey("ways.id"), primary_key=True, autoincrement=False)
    times: Mapped[int]


class StayCount(Record):
    __tablename__ = "stay_counts"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), primary_key=True, autoincrement=False)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    times: Mapped[int]


class LegCount(Record):
    __tablename__ = "leg_counts"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), primary_key=True, autoincrement=False)
    target_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), primary_key=True, autoincrement=False)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    times: Mapped[int]


def add(session: Session, record: type[Record], rows: Sequence[dict[str, Any]]) -> None:
    """Add `times` of each row to what is counted. In the order of their keys, so that no two transactions wait for each
    other.
    """
    if not rows:
        return
    keys = [column.key for column in record.__table__.primary_key]
    statement = upsert(session, record)
    more: Insert = statement.on_conflict_do_update(
        index_elements=keys, set_={"times": record.__table__.c.times + statement.excluded.times}
    )
    session.connection().execute(more, sorted(rows, key=lambda row: [row[key] for key in keys]))


def latest_month(session: Session) -> str | None:
    """The last one in which anything ended."""
    return session.scalar(select(func.max(WayCount.month)))
