"""What passing days bring about: reminders and orders once each, acceptance by silence, dates of a new calendar."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from approvals.clock.moment import CITY
from approvals.commands.close_offices import close_offices, open_offices
from approvals.commands.load_calendar import load_calendar
from approvals.commands.pause import pause
from approvals.commands.return_for_correction import Mend, return_for_correction
from approvals.events import Event
from approvals.permissions import SYSTEM
from approvals.queries import for_change
from approvals.queries.actor import clerk_of
from approvals.queries.case import load_case
from approvals.queries.invariants import examine
from approvals.queries.reckoning import reckoning
from approvals.queries.woken import woken
from approvals.records.application import Application
from approvals.records.event import EventRecord
from approvals.records.letter import Letter
from approvals.records.step import Decision, StepRecord
from approvals.records.supervision import SupervisionRecord
from approvals.records.writ import Writ
from approvals.vocabulary import ApplicationStatus, Outcome, PauseReason, Rung, StepStatus, WritKind
from portal.extensions import db
from portal.unit_of_work import changing, reading
from portal.worker import clock
from portal.worker.clock import strike
from portal.worker.delivery import sweep
from services.answers import Address
from services.item import CalendarYear
from tests.deciding import decide
from tests.fixtures.heart import Office


def reached(office: Office, subject: str = "decide") -> list[tuple[Rung, str]]:
    reading().rollback()
    wanted = select(SupervisionRecord.rung, SupervisionRecord.due).where(SupervisionRecord.subject == subject)
    return [(rung, due.isoformat()) for rung, due in reading().execute(wanted.order_by(SupervisionRecord.id))]


def to_the_decision(office: Office) -> str:
    """A small permit whose decision (promised 2 working days, by law 7 calendar days) is open since 8 May 2026."""
    number = office.small()
    office.take(number, "accept")
    office.take_all_but(number)
    assert office.open(number) == ["decide"]
    return number


def test_each_rung_is_recorded_once_on_its_day(office: Office) -> None:
    to_the_decision(office)
    strike(office.at("2026-05-08", 18))
    assert reached(office) == []
    climbed = {
        "2026-05-09": [Rung.WARNING],  # a Saturday that is worked
        "2026-05-11": [],
        "2026-05-12": [Rung.LATE],
        "2026-05-13": [],
        "2026-05-14": [Rung.ESCALATED],
        "2026-05-15": [],
        "2026-05-16": [Rung.BREACHED],
    }
    so_far: list[Rung] = []
    for day, rungs in climbed.items():
        so_far += rungs
        for hour in (0, 9, 23):
            strike(office.at(day, hour, 1))
            assert [rung for rung, _ in reached(office)] == so_far, (day, hour)
    assert reached(office)[0] == (Rung.WARNING, "2026-05-11")
    assert reached(office)[-1] == (Rung.BREACHED, "2026-05-15")


def test_a_month_without_scheduler_leaves_nothing_out_and_doubles_nothing(office: Office) -> None:
    to_the_decision(office)
    late = office.at("2026-06-10")
    strike(late)
    strike(late)
    assert [rung for rung, _ in reached(office)] == [Rung.WARNING, Rung.LATE, Rung.ESCALATED, Rung.BREACHED]
    told = select(func.count()).where(EventRecord.kind == Event.RUNG_REACHED)
    everything = select(func.count()).select_from(SupervisionRecord)
    assert reading().scalar(told) == reading().scalar(everything)


def test_a_clock_that_stands_still_reaches_no_rung(office: Office) -> None:
    number = to_the_decision(office)
    clerk, at = clerk_of(reading(), "ZJ"), office.at("2026-05-08", 11)
    with changing(clerk, at) as session:
        stopping = for_change.step(session, number, "decide")
        pause(stopping, PauseReason.HEARING, days=30, note="听证。", by=clerk, at=at)
    strike(office.at("2026-06-01"))
    assert reached(office) == []


def test_that_a_date_moves_on_while_its_clock_stands_still_is_no_news(office: Office) -> None:
    number = office.small("2026-05-06")
    office.take(number, "accept")
    clerk, at = clerk_of(reading(), "ZJ"), office.at("2026-05-08", 11)
    with changing(clerk, at) as session:
        stopping = for_change.step(session, number, "gc301")
        pause(stopping, PauseReason.TESTING, days=30, note="检测。", by=clerk, at=at)
    strike(office.at("2026-05-20"))
    assert reached(office, "gc304") != []
    moved = select(func.count()).where(EventRecord.kind == Event.DATES_MOVED)
    assert reading().scalar(moved) == 0


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_two_schedulers_at_once_record_every_rung_once(database: str, request: pytest.FixtureRequest) -> None:
    office: Office = request.getfixturevalue("office" if database == "sqlite" else "postgres_office")
    for _ in range(3):
        to_the_decision(office)
    at = office.at("2026-06-10")
    reading().rollback()

    def run() -> None:
        with office.app.app_context():
            strike(at)
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(reached(office)) == 12
    assert office_is_sound(office)


def test_a_second_scheduler_takes_what_the_first_does_not_hold(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "BATCH", 2)
    numbers = [postgres_office.small() for _ in range(5)]
    late = postgres_office.at("2026-05-14")
    first = woken(reading(), late.instant, 2)
    reading().rollback()
    with ThreadPoolExecutor(1) as other, changing(at=late) as session:
        assert len(for_change.free_ones(session, first)) == 2

        def second() -> int:
            with postgres_office.app.app_context():
                return strike(late)

        other.submit(second).result()
    held = [number for number in numbers if postgres_office.progress(number).status is ApplicationStatus.SUBMITTED]
    assert len(held) == 2
    strike(late)
    assert all(postgres_office.progress(each).status is not ApplicationStatus.SUBMITTED for each in numbers)


def office_is_sound(office: Office) -> bool:
    reading().rollback()
    return examine(reading(), office.storage, at=office.at("2027-01-04")).broken == []


def test_silence_of_five_working_days_is_acceptance_from_the_day_of_receipt(office: Office) -> None:
    number = office.small("2026-05-06")
    receipt = reading().scalars(select(Writ).where(Writ.kind == WritKind.RECEIPT)).one()
    assert receipt.facts["answer_by"] <= receipt.facts["silent_after"] == "2026-05-12"
    strike(office.at("2026-05-12", 23, 59))
    assert office.open(number) == ["accept"], "the fifth day is still in time"
    strike(office.at("2026-05-13", 0, 1))
    progress = office.progress(number)
    assert progress.status is ApplicationStatus.IN_REVIEW
    application = reading().scalars(select(Application).where(Application.number == number)).one()
    assert application.accepted_at is not None
    assert application.accepted_at.astimezone(CITY).date().isoformat() == "2026-05-06"
    deemed = reading().scalars(select(Decision).where(Decision.outcome == Outcome.ACCEPT)).one()
    assert deemed.is_deemed
    assert deemed.by_account is None
    sweep(office.at("2026-05-14"))
    kinds = list(reading().scalars(select(Letter.kind).order_by(Letter.id)))
    assert kinds == [Event.SUBMITTED, Event.ACCEPTED]
    assert office_is_sound(office)


def test_silence_is_acceptance_for_every_licence_and_for_nothing_else(office: Office) -> None:
    licence, service = office.apply("tobacco-retail-licence"), office.apply("residence-permit")
    strike(office.at("2026-05-12", 18))
    assert office.progress(licence).status is ApplicationStatus.SUBMITTED, "the last day is a day"
    strike(office.at("2026-05-13"))
    assert office.progress(licence).status is ApplicationStatus.IN_REVIEW
    assert office.progress(service).status is ApplicationStatus.SUBMITTED, "another law governs it"


def test_a_licence_is_owed_within_ten_working_days_of_the_decision(office: Office) -> None:
    number = office.apply("tobacco-retail-licence")
    office.take(number, "accept", "2026-05-06")
    office.take(number, "review", "2026-05-07")
    office.take(number, "decide", "2026-05-08")
    assert office.step(number, "issue").statutory_due == date(2026, 5, 21)


def test_days_closed_before_silence_became_consent_are_not_counted(office: Office) -> None:
    """Nobody computes the date anew between the closing and the next stroke of the clock."""
    number = office.small("2026-05-06")
    evening = office.at("2026-05-12", 18)
    with changing(at=evening) as session:
        close_offices(session, date(2026, 5, 11), date(2026, 5, 12), "防汛停工", by=SYSTEM, at=evening)
    db.session.remove()
    strike(office.at("2026-05-13", 8))
    assert office.open(number) == ["accept"]
    assert office.step(number, "accept").statutory_due == date(2026, 5, 14)
    strike(office.at("2026-05-15", 8))
    assert office.open(number) != ["accept"]


def test_who_was_asked_to_mend_is_not_accepted_by_silence(office: Office) -> None:
    number = office.small("2026-05-06")
    clerk, at = clerk_of(reading(), "ZJ"), office.at("2026-05-07")
    with changing(clerk, at) as session:
        step = for_change.step(session, number, "accept")
        return_for_correction(step, [Mend("question", "site", "写到门牌号。")], by=clerk, at=at)
    strike(office.at("2026-07-01"))
    assert office.step(number, "accept").status is StepStatus.RETURNED


def test_what_was_mended_is_received_anew_and_five_more_days_are_silence(office: Office) -> None:
    number = office.small("2026-05-06")
    office.ask(number, "accept", "site", day="2026-05-12")
    office.mend(number, "2026-05-18", site=Address("510104", "锦江东路 2 号（示例地址）"))
    strike(office.at("2026-05-25", 23, 59))
    assert office.open(number) == ["accept"]
    strike(office.at("2026-05-26", 0, 1))
    assert office.progress(number).status is ApplicationStatus.IN_REVIEW
    application = reading().scalars(select(Application).where(Application.number == number)).one()
    assert application.accepted_at is not None
    assert application.accepted_at.astimezone(CITY).date().isoformat() == "2026-05-18"
    assert office_is_sound(office)


def test_an_official_calendar_moves_the_dates_of_running_clocks_and_tells(office: Office) -> None:
    number = office.small("2026-12-28")
    office.take(number, "accept", "2026-12-28")
    before = office.progress(number)
    assert before.promised_due is not None
    assert before.is_provisional
    holiday = office.at("2026-12-29").today
    rest = {holiday.replace(year=2027, month=1, day=day): "元旦" for day in range(1, 9)}
    with changing(at=office.at("2026-12-29")) as session:
        load_calendar(session, CalendarYear(2027, "示例通知", rest, {}), by=SYSTEM, at=office.at("2026-12-29"))
    db.session.remove()
    strike(office.at("2026-12-29"))
    after = office.progress(number)
    assert after.promised_due is not None
    assert after.promised_due > before.promised_due
    assert not after.is_provisional
    moved = reading().scalars(select(EventRecord).where(EventRecord.kind == Event.DATES_MOVED)).one()
    assert ["", before.promised_due.isoformat()] in [entry[:2] for entry in moved.data["clocks"]]
    sweep(office.at("2026-12-29"))
    assert Event.DATES_MOVED in set(reading().scalars(select(Letter.kind)))
    assert office_is_sound(office)


def test_in_the_joint_review_of_a_scheme_silence_is_consent_and_advice_stops_nothing(office: Office) -> None:
    number = office.apply("review-of-construction-design-scheme", "2026-05-18")
    office.take(number, "accept", "2026-05-18")
    assert set(office.open(number)) == {"planning", "fire", "shelter", "traffic", "greenery", "water"}
    office.take(number, "planning", "2026-05-19")
    by, at = clerk_of(reading(), "GY"), office.at("2026-05-21")
    with changing(by, at) as session:
        decide(for_change.step(session, number, "greenery"), Outcome.DISAGREE, "移树太多。", by=by, at=at)
    strike(office.at("2026-05-21", 20))
    assert office.open(number) == ["fire", "shelter", "traffic", "water"], "the last day is still in time"
    strike(office.at("2026-05-22", 1))
    assert office.open(number) == ["decide"]
    deemed = select(StepRecord.key).join(Decision, Decision.step_id == StepRecord.id).where(Decision.is_deemed)
    assert set(reading().scalars(deemed)) == {"fire", "shelter", "traffic", "water"}
    office.take(number, "decide", "2026-05-22")
    assert office.progress(number).status is ApplicationStatus.GRANTED
    assert office_is_sound(office)


def test_days_closed_by_order_move_the_dates_and_stand_in_the_reckoning_by_their_reason(office: Office) -> None:
    number = office.small("2026-05-06")
    office.take(number, "accept", "2026-05-07")
    before = office.progress(number).promised_due
    assert before is not None
    at = office.at("2026-05-07", 15)
    with changing(at=at) as session:
        order = close_offices(session, date(2026, 5, 11), date(2026, 5, 12), "防汛停工", by=SYSTEM, at=at).id
    db.session.remove()
    strike(office.at("2026-05-07", 16))
    after = office.progress(number).promised_due
    assert after is not None
    assert office.calendar.working_days(before, after) == 2
    counted = reckoning(
        load_case(
            reading(),
            number,
            by=clerk_of(reading(), office.step(number, "decide").department),
            at=office.at("2026-05-07", 16),
        ),
        at=office.at("2026-05-07", 16),
    )
    assert counted is not None
    assert [each.date.day for each in counted.days if each.name == "防汛停工"] == [11, 12]
    assert all(each.number is None for each in counted.days if each.name == "防汛停工")
    sweep(office.at("2026-05-07", 16))
    assert Event.DATES_MOVED in set(reading().scalars(select(Letter.kind)))
    lifted = office.at("2026-05-08", 9)
    with changing(at=lifted) as session:
        open_offices(session, order, by=SYSTEM, at=lifted)
    db.session.remove()
    strike(office.at("2026-05-08", 10))
    assert office.progress(number).promised_due == before
    assert office_is_sound(office)


def test_an_application_that_cannot_be_acted_on_waits_and_lets_the_others_pass(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = to_the_decision(office), to_the_decision(office)
    with changing(at=office.at("2026-05-08", 12)) as session:
        damaged = select(Application.id).where(Application.number == broken).scalar_subquery()
        session.execute(
            update(StepRecord).where(StepRecord.application_id == damaged, StepRecord.key == "decide").values(key="odd")
        )
    at = office.at("2026-05-11")
    strike(at)
    assert len(reached(office)) == 1
    reading().rollback()
    asleep = select(StepRecord.wake_at).join(Application).where(Application.number == broken)
    waits = [wake for wake in reading().scalars(asleep) if wake is not None]
    assert waits
    assert all(later >= at.instant + timedelta(hours=1) for later in waits)
    assert office.open(sound) == ["decide"]
