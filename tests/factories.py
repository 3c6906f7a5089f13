"""Applications for tests, brought where they are needed by the real commands, in the context of an application."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from flask import current_app

from approvals.clock.moment import Moment
from approvals.commands import draft
from approvals.commands.attach import attach
from approvals.commands.credit_notice import enter_notice, repair_notice
from approvals.commands.open_case import open_case
from approvals.commands.propose import propose, send_back
from approvals.commands.return_for_correction import Mend, return_for_correction
from approvals.commands.submit import submit
from approvals.commands.ticks import all_met
from approvals.inspection import inspect
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of, second_of
from approvals.queries.progress import progress
from approvals.records.second_factor import SecondFactor
from approvals.storage import Folder
from approvals.vocabulary import OpeningReason, Outcome, StepStatus
from portal.demonstration import acting
from portal.demonstration.people import APPLICANTS
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from services.current import catalogue
from tests.deciding import decide
from tests.remembering import remembered

PERMIT = "construction-permit"
"""Applied for by the company, whose handler is lijinrong."""
SAFETY = "safety-facility-design-review"
"""Applied for by the company; two people decide it."""
RESIDENCE = "residence-permit"
"""Applied for by wangxiaorong; valid for a year."""
NUMBERS = {each.username: each.identity_number or "" for each in APPLICANTS}
CITIZEN_NUMBER = NUMBERS["wangxiaorong"]


def on(day: date, hour: int = 9, minute: int = 30) -> Moment:
    """An office hour of that day."""
    return acting.moment(day, now().calendar, hour, minute)


def started(slug: str, username: str, at: Moment | None = None) -> str:
    """The token of an empty draft; for the first organisation the account acts for, if there is one."""
    moment = at or now()
    by = actor_named(reading(), username)
    with changing(by, moment) as session:
        organisation = for_change.organisation(session, min(by.organisations)) if by.organisations else None
        revision = for_change.revision(session, catalogue().item(slug).code)
        made = draft.start(revision, organisation=organisation, answers={}, by=by, at=moment)
        session.add(made)
        return made.token


@remembered
def applied(slug: str, at: Moment | None = None) -> str:
    """The number of the fullest application of an item, just sent; its letter is delivered."""
    moment = at or now()
    number = acting.apply(catalogue().item(slug), Folder(current_app.extensions["settings"].files), moment)
    sweep(moment)
    return number


def with_drawings(files: Mapping[str, bytes], at: Moment | None = None) -> str:
    """The number of a construction permit under review that has these drawings, by name, besides its own."""
    moment, item = at or now(), catalogue().item(PERMIT)
    by, storage = acting.applicant(item), Folder(current_app.extensions["settings"].files)
    token = acting.fill_in(item, storage, moment)
    with changing(by, moment) as session:
        application = for_change.application(session, token)
        for name, content in files.items():
            found = inspect(content, name, ("dxf",))
            attach(application, "drawings", found, storage.put(content), by=by, at=moment)
        submit(application, by=by, at=moment)
        number = str(application.number)
    decided(number, "accept", Outcome.ACCEPT, at=moment)
    return number


def enrolled(username: str) -> None:
    """Signs in with a second factor from now on, whose codes nobody asks for."""
    at = now()
    account = actor_named(reading(), username).person
    with changing(at=at) as session:
        session.add(SecondFactor(account_id=account, secret="A" * 32, enrolled_at=at.instant, last_step=0))


@remembered
def decided(number: str, key: str, outcome: Outcome, reason: str = "", at: Moment | None = None) -> None:
    """The step's clerk decides; letters and papers are delivered."""
    moment = at or now()
    by = clerk_of(reading(), _department(number, key))
    with changing(by, moment) as session:
        decide(for_change.step(session, number, key), outcome, reason, by=by, at=moment)
    sweep(moment)


@remembered
def proposed(slug: str, key: str, *, is_sent_back: bool = False, at: Moment | None = None) -> str:
    """The number of an application with an opinion that waits for a second person, or one that was sent back."""
    moment = at or now()
    number = applied(slug, moment)
    while key not in (waiting := {step.key: step for step in acting.workable(progress(reading(), number))}):
        acting.take(number, next(iter(waiting.values())), moment)
    by = clerk_of(reading(), waiting[key].department)
    outcome = acting.AFFIRMATIVE.get(waiting[key].kind, Outcome.AGREE)
    with changing(by, moment) as session:
        step = for_change.step(session, number, key)
        propose(step, outcome, "材料一致。", ticks=all_met(step), by=by, at=moment)
    second = second_of(reading(), waiting[key].department, by)
    if is_sent_back:
        with changing(second, moment) as session:
            send_back(for_change.step(session, number, key), 1, "请再核对图纸。", by=second, at=moment)
    return number


def opened(number: str, username: str, at: Moment | None = None) -> None:
    """Somebody who watches over all applications says why they look into this one."""
    moment, by = at or now(), actor_named(reading(), username)
    with changing(by, moment) as session:
        application = for_change.application(session, number)
        open_case(application, OpeningReason.SUPERVISION, "督办单 7 号。", by=by, at=moment)


def noticed(username: str = "wangxiaorong", at: Moment | None = None, *, is_repaired: bool = False) -> int:
    """The number of bad credit entered about this person, for a year."""
    moment, by = at or now(), actor_named(reading(), "supervisor")
    with changing(by, moment) as session:
        notice = enter_notice(
            session,
            NUMBERS[username],
            published_by="信用中国",
            reference="（2026）川0104执123号",
            reason="有履行能力而拒不履行生效判决。",
            starts_on=moment.today,
            ends_on=moment.today + timedelta(days=365),
            by=by,
            at=moment,
        )
        if is_repaired:
            repair_notice(session, notice.id, "法院已经从名单中删除。", by=by, at=moment)
        return notice.id


def returned(number: str, key: str, *targets: str, at: Moment | None = None) -> None:
    """The step's clerk asks to mend these questions or materials."""
    moment = at or now()
    by = clerk_of(reading(), _department(number, key))
    with changing(by, moment) as session:
        step = for_change.step(session, number, key)
        mends = [Mend("question", target, "请写完整。") for target in targets]
        return_for_correction(step, mends, by=by, at=moment)
    sweep(moment)


@remembered
def granted(number: str, at: Moment | None = None, *, deliver: bool = True) -> None:
    """Every department agrees, the lead grants; with `deliver` the certificate is made and issued."""
    moment = at or now()
    while waiting := acting.workable(progress(reading(), number)):
        for step in waiting:
            acting.take(number, step, moment)
    if deliver:
        sweep(moment)


@remembered
def issued(slug: str, at: Moment | None = None) -> tuple[str, str]:
    """Numbers of an application and of its certificate, which is in force."""
    number = applied(slug, at)
    granted(number, at)
    made = progress(reading(), number)
    assert made.certificate is not None
    assert all(step.status is not StepStatus.OPEN for step in made.steps)
    return number, made.certificate.number


def _department(number: str, key: str) -> str:
    return next(step.department for step in progress(reading(), number).steps if step.key == key)
