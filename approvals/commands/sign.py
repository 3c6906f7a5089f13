"""Choose and sign: the applicant promises, or goes the normal way; kept in the draft until it is sent in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from approvals.audit.append import append
from approvals.clock.moment import Moment
from approvals.commitments.letter import digest, letter
from approvals.commitments.offers import offers
from approvals.commitments.owing import bar
from approvals.commitments.signed import signatures
from approvals.errors import BarredByNotice, BarredFromCommitment, ChangedMeanwhile, NotADraft, NotOffered
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.commitment import Commitment
from approvals.records.credit import CreditNotice
from approvals.records.fold import item_of
from approvals.records.people import department_names
from approvals.vocabulary import ApplicationStatus
from services.answers import Answers, load


def sign(
    application: Application, shown: Mapping[str, str], *, language: str, version: int, by: Actor, at: Moment
) -> None:
    """`shown`: key of each promise → SHA-256 of the text that stood on the page; empty is the normal procedure.

    It replaces what was signed before. Refused with BarredFromCommitment, NotOffered, or ChangedMeanwhile where another
    text was shown than is signed now.
    """
    check(by, "commitment:sign", application)
    if application.status is not ApplicationStatus.DRAFT:
        raise NotADraft(number=application.number)
    if version != application.draft_version:
        raise ChangedMeanwhile
    session = session_of(application)
    if shown:
        require_credit(session, application, at=at)
    item = item_of(application)
    offered = {each.key: each for each in offers(item, load(item, application.draft["answers"]))}
    names = department_names(session)
    signed = {}
    for key, sha256 in shown.items():
        if key not in offered:
            raise NotOffered
        text = letter(item, offered[key], names, language)
        if digest(text) != sha256:
            raise ChangedMeanwhile
        signed[key] = {
            "version": offered[key].notice.version,
            "language": language,
            "text": text,
            "sha256": sha256,
            "by": by.person,
            "at": at.instant.isoformat(),
        }
    application.draft = {**application.draft, "commitments": signed}
    application.draft_version += 1


def keep_signatures(application: Application, answers: Answers, *, by: Actor, at: Moment) -> None:
    """On submission what was signed becomes a record, as far as these answers still allow it."""
    signed = signatures(application)
    item = item_of(application)
    kept = [each.key for each in offers(item, answers) if each.key in signed]
    if not kept:
        return
    session = session_of(application)
    require_credit(session, application, at=at)
    for key in kept:
        given = signed[key]
        application.commitments.append(
            Commitment(
                step_key=key,
                notice_version=given["version"],
                language=given["language"],
                text=given["text"],
                sha256=given["sha256"],
                by_account=given["by"],
                organisation_id=application.organisation_id,
                signed_at=datetime.fromisoformat(given["at"]),
            )
        )
        append(
            application,
            Event.COMMITMENT_SIGNED,
            by=by,
            at=at.instant,
            step=key,
            version=given["version"],
            sha256=given["sha256"],
            signed_at=given["at"],
            signed_by=given["by"],
        )
    application.has_promises = True
    session.flush()


def require_credit(session: Session, application: Application, *, at: Moment) -> None:
    """Who promised an untruth, did not keep a promise, or has bad credit elsewhere, may not promise until that is
    repaired or over.
    """
    barring = bar(session, application, at=at)
    if isinstance(barring, CreditNotice):
        raise BarredByNotice(publisher=barring.published_by, until=barring.ends_on)
    if barring is not None:
        raise BarredFromCommitment(number=barring.application.number, until=barring.ends_on)
