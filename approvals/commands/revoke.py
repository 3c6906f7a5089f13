"""Revoke (撤销): an untrue promise, or one not kept although ordered, costs the permit or ends the procedure."""

from __future__ import annotations

from collections.abc import Sequence

from approvals.audit.append import Written, append, sealed
from approvals.clock.calendar import last_day
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.intervene import intervene
from approvals.commands.live import note
from approvals.commands.obligation import move
from approvals.commands.terminate import terminate
from approvals.commitments.owing import consequence, grounds, terms_of
from approvals.errors import NothingToRevoke, NotPossibleNow, OwnApplication, ReasonMissing
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.certificate import Certificate
from approvals.records.credit import CreditRecord
from approvals.records.fold import lead_of
from approvals.records.obligation import Obligation
from approvals.vocabulary import (
    Act,
    CertificateAct,
    CertificateStatus,
    CreditKind,
    InterventionKind,
    ObligationStatus,
)


def revoke(application: Application, reason: str, *, by: Actor, at: Moment) -> None:
    """By the head of the authority that decides, with the reason: the certificate is revoked, a running procedure is
    terminated. Who promised is entered in the credit record and barred from promising, also where neither is left.
    Raises NothingToRevoke, ReasonMissing or NotPossibleNow.
    """
    check(by, "certificate:revoke", lead_of(application))
    if owns(by, application):
        raise OwnApplication
    found = grounds(application)
    if not found:
        raise NothingToRevoke
    if not reason.strip():
        raise ReasonMissing
    certificate = application.certificate
    match consequence(application):
        case InterventionKind.TERMINATED:
            _record_credit(application, found, by=by, at=at)
            terminate(application, reason, by=by, at=at)
        case InterventionKind.REVOKED if certificate is not None:
            _revoke(application, certificate, found, reason, by=by, at=at)
        case InterventionKind.RECORDED:
            intervene(application, InterventionKind.RECORDED, reason, by=by, at=at)
            event = _record_credit(application, found, by=by, at=at, reason=sealed(reason.strip()))
            if event is not None:
                announce(application, ParcelKind.LETTER, event, at=at)
        case _:
            raise NotPossibleNow(status=str(certificate.status if certificate else application.status))


def _revoke(
    application: Application,
    certificate: Certificate,
    found: Sequence[Obligation],
    reason: str,
    *,
    by: Actor,
    at: Moment,
) -> None:
    certificate.status = CertificateStatus.REVOKED
    note(certificate, CertificateAct.REVOKE, reason, by=by, at=at)
    intervene(application, InterventionKind.REVOKED, reason, by=by, at=at)
    _record_credit(application, found, by=by, at=at)
    facts = {"certificate": certificate.number, "reason": sealed(reason.strip())}
    event = append(application, Event.CERTIFICATE_REVOKED, by=by, at=at.instant, **facts)
    kept = {each.id for each in found}
    for each in application.obligations:
        if each.id not in kept and not each.status.is_closed:
            move(each, Act.DROP, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)


def _record_credit(
    application: Application, found: Sequence[Obligation], *, by: Actor, at: Moment, **said: str
) -> Written | None:
    """A condition that was not met costs the permit; it was no promise and bars from nothing."""
    promised = [(each, each.commitment) for each in found if each.commitment is not None]
    if not promised:
        return None
    ground, commitment = promised[0]
    kind = CreditKind.UNTRUE if ground.status is ObligationStatus.UNTRUE else CreditKind.UNFULFILLED
    years = terms_of(application, commitment.step_key).barred_years
    ends = last_day(at.today, years)
    application.credit_records.append(
        CreditRecord(
            account_id=None if application.organisation_id else application.applicant_id,
            organisation_id=application.organisation_id,
            obligation_id=ground.id,
            kind=kind,
            department_code=lead_of(application).department_code,
            starts_on=at.today,
            ends_on=ends,
        )
    )
    session_of(application).flush()
    facts = {"why": str(kind), "starts": at.today.isoformat(), "ends": ends.isoformat(), **said}
    return append(application, Event.CREDIT_RECORDED, by=by, at=at.instant, **facts)
