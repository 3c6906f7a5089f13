"""Acting for others: within the mandate, from its acceptance to the request after it was revoked."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.commands.close_account import close_account
from approvals.permissions import NEEDED
from approvals.queries.actor import actor_named
from approvals.queries.mandates import DONE, DONE_IN_DRAFTS
from approvals.records.application import Application
from approvals.records.event import EventRecord
from approvals.records.mandate import Mandate
from approvals.records.people import Account, Membership, Organisation
from approvals.records.person_event import PersonEventRecord
from approvals.vocabulary import Duty, MandateAction
from portal.auth.mandates import EVENTS
from portal.demonstration.acting import FILES
from portal.unit_of_work import changing, now, reading
from tests.factories import RESIDENCE, issued
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]

YANMAO = {"person": "龑䶮", "phone": "13900000002"}
DATES = {
    "begins_on-year": "2026",
    "begins_on-month": "1",
    "begins_on-day": "1",
    "ends_on-year": "2028",
    "ends_on-month": "12",
    "ends_on-day": "30",
}
ALL = [str(action) for action in MandateAction]


@pytest.fixture
def people(app: Flask) -> Flask:
    """With a company that has a legal representative."""
    with changing(at=now()) as session:
        session.scalars(select(Membership)).one().duty = str(Duty.LEGAL_REPRESENTATIVE)
    return app


def afresh() -> Session:
    """What the clients wrote meanwhile is seen."""
    reading().rollback()
    return reading()


def give(client: FlaskClient, **more: object) -> int:
    data = {**YANMAO, **DATES, "matters": "all", "actions": ALL, **more}
    answer = client.post("/my/mandates/new", data=data)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return int(afresh().scalars(select(Mandate.id).order_by(Mandate.id.desc())).first() or 0)


def change(client: FlaskClient, mandate: int, verb: str) -> int:
    return client.post(f"/my/mandates/{mandate}", data={"verb": verb}).status_code


def start(client: FlaskClient, slug: str, organisation: str = "") -> tuple[int, str]:
    answer = client.post(f"/services/{slug}/apply", data={"organisation": organisation})
    return answer.status_code, answer.location or answer.get_data(as_text=True)


def test_a_relative_acts_for_a_person_until_the_mandate_is_revoked(people: Flask, signed_in: Enter) -> None:
    elder, relative, stranger = signed_in("wangxiaorong"), signed_in("yanmao"), signed_in("lijinrong")
    elder.set_cookie("elder", "on")
    mandate = give(elder)
    principal = afresh().scalars(select(Account.id).where(Account.username == "wangxiaorong")).one()
    assert "等对方接受" in elder.get("/my/mandates").get_data(as_text=True)
    assert relative.post("/workspace", data={"workspace": f"p{principal}"}).status_code == 404
    assert change(stranger, mandate, "accept") == 404
    assert change(relative, mandate, "accept") == 303
    assert change(relative, mandate, "accept") == 409
    relative.post("/workspace", data={"workspace": f"p{principal}"})
    assert "王小蓉（示例）的办件" in relative.get("/my/applications").get_data(as_text=True)
    status, tasks = start(relative, "residence-permit")
    assert status == 303
    begun = afresh().scalars(select(Application).order_by(Application.id.desc())).first()
    assert begun is not None
    assert (begun.applicant_id, begun.mandate_id) == (principal, mandate)
    assert begun.draft["answers"]["applicant_identity"] == "510104199003072344"
    assert elder.get(tasks).status_code == relative.get(tasks).status_code == 200
    page = relative.get(tasks).get_data(as_text=True)
    assert "龑䶮（示例） · 王小蓉（示例）" in page
    assert change(elder, mandate, "revoke") == 303
    lost = relative.post(f"{tasks}/sections/person", data={"applicant_name": "写好的名字", "version": "1"})
    assert lost.status_code == 409
    assert "授权已经收回或者到期" in lost.get_data(as_text=True)
    assert "写好的名字" in lost.get_data(as_text=True)
    assert relative.get(tasks).status_code == 404
    told = select(PersonEventRecord.kind).where(PersonEventRecord.account_id == principal)
    assert list(afresh().scalars(told)) == ["mandate_given", "mandate_accepted", "mandate_revoked"]


def test_a_handler_acts_within_items_and_actions(people: Flask, signed_in: Enter) -> None:
    manager, handler = signed_in("lijinrong"), signed_in("yanmao")
    organisation = str(afresh().scalars(select(Membership.organisation_id)).one())
    scope = {"matters": "some", "items": ["GC303"], "actions": ["fill"], "duty": "handler"}
    mandate = give(manager, **scope)
    assert change(handler, mandate, "accept") == 303
    handler.post("/workspace", data={"workspace": organisation})
    status, tasks = start(handler, "construction-permit", organisation)
    assert status == 303
    status, page = start(handler, "food-business-licence", organisation)
    assert (status, "不包括这一步，或者不包括这个事项" in page) == (403, True)
    refused = handler.post(f"{tasks}/submit", data={"version": "1", "declared": "yes"})
    assert refused.status_code == 403
    assert "不包括这一步" in refused.get_data(as_text=True)
    assert handler.get("/my/mandates/new").status_code == 403, "a handler names no members"
    listed = handler.get("/business/applications").get_data(as_text=True)
    assert listed.count("建筑工程施工许可证核发") >= 1
    assert change(handler, mandate, "revoke") == 303, "who holds it may give it back"
    assert handler.get("/business/applications").location == "/my/applications"
    assert start(handler, "construction-permit", organisation)[0] == 404


def test_a_name_is_copied_from_a_page_of_the_demonstration(people: Flask, signed_in: Enter) -> None:
    """What stands behind the name of an invented person is no part of it."""
    elder, relative = signed_in("wangxiaorong"), signed_in("yanmao")
    mandate = give(elder, person="龑䶮（示例）")
    assert change(relative, mandate, "accept") == 303


def test_every_refusal_of_a_mandate_is_named(people: Flask, signed_in: Enter) -> None:
    elder, relative = signed_in("wangxiaorong"), signed_in("yanmao")
    wrong: tuple[tuple[dict[str, object], str], ...] = (
        ({"phone": "13900000001"}, "不用授权给自己"),
        ({"person": "Anna"}, "请照身份证上的写"),
        ({"phone": "028-61880000"}, "座机收不到验证码"),
        ({"actions": []}, "可以做什么"),
        ({"matters": "some"}, "选中的事项"),
        ({"ends_on-year": "2025"}, "结束日期不能早于开始日期"),
        ({"ends_on-year": "2036"}, "最长 3 年"),
        ({"begins_on-year": "2025", "ends_on-year": "2026", "ends_on-month": "1"}, "结束日期已经过了"),
    )
    for given, words in wrong:
        answer = elder.post("/my/mandates/new", data={**YANMAO, **DATES, "matters": "all", "actions": ALL, **given})
        assert answer.status_code == 422, given
        assert words in answer.get_data(as_text=True), given
    mandate = give(elder)
    assert change(relative, mandate, "decline") == 303
    for client, verb in ((relative, "accept"), (elder, "revoke")):
        assert change(client, mandate, verb) == 409
    assert change(elder, mandate, "nonsense") == 404


def test_a_workspace_is_opened_once_and_never_left_without_a_manager(people: Flask, signed_in: Enter) -> None:
    founder, other = signed_in("wangxiaorong"), signed_in("yanmao")
    data = {"organisation_name": "成都示例食品有限公司", "credit_code": "91510100MA6CEXAM0C"}
    assert founder.post("/my/organisations/new", data=data).status_code == 422, "the code must be right"
    data["credit_code"] = "91110000802100433B"
    unknown = founder.post("/my/organisations/new", data={**data, "organisation_name": "查无此单位"})
    assert (unknown.status_code, "另一个名称" in unknown.get_data(as_text=True)) == (422, True)
    assert founder.post("/my/organisations/new", data=data).status_code == 303
    assert "成都示例食品有限公司" in founder.get("/my/mandates").get_data(as_text=True)
    assert other.post("/my/organisations/new", data=data).status_code == 409
    member = afresh().scalars(select(Membership.id).order_by(Membership.id.desc())).first()
    assert founder.post(f"/my/members/{member}").status_code == 409
    assert other.post(f"/my/members/{member}").status_code == 404
    mandate = give(founder, duty="administrator", matters="", actions=[])
    assert change(other, mandate, "accept") == 303
    assert founder.post(f"/my/members/{member}").status_code == 303
    organisation = afresh().scalars(select(Mandate.organisation_id).where(Mandate.id == mandate)).one()
    other.post("/workspace", data={"workspace": str(organisation)})
    assert other.get("/my/mandates/new").status_code == 200, "an administrator names members"


def test_who_acts_for_whom_is_told_to_the_applicant_and_the_office(office: Office, signed_in: Enter) -> None:
    number = office.apply()
    events = (
        select(EventRecord.data).join(Application).where(Application.number == number, EventRecord.kind == "submitted")
    )
    assert afresh().scalars(events).one()["organisation"]
    told = "李锦蓉（示例）代成都锦蓉示例置业有限公司办理"
    assert told in signed_in("lijinrong").get(f"/applications/{number}").get_data(as_text=True)


LEAVES = {
    "application:amend": {"amended"},
    "application:correct": {"correction_answered"},
    "application:edit": {"draft_begun", "draft_filled", "file_added", "file_removed", "draft_discarded"},
    "application:submit": {"submitted"},
    "application:withdraw": {"withdrawn"},
    "certificate:consent": {"consent_given", "consent_withdrawn"},
    "certificate:copy": {"copy_asked", "copy_revoked"},
    "certificate:download": {"certificate_downloaded"},
    "commitment:object": {"objection_raised"},
    "commitment:sign": {"commitment_signed"},
    "commitment:withdraw": {"commitment_withdrawn"},
    "message:write": {"message_sent"},
    "objection:raise": {"objection_raised"},
    "obligation:report": {"obligation_moved"},
    "rating:give": {"rated"},
}


def test_whatever_a_mandate_allows_is_shown_when_it_was_done() -> None:
    assert LEAVES.keys() == NEEDED.keys()
    told = {str(kind) for kind in (*DONE, *DONE_IN_DRAFTS)}
    assert set().union(*LEAVES.values()) == told == EVENTS.keys()


def test_what_was_done_in_a_draft_and_said_is_told_to_the_principal(people: Flask, signed_in: Enter) -> None:
    elder, relative, clerk = signed_in("wangxiaorong"), signed_in("yanmao"), signed_in("clerk-ga")
    mandate = give(elder)
    change(relative, mandate, "accept")
    principal = afresh().scalars(select(Account.id).where(Account.username == "wangxiaorong")).one()
    relative.post("/workspace", data={"workspace": f"p{principal}"})
    _status, tasks = start(relative, "residence-permit")
    with (Path(FILES) / "drawings.pdf").open("rb") as paper:
        assert relative.post(f"{tasks}/materials/identity_card", data={"files": (paper, "证.pdf")}).status_code == 303
    data = {"applicant_name": "王小蓉", "applicant_phone": "13900000001", "version": "1"}
    data["applicant_identity"] = "510104199003072344"
    for _once_more in range(2):
        assert relative.post(f"{tasks}/sections/person", data=data).status_code == 303
    assert relative.post(f"{tasks}/discard", data={"confirmed": "yes"}).status_code == 303
    number, certificate = issued(RESIDENCE)
    asked = relative.post(f"/applications/{number}/messages", data={"text": "好了吗？"})
    assert asked.status_code == 303
    assert relative.get(f"/my/certificates/{certificate}/pdf").status_code == 200
    afresh()
    record = elder.get(f"/my/mandates/{mandate}").get_data(as_text=True)
    for done in ("开始填写", "填写内容", "上传材料", "删除草稿", "给部门留言", "下载证照"):
        assert record.count(f">{done}<") == 1, done
    by = "龑䶮（示例）代王小蓉（示例）"
    assert by in elder.get(f"/applications/{number}/messages").get_data(as_text=True)
    assert by in clerk.get(f"/office/messages/{number}").get_data(as_text=True)
    assert by not in relative.get(f"/applications/{number}/messages").get_data(as_text=True)


def test_closing_an_account_tells_the_other_side_that_the_mandate_is_over(people: Flask, signed_in: Enter) -> None:
    elder, relative = signed_in("wangxiaorong"), signed_in("yanmao")
    mandate = give(elder)
    change(relative, mandate, "accept")
    at = now()
    with changing(at=at) as session:
        close_account(session, by=actor_named(session, "wangxiaorong"), at=at)
    holder = afresh().scalars(select(Account.id).where(Account.username == "yanmao")).one()
    told = select(PersonEventRecord.kind).where(PersonEventRecord.account_id == holder)
    assert list(afresh().scalars(told)) == ["mandate_offered", "mandate_accepted", "mandate_revoked"]


def test_items_are_chosen_in_groups_each_once_and_what_is_chosen_stands_open(people: Flask, signed_in: Enter) -> None:
    elder = signed_in("wangxiaorong")
    page = elder.get("/my/mandates/new").get_data(as_text=True)
    offered = re.findall(r'name="items" value="([^"]+)"', page)
    assert len(offered) == len(set(offered)) > 30
    assert page.count('<details class="ry-more"><summary>') > 4
    assert '<details class="ry-more" open' not in page
    data = {"matters": "some", "items": [offered[0], offered[1]], "actions": ALL}
    answer = elder.post("/my/mandates/new", data=data)
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count('<details class="ry-more" open') in (1, 2)
    assert len(re.findall(r'name="items" value="[^"]+" checked', answer.get_data(as_text=True))) == 2


def test_who_acts_for_a_person_is_not_asked_to_fill_in_a_mandate(people: Flask, signed_in: Enter) -> None:
    elder, relative = signed_in("wangxiaorong"), signed_in("yanmao")
    change(relative, give(elder), "accept")
    principal = afresh().scalars(select(Account.id).where(Account.username == "wangxiaorong")).one()
    relative.post("/workspace", data={"workspace": f"p{principal}"})
    assert relative.get("/my/mandates/new").status_code == 403


def test_a_workspace_is_opened_under_the_name_that_is_known(people: Flask, signed_in: Enter) -> None:
    """An organisation that nobody manages any more, and one that came to a window first."""
    with changing(at=now()) as session:
        session.add(Organisation(name="成都示例食品有限公司", credit_code="91110000802100433B"))
    founder = signed_in("wangxiaorong")
    data = {"organisation_name": "成都另一家食品有限公司", "credit_code": "91110000802100433B"}
    answer = founder.post("/my/organisations/new", data=data)
    assert (answer.status_code, "另一个名称" in answer.get_data(as_text=True)) == (422, True)
    data["organisation_name"] = "成都示例食品有限公司"
    assert founder.post("/my/organisations/new", data=data).status_code == 303
