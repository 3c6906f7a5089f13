"""The counter: somebody present is identified, their application taken in and confirmed, its result handed out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from re import search

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from approvals.clock.moment import Moment
from approvals.commands.staff import add_staff
from approvals.events import Event
from approvals.permissions import SYSTEM
from approvals.queries.actor import actor_named
from approvals.queries.time_reference import differences
from approvals.records.application import Application
from approvals.records.counter import Confirmation, Visit, with_attended
from approvals.records.event import EventRecord
from approvals.records.measure import MeasureRecord
from approvals.records.people import Account, Organisation
from approvals.records.person_event import PersonEventRecord
from approvals.records.writ import Writ
from approvals.vocabulary import Channel, Outcome, Proof, Role, WritKind
from portal.invariants import examine
from portal.unit_of_work import changing, now, reading
from services.current import catalogue
from tests.attending import clerk, filled
from tests.factories import RESIDENCE, applied, decided, granted, issued, returned
from tests.portal.test_registration import register

Enter = Callable[[str], FlaskClient]
PRESENT = {
    "window": "a03",
    "present": "陈大爷",
    "identity_number": "510104194903072347",
    "document": "identity_card",
    "whose": "self",
}
PRINCIPAL = {"principal": "陈小妹", "principal_number": "510105200001010029", "authority": "guardianship"}
ORGANISATION = {"organisation_name": "成都窗口示例有限公司", "credit_code": "91510104MA6EXAMP0C"}


def received(client: FlaskClient, **said: str) -> str:
    """The page of the visit."""
    answer = client.post("/counter", data={**PRESENT, **said})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def begun(client: FlaskClient, visit: str, item: str = RESIDENCE) -> str:
    """The token of a draft begun in this visit."""
    answer = client.post(f"{visit}/applications", data={"item": item})
    assert answer.status_code == 303
    return str(answer.headers["Location"]).rsplit("/", 1)[1]


def taken(app: Flask, client: FlaskClient, **said: str) -> str:
    """The number of an application that was taken in at the window."""
    token = begun(client, received(client, **said))
    filled(token)
    return sent(client, token)


def sent(client: FlaskClient, token: str) -> str:
    page = client.get(f"/drafts/{token}/check").get_data(as_text=True)
    version = search(r'name="version" value="(\d+)"', page)
    assert version is not None
    answer = client.post(f"/drafts/{token}/submit", data={"version": version[1], "declared": "yes"})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"]).split("/")[2]


def told(number: str, kind: Event) -> EventRecord:
    reading().rollback()
    found = select(EventRecord).join(Application, Application.id == EventRecord.application_id)
    return reading().scalars(found.where(Application.number == number, EventRecord.kind == str(kind))).one()


def application(number: str) -> Application:
    reading().rollback()
    return reading().scalars(select(Application).where(Application.number == number)).one()


def test_a_number_that_is_no_application_leaves_the_address(app: Flask, signed_in: Enter) -> None:
    client = signed_in("counter")
    visit = received(client)
    assert client.get(f"{visit}?number={PRESENT['identity_number']}").location == visit
    assert "sealed=" in client.post(visit, data={"q": PRESENT["identity_number"]}).location
    assert client.post(visit, data={"number": PRESENT["identity_number"]}).location == visit
    assert "这里请填编号" in client.get(visit).get_data(as_text=True)
    number = "510100-20260506-ZJ-000001-9"
    assert client.post(visit, data={"number": number}).location == f"{visit}?number={number}"


def test_who_has_no_account_applies_at_the_window(app: Flask, signed_in: Enter) -> None:
    client = signed_in("counter")
    visit = received(client)
    page = client.get(client.post(visit, data={"q": "居住证"}).location).get_data(as_text=True)
    assert "陈大爷" in page
    assert PRESENT["identity_number"] not in page
    assert f'name="item" value="{RESIDENCE}"' in page
    token = begun(client, visit)
    tasks = client.get(f"/drafts/{token}").get_data(as_text=True)
    assert "申请人：" in tasks
    assert "陈大爷" in tasks
    assert "唐蓉" not in tasks.partition("<main")[2]
    filled(token)
    check = client.get(f"/drafts/{token}/check").get_data(as_text=True)
    words = "申请人（代办人）在场，已经当面核对以上内容和材料，确认真实、准确，并对此负责。"
    assert words in check
    version = search(r'name="version" value="(\d+)"', check)
    assert version is not None
    refused = client.post(f"/drafts/{token}/submit", data={"version": version[1]})
    assert refused.status_code == 422
    number = sent(client, token)
    receipt = client.get(f"/applications/{number}/receipt").get_data(as_text=True)
    assert "打印回执" in receipt
    assert number in receipt
    made = client.post(f"/applications/{number}/writs/1")
    assert client.get(made.headers["Location"]).data.startswith(b"%PDF-")
    tracker = client.get(f"/applications/{number}").get_data(as_text=True)
    assert "窗口申请" in tracker

    sent_in = application(number)
    person = reading().get_one(Account, sent_in.applicant_id)
    assert (sent_in.channel, person.name, person.proof) == (Channel.COUNTER, "陈大爷", Proof.WINDOW)
    assert not person.can_sign_in
    confirmed = reading().scalars(select(Confirmation).where(Confirmation.application_id == sent_in.id)).one()
    assert confirmed.words == words
    event = told(number, Event.CONFIRMED).data
    assert (event["window"], event["document"], event["version"]) == ("A03", "identity_card", 1)
    assert told(number, Event.SUBMITTED).data["channel"] == "counter"
    seen = select(PersonEventRecord.kind).where(PersonEventRecord.account_id == person.id)
    assert "seen_at_window" in reading().scalars(seen).all()
    assert examine(app)["broken"] == []


def test_a_confirmation_that_was_changed_is_found(app: Flask, signed_in: Enter) -> None:
    taken(app, signed_in("counter"))
    with changing() as session:
        session.execute(update(Confirmation).values(words="别的话"))
    assert any("confirmation of submission 1" in each for each in examine(app)["broken"])


def test_a_second_visit_finds_the_same_person_and_refuses_another_name(signed_in: Enter) -> None:
    client = signed_in("counter")
    first, second = received(client), received(client)
    reading().rollback()
    owners = reading().scalars(select(Visit.account_id)).all()
    assert first != second
    assert len(set(owners)) == 1
    refused = client.post("/counter", data={**PRESENT, "present": "陈二爷"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "姓名和身份证号对不上" in page
    assert "陈二爷" in page
    assert page.count('href="/counter/visits/') == 2


@pytest.mark.parametrize(
    "said, words",
    [
        ({"identity_number": "510104194903072340"}, "identity_number"),
        ({"window": "三号"}, "窗口号只有字母"),
        ({"document": ""}, "看过的身份证件"),
        ({"whose": "person", "principal": "陈小妹", "principal_number": PRINCIPAL["principal_number"]}, "代办凭据"),
        ({"whose": "person", **PRINCIPAL, "authority": "legal_representative"}, "和申请人相符的代办凭据"),
        ({"whose": "organisation", **ORGANISATION, "authority": "guardianship"}, "和申请人相符的代办凭据"),
        ({"whose": "organisation", **ORGANISATION, "authority": "legal_representative"}, "登记的是另一个名称"),
    ],
)
def test_who_is_not_identified_is_not_received(signed_in: Enter, said: dict[str, str], words: str) -> None:
    answer = signed_in("counter").post("/counter", data={**PRESENT, **said})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "错误：" in page
    assert words in page
    assert 'value="陈大爷"' in page


def test_somebody_with_an_authority_acts_for_another(app: Flask, signed_in: Enter) -> None:
    client = signed_in("counter")
    number = taken(app, client, whose="person", **PRINCIPAL)
    owner = reading().get_one(Account, application(number).applicant_id)
    assert (owner.name, owner.proof) == ("陈小妹", Proof.CONSISTENT)
    assert told(number, Event.CONFIRMED).data["authority"] == "guardianship"


def test_a_company_applies_by_its_representative(app: Flask, signed_in: Enter) -> None:
    client = signed_in("counter")
    with changing() as session:
        session.execute(update(Organisation).values(name=ORGANISATION["organisation_name"]))
    visit = received(client, whose="organisation", **ORGANISATION, authority="legal_representative")
    assert ORGANISATION["organisation_name"] in client.get(visit).get_data(as_text=True)
    token = begun(client, visit, "construction-permit")
    filled(token)
    made = application(sent(client, token))
    assert made.organisation is not None
    assert made.organisation.credit_code == ORGANISATION["credit_code"]
    wrong = client.post(f"{visit}/applications", data={"item": RESIDENCE})
    assert wrong.status_code == 403


def test_only_the_own_window_sees_it_and_only_today(app: Flask, signed_in: Enter) -> None:
    client = signed_in("counter")
    visit = received(client)
    token = begun(client, visit)
    with changing() as session:
        other = add_staff(
            session, username="counter-2", name="赵二", role=Role.COUNTER, department=None, by=SYSTEM, at=now()
        )
        other.password_hash = "nothing"
    number = taken(app, client)
    places = (visit, f"/drafts/{token}", f"/applications/{number}", f"/applications/{number}/receipt")
    assert [client.get(place).status_code for place in places] == [200, 200, 200, 200]
    assert [signed_in("counter-2").get(place).status_code for place in places] == [404] * 4
    assert signed_in("counter-2").post(f"{visit}/applications", data={"item": RESIDENCE}).status_code == 404
    with changing() as session:
        session.execute(update(Visit).values(at=now().instant - timedelta(days=1)))
    assert [client.get(place).status_code for place in places] == [404] * 4
    assert client.get("/applications/510100-20260101-ZJ-000001-0").status_code == 404


def test_what_was_applied_for_online_is_not_seen_at_the_window(signed_in: Enter) -> None:
    number, certificate = issued(RESIDENCE)
    client = signed_in("counter")
    for place in (f"/applications/{number}", f"/my/certificates/{certificate}/pdf"):
        assert client.get(place).status_code == 404


def test_a_result_is_handed_out_which_is_its_service(app: Flask, signed_in: Enter) -> None:
    client = signed_in("counter")
    number = taken(app, client)
    granted(number)
    reading().rollback()
    kinds = (
        select(Writ.kind).join(Application, Application.id == Writ.application_id).where(Application.number == number)
    )
    assert WritKind.DELIVERY not in reading().scalars(kinds).all()

    visit = received(client)
    assert "发放" in client.get(visit).get_data(as_text=True)
    assert client.get(f"{visit}/results/{number}").status_code == 200
    opened = client.post(f"{visit}/results", data={"number": number})
    page = client.get(opened.headers["Location"]).get_data(as_text=True)
    assert "准予" in page
    assert "/pdf" in page
    refused = client.post(f"{visit}/results/{number}", data={})
    assert refused.status_code == 422
    assert "请先核对证件" in refused.get_data(as_text=True)
    assert client.post(f"{visit}/results/{number}", data={"handed": "yes"}).status_code == 303

    reading().rollback()
    served = (
        reading()
        .scalars(
            select(Writ)
            .join(Application, Application.id == Writ.application_id)
            .where(Application.number == number, Writ.kind == WritKind.DELIVERY)
        )
        .one()
    )
    assert served.facts["handed"] == {
        "window": "A03",
        "to": "陈大爷",
        "document": "identity_card",
        "authority": "",
    }
    event = told(number, Event.HANDED_OUT)
    assert (event.by_account, event.data["writ"]) == (clerk().account, served.serial)
    assert "结果在窗口领走" in client.get(f"/applications/{number}").get_data(as_text=True)
    again = client.post(f"{visit}/results/{number}", data={"handed": "yes"})
    assert again.status_code == 409
    assert number not in client.get(f"{visit}?number=1").get_data(as_text=True)
    assert client.get(f"{visit}/results/{number}").status_code == 404
    assert client.post(f"/applications/{number}/writs/{served.serial}").status_code == 303
    assert examine(app)["broken"] == []


def test_nobody_else_fetches_it_and_nothing_undecided_is_handed_out(app: Flask, signed_in: Enter) -> None:
    client = signed_in("counter")
    number = taken(app, client)
    visit = received(client)
    assert client.post(f"{visit}/results", data={"number": number}).status_code == 409
    decided(number, "accept", Outcome.NOT_ACCEPTED, "不属于本机关职权范围。")
    stranger = received(client, present="陈小妹", identity_number=PRINCIPAL["principal_number"])
    assert client.post(f"{stranger}/results", data={"number": number}).status_code == 404
    assert number not in client.get(stranger).get_data(as_text=True)
    assert client.post(f"{visit}/results", data={"number": number}).status_code == 303


def test_what_came_by_letter_is_found_by_its_number_and_given_on_paper(app: Flask, signed_in: Enter) -> None:
    number, _certificate = issued(RESIDENCE)
    client = signed_in("counter")
    visit = received(client, present="王小蓉", identity_number="510104199003072344")
    assert number not in client.get(visit).get_data(as_text=True)
    assert "已电子送达" in client.get(f"{visit}?number={number}").get_data(as_text=True)
    assert client.post(f"{visit}/results", data={"number": number}).status_code == 303
    assert client.post(f"{visit}/results/{number}", data={"handed": "yes"}).status_code == 303
    assert "writ" not in told(number, Event.HANDED_OUT).data
    assert examine(app)["broken"] == []


def test_a_correction_is_answered_at_the_window(app: Flask, signed_in: Enter) -> None:
    client = signed_in("counter")
    number = taken(app, client)
    question = next(iter(catalogue().item(RESIDENCE).questions))
    returned(number, "accept", question)
    visit = received(client)
    assert "要补正的" in client.get(visit).get_data(as_text=True)
    opened = client.post(f"{visit}/corrections", data={"number": number})
    token = str(opened.headers["Location"]).rsplit("/", 1)[1]
    page = client.get(f"/drafts/{token}/check").get_data(as_text=True)
    version = search(r'name="version" value="(\d+)"', page)
    assert version is not None
    answer = client.post(
        f"/drafts/{token}/submit",
        data={"version": version[1], "declared": "yes", "explains": "yes", "explanation": "就是这样写的。"},
    )
    assert answer.status_code == 303
    reading().rollback()
    assert reading().scalars(select(Confirmation.version).order_by(Confirmation.version)).all() == [1, 2]
    assert examine(app)["broken"] == []


def test_what_was_sent_in_at_a_window_is_amended_and_withdrawn_there(app: Flask, signed_in: Enter) -> None:
    client = signed_in("counter")
    number = taken(app, client)
    stranger = received(client, present="王小蓉", identity_number="510104199003072344")
    assert client.post(f"{stranger}/running", data={"number": number}).status_code == 404
    visit = received(client)
    assert "正在办的" in client.get(visit).get_data(as_text=True)
    opened = client.post(f"{visit}/running", data={"number": number})
    assert opened.location == f"/applications/{number}"
    assert "填错了，要改" in client.get(opened.location).get_data(as_text=True)
    token = str(client.post(f"/applications/{number}/amend").location).rsplit("/", 1)[1]
    page = client.get(f"/drafts/{token}/sections/person").get_data(as_text=True)
    version = search(r'name="version" value="(\d+)"', page)
    assert version is not None
    data = {"applicant_name": PRESENT["present"], "applicant_identity": PRESENT["identity_number"]}
    data |= {"applicant_phone": "13800009999", "version": version[1]}
    assert client.post(f"/drafts/{token}/sections/person", data=data).status_code == 303
    assert sent(client, token) == number
    reading().rollback()
    assert reading().scalars(select(Confirmation.version).order_by(Confirmation.version)).all() == [1, 2]
    asked = client.post(f"/applications/{number}/withdraw", data={"reason": "不办了"})
    assert "请在场的人确认要撤回" in asked.get_data(as_text=True)
    assert client.post(f"/applications/{number}/withdraw", data={"confirmed": "yes"}).status_code == 303
    event = told(number, Event.WITHDRAWN)
    assert (event.data["window"], event.data["document"]) == (PRESENT["window"].upper(), PRESENT["document"])
    assert PRESENT["present"] not in str(event.data)
    assert examine(app)["broken"] == []


def test_what_is_not_of_the_window_today_is_neither_amended_nor_withdrawn(app: Flask, signed_in: Enter) -> None:
    number, client = applied(RESIDENCE), signed_in("counter")
    assert client.post(f"/applications/{number}/withdraw", data={"confirmed": "yes"}).status_code in (403, 404)
    assert client.post(f"/applications/{number}/amend").status_code in (403, 404)
    visit = received(client, present="王小蓉", identity_number="510104199003072344")
    assert number not in client.get(visit).get_data(as_text=True), "who applied online goes on online"


def test_a_draft_of_the_window_can_be_thrown_away(signed_in: Enter) -> None:
    client = signed_in("counter")
    token = begun(client, received(client))
    answer = client.post(f"/drafts/{token}/discard", data={"confirmed": "yes"})
    assert answer.headers["Location"] == "/counter"
    assert client.get(f"/drafts/{token}").status_code == 404


def test_the_channel_is_told_apart_where_time_goes(app: Flask, signed_in: Enter) -> None:
    number = taken(app, signed_in("counter"))
    granted(number)
    issued(RESIDENCE)
    reading().rollback()
    rows = reading().execute(select(MeasureRecord.channel).where(MeasureRecord.step_key == "")).scalars().all()
    assert sorted(rows) == [Channel.COUNTER, Channel.ONLINE]
    assert differences(reading(), at=now())[1] == []
    page = signed_in("manager").get("/management/times?by=channel").get_data(as_text=True)
    assert "窗口申请" in page
    assert "channel=counter" in page
    only = signed_in("manager").get("/management/times/cases?channel=counter").get_data(as_text=True)
    assert only.count("/management/applications/") == 1
    assert signed_in("manager").get("/management/times?channel=fax").status_code == 422


def test_a_moment_is_of_one_day(signed_in: Enter) -> None:
    received(signed_in("counter"))
    tomorrow = Moment(now().instant + timedelta(days=1), now().calendar)
    assert with_attended(reading(), actor_named(reading(), "counter"), tomorrow.today).attended == frozenset()


def test_who_registers_afterwards_finds_what_was_applied_for_at_the_window(app: Flask, signed_in: Enter) -> None:
    number = taken(app, signed_in("counter"))
    client = app.test_client()
    assert register(client, person=PRESENT["present"], identity_number=PRESENT["identity_number"])[0] == 303
    assert number in client.get("/my/applications").get_data(as_text=True)
    reading().rollback()
    owner = reading().get_one(Account, application(number).applicant_id)
    assert (owner.proof, owner.can_sign_in) == (Proof.DEMONSTRATION, True)
