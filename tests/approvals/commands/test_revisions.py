"""A running application keeps the revision it was begun with, whatever is published meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from approvals.commands.publish import publish
from approvals.commands.submit import submit
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.tracker import Tracker, tracker
from approvals.vocabulary import ApplicationStatus, StepStatus
from portal.demonstration.acting import apply
from portal.invariants import examine
from portal.unit_of_work import changing, reading
from services.answers import examples
from services.current import catalogue
from services.item import Item, Limit, Stage, Step, StepKind, Text
from tests.fixtures.heart import Office

FIRST = ["accept", "review", "decide", "issue"]
SECOND = ["accept", "police", "water", "decide", "issue"]


def reformed() -> Item:
    """The residence permit, reviewed by two departments under other keys and limits, and called something else."""
    plain = catalogue().item("residence-permit")
    reviews = (
        Step("police", StepKind.TECHNICAL_REVIEW, Text("警务核对"), "GA", promised=Limit(Decimal(2))),
        Step("water", StepKind.REVIEW, Text("用水核对"), "SW", promised=Limit(Decimal(2)), relies_on=("home",)),
    )
    stages = tuple(Stage(each.key, each.title, reviews) if each.key == "review" else each for each in plain.stages)
    return replace(plain, name=Text("居住证新办", "New residence permit"), stages=stages, round_limit=None)


def publish_second(office: Office) -> Item:
    item, at = reformed(), office.at("2026-05-08", 8)
    with changing(at=at) as session:
        assert publish(session, regions=(), departments=(), items=[item], at=at) == 1
        assert publish(session, regions=(), departments=(), items=[item], at=at) == 0
    return item


def steps(office: Office, number: str) -> list[str]:
    return [step.key for step in office.progress(number).steps]


def seen(office: Office, number: str, day: str) -> Tracker:
    reading().rollback()
    return tracker(reading(), number, by=actor_named(reading(), "wangxiaorong"), at=office.at(day))


def test_what_runs_is_mended_and_decided_by_its_own_revision_and_what_begins_by_the_new_one(office: Office) -> None:
    running = office.apply("residence-permit")
    office.take(running, "accept")
    second = publish_second(office)
    at = office.at("2026-05-08")
    begun = apply(second, office.storage, at, examples(second, at.today))
    assert (steps(office, running), steps(office, begun)) == (FIRST, SECOND)

    office.ask(running, "review", "applicant_name")
    office.mend(running, "2026-05-14", applicant_name="王小蓉")
    again = office.step(running, "review")
    assert (again.status, again.promised_due) == (StepStatus.OPEN, date(2026, 5, 15)), "one day, as its revision says"
    assert steps(office, running) == FIRST
    told = seen(office, running, "2026-05-14")
    assert told.item.zh == catalogue().item("residence-permit").name.zh
    assert [[lane.key for lane in stage.lanes] for stage in told.stages] == [[key] for key in FIRST]

    office.take(begun, "accept", "2026-05-11")
    office.take(begun, "police", "2026-05-11")
    office.take(begun, "water", "2026-05-11")
    for number, keys in ((running, ("review", "decide")), (begun, ("decide",))):
        for key in keys:
            office.take(number, key, "2026-05-14")
        assert office.progress(number).status is ApplicationStatus.GRANTED
    assert examine(office.app)["broken"] == []


def test_a_draft_keeps_the_revision_it_was_begun_with(office: Office) -> None:
    token = office.draft("residence-permit")
    publish_second(office)
    by, at = actor_named(reading(), "wangxiaorong"), office.at("2026-05-08")
    with changing(by, at) as session:
        application = for_change.application(session, token)
        submit(application, by=by, at=at)
        number = str(application.number)
    assert steps(office, number) == FIRST
