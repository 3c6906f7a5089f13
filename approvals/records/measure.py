"""Measures: how long each decided application and each decided round of a step took, and their counts per whole day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, insert, text
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Code, Key, Record, word
from approvals.vocabulary import Channel


class Measured(StrEnum):
    """What a measure is of."""

    APPLICATION = "application"
    STEP = "step"


class Figure(StrEnum):
    """What is counted. Days are whole working days; whether a limit was kept is 1 or 0."""

    GROSS = "gross"
    NET = "net"
    WAITING = "waiting"
    WORKING = "working"
    PROMISED = "promised"
    STATUTORY = "statutory"
    CORRECTIONS = "corrections"


@dataclass(frozen=True, slots=True)
class Took:
    """One measure as a value. `step_key` is empty and `round` 0 for an application; None: there was no such limit, or
    it is not told of applications.
    """

    application_id: int
    subject: Measured
    step_key: str
    round: int
    item_code: str
    stage: str
    department_code: str
    region: str
    ended_on: date
    is_promised: bool
    channel: Channel
    gross: int
    net: int
    waiting: int | None
    working: int | None
    promised: bool | None
    statutory: bool | None
    corrections: int

    @property
    def month(self) -> str:
        return month_of(self.ended_on)

    @property
    def row(self) -> dict[str, Any]:
        """As it is entered."""
        return {
            **{each.name: getattr(self, each.name) for each in fields(self)},
            "month": self.month,
            "is_tallied": False,
        }

    def cells(self) -> Iterator[tuple[Any, ...]]:
        """Where it is counted, once for each of its figures; what the parts are, says `CELL`."""
        row = self.row
        for figure in Figure:
            value = row[figure.value]
            if value is not None:
                own = row | {"figure": figure, "value": int(value)}
                yield tuple(own[name] for name in CELL)


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


NEW = text("NOT is_tallied")


class MeasureRecord(Record):
    """One decided application, or one decided round of a step. Written in the transaction of the decision; that of an
    application is taken away again when it is reopened.
    """

    __tablename__ = "measures"
    __table_args__ = (
        UniqueConstraint("application_id", "step_key", "round"),
        Index("ix_measures_net", "subject", "net", "id"),
        Index("ix_measures_gross", "subject", "gross", "id"),
        Index("ix_measures_new", "id", postgresql_where=NEW, sqlite_where=NEW),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    subject: Mapped[Measured] = mapped_column(word(Measured))
    step_key: Mapped[Code]
    round: Mapped[int]
    item_code: Mapped[Code]
    stage: Mapped[str] = mapped_column(String(8))
    """Of construction projects: 1 to 4; else empty."""
    department_code: Mapped[Code]
    region: Mapped[str] = mapped_column(String(12))
    month: Mapped[str] = mapped_column(String(7))
    ended_on: Mapped[date]
    is_promised: Mapped[bool]
    channel: Mapped[Channel] = mapped_column(word(Channel))
    gross: Mapped[int]
    net: Mapped[int]
    waiting: Mapped[int | None]
    working: Mapped[int | None]
    promised: Mapped[bool | None]
    statutory: Mapped[bool | None]
    corrections: Mapped[int]
    is_tallied: Mapped[bool]
    """Counted into the tallies."""

    @property
    def took(self) -> Took:
        return Took(**{each.name: getattr(self, each.name) for each in fields(Took)})


CELL = (
    *("subject", "month", "item_code", "step_key", "figure", "value"),
    *("stage", "department_code", "region", "is_promised", "channel"),
)
"""What tells one tally from another; what is most asked for stands first."""


class Tally(Record):
    """How many of the measures that were counted had this value, under each combination of what they can be told apart
    by. The worker counts them, so that no two decisions wait for each other's counters; until then a reader adds the
    measures themselves, and always finds the same sum.
    """

    __tablename__ = "tallies"
    __table_args__ = (Index("ix_tallies_cell", *CELL, unique=True),)

    id: Mapped[Key]
    subject: Mapped[Measured] = mapped_column(word(Measured))
    figure: Mapped[Figure] = mapped_column(word(Figure))
    item_code: Mapped[Code]
    stage: Mapped[str] = mapped_column(String(8))
    step_key: Mapped[Code]
    department_code: Mapped[Code]
    region: Mapped[str] = mapped_column(String(12))
    month: Mapped[str] = mapped_column(String(7))
    is_promised: Mapped[bool]
    channel: Mapped[Channel] = mapped_column(word(Channel))
    value: Mapped[int]
    cases: Mapped[int]


MEASURES = insert(MeasureRecord.__table__)  # type: ignore[arg-type]  # declared as FromClause, it is a Table
