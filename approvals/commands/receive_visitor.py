"""Receive somebody at a window: who it is, which document was seen, and for whom they have come."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.commands.witness_person import witness
from approvals.errors import AuthorityMissing, IdentityMismatch, OrganisationMismatch
from approvals.events import PersonEvent
from approvals.permissions import Actor, check
from approvals.records.counter import Visit
from approvals.records.people import NO_PASSWORD, Account, Organisation, citizen_of, name_mark
from approvals.records.secrecy import keyring
from approvals.vocabulary import Authority, IdentityDocument, Proof, Role

OF_PERSONS = frozenset({Authority.POWER_OF_ATTORNEY, Authority.GUARDIANSHIP})
OF_ORGANISATIONS = frozenset({Authority.POWER_OF_ATTORNEY, Authority.LEGAL_REPRESENTATIVE})


@dataclass(frozen=True, slots=True)
class Named:
    """A person by name and identity number, or an organisation by name and credit code."""

    name: str
    number: str


def receive_visitor(
    session: Session,
    present: Named,
    document: IdentityDocument,
    *,
    window: str,
    person: Named | None = None,
    organisation: Named | None = None,
    authority: Authority | None = None,
    by: Actor,
    at: Moment,
) -> Visit:
    """`present` came for themselves, or with an authority for another `person` or an `organisation`.

    Whoever has no account gets one that nobody can sign in to. Raises AuthorityMissing, IdentityMismatch or
    OrganisationMismatch.
    """
    check(by, "counter:serve")
    fitting = OF_ORGANISATIONS if organisation else OF_PERSONS if person else frozenset[Authority]()
    if (authority in fitting) is not bool(fitting):
        raise AuthorityMissing
    if person is not None:
        owner = _account(session, person, Proof.CONSISTENT, by=by, at=at)
    else:
        owner = _account(session, present, Proof.WINDOW, by=by, at=at)
    came = Visit(
        clerk_id=by.person,
        window=window,
        at=at.instant,
        name=present.name,
        identity_number=present.number,
        document=document,
        account=owner,
        organisation=_organisation(session, organisation) if organisation else None,
        authority=authority if fitting else None,
    )
    session.add(came)
    session.flush()  # its id names its page
    witness(session, owner.id, PersonEvent.SEEN_AT_WINDOW, by=by.person, at=at, visit=came.id, document=str(document))
    return came


def _account(session: Session, named: Named, proof: Proof, *, by: Actor, at: Moment) -> Account:
    """The one registered with the number, else the oldest that bears it, else a new one."""
    found = citizen_of(session, named.number)
    if found is None:
        found = Account(
            username=f"w{secrets.token_hex(6)}",
            password_hash=f"{NO_PASSWORD}{secrets.token_urlsafe(32)}",
            role=Role.CITIZEN,
            name=named.name,
            identity_number=named.number,
            identity_mark=keyring().mark(named.number),
            proof=proof,
            proved_at=at.instant,
            language="zh",
        )
        session.add(found)
        session.flush()
    elif found.name_mark != name_mark(named.name):
        raise IdentityMismatch
    return found


def _organisation(session: Session, named: Named) -> Organisation:
    found = session.scalar(select(Organisation).where(Organisation.credit_code == named.number))
    if found is None:
        found = Organisation(name=named.name, credit_code=named.number)
        session.add(found)
        session.flush()
    elif found.name != named.name:
        raise OrganisationMismatch
    return found
