"""What the portal knows already about who applies, so that nobody types it again, and where it knows it from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, check, may
from approvals.queries import for_change
from approvals.records.application import Application, Submission
from approvals.records.certificate import Certificate
from approvals.records.fold import item_of
from approvals.records.people import Account, Organisation
from approvals.vocabulary import CertificateStatus, Origin, OriginKind
from services.answers import Value, load, relevant
from services.item import EARLIER, Item, Kind, Question

TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.IDENTITY_NUMBER, Kind.CREDIT_CODE, Kind.PHONE, Kind.EMAIL})
SHOWN = frozenset({"account.name", "account.identity_number", "organisation.name", "organisation.credit_code"})
"""By the papers that somebody brings to a window."""
MOST = 20
"""Earlier applications that are looked at: the newest."""
Meaning = tuple[str, Kind]
"""What tells that two questions of two items ask the same: the words and the kind."""


@dataclass(frozen=True, slots=True)
class Known:
    """First values by question, and where each comes from."""

    answers: Mapping[str, Value] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def with_carried(self, answers: Mapping[str, Value]) -> Known:
        """What was answered just before goes first."""
        carried = dict.fromkeys(answers, Origin(OriginKind.CARRIED))
        return Known({**self.answers, **answers}, {**self.origins, **carried})


def first_answers(session: Session, item: Item, *, organisation: int | None, by: Actor, at: Moment) -> Known:
    """Answers to the questions that say where a first value comes from; all of them can be changed on their pages."""
    check(by, "application:create")
    acted_for = by.organisations | {each.organisation for each in by.powers}
    if organisation is not None and organisation not in acted_for:
        raise NotFound
    found = _from_profile(session, item, by.applicant, organisation)
    wanted = {key: question for key, question in item.questions.items() if question.prefill == EARLIER}
    if wanted:
        earlier = _earlier(session, organisation, by, at)
        for key, question in wanted.items():
            given = earlier.get((question.label.zh, question.kind))
            if given is not None and _fits(given[0], question):
                found[key] = given
    return Known(
        {key: value for key, (value, _origin) in found.items()}, {key: origin for key, (_, origin) in found.items()}
    )


def answers_at_window(session: Session, item: Item, visit: int, *, by: Actor, at: Moment) -> dict[str, Value]:
    """What somebody present need not say again: what they showed. What else the portal knows of them is not shown."""
    check(by, "counter:serve")
    came = for_change.visit(session, visit, by=by, at=at)
    found = _from_profile(session, item, came.account_id, came.organisation_id)
    return {key: value for key, (value, _) in found.items() if item.questions[key].prefill in SHOWN}


def _from_profile(
    session: Session, item: Item, account: int, organisation: int | None
) -> dict[str, tuple[Value, Origin]]:
    found: dict[str, tuple[Value, Origin]] = {}
    profile = _profile(session, account, organisation)
    for key, question in item.questions.items():
        if question.prefill in profile and question.kind in TEXTS:
            is_profile = str(question.prefill).startswith("organisation.")
            kind = OriginKind.ORGANISATION if is_profile else OriginKind.ACCOUNT
            found[key] = profile[question.prefill], Origin(kind)
    return found


def _fits(value: Value, question: Question) -> bool:
    longest = question.max_length
    return longest is None or not isinstance(value, str) or len(value) <= longest


def _profile(session: Session, account_id: int, organisation_id: int | None) -> Mapping[str | None, str]:
    account = session.scalar(select(Account).where(Account.id == account_id))
    if account is None:
        raise NotFound
    known = {
        "account.name": account.name,
        "account.identity_number": account.identity_number,
        "account.phone": account.phone,
    }
    if organisation_id is not None:
        organisation = session.get_one(Organisation, organisation_id)
        known |= {
            "organisation.name": organisation.name,
            "organisation.credit_code": organisation.credit_code,
            "organisation.address": organisation.address,
        }
    return {name: value for name, value in known.items() if value}


def _earlier(
    session: Session, organisation_id: int | None, by: Actor, at: Moment
) -> Mapping[Meaning, tuple[Value, Origin]]:
    """What the same applicant stated before, that stands on a certificate in force first, then the newest.

    Only from applications that the actor may read: a mandate for one matter opens no other.
    """
    owner = (
        Application.organisation_id == organisation_id
        if organisation_id is not None
        else (Application.applicant_id == by.applicant) & Application.organisation_id.is_(None)
    )
    every = aliased(Submission)
    newest = select(func.max(every.version)).where(every.application_id == Application.id).correlate(Application)
    rows = session.execute(
        select(Application, Submission.answers, Certificate.number)
        .join(Submission, Submission.application_id == Application.id)
        .outerjoin(
            Certificate,
            (Certificate.application_id == Application.id)
            & (Certificate.status == CertificateStatus.IN_FORCE)
            & (Certificate.valid_until.is_(None) | (Certificate.valid_until >= at.today)),
        )
        .where(owner, Submission.version == newest.scalar_subquery())
        .order_by(Application.submitted_at.desc(), Application.id.desc())
        .limit(MOST)
        .options(joinedload(Application.revision))
    ).all()
    certified: dict[Meaning, tuple[Value, Origin]] = {}
    stated: dict[Meaning, tuple[Value, Origin]] = {}
    for application, answers, number in rows:
        if not may(by, "application:read", application):
            continue
        item = item_of(application)
        sent = Origin(OriginKind.APPLICATION, str(application.number), item.code)
        for question, value in _answered(item, answers):
            meaning = (question.label.zh, question.kind)
            stated.setdefault(meaning, (value, sent))
            if number is not None and question.on_certificate:
                certified.setdefault(meaning, (value, Origin(OriginKind.CERTIFICATE, number, item.code)))
    return stated | certified


def _answered(item: Item, answers: Mapping[str, object]) -> Iterator[tuple[Question, Value]]:
    return ((item.questions[key], value) for key, value in relevant(item, load(item, answers)).items())
