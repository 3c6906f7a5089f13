"""What was typed at a desk is there again after every refusal, and only then the page says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from approvals.queries.actor import actor_named
from portal.unit_of_work import reading
from tests.deciding import ticked
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
TYPED = "交通部分已核过，请接着看围挡。"
SENTENCE = "您写的内容还在下面"


@pytest.fixture
def permit(office: Office) -> str:
    number = office.small(occupies_road=True)
    office.take(number, "accept")
    return number


def account(username: str) -> str:
    return str(actor_named(reading(), username).account)


def post(client: FlaskClient, number: str, action: str, **form: str) -> tuple[int, str]:
    answer = client.post(f"/office/steps/{number}/gc307/{action}", data=form)
    return answer.status_code, answer.get_data(as_text=True)


def decided_by_the_head(number: str, signed_in: Enter) -> None:
    form = {"round": "1", "outcome": "agree", "reason": "", **ticked(number, "gc307")}
    assert post(signed_in("head-cg"), number, "decide", **form)[0] == 303


def test_what_was_typed_for_a_colleague_is_there_when_the_step_was_decided_meanwhile(
    permit: str, signed_in: Enter
) -> None:
    clerk = signed_in("clerk-cg")
    assert post(clerk, permit, "assignment", verb="take")[0] == 303
    decided_by_the_head(permit, signed_in)
    for form in (
        {"verb": "hand_over", "to": account("head-cg"), "note": TYPED},
        {"verb": "take_over", "from": account("head-cg"), "note": TYPED},
    ):
        status, html = post(clerk, permit, "assignment", **form)
        assert status == 409
        assert SENTENCE in html
        assert TYPED in html
    status, html = post(clerk, permit, "notes", material="traffic_plan", version="1", page="2", text=TYPED)
    assert status == 409
    assert SENTENCE in html
    assert TYPED in html


def test_what_was_typed_stays_in_its_form_where_that_still_stands(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    status, html = post(clerk, permit, "assignment", verb="hand_over", to=account("head-cg"), note=TYPED)
    assert status == 409  # nobody has it
    assert SENTENCE in html
    assert html.count(TYPED) == 1


def test_nothing_is_said_to_be_kept_where_nothing_was_typed(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    decided_by_the_head(permit, signed_in)
    status, html = post(clerk, permit, "assignment", verb="take")
    assert status == 409
    assert SENTENCE not in html


def test_a_correction_request_is_listed_with_what_was_ticked(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    decided_by_the_head(permit, signed_in)
    form = {"round": "1", "items": "material-traffic_plan", "what-material-traffic_plan": TYPED}
    status, html = post(clerk, permit, "return", **form)
    assert status == 409
    kept = html[html.index('id="kept"') :]
    kept = kept[: kept.index("</section>")]
    assert TYPED in kept
    assert "<dt>需要补正的内容</dt><dd>施工组织与交通" in kept


def test_an_opinion_is_listed_once_somebody_else_was_first(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    points = ticked(permit, "gc307")
    decided_by_the_head(permit, signed_in)
    status, html = post(clerk, permit, "decide", round="1", outcome="agree", reason=TYPED, **points)
    assert status == 409
    assert SENTENCE in html
    assert TYPED in html


def test_a_step_that_is_not_open_is_refused_by_why(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    form = {"round": "1", "reason": "expert_review", "days": "10", "note": TYPED}
    assert post(clerk, permit, "pause", **form)[0] == 303
    points = ticked(permit, "gc307")
    status, html = post(clerk, permit, "decide", round="1", outcome="agree", reason=TYPED, **points)
    assert status == 409
    assert "这个环节正在特别程序中，或者全案已中止，现在不能办理。" in html
    assert "等前面的环节" not in html
    assert TYPED in html
