"""Writs (文书): the papers that the law asks for on the way, fixed by their facts when they are drawn up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Code, Digest, Key, Record, word
from approvals.records.secrecy import SecretJson
from approvals.vocabulary import SignatureLevel, WritKind

if TYPE_CHECKING:
    from approvals.records.application import Application
    from approvals.records.certificate import Lift


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
    """The sealed file of a writ, made when it is first asked for; one a language. What was signed is the same for ever
    after.
    """

    __tablename__ = "writ_papers"
    __table_args__ = (UniqueConstraint("writ_id", "language"),)

    id: Mapped[Key]
    writ_id: Mapped[int] = mapped_column(ForeignKey("writs.id"))
    language: Mapped[str] = mapped_column(String(8))
    sha256: Mapped[Digest] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    made_at: Mapped[datetime]
    signed_sha256: Mapped[Digest | None] = mapped_column(index=True)
    """Of the bytes that were signed: it stays while time-stamps and evidence are added to the file."""
    signer: Mapped[Digest | None] = mapped_column(index=True)
    """SHA-256 of the signer's certificate."""
    level: Mapped[SignatureLevel | None] = mapped_column(word(SignatureLevel))
    key_revoked_since: Mapped[datetime | None]
    """Since when the signer's key is revoked, as last judged; none where it is not, or was not judged yet."""
    is_unsound: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Nothing proves that it was signed before: its file is believed no more."""
    lift: Mapped[Lift | None] = relationship(back_populates="writ_paper")
    writ: Mapped[Writ] = relationship()

    @property
    def application(self) -> Application:
        return self.writ.application

    @property
    def number(self) -> str:
        """What trail and command line call it."""
        return f"{self.writ.number}-{self.language.upper()}"
