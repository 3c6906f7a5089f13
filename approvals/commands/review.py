"""Enter whether a signature is still good after its key was revoked, and make again those that are not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from approvals.audit.append import append
from approvals.clock.moment import Moment
from approvals.commands.announce import PARCELS, ParcelKind, announce
from approvals.commands.lift import NAMES, Signed
from approvals.commands.live import reissue, status_of
from approvals.events import Event
from approvals.permissions import SYSTEM, Actor, check, owns
from approvals.records.certificate import Certificate
from approvals.records.copy import CertificateCopy
from approvals.records.outbox import REMAKE, Parcel
from approvals.records.writ import WritPaper
from approvals.vocabulary import STANDING, CertificateStatus

KINDS: Mapping[str, Any] = {"certificate": Certificate, "copy": CertificateCopy, "writ": WritPaper}
REASON = "签名密钥已吊销，用新密钥重新制作"


def enter_review(
    session: Session, kind: str, paper_id: int, *, sha256: str, since: datetime, is_sound: bool, at: Moment
) -> bool:
    """Whether it was found unsound now; called with the application locked. The holder is told of a certificate that
    stands. Where the file has become another meanwhile, nothing is said of it.
    """
    paper: Signed | None = session.get(KINDS[kind], paper_id, populate_existing=True)
    if paper is None or paper.sha256 != sha256:
        return False
    paper.key_revoked_since = since
    if is_sound or paper.is_unsound:
        return False
    paper.is_unsound = True
    event = append(
        paper.application,
        Event.SIGNATURE_UNSOUND,
        by=SYSTEM,
        at=at.instant,
        **{NAMES[type(paper)]: paper.number},
        since=since.isoformat(),
    )
    if isinstance(paper, Certificate) and paper.status in STANDING:
        announce(paper.application, ParcelKind.LETTER, event, at=at)
    return True


def order_remaking(session: Session, *, by: Actor, at: Moment) -> int:
    """All that are in force and unsound in the actor's department are reissued, each by a parcel of its own: what is
    broken off goes on later. How many were ordered now; not those that are the actor's own.
    """
    check(by, "certificate:remake")
    ordered = 0
    wanted = select(Certificate).where(
        Certificate.is_unsound,
        Certificate.status == CertificateStatus.IN_FORCE,
        Certificate.department_code == by.department,
    )
    keys = set(session.scalars(select(Parcel.key).where(Parcel.kind == REMAKE, Parcel.done_at.is_(None))))
    for each in session.scalars(wanted.options(joinedload(Certificate.application)).order_by(Certificate.id)):
        key = f"{REMAKE}:{each.id}:{each.version}:{at.instant.timestamp():.0f}"
        is_open = any(known.startswith(f"{REMAKE}:{each.id}:{each.version}:") for known in keys)
        if is_open or owns(by, each.application) or status_of(each, at) is not CertificateStatus.IN_FORCE:
            continue
        parcel = Parcel(
            kind=REMAKE,
            key=key,
            data={"application": each.application_id, "account": by.account},
            application_id=each.application_id,
            created_at=at.instant,
            due_at=at.instant,
            attempts=0,
        )
        session.add(parcel)
        session.info.setdefault(PARCELS, []).append(parcel)
        ordered += 1
    return ordered


def remake(certificate: Certificate, *, by: Actor, at: Moment) -> bool:
    """With the key that signs now, as a new version; False where that is needed no more."""
    if not certificate.is_unsound or status_of(certificate, at) is not CertificateStatus.IN_FORCE:
        return False
    reissue(certificate, REASON, by=by, at=at)
    return True
