"""Live: what happens to a certificate once issued: suspended, resumed, changed, reissued, annulled, expired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from approvals.audit.append import Written, append, sealed
from approvals.certificates.content import reworded
from approvals.certificates.glyphs import missing, spoken
from approvals.certificates.identifier import code_hash, identifier, verification_code
from approvals.certificates.life import LEADS_TO, is_possible
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.obligation import drop_all
from approvals.errors import (
    ChangedMeanwhile,
    EndedAlready,
    GlyphMissing,
    NothingChanged,
    NotInForce,
    NotSuspendedNow,
    OwnApplication,
    ReasonMissing,
    UnknownField,
)
from approvals.events import Event
from approvals.permissions import SYSTEM, Actor, check, owns
from approvals.records.base import session_of
from approvals.records.certificate import ActRecord, Certificate, PastVersion
from approvals.records.fold import item_of, lead_of, sent_answers
from approvals.records.paper import PaperVersion
from approvals.records.people import region_names
from approvals.vocabulary import AnnulmentGround, CertificateAct, CertificateStatus
from services.papers import fitted

LONGEST = 500
"""Letters of one field that a change may write."""


def suspend(certificate: Certificate, reason: str, *, by: Actor, at: Moment) -> None:
    """By the head of the authority that issued it; from this moment on it proves nothing. Raises NotInForce."""
    _permit(certificate, "certificate:suspend", reason, by=by)
    if not is_possible(CertificateAct.SUSPEND, status_of(certificate, at)):
        raise NotInForce(status=str(status_of(certificate, at)))
    event = enter(certificate, CertificateAct.SUSPEND, Event.CERTIFICATE_SUSPENDED, reason, by=by, at=at)
    announce(certificate.application, ParcelKind.LETTER, event, at=at)


def resume(certificate: Certificate, reason: str, *, by: Actor, at: Moment) -> None:
    """It is in force again. Raises NotSuspendedNow."""
    _permit(certificate, "certificate:suspend", reason, by=by)
    if not is_possible(CertificateAct.RESUME, status_of(certificate, at)):
        raise NotSuspendedNow(status=str(status_of(certificate, at)))
    event = enter(certificate, CertificateAct.RESUME, Event.CERTIFICATE_RESUMED, reason, by=by, at=at)
    announce(certificate.application, ParcelKind.LETTER, event, at=at)


def annul(certificate: Certificate, ground: AnnulmentGround, reason: str, *, by: Actor, at: Moment) -> None:
    """注销 (art. 70): for good, on a ground of the law; nothing is owed any more. Raises EndedAlready."""
    _permit(certificate, "certificate:annul", reason, by=by)
    if not is_possible(CertificateAct.ANNUL, status_of(certificate, at)):
        raise EndedAlready(status=str(status_of(certificate, at)))
    drop_all(certificate.application, by=by, at=at)
    event = enter(certificate, CertificateAct.ANNUL, Event.CERTIFICATE_ANNULLED, reason, ground=ground, by=by, at=at)
    announce(certificate.application, ParcelKind.LETTER, event, at=at)


def change(
    certificate: Certificate, values: Mapping[str, str], reason: str, *, version: int, by: Actor, at: Moment
) -> None:
    """变更: `values` by label of the field take the place of what stood there, in a new version with a file, a code and
    an identifier of its own. `version` is the one they were written beside. Raises ChangedMeanwhile, NotInForce,
    UnknownField, NothingChanged or GlyphMissing.
    """
    _permit(certificate, "certificate:change", reason, by=by)
    if version != certificate.version:
        raise ChangedMeanwhile
    _require_in_force(certificate, at)
    fields = [(label, value) for label, value in certificate.sheet["fields"]]
    known = {label for label, _value in fields}
    for label in values:
        if label not in known:
            raise UnknownField(field=label)
    after = [[label, values.get(label, value).strip()[:LONGEST] or value] for label, value in fields]
    if after == [list(field) for field in fields]:
        raise NothingChanged
    unknown = missing(value for _label, value in after)
    if unknown:
        raise GlyphMissing(characters=spoken(unknown))
    before = dict(fields)
    holder = certificate.sheet["holder"]
    renamed = next((value for label, value in after if before[label] == holder), holder)
    sheet = {**certificate.sheet, "fields": after, "holder": renamed, "issued_on": at.today.isoformat()}
    item, text = item_of(certificate.application), _text_of(certificate)
    sheet |= reworded(
        item,
        sent_answers(certificate.application),
        sheet,
        regions=region_names(session_of(certificate)),
        valid_until=certificate.valid_until,
        spec=fitted(item, text) if text else None,
    )
    _replace(certificate, sheet, CertificateAct.CHANGE, Event.CERTIFICATE_CHANGED, reason, by=by, at=at)


def reissue(certificate: Certificate, reason: str, *, by: Actor, at: Moment) -> None:
    """补发: the same words in a new version; the file and the code that were given out before count no longer."""
    _permit(certificate, "certificate:reissue", reason, by=by)
    _require_in_force(certificate, at)
    sheet = {**certificate.sheet, "issued_on": at.today.isoformat()}
    _replace(certificate, sheet, CertificateAct.REISSUE, Event.CERTIFICATE_REISSUED, reason, by=by, at=at)


def expire(certificate: Certificate, *, at: Moment) -> bool:
    """Enter that its last day has passed, and tell the holder; whether it had not been entered before."""
    until = certificate.valid_until
    if until is None or until >= at.today or not is_possible(CertificateAct.EXPIRE, certificate.status):
        return False
    event = enter(certificate, CertificateAct.EXPIRE, Event.CERTIFICATE_EXPIRED, "", by=SYSTEM, at=at)
    announce(certificate.application, ParcelKind.LETTER, event, at=at)
    return True


def status_of(certificate: Certificate, at: Moment) -> CertificateStatus:
    """As of today: what has run out is expired, whether that was entered already or not."""
    until = certificate.valid_until
    has_run_out = until is not None and until < at.today and is_possible(CertificateAct.EXPIRE, certificate.status)
    return CertificateStatus.EXPIRED if has_run_out else certificate.status


def enter(
    certificate: Certificate,
    act: CertificateAct,
    event: Event,
    reason: str,
    *,
    ground: AnnulmentGround | None = None,
    by: Actor,
    at: Moment,
) -> Written:
    """Append the act and write the status that follows from it: at once on the verify page."""
    note(certificate, act, reason, ground=ground, by=by, at=at)
    certificate.status = LEADS_TO[act]
    facts: dict[str, Any] = {"certificate": certificate.number, "version": certificate.version}
    if ground is not None:
        facts["ground"] = str(ground)
    return append(certificate.application, event, by=by, at=at.instant, **facts, reason=sealed(reason.strip()))


def note(
    certificate: Certificate,
    act: CertificateAct,
    reason: str,
    *,
    ground: AnnulmentGround | None = None,
    by: Actor,
    at: Moment,
) -> None:
    """Append the act alone, for whoever writes status and event by other rules."""
    session_of(certificate).add(
        ActRecord(
            certificate_id=certificate.id,
            act=act,
            version=certificate.version,
            reason=reason.strip() or None,
            ground=ground,
            by_account=by.account,
            at=at.instant,
        )
    )


def _permit(certificate: Certificate, permission: str, reason: str, *, by: Actor) -> None:
    check(by, permission, lead_of(certificate.application))
    if owns(by, certificate.application):
        raise OwnApplication
    if not reason.strip():
        raise ReasonMissing


def _require_in_force(certificate: Certificate, at: Moment) -> None:
    status = status_of(certificate, at)
    if status is not CertificateStatus.IN_FORCE:
        raise NotInForce(status=str(status))


def _replace(
    certificate: Certificate,
    sheet: dict[str, Any],
    act: CertificateAct,
    event: Event,
    reason: str,
    *,
    by: Actor,
    at: Moment,
) -> None:
    """The version that was in force is kept as a past one; the worker makes the next."""
    if certificate.sha256 is None or certificate.issued_at is None:
        raise NotInForce(status=str(certificate.status))
    session = session_of(certificate)
    session.add(
        PastVersion(
            certificate_id=certificate.id,
            version=certificate.version,
            identifier=certificate.identifier,
            code_hash=certificate.code_hash,
            sheet=certificate.sheet,
            granted_at=certificate.granted_at,
            issued_at=certificate.issued_at,
            valid_until=certificate.valid_until,
            sha256=certificate.sha256,
            signed_sha256=certificate.signed_sha256,
            ended_at=at.instant,
        )
    )
    root_and_type, issuer, serial = _parts(certificate.identifier)
    code = verification_code()
    certificate.version += 1
    certificate.identifier = identifier(root_and_type, issuer, serial, certificate.version)
    certificate.code, certificate.code_hash = code, code_hash(code)
    certificate.sheet = sheet
    certificate.granted_at = at.instant
    certificate.issued_at = certificate.sha256 = certificate.signed_sha256 = None
    certificate.signer = certificate.level = certificate.key_revoked_since = None
    certificate.is_unsound = False
    if certificate.lift is not None:
        session.delete(certificate.lift)
    written = enter(certificate, act, event, reason, by=by, at=at)
    announce(certificate.application, ParcelKind.LETTER, written, at=at)
    announce(certificate.application, ParcelKind.PAPER, written, at=at)


def _text_of(certificate: Certificate) -> str:
    """The office's own words that it was granted with; empty where they are the catalogue's."""
    if certificate.text_id is None:
        return ""
    return session_of(certificate).get_one(PaperVersion, certificate.text_id).content


def _parts(known: str) -> tuple[str, str, str]:
    """Type, issuer and serial of an identifier."""
    *_root, kind, issuer, serial, _version, _check = known.split(".")
    return kind, issuer, serial
