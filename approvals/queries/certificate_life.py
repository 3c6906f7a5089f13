"""The life of one certificate for its holder and its office: every act, every version, and what may be done now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.certificates.life import is_possible
from approvals.clock.moment import Moment, local_date
from approvals.errors import NotFound
from approvals.permissions import Actor, check, may, owns
from approvals.queries.certificates import without_numbers
from approvals.queries.paging import Page, paged
from approvals.queries.register import day_of_issue, status_on
from approvals.records.application import Application
from approvals.records.certificate import Certificate, PastVersion
from approvals.records.fold import item_of, lead_of
from approvals.records.people import Account, department_names
from approvals.vocabulary import AnnulmentGround, CertificateAct, CertificateStatus, CopyAct
from services.item import Text

VERBS: dict[str, tuple[CertificateAct, str]] = {
    "suspend": (CertificateAct.SUSPEND, "certificate:suspend"),
    "resume": (CertificateAct.RESUME, "certificate:suspend"),
    "change": (CertificateAct.CHANGE, "certificate:change"),
    "reissue": (CertificateAct.REISSUE, "certificate:reissue"),
    "annul": (CertificateAct.ANNUL, "certificate:annul"),
}
"""What the office can do, with the act it brings about and the permission it needs."""


@dataclass(frozen=True, slots=True)
class Lived:
    """One act. `by` is none for what nobody decided, and for a reader who is not of the office. The `reason` of a copy
    or translation is its number.
    """

    act: CertificateAct | CopyAct
    version: int
    reason: str
    ground: AnnulmentGround | None
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    identifier: str
    issued_on: date | None
    ended_on: date | None
    """None: the current one."""


@dataclass(frozen=True, slots=True)
class Life:
    number: str
    title: str
    holder: str
    issuer: Text
    application: str
    status: CertificateStatus
    valid_until: date | None
    version: int
    fields: tuple[tuple[Text, str], ...]
    """Label and value of what a change may write anew: not identity and telephone numbers, which pages mask."""
    acts: tuple[Lived, ...]
    versions: tuple[Version, ...]
    is_unsound: bool
    """Its key was revoked: the file proves nothing until it is made again."""
    verbs: tuple[str, ...]
    """Keys of VERBS that this person may carry out now."""
    closed: frozenset[str]
    """Keys of VERBS that nobody can carry out as it stands now."""


@dataclass(frozen=True, slots=True)
class Registered:
    number: str
    title: str
    holder: str
    status: CertificateStatus
    issued_on: date | None
    valid_until: date | None
    is_unsound: bool


def life(session: Session, number: str, *, by: Actor, at: Moment) -> Life:
    """Newest first. NotFound for none and for one that the actor may not see."""
    found = session.scalar(
        select(Certificate)
        .where(Certificate.number == number)
        .options(
            selectinload(Certificate.acts),
            selectinload(Certificate.copies),
            joinedload(Certificate.application).options(
                joinedload(Application.revision), selectinload(Application.steps)
            ),
        )
    )
    if found is None or not may(by, "certificate:download", found.application):
        raise NotFound
    status = status_on(found, at.today)
    past = session.scalars(
        select(PastVersion).where(PastVersion.certificate_id == found.id).order_by(PastVersion.version.desc())
    )
    people = select(Account.id, Account.name).where(Account.id.in_({each.by_account for each in found.acts}))
    names: dict[int, str] = dict(session.execute(people).all())
    lead = lead_of(found.application)
    verbs = () if owns(by, found.application) else VERBS
    return Life(
        number=found.number,
        title=found.title,
        holder=str(found.sheet["holder"]),
        issuer=department_names(session).get(found.department_code, Text(found.department_code)),
        application=found.application.number or "",
        status=status,
        valid_until=found.valid_until,
        version=found.version,
        is_unsound=found.is_unsound,
        fields=_changeable(found),
        acts=_newest_first(found, names if by.role.is_staff else {}),
        versions=(
            Version(found.version, found.identifier, day_of_issue(found), None),
            *(
                Version(each.version, each.identifier, local_date(each.granted_at), local_date(each.ended_at))
                for each in past
            ),
        ),
        verbs=tuple(verb for verb in verbs if is_possible(VERBS[verb][0], status) and may(by, VERBS[verb][1], lead)),
        closed=frozenset(verb for verb, (act, _permission) in VERBS.items() if not is_possible(act, status)),
    )


def registered(session: Session, *, search: str, page: int, by: Actor, at: Moment) -> Page[Registered]:
    """The certificates of the actor's department, newest first; `search` is the beginning of a number."""
    check(by, "certificate:register")
    wanted = select(Certificate).where(Certificate.department_code == by.department)
    if search:
        wanted = wanted.where(Certificate.number.startswith(search, autoescape=True))
    query, number, total = paged(session, wanted.order_by(Certificate.id.desc()), page)
    rows = tuple(
        Registered(
            each.number,
            each.title,
            str(each.sheet["holder"]),
            status_on(each, at.today),
            day_of_issue(each),
            each.valid_until,
            each.is_unsound,
        )
        for each in session.scalars(query)
    )
    return Page(rows, number, total)


def _newest_first(certificate: Certificate, names: Mapping[int, str]) -> tuple[Lived, ...]:
    acts = [
        Lived(each.act, each.version, each.reason or "", each.ground, names.get(each.by_account or 0), each.at)
        for each in reversed(certificate.acts)
    ]
    for copy in certificate.copies:
        made = CopyAct.TRANSLATED if copy.is_translation else CopyAct.COPIED
        if copy.revoked_at is not None:
            acts.append(Lived(CopyAct.COPY_ENDED, copy.version, copy.number, None, None, copy.revoked_at))
        acts.append(Lived(made, copy.version, copy.number, None, None, copy.asked_at))
    return tuple(sorted(acts, key=lambda each: each.at, reverse=True))


def _changeable(certificate: Certificate) -> tuple[tuple[Text, str], ...]:
    spec = item_of(certificate.application).certificate
    labels = {label.zh: label for _key, label in (spec.fields if spec else ())}
    return tuple(
        (labels[label], value)
        for label, value in certificate.sheet["fields"]
        if label in labels and without_numbers(value) == value
    )
