"""What every page's frame needs: language, look, navigation, who is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from approvals.clock.moment import local_date
from approvals.queries.account_letters import badges
from approvals.queries.applications import waiting
from approvals.queries.orders import orders_waiting
from approvals.vocabulary import Role
from portal.extensions import db
from portal.visitor import Represented, Visitor, Workspace
from services.item import Text

LANGUAGES = ("zh", "en")
YEAR = 365 * 24 * 3600


def language() -> str:
    """The visitor's choice, else the account's language, else Chinese."""
    chosen = request.cookies.get("language") or getattr(current_user, "language", "zh")
    return chosen if chosen in LANGUAGES else "zh"


def locale() -> str:
    return "en" if language() == "en" else "zh_Hans"


@dataclass(frozen=True)
class Entry:
    """Of the navigation. One that stands for several pages leads to the first; on each of them all are shown."""

    label: str
    url: str
    is_current: bool
    badge: int = 0
    counted: str = ""
    """What the badge counts."""
    pages: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Who:
    name: str
    organisation: str | None


@dataclass(frozen=True)
class Frame:
    language: str
    theme: str
    elder: bool
    audience: str
    nav: list[Entry]
    account: Who | None
    here: str
    place: Text | str
    """The office of whoever works here, else whose portal this is."""


PUBLIC_NAV = (
    (_l("首页"), "public.home"),
    (_l("办事"), "public.services"),
    (_l("部门"), "public.departments"),
    (_l("证照核验"), "public.verify"),
)
# What is one's own stands before what is everybody's: on a phone the strip ends after five entries.
CITIZEN_NAV = (
    *PUBLIC_NAV[:2],
    (_l("我的办件"), "citizen.applications"),
    (_l("我的证照"), "citizen.certificates"),
    (_l("我的消息"), "citizen.letters"),
    (_l("我的材料"), "citizen.materials"),
    (_l("授权"), "auth.mandates_page"),
    *PUBLIC_NAV[2:],
)
BUSINESS_NAV = (
    *PUBLIC_NAV[:2],
    (_l("单位办件"), "business.applications"),
    (_l("单位证照"), "citizen.certificates"),
    (_l("我的消息"), "citizen.letters"),
    (_l("单位材料"), "citizen.materials"),
    (_l("授权"), "auth.mandates_page"),
    *PUBLIC_NAV[2:],
)
FOR_ALL = ((_l("办事指南"), "public.services"), (_l("证照核验"), "public.verify"))
CLERK_NAV = (
    (_l("待办"), "clerk.queue"),
    (_l("核查与条件"), "clerk.owing"),
    (
        _l("证照"),
        ((_l("证照登记"), "clerk.certificates"), (_l("证照制作"), "clerk.making"), (_l("证照文字"), "clerk.papers")),
    ),
    (_l("人员"), "clerk.people"),
    (_l("评价"), "clerk.ratings"),
    (_l("监察"), ((_l("监察记录"), "clerk.supervision"), (_l("督办单"), "clerk.orders"))),
    *FOR_ALL,
)
RUNNING = (_l("在办总览"), "manager.board")
ANALYSIS = (
    _l("分析"),
    (
        (_l("办理用时"), "manager.where_time_goes"),
        (_l("实际流程"), "manager.process"),
        (_l("推演"), "manager.simulation"),
        (_l("月度通报"), "manager.bulletins"),
    ),
)
OVERSIGHT = (
    _l("监督"),
    (
        (_l("监察工作台"), "manager.people"),
        (_l("监察记录"), "manager.supervision"),
        (_l("督办单"), "manager.orders"),
        (_l("告知承诺"), "manager.commitments"),
        (_l("评价"), "manager.ratings"),
    ),
)
CALENDAR = (_l("工作日历"), "office.calendar")
STAFF = ((_l("人事记录"), "administration.trail"), (_l("权限"), "administration.policy"))
MANAGER_NAV = (RUNNING, ANALYSIS, OVERSIGHT, CALENDAR, *FOR_ALL)
AUDITOR_NAV = (
    RUNNING,
    ANALYSIS,
    OVERSIGHT,
    (_l("审计"), ((_l("查看登记"), "manager.openings"), *STAFF)),
    CALENDAR,
    *FOR_ALL,
)
ADMINISTRATOR_NAV = ((_l("工作人员"), "administration.staff"), *STAFF, *FOR_ALL)
COUNTER_NAV = ((_l("综合窗口"), "counter.desk"), *FOR_ALL)
STAFF_AUDIENCES = {Role.AUDITOR: "auditor", Role.ADMINISTRATOR: "administrator", Role.COUNTER: "counter"}


def frame() -> Frame:
    visitor: Visitor | None = current_user if current_user.is_authenticated else None
    audience = _audience(visitor)
    space = workspace()
    person = represented()
    acted_for = space.name if space else person.name if person else None
    who = Who(visitor.name, acted_for) if visitor else None
    place = visitor.department if visitor and visitor.department else _("成都市政务服务 · 示例站")
    return Frame(
        language=language(),
        theme="dark" if request.cookies.get("theme") == "dark" else "light",
        elder=request.cookies.get("elder") == "on",
        audience=audience,
        nav=_navigation(audience, _waiting(visitor, space)),
        account=who,
        here=request.full_path.rstrip("?") if request.method == "GET" else url_for("public.home"),
        place=place,
    )


NAVIGATION: Mapping[str, tuple[tuple[LazyString, str | tuple[tuple[LazyString, str], ...]], ...]] = {
    "public": PUBLIC_NAV,
    "citizen": CITIZEN_NAV,
    "business": BUSINESS_NAV,
    "clerk": CLERK_NAV,
    "manager": MANAGER_NAV,
    "auditor": AUDITOR_NAV,
    "administrator": ADMINISTRATOR_NAV,
    "counter": COUNTER_NAV,
}


def destinations(audience: str) -> list[str]:
    """The endpoints that this audience's navigation leads to."""
    places = (where if isinstance(where, tuple) else ((label, where),) for label, where in NAVIGATION[audience])
    return [endpoint for inside in places for _label, endpoint in inside]


TURN = _l(" 件轮到您")
COUNTED: Mapping[str, LazyString] = {
    "citizen.letters": _l(" 条未读"),
    "auth.mandates_page": _l(" 份授权等您接受"),
}
Waits = Mapping[str, int]
"""By endpoint what its badge counts: what waits for the reader there."""


def _navigation(audience: str, waits: Waits) -> list[Entry]:
    return [
        _group(label, where, waits) if isinstance(where, tuple) else _entry(label, where, waits)
        for label, where in NAVIGATION[audience]
    ]


def _group(label: LazyString, inside: tuple[tuple[LazyString, str], ...], waits: Waits) -> Entry:
    pages = tuple(_entry(*each, waits) for each in inside)
    badge = sum(each.badge for each in pages)
    return Entry(str(label), pages[0].url, any(each.is_current for each in pages), badge, str(TURN), pages)


def _entry(label: LazyString, endpoint: str, waits: Waits) -> Entry:
    counted = str(COUNTED.get(endpoint, TURN))
    return Entry(str(label), url_for(endpoint), request.endpoint == endpoint, waits.get(endpoint, 0), counted)


def _waiting(visitor: Visitor | None, space: Workspace | None) -> Waits:
    if visitor is None or (visitor.is_staff and not visitor.actor.role.is_at_desk):
        return {}
    session = db.session()
    try:
        if visitor.is_staff:
            return {"clerk.orders": orders_waiting(session, by=visitor.actor)}
        turns = waiting(session, organisation=space.id if space else None, by=visitor.actor)
        told = badges(session, local_date(datetime.now(UTC)), by=visitor.actor)
    except SQLAlchemyError:  # the page that says that the database is away has a frame, too
        return {}
    own = "business.applications" if space else "citizen.applications"
    return {own: turns, "citizen.letters": told.letters, "auth.mandates_page": told.offers}


def _audience(visitor: Visitor | None) -> str:
    if visitor is None:
        return "public"
    if visitor.is_staff:
        role = visitor.actor.role
        return "clerk" if role.is_at_desk else STAFF_AUDIENCES.get(role, "manager")
    return "business" if workspace() else "citizen"


def workspace() -> Workspace | None:
    """The organisation the visitor acts for at the moment, if it may still be acted for."""
    if not current_user.is_authenticated:
        return None
    spaces: tuple[Workspace, ...] = current_user.workspaces
    return next((space for space in spaces if space.id == session.get("workspace")), None)


def represented() -> Represented | None:
    """The person the visitor acts for at the moment."""
    if not current_user.is_authenticated:
        return None
    people: tuple[Represented, ...] = current_user.people
    return next((person for person in people if person.id == session.get("person")), None)


def text(value: Text) -> str:
    """A catalogue text in the reader's language."""
    return value.in_language(language())


def register(app: Flask) -> None:
    app.jinja_env.filters["t"] = text
    app.jinja_env.globals["upload_megabytes"] = app.extensions["settings"].upload_megabytes
    app.jinja_env.globals["represented"] = represented
    app.context_processor(lambda: {"ui": frame()})
