"""An application (办件): what somebody asked for, its answers and the caches folded from its facts."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Date, ForeignKey, Index, String, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from approvals.records.base import ON_POSTGRES, Code, Digest, Key, Record, word
from approvals.records.catalogue import ItemRevision
from approvals.records.people import Account, Organisation
from approvals.records.secrecy import SecretJson
from approvals.vocabulary import ApplicationStatus, Channel

if TYPE_CHECKING:
    from approvals.records.annotation import Annotation
    from approvals.records.bundle import BundleRecord
    from approvals.records.certificate import Certificate
    from approvals.records.commitment import Commitment
    from approvals.records.correction import Correction
    from approvals.records.counter import Attendance, Confirmation
    from approvals.records.credit import CreditRecord
    from approvals.records.material import Material
    from approvals.records.obligation import Obligation
    from approvals.records.pause import PauseRecord
    from approvals.records.prediction import Prediction
    from approvals.records.step import StepRecord
    from approvals.records.writ import Writ


RUNNING = (
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.RETURNED,
    ApplicationStatus.IN_REVIEW,
    ApplicationStatus.GRANTED,
)
RUNS = text("status IN ('submitted', 'returned', 'in_review', 'granted')")
URGENCY = (
    "(CASE WHEN status = 'granted' OR clock_stopped_at IS NOT NULL THEN 1 ELSE 0 END)",
    "coalesce(clock_promised, clock_statutory)",
)
STANDS: ColumnElement[int] = literal_column(
    "CASE WHEN applications.status = 'granted' OR applications.clock_stopped_at IS NOT NULL THEN 1 ELSE 0 END"
)
DUE: ColumnElement[date | None] = literal_column(
    "coalesce(applications.clock_promised, applications.clock_statutory)", Date()
)
"""What runs stands before what stands still or is granted, then what is due first: as in the index."""
UNCOVERED = text("NOT trail_is_covered")
"""A part of the index, so that finding what changed does not grow with what did not."""


class Application(Record):
    """`status`, due dates and trail head are caches with one writer each; everything else is written once or is the
    draft.
    """

    __tablename__ = "applications"
    __table_args__ = (
        Index("ix_applications_owner", "organisation_id", "applicant_id", "created_at"),
        Index("ix_applications_decided", "item_code", "decided_at"),
        Index("ix_applications_sent", "submitted_at", "item_code"),
        Index("ix_applications_running", "status", "promised_due"),
        Index("ix_applications_urgent", *map(text, URGENCY), "id", postgresql_where=RUNS).ddl_if(ON_POSTGRES),
        Index("ix_applications_uncovered", "id", postgresql_where=UNCOVERED, sqlite_where=UNCOVERED),
    )

    id: Mapped[Key]
    token: Mapped[Code] = mapped_column(unique=True)
    """Names the draft in addresses before it has a number: random, tells nothing."""
    number: Mapped[str | None] = mapped_column(String(64), unique=True)
    """办件编号, given on submission."""
    channel: Mapped[Channel] = mapped_column(word(Channel), default=Channel.ONLINE)
    """By which it was sent in for the first time; of a draft nothing is known yet."""
    item_code: Mapped[Code] = mapped_column(index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("item_revisions.id"))
    applicant_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandates.id"))
    """By which it was started for another; the person who acts stands in the trail."""
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundles.id"), index=True)
    """With which others it was started (一件事)."""
    title: Mapped[str] = mapped_column(String(200), default="")
    region: Mapped[str | None] = mapped_column(String(12))
    status: Mapped[ApplicationStatus] = mapped_column(word(ApplicationStatus), index=True)
    draft: Mapped[dict[str, Any]] = mapped_column(SecretJson, deferred=True)
    draft_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    """When somebody last went on with the draft."""
    warned_at: Mapped[datetime | None]
    """When its owner was told that it will be deleted, if nobody went on with it since."""
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    amending_since: Mapped[datetime | None]
    """When the applicant opened an amendment that is neither sent nor given up: its draft may differ from what was
    sent.
    """
    terminated_at: Mapped[datetime | None]
    promised_due: Mapped[date | None]
    statutory_due: Mapped[date | None]
    expected_end: Mapped[date | None]
    """What the last event led to; how it came about stands in its predictions."""
    clock_promised: Mapped[date | None]
    clock_statutory: Mapped[date | None]
    clock_stopped_at: Mapped[datetime | None]
    """The clock that counts for it while it runs, before acceptance that of the accepting step: when it is due, and
    since when it stands still.
    """
    extended_days: Mapped[int] = mapped_column(default=0)
    """Of its extension, in working days; 0 without one."""
    wake_at: Mapped[datetime | None] = mapped_column(index=True)
    """When its own clock next has something to do, as of a step."""
    has_promises: Mapped[bool] = mapped_column(default=False)
    """Whether it was sent in with a commitment: mostly there is none, and nothing need be read."""
    trail_length: Mapped[int] = mapped_column(default=0)
    trail_head: Mapped[Digest] = mapped_column(default="")
    trail_at: Mapped[datetime | None]
    """Of its newest event: nothing happens on an earlier day."""
    trail_is_covered: Mapped[bool] = mapped_column(default=True)
    """Whether a signed checkpoint covers its head; what is not covered yet is found by this alone."""

    revision: Mapped[ItemRevision] = relationship()
    applicant: Mapped[Account] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    bundle: Mapped[BundleRecord | None] = relationship(back_populates="applications")
    steps: Mapped[list[StepRecord]] = relationship(back_populates="application", order_by="StepRecord.position")
    submissions: Mapped[list[Submission]] = relationship(back_populates="application", order_by="Submission.version")
    corrections: Mapped[list[Correction]] = relationship(back_populates="application", order_by="Correction.id")
    attendances: Mapped[list[Attendance]] = relationship(order_by="Attendance.id")
    confirmations: Mapped[list[Confirmation]] = relationship(order_by="Confirmation.version")
    pauses: Mapped[list[PauseRecord]] = relationship(back_populates="application", order_by="PauseRecord.id")
    materials: Mapped[list[Material]] = relationship(back_populates="application", order_by="Material.id")
    certificate: Mapped[Certificate | None] = relationship(back_populates="application")
    commitments: Mapped[list[Commitment]] = relationship(back_populates="application", order_by="Commitment.id")
    obligations: Mapped[list[Obligation]] = relationship(back_populates="application", order_by="Obligation.id")
    writs: Mapped[list[Writ]] = relationship(back_populates="application", order_by="Writ.serial")
    predictions: WriteOnlyMapped[Prediction] = relationship(back_populates="application", passive_deletes=True)
    annotations: Mapped[list[Annotation]] = relationship(viewonly=True, order_by="Annotation.number")
    credit_records: Mapped[list[CreditRecord]] = relationship(back_populates="application", order_by="CreditRecord.id")

    @property
    def concerns(self) -> int:
        return self.id

    @property
    def owner_account(self) -> int | None:
        return self.applicant_id

    @property
    def owner_organisation(self) -> int | None:
        return self.organisation_id

    @property
    def departments(self) -> frozenset[str]:
        return frozenset(step.department_code for step in self.steps)


class Submission(Record):
    """The answers as they were sent, one version per submission or answered correction; append-only."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("application_id", "version"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    version: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(SecretJson)
    sha256: Mapped[Digest]
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    application: Mapped[Application] = relationship(back_populates="submissions")
