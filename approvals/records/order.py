"""Supervision orders (督办单) that somebody who oversees sent by hand, and what was said to them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.application import Application
from approvals.records.base import Code, Key, Record, word
from approvals.records.part import OfOffice
from approvals.records.people import Account
from approvals.vocabulary import OrderAct, OrderStatus


class Order(OfOffice, Record):
    """About one step of an application, to the department that had it when it was sent. The acts are the facts; status,
    due date and `answered_at` are those of the last of them.
    """

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_department", "department_code", "status", "due"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    step_key: Mapped[Code]
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    status: Mapped[OrderStatus] = mapped_column(word(OrderStatus))
    due: Mapped[date]
    """Until when an answer is wanted, a working day."""
    wake_at: Mapped[datetime | None] = mapped_column(index=True)
    sent_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    sent_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    """When it was answered for the first time."""
    application: Mapped[Application] = relationship()
    acts: Mapped[list[OrderActRecord]] = relationship(back_populates="order", order_by="OrderActRecord.id")


class OrderActRecord(Record):
    """What was done and said; append-only."""

    __tablename__ = "order_acts"

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    kind: Mapped[OrderAct] = mapped_column(word(OrderAct))
    note: Mapped[str] = mapped_column(Text)
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    order: Mapped[Order] = relationship(back_populates="acts")
    by: Mapped[Account] = relationship()
