"""The writs (文书) that each turn of an application brings about, and the facts that each of them tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from approvals.clock.moment import Moment, local_date
from approvals.commands.draw_up import draw_up, pair
from approvals.permissions import SYSTEM, Actor
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.certificate import Certificate
from approvals.records.correction import Correction
from approvals.records.extension import Extension
from approvals.records.fold import item_of, lead_of
from approvals.records.pause import PauseRecord
from approvals.records.people import department_names
from approvals.records.step import StepRecord
from approvals.records.writ import Writ, undelivered
from approvals.vocabulary import Outcome, WritKind
from services.item import Handling, StepKind, label


def receipt(application: Application, *, by: Actor, at: Moment) -> Writ:
    """收件凭证, when it was sent in for the first time."""
    item = item_of(application)
    accepting = acceptance_of(application)
    there = [each for each in application.materials if each.removed_at is None]
    counted = [(each, sum(file.key == each.key for file in there)) for each in item.materials]
    facts = {
        "materials": [[*pair(material.name), count] for material, count in counted if count],
        **_dues(at, answer_by=accepting.promised_due or accepting.statutory_due, silent_after=accepting.statutory_due),
    }
    return draw_up(application, WritKind.RECEIPT, accepting, facts, by=by, at=at)


def acceptance(application: Application, *, by: Actor, at: Moment) -> Writ:
    """受理通知书; where the department was silent, of what the law takes as given."""
    accepting = acceptance_of(application)
    accepted = application.accepted_at or at.instant
    facts = {
        "accepted_on": local_date(accepted).isoformat(),
        "is_deemed": accepting.decision is not None and accepting.decision.is_deemed,
        **_dues(at, promised=application.promised_due, statutory=application.statutory_due),
    }
    return draw_up(application, WritKind.ACCEPTANCE, accepting, facts, by=by, at=at)


def not_accepted(application: Application, step: StepRecord, outcome: Outcome, *, by: Actor, at: Moment) -> Writ:
    """不受理 or 不予受理通知书, with the reason."""
    kind = WritKind.NOT_NEEDED if outcome is Outcome.NOT_NEEDED else WritKind.NOT_ACCEPTED
    reason = step.decision.reason if step.decision else ""
    return draw_up(application, kind, step, {"reason": reason}, by=by, at=at)


def correction(asked: Correction, *, by: Actor, at: Moment) -> Writ:
    """补正通知书: item by item what one department asks for."""
    application = asked.application
    item = item_of(application)
    facts = {
        "step": pair(item.steps[asked.step.key].title),
        "entries": [[*pair(label(item, entry.target)), entry.text] for entry in asked.entries],
        "why_again": asked.why_again,
        "is_accepted": application.accepted_at is not None,
    }
    return draw_up(application, WritKind.CORRECTION, asked.step, facts, by=by, at=at)


def special_procedure(step: StepRecord, pause: PauseRecord, *, by: Actor, at: Moment) -> Writ:
    """特别程序告知书: what is done, how long it takes, and that this time is not counted."""
    item = item_of(step.application)
    facts = {
        "step": pair(item.steps[step.key].title),
        "reason": str(pause.reason),
        "days": pause.days_needed,
        "note": pause.note,
        **_dues(at, until=at.calendar.add_working_days(at.today, pause.days_needed or 0)),
    }
    return draw_up(step.application, WritKind.SPECIAL_PROCEDURE, step, facts, by=by, at=at)


def extension(application: Application, extended: Extension, *, by: Actor, at: Moment) -> Writ:
    """延期通知书: by how many days, until when, why, and who approved it."""
    facts = {
        "days": extended.days,
        "reason": extended.reason,
        "is_joint": item_of(application).handling is Handling.JOINT,
        **_dues(at, promised=application.promised_due, statutory=application.statutory_due),
    }
    return draw_up(application, WritKind.EXTENSION, lead_of(application), facts, by=by, at=at)


def grant(application: Application, step: StepRecord, certificate: Certificate, *, by: Actor, at: Moment) -> Writ:
    """准予行政许可决定书: what is granted, with which certificate and on which conditions."""
    spec = item_of(application).certificate
    facts = {
        "certificate": [*(pair(spec.title) if spec else (certificate.title, certificate.title)), certificate.number],
        "valid_until": _day(certificate.valid_until),
        "reason": step.decision.reason if step.decision else "",
        "conditions": list(_said(application, (Outcome.AGREE_WITH_CONDITIONS, Outcome.GRANT), "conditions")),
    }
    return draw_up(application, WritKind.GRANT, step, facts, by=by, at=at)


def refusal(application: Application, step: StepRecord, *, by: Actor, at: Moment) -> Writ:
    """不予行政许可决定书: the reason, and which departments did not agree and why."""
    facts = {
        "reason": step.decision.reason if step.decision else "",
        "opinions": list(_said(application, (Outcome.DISAGREE,), "reason")),
    }
    return draw_up(application, WritKind.REFUSAL, step, facts, by=by, at=at)


def delivery(
    application: Application, *, handed: Mapping[str, str] | None = None, by: Actor = SYSTEM, at: Moment
) -> Writ | None:
    """送达回证, when a decision lies in the applicant's letters, or was `handed` over (to whom, at which window, by
    which document and authority); the certificate is delivered with the grant.

    None where nothing new was decided since the last delivery.
    """
    known = session_of(application).scalars(
        select(Writ).where(Writ.application_id == application.id).order_by(Writ.serial)
    )
    decided = undelivered(known)
    if decided is None:
        return None
    served: list[list[str | bool]] = [[str(decided.kind), decided.number, "", "", decided.facts["is_licence"]]]
    certificate = application.certificate
    if decided.kind is WritKind.GRANT and certificate is not None:
        spec = item_of(application).certificate
        titles = pair(spec.title) if spec else [certificate.title, certificate.title]
        served.append(["", certificate.number, *titles, True])
    step = next(each for each in application.steps if each.department_code == decided.department_code)
    facts: dict[str, Any] = {"served": served, "arrived_at": at.instant.isoformat()}
    if handed is not None:
        facts["handed"] = dict(handed)
    return draw_up(application, WritKind.DELIVERY, step, facts, by=by, at=at)


def acceptance_of(application: Application) -> StepRecord:
    """The step that accepts: its department receives what is handed in."""
    steps = item_of(application).steps
    found = (each for each in application.steps if steps[each.key].kind is StepKind.ACCEPTANCE)
    return next(found, application.steps[0])


def _said(application: Application, outcomes: Iterable[Outcome], part: str) -> Iterable[list[str]]:
    """Department, in both languages, and words of every opinion that counts and ended so."""
    names = department_names(session_of(application))
    for step in application.steps:
        decision = step.decision if step.is_present else None
        if decision is not None and decision.outcome in outcomes and (words := getattr(decision, part)):
            yield [*pair(names[step.department_code]), words]


def _dues(at: Moment, **dues: date | None) -> dict[str, object]:
    """The due dates, and under `provisional` which of them lie in a year without an official calendar."""
    expected = [key for key, due in dues.items() if due is not None and not at.calendar.is_official(due)]
    return {key: _day(due) for key, due in dues.items()} | {"provisional": expected}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
