"""Entities made of rows by hand: for what every command reads, SQLAlchemy's own loading takes longer than the reading.

See docs/decisions/0006.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy import inspect as mapper_of
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from approvals.records.base import Record

R = TypeVar("R", bound=Record)


@cache
def columns(kind: type[Record]) -> tuple[ColumnElement[Any], ...]:
    """What a statement must ask for, in this order; deferred columns stay deferred."""
    return tuple(each.columns[0] for each in mapper_of(kind).column_attrs if not each.deferred)


@cache
def _form(kind: type[Record]) -> tuple[tuple[str, ...], Callable[[], Any]]:
    """Names of these columns, and what makes an empty instance."""
    names = tuple(each.key for each in mapper_of(kind).column_attrs if not each.deferred)
    return names, mapper_of(kind).class_manager.new_instance


def entity(session: Session, kind: type[R], values: Sequence[Any]) -> R:
    """The session's entity of this row, whose first column is its id. One that it holds already is written anew, and
    what hangs on it is asked again.
    """
    key = (kind, (values[0],), None)
    held: R | None = session.identity_map.get(key)
    if held is not None:
        session.expire(held)
        for name, value in zip(_form(kind)[0], values, strict=True):
            set_committed_value(held, name, value)
        return held
    made = fact(kind, values)
    state = instance_state(made)
    state.key = key
    state.session_id = session.hash_key
    session.identity_map.add(state)
    return made


def fact(kind: type[R], values: Sequence[Any]) -> R:
    """The same without a session: to be read, never to be changed."""
    names, new = _form(kind)
    made: R = new()
    made.__dict__.update(zip(names, values, strict=True))
    return made
