"""One department's part of an application, and the decisions taken on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    insert,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from approvals.records.base import ON_POSTGRES, Code, Key, Record, send, session_of, word, write
from approvals.records.part import OfApplicant
from approvals.vocabulary import LateReason, Outcome, StepStatus

if TYPE_CHECKING:
    from approvals.records.application import Application
    from approvals.records.assignment import Assignment
    from approvals.records.late_reason import LateReasonGiven
    from approvals.records.proposal import Proposal


ON_DESK = (StepStatus.OPEN, StepStatus.RETURNED, StepStatus.PAUSED)
"""A department has it: it runs, or it stands still."""
ON_A_DESK = text("status IN ('open', 'returned', 'paused')")
URGENCY = ("(CASE WHEN status = 'open' THEN 0 ELSE 1 END)", "coalesce(promised_due, statutory_due)")
STANDS: ColumnElement[int] = literal_column("CASE WHEN steps.status = 'open' THEN 0 ELSE 1 END")
DUE: ColumnElement[date | None] = literal_column("coalesce(steps.promised_due, steps.statutory_due)", Date())
"""What runs stands before what stands still, then what is due first: as in the indexes."""
FREE = text("status = 'open' AND assignee_id IS NULL")
"""A part of the index, so that the next step for somebody without work is found among those that nobody has."""


class StepRecord(OfApplicant, Record):
    """A step (环节) of one application. `status` and the due dates are caches that only `settle` writes, `assignee_id`
    is one that only `pass_on` writes, `late_reason` one that only `keep_late_reason` and a new round write.
    """

    __tablename__ = "steps"
    __table_args__ = (
        UniqueConstraint("application_id", "key"),
        Index("ix_steps_queue", "department_code", "status", "promised_due"),
        Index("ix_steps_assignee", "assignee_id", "status", "promised_due"),
        Index("ix_steps_free", "department_code", "promised_due", "id", postgresql_where=FREE, sqlite_where=FREE),
        Index("ix_steps_urgent", *map(text, URGENCY), "id", postgresql_where=ON_A_DESK).ddl_if(ON_POSTGRES),
        Index("ix_steps_desk", "department_code", *map(text, URGENCY), "id", postgresql_where=ON_A_DESK).ddl_if(
            ON_POSTGRES
        ),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    key: Mapped[Code]
    position: Mapped[int]
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    status: Mapped[StepStatus] = mapped_column(word(StepStatus))
    round: Mapped[int] = mapped_column(default=1)
    round_began_at: Mapped[datetime | None]
    """When what was mended came in for this round; none in the first."""
    left_at: Mapped[datetime | None]
    """Since when the mended answers no longer call it in; its opinion stays, and counts for nothing."""
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    promised_due: Mapped[date | None]
    statutory_due: Mapped[date | None]
    wake_at: Mapped[datetime | None] = mapped_column(index=True)
    """When its clock next has something to do; none while it stands still, and once nothing is left to happen."""
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """Who of the department works on it."""
    late_reason: Mapped[LateReason | None] = mapped_column(word(LateReason))
    """Why it is, or was, past its due date in this round, as was stated last."""
    application: Mapped[Application] = relationship(back_populates="steps")
    assignments: Mapped[list[Assignment]] = relationship(viewonly=True, order_by="Assignment.number")
    decisions: Mapped[list[Decision]] = relationship(viewonly=True, order_by="Decision.round")
    late_reasons: Mapped[list[LateReasonGiven]] = relationship(viewonly=True, order_by="LateReasonGiven.number")
    proposals: Mapped[list[Proposal]] = relationship(viewonly=True, order_by="Proposal.number")

    @property
    def decision(self) -> Decision | None:
        """The decision of the current round."""
        now = self.round
        for decision in self.decisions:
            if decision.round == now:
                return decision
        return None

    @property
    def proposal(self) -> Proposal | None:
        """What waits for a second person. Asks the database: nothing for a step that one person decides."""
        if self.decision is not None or not self.is_present:
            return None
        return next((each for each in self.proposals if each.ending is None and each.round == self.round), None)

    @property
    def is_present(self) -> bool:
        return self.left_at is None

    @property
    def round_before(self) -> Decision | None:
        """The decision of the round before, where that ended in one."""
        return next((decision for decision in self.decisions if decision.round == self.round - 1), None)

    def is_late(self, today: date) -> bool:
        """Running, and past its promise or past the law's limit."""
        dues = (self.promised_due, self.statutory_due)
        return self.status is StepStatus.OPEN and any(due is not None and due < today for due in dues)

    def begin_round(self, at: datetime) -> None:
        """From now on it is to be decided anew, by dates of its own; whether that is late is another question."""
        write(
            self,
            round=self.round + 1,
            round_began_at=at,
            promised_due=None,
            statutory_due=None,
            wake_at=None,
            late_reason=None,
        )

    def add(self, decision: Decision) -> None:
        """Append a decision to this step, straight to its row, which nobody needs as an object of the session."""
        send(session_of(self), DECISIONS, {name: getattr(decision, name) for name in WRITTEN})
        set_committed_value(self, "decisions", [*self.decisions, decision])


class Decision(Record):
    """A decision or opinion, append-only: at most one per step and round."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("step_id", "round"),)

    id: Mapped[Key]
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    round: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    conditions: Mapped[str] = mapped_column(Text, default="")
    ticks: Mapped[list[list[str]] | None] = mapped_column(JSON(none_as_null=True))
    """How each point of the checklist was found, in order: key, judgement, note. None where nothing was ticked."""
    is_deemed: Mapped[bool] = mapped_column(default=False)
    """Not spoken but deemed, because the department was silent for the whole limit."""
    is_promised: Mapped[bool] = mapped_column(default=False)
    """Taken by the portal on the applicant's commitment, without looking."""
    by_account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """Where two people decide: whose opinion `by_account` confirmed."""
    at: Mapped[datetime]


WRITTEN = tuple(column.key for column in Decision.__table__.columns if not column.primary_key)
DECISIONS = insert(Decision.__table__)  # type: ignore[arg-type]  # declared as FromClause, it is a Table


class LateOpinion(Record):
    """What a department said after its consent was deemed: kept and shown, but it changes nothing by itself."""

    __tablename__ = "late_opinions"
    __table_args__ = (UniqueConstraint("step_id", "round"),)

    id: Mapped[Key]
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    round: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    conditions: Mapped[str] = mapped_column(Text, default="")
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
