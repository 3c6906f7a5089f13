"""Tell the story of an item: its fullest application through every step, in a temporary database, with real files."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from approvals.certificates import authority
from approvals.clock.moment import local_date
from approvals.queries.calendar import calendar_in_force
from approvals.queries.progress import Progress, StepProgress, progress
from approvals.storage import Folder
from config import Settings
from portal.demonstration.acting import apply, moment, take, visit, workable
from portal.demonstration.prepare import prepare
from portal.extensions import db
from portal.home import keep_private
from portal.unit_of_work import reading
from portal.worker.delivery import sweep
from services.catalogue import UnknownItem
from services.current import catalogue
from services.item import Item, Limit, StepKind

if TYPE_CHECKING:
    from approvals.clock.calendar import Calendar


class NoSuchStory(Exception):
    """The item is unknown or cannot yet be applied for online."""


class WrongTime(Exception):
    """A day on which the demonstration's authority cannot sign."""


def tell(name: str, out: Path, start: date, own: Settings) -> dict[str, Any]:
    """Papers go into `out`; the keys of the result are written down in docs/cli.md.

    Database, files and broker are fresh and thrown away, whatever this installation uses; the signing authority is this
    installation's where that is a demonstration, so that its papers verify here.
    """
    item = _item(name)
    first, last = authority.BEGINNING.date(), date(authority.BEGINNING.year + authority.YEARS - 2, 12, 31)
    if not first <= start <= last:
        raise WrongTime(f"{start} is not between {first} and {last}: the demonstration's authority is valid then")
    out.mkdir(parents=True, exist_ok=True)  # now, for the story takes a while
    with tempfile.TemporaryDirectory(prefix="rongyiban-story-") as folder:
        home = Path(folder)
        from portal import create_app

        settings = apart(home, own.public_url)
        if own.demonstration:
            keep_private(own.home)
            authority.ensure(own.keys)  # this may be the first thing this installation ever does
            shutil.copytree(own.keys / authority.FOLDER, settings.keys / authority.FOLDER)
        app = create_app(settings)
        prepare(app)
        with app.app_context():
            number = play(item, Folder(home / "files"), start)
            told = _told(progress(reading(), number), home, out)
            db.session.remove()
            db.engine.dispose()
            return told


def apart(home: Path, public_url: str) -> Settings:
    """A demonstration with nothing but that folder: the environment's database, broker and keys are not its own."""
    return Settings(
        home=home,
        demonstration=True,
        database_url=None,
        broker_url=None,
        secret_key=None,
        encryption_keys=[],
        hash_key=None,
        public_url=public_url,
        log_level="ERROR",
    )


def _item(name: str) -> Item:
    try:
        item = catalogue().item(name)
    except UnknownItem as error:
        raise NoSuchStory(str(error)) from None
    if not item.is_online:
        raise NoSuchStory(f"{item.code} cannot yet be applied for online")
    return item


def play(item: Item, storage: Folder, start: date) -> str:
    """Everybody does their part in half the promised time, in whole days; the worker makes the paper the moment it is
    granted.
    """
    calendar = calendar_in_force(reading())
    day = calendar.on_or_after(start)
    number = apply(item, storage, moment(day, calendar))
    sweep(moment(day, calendar, 9, 31))
    turn = 0
    while waiting := workable(progress(reading(), number)):
        step, day = min(((step, _day(step, calendar)) for step in waiting), key=lambda pair: pair[1])
        if step.kind is StepKind.ON_SITE:
            back = calendar.add_working_days(day, 2)
            visit(number, step, moment(day, calendar, 14), moment(back, calendar, 15))
            day = back
        hour, minute = divmod(turn, 60)
        take(number, step, moment(day, calendar, 16 + hour, minute))
        sweep(moment(day, calendar, 16 + hour, minute + 1))
        turn += 2
    return number


def _day(step: StepProgress, calendar: Calendar) -> date:
    """When the department is done; the visitor of a place leaves on the day after at the earliest."""
    needed = int((step.promised.days or 0) / 2)
    if step.kind is StepKind.ON_SITE:
        needed = max(needed, 1)
    opened = local_date(cast(datetime, step.opened_at))  # whatever can be worked on has opened
    return calendar.add_working_days(opened, needed) if needed else opened


def _told(told: Progress, home: Path, out: Path) -> dict[str, Any]:
    files: list[str] = []
    if told.certificate is not None:
        paper = out / f"{told.certificate.number}.pdf"
        paper.write_bytes(Folder(home / "files").get(told.certificate.sha256))
        files.append(str(paper.resolve()))
    return {
        "number": told.number,
        "item": {"code": told.item.code, "slug": told.item.slug, "name": told.item.name.zh},
        "status": str(told.status),
        "submitted": _iso(told.submitted_at),
        "accepted": _iso(told.accepted_at),
        "issued": _iso(told.ended_at),
        "promised_due": _iso(told.promised_due),
        "statutory_due": _iso(told.statutory_due),
        "provisional": told.is_provisional,
        "steps": [_step(step) for step in told.steps],
        "certificate": files[0] if files else None,
        "certificate_number": told.certificate.number if told.certificate else None,
        "files": files,
    }


def _step(step: StepProgress) -> dict[str, Any]:
    return {
        "key": step.key,
        "kind": str(step.kind),
        "title": step.title.zh,
        "item": step.item_code,
        "department": step.department,
        "department_name": step.department_name.zh,
        "opened": _iso(step.opened_at),
        "decided": _iso(step.closed_at),
        "outcome": str(step.outcome) if step.outcome else None,
        **_limit("promised", step.promised),
        **_limit("statutory", step.statutory),
        "unit": str(step.statutory.unit),
        "promised_due": _iso(step.promised_due),
        "statutory_due": _iso(step.statutory_due),
        "provisional": step.is_provisional,
        "pauses": [
            {
                "reason": str(each.reason),
                "basis": each.basis,
                "days": each.days_needed,
                "from": _iso(each.began_at),
                "to": _iso(each.ended_at),
            }
            for each in step.pauses
        ],
    }


def _limit(name: str, limit: Limit) -> dict[str, str | None]:
    """Both null where there is none."""
    days = limit.days
    return {
        f"{name}_days": None if days is None else str(days),
        f"{name}_unit": None if days is None else str(limit.unit),
    }


def _iso(value: datetime | date | None) -> str | None:
    """The local day."""
    if value is None:
        return None
    return (local_date(value) if isinstance(value, datetime) else value).isoformat()
