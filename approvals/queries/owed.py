"""What is owed after a decision: of one application, of one department, and of all, with its lights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.clock.moment import Moment
from approvals.commitments.life import possible
from approvals.commitments.owing import consequence, is_owed, terms_of
from approvals.errors import NotFound
from approvals.permissions import Actor, check, may, owns
from approvals.queries.material_file import MaterialFile, opened
from approvals.queries.openings import readable
from approvals.queries.paging import Page, paged
from approvals.queries.standing import Standing, standing
from approvals.records.application import Application
from approvals.records.credit import CreditRecord, Objection
from approvals.records.fold import item_of, lead_of
from approvals.records.intervention import Intervention
from approvals.records.material import Material, StoredFile
from approvals.records.obligation import Obligation, ObligationAct
from approvals.records.people import Account, department_names
from approvals.records.step import StepRecord
from approvals.vocabulary import (
    Act,
    CertificateStatus,
    CreditKind,
    InterventionKind,
    ObligationKind,
    ObligationStatus,
)
from services.item import Means, Text, label

OPEN = (ObligationStatus.OPEN, ObligationStatus.REPORTED, ObligationStatus.LATE)


@dataclass(frozen=True, slots=True)
class Owed:
    """One obligation. `what` is named by the catalogue, `text` was written by a department; one of them is there."""

    id: int
    kind: ObligationKind
    status: ObligationStatus
    subject: str
    what: Text | None
    text: str
    step: Text | None
    department: Text
    due: date
    standing: Standing | None
    """None once it is closed."""
    means: Means | None
    number: str
    title: str
    applicant: str
    note: str
    """What was said about it last."""
    possible: frozenset[Act]


@dataclass(frozen=True, slots=True)
class Signed:
    key: str
    title: Text
    text: str
    sha256: str
    signed_at: datetime
    withdrawn_at: datetime | None
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit record with the objection to it, where there is one."""

    kind: CreditKind
    starts_on: date
    ends_on: date
    repaired_at: datetime | None
    objection: str
    answer: str
    is_upheld: bool | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Promised:
    """Everything that one application owes and was promised in it."""

    number: str
    title: str
    item: Text
    is_own: bool
    signed: tuple[Signed, ...]
    owed: tuple[Owed, ...]
    files: Mapping[str, tuple[str, ...]]
    """Names of the files there are for each material that may follow."""
    formats: Mapping[str, tuple[str, ...]]
    may_hand_in: frozenset[str]
    credits: tuple[Credit, ...]
    consequence: tuple[InterventionKind, str] | None
    """What became of a promise that was not kept, and why: revoked, terminated or recorded."""

    @property
    def is_empty(self) -> bool:
        return not (self.signed or self.owed)

    @property
    def may_object(self) -> bool:
        return self.is_own and bool(self.credits) and not self.credits[-1].objection


@dataclass(frozen=True, slots=True)
class Happened:
    """One act, `by` whom (none: the portal), with its evidence as label keys and values."""

    id: int
    act: Act
    at: datetime
    by: str | None
    note: str
    evidence: tuple[tuple[str, str], ...]
    sha256: str | None
    file: str


@dataclass(frozen=True, slots=True)
class OwedDesk:
    """All that a department needs to look at one obligation."""

    row: Owed
    began_at: datetime
    commitment: Signed | None
    acts: tuple[Happened, ...]
    files: tuple[tuple[str, int, str], ...]
    """Material, version and name of what was handed in for it."""
    is_own: bool
    may_close: bool
    may_order: bool
    consequence: InterventionKind | None
    """What the reader may make of what was found: revoke, terminate, or record it."""
    objection: str
    """One that waits for this head's answer; empty where none does."""


class Pressing(StrEnum):
    """How an open obligation stands to its due date; soon: due by the next working day."""

    LATE = "late"
    SOON = "soon"
    ON_TIME = "on_time"


@dataclass(frozen=True, slots=True)
class OwedList:
    """`counts` by light of all that is open, not of this page alone."""

    page: Page[Owed]
    counts: Mapping[Pressing, int]


def promised(session: Session, number: str, *, by: Actor, at: Moment) -> Promised:
    """NotFound for what this person may not read, ReasonNeeded before they have said why."""
    application = session.scalar(_cases().where(Application.number == number))
    application = readable(session, application, by=by, at=at)
    item, names = item_of(application), department_names(session)
    owed = application.obligations
    keys = {each.subject for each in owed if each.kind is ObligationKind.DEFERRED_MATERIAL}
    there = [one for one in application.materials if one.removed_at is None]
    files = {key: tuple(one.name for one in there if one.key == key) for key in keys}
    own = may(by, "obligation:report", application)
    return Promised(
        number=number,
        title=application.title,
        item=item.name,
        is_own=own,
        signed=tuple(_signed(application, by)),
        owed=tuple(_row(each, names, at) for each in owed if each.kind is not ObligationKind.OBJECTION),
        files=files,
        formats={material.key: material.formats for material in item.materials if material.key in keys},
        may_hand_in=frozenset(key for key in keys if own and is_owed(application, key)),
        credits=tuple(_credit(each) for each in application.credit_records),
        consequence=_drawn(session, application),
    )


def owed_in(session: Session, number: str, *, by: Actor, at: Moment) -> tuple[Owed, ...]:
    """What is owed in one application, for the page that shows it. Refused as the tracker itself."""
    application = session.scalar(
        select(Application).where(Application.number == number).options(joinedload(Application.revision))
    )
    application = readable(session, application, by=by, at=at)
    found = select(Obligation).where(
        Obligation.application_id == application.id, Obligation.kind != ObligationKind.OBJECTION
    )
    rows = session.scalars(
        found.options(selectinload(Obligation.acts), joinedload(Obligation.commitment)).order_by(Obligation.id)
    ).all()
    names = department_names(session) if rows else {}
    return tuple(_row(each, names, at) for each in rows)


def owed_by_department(session: Session, *, is_closed: bool = False, page: int = 1, by: Actor, at: Moment) -> OwedList:
    """A department's verifications and conditions, the most urgent first."""
    check(by, "obligation:list")
    return _list(session, Obligation.department_code == by.department, is_closed=is_closed, page=page, at=at)


def owed_by_all(
    session: Session, *, is_closed: bool = False, pressing: Pressing | None = None, page: int = 1, by: Actor, at: Moment
) -> OwedList:
    """Every department's, for who oversees them; open ones of one light alone, where `pressing` says so."""
    check(by, "application:oversee")
    whose = Obligation.id.is_not(None)
    return _list(session, whose, is_closed=is_closed, pressing=pressing, page=page, at=at)


def owed_by_light(session: Session, *, by: Actor, at: Moment) -> Mapping[Pressing, int]:
    """How many are open everywhere, by light; one query."""
    check(by, "application:oversee")
    return _by_light(session, Obligation.id.is_not(None), at)


def owed_desk(session: Session, obligation_id: int, *, by: Actor, at: Moment) -> OwedDesk:
    """NotFound for what is neither the department's nor, found untrue or late, for its head to decide on."""
    found = _visible(session, obligation_id, by)
    application, names = found.application, department_names(session)
    people = _names(session, found)
    is_own = owns(by, application)
    lead = lead_of(application)
    record = application.credit_records[-1] if application.credit_records else None
    ordered = any(each.parent_id == found.id for each in application.obligations)
    may_act = may(by, "obligation:close", found) and not is_own
    late = found.status is ObligationStatus.LATE and found.kind is not ObligationKind.RECTIFICATION
    return OwedDesk(
        row=_row(found, names, at),
        began_at=found.began_at,
        commitment=next((each for each in _signed(application, by) if _belongs(each, found)), None),
        acts=tuple(_happened(act, people) for act in found.acts),
        files=tuple((one.key, one.version, one.name) for one in _materials(application, _subject(found))),
        is_own=is_own,
        may_close=may_act and bool(possible(found.kind, found.status) & {Act.FULFIL, Act.DISPROVE}),
        may_order=late and not ordered and not is_own and may(by, "obligation:order", found),
        consequence=consequence(application) if may(by, "certificate:revoke", lead) and not is_own else None,
        objection=_waiting(found, record) if may(by, "objection:answer", lead) and not is_own else "",
    )


def _waiting(found: Obligation, record: CreditRecord | None) -> str:
    """The objection that is answered where this is looked at: the one it is about, else that to the credit record."""
    if found.kind is ObligationKind.OBJECTION:
        return "" if found.status.is_closed else found.text
    objection = record.objection if record else None
    return objection.reason if objection and objection.answered_at is None else ""


def owed_file(session: Session, obligation_id: int, material: str, version: int, *, by: Actor) -> MaterialFile:
    """A file that was handed in for a material of the commitment; NotFound for any other."""
    found = _visible(session, obligation_id, by)
    for one in _materials(found.application, _subject(found)):
        if (one.key, one.version) == (material, version):
            return opened(one.name, one.file)
    raise NotFound


def evidence_file(session: Session, obligation_id: int, act_id: int, *, by: Actor) -> MaterialFile:
    """The document that a finding rests on."""
    found = _visible(session, obligation_id, by)
    act = next((each for each in found.acts if each.id == act_id), None)
    stored = session.get(StoredFile, act.file_sha256) if act and act.file_sha256 else None
    if act is None or stored is None:
        raise NotFound
    return opened(act.file_name, stored)


def _cases() -> Select[Application]:
    return select(Application).options(
        joinedload(Application.revision),
        joinedload(Application.organisation),
        joinedload(Application.certificate),
        selectinload(Application.steps).selectinload(StepRecord.decisions),
        selectinload(Application.commitments),
        selectinload(Application.materials),
        selectinload(Application.obligations).selectinload(Obligation.acts),
        selectinload(Application.credit_records).joinedload(CreditRecord.objection),
    )


def _visible(session: Session, obligation_id: int, by: Actor) -> Obligation:
    owner = select(Obligation.application_id).where(Obligation.id == obligation_id).scalar_subquery()
    application = session.scalar(_cases().where(Application.id == owner))
    found = next((each for each in application.obligations if each.id == obligation_id), None) if application else None
    if application is None or found is None:
        raise NotFound
    if not may(by, "obligation:close", found) and not may(by, "certificate:revoke", lead_of(application)):
        raise NotFound
    return found


def _list(
    session: Session, whose: Any, *, is_closed: bool, pressing: Pressing | None = None, page: int, at: Moment
) -> OwedList:
    wanted = select(Obligation).join(Obligation.application).where(whose, ~_is_open() if is_closed else _is_open())
    if pressing is not None:
        wanted = wanted.where(_pressing(at) == pressing.value)
    query, number, total = paged(session, wanted.order_by(Obligation.due, Obligation.id), page)
    rows = session.scalars(
        query.options(
            joinedload(Obligation.application).options(
                joinedload(Application.revision),
                joinedload(Application.organisation),
                joinedload(Application.applicant),
            ),
            joinedload(Obligation.commitment),
            selectinload(Obligation.acts),
        )
    ).all()
    names = department_names(session)
    return OwedList(Page(tuple(_row(each, names, at) for each in rows), number, total), _by_light(session, whose, at))


def _is_open() -> ColumnElement[bool]:
    """What is found untrue waits for its head until it stands in a credit record."""
    untrue = Obligation.status == ObligationStatus.UNTRUE
    return or_(Obligation.status.in_(OPEN), untrue & ~_has_credit())


def _pressing(at: Moment) -> ColumnElement[str]:
    soon = at.calendar.add_working_days(at.today, 1)
    return case(
        (Obligation.due < at.today, Pressing.LATE.value),
        (Obligation.due <= soon, Pressing.SOON.value),
        else_=Pressing.ON_TIME.value,
    )


def _by_light(session: Session, whose: Any, at: Moment) -> dict[Pressing, int]:
    light = _pressing(at)
    found = session.execute(select(light, func.count()).where(whose, _is_open()).group_by(light))
    counted: dict[str, int] = {row[0]: row[1] for row in found}
    return {each: counted.get(each.value, 0) for each in Pressing}


def _has_credit() -> Any:
    return select(CreditRecord.id).where(CreditRecord.obligation_id == Obligation.id).exists()


def _row(obligation: Obligation, names: Mapping[str, Text], at: Moment) -> Owed:
    application = obligation.application
    item = item_of(application)
    is_open = not obligation.status.is_closed
    noted = [act.note for act in obligation.acts if act.note]
    return Owed(
        id=obligation.id,
        kind=obligation.kind,
        status=obligation.status,
        subject=obligation.subject,
        what=_what(obligation),
        text=obligation.text,
        step=item.steps[obligation.step_key].title if obligation.step_key else None,
        department=names[obligation.department_code],
        due=obligation.due,
        standing=standing(obligation.limit, obligation.due, None, at=at) if is_open else None,
        means=obligation.means,
        number=application.number or "",
        title=application.title,
        applicant=application.organisation.name if application.organisation else application.applicant.name,
        note=noted[-1] if noted else "",
        possible=possible(obligation.kind, obligation.status),
    )


@dataclass(frozen=True, slots=True)
class Named:
    """An obligation by its name alone; fields as those of `Owed`."""

    id: int
    kind: ObligationKind
    what: Text | None
    text: str
    is_own: bool
    """Whether it lies with the department of whoever asks."""


def named(session: Session, obligation_ids: Collection[int], *, by: Actor) -> dict[int, Named]:
    """By id, in three queries at most."""
    if not obligation_ids:
        return {}
    wanted = select(Obligation).where(Obligation.id.in_(obligation_ids))
    loaded = joinedload(Obligation.application).joinedload(Application.revision)
    return {
        each.id: Named(each.id, each.kind, _what(each), each.text, each.department_code == by.department)
        for each in session.scalars(wanted.options(loaded, joinedload(Obligation.commitment)))
    }


def _what(obligation: Obligation) -> Text | None:
    application = obligation.application
    if obligation.kind is ObligationKind.DEFERRED_MATERIAL:
        return label(item_of(application), obligation.subject)
    if obligation.kind is ObligationKind.VERIFICATION and obligation.commitment is not None:
        terms = terms_of(application, obligation.commitment.step_key)
        return next(task.what for task in terms.verifications if task.key == obligation.subject)
    return None


def _signed(application: Application, by: Actor) -> list[Signed]:
    item = item_of(application)
    may_withdraw = (
        may(by, "commitment:withdraw", application)
        and application.decided_at is None
        and not application.status.is_final
    )
    return [
        Signed(
            key=each.step_key,
            title=item.steps[each.step_key].title if each.step_key else item.name,
            text=each.text,
            sha256=each.sha256,
            signed_at=each.signed_at,
            withdrawn_at=each.withdrawal.at if each.withdrawal else None,
            may_withdraw=may_withdraw and each.is_in_force,
        )
        for each in application.commitments
    ]


def _belongs(signed: Signed, obligation: Obligation) -> bool:
    return obligation.commitment is not None and obligation.commitment.step_key == signed.key


def _credit(record: CreditRecord) -> Credit:
    objection: Objection | None = record.objection
    return Credit(
        kind=record.kind,
        starts_on=record.starts_on,
        ends_on=record.ends_on,
        repaired_at=record.repaired_at,
        objection=objection.reason if objection else "",
        answer=objection.answer if objection else "",
        is_upheld=objection.is_upheld if objection else None,
        answered_at=objection.answered_at if objection else None,
    )


def _drawn(session: Session, application: Application) -> tuple[InterventionKind, str] | None:
    certificate = application.certificate
    is_revoked = certificate is not None and certificate.status is CertificateStatus.REVOKED
    if not is_revoked and not application.credit_records:
        return None
    kinds = (InterventionKind.REVOKED, InterventionKind.TERMINATED, InterventionKind.RECORDED)
    wanted = select(Intervention.kind, Intervention.reason).where(
        Intervention.application_id == application.id, Intervention.kind.in_(kinds)
    )
    found = session.execute(wanted.order_by(Intervention.id.desc()).limit(1)).first()
    return None if found is None else (found.kind, found.reason)


def _subject(obligation: Obligation) -> Obligation:
    """Of an order what it is about."""
    parents = (each for each in obligation.application.obligations if each.id == obligation.parent_id)
    return next(parents, obligation)


def _materials(application: Application, obligation: Obligation) -> list[Material]:
    """What belongs to the promise: all that its step needs; of a material that may follow itself alone."""
    if obligation.kind is ObligationKind.DEFERRED_MATERIAL:
        keys = {obligation.subject}
    else:
        key = obligation.step_key
        keys = {each.key for each in item_of(application).materials if not key or key in each.steps}
    return [one for one in application.materials if one.key in keys and one.removed_at is None]


def _names(session: Session, obligation: Obligation) -> dict[int, str]:
    ids = {act.by_account for act in obligation.acts if act.by_account}
    return {row.id: row.name for row in session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))}


def _happened(act: ObligationAct, people: Mapping[int, str]) -> Happened:
    shown = ("reference", "officer", "seen_on")
    evidence = act.evidence or {}
    return Happened(
        id=act.id,
        act=act.kind,
        at=act.at,
        by=people.get(act.by_account or 0),
        note=act.note,
        evidence=tuple((key, str(evidence[key])) for key in shown if evidence.get(key)),
        sha256=act.sha256,
        file=act.file_name,
    )
