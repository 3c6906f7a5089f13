"""The writs (文书) of one application, and what is needed to hand out the paper of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from approvals.certificates.speech import TITLES
from approvals.clock.moment import Moment, local_date
from approvals.errors import NotFound
from approvals.permissions import Actor
from approvals.queries.openings import readable
from approvals.records.application import Application
from approvals.records.people import department_names
from approvals.records.writ import Writ, WritPaper
from approvals.vocabulary import WritKind
from services.item import Text


@dataclass(frozen=True, slots=True)
class WritRow:
    serial: int
    kind: WritKind
    title: Text
    number: str
    issuer: Text
    day: date
    made: frozenset[str]
    """The languages in which its paper was made already."""


@dataclass(frozen=True, slots=True)
class WritWanted:
    """`sha256` is the paper in the language asked for; none until somebody asked for it the first time."""

    application_id: int
    writ_id: int
    kind: WritKind
    title: Text
    number: str
    department: str
    facts: Mapping[str, Any]
    sha256: str | None


def writs(session: Session, number: str, *, by: Actor, at: Moment) -> tuple[WritRow, ...]:
    """Oldest first. NotFound for an application that the actor may not read, as for none."""
    application = _readable(session, number, by, at)
    names = department_names(session)
    found = session.scalars(select(Writ).where(Writ.application_id == application.id).order_by(Writ.serial)).all()
    papers = select(WritPaper.writ_id, WritPaper.language).where(
        WritPaper.writ_id.in_([each.id for each in found]), WritPaper.is_unsound.is_(False)
    )
    made: dict[int, set[str]] = {}
    for writ_id, language in session.execute(papers):
        made.setdefault(writ_id, set()).add(language)
    return tuple(
        WritRow(
            each.serial,
            each.kind,
            title_of(each),
            each.number,
            names.get(each.department_code, Text(each.department_code)),
            local_date(each.drawn_up_at),
            frozenset(made.get(each.id, ())),
        )
        for each in found
    )


def writ_wanted(session: Session, number: str, serial: int, language: str, *, by: Actor, at: Moment) -> WritWanted:
    """NotFound likewise."""
    application = _readable(session, number, by, at)
    found = session.execute(
        select(Writ, WritPaper.sha256)
        .outerjoin(
            WritPaper,
            (WritPaper.writ_id == Writ.id) & (WritPaper.language == language) & WritPaper.is_unsound.is_(False),
        )
        .where(Writ.application_id == application.id, Writ.serial == serial)
    ).one_or_none()
    if found is None:
        raise NotFound
    writ, sha256 = found
    return WritWanted(
        application_id=application.id,
        writ_id=writ.id,
        kind=writ.kind,
        title=title_of(writ),
        number=writ.number,
        department=writ.department_code,
        facts=writ.facts,
        sha256=sha256,
    )


@dataclass(frozen=True, slots=True)
class WritEntry:
    """What anybody is told who brings the paper of a writ."""

    title: Text
    number: str
    issuer: Text
    day: date
    language: str
    made_at: datetime

    @property
    def is_translation(self) -> bool:
        return self.language != "zh"


def writ_by_digest(session: Session, sha256: str, signed: str) -> WritEntry | None:
    """By the digest of the file, or of the bytes in it that were signed: those stay when time-stamps are added."""
    found = session.execute(
        select(WritPaper, Writ)
        .join(WritPaper.writ)
        .where(or_(WritPaper.sha256 == sha256, WritPaper.signed_sha256 == signed))
    ).first()
    if found is None:
        return None
    paper, writ = found
    issuer = department_names(session).get(writ.department_code, Text(writ.department_code))
    day = local_date(writ.drawn_up_at)
    return WritEntry(title_of(writ), writ.number, issuer, day, paper.language, paper.made_at)


def title_of(writ: Writ) -> Text:
    licence, other = TITLES[writ.kind]
    return licence if writ.facts["is_licence"] else other


def _readable(session: Session, number: str, by: Actor, at: Moment) -> Application:
    application = session.scalar(
        select(Application).where(Application.number == number).options(selectinload(Application.steps))
    )
    return readable(session, application, by=by, at=at)
