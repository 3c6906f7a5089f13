"""What was typed on a page of a draft and not saved yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.permissions import Actor, may
from approvals.records.application import Application
from approvals.records.people import Account
from approvals.records.typed_page import TypedPage


@dataclass(frozen=True, slots=True)
class Writing:
    """`typed` are pairs of a field's name and its text, none where nothing waits; `page` is the one that wrote it."""

    serial: int
    page: str
    typed: tuple[tuple[str, str], ...]
    at: datetime
    by: str
    is_own: bool


def typed_page(session: Session, token: str, section: str, *, by: Actor) -> Writing | None:
    row = session.execute(
        select(TypedPage, Account.name, Application)
        .join(Application, Application.id == TypedPage.application_id)
        .join(Account, Account.id == TypedPage.account_id)
        .where(Application.token == token, TypedPage.section == section)
    ).one_or_none()
    if row is None or not may(by, "application:edit", row.Application):
        return None
    found: TypedPage = row.TypedPage
    pairs = tuple((name, text) for name, text in (found.content or {}).get("typed", ()))
    return Writing(found.serial, found.page, pairs, found.at, row.name, found.account_id == by.person)


def typed_sections(session: Session, application: int) -> frozenset[str]:
    wanted = select(TypedPage).where(TypedPage.application_id == application, TypedPage.content.is_not(None))
    return frozenset(each.section for each in session.scalars(wanted) if each.content)


def typed_of(session: Session, applications: Collection[int]) -> dict[int, dict[str, list[list[str]]]]:
    """By application and section, for whoever takes it along: pairs of a field's name and its text."""
    found: dict[int, dict[str, list[list[str]]]] = {}
    for each in session.scalars(select(TypedPage).where(TypedPage.application_id.in_(applications))):
        if each.content:
            found.setdefault(each.application_id, {})[each.section] = each.content["typed"]
    return found
