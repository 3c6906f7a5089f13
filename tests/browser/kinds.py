"""Every kind of page there is, and how its visitor comes to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response
from sqlalchemy import func, select

from approvals.commands.batch import MOST
from approvals.commands.batch import prepare as prepare_batch
from approvals.commands.follow_up import Limits
from approvals.commands.mandate import give
from approvals.commands.rate import rate
from approvals.commands.start_together import Begun, start_together
from approvals.commands.supervise import send_order
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.queue import found_steps
from approvals.queries.queue_filter import Filters
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.obligation import Obligation
from approvals.records.people import Account
from approvals.records.rating import FollowUp
from approvals.storage import Folder
from approvals.vocabulary import BatchVerb, Duty, MandateAction, Outcome, RatingLevel, RatingReason
from config import ROOT, Settings
from portal import create_app
from portal.demonstration.acting import fill_in
from portal.extensions import db
from portal.invitations import link
from portal.unit_of_work import changing, now, reading
from services.current import catalogue
from tests.attending import begun, prepared, taken, visited
from tests.factories import (
    PERMIT,
    RESIDENCE,
    SAFETY,
    applied,
    decided,
    enrolled,
    granted,
    noticed,
    on,
    opened,
    proposed,
    started,
)
from tests.fixtures.heart import Office
from tests.fixtures.live import Live
from tests.fixtures.promises import SELLING, SHOP, Promises

LETTER = ROOT / "tests" / "files" / "letter.docx"
UNSIGNED = ROOT / "portal" / "demonstration" / "files" / "drawings.pdf"

BUSINESS, CITIZEN, OTHER, MANAGER = "lijinrong", "wangxiaorong", "yanmao", "manager"
OWING = "clerk-sc-510104"
BACK = "form[action$=proposal]:has([name=note])"
ENROLLED = "clerk-wl"
"""Comes as far as the page that asks for the code of a second factor."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`who` is an account, nothing for a stranger; `path` has names of places in it.

    What is looked at is the answer to `form` (a selector), where there is one: sent as it stands, or with this `file`.
    """

    name: str
    who: str
    path: str
    form: str = ""
    file: Path | None = None
    typed: tuple[tuple[str, str], ...] = ()
    """What is typed into the form before it is sent, by the names of its fields."""
    arrives: str = ""
    """Where the form leads, when that is another page."""

    def open(self, page: Page, places: Mapping[str, str]) -> Response:
        came = page.goto(self.path.format_map(places))
        if self.form:
            if self.file:
                page.locator(self.form).locator("input[type=file]").first.set_input_files(self.file)
            page.locator(self.form).evaluate("form => form.closest('details')?.setAttribute('open', '')")
            for name, words in self.typed:
                page.locator(self.form).locator(f"[name={name}]").fill(words)
            is_swapped = page.locator(self.form).get_attribute("hx-post") is not None
            with page.expect_navigation() as coming:
                if is_swapped:  # by a script; without one its answer is a page
                    page.locator(self.form).evaluate("form => form.submit()")
                else:
                    page.locator(self.form).locator("button:not([type=button])").first.press("Enter")
            came = coming.value
        assert came is not None
        return came


def prepare(live: Live) -> dict[str, str]:
    """Numbers and tokens by the names that stand in paths, of what the demonstration begins with and of some more."""
    app = create_app(Settings(home=live.home, demonstration=True, public_url=live.address, log_level="ERROR"))
    with app.app_context():
        storage = Folder(live.home / "files")
        places = {
            "empty": started(PERMIT, BUSINESS),
            "draft": fill_in(catalogue().item(PERMIT), storage, now()),
        }
        places["bundle"] = _bundle("retire", "MS046", "MS054")
        later: dict[str, object] = {"parts": ["MS005"], "answers": {"shop_name": "小馆"}}
        places["founding"] = _bundle("open-a-restaurant", "MS001", waiting=later)
        places["proposed"] = proposed(SAFETY, "decide")
        places["sent_back"] = proposed(SAFETY, "decide", is_sent_back=True)
        promises, today = Promises(Office(app)), now().today.isoformat()
        places["promised"] = promises.shop(today)
        places["promising"] = promises.draft(SHOP, today, missing=(), **SELLING)
        for each in reading().scalars(select(Obligation)):
            places[f"owed_{each.subject}"] = str(each.id)
        places |= _amending(Office(app))
        enrolled(ENROLLED)
        visit = visited()
        fetched = taken(visit, RESIDENCE)
        granted(fetched)
        prepared(visit, fetched)
        places |= {"visit": str(visit), "fetched": fetched, "at_window": begun(visit, RESIDENCE)}
        applied(RESIDENCE)
        granted(applied(RESIDENCE), deliver=False)
        for application in reading().scalars(select(Application).where(Application.number.is_not(None))):
            name = f"{application.item_code}_{application.status}"
            places.setdefault(name, application.number or "")
            places.setdefault(f"{name}_token", application.token)
        for certificate in reading().scalars(select(Certificate)):
            name = f"{certificate.application.item_code}_{certificate.application.status}"
            places.setdefault(f"{name}_certificate", certificate.number)
            places.setdefault(f"{name}_code", certificate.code)
        opened(places["GC303_in_review"], MANAGER)
        places["notice"] = str(noticed())
        places |= _refused() | {"mandate": str(_mandate()), "batch": str(_batch()), "welcome": _welcome()}
        places["order"] = str(_ordered(places["GC303_in_review"]))
        db.session.remove()
        db.engine.dispose()
    return places


def _amending(office: Office) -> dict[str, str]:
    """Tokens of one that is being amended, and of one that was accepted meanwhile."""
    yesterday = now().today - timedelta(days=1)
    opened_ones = {name: applied(RESIDENCE, on(yesterday)) for name in ("amending", "too_late")}
    for number in opened_ones.values():
        office.amend(number, yesterday.isoformat(), send=False, employer="成都另一家示例有限公司")
    decided(opened_ones["too_late"], "accept", Outcome.ACCEPT)
    tokens = dict(reading().execute(select(Application.number, Application.token)).all())
    return {name: tokens[number] for name, number in opened_ones.items()}


def _ordered(number: str) -> int:
    """An order that waits for an answer."""
    moment, by = now(), actor_named(reading(), MANAGER)
    due = moment.calendar.add_working_days(moment.today, 3)
    with changing(by, moment) as session:
        step = for_change.step(session, number, "gc302")
        return send_order(step, "申请人来电催办，请说明。", due, by=by, at=moment).id


def _refused() -> dict[str, str]:
    """Against which an objection can be raised, and its bad rating, which somebody follows up."""
    number = applied(RESIDENCE)
    for key, outcome in (("accept", Outcome.ACCEPT), ("review", Outcome.AGREE), ("decide", Outcome.REFUSE)):
        decided(number, key, outcome, "居住证明与登记地址不符。" if outcome is Outcome.REFUSE else "")
    moment, by = now(), actor_named(reading(), CITIZEN)
    with changing(by, moment) as session:
        application = for_change.application(session, number)
        rate(
            application, RatingLevel.DISSATISFIED, [RatingReason.SLOW], "没有回音。", limits=Limits(), by=by, at=moment
        )
    return {"refused": number, "follow_up": str(reading().scalars(select(func.max(FollowUp.id))).one())}


def _mandate() -> int:
    moment, by = now(), actor_named(reading(), CITIZEN)
    with changing(by, moment) as session:
        return give(
            session,
            organisation=None,
            name="龑䶮",
            phone="13900000002",
            duty=Duty.AGENT,
            items=(),
            actions=(MandateAction.FILL,),
            begins_on=moment.today,
            ends_on=moment.today + timedelta(days=30),
            by=by,
            at=moment,
        ).id


def _batch() -> int:
    moment, by = now(), clerk_of(reading(), "GA")
    steps = found_steps(reading(), Filters(), MOST, by=by, at=moment)
    with changing(by, moment) as session:
        return prepare_batch(session, BatchVerb.DECIDE, steps, by=by, at=moment).id


def _welcome() -> str:
    """The way of somebody new among the staff to a password."""
    account = reading().scalars(select(Account).where(Account.username == "auditor")).one()
    return urlsplit(link(account.id, account.password_hash)).path


def _bundle(slug: str, *codes: str, waiting: dict[str, object] | None = None) -> str:
    """A citizen's, nothing of it sent yet."""
    moment, by = now(), actor_named(reading(), CITIZEN)
    with changing(by, moment) as session:
        begun: list[Begun] = [(for_change.revision(session, code), {}, {}) for code in codes]
        made = start_together(slug, begun, organisation=None, waiting=waiting, by=by, at=moment)
        session.add(made)
        session.flush()
        return made.token


RUNNING, ISSUED = "{GC303_in_review}", "{GC303_issued}"
DRAFT, RETURNED = "/drafts/{draft}", "/drafts/{GC303_in_review_token}"
DESK = f"/office/steps/{RUNNING}"

KINDS = (
    Kind("guide with promises", "", "/services/food-business-licence"),
    Kind("promise or not", BUSINESS, "/drafts/{promising}/promise"),
    Kind("letter of promise", BUSINESS, "/drafts/{promising}/promise/sign?of=all"),
    Kind("letter of promise undeclared", BUSINESS, "/drafts/{promising}/promise/sign?of=all", "main form"),
    Kind("promises", BUSINESS, "/applications/{promised}/promises"),
    Kind("promises without file", BUSINESS, "/applications/{promised}/promises", "form:has([type=file])"),
    Kind("tracker of promises", BUSINESS, "/applications/{promised}"),
    Kind("obligations", OWING, "/office/obligations"),
    Kind("obligation", OWING, "/office/obligations/{owed_premises}"),
    Kind("obligation refused", OWING, "/office/obligations/{owed_premises}", "main form:has([name=verb])"),
    Kind("commitments", MANAGER, "/management/commitments"),
    Kind("credit notices", MANAGER, "/management/credit-notices"),
    Kind("credit notice to enter", MANAGER, "/management/credit-notices/new"),
    Kind("credit notice refused", MANAGER, "/management/credit-notices/new", "main form"),
    Kind("credit notice", MANAGER, "/management/credit-notices/{notice}"),
    Kind("repair refused", MANAGER, "/management/credit-notices/{notice}", "main form"),
    Kind("bulletins", MANAGER, "/management/bulletin"),
    Kind("process map", MANAGER, "/management/process"),
    Kind("applications of the process map", MANAGER, "/management/process/cases?source=start:&target=step:acceptance"),
    Kind("home", "", "/"),
    Kind("home for businesses", "", "/?for=businesses"),
    Kind("services", "", "/services"),
    Kind("services found", "", "/services?q=施工&for=businesses&online=yes"),
    Kind("services found with an answer", "", "/services?q=护照多少钱"),
    Kind("services not found", "", "/services?q=月球基地"),
    Kind("guide", "", "/services/construction-permit"),
    Kind("guide of a service with the usual steps", "", "/services/civil-air-defence-basement-review"),
    Kind("before applying", "", "/services/food-business-licence/precheck"),
    Kind("before applying judged", "", "/services/construction-permit/precheck?pre_who=person&floor_area=5000"),
    Kind("departments", "", "/departments"),
    Kind("without network", "", "/offline"),
    Kind("verify", "", "/verify"),
    Kind("verify refused", "", "/verify", "form:has(#code)"),
    Kind("verify by QR code refused", "", "/verify", "#scan-form"),
    Kind("verified", "", "/verify/{GC303_issued_certificate}/{GC303_issued_code}"),
    Kind("verified invalid", "", "/verify", "form[enctype]", UNSIGNED),
    Kind("sign in", "", "/sign-in"),
    Kind("sign in refused", "", "/sign-in", "main form"),
    Kind("code of a second factor", ENROLLED, "/sign-in/code"),
    Kind("code of a second factor refused", ENROLLED, "/sign-in/code", "main form"),
    Kind("second factor to set up", "administrator", "/my/account/second-factor"),
    Kind("second factor refused", "administrator", "/my/account/second-factor", "main form"),
    Kind("account of staff", "administrator", "/my/account"),
    Kind("policy of a role", "administrator", "/office/policy?role=lead"),
    Kind("not found", "", "/nowhere"),
    Kind("home, signed in", BUSINESS, "/"),
    Kind("guide, signed in", BUSINESS, "/services/construction-permit"),
    Kind("tasks", BUSINESS, "/drafts/{empty}"),
    Kind("section", BUSINESS, f"{DRAFT}/sections/project"),
    Kind("section with conditions", BUSINESS, f"{DRAFT}/sections/matters"),
    Kind("section refused", BUSINESS, "/drafts/{empty}/sections/project", "form#section"),
    Kind("section with dates refused", BUSINESS, "/drafts/{empty}/sections/contract", "form#section"),
    Kind("materials", BUSINESS, f"{DRAFT}/materials"),
    Kind("material refused", BUSINESS, f"{DRAFT}/materials", "#material-contract form[enctype]", LETTER),
    Kind("check", BUSINESS, f"{DRAFT}/check"),
    Kind("check refused", BUSINESS, f"{DRAFT}/check", "main form[action$='/submit']"),
    Kind("check incomplete", BUSINESS, "/drafts/{empty}/check"),
    Kind("discard", BUSINESS, DRAFT, "main form[action$='/discard']"),
    Kind("tasks to mend", BUSINESS, RETURNED),
    Kind("section to mend", BUSINESS, f"{RETURNED}/sections/matters"),
    Kind("materials to mend", BUSINESS, f"{RETURNED}/materials"),
    Kind("check to mend", BUSINESS, f"{RETURNED}/check"),
    Kind("tasks to amend", CITIZEN, "/drafts/{amending}"),
    Kind("check to amend", CITIZEN, "/drafts/{amending}/check"),
    Kind("amendment given up", CITIZEN, "/drafts/{amending}", "main form[action$='/discard']"),
    Kind("amendment too late", CITIZEN, "/drafts/{too_late}/unsent"),
    Kind("company's applications", BUSINESS, "/business/applications"),
    Kind("company's applications not found", BUSINESS, "/business/applications?q=月球"),
    Kind("company's applications narrowed", BUSINESS, "/business/applications?state=in_review&year=x"),
    Kind("many applications", BUSINESS, "/services/construction-permit/many"),
    Kind("many applications refused", BUSINESS, "/services/construction-permit/many", "main form[enctype]", LETTER),
    Kind("receipt", BUSINESS, f"/applications/{RUNNING}/receipt"),
    Kind("what was sent", BUSINESS, f"/applications/{RUNNING}/sent"),
    Kind("files given", CITIZEN, "/my/materials"),
    Kind("files of a company", BUSINESS, "/my/materials"),
    Kind("no files", OTHER, "/my/materials"),
    Kind("company's data refused", BUSINESS, "/my/organisations/1/export", "main form"),
    Kind("tracker", BUSINESS, f"/applications/{RUNNING}?dates=gc311"),
    Kind("tracker of an issued one", BUSINESS, f"/applications/{ISSUED}"),
    Kind("withdraw", BUSINESS, f"/applications/{RUNNING}", "main form[action$='/withdraw']"),
    Kind("certificate", BUSINESS, "/my/certificates/{GC303_issued_certificate}"),
    Kind("tracker before acceptance", CITIZEN, "/applications/{MS027_submitted}"),
    Kind("applications", CITIZEN, "/my/applications"),
    Kind("certificates", CITIZEN, "/my/certificates"),
    Kind("certificate being made", CITIZEN, "/my/certificates/{MS027_granted_certificate}"),
    Kind("letters", CITIZEN, "/my/letters"),
    Kind("no applications", OTHER, "/my/applications"),
    Kind("no certificates", OTHER, "/my/certificates"),
    Kind("no letters", OTHER, "/my/letters"),
    Kind("not yours", OTHER, f"/applications/{RUNNING}"),
    Kind("not allowed", OTHER, "/office/queue"),
    Kind("queue", "clerk-zj", "/office/queue"),
    Kind("queue done", "clerk-zj", "/office/queue?show=done"),
    Kind("queue not found", "clerk-zj", "/office/queue?q=月球"),
    Kind("desk", "clerk-zj", f"{DESK}/gc302"),
    Kind("desk refused", "clerk-zj", f"{DESK}/gc302", "form[action$='/decide']"),
    Kind("desk, nothing to mend named", "clerk-zj", f"{DESK}/gc302", "form[action$='/return']"),
    Kind("desk done", "clerk-zj", f"{DESK}/gc304"),
    Kind("desk waiting", "clerk-zj", f"{DESK}/decide"),
    Kind("desk returned", "clerk-cg", f"{DESK}/gc309"),
    Kind("desk in a special procedure", "clerk-wj", f"{DESK}/gc311"),
    Kind("desk of acceptance", "clerk-ga", "/office/steps/{MS027_submitted}/accept"),
    Kind("desk for two people", "head-yj", "/office/steps/{proposed}/decide"),
    Kind("proposal sent back without a reason", "head-yj", "/office/steps/{proposed}/decide", BACK),
    Kind("annotation refused", "clerk-zj", f"{DESK}/gc302", "#notes-fire_design-1 form[data-annotate]"),
    Kind("own proposal", "clerk-yj", "/office/steps/{proposed}/decide"),
    Kind("desk after a proposal was sent back", "clerk-yj", "/office/steps/{sent_back}/decide"),
    Kind("queue of what waits for a second person", "head-yj", "/office/queue?second=confirm"),
    Kind("board", MANAGER, "/management/board"),
    Kind("board of a department", MANAGER, "/management/board?department=SW"),
    Kind("board of what turns yellow", MANAGER, "/management/board?show=turning"),
    Kind("open steps", MANAGER, "/management/steps"),
    Kind("open steps of a department", MANAGER, "/management/steps?department=ZJ&show=free"),
    Kind("supervisor's desk", "supervisor", "/management/people"),
    Kind("orders", MANAGER, "/management/orders"),
    Kind("order to send", MANAGER, f"/management/applications/{RUNNING}/order?step=gc302"),
    Kind("order to send refused", MANAGER, f"/management/applications/{RUNNING}/order", "main form"),
    Kind("order", MANAGER, "/management/orders/{order}"),
    Kind("orders of a department", "head-zj", "/office/orders"),
    Kind("order to answer", "head-zj", "/office/orders/{order}"),
    Kind("answer refused", "head-zj", "/office/orders/{order}", "main form"),
    Kind("reason to look", "supervisor", f"/management/applications/{RUNNING}/reason"),
    Kind("reason refused", "supervisor", f"/management/applications/{RUNNING}/reason", "main form"),
    Kind("openings", "auditor", "/management/openings"),
    Kind("application on the board", MANAGER, f"/management/applications/{RUNNING}"),
    Kind("bundle", "", "/bundles/open-a-restaurant"),
    Kind("asked once with mistakes", CITIZEN, "/bundles/retire/apply", "main form"),
    Kind("bundle followed", CITIZEN, "/my/bundles/{bundle}"),
    Kind("bundle that waits for its company", CITIZEN, "/my/bundles/{founding}"),
    Kind("papers", "head-zj", "/office/papers"),
    Kind("paper", "head-zj", "/office/papers/construction-permit"),
    Kind("paper refused", "head-zj", "/office/papers/construction-permit", "main form:has([name=title])"),
    Kind("seal", "head-zj", "/office/papers/seal"),
    Kind("calendar", MANAGER, "/office/calendar"),
    Kind("calendar year", MANAGER, "/office/calendar/year"),
    Kind("calendar year refused", MANAGER, "/office/calendar/year", "main form"),
    Kind("calendar refused", MANAGER, "/office/calendar", "main form:has([name=reason])"),
    Kind("statistics", "", "/statistics"),
    Kind("ratings in public", "", "/ratings"),
    Kind("keys", "", "/verify/keys"),
    Kind("register", "", "/register"),
    Kind("register refused", "", "/register", "main form"),
    Kind("reset", "", "/reset"),
    Kind(
        "register with a code",
        "",
        "/register",
        "main form",
        typed=(("phone", "13900006601"),),
        arrives="/register/details",
    ),
    Kind("register with mistakes", "", "/register/details", "main form"),
    Kind("reset with a code", "", "/reset", "main form", typed=(("reach", "13900006602"),), arrives="/reset/details"),
    Kind("reset with mistakes", "", "/reset/details", "main form"),
    Kind("welcome", "", "{welcome}"),
    Kind("welcome refused", "", "{welcome}", "main form"),
    Kind("account", CITIZEN, "/my/account"),
    Kind("another phone", CITIZEN, "/my/account/phone"),
    Kind("another phone refused", CITIZEN, "/my/account/phone", "main form"),
    Kind("data taken along", CITIZEN, "/my/account/export"),
    Kind("data not taken along", CITIZEN, "/my/account/export", "main form"),
    Kind("second factor to remove", "administrator", "/my/account/second-factor/remove"),
    Kind("mandate given", CITIZEN, "/my/mandates/{mandate}"),
    Kind("objection", CITIZEN, "/applications/{refused}/objection"),
    Kind("objection refused", CITIZEN, "/applications/{refused}/objection", "main form"),
    Kind("follow-up of a rating", "supervisor", "/management/ratings/{follow_up}"),
    Kind("follow-up refused", "supervisor", "/management/ratings/{follow_up}", "main form"),
    Kind("follow-up at the office", "head-ga", "/office/ratings/{follow_up}"),
    Kind("batch", "clerk-ga", "/office/batches/{batch}"),
    Kind("more time", "government", f"/management/applications/{RUNNING}/extend"),
    Kind("more time refused", "government", f"/management/applications/{RUNNING}/extend", "main form"),
    Kind("password refused", CITIZEN, "/my/account/password", "main form"),
    Kind("letters chosen", CITIZEN, "/my/account/letters"),
    Kind("due dates in a calendar", CITIZEN, "/my/account/calendar"),
    Kind("due dates subscribed", CITIZEN, "/my/account/calendar", "main form:has([name=verb])"),
    Kind("closing refused", CITIZEN, "/my/account/close", "main form"),
    Kind("mandates", BUSINESS, "/my/mandates"),
    Kind("mandate refused", CITIZEN, "/my/mandates/new", "main form"),
    Kind("workspace", CITIZEN, "/my/organisations/new"),
    Kind("rating", BUSINESS, f"/applications/{ISSUED}/rating"),
    Kind("rating refused", BUSINESS, f"/applications/{ISSUED}/rating", "main form"),
    Kind("messages", BUSINESS, f"/applications/{RUNNING}/messages"),
    Kind("message refused", BUSINESS, f"/applications/{RUNNING}/messages", "main form"),
    Kind("copies", BUSINESS, "/my/certificates/{GC303_issued_certificate}/copies"),
    Kind("copy refused", BUSINESS, "/my/certificates/{GC303_issued_certificate}/copies", "main form"),
    Kind("register of certificates", "clerk-zj", "/office/certificates"),
    Kind("making of certificates", "head-zj", "/office/certificates/making"),
    Kind("certificates whose signature is not good", "head-zj", "/office/certificates/unsound"),
    Kind("certificate at the office", "head-zj", "/office/certificates/{GC303_issued_certificate}"),
    Kind("people", "head-zj", "/office/people"),
    Kind("supervision of a department", "head-zj", "/office/supervision"),
    Kind("ratings of a department", "head-zj", "/office/ratings"),
    Kind("messages to a department", "clerk-zj", "/office/messages"),
    Kind("messages with an applicant", "clerk-zj", f"/office/messages/{RUNNING}"),
    Kind("phrases", "clerk-zj", "/office/phrases"),
    Kind("phrase refused", "clerk-zj", "/office/phrases", "main form"),
    Kind("application at the office", "clerk-zj", f"/office/applications/{RUNNING}"),
    Kind("nothing chosen in the queue", "clerk-zj", "/office/queue", "form#batch"),
    Kind("policy", "clerk-zj", "/office/policy"),
    Kind("supervision", MANAGER, "/management/supervision"),
    Kind("simulation", MANAGER, "/management/simulation"),
    Kind("bad ratings", "supervisor", "/management/ratings"),
    Kind("where time goes", MANAGER, "/management/times"),
    Kind("where time goes, by department", MANAGER, "/management/times?of=step"),
    Kind("cases of a figure", MANAGER, "/management/times/cases"),
    Kind("counter", "counter", "/counter"),
    Kind("counter refused", "counter", "/counter", "main form[method=post]"),
    Kind("visit", "counter", "/counter/visits/{visit}?q=居住证"),
    Kind("result to hand out", "counter", "/counter/visits/{visit}/results/{fetched}"),
    Kind("result not handed out", "counter", "/counter/visits/{visit}/results/{fetched}", "main form.ry-panel"),
    Kind("check at the window", "counter", "/drafts/{at_window}/check"),
    Kind("staff", "administrator", "/administration/staff"),
    Kind("staff added", "administrator", "/administration/staff/new"),
    Kind("staff refused", "administrator", "/administration/staff/new", "main form"),
    Kind("one of the staff", "administrator", f"/administration/staff/{ENROLLED}"),
    Kind("trail of staff", "auditor", "/administration/trail"),
)
