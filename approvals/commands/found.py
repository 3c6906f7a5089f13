"""Found: a certificate has brought an organisation into being; its founders act for it, and what waited goes on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.commands import draft
from approvals.commands.enrol import found_organisation
from approvals.commands.start_together import Begun
from approvals.commands.witness_person import witness
from approvals.errors import NotAllowed, NotFounded
from approvals.events import PersonEvent
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.bundle import BundleRecord
from approvals.records.fold import item_of, sent_answers
from approvals.records.people import Account, Membership, Organisation
from approvals.vocabulary import CertificateStatus, Duty
from services.answers import plain_name


def found(session: Session, application: Application, *, by: Actor, at: Moment) -> Organisation:
    """The organisation that its certificate founded, with whoever applied for it as a member: as its legal
    representative where the certificate names them, else as a handler, who lets nobody else in.

    NotFounded before the certificate is issued and where it is in force no more.
    """
    check(by, "application:create")
    if application.organisation_id is None:
        is_own = by.principal is None and application.applicant_id == by.person
    else:
        is_own = application.organisation_id in by.organisations
    if not is_own:
        raise NotAllowed
    founds, certificate = item_of(application).founds, application.certificate
    if founds is None or certificate is None or certificate.status is not CertificateStatus.IN_FORCE:
        raise NotFounded
    answers, account = sent_answers(application), session.get_one(Account, by.person)
    is_head = account.identity_number == answers[founds.head_identity] and plain_name(account.name) == plain_name(
        str(answers[founds.head])
    )
    organisation = found_organisation(
        session, name=str(answers[founds.name]), credit_code=str(certificate.sheet["credit_code"]), address=None
    )
    mine = (Membership.account_id == account.id, Membership.organisation_id == organisation.id)
    if session.scalar(select(Membership.id).where(*mine)) is None:
        duty = Duty.LEGAL_REPRESENTATIVE if is_head else Duty.HANDLER
        session.add(Membership(account_id=account.id, organisation_id=organisation.id, duty=str(duty)))
        witness(session, account.id, PersonEvent.WORKSPACE_OPENED, by=by.account, at=at, organisation=organisation.id)
    return organisation


def go_on(
    bundle: BundleRecord,
    begun: Sequence[Begun],
    *,
    organisation: Organisation,
    by: Actor,
    at: Moment,
) -> None:
    """The parts of a bundle that waited, as drafts of the organisation that was founded; once."""
    check(by, "application:create")
    if bundle.waiting is None:
        raise NotFounded
    bundle.waiting = None
    bundle.applications += [
        draft.begin(revision, applicant=by.person, organisation=organisation, answers=answers, origins=origins, at=at)
        for revision, answers, origins in begun
    ]
