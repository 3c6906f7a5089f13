"""An extension (延长审批): once, before the due date, with its reason, by the head whom the law names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.base import Key, Record, session_of, word
from approvals.records.fold import item_of, lead_of
from approvals.vocabulary import RequestEnd, Role
from services.item import Handling


class Extension(Record):
    """Days added to both limits of an application (Licensing Law art. 42); append-only, at most one each."""

    __tablename__ = "extensions"

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), unique=True)
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(200))
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


class ExtensionRequest(Record):
    """What a desk asks of whoever may extend; append-only but for its end. Of one application at most one waits."""

    __tablename__ = "extension_requests"
    __table_args__ = (UniqueConstraint("application_id", "number"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    number: Mapped[int]
    """Of the application's, in order."""
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"), index=True)
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    ending: Mapped[RequestEnd | None] = mapped_column(word(RequestEnd))
    note: Mapped[str] = mapped_column(Text, default="")
    """Why it was declined."""
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]


def requests_of(application: Application) -> list[ExtensionRequest]:
    """Oldest first."""
    theirs = select(ExtensionRequest).where(ExtensionRequest.application_id == application.id)
    return list(session_of(application).scalars(theirs.order_by(ExtensionRequest.number)))


def waiting_request(application: Application) -> ExtensionRequest | None:
    """The one that nobody has decided."""
    return next((each for each in requests_of(application) if each.ending is None), None)


MOST = 10
"""Working days by which the head of the authority may extend."""
MOST_JOINT = 15
"""Working days by which the head of the people's government may extend joint handling."""


def most_days(application: Application) -> int:
    """What the law allows at most, in working days."""
    return MOST_JOINT if _is_joint(application) else MOST


def is_extended_by(application: Application, by: Actor) -> bool:
    """Whether the law names this person: the head of the deciding authority, in joint handling of the government."""
    if _is_joint(application):
        return by.role is Role.GOVERNMENT
    return Role.HEAD in by.roles and by.department == lead_of(application).department_code


def _is_joint(application: Application) -> bool:
    return item_of(application).handling is Handling.JOINT
