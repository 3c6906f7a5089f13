"""Due dates in one's calendar program: subscribe and end it on the account's page; what the secret address shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from approvals.commands.feed import subscribe, unsubscribe
from approvals.queries.feed import DatedEvent, DateKind, dates, subscriptions
from approvals.vocabulary import ObligationKind
from portal.auth.views import blueprint
from portal.guards import LARGEST_NUMBER, PUBLIC, actor, allows
from portal.ui import language
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from icalendar import Event

REFRESH = timedelta(hours=6)
"""How often a program is asked to look again."""
WORDS: Mapping[DateKind | ObligationKind, str] = {
    DateKind.CORRECTION: _l("等您补正：%(item)s"),
    DateKind.ACCEPTANCE: _l("答复是否受理：%(item)s"),
    DateKind.DECISION: _l("部门办结：%(item)s"),
    DateKind.EXPIRY: _l("证照到期：%(item)s"),
    ObligationKind.DEFERRED_MATERIAL: _l("补交材料到期：%(item)s"),
    ObligationKind.RECTIFICATION: _l("限期改正到期：%(item)s"),
    ObligationKind.CONDITION: _l("附带条件到期：%(item)s"),
    ObligationKind.VERIFICATION: _l("部门核查承诺：%(item)s"),
    ObligationKind.OBJECTION: _l("答复您的异议：%(item)s"),
}


@blueprint.get("/my/account/calendar")
@allows("calendar:subscribe")
def calendar_page() -> ResponseReturnValue:
    return _page()


@blueprint.post("/my/account/calendar")
@allows("calendar:subscribe")
def change_calendar() -> ResponseReturnValue:
    """A new address is shown on the answer to this alone: the portal keeps only its hash."""
    organisation, verb = _organisation(), request.form.get("verb", "")
    by, at = actor(), now()
    if verb == "subscribe":
        with changing(by, at) as session:
            token = subscribe(session, organisation, language=language(), by=by, at=at)
        public_url: str = current_app.extensions["settings"].public_url
        return _page(organisation, public_url.rstrip("/") + url_for("auth.calendar_feed", token=token))
    if verb != "unsubscribe":
        abort(422)
    with changing(by, at) as session:
        unsubscribe(session, organisation, by=by, at=at)
    flash(_("订阅地址已收回，日历程序再也读不到。"), "success")
    return redirect(url_for("auth.calendar_page"), 303)


@blueprint.get("/calendar/<token>")
@allows(PUBLIC)
def calendar_feed(token: str) -> ResponseReturnValue:
    """For calendar programs, which cannot sign in: whoever knows the address reads dates, matters and numbers."""
    from icalendar import Calendar, vDuration

    at = now()
    found = dates(reading(), token, at=at)
    calendar = Calendar()
    with force_locale("en" if found.language == "en" else "zh_Hans"):
        for name, value in (
            ("prodid", "-//Tianfu Rongyibanban//Due dates//ZH"),
            ("version", "2.0"),
            ("method", "PUBLISH"),
            ("x-wr-calname", _("天府蓉易办：办件期限")),
            ("x-wr-timezone", "Asia/Shanghai"),
        ):
            calendar.add(name, value)
        calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", vDuration(REFRESH))
        for each in found.events:
            calendar.add_component(_event(each, found.language, at.instant))
    answer = Response(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="dates.ics"'
    answer.headers["Cache-Control"] = "private, max-age=900"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _event(each: DatedEvent, reader: str, written_at: datetime) -> Event:
    """All-day and free: nobody is busy because something falls due. A date that may still move is called expected."""
    from icalendar import Event as AllDay

    settings = current_app.extensions["settings"]
    host = urlsplit(settings.public_url).hostname or "localhost"
    words = f"{str(WORDS[each.kind]) % {'item': each.item.in_language(reader)}} · {each.number}"
    page = "citizen.certificate" if each.kind is DateKind.EXPIRY else "journey.tracker"
    event = AllDay()
    event.add("uid", f"{each.key}@{host}")
    event.add("dtstamp", written_at)
    event.add("dtstart", each.begins)
    event.add("dtend", each.ends + timedelta(days=1))
    event.add("summary", _("%(words)s（预计）", words=words) if each.is_provisional else words)
    event.add("description", _description(each, reader))
    event.add("categories", [_("要我办") if each.is_ours else _("部门要办")])
    event.add("status", "TENTATIVE" if each.is_provisional else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("url", settings.public_url.rstrip("/") + url_for(page, number=each.number))
    return event


def _description(each: DatedEvent, reader: str) -> str:
    if each.kind is DateKind.EXPIRY:
        return _("证照编号 %(number)s。登录后看详情。", number=each.number)
    told = [_("办件编号 %(number)s。登录后看详情。", number=each.number)]
    if each.kind is DateKind.CORRECTION:
        told.append(_("从通知那天起一直等您，法律没有规定最后一天；补正期间部门不计时。"))
    if each.is_provisional:
        told.append(_("日期是预计的，还可能变。"))
    return (" " if reader == "en" else "").join(told)


def _organisation() -> int | None:
    """None for what is one's own; 422 for what is no number."""
    given = request.form.get("organisation", "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 11 and int(given) <= LARGEST_NUMBER):
        abort(422)
    return int(given)


def _page(made_for: int | None = None, address: str = "") -> str:
    """With the new `address`, once, beside whom it was made for."""
    return render_template(
        "auth/calendar.html", rows=subscriptions(reading(), by=actor()), made_for=made_for, address=address
    )
