"""Objection (异议): the applicant says that the finding is wrong, the head answers; upheld, everything is restored."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.intervene import intervene
from approvals.commands.live import note
from approvals.commands.obligation import end_parent, move, take_up_all
from approvals.errors import NothingToObjectTo, NotPossibleNow, ObjectedBefore, OwnApplication, ReasonMissing
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.credit import CreditRecord, Objection
from approvals.records.fold import lead_of
from approvals.vocabulary import Act, CertificateAct, CertificateStatus, InterventionKind, ObligationStatus


def raise_objection(application: Application, reason: str, *, by: Actor, at: Moment) -> None:
    """Against the newest credit record of the application, once."""
    check(by, "commitment:object", application)
    record = _record(application)
    if record.objection is not None:
        raise ObjectedBefore
    if not reason.strip():
        raise ReasonMissing
    record.objection = Objection(
        application_id=application.id, reason=reason.strip(), by_account=by.person, at=at.instant
    )
    session_of(application).flush()
    append(application, Event.OBJECTION_RAISED, by=by, at=at.instant, reason=sealed(reason.strip()))


def answer_objection(application: Application, answer: str, *, is_upheld: bool, by: Actor, at: Moment) -> None:
    """By the head of the authority that decided, with reasons. Upheld: the record is repaired, the promise counts as
    true, a revoked certificate is in force again and what was still owed is owed again.
    """
    check(by, "objection:answer", lead_of(application))
    if owns(by, application):
        raise OwnApplication
    record = _record(application)
    objection = record.objection
    if objection is None or objection.answered_at is not None:
        raise NotPossibleNow(status="answered" if objection else "none")
    if not answer.strip():
        raise ReasonMissing
    objection.is_upheld, objection.answer = is_upheld, answer.strip()
    objection.answered_by, objection.answered_at = by.person, at.instant
    facts = {"upheld": is_upheld, "answer": sealed(answer.strip())}
    event = append(application, Event.OBJECTION_ANSWERED, by=by, at=at.instant, **facts)
    if is_upheld:
        _restore(application, record, answer.strip(), by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)


def _restore(application: Application, record: CreditRecord, answer: str, *, by: Actor, at: Moment) -> None:
    record.repaired_at = at.instant
    append(application, Event.CREDIT_REPAIRED, by=by, at=at.instant, why=str(record.kind))
    for each in application.obligations:
        if each.status is ObligationStatus.UNTRUE or (each.id == record.obligation_id and not each.status.is_closed):
            move(each, Act.UPHOLD, by=by, at=at)
            end_parent(each, at=at)
    certificate = application.certificate
    if certificate is None or certificate.status is not CertificateStatus.REVOKED:
        return
    certificate.status = CertificateStatus.IN_FORCE
    note(certificate, CertificateAct.RESTORE, answer, by=by, at=at)
    intervene(application, InterventionKind.RESTORED, answer, by=by, at=at)
    append(application, Event.CERTIFICATE_RESTORED, by=by, at=at.instant, certificate=certificate.number)
    take_up_all(application, at=at)


def _record(application: Application) -> CreditRecord:
    if not application.credit_records:
        raise NothingToObjectTo
    return application.credit_records[-1]
