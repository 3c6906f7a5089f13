"""Write a version of what stands on a department's certificates, and let it into force: two people for that."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals.certificates.glyphs import missing, spoken
from approvals.clock.moment import Moment
from approvals.errors import GlyphMissing, NotFound, OwnPaper, PaperChanged, PaperSettled, ReasonMissing
from approvals.permissions import Actor, check
from approvals.records.paper import PaperVerdictRecord, PaperVersion, in_force
from approvals.records.sequence import following
from approvals.vocabulary import PaperVerdict, Role


def write_paper(
    session: Session,
    department: str,
    subject: str,
    content: str,
    reason: str,
    *,
    after: int | None,
    by: Actor,
    at: Moment,
) -> PaperVersion:
    """`after` is the number of the newest version that the writer saw (None: whatever it is); content was found right
    (services.papers). Nothing changes on certificates until somebody else publishes it. Raises PaperChanged.
    """
    _permit("paper:edit", department, by)
    if not reason.strip():
        raise ReasonMissing
    unknown = missing([content])
    if unknown:
        raise GlyphMissing(characters=spoken(unknown))
    number = following(session, f"paper:{department}:{subject}")
    if after is not None and after != number - 1:
        raise PaperChanged(number=number - 1)
    version = PaperVersion(
        department_code=department,
        subject=subject,
        number=number,
        content=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        reason=reason.strip()[:500],
        written_by=by.account,
        written_at=at.instant,
    )
    session.add(version)
    session.flush()
    return version


def publish_paper(session: Session, version: PaperVersion, *, by: Actor, at: Moment) -> None:
    """From now on certificates are registered with it; an older version may be published again. Raises OwnPaper and
    PaperSettled.
    """
    _permit("paper:publish", version.department_code, by)
    if by.account is not None and version.written_by == by.account:
        raise OwnPaper
    current = in_force(session, version.department_code, version.subject).get(version.subject)
    if _is_declined(session, version) or (current is not None and current.id == version.id):
        raise PaperSettled
    _enter(session, version, PaperVerdict.PUBLISH, by=by, at=at)


def decline_paper(session: Session, version: PaperVersion, *, by: Actor, at: Moment) -> None:
    """It will not come into force; also by whoever wrote it. Raises PaperSettled."""
    _permit("paper:edit" if by.account == version.written_by else "paper:publish", version.department_code, by)
    if session.scalar(select(func.count()).where(PaperVerdictRecord.version_id == version.id)):
        raise PaperSettled
    _enter(session, version, PaperVerdict.DECLINE, by=by, at=at)


def _permit(permission: str, department: str, by: Actor) -> None:
    """Everybody in their own department; NotFound in another, as if there were nothing. The command line everywhere."""
    if by.role is Role.SYSTEM:
        return
    check(by, permission)
    if by.department != department:
        raise NotFound


def _is_declined(session: Session, version: PaperVersion) -> bool:
    declined = select(PaperVerdictRecord.id).where(
        PaperVerdictRecord.version_id == version.id, PaperVerdictRecord.verdict == PaperVerdict.DECLINE
    )
    return session.scalar(declined.limit(1)) is not None


def _enter(session: Session, version: PaperVersion, verdict: PaperVerdict, *, by: Actor, at: Moment) -> None:
    session.add(PaperVerdictRecord(version_id=version.id, verdict=verdict, by_account=by.account, at=at.instant))
    session.flush()
