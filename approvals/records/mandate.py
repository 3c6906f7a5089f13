"""Mandates (授权): somebody may act for an organisation or a person, in some matters, for some time."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.permissions import Power
from approvals.records.base import Digest, Key, Record, word
from approvals.records.secrecy import Secret
from approvals.vocabulary import Duty, MandateAction, MandateStatus

if TYPE_CHECKING:
    from approvals.records.people import Account, Organisation


class Mandate(Record):
    """Offered to whoever has a phone and a name; written once, and dead from the moment it is revoked."""

    __tablename__ = "mandates"

    id: Mapped[Key]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    """For whom: an organisation or a person, never both."""
    given_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    grantee_name: Mapped[str] = mapped_column(Secret)
    grantee_mark: Mapped[Digest] = mapped_column(index=True)
    """The mark of the grantee's phone."""
    grantee_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    duty: Mapped[Duty] = mapped_column(word(Duty))
    items: Mapped[list[str]] = mapped_column(JSON)
    actions: Mapped[list[str]] = mapped_column(JSON)
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    """The last day on which it holds."""
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    """When both sides were told that it ends soon."""
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    person: Mapped[Account | None] = relationship(foreign_keys=[person_id], lazy="joined")

    def status_on(self, today: date) -> MandateStatus:
        if self.revoked_at is not None:
            return MandateStatus.REVOKED
        if self.declined_at is not None:
            return MandateStatus.DECLINED
        if today > self.ends_on:
            return MandateStatus.EXPIRED
        if self.accepted_at is None:
            return MandateStatus.OFFERED
        return MandateStatus.IN_FORCE if today >= self.begins_on else MandateStatus.TO_COME

    @property
    def power(self) -> Power:
        actions = frozenset(MandateAction(each) for each in self.actions)
        return Power(self.id, self.organisation_id, self.person_id, actions, frozenset(self.items))
