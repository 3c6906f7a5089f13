"""A bundle (一件事): applications that were started together, each with its own course from then on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Code, Key, Record
from approvals.records.people import Organisation
from approvals.records.secrecy import SecretJson

if TYPE_CHECKING:
    from approvals.records.application import Application


class BundleRecord(Record):
    """`slug` names it in the catalogue. Its answers stand in its applications, but for the parts that wait."""

    __tablename__ = "bundles"

    id: Mapped[Key]
    token: Mapped[Code] = mapped_column(unique=True)
    slug: Mapped[Code]
    applicant_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    created_at: Mapped[datetime]
    waiting: Mapped[dict[str, Any] | None] = mapped_column(SecretJson)
    """Until what they wait for is founded: the items (`parts`) and what was asked once (`answers`)."""

    organisation: Mapped[Organisation | None] = relationship()
    applications: Mapped[list[Application]] = relationship(back_populates="bundle", order_by="Application.id")
