"""Which certificates, copies, translations and writs a signing key has signed, and which are still to be judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.permissions import Actor, check
from approvals.queries.paging import Page, paged
from approvals.records.certificate import Certificate
from approvals.records.copy import CertificateCopy
from approvals.records.outbox import REMAKE, Parcel
from approvals.records.people import Department
from approvals.records.writ import WritPaper
from approvals.vocabulary import CertificateStatus, SignatureLevel

SIGNED: Mapping[str, tuple[type[Certificate | CertificateCopy | WritPaper], Any]] = {
    "certificate": (Certificate, Certificate.issued_at),
    "copy": (CertificateCopy, CertificateCopy.made_at),
    "writ": (WritPaper, WritPaper.made_at),
}
"""What is signed, and when it was entered in the register."""


@dataclass(frozen=True, slots=True)
class SignedRow:
    """`is_unsound` as last judged."""

    kind: str
    id: int
    number: str
    application_id: int
    sha256: str
    level: SignatureLevel
    issued_at: datetime
    is_unsound: bool


@dataclass(frozen=True, slots=True)
class Unsound:
    number: str
    title: str
    holder: str
    is_ordered: bool
    """It is being made again."""


def signed_by(
    session: Session, signer: str, *, revoked_since: datetime | None = None, most: int = 0
) -> tuple[SignedRow, ...]:
    """Certificates first, each oldest first; with `revoked_since` so many that were not judged by that day yet."""
    rows: list[SignedRow] = []
    for kind, (paper, entered_at) in SIGNED.items():
        query = select(paper, entered_at).where(paper.signer == signer, paper.sha256.is_not(None)).order_by(paper.id)
        if revoked_since is not None:
            judged = paper.key_revoked_since
            query = query.where(or_(judged.is_(None), judged > revoked_since)).limit(most - len(rows))
        rows += [
            SignedRow(
                kind, each.id, each.number, each.application.id, each.sha256, each.level, at, is_unsound=each.is_unsound
            )
            for each, at in session.execute(query)
            if each.sha256 and each.level and at
        ]
    return tuple(rows)


def counts(session: Session, signers: Iterable[str]) -> dict[str, int]:
    """How many each of these keys has signed."""
    found = dict.fromkeys(signers, 0)
    for paper, _entered_at in SIGNED.values():
        query = select(paper.signer, func.count()).where(paper.signer.in_(list(found))).group_by(paper.signer)
        for signer, count in session.execute(query):
            found[str(signer)] += count
    return found


def unsound(session: Session, *, page: int, by: Actor, at: Moment) -> Page[Unsound]:
    """Certificates of the actor's department in force whose signature is good no more, oldest first."""
    check(by, "certificate:register")
    wanted = select(Certificate).where(
        Certificate.is_unsound,
        Certificate.status == CertificateStatus.IN_FORCE,
        or_(Certificate.valid_until.is_(None), Certificate.valid_until >= at.today),
        Certificate.department_code == by.department,
    )
    query, number, total = paged(session, wanted.order_by(Certificate.id), page)
    found = session.scalars(query).all()
    ordered = set(
        session.scalars(
            select(Parcel.application_id).where(
                Parcel.kind == REMAKE,
                Parcel.done_at.is_(None),
                Parcel.application_id.in_([each.application_id for each in found]),
            )
        )
    )
    rows = tuple(
        Unsound(each.number, each.title, str(each.sheet["holder"]), each.application_id in ordered) for each in found
    )
    return Page(rows, number, total)


def department_name(session: Session, code: str) -> str | None:
    """As it stands in the certificate of its key."""
    return session.scalars(select(Department.name_zh).where(Department.code == code)).first()
