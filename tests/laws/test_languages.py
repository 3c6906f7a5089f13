"""Laws of the two languages: every text is translated, and no page says in one language what belongs to the other.

On the same walk past every page its forms and its dates are looked at.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib
import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.queries import calendar
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.obligation import Obligation
from approvals.records.people import Account
from portal.demonstration.people import APPLICANTS, COMPANY, OVERSEERS, PASSWORD
from portal.errors import NOT_GIVEN_BACK, typed
from portal.extensions import db
from portal.invitations import link
from portal.names import CHINESE, HAN, SIGNS
from portal.security import LONGEST_ADDRESS
from portal.terms import HOLIDAYS, MAKE_UP
from portal.unit_of_work import now, reading
from services.catalogue import Catalogue
from services.item import Text
from tests.factories import enrolled
from tests.fixtures.crowd import served
from tests.fixtures.variety import Everything
from tests.laws.addresses import asking, longest
from tests.standing import Apart

ROOT = Path(__file__).resolve().parents[2]
ENROLLED = "clerk-wl"
"""Signs in with a second factor, and gets no further than the page that asks for its code."""
ENGLISH = ROOT / "portal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"

Node = Any

PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?(.)")
SHOWN_ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "label", "data-h", "data-sending", "data-too-large")
FOREIGN_TO_ENGLISH = re.compile(f"[{HAN}{SIGNS}]")
WORD = re.compile(r"[A-Za-z]{2,}")
ALLOWED_IN_CHINESE = re.compile(
    r"\b(?:PDF|CSV|JSON|Excel|xlsx|QR|JPE?G|PNG|DXF|DWG|Word|SAMPLE|English|[KM]B|PAdES B-(?:B|T|LT|LTA)|OpenSSL)\b"
    r"|https?://\S+|[\w.]+@[\w.]+|[\w.-]+\.(?:pdf|jpg|dxf|docx|pem|json|sm2)"
    r"|\b[\w.-]*\d[\w.-]*|\w+\*+[\w.]*"
)
"""Abbreviations and proper names, addresses, names of files, whatever has a digit in it or is masked."""


# ── the catalogue ──


def test_the_english_catalogue_is_in_step_with_the_pages() -> None:
    """`make translations` would change nothing."""
    command = [sys.executable, str(ROOT / "deploy" / "translate.py"), "--check"]
    checked = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    assert checked.returncode == 0, checked.stdout


def translations() -> list[tuple[tuple[str, ...], tuple[str, ...], bool]]:
    """Texts, their translations (both with their plural), and whether it is a guess."""
    catalogue = read_po(io.BytesIO(ENGLISH.read_bytes()), locale="en")
    assert catalogue.plural_expr == "(n != 1)"
    found = []
    for message in catalogue:
        if message.id:
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            found.append((ids, strings, message.fuzzy))
    return found


def placeholders(text: str) -> list[tuple[str | None, str]]:
    return sorted(set(PLACEHOLDER.findall(text)))


def test_every_text_is_translated_and_nothing_is_guessed() -> None:
    texts = translations()
    assert len(texts) > 700
    assert [ids for ids, strings, _ in texts if len(ids) != len(strings) or not all(strings)] == []
    assert [ids for ids, _strings, is_guess in texts if is_guess] == []


def test_no_translation_is_chinese() -> None:
    assert [strings for _ids, strings, _ in translations() if FOREIGN_TO_ENGLISH.search("".join(strings))] == []


def test_placeholders_stay_what_they_are() -> None:
    wrong = [
        (text, translated)
        for ids, strings, _ in translations()
        for text, translated in zip(ids, strings, strict=True)
        if placeholders(text) != placeholders(translated)
    ]
    assert wrong == []


def test_translations_are_calm() -> None:
    """No exclamation marks, straight quotes or double spaces; a sentence ends where the Chinese one ends."""
    said = [(ids[0], translated) for ids, strings, _ in translations() for translated in strings]
    assert [each for each in said if re.search(r'[!"]|  ', each[1])] == []
    assert [each for each in said if each[0].endswith("。") and not each[1].rstrip().endswith(".")] == []
    assert [each for each in said if each[0].endswith("？") != each[1].endswith("?") and "？" in each[0]] == []


def test_every_holiday_of_the_calendar_has_a_name(catalogue: Catalogue) -> None:
    years = catalogue.calendar.values()
    names = {name for year in years for name in (*year.rest_days.values(), *year.work_days.values())}
    assert {one for name in names for one in name.removesuffix(MAKE_UP).split("、")} == set(HOLIDAYS)


def texts(thing: object, seen: set[int]) -> Iterator[Text]:
    """Every text in the catalogue, wherever it stands."""
    if isinstance(thing, Text):
        yield thing
    elif is_dataclass(thing) and id(thing) not in seen:
        seen.add(id(thing))
        for each in fields(thing):
            yield from texts(getattr(thing, each.name), seen)
    elif isinstance(thing, Mapping):
        for one in thing.values():
            yield from texts(one, seen)
    elif isinstance(thing, list | tuple):
        for one in thing:
            yield from texts(one, seen)


def test_every_text_of_the_catalogue_has_english(catalogue: Catalogue) -> None:
    found = list(texts(catalogue, set()))
    assert len(found) > 500
    assert [text.zh for text in found if not text.en or FOREIGN_TO_ENGLISH.search(text.en)] == []


# ── the pages ──


@dataclass
class Said:
    """A page in pieces: what is read in it, each with its language, in the order of the page."""

    language: str
    texts: list[tuple[str, str]] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    """Attributes, options and the title, which hold no markup: no part of them can be marked."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """What its forms post: address, name of the field, and for a choice what would be chosen."""

    @property
    def marked(self) -> list[str]:
        other = "zh-CN" if self.language == "en" else "en"
        return [text for text, language in self.texts if language == other]

    @property
    def own(self) -> list[str]:
        return [text for text, language in self.texts if language == self.language]


def said(html: str) -> Said:
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    found = Said(tree.get("lang", ""))
    _read(tree, found.language, found)
    for form in tree.iter("form"):
        if form.get("method") == "post":
            found.asked += [(form.get("action", "/"), *each) for each in _controls(form)]
    return found


def _controls(form: Node) -> Iterator[tuple[str, str]]:
    """Name and offered value of everything in a form that somebody fills in or chooses."""
    for control in (each for each in form.iter() if each.tag in ("input", "select", "textarea")):
        name, kind = control.get("name"), control.get("type", "text")
        if not name or kind in {"hidden", "password", "file", "submit"}:
            continue
        if control.tag == "select":
            yield from ((name, option.get("value")) for option in control.iter("option") if option.get("value"))
        else:
            yield name, control.get("value", "") if kind in {"radio", "checkbox"} else "—"


def _read(element: Node, language: str, found: Said) -> None:
    language = element.get("lang", language)
    if isinstance(element.tag, str) and element.tag not in {"script", "style", "textarea"}:
        is_loose = element.tag in {"title", "option"} and language == found.language
        is_machine = element.tag == "code" or "ry-code" in element.get("class", "")
        shown = [element.get(name) for name in SHOWN_ATTRIBUTES if element.get(name)]
        if language == found.language:
            found.loose += shown
        _note(element.text, language, found, is_loose=is_loose, is_machine=is_machine)
        for child in element:
            _read(child, language, found)
            _note(child.tail, language, found, is_loose=is_loose, is_machine=is_machine)


def _note(text: str | None, language: str, found: Said, *, is_loose: bool, is_machine: bool) -> None:
    if text and text.strip() and not is_machine:
        if is_loose:
            found.loose.append(text.strip())
        else:
            found.texts.append((" ".join(text.split()), language))


def chinese_in(page: Said) -> list[str]:
    """What stands in Chinese on an English page and is not marked. Where nothing can be marked, words that are marked
    elsewhere on the page may stand, too: they are names.
    """
    names = sorted(page.marked, key=len, reverse=True)

    def without_names(text: str) -> str:
        for name in names:
            text = text.replace(name, "")
        return text

    return [
        *(text for text in page.own if FOREIGN_TO_ENGLISH.search(text)),
        *(text for text in page.loose if FOREIGN_TO_ENGLISH.search(without_names(text))),
    ]


def english_in(page: Said, names: list[str]) -> list[str]:
    """What stands in English on a Chinese page, but for what people and companies are called."""

    def rest(text: str) -> str:
        for name in names:
            text = text.replace(name, "")
        return ALLOWED_IN_CHINESE.sub("", text)

    return [text for text in (*page.own, *page.loose) if WORD.search(rest(text))]


@pytest.fixture(scope="module")
def portal(everything: Everything, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The installation of everything, copied: refused forms change nothing, but count tries."""
    home = Path(shutil.copytree(everything.home, tmp_path_factory.mktemp("languages") / "home"))
    with served(home) as application:
        application.test_client_class = Apart
        enrolled(ENROLLED)
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def english(portal: Flask, everything: Everything) -> dict[str, Said]:
    return {name: said(html) for name, html in pages(portal, everything, "en")}


@pytest.fixture(scope="module")
def in_chinese(portal: Flask, everything: Everything) -> dict[str, str]:
    """As if the notice for this year, in which everything falls due, were not out yet."""
    known, this_year = calendar._years, now().today.year
    with pytest.MonkeyPatch.context() as patch:
        earlier = lambda notices: {year: days for year, days in known(notices).items() if year < this_year}  # noqa: E731
        patch.setattr(calendar, "_years", earlier)
        calendar._built.cache_clear()
        found = dict(pages(portal, everything, "zh"))
    calendar._built.cache_clear()
    return found


@pytest.fixture(scope="module")
def chinese(in_chinese: dict[str, str]) -> dict[str, Said]:
    return {name: said(html) for name, html in in_chinese.items()}


@pytest.fixture(scope="module")
def names(portal: Flask) -> list[str]:
    """User data with Latin letters: names of people, and the random codes of certificates."""
    codes = [one.code for one in reading().scalars(select(Certificate))]
    return [COMPANY[0], *(one.name for one in (*APPLICANTS, *OVERSEERS)), *codes]


def token(number: str) -> str:
    return str(reading().scalars(select(Application.token).where(Application.number == number)).one())


def owed(number: str, department: str = "SC-510104") -> list[int]:
    """Everything that one department owes or is owed in an application."""
    wanted = select(Obligation.id).join(Obligation.application).where(Application.number == number)
    return list(reading().scalars(wanted.where(Obligation.department_code == department).order_by(Obligation.id)))


def places(everything: Everything) -> Mapping[str, list[str]]:
    """Every address of the portal that shows a page, by who looks at it."""
    permit, residence = everything.issued.permit, everything.issued.residence
    code = reading().scalars(select(Certificate.code).where(Certificate.number == residence[1])).one()
    auditor = reading().scalars(select(Account).where(Account.username == "auditor")).one()
    states = (everything.waiting, everything.accepted, everything.refused, everything.not_needed)
    more_states = (everything.not_accepted, everything.withdrawn, everything.being_made, residence[0])
    from_outside = (everything.suspended, everything.terminated, everything.reopened)
    mending, full, empty = token(everything.under_way), everything.full_draft, everything.empty_draft
    amending, too_late = token(everything.amending), token(everything.too_late)
    steps = ("gc301", "gc302", "gc304", "gc305", "gc308", "gc309", "gc310", "gc311", "gc312", "gc313", "decide")
    return {
        "": [
            urlsplit(link(auditor.id, auditor.password_hash)).path,
            "/welcome/nothing",
            "/",
            "/?for=businesses",
            "/services",
            "/services?page=3&online=no",
            "/services?q=施工许可",
            "/services?q=壬癸",
            "/services/construction-permit",
            "/services/residence-permit",
            "/services/food-business-licence",
            "/services/approval-of-project-proposal-government-investment",
            "/services/filing-of-enterprise-investment-project",
            "/services/start-a-company-one-stop",
            "/services/construction-permit/precheck?pre_who=person&category=private_small&floor_area=5000",
            "/services/food-business-licence/precheck",
            "/services?q=开饭店",
            "/bundles/start-a-business",
            "/bundles/retire",
            "/departments",
            "/offline",
            "/ratings",
            "/statistics",
            "/sign-in",
            "/sign-in?next=/my/applications",
            "/register",
            "/register/details",
            "/reset",
            "/reset/details",
            "/verify",
            "/verify/keys",
            f"/verify/{residence[1]}/{code}",
            f"/verify/{residence[1]}/wrong",
            "/nowhere",
            "/services?theme=nonsense",
        ],
        "wangxiaorong": [
            "/",
            "/my/applications",
            "/my/applications?show=ended",
            "/my/applications?show=drafts",
            "/my/certificates",
            "/my/materials",
            f"/my/certificates/{residence[1]}",
            f"/my/certificates/{residence[1]}/copies",
            "/my/letters",
            "/my/account",
            "/my/account/password",
            "/my/account/phone",
            "/my/account/phone/code",
            "/my/account/email",
            "/my/account/email/code",
            "/my/account/letters",
            "/my/account/calendar",
            "/my/account/export",
            "/my/account/close",
            "/my/mandates",
            "/my/mandates/new",
            "/my/organisations/new",
            "/services/residence-permit",
            "/services/construction-permit",
            *(f"/applications/{number}" for number in (*states, *more_states, *from_outside)),
            *(f"/applications/{number}" for number in (everything.amending, everything.too_late)),
            f"/applications/{everything.amending}/receipt",
            *(f"/applications/{number}/sent" for number in (everything.amending, everything.refused)),
            *(f"/drafts/{amending}{page}" for page in ("", "/check")),
            f"/drafts/{too_late}/unsent",
            f"/applications/{everything.refused}/rating?level=satisfied",
            f"/applications/{everything.refused}/objection",
            f"/applications/{everything.not_accepted}/objection",
            f"/applications/{everything.not_needed}/objection",
            f"/applications/{everything.accepted}/messages",
            f"/applications/{everything.waiting}/messages",
            f"/applications/{everything.not_accepted}/rating",
            f"/applications/{everything.waiting}/receipt",
            f"/applications/{everything.accepted}/receipt",
            f"/drafts/{full}",
            f"/drafts/{full}/sections/person",
            f"/drafts/{full}/sections/residence",
            f"/drafts/{full}/materials",
            f"/drafts/{full}/check",
            f"/applications/{permit[0]}",
            "/bundles/retire",
            *(f"/bundles/{slug}/apply" for slug in ("retire", "a-child-is-born", "nothing")),
            f"/my/bundles/{everything.bundle}",
            f"/my/bundles/{everything.founding}",
            "/management/board",
        ],
        "lijinrong": [
            "/",
            "/business/applications",
            "/my/mandates",
            "/my/mandates/new",
            "/my/mandates/1",
            "/business/applications?q=没有",
            "/business/applications?state=in_review&year=x",
            "/services/construction-permit/many",
            "/bundles/open-a-restaurant",
            "/bundles/open-a-restaurant/apply?organisation=1",
            "/my/certificates",
            "/my/materials",
            "/my/organisations/1/export",
            f"/my/certificates/{permit[1]}",
            "/my/letters",
            "/services/construction-permit",
            f"/applications/{everything.under_way}",
            f"/applications/{everything.under_way}?dates=gc302",
            f"/applications/{everything.small}",
            f"/applications/{permit[0]}",
            f"/applications/{everything.small}/receipt",
            *(f"/applications/{number}/sent" for number in (everything.under_way, permit[0])),
            f"/drafts/{mending}",
            f"/drafts/{mending}/sections/matters",
            f"/drafts/{mending}/materials",
            f"/drafts/{mending}/check",
            f"/drafts/{empty}",
            *(f"/drafts/{empty}/sections/{key}" for key in ("project", "parties", "contract", "matters")),
            f"/drafts/{empty}/materials",
            f"/drafts/{empty}/check",
            f"/drafts/{everything.promising}",
            f"/drafts/{everything.promising}/promise",
            f"/drafts/{everything.promising}/promise/sign?of=all",
            f"/drafts/{everything.promising}/materials",
            *(f"/applications/{number}" for number in (everything.promised, everything.shop)),
            *(f"/applications/{number}/promises" for number in (everything.promised, everything.shop, permit[0])),
        ],
        "clerk-sc-510104": [
            "/office/obligations",
            "/office/obligations?show=closed",
            *(f"/office/obligations/{each}" for each in owed(everything.shop)),
        ],
        "head-sw": [f"/office/obligations/{each}" for each in owed(everything.promised, "SW")],
        "clerk-zj": [
            "/office/queue",
            "/office/queue?show=late",
            "/office/queue?late=unexplained",
            "/office/queue?show=done",
            "/office/queue?show=nonsense",
            "/office/phrases",
            "/office/queue?who=mine",
            "/office/queue?seen=unread&manner=normal&round=first",
            "/office/papers",
            "/office/papers/construction-permit",
            "/office/papers/seal",
            "/office/certificates/making",
            "/office/certificates/unsound",
            "/office/people",
            "/office/calendar",
            "/office/queue?q=没有",
            "/services/construction-permit",
            *(f"/office/steps/{everything.under_way}/{key}" for key in steps if key in ("gc301", "gc302", "gc304")),
            f"/office/steps/{everything.under_way}/decide",
            f"/office/steps/{everything.under_way}/gc301?mend=notes",
            f"/office/steps/{everything.under_way}/gc309",
            f"/office/steps/{everything.small}/accept",
            f"/office/steps/{permit[0]}/decide",
            f"/applications/{everything.under_way}",
        ],
        "clerk-cg": ["/office/queue?show=returned", f"/office/steps/{everything.under_way}/gc309"],
        "clerk-yj": [f"/office/steps/{number}/decide" for number in (everything.proposed, everything.sent_back)],
        "head-yj": [f"/office/steps/{everything.proposed}/decide", "/office/queue?second=confirm"],
        "clerk-wj": ["/office/queue?show=paused", f"/office/steps/{everything.under_way}/gc311"],
        "clerk-ga": [
            *(f"/office/batches/{each}" for each in everything.batches),
            f"/office/steps/{everything.waiting}/accept",
            f"/office/steps/{everything.amending}/accept",
            f"/office/steps/{everything.accepted}/review",
            f"/office/steps/{everything.accepted}/decide",
            f"/office/steps/{everything.being_made}/issue",
        ],
        "head-ga": [
            "/office/certificates",
            "/office/certificates?q=none",
            f"/office/certificates/{residence[1]}",
            f"/office/obligations/{owed(everything.refused, 'GA')[0]}",
            "/office/messages",
            f"/office/messages/{everything.accepted}",
            "/office/ratings",
            "/office/ratings/1",
            "/office/ratings/2",
            "/office/supervision",
            "/office/supervision?show=orders",
            *("/office/orders", "/office/orders?show=closed", "/office/orders/1", "/office/orders/2"),
            *(f"/office/applications/{number}" for number in (everything.accepted, *from_outside)),
            f"/office/applications/{everything.refused}",
        ],
        "counter": [
            "/counter",
            f"/counter/visits/{everything.visit}",
            f"/counter/visits/{everything.visit}?q=居住证",
            f"/counter/visits/{everything.visit}?q=月球&number=1",
            f"/counter/visits/{everything.visit}/results/{everything.to_be_fetched}",
            f"/drafts/{everything.begun_at_window}",
            f"/drafts/{everything.begun_at_window}/check",
            f"/applications/{everything.to_be_fetched}",
            f"/applications/{everything.to_be_fetched}/receipt",
            "/office/policy?role=counter",
            "/management/board",
        ],
        "government": [
            "/management/supervision",
            f"/management/applications/{everything.under_way}/extend",
            f"/management/applications/{everything.accepted}/reason",
        ],
        "auditor": [
            "/management/openings",
            "/management/board",
            "/administration/trail",
            "/office/policy?role=auditor",
            "/my/account",
        ],
        ENROLLED: ["/sign-in/code"],
        "administrator": [
            *("/my/account/second-factor", "/my/account/second-factor/remove"),
            *("/administration/staff", f"/administration/staff/{ENROLLED}"),
            "/administration/staff?q=nobody&role=lead",
            "/administration/staff/lead-zj",
            "/administration/staff/administrator",
            "/administration/staff/new",
            "/administration/trail",
            "/office/policy",
        ],
        "supervisor": [
            *("/management/ratings", "/management/ratings?show=closed", "/management/ratings/1"),
            "/management/board",
            "/management/supervision?show=orders",
            *("/management/people", "/management/people?department=GA"),
            *("/management/orders", "/management/orders?show=purple", "/management/orders/1", "/management/orders/2"),
            f"/management/applications/{everything.accepted}/order",
            f"/management/applications/{everything.refused}/order",
        ],
        "manager": [
            "/management/commitments",
            "/management/commitments?show=closed",
            *("/management/credit-notices", "/management/credit-notices/new"),
            *(f"/management/credit-notices/{each}" for each in everything.notices),
            "/office/calendar",
            "/office/calendar/year",
            "/management/process?from=2000-01",
            "/management/process?item=GC303",
            "/management/process/cases?source=start:&target=step:acceptance",
            "/management/bulletin",
            "/management/times?since=2022-01&until=2026-12",
            "/management/times?of=step&by=step&item=MS027&since=July",
            *("/management/times/cases", "/management/times/cases?of=step&least=900"),
            "/management/simulation",
            "/management/simulation?measure=gross&commitment_uptake=10",
            "/management/simulation?clerks-ZJ=0&item-1=GC201&days-2=3",
            "/management/board",
            "/management/board?show=late",
            "/management/board?show=stopped&department=WJ",
            "/management/board?q=没有",
            "/management/board?show=nonsense",
            "/management/board?show=turning",
            "/management/board?show=granted",
            "/management/steps",
            "/management/steps?department=ZJ&show=free",
            "/management/steps?show=late",
            "/management/steps?show=unexplained",
            "/management/commitments?show=soon",
            f"/management/applications/{everything.under_way}",
            f"/management/applications/{everything.accepted}",
        ],
    }


MANDATE = {
    "person": "王小蓉",
    "phone": "13900000001",
    "duty": "handler",
    "matters": "all",
    "actions": ["fill", "sign"],
    "begins_on-year": "2026",
    "begins_on-month": "1",
    "begins_on-day": "1",
    "ends_on-year": "2028",
    "ends_on-month": "12",
    "ends_on-day": "30",
}
WAITED_FOR = (
    ("", "/register", {"phone": "13900005550"}),
    ("", "/reset", {"reach": "13900005551"}),
    ("lijinrong", "/my/mandates/new", MANDATE),
    ("wangxiaorong", "/my/account/phone", {"phone": "13900005552", "password": PASSWORD}),
    ("wangxiaorong", "/my/account/email", {"email": "someone@example.org", "password": PASSWORD}),
)
"""Codes are on their way: otherwise the pages that ask for them lead elsewhere."""
NEEDED = {"extend": ("days", "reason"), "reopen": ("reference", "reason")}
"""What the form of an intervention asks for besides the reason."""


def refusals(everything: Everything) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Forms that are refused: who sends them, where to, and what."""
    mending, full, empty = token(everything.under_way), everything.full_draft, everything.empty_draft
    person = {
        "applicant_name": "Иv",
        "applicant_identity": "51010419900307234",
        "applicant_phone": "123",
        "applicant_email": "nobody",
    }
    residence = {"home-region": "nowhere", "moved_in-year": "2026", "moved_in-month": "2", "moved_in-day": "30"}
    certificate = everything.issued.residence[1]
    code = reading().scalars(select(Certificate.code).where(Certificate.number == certificate)).one()
    verified = f"/verify/{certificate}/{code}"
    word = (io.BytesIO((ROOT / "tests" / "files" / "letter.docx").read_bytes()), "说明.docx")
    yield "", "/", {"words": "什么"}
    yield "", "/sign-in", {}
    yield "", "/sign-in", {"username": "nobody", "password": "wrong"}
    yield "", "/register", {"phone": "028-61880000"}
    yield "", "/register/details", {"one_time_code": "1", "person": "Anna", "new_password": "short"}
    yield "", "/reset", {"reach": "x"}
    yield "", "/reset/details", {"one_time_code": "123456", "new_password": "password1"}
    yield "wangxiaorong", "/my/account/password", {"password": "wrong", "new_password": "另一句更长的密码"}
    yield "wangxiaorong", "/my/account/phone", {"phone": "1"}
    yield "wangxiaorong", "/my/account/letters", {"letter_way": "often"}
    yield "wangxiaorong", "/my/account/calendar", {"verb": "subscribe"}
    yield "wangxiaorong", "/services/residence-permit/many", {"take": "good"}
    yield "wangxiaorong", "/my/account/email/code", {"one_time_code": "123456"}
    yield "wangxiaorong", "/my/account/sessions", {"session": "0"}
    yield "wangxiaorong", "/my/account/export", {"password": "wrong"}
    yield "wangxiaorong", "/my/account/close", {"password": PASSWORD}
    yield "lijinrong", "/my/organisations/1/export", {"password": "wrong"}
    yield "wangxiaorong", "/my/mandates/new", {"matters": "some", "ends_on-year": "x"}
    yield "wangxiaorong", "/my/mandates/1", {"verb": "revoke"}
    yield "wangxiaorong", "/my/organisations/new", {"organisation_name": "成都示例", "credit_code": "1"}
    yield "wangxiaorong", "/my/members/1", {}
    yield "", "/services/unemployment-benefit/precheck", {"pre_who": "person", "months_paid": "3"}
    yield "", "/services/food-business-licence/precheck", {"pre_district": "510104", "lease_to-year": "x"}
    yield "", "/verify", {}
    yield "", "/verify", {"number": "1", "code": "2"}
    yield "", "/verify", {"scan": ""}
    yield "", "/verify", {"scan": f"https://city.example{verified}"}
    yield "", "/verify", {"scan": f"https://city.example{verified}#a.b"}
    yield "", "/verify", {"file": (io.BytesIO(b""), "空.pdf")}
    yield "", "/verify", {"file": (io.BytesIO(b"none"), "文字.txt")}
    yield "", "/verify", {"file": (io.BytesIO(b"%PDF-1.7 broken"), "坏.pdf")}
    yield "", "/my/letters/read", {"until": "now"}
    yield "wangxiaorong", f"/drafts/{full}/sections/person", {}
    yield "wangxiaorong", f"/drafts/{full}/sections/person", {**person, "next_step": "continue"}
    yield "wangxiaorong", f"/drafts/{full}/sections/residence", {**residence, "ground": "nonsense"}
    yield "wangxiaorong", f"/drafts/{full}/sections/person", {"陌生": "什么"}
    yield "wangxiaorong", f"/drafts/{full}/materials/photo", {}
    yield "wangxiaorong", f"/drafts/{full}/materials/photo", {"files": word}
    yield "wangxiaorong", f"/drafts/{full}/submit", {"version": "1"}
    yield "wangxiaorong", f"/drafts/{full}/submit", {"version": "0", "declared": "yes"}
    yield "wangxiaorong", f"/drafts/{full}/discard", {}
    yield "wangxiaorong", f"/drafts/{token(everything.amending)}/discard", {}
    yield "wangxiaorong", f"/drafts/{token(everything.too_late)}/submit", {"version": "2", "declared": "yes"}
    yield "wangxiaorong", f"/applications/{everything.accepted}/amend", {}
    yield "clerk-ga", f"/office/steps/{everything.amending}/accept/decide", {"round": "1", "outcome": "accept"}
    yield "wangxiaorong", f"/applications/{everything.accepted}/withdraw", {"reason": "搬家"}
    yield "wangxiaorong", f"/applications/{everything.refused}/withdraw", {"confirmed": "yes"}
    yield "wangxiaorong", "/services/construction-permit/apply", {}
    yield "wangxiaorong", f"/applications/{everything.refused}/rating", {"text": "说明"}
    yield "wangxiaorong", f"/applications/{everything.not_needed}/rating", {"level": "satisfied"}
    yield "wangxiaorong", f"/applications/{everything.accepted}/rating", {"level": "satisfied"}
    yield "wangxiaorong", f"/applications/{everything.refused}/rating", {"level": "satisfied", "text": "长" * 1001}
    yield "wangxiaorong", f"/applications/{everything.accepted}/messages", {"text": ""}
    yield "head-ga", f"/office/messages/{everything.accepted}", {"text": "长" * 10_001}
    yield "wangxiaorong", f"/applications/{everything.not_needed}/objection", {"reason": ""}
    yield "wangxiaorong", f"/applications/{everything.refused}/objection", {"reason": "再提一次"}
    yield "wangxiaorong", f"/applications/{everything.accepted}/objection", {"reason": "没有道理"}
    yield "head-ga", f"/office/obligations/{owed(everything.refused, 'GA')[0]}", {"verb": "answer"}
    yield "wangxiaorong", f"/my/certificates/{everything.issued.residence[1]}/copies", {"purpose": "", "days": "x"}
    yield "head-ga", "/office/ratings/2", {"stage": "mend"}
    yield "head-ga", "/office/ratings/2", {"stage": "verify", "words": "属实"}
    yield "wangxiaorong", f"/applications/{everything.small}/withdraw", {"confirmed": "yes", "reason": "不办了"}
    yield "lijinrong", f"/drafts/{empty}/submit", {"version": "1", "declared": "yes"}
    yield "lijinrong", f"/drafts/{empty}/sections/contract", {"contract_price": "两亿", "start-year": "x"}
    yield "lijinrong", f"/drafts/{empty}/sections/parties", {"builder_code": "1", "manager_identity": "x"}
    yield "lijinrong", f"/drafts/{mending}/submit", {"version": "999", "declared": "yes"}
    for form in ("decide", "return", "pause"):
        yield "clerk-zj", f"/office/steps/{everything.under_way}/gc301/{form}", {"round": "1"}
        yield "clerk-zj", f"/office/steps/{everything.under_way}/gc309/{form}", {"round": "1", "reason": "理由"}
        yield "clerk-zj", f"/office/steps/{everything.under_way}/gc301/{form}", {"陌生": "什么"}
    refused = {"round": "1", "outcome": "disagree"}
    yield "clerk-zj", f"/office/steps/{everything.under_way}/gc301/decide", refused
    yield "clerk-zj", f"/office/steps/{everything.under_way}/gc304/decide", {"round": "1", "outcome": "agree"}
    yield "clerk-zj", f"/office/steps/{everything.under_way}/gc301/decide", {"round": "7", "outcome": "agree"}
    for why in ({}, {"late_reason": "other"}, {"late_reason": "workload", "late_note": "长" * 301}, {"陌生": "什么"}):
        yield "clerk-zj", f"/office/steps/{everything.under_way}/gc301/late-reason", {"round": "1", **why}
    yield "clerk-zj", f"/office/steps/{everything.under_way}/gc301/resume", {"round": "1"}
    yield "clerk-zj", f"/office/steps/{everything.under_way}/gc301/return", {"items": "question-project_name"}
    yield "clerk-zj", f"/office/steps/{everything.under_way}/gc301/pause", {"reason": "hearing", "days": "500"}
    for words in (
        {},
        {"page": "9", "text": "第九页"},
        {"page": "x", "text": "看不清"},
        {"page": "1", "text": "长" * 501},
    ):
        note = {"material": "survey", "version": "1", **words}
        yield "clerk-zj", f"/office/steps/{everything.under_way}/gc301/notes", note
    yield "clerk-zj", f"/office/steps/{everything.under_way}/gc301/notes/9/remove", {}
    for verb in ("confirm", "send_back", "take_back", "nonsense"):
        yield "clerk-yj", f"/office/steps/{everything.sent_back}/decide/proposal", {"verb": verb, "proposed": "1"}
    two, answer = f"/office/steps/{everything.proposed}/decide/proposal", {"proposed": "1", "note": "理由"}
    yield "clerk-yj", two, {"verb": "confirm", **answer}
    yield "head-yj", two, {"verb": "take_back", **answer}
    yield "head-yj", two, {"verb": "send_back", "proposed": "1"}
    yield "head-yj", f"/office/steps/{everything.proposed}/decide/decide", {"round": "1", "outcome": "grant"}
    yield "head-ga", "/office/people/absences", {"first-year": "2026", "note": "备注"}
    yield "head-ga", "/office/supervision/1/answer", {"reason": ""}
    yield "head-ga", "/office/orders/2", {"verb": "answer", "words": ""}
    yield "head-ga", "/office/orders/1", {"verb": "answer", "words": "再答一次"}
    yield "supervisor", "/management/orders/2", {"verb": "close", "words": ""}
    yield "supervisor", "/management/orders/2", {"verb": "send_back", "words": "退回", "due-year": "2020"}
    yield "supervisor", f"/management/applications/{everything.accepted}/order", {"words": "催办"}
    yield "head-ga", "/office/supervision/1/answer", {"reason": "理由"}
    for verb in ("verify", "close", "order", "revoke", "answer", "nonsense"):
        yield "head-sw", f"/office/obligations/{owed(everything.promised, 'SW')[0]}", {"verb": verb}
    late = f"/office/obligations/{owed(everything.promised, 'SW')[1]}"
    yield "head-sw", late, {"verb": "verify", "outcome": "fulfil", "words": "看过了。", "seen_on": "昨天"}
    yield "head-sw", late, {"verb": "verify", "outcome": "fulfil", "words": "看过了。"}
    yield "lijinrong", f"/drafts/{everything.promising}/promise/sign", {"shown-all": "0", "version": "1"}
    yield "lijinrong", f"/applications/{everything.promised}/promises/materials/water_quality", {}
    yield "lijinrong", f"/applications/{everything.promised}/promises/withdraw/gc309", {}
    yield "lijinrong", f"/applications/{everything.promised}/promises/objection", {"reason": "不服"}
    for verb in ("extend", "suspend", "resume", "terminate", "reopen", "nonsense"):
        yield "head-ga", f"/office/applications/{everything.withdrawn}", {"verb": verb}
        words = {"days": "5", "reference": "示例复决〔2026〕1号", "reason": "理由"}
        kept = {name: value for name, value in words.items() if name in NEEDED.get(verb, ("reason",))}
        yield "head-ga", f"/office/applications/{everything.withdrawn}", {"verb": verb, **kept}
    present = {"window": "A03", "present": "陈大爷", "identity_number": "510104194903072347"}
    yield "counter", "/counter", {"window": "三", "present": "Anna", "whose": "person"}
    yield "counter", "/counter", {**present, "document": "identity_card", "whose": "organisation"}
    yield "counter", "/counter", {**present, "document": "identity_card", "whose": "self", "present": "陈二爷"}
    for_another = {"whose": "person", "principal": "陈小妹", "principal_number": "510105200001010029"}
    wrong = {**present, "document": "identity_card", **for_another, "authority": "legal_representative"}
    yield "counter", "/counter", wrong
    yield "counter", f"/counter/visits/{everything.visit}/results/{everything.to_be_fetched}", {}
    yield "counter", f"/counter/visits/{everything.visit}/results", {"number": everything.to_be_fetched[:-1]}
    yield "counter", f"/drafts/{everything.begun_at_window}/submit", {"version": "1"}
    yield "administrator", "/administration/staff/new", {"username": "li.na", "name": "李娜", "role": "clerk"}
    yield ENROLLED, "/sign-in/code", {"factor_code": ""}
    yield ENROLLED, "/sign-in/code", {"factor_code": "000000"}
    yield "administrator", "/my/account/second-factor", {"password": "", "factor_code": ""}
    yield "administrator", "/my/account/second-factor/remove", {"password": "wrong"}
    yield "administrator", "/administration/staff/new", {"username": "", "role": "nonsense"}
    yield "administrator", "/administration/staff/manager/role", {"role": "manager"}
    yield "administrator", "/administration/staff/administrator/disable", {}
    yield "manager", f"/management/applications/{everything.under_way}/reason", {"reason": "nonsense"}
    much = {"verb": "extend", "days": "99", "reason": "理由"}
    yield "government", f"/management/applications/{everything.under_way}/extend", much


def pages(app: Flask, everything: Everything, language: str) -> Iterator[tuple[str, str]]:
    """Every page and every refused form in one language, each under a name for the report."""
    shown, refused = places(everything), list(refusals(everything))
    clients = {who: signed_in(app, who) for who in {*shown, *(who for who, _address, _data in refused)}}
    for client in clients.values():
        client.set_cookie("language", language)
    for who, address, data in WAITED_FOR:
        assert clients[who].post(address, data=data).status_code == 303
    for number in (everything.under_way, everything.accepted):
        said = {"reason": "complaint", "note": "12"}
        assert clients["manager"].post(f"/management/applications/{number}/reason", data=said).status_code == 303
    for who, addresses in shown.items():
        for address in addresses:
            answer = clients[who].get(address)
            assert answer.mimetype == "text/html", f"{who} GET {address} answers {answer.status}"
            assert answer.status_code in (200, 403, 404, 422), f"{who} GET {address} answers {answer.status}"
            yield f"{who or 'stranger'} GET {address}", answer.get_data(as_text=True)
    for who, address, data in refused:
        answer = clients[who].post(address, data=data)
        assert answer.status_code == 200 or 400 <= answer.status_code < 500, f"{address} {data} gets {answer.status}"
        yield f"{who or 'stranger'} POST {address} {sorted(data)}", answer.get_data(as_text=True)


def signed_in(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    if who:
        assert client.post("/sign-in", data={"username": who, "password": PASSWORD}).status_code == 303
    return client


NO_PAGES = frozenset(
    {
        *("static", "health.alive", "health.ready", "public.web_manifest", "public.service_worker"),
        *("journey.file", "journey.sent_file", "journey.piece", "journey.writ", "journey.many_template"),
        *("journey.tracker_news", "journey.export_applications", "public.suggest", "public.sample"),
        *("citizen.certificate_pdf", "citizen.certificate_data", "citizen.copy_pdf", "auth.calendar_feed"),
        *("clerk.file", "clerk.thumbnail", "clerk.drawing", "clerk.evidence", "clerk.owed_material"),
        *("clerk.preview_version", "manager.bulletin_paper", "manager.time_export", "api.certificate"),
        *("public.open_data", "public.verification_key_file", "public.detached_signature"),
    }
)
"""Files, parts of pages, machines' answers and the health checks."""


def test_the_walk_leads_past_every_page(portal: Flask, everything: Everything) -> None:
    """Of a new page somebody must say here who looks at it."""
    adapter = portal.url_map.bind("localhost")
    paths = {address.partition("?")[0] for addresses in places(everything).values() for address in addresses}
    walked = {adapter.match(path, method="GET")[0] for path in paths - {"/nowhere"}}
    asked = {rule.endpoint for rule in portal.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert asked - NO_PAGES - walked == set()


def test_every_field_has_its_name_on_the_page_of_an_error(portal: Flask, chinese: dict[str, Said]) -> None:
    """What was typed is given back under the words of the form, and a choice as it was read, not as it is posted."""
    asked = {each for page in chinese.values() for each in page.asked if each[1] not in NOT_GIVEN_BACK}
    nameless = set()
    for action, name, value in asked:
        with portal.test_request_context(action, method="POST"):
            label, shown = typed(name, value)
        if not label if value == "—" else label and shown == value and re.search("[a-z]", value):
            nameless.add((action, name, value))
    assert nameless == set()


def test_no_english_page_says_anything_in_chinese(english: dict[str, Said]) -> None:
    assert {page.language for page in english.values()} == {"en"}
    assert {name: found for name, page in english.items() if (found := chinese_in(page))} == {}


def test_no_chinese_page_says_anything_in_english(chinese: dict[str, Said], names: list[str]) -> None:
    assert {page.language for page in chinese.values()} == {"zh-CN"}
    assert {name: found for name, page in chinese.items() if (found := english_in(page, names))} == {}


def test_an_english_page_gives_a_departments_chinese_name_once_where_it_names_it_first(
    english: dict[str, Said], catalogue: Catalogue
) -> None:
    wrong = []
    for name, page in english.items():
        line = "".join(text if language == "en" else f"«{text}»" for text, language in page.texts)
        for department in (one.name for one in catalogue.departments.values()):
            first = line.find(department.en)
            if first < 0:
                continue
            follows = line[first + len(department.en) :].startswith(f"«{department.zh}»")
            if not follows or line.count(f"«{department.zh}»") != 1:
                wrong.append((name, department.en, line[first : first + 160]))
    assert wrong == []


def test_the_law_sees_what_it_looks_for() -> None:
    english = said(
        '<html lang="en"><title>甲 · Site</title><p aria-label="乙">Hello <b lang="zh-CN">甲</b> 丙</p></html>'
    )
    assert chinese_in(english) == ["丙", "乙"]
    chinese = said(
        '<html lang="zh-CN"><p title="Hello">你好 PDF <b lang="en">Hi</b> Welcome <code>id</code></p></html>'
    )
    assert english_in(chinese, []) == ["Welcome", "Hello"]
    assert CHINESE.search("全角")
    assert not CHINESE.search("plain")


# ── the forms ──


def test_no_form_leads_to_an_address_that_is_too_long(in_chinese: dict[str, str]) -> None:
    found = {form: page for page, html in in_chinese.items() for form in asking(html)}
    assert len(found) > 50
    too_long = []
    for form, page in found.items():
        try:
            length = longest(form)
        except KeyError as error:
            too_long.append(f"{page}: a field without {error} in {form}")
        else:
            if length > LONGEST_ADDRESS:
                too_long.append(f"{page}: up to {length} characters from {form}")
    assert too_long == []


# ── the dates ──


DATE = re.compile(r"(?<![年\d])(?<!年 )(?:(\d{4}) ?年 ?)?(?<!\d)(\d{1,2}) ?月 ?(\d{1,2}) ?日(?! \d\d:\d\d)")
"""With its year or without; not the day of a minute: nothing falls due by the minute."""
MARKED = (re.compile(r"预计 $"), re.compile(r"^（预计）"))
FIXED = (
    re.compile(r"(?:有效期至|日至|例如) (?:\d{4} 年 \d+ 月 \d+ 日 )*$|(?:已答复|答复期限) $"),
    re.compile(r"^(?:，共|以后删除|前可以提出异议|前向作出决定的机关提出一次异议)"),
)
"""What comes before and after a date that no notice moves: somebody chose it, it is counted in calendar days, or what
fell due on it is done.
"""
GIVEN = re.compile(r'<dl class="ry-answers.*?</dl>|<td[^>]* data-h="有效期至">.*?</td>', re.DOTALL)
"""Answers of applicants, and ends of validity under their head."""
DECIDED = Application.decided_at.is_not(None) | Application.ended_at.is_not(None)
"""Its dates stay what they were."""
FARTHEST = timedelta(days=200)
"""Of what is counted in working days; beyond it are only ends of validity."""


def needing_a_script(html: str) -> list[str]:
    """Forms that nothing sends, links that lead nowhere, and buttons that do nothing, unless a script shows them."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    hidden = {id(each) for around in tree.iter() if "hidden" in around.attrib for each in around.iter()}
    shown = [each for each in tree.iter() if id(each) not in hidden]
    sent = {each.get("form", "") for each in shown if each.tag == "button"} - {""}
    inside = {id(each) for form in shown if form.tag == "form" for each in form.iter()}
    found = []
    for each in shown:
        match each.tag:
            case "form":
                sends = [one for one in each.iter("button") if one.get("type", "submit") == "submit"]
                if list(_controls(each)) and not sends and each.get("id") not in sent:
                    found.append(f"nothing sends the form to {each.get('action')}")
            case "a":
                if each.get("href", "#") in ("", "#") or each.get("href", "").startswith("javascript:"):
                    found.append(f"a link leads nowhere: {''.join(each.itertext()).strip()}")
            case "button":
                submits = each.get("type", "submit") == "submit" and (id(each) in inside or "form" in each.attrib)
                if not submits:
                    found.append(f"a button does nothing: {''.join(each.itertext()).strip()}")
    return found


def test_every_page_works_without_a_script(in_chinese: dict[str, str]) -> None:
    found = {name: wrong for name, html in in_chinese.items() if (wrong := needing_a_script(html))}
    assert found == {}


def test_the_law_sees_what_only_a_script_can_do() -> None:
    page = '<form action="/a"><input name="q"></form><a href="#">不去哪里</a><button type="button">没反应</button>'
    assert len(needing_a_script(page)) == 3
    assert needing_a_script('<form id="f"><input name="q"></form><button form="f">送出</button>') == []
    assert needing_a_script('<p hidden><button type="button">画</button></p>') == []


def unmarked(html: str, today: date) -> list[str]:
    """Coming days that a notice for their year may move and that are not said to be 预计."""
    html = GIVEN.sub("", re.sub(r"<(script|style|textarea)\b.*?</\1>", "", html, flags=re.DOTALL))
    shown = "|".join(re.findall(rf' (?:{"|".join(SHOWN_ATTRIBUTES)})="([^"]*)"', html))
    line = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html) + "|" + shown).replace(" （预计）", "（预计）")
    found = []
    for match in DATE.finditer(line):
        before, after = line[max(0, match.start() - 60) : match.start()], line[match.end() : match.end() + 20]
        is_said = any(first.search(before) or then.search(after) for first, then in (MARKED, FIXED))
        if any(today < day <= today + FARTHEST for day in _nearest(match, today)) and not is_said:
            found.append(before[-20:] + match.group() + after)
    return found


def _nearest(match: re.Match[str], today: date) -> list[date]:
    """Without a year the day of that name nearest to today; none where somebody typed the 30th of February."""
    year, month, day = match.groups()
    found = []
    for each in [int(year)] if year else [today.year - 1, today.year, today.year + 1]:
        with suppress(ValueError):
            found.append(date(each, int(month), int(day)))
    return sorted(found, key=lambda each: abs(each - today))[:1]


def test_every_coming_date_of_a_year_without_a_notice_is_marked(portal: Flask, in_chinese: dict[str, str]) -> None:
    assert sum(html.count("（预计）") for html in in_chinese.values()) > 1000
    today, decided = now().today, [str(each) for each in reading().scalars(select(Application.number).where(DECIDED))]
    running = {name: html for name, html in in_chinese.items() if not any(number in name for number in decided)}
    assert {name: found for name, html in running.items() if (found := unmarked(html, today))} == {}


def test_the_law_sees_a_date_that_is_not_marked() -> None:
    today = date(2026, 12, 20)
    assert unmarked("<td>2027 年 1 月 8 日（预计）</td><b>预计 1 月 8 日</b><td>12 月 8 日</td>", today) == []
    assert unmarked("<td>有效期至</td><td>2027 年 1 月 8 日</td><p>2027 年 1 月 8 日 10:00</p>", today) == []
    assert len(unmarked('<td data-h="1 月 8 日">2027 年 1 月 8 日</td><text>1月8日</text>', today)) == 3
