"""Ask for the English translation of a certificate (英文译本): one for each version; the Chinese original prevails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from approvals.certificates.content import Content, content_of, translated
from approvals.certificates.glyphs import missing, spoken
from approvals.clock.moment import Moment
from approvals.commands.copy import order
from approvals.commands.live import status_of
from approvals.commitments.signed import resting
from approvals.errors import GlyphMissing, NotInForce, SignatureUnsound
from approvals.permissions import Actor, check
from approvals.records.base import session_of
from approvals.records.certificate import Certificate, PastVersion
from approvals.records.copy import ENGLISH, ORIGINAL, CertificateCopy
from approvals.records.fold import item_of, sent_answers
from approvals.records.paper import PaperVersion
from approvals.records.people import department_names, region_names
from approvals.vocabulary import CertificateStatus
from services.papers import fitted


def translate(certificate: Certificate, *, by: Actor, at: Moment) -> CertificateCopy:
    """By the holder, of a certificate in force. It bears the same number and code; asked for again, it is the same one.
    Raises NotInForce, SignatureUnsound and GlyphMissing.
    """
    application, session = certificate.application, session_of(certificate)
    check(by, "certificate:copy", application)
    number = f"{certificate.number}-{ENGLISH.upper()}{certificate.version}"
    known = session.scalar(select(CertificateCopy).where(CertificateCopy.number == number))
    if known is not None:
        return known
    status = status_of(certificate, at)
    if status is not CertificateStatus.IN_FORCE:
        raise NotInForce(status=str(status))
    if certificate.is_unsound:
        raise SignatureUnsound
    content = _in_english(certificate)
    if unknown := missing(content.texts()):
        raise GlyphMissing(characters=spoken(unknown))
    made = CertificateCopy(
        certificate_id=certificate.id,
        number=number,
        code=certificate.code,
        code_hash=certificate.code_hash,
        version=certificate.version,
        language=ENGLISH,
        sheet=content.as_data(),
        purpose="",
        recipient="",
        by_account=by.person,
        asked_at=at.instant,
    )
    order(made, application, by=by, at=at)
    return made


def _in_english(certificate: Certificate) -> Content:
    """With the texts and from the answers that it was granted with."""
    session, granted = session_of(certificate), _as_granted(certificate)
    item = item_of(certificate.application)
    text = session.get(PaperVersion, certificate.text_id) if certificate.text_id else None

    def told(issuer: str, language: str) -> Content:
        return content_of(
            item,
            sent_answers(certificate.application),
            holder=granted["holder"],
            issuer=issuer,
            issuer_code=granted["issuer_code"],
            regions=region_names(session),
            issued_on=date.fromisoformat(granted["issued_on"]),
            promised=frozenset(resting(certificate.application)) if "on_commitment" in granted else frozenset(),
            language=language,
            valid_until=certificate.valid_until,
            spec=fitted(item, text.content) if text and text.content else None,
            credit_code=granted.get("credit_code", ""),
        )

    issuer = department_names(session)[certificate.department_code]
    return translated(certificate.sheet, told(granted["issuer"], ORIGINAL), told(issuer.in_language(ENGLISH), ENGLISH))


def _as_granted(certificate: Certificate) -> Mapping[str, Any]:
    """What stood on its first version."""
    first = select(PastVersion.sheet).where(PastVersion.certificate_id == certificate.id, PastVersion.version == 1)
    return session_of(certificate).scalar(first) or certificate.sheet
