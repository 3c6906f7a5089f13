"""Writs (文书): the papers that the law asks for on the way, fixed by their facts when they are drawn up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Code, Digest, Key, Record, word
from approvals.records.secrecy import SecretJson
from approvals.vocabulary import WritKind

if TYPE_CHECKING:
    from approvals.records.application import Application


DELIVERED = frozenset({WritKind.GRANT, WritKind.REFUSAL, WritKind.NOT_ACCEPTED, WritKind.NOT_NEEDED})
"""Decisions, whose arrival is kept: from it the limits of the remedies run."""


class Writ(Record):
    """Written once, in the transaction of what it tells. `facts` are all that stands on it; the trail holds their
    digest.
    """

    __tablename__ = "writs"
    __table_args__ = (UniqueConstraint("application_id", "serial"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    serial: Mapped[int]
    """From 1, within its application: names it in addresses."""
    kind: Mapped[WritKind] = mapped_column(word(WritKind))
    number: Mapped[Code] = mapped_column(unique=True)
    """文号, without gaps per department, kind and year."""
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    facts: Mapped[dict[str, Any]] = mapped_column(SecretJson)
    drawn_up_at: Mapped[datetime]
    application: Mapped[Application] = relationship(back_populates="writs")

    @property
    def sealed_text(self) -> str:
        """The facts as the trail seals them: canonical JSON."""
        return json.dumps(self.facts, ensure_ascii=False, sort_keys=True)


def undelivered(writs: Iterable[Writ]) -> Writ | None:
    """Of all writs of one application, by serial: the decision that has reached nobody yet."""
    decided: Writ | None = None
    for each in writs:
        decided = None if each.kind is WritKind.DELIVERY else each if each.kind in DELIVERED else decided
    return decided


class WritPaper(Record):
    """The sealed file of a writ, made when it is first asked for and the same for ever after; one a language."""

    __tablename__ = "writ_papers"
    __table_args__ = (UniqueConstraint("writ_id", "language"),)

    id: Mapped[Key]
    writ_id: Mapped[int] = mapped_column(ForeignKey("writs.id"))
    language: Mapped[str] = mapped_column(String(8))
    sha256: Mapped[Digest] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    made_at: Mapped[datetime]
