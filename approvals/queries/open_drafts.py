"""Drafts of one item that somebody began and has not sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.permissions import Actor, check
from approvals.queries.applications import owned
from approvals.records.application import Application
from approvals.vocabulary import ApplicationStatus

MOST = 3


@dataclass(frozen=True, slots=True)
class OpenDraft:
    token: str
    created_at: datetime


def open_drafts(session: Session, item_code: str, *, organisation: int | None, by: Actor) -> list[OpenDraft]:
    """The newest few, of a person or of the organisation they act for."""
    check(by, "application:list")
    query = select(Application.token, Application.created_at).where(
        owned(by, organisation), Application.item_code == item_code, Application.status == ApplicationStatus.DRAFT
    )
    rows = session.execute(query.order_by(Application.id.desc()).limit(MOST))
    return [OpenDraft(token, created_at) for token, created_at in rows]


def draft_contents(
    session: Session, item_code: str, *, organisation: int | None, by: Actor
) -> list[Mapping[str, object]]:
    """The answers of each of them, as they are kept."""
    check(by, "application:list")
    query = select(Application.draft).where(
        owned(by, organisation), Application.item_code == item_code, Application.status == ApplicationStatus.DRAFT
    )
    return [draft["answers"] for draft in session.scalars(query)]
