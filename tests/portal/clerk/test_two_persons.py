"""Two people decide: one proposes, another one confirms or sends back, and until then nothing counts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Update, select, update

from approvals.commands import decide as deciding
from approvals.commands import propose as proposing
from approvals.commands.ticks import all_met
from approvals.errors import (
    AlreadyProposed,
    NothingProposed,
    NotYourProposal,
    OutcomeNotPossible,
    OwnApplication,
    OwnProposal,
    Refusal,
    SecondPersonNeeded,
)
from approvals.events import Event
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.free_step import free_step
from approvals.queries.invariants import examine
from approvals.records.event import EventRecord
from approvals.records.people import Account
from approvals.records.proposal import Proposal
from approvals.records.step import Decision, StepRecord
from approvals.vocabulary import Outcome, ProposalEnd, StepStatus
from portal.demonstration.acting import BUSY
from portal.unit_of_work import changing, now, reading
from tests.counting import statements
from tests.deciding import WHY
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
FIRST, SECOND = "clerk-sc-510104", "head-sc-510104"
REASON, NOTE = "布局和图纸一致，操作间面积够。", "冷藏设备没有写，请补上再提。"


def desk(number: str, action: str = "") -> str:
    return f"/office/steps/{number}/on_site" + (f"/{action}" if action else "")


def said(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def post(client: FlaskClient, number: str, action: str, **form: Any) -> tuple[int, str]:
    answer = client.post(desk(number, action), data=form)
    return answer.status_code, answer.get_data(as_text=True)


def propose(client: FlaskClient, number: str, outcome: str = "agree", **form: str) -> tuple[int, str]:
    step = reading().scalars(select(StepRecord).where(StepRecord.key == "on_site")).one()
    met = {f"point_{key}": "met" for key in all_met(step)}
    return post(client, number, "decide", round="1", outcome=outcome, **{"reason": REASON, **WHY, **met, **form})


def answer(client: FlaskClient, number: str, verb: str, proposed: int = 1, **form: str) -> tuple[int, str]:
    return post(client, number, "proposal", verb=verb, proposed=str(proposed), **form)


def person(username: str) -> Actor:
    return actor_named(reading(), username)


def account(username: str) -> int:
    return person(username).person


def forge(change: Update) -> None:
    reading().rollback()
    reading().execute(change)
    reading().commit()


def broken(office: Office) -> list[str]:
    reading().rollback()
    return examine(reading(), office.storage, at=now()).broken


@pytest.fixture
def licence(office: Office) -> str:
    """An application for a food licence that is to be checked on site."""
    number = office.apply("food-business-licence")
    office.take(number, "accept")
    office.take(number, "review")
    assert office.open(number) == ["on_site"]
    return number


def test_what_one_proposes_counts_once_another_one_has_confirmed_it(
    office: Office, licence: str, signed_in: Enter
) -> None:
    first, second = signed_in(FIRST), signed_in(SECOND)
    assert "这个环节要两个人办" in said(first, desk(licence))
    assert propose(first, licence)[0] == 303
    assert "等同事复核" in said(first, "/office/queue")
    assert office.step(licence, "on_site").status is StepStatus.OPEN
    own, other = said(first, desk(licence)), said(second, desk(licence))
    assert "收回意见" in own
    assert 'value="confirm"' not in own
    assert "等复核的意见：同意" in other
    assert REASON in other
    assert 'value="confirm"' in other
    assert 'name="outcome"' not in other, "there is nothing to decide until it is answered"
    assert answer(second, licence, "confirm")[0] == 303
    assert office.step(licence, "on_site").status is StepStatus.DONE
    kept = reading().scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert kept is not None
    assert (kept.outcome, kept.reason) == (Outcome.AGREE, REASON)
    assert (kept.proposed_by, kept.by_account) == (account(FIRST), account(SECOND))
    after = said(second, desk(licence))
    assert after.index("经办：") < after.index("复核：")
    assert broken(office) == []


def test_conditions_and_checklist_are_kept_whole(office: Office, licence: str, signed_in: Enter) -> None:
    words = {"conditions": "开业前装好防蝇帘。", "outcome": "agree_with_conditions"}
    assert propose(signed_in(FIRST), licence, **words)[0] == 303
    assert words["conditions"] in said(signed_in(SECOND), desk(licence))
    assert answer(signed_in(SECOND), licence, "confirm")[0] == 303
    reading().rollback()
    proposal = reading().scalars(select(Proposal)).one()
    decision = reading().scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert decision is not None
    assert proposal.content == (decision.outcome, decision.reason, decision.conditions, decision.ticks)
    assert decision.conditions == words["conditions"]


def test_an_opinion_that_could_not_be_decided_is_not_proposed(licence: str, signed_in: Enter) -> None:
    status, html = propose(signed_in(FIRST), licence, "disagree", reason=" ")
    assert status == 422
    assert 'href="#decision-reason"' in html
    assert reading().scalars(select(Proposal)).all() == []


def test_nobody_confirms_or_sends_back_their_own(office: Office, licence: str, signed_in: Enter) -> None:
    first = signed_in(FIRST)
    propose(first, licence)
    for verb in ("confirm", "send_back"):
        status, html = answer(first, licence, verb, note=NOTE)
        assert status == 403
        assert "自己提出的意见，要由另一位同事复核" in html
    assert office.step(licence, "on_site").status is StepStatus.OPEN


def test_sent_back_it_stands_in_the_form_again_with_the_reason(office: Office, licence: str, signed_in: Enter) -> None:
    first, second = signed_in(FIRST), signed_in(SECOND)
    propose(first, licence)
    status, html = answer(second, licence, "send_back", note=" ")
    assert status == 422
    assert 'href="#send_back-note"' in html
    assert answer(second, licence, "send_back", note=NOTE)[0] == 303
    html = said(first, desk(licence))
    assert "复核退回了意见：同意" in html
    assert NOTE in html
    assert f">\n{REASON}</textarea>" in html
    assert 'value="agree" checked' in html
    assert f">\n{REASON}</textarea>" not in said(second, desk(licence)), "it is the first one's to mend"
    assert propose(first, licence, reason="冷藏设备已补。")[0] == 303
    assert answer(second, licence, "confirm", 1)[0] == 409, "that one is not the one that was seen"
    assert answer(second, licence, "confirm", 2)[0] == 303
    reading().rollback()
    kinds = reading().scalars(select(EventRecord.kind).order_by(EventRecord.sequence)).all()
    assert [each for each in kinds if each in (Event.OPINION_PROPOSED, Event.PROPOSAL_ENDED)] == [
        "opinion_proposed", "proposal_ended", "opinion_proposed",
    ]  # fmt: skip
    told = reading().scalars(select(EventRecord.data).where(EventRecord.kind == str(Event.STEP_DECIDED)))
    assert {"proposal": 2, "proposed_by": account(FIRST)}.items() <= list(told)[-1].items()
    assert broken(office) == []


def test_who_proposed_takes_it_back_and_nobody_else(licence: str, signed_in: Enter) -> None:
    first, second = signed_in(FIRST), signed_in(SECOND)
    propose(first, licence)
    status, html = answer(second, licence, "take_back")
    assert status == 403
    assert "只有提出意见的人才能收回" in html
    assert answer(first, licence, "take_back")[0] == 303
    assert f">\n{REASON}</textarea>" in said(first, desk(licence))
    status, html = answer(second, licence, "send_back", note=NOTE)
    assert status == 409
    assert NOTE in html, "what was typed is kept"


def test_while_an_opinion_waits_nothing_else_is_done_and_typed_text_is_kept(licence: str, signed_in: Enter) -> None:
    first, second = signed_in(FIRST), signed_in(SECOND)
    propose(first, licence)
    status, html = propose(second, licence, "disagree", reason=NOTE)
    assert status == 409
    assert "在等第二个人复核" in html
    assert NOTE in html
    status, html = post(
        second, licence, "return", round="1", items="question-premises", **{"what-question-premises": NOTE}
    )
    assert status == 409
    assert NOTE in html
    assert post(second, licence, "pause", round="1", reason="on_site", days="2", note=NOTE)[0] == 409


def test_the_step_may_be_in_a_colleagues_hands_when_it_is_confirmed(
    office: Office, licence: str, signed_in: Enter
) -> None:
    clerk = signed_in(FIRST)
    assert post(clerk, licence, "assignment", verb="take")[0] == 303
    propose(clerk, licence)
    forge(update(Account).where(Account.username == SECOND).values(role="clerk"))
    assert answer(signed_in(SECOND), licence, "confirm")[0] == 303
    assert office.step(licence, "on_site").status is StepStatus.DONE
    assert [each for each in broken(office) if "trail of staff" not in each] == []


def test_the_queue_finds_what_waits_for_a_second_person(licence: str, signed_in: Enter, office: Office) -> None:
    first, second = signed_in(FIRST), signed_in(SECOND)
    title = "data-row"
    assert title not in said(second, "/office/queue?second=confirm")
    propose(first, licence)
    assert "等您复核" in said(second, "/office/queue?second=confirm")
    assert title not in said(second, "/office/queue?second=own")
    assert title in said(first, "/office/queue?second=own")
    assert title not in said(first, "/office/queue?second=confirm")
    assert "看不懂的筛选条件" in said(first, "/office/queue?second=third")
    reading().rollback()
    assert free_step(reading(), by=person(FIRST)) is None, "who proposed is not given it again"
    reading().rollback()
    found = free_step(reading(), by=person(SECOND))
    assert found is not None
    assert found.key == "on_site"


def test_the_desk_asks_as_often_with_a_proposal_as_without(licence: str, signed_in: Enter) -> None:
    first, second = signed_in(FIRST), signed_in(SECOND)
    said(second, desk(licence))
    with statements() as before:
        said(second, desk(licence))
    propose(first, licence)
    with statements() as after:
        said(second, desk(licence))
    assert len(after) == len(before) + 1, "why it is late was said with the proposal, and is read"


def test_a_batch_neither_decides_nor_confirms(office: Office, licence: str, signed_in: Enter) -> None:
    clerk = signed_in(SECOND)
    step = reading().scalars(select(StepRecord.id).where(StepRecord.key == "on_site")).one()
    batch = clerk.post("/office/batches", data={"batch_verb": "decide", "pick": str(step)}).location
    clerk.post(batch, data={"outcome": "agree"})
    assert "要两个人办，请打开提出意见，再由同事复核" in said(clerk, batch)
    propose(signed_in(FIRST), licence)
    assert clerk.post(f"{batch}/begin").status_code == 303
    assert office.step(licence, "on_site").status is StepStatus.OPEN


def test_what_is_mended_meanwhile_takes_the_ground_away(office: Office, signed_in: Enter) -> None:
    number = office.apply("safety-facility-design-review")
    office.take(number, "accept")
    office.ask(number, "review", "distance")
    assert office.step(number, "review").status is StepStatus.RETURNED
    with changing(person("clerk-yj"), office.at("2026-05-11")) as session:
        step = for_change.step(session, number, "review")
        session.add(
            Proposal(
                step_id=next(each.id for each in step.application.steps if each.key == "decide"),
                number=1,
                round=1,
                outcome=Outcome.GRANT,
                by_account=account("clerk-yj"),
                at=office.at("2026-05-11").instant,
            )
        )
    office.mend(number, distance=Decimal(900))
    reading().rollback()
    kept = reading().scalars(select(Proposal)).one()
    assert kept.ending is ProposalEnd.LAPSED


def test_the_applicant_reads_nothing_of_a_proposal(licence: str, signed_in: Enter) -> None:
    propose(signed_in(FIRST), licence)
    for address in (f"/applications/{licence}",):
        html = said(signed_in("lijinrong"), address)
        assert REASON not in html
        assert "复核" not in html
    assert "提出了意见，等第二个人复核" in said(signed_in(SECOND), f"/applications/{licence}")


@pytest.mark.parametrize(
    "values, words",
    [
        ({"proposed_by": None}, "is stored as proposed by somebody else"),
        ({"reason": "另一个理由。"}, "is not what was proposed"),
    ],
)
def test_a_forged_decision_is_found(
    office: Office, licence: str, signed_in: Enter, values: dict[str, Any], words: str
) -> None:
    propose(signed_in(FIRST), licence)
    answer(signed_in(SECOND), licence, "confirm")
    newest = select(Decision.id).order_by(Decision.id.desc()).limit(1).scalar_subquery()
    forge(update(Decision).where(Decision.id == newest).values(**values))
    found = broken(office)
    assert [each for each in found if words in each], found


def test_a_forged_proposal_is_found(office: Office, licence: str, signed_in: Enter) -> None:
    propose(signed_in(FIRST), licence)
    forge(update(Proposal).values(reason="另一个理由。"))
    assert [each for each in broken(office) if "proposal 1 on step on_site is not what the trail says" in each]
    forge(update(Proposal).values(reason=REASON, ending="taken_back"))
    assert [each for each in broken(office) if "what became of proposal 1" in each]


@pytest.mark.parametrize(
    "slug, key", [("food-business-licence", "on_site"), ("safety-facility-design-review", "decide")]
)
def test_alone_nobody_decides_what_is_for_two(office: Office, slug: str, key: str) -> None:
    number = office.apply(slug)
    while key not in office.open(number):
        office.take(number, office.open(number)[0])
    department = office.step(number, key).department
    by, at = person(f"clerk-{department.lower()}"), office.at("2026-05-09")

    def tried(command: Callable[..., None], *given: Any, by: Actor = by, **more: Any) -> type[Refusal] | None:
        try:
            with changing(by, at) as session:
                command(for_change.step(session, number, key), *given, by=by, at=at, **more)
        except Refusal as refusal:
            return type(refusal)
        return None

    outcome = Outcome.GRANT if key == "decide" else Outcome.AGREE
    ticks = all_met(reading().scalars(select(StepRecord).where(StepRecord.key == key)).one())
    second = person(f"head-{department.lower()}")
    assert tried(deciding.decide, outcome, "", ticks=ticks) is SecondPersonNeeded
    assert tried(proposing.confirm, 1) is NothingProposed
    assert tried(proposing.propose, outcome, "", ticks=ticks, late=BUSY) is None
    assert tried(proposing.propose, outcome, "", ticks=ticks, by=second) is AlreadyProposed
    assert tried(proposing.confirm, 1) is OwnProposal
    assert tried(proposing.confirm, 2, by=second) is NothingProposed
    assert tried(proposing.take_back, 1, by=second) is NotYourProposal
    assert tried(proposing.confirm, 1, by=second) is None
    assert office.step(number, key).status is StepStatus.DONE
    assert broken(office) == []


def test_what_one_person_decides_is_not_proposed(office: Office) -> None:
    number = office.apply("food-business-licence")
    by, at = person(FIRST), office.at("2026-05-07")
    with pytest.raises(OutcomeNotPossible), changing(by, at) as session:
        proposing.propose(for_change.step(session, number, "accept"), Outcome.ACCEPT, "", by=by, at=at)


def test_nobody_confirms_in_an_affair_of_their_own(office: Office, licence: str) -> None:
    first, at = person(FIRST), office.at("2026-05-09")
    with changing(first, at) as session:
        step = for_change.step(session, licence, "on_site")
        proposing.propose(step, Outcome.AGREE, "", ticks=all_met(step), by=first, at=at)
    owner = for_change.application(reading(), licence).organisation_id
    reading().rollback()
    assert owner is not None
    second = person(SECOND)
    own = Actor(second.account, second.role, second.department, organisations=frozenset({owner}))
    with pytest.raises(OwnApplication), changing(own, at) as session:
        proposing.confirm(for_change.step(session, licence, "on_site"), 1, by=own, at=at)
