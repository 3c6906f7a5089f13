"""What must always hold, asked of the data: stored state against facts, trail, register and files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.audit.key import PublicKey
from approvals.audit.staff import verify_staff
from approvals.audit.statement import Signed
from approvals.audit.verify import Break, verify
from approvals.audit.witness import contradictions
from approvals.certificates.life import status_after
from approvals.chain.plan import joining
from approvals.chain.position import BEGUN
from approvals.clock.moment import Moment
from approvals.commitments.evidence import canonical
from approvals.commitments.letter import digest
from approvals.commitments.life import stands
from approvals.commitments.signed import resting
from approvals.errors import NotPossibleNow
from approvals.events import PersonEvent, StaffEvent
from approvals.queries.live import differences
from approvals.queries.walks import uncounted
from approvals.records.application import RUNNING, Application
from approvals.records.assignment import holder
from approvals.records.certificate import Certificate
from approvals.records.copy import CertificateCopy
from approvals.records.correction import Correction
from approvals.records.counter import confirmation_digest
from approvals.records.dates import application_due, clock_of, promise_due
from approvals.records.event import EventRecord
from approvals.records.feed import Feed
from approvals.records.fold import item_of, position_of, sent_answers
from approvals.records.material import StoredFile
from approvals.records.obligation import Obligation
from approvals.records.outbox import PAPER, Parcel
from approvals.records.paper import PaperVersion
from approvals.records.people import Account
from approvals.records.person_event import PersonEventRecord
from approvals.records.staff_event import StaffEventRecord
from approvals.records.step import Decision, StepRecord
from approvals.storage import Storage
from approvals.vocabulary import (
    ApplicationStatus,
    CertificateStatus,
    ObligationKind,
    ObligationStatus,
    ProposalEnd,
    StepStatus,
)
from services.item import StepKind

BATCH = 200
KINDS = (
    *("applications", "submissions", "steps", "assignments", "events", "checkpoints", "heads"),
    *("decisions", "certificates", "copies", "papers", "files", "parcels", "staff_events"),
)

NO_KEYS: Mapping[str, PublicKey] = MappingProxyType({})
"""Where nothing was signed."""


@dataclass
class Report:
    """How many of each were checked, and every invariant that does not hold, in words."""

    checked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    broken: list[str] = field(default_factory=list)

    def count(self, what: str, number: int = 1) -> None:
        self.checked[what] = self.checked.get(what, 0) + number


def examine(
    session: Session,
    storage: Storage,
    *,
    at: Moment,
    keys: Mapping[str, PublicKey] = NO_KEYS,
    known: Iterable[Signed] = (),
) -> Report:
    """Walk everything, in batches of constant memory; `keys` and `known` are what `audit.verify` asks for."""
    report = Report()
    damaged = _chains(session, keys, known, report)
    last = 0
    while True:
        batch = list(_batch(session, last))
        if not batch:
            break
        for application in batch:
            report.count("applications")
            report.broken += [
                f"{application.number or application.token}: {what}" for what in _application(application, report, at)
            ]
            if application.id not in damaged:
                _witness(session, application, report)
        last = batch[-1].id
        session.expunge_all()
    report.broken += uncounted(session, at.calendar)
    report.broken += differences(session)
    _decisions(session, report)
    _register(session, report)
    _copies(session, report)
    _papers(session, report)
    _files(session, storage, report)
    _dead_letters(session, report)
    report.broken += _staff(session)
    report.broken += _feeds(session)
    return report


def _batch(session: Session, after: int) -> Iterator[Application]:
    return iter(
        session.scalars(
            select(Application)
            .where(Application.id > after)
            .order_by(Application.id)
            .limit(BATCH)
            .options(
                joinedload(Application.revision),
                selectinload(Application.steps).options(
                    selectinload(StepRecord.decisions),
                    selectinload(StepRecord.assignments),
                    selectinload(StepRecord.late_reasons),
                    selectinload(StepRecord.proposals),
                ),
                selectinload(Application.corrections).selectinload(Correction.entries),
                selectinload(Application.pauses),
                selectinload(Application.annotations),
                selectinload(Application.submissions),
                joinedload(Application.certificate).selectinload(Certificate.copies),
                selectinload(Application.commitments),
                selectinload(Application.writs),
                selectinload(Application.attendances),
                selectinload(Application.confirmations),
                selectinload(Application.obligations).selectinload(Obligation.acts),
            )
        ).unique()
    )


def _application(application: Application, report: Report, at: Moment) -> Iterator[str]:
    if application.status is ApplicationStatus.DRAFT:
        if application.number or application.steps:
            yield "a draft has a number or steps"
        return
    if [sent.version for sent in application.submissions] != list(range(1, len(application.submissions) + 1)):
        yield "its submissions are not numbered without gaps"
    if not application.submissions or not application.number:
        yield "it was submitted without number or answers"
        return
    sent_answers_of = {sent.version: sent.sha256 for sent in application.submissions}
    for confirmed in application.confirmations:
        if confirmed.sha256 != confirmation_digest(confirmed.words, sent_answers_of.get(confirmed.version, "")):
            yield f"the confirmation of submission {confirmed.version} does not match its digest"
    for sent in application.submissions:
        report.count("submissions")
        if (
            hashlib.sha256(json.dumps(sent.answers, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
            != sent.sha256
        ):
            yield f"the answers of submission {sent.version} do not have their hash"
    yield from _state(application, report, at)
    yield from _assignments(application, report)
    yield from _late_reasons(application)
    yield from _two_persons(application)
    yield from _promises(application, report)


def _assignments(application: Application, report: Report) -> Iterator[str]:
    """Who has a step is who was given it last; each act says rightly who had it before."""
    for step in application.steps:
        report.count("assignments", len(step.assignments))
        if holder(step.assignments) != step.assignee_id:
            yield f"step {step.key} is stored with {step.assignee_id}, but was last given to {holder(step.assignments)}"
        before = [None, *(act.to_account for act in step.assignments)]
        if [(n, who) for n, who in enumerate(before[:-1], 1)] != [(a.number, a.from_account) for a in step.assignments]:
            yield f"the acts by which step {step.key} was passed on do not follow each other"


def _late_reasons(application: Application) -> Iterator[str]:
    """Why a step is late in its round is what was stated last."""
    for step in application.steps:
        given = next((each.reason for each in reversed(step.late_reasons) if each.round == step.round), None)
        if given is not step.late_reason:
            yield f"step {step.key} is stored as late for {step.late_reason}, but what was stated last is {given}"


def _two_persons(application: Application) -> Iterator[str]:
    """What two people decide was proposed by one and confirmed, word for word, by another one."""
    for step in application.steps:
        if not item_of(application).steps[step.key].two_persons:
            continue
        confirmed = {each.round: each for each in step.proposals if each.ending is ProposalEnd.CONFIRMED}
        for decision in step.decisions:
            name = f"the decision on step {step.key} in round {decision.round}"
            proposal = confirmed.pop(decision.round, None)
            if decision.is_deemed or decision.is_promised:
                continue
            if proposal is None or decision.proposed_by in (None, decision.by_account):
                yield f"{name} was not taken by two people"
            elif (proposal.by_account, proposal.ended_by) != (decision.proposed_by, decision.by_account):
                yield f"{name} names other people than its proposal"
            elif proposal.content != (decision.outcome, decision.reason, decision.conditions, decision.ticks):
                yield f"{name} is not what was proposed"
        yield from (
            f"a proposal on step {step.key} in round {round_} was confirmed, but not decided" for round_ in confirmed
        )
        waiting = [each.round for each in step.proposals if each.ending is None]
        if len(waiting) > len(set(waiting)):
            yield f"two proposals on step {step.key} wait in one round"


def _promises(application: Application, report: Report) -> Iterator[str]:
    """What was signed is what its digest says, every finding has its evidence, and no certificate that was issued on a
    commitment is without a verification.
    """
    for signed in application.commitments:
        report.count("commitments")
        if digest(signed.text) != signed.sha256:
            yield f"the commitment for {signed.step_key or 'the whole'} does not have its hash"
    for owed in application.obligations:
        report.count("obligations")
        name = f"obligation {owed.id} ({owed.kind})"
        try:
            folded = stands(owed.kind, [act.kind for act in owed.acts])
        except NotPossibleNow:
            yield f"the acts of {name} cannot follow each other"
            continue
        if folded is not owed.status:
            yield f"{name} is stored as {owed.status}, but its acts say {folded}"
        for act in owed.acts:
            kept = None if act.evidence is None else hashlib.sha256(canonical(act.evidence)).hexdigest()
            if kept != act.sha256:
                yield f"the evidence of {name} does not have its hash"
        is_found = folded in (ObligationStatus.FULFILLED, ObligationStatus.UNTRUE)
        is_verification = owed.kind is ObligationKind.VERIFICATION
        if is_verification and is_found and not any(act.evidence for act in owed.acts):
            yield f"{name} was closed without evidence"
    yield from _resting(application)


def _resting(application: Application) -> Iterator[str]:
    rests = resting(application)
    certificate = application.certificate
    if certificate is not None and certificate.status is CertificateStatus.IN_FORCE:
        rested = {key for step, key in rests.items() if _is_promised(application, step)}
        verified = {
            each.step_key
            for each in application.obligations
            if each.kind is ObligationKind.VERIFICATION and each.status is not ObligationStatus.DROPPED
        }
        for key in sorted(rested - verified):
            yield f"its certificate rests on a commitment ({key or 'the whole'}) that nobody verifies"
    for key in sorted(rests):
        step = next((each for each in application.steps if each.key == key), None)
        kind = item_of(application).steps[key].kind
        if step is not None and step.status is StepStatus.OPEN and kind is not StepKind.DECISION:
            yield f"step {key} rests on a commitment, and yet waits for somebody"


def _is_promised(application: Application, key: str) -> bool:
    step = next(each for each in application.steps if each.key == key)
    return step.decision is not None and step.decision.is_promised


def _state(application: Application, report: Report, at: Moment) -> Iterator[str]:
    position = position_of(application)
    if position.status is not application.status:
        yield f"stored as {application.status}, but its facts say {position.status}"
    called = joining(item_of(application), sent_answers(application))
    if called != {step.key for step in application.steps if step.is_present}:
        yield "other steps take part than the answers as last sent call in"
    for step in application.steps:
        report.count("steps")
        if position.steps[step.key] is not step.status:
            yield f"step {step.key} is stored as {step.status}, but its facts say {position.steps[step.key]}"
        if step.status in BEGUN and step.opened_at is not None and not _is_stopped(application, step):
            due = promise_due(application, step, item_of(application).steps[step.key], at=at)
            if (due.due if due else None) != step.promised_due:
                yield f"step {step.key} is stored as due {step.promised_due}, but counts to {due.due if due else None}"
    if (
        application.decided_at is None
        and application.accepted_at is not None
        and not any(pause.ended_at is None for pause in application.pauses)
    ):
        due = application_due(application, item_of(application).promised, at=at)
        if not position.is_finished and (due.due if due else None) != application.promised_due:
            yield f"stored as due {application.promised_due}, but counts to {due.due if due else None}"
    if application.status in RUNNING and any(
        getattr(application, name) != value for name, value in clock_of(application).items()
    ):
        yield "the clock that lists go by is not the one that counts for it"
    if application.status in (ApplicationStatus.GRANTED, ApplicationStatus.ISSUED) and application.certificate is None:
        yield "granted, but there is no certificate, not even a pending one"
    if application.status is ApplicationStatus.ISSUED and (
        application.certificate is None or application.certificate.status is CertificateStatus.PENDING
    ):
        yield "issued, but its certificate was not made"


def _is_stopped(application: Application, step: StepRecord) -> bool:
    """While a clock stands still its due date moves every day; it is compared when it runs."""
    stops = (pause for pause in application.pauses if pause.step_id == step.id or pause.is_suspension)
    return any(pause.ended_at is None for pause in stops)


def _chains(
    session: Session, keys: Mapping[str, PublicKey], known: Iterable[Signed], report: Report
) -> set[int | None]:
    """The trail against itself and its checkpoints; the ids of applications whose events cannot be believed."""
    damaged: set[int | None] = set()

    def found(each: Break) -> None:
        damaged.add(each.application)
        report.broken.append(each.words)

    looked = verify(session, keys, known, found)
    for what, number in (("events", looked.events), ("checkpoints", looked.checkpoints), ("heads", looked.heads)):
        report.count(what, number)
    report.count("staff_events", verify_staff(session, found))
    return damaged


def _witness(session: Session, application: Application, report: Report) -> None:
    events = session.scalars(
        select(EventRecord).where(EventRecord.application_id == application.id).order_by(EventRecord.sequence)
    ).all()
    name = application.number or application.token
    report.broken += [f"{name}: {what}" for what in contradictions(application, events)]


def _decisions(session: Session, report: Report) -> None:
    report.count("decisions", session.scalars(select(func.count()).select_from(Decision)).one())
    doubled = (
        select(Decision.step_id, Decision.round).group_by(Decision.step_id, Decision.round).having(func.count() > 1)
    )
    report.broken += [f"step {step} was decided twice in round {number}" for step, number in session.execute(doubled)]


def _register(session: Session, report: Report) -> None:
    for certificate in session.scalars(select(Certificate).order_by(Certificate.id)).yield_per(BATCH):
        report.count("certificates")
        folded = status_after(each.act for each in certificate.acts)
        if folded is not certificate.status:
            report.broken.append(f"{certificate.number}: stored as {certificate.status}, but its acts say {folded}")
        if certificate.status is CertificateStatus.PENDING:
            if not _is_waiting(session, Parcel.application_id == certificate.application_id, Parcel.kind == PAPER):
                report.broken.append(f"{certificate.number}: pending, but nothing in the outbox will make it")
        elif certificate.sha256 is None or certificate.issued_at is None:
            report.broken.append(f"{certificate.number}: {certificate.status}, but it has no paper")


def _copies(session: Session, report: Report) -> None:
    """Each was made, or will be; of a version that was replaced before, none will."""
    copies = select(CertificateCopy).order_by(CertificateCopy.id).options(joinedload(CertificateCopy.certificate))
    for copy in session.scalars(copies).yield_per(BATCH):
        report.count("copies")
        if copy.made_at is not None and copy.sha256 is None:
            report.broken.append(f"{copy.number}: made, but it has no paper")
        is_newest = copy.version == copy.certificate.version
        if copy.made_at is None and is_newest and not _is_waiting(session, Parcel.key == copy.parcel):
            report.broken.append(f"{copy.number}: asked for, but nothing in the outbox will make it")


def _is_waiting(session: Session, *which: ColumnElement[bool]) -> bool:
    waiting = select(func.count()).select_from(Parcel)
    return bool(session.scalars(waiting.where(*which, Parcel.done_at.is_(None), Parcel.failed_at.is_(None))).one())


def _papers(session: Session, report: Report) -> None:
    """What the office wrote on its certificates is what its digest says, and its versions have no gap."""
    last: dict[tuple[str, str], int] = {}
    for version in session.scalars(select(PaperVersion).order_by(PaperVersion.id)).yield_per(BATCH):
        report.count("papers")
        name = f"version {version.number} of {version.subject} of {version.department_code}"
        if hashlib.sha256(version.content.encode()).hexdigest() != version.sha256:
            report.broken.append(f"{name} does not have its hash")
        before = last.get((version.department_code, version.subject), 0)
        if version.number != before + 1:
            report.broken.append(f"{name} follows version {before}")
        last[version.department_code, version.subject] = version.number


def _files(session: Session, storage: Storage, report: Report) -> None:
    for file in session.scalars(select(StoredFile).order_by(StoredFile.sha256)).yield_per(BATCH):
        report.count("files")
        try:
            content = storage.get(file.sha256)
        except FileNotFoundError:
            report.broken.append(f"file {file.sha256} is missing")
            continue
        if hashlib.sha256(content).hexdigest() != file.sha256 or len(content) != file.size:
            report.broken.append(f"file {file.sha256} is not what was stored")


def _staff(session: Session) -> Iterator[str]:
    """Who is what, against what the trail of staff said last of them."""
    posts: dict[int, tuple[str, str]] = {}
    shut: set[int] = set()
    for event in session.scalars(select(StaffEventRecord).order_by(StaffEventRecord.sequence)):
        if "role" in event.data:
            posts[event.account_id] = (event.data["role"], event.data["department"])
        if event.kind == StaffEvent.DISABLED:
            shut.add(event.account_id)
        elif event.kind == StaffEvent.ENABLED:
            shut.discard(event.account_id)
    for account in session.scalars(select(Account).where(Account.id.in_(posts)).order_by(Account.id)):
        if (account.role, account.department_code or "") != posts[account.id]:
            yield f"account {account.username} is not what the trail of staff says: {' '.join(posts[account.id])}"
        if (account.disabled_at is not None) is not (account.id in shut):
            yield f"whether account {account.username} is disabled is not what the trail of staff says"


def _feeds(session: Session) -> Iterator[str]:
    """Every address of a calendar was made and revoked as the trail of accounts says, and nobody has two for one."""
    told: dict[str, set[tuple[int, int]]] = {PersonEvent.FEED_MADE: set(), PersonEvent.FEED_REVOKED: set()}
    wanted = select(PersonEventRecord).where(PersonEventRecord.kind.in_([str(kind) for kind in told]))
    for event in session.scalars(wanted):
        told[PersonEvent(event.kind)].add((event.account_id, int(event.data["feed"])))
    open_ones: set[tuple[int, int | None]] = set()
    for feed in session.scalars(select(Feed).order_by(Feed.id)):
        mark = (feed.account_id, feed.id)
        if mark not in told[PersonEvent.FEED_MADE]:
            yield f"calendar address {feed.id} was made, but the trail of accounts does not say so"
        if (feed.revoked_at is not None) is not (mark in told[PersonEvent.FEED_REVOKED]):
            yield f"whether calendar address {feed.id} is revoked is not what the trail of accounts says"
        told[PersonEvent.FEED_MADE].discard(mark)
        if feed.revoked_at is None:
            if (feed.account_id, feed.organisation_id) in open_ones:
                yield f"calendar address {feed.id} is one of two for the same person and organisation"
            open_ones.add((feed.account_id, feed.organisation_id))
    for _account, number in sorted(told[PersonEvent.FEED_MADE]):
        yield f"calendar address {number} is in the trail of accounts, but is not there"


def _dead_letters(session: Session, report: Report) -> None:
    report.count("parcels", session.scalars(select(func.count()).select_from(Parcel)).one())
    given_up = select(Parcel).where(Parcel.failed_at.is_not(None), Parcel.done_at.is_(None)).order_by(Parcel.id)
    for parcel in session.scalars(given_up).yield_per(BATCH):
        why = parcel.error or "its worker was killed each time"
        report.broken.append(f"parcel {parcel.key}: given up after {parcel.attempts} attempts: {why}")
