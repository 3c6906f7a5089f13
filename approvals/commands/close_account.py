"""Close an account: what the law does not ask to keep is erased, and what it asks to keep is left."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.commands.draft import discard
from approvals.commands.feed import end_all
from approvals.commands.mandate import revoke_all
from approvals.commands.witness_person import witness
from approvals.errors import StillRunning
from approvals.events import PersonEvent
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.credit import CreditNotice
from approvals.records.one_time_code import OneTimeCode
from approvals.records.people import Account, Membership, SignIn
from approvals.vocabulary import FINAL, ApplicationStatus

UNUSABLE = "closed"
"""No hash: no password is this one's."""


def close_account(session: Session, *, by: Actor, at: Moment) -> None:
    """Refused as StillRunning while something the person applied for in their own name is not ended.

    Phone, e-mail address, drafts, sessions and mandates go. Name and identity number stay only where an application
    was sent in: they belong to its file, which is kept like any file of an administrative licence; or where bad credit
    was entered, which nobody leaves behind with an account.
    """
    check(by, "account:close")
    account = session.get_one(Account, by.person)
    own = (Application.applicant_id == account.id, Application.organisation_id.is_(None))
    running = select(func.count()).where(*own, Application.status.not_in({*FINAL, ApplicationStatus.DRAFT}))
    if count := session.scalar(running.select_from(Application)):
        raise StillRunning(count=count)
    drafts = select(Application).where(
        Application.applicant_id == account.id, Application.status == ApplicationStatus.DRAFT
    )
    for draft in session.scalars(drafts).all():
        if draft.organisation_id is None:
            discard(draft, by=by, at=at)
    has_files = session.scalar(select(Application.id).where(Application.applicant_id == account.id).limit(1))
    is_noted = session.scalar(select(CreditNotice.id).where(CreditNotice.account_id == account.id).limit(1))
    if has_files is None and is_noted is None:
        account.name, account.identity_number, account.identity_mark = "—", None, None
        account.name_mark = None
    account.phone = account.phone_mark = account.own_phone = None
    account.email = account.own_email = account.own_identity = None
    account.username, account.password_hash = f"closed-{account.id}", UNUSABLE
    account.closed_at = account.disabled_at = at.instant
    mine = (SignIn.account_id == account.id, SignIn.ended_at.is_(None))
    session.execute(update(SignIn).where(*mine).values(ended_at=at.instant))
    ending = update(Membership).where(Membership.account_id == account.id, Membership.ended_at.is_(None))
    session.execute(ending.values(ended_at=at.instant))
    revoke_all(session, by=by, at=at)
    end_all(session, by=by, at=at)
    session.execute(update(OneTimeCode).where(OneTimeCode.account_id == account.id).values(address="—", unsent=None))
    witness(session, account.id, PersonEvent.CLOSED, by=account.id, at=at)
