"""One page of a list, and the rows that stand on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

PER_PAGE = 20

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`number` counts from 1; `total` is the number of rows on all pages together."""

    rows: tuple[Row, ...]
    number: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def paged(session: Session, query: Select[*tuple[Any, ...]], number: int) -> tuple[Select[*tuple[Any, ...]], int, int]:
    """The query of one page with the page's number and the total. A number past the end means the last page."""
    total = session.scalar(query.order_by(None).with_only_columns(func.count(), maintain_column_froms=True)) or 0
    return *page_of(query, number, total), total


def page_of(query: Select[*tuple[Any, ...]], number: int, total: int) -> tuple[Select[*tuple[Any, ...]], int]:
    """Where the total is known already."""
    number = min(max(number, 1), max(1, -(-total // PER_PAGE)))
    return query.limit(PER_PAGE).offset((number - 1) * PER_PAGE), number
