"""Submit a draft: it gets its number, its steps and the first of them opens."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy.orm import Session

from approvals.audit.append import append, sealed
from approvals.certificates.identifier import check_character
from approvals.chain.plan import joining
from approvals.clock.moment import Moment
from approvals.commands import writs
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.complete import complete_answers
from approvals.commands.draft import called
from approvals.commands.honour import honour
from approvals.commands.refuse import enter_attempts
from approvals.commands.settle import settle
from approvals.commands.sign import keep_signatures
from approvals.errors import AlreadySubmitted, ChangedMeanwhile, NoCompetentDepartment
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.application import Application, Submission
from approvals.records.base import session_of
from approvals.records.fold import item_of
from approvals.records.people import Department, competent
from approvals.records.sequence import following
from approvals.records.step import StepRecord
from approvals.records.whereabouts import note
from approvals.vocabulary import ApplicationStatus, Channel, Role, StepStatus
from services.answers import Address, Answers, Value, dump
from services.item import Item, Step

CITY_REGION = "510100"


def submit(application: Application, *, version: int | None = None, by: Actor, at: Moment) -> None:
    """Refuses a second submission with AlreadySubmitted, which carries the number of the first."""
    check(by, "application:submit", application)
    if application.status is not ApplicationStatus.DRAFT:
        raise AlreadySubmitted(number=application.number)
    if version is not None and version != application.draft_version:
        raise ChangedMeanwhile
    answers = complete_answers(application, at)
    item = item_of(application)
    session = session_of(application)
    application.region = region_of(item, answers)
    departments = _departments(session, item, joining(item, answers), application.region)

    application.number = _number(session, item, departments, at)
    application.title = called(item, answers) or item.name.zh
    application.status = ApplicationStatus.SUBMITTED
    application.channel = Channel.COUNTER if by.role is Role.COUNTER else Channel.ONLINE
    application.submitted_at = at.instant
    send(application, item, answers, by=by, at=at)
    places = list(item.steps)  # one that joins later finds its own
    for key, department in departments.items():
        application.steps.append(
            StepRecord(
                key=key,
                position=places.index(key),
                department_code=department.code,
                status=StepStatus.WAITING,
                round=1,
            )
        )
    session.flush()  # the steps' ids are needed by pauses and corrections

    enter_attempts(application)
    told = {"answers": sealed(application.submissions[-1].sha256)}
    if application.channel is not Channel.ONLINE:
        told["channel"] = str(application.channel)
    event = append(application, Event.SUBMITTED, by=by, at=at.instant, **told)
    keep_signatures(application, answers, by=by, at=at)
    for step in application.steps:
        append(application, Event.STEP_JOINED, by=by, at=at.instant, step=step.key, department=step.department_code)
    settle(application, by=by, at=at)
    writs.receipt(application, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)
    honour(application, at=at)


def send(application: Application, item: Item, answers: dict[str, Value], *, by: Actor, at: Moment) -> None:
    """Append the answers as they are sent; they are never changed afterwards."""
    content = dump(item, answers)
    application.submissions.append(
        Submission(
            version=len(application.submissions) + 1,
            answers=content,
            sha256=hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest(),
            by_account=by.person,
            at=at.instant,
        )
    )
    note(session_of(application), application.id, content)


def region_of(item: Item, answers: Answers) -> str:
    """Where the matter lies: the division of its address, or the whole city."""
    place = answers.get(item.district_from or "")
    return place.region if isinstance(place, Address) else CITY_REGION


def _departments(session: Session, item: Item, joined: frozenset[str], region: str) -> dict[str, Department]:
    found: dict[str, Department] = {}
    for key, step in item.steps.items():
        if key in joined:
            found[key] = competent_for(session, step, region)
    return found


def competent_for(session: Session, step: Step, region: str) -> Department:
    """Who exercises the step's duty there, or NoCompetentDepartment."""
    department = competent(session, step.duty, step.level, region)
    if department is None:
        raise NoCompetentDepartment(duty=step.duty, region=region)
    return department


def _number(session: Session, item: Item, departments: dict[str, Department], at: Moment) -> str:
    """办件编号: region, day, duty, serial of that day and duty, check character (ISO 7064 MOD 37,36)."""
    duty = next(iter(departments.values())).duty.replace("_", "")
    day = f"{at.today:%Y%m%d}"
    serial = following(session, f"application:{day}:{duty}")
    check_on = f"{CITY_REGION}{day}{duty}{serial:06d}"
    return f"{CITY_REGION}-{day}-{duty}-{serial:06d}-{check_character(check_on)}"
