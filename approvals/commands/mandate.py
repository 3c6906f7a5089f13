"""Give, accept, decline and revoke mandates; open the workspace of an organisation and leave it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.commands.witness_person import witness
from approvals.errors import (
    LastManager,
    MandateDates,
    MandateSettled,
    MandateToOneself,
    NotAllowed,
    NotFound,
    OrganisationMismatch,
    WorkspaceTaken,
)
from approvals.events import PersonEvent
from approvals.permissions import SYSTEM, Actor, check
from approvals.records.mandate import Mandate
from approvals.records.people import Account, Membership, Organisation
from approvals.records.secrecy import keyring
from approvals.vocabulary import Duty, MandateAction, MandateStatus
from services.answers import plain_name

LONGEST_YEARS = 3


def give(
    session: Session,
    *,
    organisation: int | None,
    name: str,
    phone: str,
    duty: Duty,
    items: Collection[str],
    actions: Collection[MandateAction],
    begins_on: date,
    ends_on: date,
    by: Actor,
    at: Moment,
) -> Mandate:
    """By a manager in the organisation's name, or by a person in their own; whoever it is for must accept it.

    It is addressed to a phone and a name and says nothing of whether anybody has registered with them.
    """
    check(by, "mandate:give")
    if organisation is not None and organisation not in by.manages:
        raise NotAllowed
    if organisation is None and (by.principal is not None or duty is not Duty.AGENT):
        raise NotAllowed  # what one may do by a mandate one does not pass on
    longest = begins_on.replace(year=begins_on.year + LONGEST_YEARS, day=min(begins_on.day, 28))
    if ends_on < max(begins_on, at.today) or ends_on > longest:
        raise MandateDates(years=LONGEST_YEARS)
    giver, mark = session.get_one(Account, by.person), keyring().mark(phone)
    if giver.phone_mark == mark:
        raise MandateToOneself
    mandate = Mandate(
        organisation_id=organisation,
        person_id=None if organisation is not None else giver.id,
        given_by=giver.id,
        grantee_name=name,
        grantee_mark=mark,
        duty=duty,
        items=sorted(items),
        actions=sorted(str(each) for each in actions),
        begins_on=begins_on,
        ends_on=ends_on,
        created_at=at.instant,
    )
    session.add(mandate)
    session.flush()  # its id stands in the trail
    _tell(session, mandate, PersonEvent.MANDATE_GIVEN, by=by, at=at)
    for addressee in session.scalars(select(Account).where(Account.phone_mark == mark, Account.closed_at.is_(None))):
        if _is_addressed_to(mandate, addressee) and addressee.id != giver.id:
            _witness(session, {addressee.id}, mandate, PersonEvent.MANDATE_OFFERED, by=by, at=at)
    return mandate


def answer(session: Session, mandate_id: int, *, is_accepted: bool, by: Actor, at: Moment) -> None:
    """By whom it is addressed to; NotFound for everybody else, MandateSettled when it is no longer open."""
    check(by, "mandate:give")
    mandate = _locked(session, mandate_id)
    account = session.get_one(Account, by.person)
    if mandate is None or not _is_addressed_to(mandate, account):
        raise NotFound
    if mandate.status_on(at.today) is not MandateStatus.OFFERED:
        raise MandateSettled
    mandate.grantee_id = account.id
    if is_accepted:
        mandate.accepted_at = at.instant
    else:
        mandate.declined_at = at.instant
    kind = PersonEvent.MANDATE_ACCEPTED if is_accepted else PersonEvent.MANDATE_DECLINED
    _tell(session, mandate, kind, by=by, at=at)


def revoke_mandate(session: Session, mandate_id: int, *, by: Actor, at: Moment) -> None:
    """By whoever gave it, another manager of the organisation, or given back by its holder. It acts at once."""
    check(by, "mandate:give")
    mandate = _locked(session, mandate_id)
    if mandate is None or not _may_revoke(mandate, by):
        raise NotFound
    if mandate.revoked_at is not None or mandate.declined_at is not None:
        raise MandateSettled
    mandate.revoked_at, mandate.revoked_by = at.instant, by.account
    _tell(session, mandate, PersonEvent.MANDATE_REVOKED, by=by, at=at)


def open_workspace(session: Session, *, name: str, credit_code: str, by: Actor, at: Moment) -> Organisation:
    """By its legal representative, whom the door has had examined. WorkspaceTaken where there is one already,
    OrganisationMismatch where the code is known under another name.
    """
    check(by, "mandate:give")
    found = session.scalar(select(Organisation).where(Organisation.credit_code == credit_code))
    if found is not None and _managers(session, found.id, at):
        raise WorkspaceTaken
    if found is not None and found.name != name:
        raise OrganisationMismatch
    organisation = found or Organisation(name=name, credit_code=credit_code, address=None)
    session.add(organisation)
    session.flush()  # its id is needed by the membership
    before = session.scalar(
        select(Membership).where(Membership.account_id == by.person, Membership.organisation_id == organisation.id)
    )
    member = before or Membership(account_id=by.person, organisation_id=organisation.id)
    member.duty, member.ended_at = str(Duty.LEGAL_REPRESENTATIVE), None
    session.add(member)
    witness(session, by.person, PersonEvent.WORKSPACE_OPENED, by=by.account, at=at, organisation=organisation.id)
    return organisation


def end_membership(session: Session, membership_id: int, *, by: Actor, at: Moment) -> None:
    """By a manager of the organisation, or by the member; one who names the others always remains."""
    check(by, "mandate:give")
    member = session.get(Membership, membership_id, with_for_update=True, populate_existing=True)
    if member is None or member.ended_at is not None:
        raise NotFound
    if member.organisation_id not in by.manages and member.account_id != by.account:
        raise NotFound
    managers = _managers(session, member.organisation_id, at)
    if managers == {member.account_id}:
        raise LastManager
    member.ended_at = at.instant
    facts = {"organisation": member.organisation_id}
    witness(session, member.account_id, PersonEvent.MEMBER_LEFT, by=by.account, at=at, **facts)


def revoke_all(session: Session, *, by: Actor, at: Moment) -> None:
    """Of an account that is closed: what it gave and what it holds, told to the other side like any revocation."""
    mine = (Mandate.person_id == by.account) | (Mandate.grantee_id == by.account)
    open_ones = select(Mandate).where(mine, Mandate.revoked_at.is_(None), Mandate.declined_at.is_(None))
    for mandate in session.scalars(open_ones.order_by(Mandate.id)).all():
        if mandate.status_on(at.today) is not MandateStatus.EXPIRED:
            _tell(session, mandate, PersonEvent.MANDATE_REVOKED, by=by, at=at)
        mandate.revoked_at, mandate.revoked_by = at.instant, by.account


def _is_addressed_to(mandate: Mandate, account: Account) -> bool:
    return (account.phone_mark, plain_name(account.name)) == (mandate.grantee_mark, mandate.grantee_name)


def _locked(session: Session, mandate_id: int) -> Mandate | None:
    return session.scalar(
        select(Mandate)
        .where(Mandate.id == mandate_id)
        .with_for_update(of=Mandate)
        .execution_options(populate_existing=True)
    )


def _may_revoke(mandate: Mandate, by: Actor) -> bool:
    if mandate.organisation_id is not None and mandate.organisation_id in by.manages:
        return True
    return by.account is not None and by.account in (mandate.person_id, mandate.grantee_id)


def _managers(session: Session, organisation_id: int, at: Moment) -> set[int]:
    """Accounts that name its members: members of that duty and administrators by mandate."""
    duties = [str(duty) for duty in Duty if duty.names_members]
    members = select(Membership.account_id).where(
        Membership.organisation_id == organisation_id, Membership.ended_at.is_(None), Membership.duty.in_(duties)
    )
    mandates = session.scalars(
        select(Mandate).where(Mandate.organisation_id == organisation_id, Mandate.duty == Duty.ADMINISTRATOR)
    )
    in_force = {each.grantee_id for each in mandates if each.status_on(at.today) is MandateStatus.IN_FORCE}
    return {*session.scalars(members), *(each for each in in_force if each is not None)}


def announce_end(session: Session, mandate: Mandate, *, at: Moment) -> bool:
    """That it ends soon, to both sides, once. False where it was told before or holds no more."""
    if mandate.warned_at is not None or mandate.status_on(at.today) is not MandateStatus.IN_FORCE:
        return False
    mandate.warned_at = at.instant
    _tell(session, mandate, PersonEvent.MANDATE_ENDS, by=SYSTEM, at=at)
    return True


def _tell(session: Session, mandate: Mandate, kind: PersonEvent, *, by: Actor, at: Moment) -> None:
    """In the trail of everybody concerned: who gave it, who holds it, who is in charge of the organisation."""
    concerned = {mandate.given_by, mandate.grantee_id}
    if mandate.organisation_id is not None:
        concerned |= _managers(session, mandate.organisation_id, at)
    _witness(session, {each for each in concerned if each is not None}, mandate, kind, by=by, at=at)


def _witness(
    session: Session, accounts: Collection[int], mandate: Mandate, kind: PersonEvent, *, by: Actor, at: Moment
) -> None:
    facts: dict[str, object] = {
        "mandate": mandate.id,
        "organisation": mandate.organisation_id,
        "duty": str(mandate.duty),
    }
    facts |= {"items": mandate.items, "actions": mandate.actions, "ends_on": mandate.ends_on.isoformat()}
    for account in sorted(accounts):
        witness(session, account, kind, by=by.account, at=at, **facts)
