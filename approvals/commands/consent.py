"""Reuse a certificate in another application: only with the holder's consent, and never without a trace."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from approvals.audit.append import append
from approvals.clock.moment import Moment
from approvals.commands.live import status_of
from approvals.errors import ConsentedAlready, NoConsent, NotInForce, ReuseLapsed, SignatureUnsound
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.certificate import Certificate
from approvals.records.fold import item_of
from approvals.records.reuse import Consent, Use
from approvals.records.step import StepRecord
from approvals.vocabulary import CertificateStatus, Outcome

CONSENTING = frozenset({Outcome.ACCEPT, Outcome.AGREE, Outcome.AGREE_WITH_CONDITIONS, Outcome.GRANT})
"""What may not rest on a certificate that does not count."""


def has_consent(certificate: Certificate, application: Application) -> bool:
    return _standing(certificate, application) is not None


def consent(certificate: Certificate, application: Application, *, by: Actor, at: Moment) -> Consent:
    """By the holder, for an application of the holder's own. Raises NotInForce or ConsentedAlready.

    The trail of the certificate's own application witnesses it, so that one is locked.
    """
    check(by, "certificate:consent", certificate.application)
    check(by, "application:edit", application)
    _require_in_force(certificate, at)
    if _standing(certificate, application) is not None:
        raise ConsentedAlready
    given = Consent(
        certificate_id=certificate.id, application_id=application.id, by_account=by.person, given_at=at.instant
    )
    session = session_of(certificate)
    session.add(given)
    session.flush()
    append(
        certificate.application,
        Event.CONSENT_GIVEN,
        by=by,
        at=at.instant,
        certificate=certificate.number,
        consent=given.id,
    )
    return given


def withdraw_consent(certificate: Certificate, consent_id: int, *, by: Actor, at: Moment) -> None:
    """From now on; what was used before stays on record. Raises NoConsent."""
    check(by, "certificate:consent", certificate.application)
    session = session_of(certificate)
    given = session.get(Consent, consent_id)
    if given is None or given.certificate_id != certificate.id or given.withdrawn_at is not None:
        raise NoConsent
    given.withdrawn_at = at.instant
    append(certificate.application, Event.CONSENT_WITHDRAWN, by=by, at=at.instant, consent=given.id)


def withdraw_from(certificate: Certificate, application: Application, *, by: Actor, at: Moment) -> None:
    """The consent for one application, if there is one that stands."""
    given = _standing(certificate, application)
    if given is not None:
        withdraw_consent(certificate, given.id, by=by, at=at)


def record_use(certificate: Certificate, application: Application, *, by: Actor, at: Moment) -> Use:
    """By an office at work on the application that uses it. Raises NoConsent or NotInForce: then nothing is shown."""
    check(by, "certificate:use", application)
    given = _standing(certificate, application)
    if given is None or by.department is None:
        raise NoConsent
    _require_in_force(certificate, at)
    used = Use(consent_id=given.id, version=certificate.version, department_code=by.department, used_at=at.instant)
    session_of(certificate).add(used)
    append(
        certificate.application,
        Event.CERTIFICATE_USED,
        by=by,
        at=at.instant,
        consent=given.id,
        department=by.department,
    )
    return used


def certificate_held(application: Application, number: str) -> Certificate | None:
    """By its number, the application it came from locked after the one that uses it; none where it is no
    certificate's number.
    """
    session = session_of(application)
    found = session.scalar(
        select(Certificate).where(Certificate.number == number).options(joinedload(Certificate.application))
    )
    if found is not None:
        session.get(Application, found.application_id, with_for_update={"of": Application}, populate_existing=True)
        session.refresh(found, ("status", "version", "valid_until", "is_unsound"))
    return found


def use_reused(step: StepRecord, outcome: Outcome, *, by: Actor, at: Moment) -> None:
    """Whoever decides on a certificate that was handed in by its number has used it, which leaves a trace. Nobody
    consents on one that is not in force any more or whose holder has taken back the consent: ReuseLapsed.
    """
    application = step.application
    for number in sorted(set(_reused(step))):
        certificate = certificate_held(application, number)
        if certificate is None:
            continue
        try:
            record_use(certificate, application, by=by, at=at)
        except (NoConsent, NotInForce, SignatureUnsound):
            if outcome in CONSENTING:
                raise ReuseLapsed(number=number) from None


def _reused(step: StepRecord) -> Iterable[str]:
    """Where the materials that this step sees come from."""
    seen = {each.key for each in item_of(step.application).materials if not each.steps or step.key in each.steps}
    for material in step.application.materials:
        if material.key in seen and material.removed_at is None and material.reused_from:
            yield material.reused_from


def _standing(certificate: Certificate, application: Application) -> Consent | None:
    return session_of(certificate).scalar(
        select(Consent).where(
            Consent.certificate_id == certificate.id,
            Consent.application_id == application.id,
            Consent.withdrawn_at.is_(None),
        )
    )


def _require_in_force(certificate: Certificate, at: Moment) -> None:
    status = status_of(certificate, at)
    if status is not CertificateStatus.IN_FORCE:
        raise NotInForce(status=str(status))
    if certificate.is_unsound:
        raise SignatureUnsound
