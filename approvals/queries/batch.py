"""A batch as its page shows it, and what of begun batches is still to do."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, check
from approvals.queries.overdue import is_unexplained
from approvals.queries.standing import items_by_revision
from approvals.queries.standing_in import with_lenders
from approvals.records.acting import with_mandates
from approvals.records.application import Application
from approvals.records.batch import Batch, BatchEntry
from approvals.records.people import Account, Organisation
from approvals.records.step import StepRecord
from approvals.vocabulary import AT_DESK, BatchVerb, LateReason, Outcome
from services.item import StepKind, Text


@dataclass(frozen=True, slots=True)
class BatchRow:
    step: int
    number: str
    key: str
    title: str
    name: Text
    kind: StepKind
    applicant: str
    holder: str | None
    is_unexplained: bool
    """Running past its due date, and nobody has said why."""
    is_done: bool
    refusal: str | None


@dataclass(frozen=True, slots=True)
class BatchPage:
    id: int
    verb: BatchVerb
    to_account: int | None
    to: str | None
    outcome: Outcome | None
    reason: str
    conditions: str
    late_reason: LateReason | None
    late_note: str
    is_begun: bool
    rows: tuple[BatchRow, ...]
    colleagues: tuple[tuple[int, str], ...]
    """To whom it could go."""

    @property
    def done(self) -> tuple[BatchRow, ...]:
        return tuple(row for row in self.rows if row.is_done)

    @property
    def refused(self) -> tuple[BatchRow, ...]:
        return tuple(row for row in self.rows if row.refusal)

    @property
    def waiting(self) -> tuple[BatchRow, ...]:
        return tuple(row for row in self.rows if not row.is_done and not row.refusal)

    @property
    def unexplained(self) -> int:
        return sum(row.is_unexplained for row in self.rows)

    @property
    def kinds(self) -> frozenset[StepKind]:
        return frozenset(row.kind for row in self.rows)


def batch_page(session: Session, batch_id: int, *, by: Actor, at: Moment) -> BatchPage:
    """NotFound for what is none of the visitor's. Four queries for any number of steps."""
    check(by, "queue:read")
    batch = session.get(Batch, batch_id)
    if batch is None or batch.account_id != by.account:
        raise NotFound
    holder = aliased(Account)
    found = session.execute(
        select(
            StepRecord.id,
            StepRecord.key,
            Application.number,
            Application.title,
            Application.revision_id,
            func.coalesce(Organisation.name, "").label("organisation"),
            Account.name.label("person"),
            holder.name.label("holder"),
            is_unexplained(at).label("is_unexplained"),
            BatchEntry.done_at,
            BatchEntry.refusal,
        )
        .select_from(BatchEntry)
        .join(StepRecord, StepRecord.id == BatchEntry.step_id)
        .join(Application, Application.id == StepRecord.application_id)
        .join(Account, Account.id == Application.applicant_id)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(holder, holder.id == StepRecord.assignee_id)
        .where(BatchEntry.batch_id == batch.id)
        .order_by(BatchEntry.position)
    ).all()
    items = items_by_revision(session, {row.revision_id for row in found})
    steps = [(row, items[row.revision_id].steps[row.key]) for row in found]
    people = _colleagues(session, by)
    return BatchPage(
        id=batch.id,
        verb=batch.verb,
        to_account=batch.to_account,
        to=dict(people).get(batch.to_account or 0),
        outcome=batch.outcome,
        reason=batch.reason,
        conditions=batch.conditions,
        late_reason=batch.late_reason,
        late_note=batch.late_note,
        is_begun=batch.begun_at is not None,
        rows=tuple(
            BatchRow(
                step=row.id,
                number=row.number,
                key=row.key,
                title=row.title,
                name=step.title,
                kind=step.kind,
                applicant=row.organisation or row.person,
                holder=row.holder,
                is_unexplained=bool(row.is_unexplained),
                is_done=row.done_at is not None,
                refusal=row.refusal,
            )
            for row, step in steps
        ),
        colleagues=people,
    )


def _colleagues(session: Session, by: Actor) -> tuple[tuple[int, str], ...]:
    here = select(Account).where(
        Account.department_code == by.department, Account.role.in_(AT_DESK), Account.disabled_at.is_(None)
    )
    return tuple((each.id, each.name) for each in session.scalars(here.order_by(Account.id)))


@dataclass(frozen=True, slots=True)
class Waiting:
    """The next entry of a begun batch: its step, and whose batch it is."""

    entry: int
    number: str
    key: str
    account: int


def next_waiting(session: Session, batch_id: int | None = None) -> Waiting | None:
    """Of this batch, or of whichever was begun first."""
    query = (
        select(BatchEntry.id, Application.number, StepRecord.key, Batch.account_id)
        .join(Batch, Batch.id == BatchEntry.batch_id)
        .join(StepRecord, StepRecord.id == BatchEntry.step_id)
        .join(Application, Application.id == StepRecord.application_id)
        .where(BatchEntry.done_at.is_(None), BatchEntry.refusal.is_(None), Batch.begun_at.is_not(None))
        .order_by(Batch.id, BatchEntry.position)
        .limit(1)
    )
    row = session.execute(query if batch_id is None else query.where(Batch.id == batch_id)).one_or_none()
    return Waiting(row.id, str(row.number), row.key, row.account_id) if row is not None else None


def whose(session: Session, account_id: int, *, at: Moment) -> Actor | None:
    """Who a batch is carried out for, as they may act today; None once the account is closed."""
    account = session.get(Account, account_id, populate_existing=True)
    if account is None or account.disabled_at is not None:
        return None
    return with_lenders(session, with_mandates(account, ()), at.today)
