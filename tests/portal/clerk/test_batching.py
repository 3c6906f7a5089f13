"""Many steps at once: foretold truly, carried out singly, the rest listed, and nothing twice."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.commands.batch import begin, own, prepare
from approvals.commands.be_absent import be_absent
from approvals.errors import TooManySteps
from approvals.queries.actor import actor_named, clerk_of
from approvals.records.application import Application
from approvals.records.assignment import Assignment
from approvals.records.step import Decision, StepRecord
from approvals.vocabulary import BatchVerb, Outcome
from portal.batches import carry_on
from portal.unit_of_work import changing, now, reading
from services.answers import Address
from tests.counting import statements
from tests.deciding import WHY
from tests.factories import RESIDENCE, decided
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]


def said(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def picks(client: FlaskClient) -> list[str]:
    return re.findall(r'name="pick" value="(\d+)"', said(client, "/office/queue"))


def made(client: FlaskClient, verb: str, **more: object) -> str:
    """The address of a batch."""
    answer = client.post("/office/batches", data={"batch_verb": verb, **more})
    assert answer.status_code == 303
    return answer.location


def listed(html: str) -> dict[str, int]:
    """The captions of the lists, and how many each has."""
    return {name: int(count) for name, count in re.findall(r'<caption>(\S+) <span class="num">(\d+)</span>', html)}


def test_a_character_that_no_certificate_can_show_is_foretold(office: Office, signed_in: Enter) -> None:
    rare, good = office.apply(RESIDENCE, applicant_name="王\U00031abc"), office.apply(RESIDENCE)
    for number in (rare, good):
        for key, outcome in (("accept", Outcome.ACCEPT), ("review", Outcome.AGREE)):
            decided(number, key, outcome)
    clerk = signed_in("clerk-ga")
    page = made(clerk, "decide", pick=picks(clerk))
    assert clerk.post(page, data={"outcome": "grant", "reason": ""}).status_code == 303
    html = said(clerk, page)
    assert listed(html) == {"会办": 1, "不会办": 1}
    assert "证照字库里缺字，请技术人员补字后再办" in html


def decisions() -> list[Decision]:
    reading().rollback()
    return list(reading().scalars(select(Decision)))


def test_a_decision_on_many_is_foretold_done_where_it_can_be_and_done_once(office: Office, signed_in: Enter) -> None:
    numbers = [office.apply(RESIDENCE) for _ in range(4)]
    clerk, head = signed_in("clerk-ga"), signed_in("head-ga")
    steps = picks(clerk)
    assert head.post(f"/office/steps/{numbers[0]}/accept/assignment", data={"verb": "take"}).status_code == 303
    page = made(clerk, "decide", pick=steps)
    assert listed(said(clerk, page)) == {"会办": 3, "不会办": 1}
    assert "同事在办，要先接过来" in said(clerk, page)
    assert clerk.post(f"{page}/begin").status_code == 422, "nothing is said yet"
    refused = clerk.post(page, data={"outcome": "not_accepted", "reason": " "})
    assert refused.status_code == 422
    assert "要写明理由" in refused.get_data(as_text=True)
    assert clerk.post(page, data={"outcome": "agree", "reason": ""}).status_code == 422, "no step ends like that"
    assert clerk.post(page, data={"outcome": "not_accepted", "reason": "不属于本机关职权。", **WHY}).status_code == 303
    assert "结论：不予受理" in said(clerk, page)
    assert decisions() == []
    decided(numbers[1], "accept", Outcome.ACCEPT)  # after it was foretold
    for _ in range(2):
        assert clerk.post(f"{page}/begin").location == page
        assert listed(said(clerk, page)) == {"没有办": 2, "已办": 2}
    assert "已经有人办完了" in said(clerk, page)
    outcomes = sorted((each.outcome, each.reason) for each in decisions())
    assert outcomes == [("accept", ""), *[("not_accepted", "不属于本机关职权。")] * 2]
    assert clerk.post(page, data={"outcome": "accept", "reason": "", **WHY}).status_code == 409, "its terms stand"


def test_what_was_mended_since_it_was_chosen_is_not_decided_unseen(office: Office, signed_in: Enter) -> None:
    number = office.apply(RESIDENCE)
    clerk = signed_in("clerk-ga")
    page = made(clerk, "decide", pick=picks(clerk))
    office.ask(number, "accept", "home")
    office.mend(number, home=Address("510104", "新街1号"))
    clerk.post(page, data={"outcome": "accept", "reason": "", **WHY})
    assert "选上以后申请人又补正过" in said(clerk, page)
    clerk.post(f"{page}/begin")
    assert listed(said(clerk, page)) == {"没有办": 1}
    assert decisions() == []


def test_heads_assign_clerks_take_hand_over_and_put_back(office: Office, signed_in: Enter) -> None:
    for _ in range(3):
        office.apply(RESIDENCE)
    clerk, head = signed_in("clerk-ga"), signed_in("head-ga")
    me, them = (actor_named(reading(), name).account for name in ("clerk-ga", "head-ga"))
    steps = picks(clerk)
    assert 'value="assign"' not in said(clerk, "/office/queue")
    assert listed(said(clerk, made(clerk, "assign", pick=steps))) == {"不会办": 3}, "that is the head's"
    page = made(head, "assign", pick=steps[:2])
    assert head.post(page, data={"to": "999999"}).status_code == 422
    head.post(page, data={"to": str(me), "reason": "请今天办完。"})
    head.post(f"{page}/begin")
    assert listed(said(head, page)) == {"已办": 2}
    page = made(clerk, "hand_over", pick=steps)
    assert clerk.post(page, data={"to": str(them), "reason": ""}).status_code == 422
    clerk.post(page, data={"to": str(them), "reason": "看到第三份材料。"})
    assert listed(said(clerk, page)) == {"会办": 2, "不会办": 1}
    clerk.post(f"{page}/begin")
    page = made(clerk, "take", all="yes", who="free")
    clerk.post(f"{page}/begin")
    assert listed(said(clerk, page)) == {"已办": 1}
    page = made(clerk, "put_back", pick=steps)
    clerk.post(f"{page}/begin")
    assert listed(said(clerk, page)) == {"没有办": 2, "已办": 1}
    reading().rollback()
    assert sorted(reading().scalars(select(StepRecord.assignee_id).where(StepRecord.key == "accept")), key=str) == [
        *sorted([them, them], key=str),
        None,
    ]
    acts = list(reading().scalars(select(Assignment.act)))
    assert sorted(acts) == ["assign", "assign", "hand_over", "hand_over", "put_back", "take"]


def test_a_batch_is_its_makers_alone_and_says_what_it_cannot_take(office: Office, signed_in: Enter) -> None:
    office.apply(RESIDENCE)
    clerk = signed_in("clerk-ga")
    page = made(clerk, "take", pick=picks(clerk))
    for stranger in ("head-ga", "clerk-zj"):
        assert signed_in(stranger).get(page).status_code == 404
        assert signed_in(stranger).post(f"{page}/begin").status_code == 404
    for data, status in (
        ({"batch_verb": "take"}, 422),
        ({"batch_verb": "burn", "pick": "1"}, 422),
        ({"batch_verb": "take", "pick": "x"}, 422),
        ({"batch_verb": "take", "pick": "999999"}, 404),
    ):
        assert clerk.post("/office/batches", data=data).status_code == status, data
    with pytest.raises(TooManySteps):
        prepare(reading(), BatchVerb.TAKE, range(1, 502), by=clerk_of(reading(), "GA"), at=now())
    assert signed_in("clerk-zj").post("/office/batches", data={"batch_verb": "take", "pick": "1"}).status_code == 403


def test_what_a_killed_or_slow_request_left_is_done_by_the_worker_and_done_once(office: Office) -> None:
    for _ in range(3):
        office.apply(RESIDENCE)
    by = clerk_of(reading(), "GA")
    steps = list(reading().scalars(select(StepRecord.id).where(StepRecord.key == "accept")))
    with changing(by) as session:
        batch = prepare(session, BatchVerb.TAKE, steps, by=by, at=now()).id
    assert carry_on(seconds=5), "what is not begun waits for nobody"
    with changing(by) as session:
        begin(own(session, batch, by=by), at=now())
    assert not carry_on(batch, seconds=0)
    for _ in range(2):
        assert carry_on(seconds=5)
    assert len(list(reading().scalars(select(Assignment)))) == 3


def test_its_page_takes_as_many_queries_for_many_steps_as_for_two(office: Office, signed_in: Enter) -> None:
    for _ in range(6):
        office.apply(RESIDENCE)
    clerk = signed_in("clerk-ga")
    steps, sent = picks(clerk), {}
    for size in (2, 6):
        page = made(clerk, "decide", pick=steps[:size])
        said(clerk, page)
        with statements() as told:
            assert listed(said(clerk, page)) == {"会办": size}
        sent[size] = len(told)
    assert sent[2] == sent[6]


@pytest.mark.soak
def test_five_hundred_at_once(office: Office, signed_in: Enter) -> None:
    for _ in range(500):
        office.apply(RESIDENCE)
    clerk = signed_in("clerk-ga")
    page = made(clerk, "decide", all="yes")
    clerk.post(page, data={"outcome": "accept", "reason": "", **WHY})
    assert listed(said(clerk, page)) == {"会办": 500}
    clerk.post(f"{page}/begin")
    assert carry_on(seconds=300)
    assert listed(said(clerk, page)) == {"已办": 500}


def test_what_is_foretold_of_somebody_absent_is_what_happens(office: Office, signed_in: Enter) -> None:
    clerk, head = signed_in("clerk-zj"), signed_in("head-zj")
    office.apply()
    office.apply()
    away, deputy, boss = (actor_named(reading(), name) for name in ("clerk-zj-2", "clerk-zj", "head-zj"))
    with changing(boss, now()) as session:
        be_absent(session, away.person, deputy.person, now().today, now().today, by=boss, at=now())
    steps = picks(head)
    page = made(head, "assign", pick=steps)
    head.post(page, data={"to": str(away.person), "reason": ""})
    html = said(head, page)
    assert listed(html) == {"会办": len(steps)}
    assert re.search(r"不在，由.*李静（示例）.*代办", html)
    head.post(f"{page}/begin")
    assert listed(said(head, page)) == {"已办": len(steps)}
    reading().rollback()
    theirs = select(StepRecord.assignee_id).where(StepRecord.id.in_([int(each) for each in steps]))
    assert set(reading().scalars(theirs)) == {deputy.person}
    page = made(clerk, "hand_over", pick=steps)
    clerk.post(page, data={"to": str(away.person), "reason": "看到第三份材料。"})
    html = said(clerk, page)
    assert listed(html) == {"不会办": len(steps)}
    assert "这位同事不在，请直接交给代办的同事" in html
    clerk.post(f"{page}/begin")
    assert listed(said(clerk, page)) == {"没有办": len(steps)}


def test_every_verb_does_what_was_foretold(office: Office, signed_in: Enter) -> None:
    """Of steps that are free, in somebody's hands, with the applicant or decided, while a colleague is away."""
    free, mine, theirs, returned, done = (office.apply() for _ in range(5))
    office.ask(returned, "accept", "project_name", day="2026-05-07")
    decided(done, "accept", Outcome.ACCEPT)
    head = actor_named(reading(), "head-zj")
    people = {name: actor_named(reading(), name).person for name in ("clerk-zj", "clerk-zj-2", "head-zj")}
    with changing(head, now()) as session:
        be_absent(session, people["clerk-zj-2"], people["clerk-zj"], now().today, now().today, by=head, at=now())
    for name, number in (("clerk-zj", mine), ("head-zj", theirs)):
        answer = signed_in(name).post(f"/office/steps/{number}/accept/assignment", data={"verb": "take"})
        assert answer.status_code == 303
    reading().rollback()
    numbers = select(StepRecord.id).join(Application, Application.id == StepRecord.application_id)
    chosen = numbers.where(Application.number.in_((free, mine, theirs, returned, done)), StepRecord.key == "accept")
    steps = [str(each) for each in reading().scalars(chosen)]
    passing = [(verb, to) for verb in ("assign", "hand_over") for to in people]
    for who in ("clerk-zj", "head-zj"):
        client = signed_in(who)
        for verb, to in [*passing, ("take", ""), ("put_back", ""), ("decide", "")]:
            page = made(client, verb, pick=steps)
            terms = {"to": str(people[to])} if to else {"outcome": "not_accepted", **WHY} if verb == "decide" else {}
            if terms:
                assert client.post(page, data={**terms, "reason": "不属于本机关。"}).status_code == 303
            foretold = listed(said(client, page))
            client.post(f"{page}/begin")
            done_now = listed(said(client, page))
            outcome = {"会办": done_now.get("已办", 0), "不会办": done_now.get("没有办", 0)}
            assert outcome == {"会办": 0, "不会办": 0, **foretold}, (who, verb, to)
