"""Gapless numbers: a counter per name, moved inside the transaction that uses the number."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from approvals.records.base import Code, Record, Whole, upsert


class Sequence(Record):
    __tablename__ = "sequences"

    name: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(Whole)


def hold(session: Session, name: str) -> None:
    """Lock the counter until commit without moving it: of two who hold it at once one waits for the other."""
    session.execute(upsert(session, Sequence).values(name=name, value=0).on_conflict_do_nothing())
    session.execute(select(Sequence.value).where(Sequence.name == name).with_for_update()).one()


def following(session: Session, name: str) -> int:
    """The next number of `name`, from 1. The row stays locked until commit, so a rollback leaves no gap."""
    statement = upsert(session, Sequence).values(name=name, value=1)
    moved = statement.on_conflict_do_update(index_elements=[Sequence.name], set_={"value": Sequence.value + 1})
    return session.execute(moved.returning(Sequence.value)).scalar_one()
