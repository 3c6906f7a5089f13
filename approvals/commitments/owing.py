"""What follows from what is owed: terms, what may still be handed in, grounds for revoking, who is barred."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from approvals.clock.moment import Moment
from approvals.records.application import Application
from approvals.records.credit import CreditNotice, CreditRecord
from approvals.records.fold import item_of
from approvals.records.obligation import Obligation
from approvals.records.people import Account
from approvals.vocabulary import STANDING, CertificateStatus, InterventionKind, ObligationKind, ObligationStatus
from services.item import CommitmentTerms

Barring = TypeVar("Barring", CreditRecord, CreditNotice)


def terms_of(application: Application, key: str) -> CommitmentTerms:
    """The terms a commitment was made on."""
    item = item_of(application)
    terms = item.steps[key].commitment_terms if key else item.commitment_terms
    if terms is None:
        raise ValueError(f"{item.code} has no terms for {key!r}")
    return terms


def is_owed(application: Application, key: str) -> bool:
    """Whether the material may be handed in although nothing else may be changed: until its promise is verified."""
    owed = [
        each
        for each in application.obligations
        if each.kind is ObligationKind.DEFERRED_MATERIAL
        and each.subject == key
        and each.status is not ObligationStatus.DROPPED
    ]
    return any(
        each.kind is ObligationKind.VERIFICATION
        and not each.status.is_closed
        and each.commitment_id == material.commitment_id
        for material in owed
        for each in application.obligations
    ) or any(not each.status.is_closed for each in owed)


def grounds(application: Application) -> list[Obligation]:
    """What was found untrue or not rectified in time, and has had no consequence yet."""
    answered = {each.obligation_id for each in application.credit_records}
    return [
        each
        for each in application.obligations
        if each.id not in answered
        and (
            each.status is ObligationStatus.UNTRUE
            or (each.kind is ObligationKind.RECTIFICATION and each.status is ObligationStatus.LATE)
        )
    ]


def consequence(application: Application) -> InterventionKind | None:
    """What its head may make of the grounds: the permit is revoked, a procedure that runs is terminated, and where
    neither is left the broken promise is recorded all the same: nobody escapes by withdrawing. None where there are no
    grounds, or while the certificate is being made.
    """
    found, certificate = grounds(application), application.certificate
    if not found:
        return None
    if certificate is None and not application.status.is_final:
        return InterventionKind.TERMINATED
    if certificate is not None and certificate.status in STANDING:
        return InterventionKind.REVOKED
    is_over = certificate is None or certificate.status in (CertificateStatus.ANNULLED, CertificateStatus.EXPIRED)
    return InterventionKind.RECORDED if is_over and any(each.commitment for each in found) else None


def bar(session: Session, application: Application, *, at: Moment) -> CreditRecord | CreditNotice | None:
    """What bars the applicant longest, if anything does: a broken promise, or bad credit published elsewhere."""
    record = _longest(session, CreditRecord, application, at=at)
    notice = _longest(session, CreditNotice, application, at=at)
    if record is None or notice is None:
        return record or notice
    return record if record.ends_on >= notice.ends_on else notice


def _longest(session: Session, kind: type[Barring], application: Application, *, at: Moment) -> Barring | None:
    barring = select(kind).where(_is_about(kind, application), kind.repaired_at.is_(None), kind.ends_on >= at.today)
    return session.scalars(barring.order_by(kind.ends_on.desc()).limit(1)).first()


def _is_about(kind: type[Barring], application: Application) -> ColumnElement[bool]:
    """The organisation, else the person, by whichever account of theirs."""
    if application.organisation_id is not None:
        return kind.organisation_id == application.organisation_id
    applicant = aliased(Account)
    mark = select(applicant.identity_mark).where(applicant.id == application.applicant_id).scalar_subquery()
    same = or_(Account.id == application.applicant_id, Account.identity_mark == mark)
    return kind.account_id.in_(select(Account.id).where(same))
