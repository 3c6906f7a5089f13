"""Which promises an application rests on now: of a draft those signed on its pages, afterwards those of the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from approvals.commitments.offers import deferred, promised_steps
from approvals.records.application import Application
from approvals.records.fold import item_of, sent_answers
from approvals.vocabulary import ApplicationStatus
from services.answers import Answers
from services.item import Limit


def signed_keys(application: Application) -> frozenset[str]:
    """Keys of the promises in force."""
    if application.status is ApplicationStatus.DRAFT:
        return frozenset(signatures(application))
    if not application.has_promises:
        return frozenset()
    return frozenset(each.step_key for each in application.commitments if each.is_in_force)


def signatures(application: Application) -> Mapping[str, Mapping[str, Any]]:
    """What was signed in the draft, by key of the promise."""
    found: Mapping[str, Mapping[str, Any]] = application.draft.get("commitments", {})
    return found


def resting(application: Application) -> Mapping[str, str]:
    """Step → key of the promise, by the answers as last sent."""
    signed = signed_keys(application)
    return promised_steps(item_of(application), sent_answers(application), signed) if signed else {}


def deferrals(application: Application, answers: Answers) -> Mapping[str, Limit]:
    """Materials that these answers and the promises in force allow to follow."""
    return deferred(item_of(application), answers, signed_keys(application))
