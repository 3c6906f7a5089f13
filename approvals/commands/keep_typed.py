"""Keep what is typed on a page of a draft before it is saved, raw and beside the answers; forget it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select

from approvals.clock.moment import Moment
from approvals.commands.draft import require_editable, touch
from approvals.errors import TypedElsewhere
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.typed_page import TypedPage

Typed = Sequence[tuple[str, str]]
"""Pairs of a field's name and the text in it."""
MOST_WRITINGS, WHILE = 60, timedelta(minutes=1)
"""Of one section. A page that is typed on writes every few seconds at most."""


@dataclass(frozen=True, slots=True)
class Page:
    """An open page: its own name, and the newest writing of this section that stood on it when it was made."""

    name: str
    seen: int


class Kept(StrEnum):
    YES = "yes"
    BEHIND = "behind"
    """Another page has written since, or the section was saved: nothing of that is overwritten."""
    TOO_OFTEN = "too_often"


def keep_typed(
    application: Application, section: str, typed: Typed, *, page: Page, by: Actor, at: Moment, asked_for: bool = False
) -> Kept:
    """It takes the place of what the same page wrote before. Nothing is judged, and the draft's version stays: only
    answers are compared with answers. `asked_for` by pressing something, it is not counted.
    """
    check(by, "application:edit", application)
    require_editable(application)
    row = _row(application, section)
    if (row is None and not typed) or (row is not None and row.content == _content(typed)):
        return Kept.YES  # what comes twice must not make the page look older that was opened in between
    if _is_behind(row, page):
        return Kept.BEHIND
    if row is not None and not asked_for and not _may_write(row, at):
        return Kept.TOO_OFTEN
    _write(application, row, section, typed, page=page, by=by, at=at)
    touch(application, at=at)
    return Kept.YES


def settle_typed(
    application: Application, section: str, left: Typed, *, page: Page | None, by: Actor, at: Moment
) -> None:
    """The section is saved with what was right on this page; `left` is the page where something was not.

    Raises TypedElsewhere while something typed on another page waits that this one has not shown.
    """
    row = _row(application, section)
    if row is not None and row.content and page is not None and _is_behind(row, page):
        raise TypedElsewhere
    _write(application, row, section, left or None, page=page or Page("", 0), by=by, at=at)


def forget_typed(application: Application, section: str, *, by: Actor, at: Moment) -> None:
    """The page is again as it was last saved."""
    check(by, "application:edit", application)
    row = _row(application, section)
    if row is not None:
        _write(application, row, section, None, page=Page("", 0), by=by, at=at)


def _row(application: Application, section: str) -> TypedPage | None:
    wanted = select(TypedPage).where(TypedPage.application_id == application.id, TypedPage.section == section)
    return session_of(application).scalars(wanted).one_or_none()


def _is_behind(row: TypedPage | None, page: Page) -> bool:
    return row is not None and row.serial != page.seen and (row.content is None or row.page != page.name)


def _may_write(row: TypedPage, at: Moment) -> bool:
    return row.writings < MOST_WRITINGS or at.instant - row.counted_from >= WHILE


def _write(
    application: Application,
    row: TypedPage | None,
    section: str,
    typed: Typed | None,
    *,
    page: Page,
    by: Actor,
    at: Moment,
) -> None:
    content = None if typed is None else _content(typed)
    if row is None:
        row = TypedPage(application_id=application.id, section=section, serial=0, counted_from=at.instant, writings=0)
        session_of(application).add(row)
    elif at.instant - row.counted_from >= WHILE:
        row.counted_from, row.writings = at.instant, 0
    row.serial, row.writings, row.page, row.content = row.serial + 1, row.writings + 1, page.name, content
    row.account_id, row.at = by.person, at.instant


def _content(typed: Typed) -> dict[str, list[list[str]]]:
    return {"typed": [list(pair) for pair in typed]} if typed else {}
