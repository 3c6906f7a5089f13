"""The checklist at the desk: kept while it is ticked, part of the decision, and nobody consents past it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from approvals.commands.decide import decide as command
from approvals.commands.ticks import ticks_in
from approvals.errors import PointsUnanswered, PointsUnmet
from approvals.events import Event
from approvals.queries import for_change
from approvals.queries.actor import clerk_of
from approvals.queries.invariants import examine
from approvals.records.event import EventRecord
from approvals.records.step import Decision
from approvals.vocabulary import Outcome, StepStatus
from portal.unit_of_work import changing, now, reading
from tests.counting import statements
from tests.deciding import WHY
from tests.factories import opened
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
GC307 = ("outline", "traffic", "restoration", "period")
NOTE = "面积和图差了 3 平方米。"


def desk(number: str, key: str, action: str = "") -> str:
    return f"/office/steps/{number}/{key}" + (f"/{action}" if action else "")


def said(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def ticks(*keys: str, judgement: str = "met", **more: str) -> dict[str, str]:
    return {**{f"point_{key}": judgement for key in keys}, **more}


def decide(client: FlaskClient, number: str, key: str, outcome: str, **more: str) -> tuple[int, str]:
    answer = client.post(desk(number, key, "decide"), data={"round": "1", "outcome": outcome, **WHY, **more})
    return answer.status_code, answer.get_data(as_text=True)


@pytest.fixture
def permit(office: Office) -> str:
    number = office.small(occupies_road=True)
    office.take(number, "accept")
    return number


def test_who_agrees_has_looked_at_every_required_point(permit: str, signed_in: Enter, office: Office) -> None:
    clerk = signed_in("clerk-cg")
    html = said(clerk, desk(permit, "gc307"))
    assert html.count('class="ry-check"') == 4
    assert "《城市道路管理条例》第30–33条" in html
    assert 'href="#material-road_outline"' in html
    assert 'id="material-road_outline"' in html
    sent = ticks("traffic", "restoration", reason="看过了。", note_traffic="已和交警核对")
    status, html = decide(clerk, permit, "gc307", "agree", **sent)
    assert status == 422
    assert "审查要点还没有看完，不能同意" in html
    assert 'href="#decision-point_outline"' in html
    assert 'href="#decision-point_period"' not in html, "that one may be left"
    assert html.count('class="ry-check" data-error') == 1
    assert "看过了。" in html
    assert 'value="已和交警核对"' in html
    assert len(re.findall(r'value="met" checked', html)) == 2
    assert office.step(permit, "gc307").status is StepStatus.OPEN
    assert decide(clerk, permit, "gc307", "agree", **sent, point_outline="met")[0] == 303
    reading().rollback()
    kept = reading().scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert kept is not None
    assert kept.ticks == [["outline", "met", ""], ["traffic", "met", "已和交警核对"], ["restoration", "met", ""]]


def test_past_a_no_nobody_agrees_without_words(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    sent = ticks("traffic", "restoration", point_outline="unmet")
    status, html = decide(clerk, permit, "gc307", "agree", **sent, note_outline=NOTE)
    assert status == 422
    assert "有必须满足的审查要点没有满足，不能直接同意" in html
    assert f'value="{NOTE}"' in html
    bound = {**sent, "conditions": "范围缩小到人行道以内。"}
    assert decide(clerk, permit, "gc307", "agree_with_conditions", **bound)[0] == 422
    assert decide(clerk, permit, "gc307", "agree_with_conditions", **bound, note_outline=NOTE)[0] == 303


def test_who_disagrees_may_leave_the_rest(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    assert decide(clerk, permit, "gc307", "disagree", reason="范围过大。", point_outline="unmet")[0] == 303


def test_a_note_without_a_tick_says_so_in_place(permit: str, signed_in: Enter) -> None:
    status, html = decide(signed_in("clerk-cg"), permit, "gc307", "disagree", reason="不行。", note_outline=NOTE)
    assert status == 422
    assert 'href="#decision-point_outline"' in html
    assert f'value="{NOTE}"' in html


def test_what_was_ticked_is_seen_by_later_departments_and_auditors_never_by_the_applicant(
    office: Office, permit: str, signed_in: Enter
) -> None:
    sent = ticks("traffic", "restoration", point_outline="unmet", note_outline=NOTE, conditions="缩小范围。")
    assert decide(signed_in("clerk-cg"), permit, "gc307", "agree_with_conditions", **sent)[0] == 303
    for address, who in ((desk(permit, "gc308"), "clerk-ga"), (desk(permit, "gc307"), "clerk-cg")):
        html = said(signed_in(who), address)
        assert "审查要点 3 项，不满足 1 项" in html
        assert NOTE in html
    opened(permit, "auditor")
    assert NOTE in said(signed_in("auditor"), f"/applications/{permit}")
    told = said(signed_in("lijinrong"), f"/applications/{permit}")
    assert "缩小范围。" in told
    assert NOTE not in told
    assert "审查要点" not in told


def test_the_trail_proves_what_was_ticked(office: Office, permit: str, signed_in: Enter) -> None:
    sent = ticks("traffic", "restoration", point_outline="met", note_outline=NOTE)
    assert decide(signed_in("clerk-cg"), permit, "gc307", "agree", **sent)[0] == 303
    reading().rollback()
    events = reading().scalars(select(EventRecord).where(EventRecord.kind == Event.STEP_DECIDED))
    told = next(event.data["ticks"] for event in events if event.data["step"] == "gc307")
    assert [(key, judgement) for key, judgement, _seal in told] == [
        ("outline", "met"), ("traffic", "met"), ("restoration", "met"),
    ]  # fmt: skip
    assert NOTE not in str(told)
    assert examine(reading(), office.storage, at=now()).broken == []
    kept = reading().scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert kept is not None
    forged = [["outline", "unmet", NOTE], *(kept.ticks or [])[1:]]
    reading().execute(update(Decision).where(Decision.id == kept.id).values(ticks=forged))
    broken = examine(reading(), office.storage, at=now()).broken
    assert [each for each in broken if "the checklist of the decision on step gc307" in each]
    reading().rollback()


def test_ticks_are_kept_with_the_draft_and_fill_a_correction_request(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    typed = {"round": "1", "reason": "", **ticks("traffic", point_outline="unmet", note_outline=NOTE)}
    typed["point_period"] = "unmet"
    answer = clerk.post(desk(permit, "gc307", "draft"), data={**typed, "then": "mend"})
    assert answer.location == f"{desk(permit, 'gc307')}?mend=points#correction"
    html = said(clerk, answer.location.partition("#")[0])
    form = html[html.index('id="correction"') :]
    assert form.startswith('id="correction" open')
    assert re.search(r'value="material-road_outline" checked', form)
    assert re.search(r'value="question-road_from" checked', form)
    assert 'value="material-traffic_plan" checked' not in form
    assert NOTE in form
    assert "没有满足：占用的起止日期合理" in form
    again = said(clerk, desk(permit, "gc307"))
    assert re.search(r'name="point_outline" value="unmet" checked', again)
    assert 'value="material-road_outline" checked' not in again, "only where it was asked for"
    bad = {f"point_a{number}": "met" for number in range(50)}
    assert clerk.post(desk(permit, "gc307", "draft"), data={"round": "1", **bad}).status_code == 413


def test_a_batch_decides_only_what_was_looked_at(office: Office, signed_in: Enter) -> None:
    numbers = [office.small(occupies_road=True) for _ in range(2)]
    for number in numbers:
        office.take(number, "accept")
    clerk = signed_in("clerk-cg")
    clerk.post(desk(numbers[0], "gc307", "draft"), data={"round": "1", **ticks(*GC307, note_period="合适")})
    picks = re.findall(r'name="pick" value="(\d+)"', said(clerk, "/office/queue"))
    batch = clerk.post("/office/batches", data={"batch_verb": "decide", "pick": picks}).location
    assert clerk.post(batch, data={"outcome": "agree", **WHY}).status_code == 303
    with statements() as few:
        html = said(clerk, batch)
    assert re.findall(r'<caption>(\S+) <span class="num">(\d+)</span>', html) == [("会办", "1"), ("不会办", "1")]
    assert "有审查要点要逐项看，请打开勾选" in html
    assert clerk.post(f"{batch}/begin").status_code == 303
    reading().rollback()
    assert [office.step(number, "gc307").status for number in numbers] == [StepStatus.DONE, StepStatus.OPEN]
    kept = reading().scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert kept is not None
    assert kept.ticks is not None
    assert [key for key, *_ in kept.ticks] == list(GC307)
    assert len(few) < 40


@pytest.mark.parametrize("sent, refusal", [({}, PointsUnanswered), ({"point_outline": "unmet"}, PointsUnmet)])
def test_the_command_itself_refuses(permit: str, sent: dict[str, str], refusal: type[PointsUnanswered]) -> None:
    by, at = clerk_of(reading(), "CG"), now()
    given = ticks_in({**({} if not sent else ticks("traffic", "restoration")), **sent})
    with pytest.raises(refusal), changing(by, at) as session:
        command(for_change.step(session, permit, "gc307"), Outcome.AGREE, "", ticks=given, by=by, at=at)
