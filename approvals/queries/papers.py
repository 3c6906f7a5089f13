"""What the office writes on its certificates: the types of a department, what stands on one, and its versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from approvals.errors import NotFound
from approvals.permissions import Actor, check, may
from approvals.records.paper import PaperVersion, in_force
from approvals.records.people import Account, Department
from approvals.vocabulary import PaperVerdict
from services.current import catalogue
from services.item import CertificateSpec, Item, StepKind, Text
from services.papers import SEAL, Seal, fitted, seal_of, usual_seal


@dataclass(frozen=True, slots=True)
class PaperRow:
    """`number` is the version in force, none while it stands as in the catalogue; `waiting` versions wait."""

    subject: str
    slug: str
    title: Text
    number: int | None
    since: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Papers:
    """`seal` is the row of the department's seal, `look` what it looks like now."""

    department: Text
    seal: PaperRow
    look: Seal
    types: tuple[PaperRow, ...]


@dataclass(frozen=True, slots=True)
class VersionSeen:
    """`state` is one of in_force, waiting, declined, past. Names are none for the command line."""

    number: int
    reason: str
    by: str | None
    at: datetime
    state: str
    decided_by: str | None
    decided_at: datetime | None
    sha256: str
    is_as_catalogue: bool
    may_publish: bool
    may_decline: bool


@dataclass(frozen=True, slots=True)
class PaperSeen:
    """`spec` and `seal` are what the form shows: of `shown`, else of the version in force, else of the catalogue.
    `item` is none for the seal.
    """

    department: Text
    department_code: str
    issuer_code: str
    subject: str
    item: Item | None
    spec: CertificateSpec | None
    seal: Seal
    versions: tuple[VersionSeen, ...]
    newest: int
    may_publish: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """For writing out: what is in force."""

    department: str
    subject: str
    content: str


def papers(session: Session, *, by: Actor) -> Papers:
    """Of the actor's department: its seal, and every type of certificate that it issues."""
    check(by, "paper:edit")
    department = _department(session, by)
    items = issued_by(department.duty)
    current = in_force(session, department.code, SEAL, *(item.code for item in items))
    waiting = _waiting(session, department.code)

    def row(subject: str, slug: str, title: Text) -> PaperRow:
        version = current.get(subject)
        since = _verdict_at(version, PaperVerdict.PUBLISH) if version else None
        number = version.number if version and version.content else None
        return PaperRow(subject, slug, title, number, since if number else None, waiting.get(subject, 0))

    return Papers(
        Text(department.name_zh, department.name_en),
        row(SEAL, SEAL, Text("")),
        _seal(department, current.get(SEAL)),
        tuple(row(item.code, item.slug, item.certificate.title) for item in items if item.certificate),
    )


def paper(session: Session, slug: str, *, shown: int | None = None, by: Actor) -> PaperSeen:
    """One type by the slug of its item, or the seal; NotFound for a type that the department does not issue."""
    check(by, "paper:edit")
    department = _department(session, by)
    item = next((each for each in issued_by(department.duty) if each.slug == slug), None)
    if item is None and slug != SEAL:
        raise NotFound
    subject = item.code if item else SEAL
    own = select(PaperVersion).where(PaperVersion.department_code == department.code)
    versions = session.scalars(
        own.where(PaperVersion.subject.in_({subject, SEAL}))
        .order_by(PaperVersion.number.desc())
        .options(selectinload(PaperVersion.verdicts))
    ).all()
    current = in_force(session, department.code, subject, SEAL)
    about = [each for each in versions if each.subject == subject]
    looked_at = current.get(subject) if shown is None else next((each for each in about if each.number == shown), None)
    if shown is not None and looked_at is None:
        raise NotFound
    names = _names(session, about)
    content = looked_at.content if looked_at else ""
    spec = None if item is None else fitted(item, content) if content else item.certificate
    return PaperSeen(
        department=Text(department.name_zh, department.name_en),
        department_code=department.code,
        issuer_code=department.credit_code or "",
        subject=subject,
        item=item,
        spec=spec,
        seal=_seal(department, looked_at if subject == SEAL else current.get(SEAL)),
        versions=tuple(_seen(each, current.get(subject), names, by) for each in about),
        newest=about[0].number if about else 0,
        may_publish=may(by, "paper:publish"),
    )


def papers_in_force(session: Session) -> tuple[Kept, ...]:
    """Everything that the office has changed, of every department."""
    found = session.execute(select(PaperVersion.department_code, PaperVersion.subject).distinct())
    kept = []
    for department, subject in sorted(tuple(row) for row in found):
        version = in_force(session, department, subject).get(subject)
        if version is not None and version.content:
            kept.append(Kept(department, subject, version.content))
    return tuple(kept)


def issued_by(duty: str) -> tuple[Item, ...]:
    """The items whose certificate a department of this duty issues, by code."""
    items = (each for each in catalogue().items.values() if each.certificate is not None)
    return tuple(
        item
        for item in sorted(items, key=lambda each: each.code)
        if any(step.kind is StepKind.ISSUE and step.duty == duty for step in item.steps.values())
    )


def _department(session: Session, by: Actor) -> Department:
    found = session.get(Department, by.department) if by.department else None
    if found is None:
        raise NotFound
    return found


def _seal(department: Department, version: PaperVersion | None) -> Seal:
    if version is not None and version.content:
        return seal_of(version.content)
    return usual_seal(department.name_zh, department.credit_code or "")


def _waiting(session: Session, department: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for subject in session.scalars(
        select(PaperVersion.subject).where(PaperVersion.department_code == department, ~PaperVersion.verdicts.any())
    ):
        counts[subject] = counts.get(subject, 0) + 1
    return counts


def _names(session: Session, versions: list[PaperVersion]) -> dict[int, str]:
    wanted = {each.written_by for each in versions} | {one.by_account for each in versions for one in each.verdicts}
    accounts = select(Account).where(Account.id.in_(wanted - {None}))
    return {account.id: account.name for account in session.scalars(accounts)}


def _verdict_at(version: PaperVersion, verdict: PaperVerdict) -> datetime | None:
    return next((each.at for each in reversed(version.verdicts) if each.verdict is verdict), None)


def _seen(version: PaperVersion, current: PaperVersion | None, names: dict[int, str], by: Actor) -> VersionSeen:
    last = version.verdicts[-1] if version.verdicts else None
    is_current = current is not None and current.id == version.id
    declined = last is not None and last.verdict is PaperVerdict.DECLINE
    state = "in_force" if is_current else "waiting" if last is None else "declined" if declined else "past"
    is_mine = by.account is not None and version.written_by == by.account
    publishes = may(by, "paper:publish")
    return VersionSeen(
        number=version.number,
        reason=version.reason,
        by=names.get(version.written_by or 0),
        at=version.written_at,
        state=state,
        decided_by=names.get(last.by_account or 0) if last else None,
        decided_at=last.at if last else None,
        sha256=version.sha256,
        is_as_catalogue=not version.content,
        may_publish=publishes and not is_mine and state in ("waiting", "past"),
        may_decline=last is None and (publishes or is_mine),
    )
