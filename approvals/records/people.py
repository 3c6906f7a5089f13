"""Accounts, organisations, who acts for whom, departments and sign-ins."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from approvals.permissions import Actor
from approvals.records.base import Code, Digest, Key, Record, word
from approvals.records.secrecy import Secret, keyring
from approvals.vocabulary import Duty, LetterWay, Proof, Role
from services.answers import plain_name
from services.item import Text

NO_PASSWORD = "!"  # noqa: S105  # what stands for none
"""How a hash begins that no password has."""


class Account(Record):
    """One person who signs in: an applicant or a member of staff."""

    __tablename__ = "accounts"

    id: Mapped[Key]
    username: Mapped[Code] = mapped_column(unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(word(Role))
    name: Mapped[str] = mapped_column(Secret)
    name_mark: Mapped[Digest | None] = mapped_column(String(64), index=True)
    """By which the whole name is found."""
    identity_number: Mapped[str | None] = mapped_column(Secret)
    identity_mark: Mapped[Digest | None] = mapped_column(String(64), index=True)
    phone: Mapped[str | None] = mapped_column(Secret)
    phone_mark: Mapped[Digest | None] = mapped_column(String(64), index=True)
    email: Mapped[str | None] = mapped_column(Secret)
    own_phone: Mapped[Digest | None] = mapped_column(String(64), unique=True)
    """The mark of a phone proven by a code: one may sign in with it."""
    own_email: Mapped[Digest | None] = mapped_column(String(64), unique=True)
    """Likewise of an e-mail address; a password is reset by either."""
    own_identity: Mapped[Digest | None] = mapped_column(String(64), unique=True)
    """The mark of the identity number of who registered: one account each."""
    proof: Mapped[Proof] = mapped_column(word(Proof), default=Proof.NONE)
    proved_at: Mapped[datetime | None]
    department_code: Mapped[str | None] = mapped_column(String(64), index=True)
    language: Mapped[str] = mapped_column(String(8), default="zh")
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    letter_way: Mapped[LetterWay] = mapped_column(word(LetterWay), default=LetterWay.EACH)
    wants_texts: Mapped[bool] = mapped_column(default=False)
    """Whether letters come as text messages, too, to the phone that was proven."""
    closed_at: Mapped[datetime | None]
    """By its owner; a closed account is disabled as well."""
    memberships: Mapped[list[Membership]] = relationship(back_populates="account", lazy="selectin")

    @validates("name")
    def _mark_name(self, _key: str, name: str) -> str:
        self.name_mark = name_mark(name)
        return name

    @property
    def can_sign_in(self) -> bool:
        """Whether it was ever given a password: what is laid into an account without one reaches nobody."""
        return not self.password_hash.startswith(NO_PASSWORD)

    @property
    def actor(self) -> Actor:
        """By what is the account's own; the mandates of a day are added by `records.acting`."""
        members = [member for member in self.memberships if member.ended_at is None]
        organisations = frozenset(member.organisation_id for member in members)
        manages = frozenset(member.organisation_id for member in members if Duty(member.duty).names_members)
        return Actor(self.id, self.role, self.department_code, organisations, manages)


class Organisation(Record):
    """A legal person (法人)."""

    __tablename__ = "organisations"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(200))
    credit_code: Mapped[Code] = mapped_column(unique=True)
    """统一社会信用代码 (GB 32100-2015): public, not a personal value."""
    address: Mapped[str | None] = mapped_column(String(400))
    members: Mapped[list[Membership]] = relationship(back_populates="organisation")


class Membership(Record):
    """A mandate (授权): this account acts for this organisation until it is ended."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("account_id", "organisation_id"),)

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    duty: Mapped[str] = mapped_column(String(32))
    """legal_representative | administrator | handler (法定代表人、管理员、经办人)."""
    ended_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship(back_populates="members", lazy="selectin")


class SignIn(Record):
    """A session on the server. The browser holds a random token; only its hash is kept, and ending it is immediate."""

    __tablename__ = "sign_ins"

    id: Mapped[Key]
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(60), default="")
    """Browser and system as it named itself, for the list of one's own sessions."""
    account: Mapped[Account] = relationship(lazy="joined")


class SignInAttempt(Record):
    """A failed attempt, kept to slow down guessing. `subject` is a keyed hash of user name or network address."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[Key]
    subject: Mapped[Digest] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)


class Region(Record):
    """An administrative division (GB/T 2260): the city and its districts."""

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(16))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)


class Department(Record):
    """A department (部门) in force. Seeded from the catalogue; what the office edits wins over the file."""

    __tablename__ = "departments"

    code: Mapped[Code] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    duty: Mapped[Code] = mapped_column(index=True)
    level: Mapped[str] = mapped_column(String(16))
    region: Mapped[str] = mapped_column(String(12))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    credit_code: Mapped[str | None] = mapped_column(String(18))
    is_demonstration: Mapped[bool] = mapped_column(default=False)


def named(login: str) -> ColumnElement[bool]:
    """The condition on the account that signs in with this: its user name, or a phone that was proven."""
    return or_(Account.username == login, Account.own_phone == keyring().mark(login))


def citizen_of(session: Session, identity_number: str) -> Account | None:
    """The account registered with the number, else the oldest that bears it."""
    bearing = select(Account).where(
        Account.identity_mark == keyring().mark(identity_number),
        Account.role == Role.CITIZEN,
        Account.closed_at.is_(None),
    )
    return session.scalars(bearing.order_by(Account.own_identity.is_(None), Account.id).limit(1)).first()


def name_mark(name: str) -> str:
    """The keyed hash of a person's name; not the mark of the same text where it is something else."""
    return keyring().mark(f"name:{plain_name(name.strip())}")


def competent(session: Session, duty: str, level: str, region: str) -> Department | None:
    """The department that exercises `duty` at `level` for `region`; where the region has none, the city's."""
    candidates = session.scalars(select(Department).where(Department.duty == duty)).all()
    exact = next((found for found in candidates if found.level == level and found.region == region), None)
    return exact or next((found for found in candidates if found.level == "city"), None)


def token_hash(token: str) -> str:
    """What the server keeps of a session token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def region_names(session: Session) -> dict[str, Text]:
    """What every division is called, by code."""
    rows = session.execute(select(Region.code, Region.name_zh, Region.name_en))
    return {code: Text(zh, en) for code, zh, en in rows}


def department_names(session: Session) -> dict[str, Text]:
    """What every department is called, by code."""
    rows = session.execute(select(Department.code, Department.name_zh, Department.name_en))
    return {code: Text(zh, en) for code, zh, en in rows}
