"""A step passes from hand to hand within its department; every illegal move has its name, and the trail knows all."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select

from approvals.commands.assign import assign
from approvals.commands.hand_over import hand_over, put_back
from approvals.commands.recall import recall
from approvals.commands.return_for_correction import Mend, return_for_correction
from approvals.commands.take import take, take_over
from approvals.errors import (
    AlreadyDecided,
    AlreadyTaken,
    ColleaguesOwn,
    NotAColleague,
    NotInYourHands,
    NotYourStep,
    NotYoursToRecall,
    OwnApplication,
    ReasonMissing,
    Refusal,
    SomebodyElseHasIt,
    StepNotOpen,
)
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.free_step import free_step
from approvals.records.application import Application
from approvals.records.assignment import Assignment
from approvals.records.base import write
from approvals.records.event import EventRecord
from approvals.records.people import Account
from approvals.records.step import StepRecord
from approvals.vocabulary import Assigning, Outcome
from portal.invariants import examine
from portal.unit_of_work import changing, reading
from tests.deciding import decide
from tests.fixtures.heart import Office

Act = Callable[..., None]
DAY = "2026-05-07"


@pytest.fixture
def number(office: Office) -> str:
    """Its first step, `accept`, is the construction department's: clerks clerk-zj and clerk-zj-2, head head-zj."""
    return office.small()


def who(username: str) -> Actor:
    return actor_named(reading(), username)


def do(office: Office, number: str, act: Act, *arguments: object, by: str, key: str = "accept", **more: object) -> None:
    actor, at = who(by), office.at(DAY)
    with changing(actor, at) as session:
        act(for_change.step(session, number, key), *arguments, by=actor, at=at, **more)


def has(number: str, key: str = "accept") -> str | None:
    reading().rollback()
    holder = (
        select(Account.username)
        .join(StepRecord, StepRecord.assignee_id == Account.id)
        .join(Application, StepRecord.application_id == Application.id)
    )
    return reading().scalar(holder.where(Application.number == number, StepRecord.key == key))


def sound(office: Office) -> None:
    reading().rollback()
    assert examine(office.app)["broken"] == []


def refused(refusal: type[Refusal], office: Office, *arguments: object, **more: object) -> Refusal:
    with pytest.raises(refusal) as caught:
        do(office, *arguments, **more)  # type: ignore[arg-type]
    return caught.value


def test_from_hand_to_hand_and_back(office: Office, number: str) -> None:
    do(office, number, take, by="clerk-zj")
    do(office, number, take, by="clerk-zj")  # who has it keeps it
    assert has(number) == "clerk-zj"
    do(office, number, hand_over, who("clerk-zj-2").account, "图纸已核对，差现场照片。", by="clerk-zj")
    assert has(number) == "clerk-zj-2"
    do(office, number, recall, by="clerk-zj")
    assert has(number) == "clerk-zj"
    do(office, number, put_back, by="clerk-zj")
    assert has(number) is None
    do(office, number, assign, who("clerk-zj-2").account, by="head-zj")
    do(office, number, recall, by="head-zj")
    assert has(number) is None
    do(office, number, assign, who("clerk-zj").account, "急件", by="head-zj")
    do(office, number, take_over, "王静今天外勤。", from_account=who("clerk-zj").account, by="clerk-zj-2")
    assert has(number) == "clerk-zj-2"
    acts = reading().scalars(select(Assignment.act).order_by(Assignment.number)).all()
    assert acts == ["take", "hand_over", "recall", "put_back", "assign", "recall", "assign", "take_over"]
    told = reading().scalars(select(EventRecord.data).where(EventRecord.kind == "step_assigned")).all()
    assert [each["act"] for each in told] == [str(act) for act in acts]
    assert "急件" not in str(told)
    sound(office)


def test_what_a_colleague_has_is_taken_over_before_it_is_acted_on(office: Office, number: str) -> None:
    do(office, number, take, by="clerk-zj")
    told = refused(SomebodyElseHasIt, office, number, decide, Outcome.ACCEPT, "", by="clerk-zj-2")
    assert told.facts == {"by": who("clerk-zj").account}
    mends = [Mend("question", "floor_area", "请改。")]
    refused(SomebodyElseHasIt, office, number, return_for_correction, mends, by="clerk-zj-2")
    do(office, number, take_over, "同事请假。", from_account=who("clerk-zj").account, by="clerk-zj-2")
    do(office, number, decide, Outcome.ACCEPT, "", by="clerk-zj-2")
    sound(office)


def test_the_head_decides_whoever_has_it_and_anybody_what_nobody_has(office: Office, number: str) -> None:
    do(office, number, take, by="clerk-zj")
    do(office, number, decide, Outcome.ACCEPT, "", by="head-zj")
    do(office, number, decide, Outcome.AGREE, "", by="clerk-zj-2", key="gc301")
    sound(office)


def test_it_stays_with_whoever_has_it_while_the_applicant_mends(office: Office, number: str) -> None:
    do(office, number, take, by="clerk-zj-2")
    do(office, number, return_for_correction, [Mend("question", "floor_area", "请改。")], by="clerk-zj-2")
    do(office, number, hand_over, who("clerk-zj").account, "等申请人补正。", by="clerk-zj-2")
    office.mend(number, floor_area=Decimal(1200))
    assert has(number) == "clerk-zj"
    sound(office)


def test_each_illegal_move_has_its_name(office: Office, number: str) -> None:
    colleague, stranger = who("clerk-zj-2").account, who("clerk-ga").account
    refused(NotYourStep, office, number, take, by="clerk-ga")
    refused(NotYourStep, office, number, assign, colleague, by="clerk-zj")
    refused(NotYourStep, office, number, assign, stranger, by="head-ga")
    refused(StepNotOpen, office, number, take, by="clerk-zj", key="decide")
    refused(NotAColleague, office, number, assign, stranger, by="head-zj")
    refused(NotAColleague, office, number, assign, who("lijinrong").account, by="head-zj")
    refused(NotAColleague, office, number, assign, 999_999, by="head-zj")
    refused(NotInYourHands, office, number, hand_over, colleague, "请接着办。", by="clerk-zj")
    refused(NotInYourHands, office, number, put_back, by="clerk-zj")
    refused(NotYoursToRecall, office, number, recall, by="head-zj")
    do(office, number, take, by="clerk-zj")
    assert refused(AlreadyTaken, office, number, take, by="clerk-zj-2").facts == {"by": who("clerk-zj").account}
    refused(NotYoursToRecall, office, number, recall, by="clerk-zj-2")
    refused(ReasonMissing, office, number, hand_over, colleague, " ", by="clerk-zj")
    refused(ReasonMissing, office, number, take_over, "", from_account=who("clerk-zj").account, by="clerk-zj-2")
    head = who("head-zj").account
    refused(AlreadyTaken, office, number, take_over, "同事请假。", from_account=head, by="clerk-zj-2")
    do(office, number, decide, Outcome.ACCEPT, "", by="clerk-zj")
    refused(AlreadyDecided, office, number, take, by="clerk-zj-2")
    refused(AlreadyDecided, office, number, assign, colleague, by="head-zj")
    assert has(number) == "clerk-zj"
    sound(office)


def test_somebody_who_left_gets_nothing(office: Office, number: str) -> None:
    account = reading().scalars(select(Account).where(Account.username == "clerk-zj-2")).one()
    with changing() as session:
        write(session.get_one(Account, account.id), disabled_at=office.at(DAY).instant)
    refused(NotAColleague, office, number, assign, account.id, by="head-zj")


def test_nobody_gets_an_application_of_their_own(office: Office) -> None:
    """The applicant of a residence permit has come to work at the police."""
    number = office.apply("residence-permit")
    with changing() as session:
        applicant = session.scalars(select(Account).where(Account.username == "wangxiaorong")).one()
        write(applicant, department_code="GA", role="clerk")
        own = applicant.id
    refused(ColleaguesOwn, office, number, assign, own, by="head-ga")
    refused(OwnApplication, office, number, take, by="wangxiaorong")
    with changing() as session:
        assert free_step(session, by=who("wangxiaorong")) is None
        found = free_step(session, by=who("clerk-ga"))
        assert found is not None
        assert found.application.number == number


def test_the_next_is_what_is_due_first_of_what_nobody_has(office: Office) -> None:
    late, early, other = office.small("2026-05-06"), office.small("2026-04-20"), office.small("2026-04-27")
    clerk, at = who("clerk-zj"), office.at(DAY)
    do(office, other, take, by="clerk-zj-2")
    found = []
    for _ in range(2):
        with changing(clerk, at) as session:
            step = free_step(session, by=clerk)
            assert step is not None
            take(step, by=clerk, at=at)
            found.append(step.application.number)
    assert found == [early, late]
    with changing(clerk, at) as session:
        assert free_step(session, by=clerk) is None


def test_a_changed_row_is_found_by_the_check(office: Office, number: str) -> None:
    do(office, number, take, by="clerk-zj")
    with changing() as session:
        step = session.scalars(select(StepRecord).where(StepRecord.key == "accept")).one()
        write(step, assignee_id=who("clerk-zj-2").account)
    assert any("was last given to" in what for what in examine(office.app)["broken"])


def test_a_decision_by_somebody_who_did_not_have_it_is_found_by_the_check(office: Office, number: str) -> None:
    do(office, number, take, by="clerk-zj")
    with changing() as session:  # past the command that would refuse
        write(session.scalars(select(StepRecord).where(StepRecord.key == "accept")).one(), assignee_id=None)
    do(office, number, decide, Outcome.ACCEPT, "", by="clerk-zj-2")
    broken = examine(office.app)["broken"]
    assert any("by somebody who did not have it" in what for what in broken)


def test_the_words_of_an_act_are_sealed(office: Office, number: str) -> None:
    do(office, number, assign, who("clerk-zj").account, "急件", by="head-zj")
    data = reading().scalars(select(EventRecord.data).where(EventRecord.kind == "step_assigned")).one()
    assert data["act"] == Assigning.ASSIGN
    assert data["note"].count(":") == 1
