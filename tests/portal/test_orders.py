"""Supervision orders that are sent by hand: sent, answered, sent back, closed, and what follows on silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.commands.supervise import close_order, send_order
from approvals.errors import NotAWorkingDay, StepNotOpen
from approvals.events import Event
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.bulletin import bulletin
from approvals.queries.invariants import examine
from approvals.queries.orders import orders
from approvals.records.event import EventRecord
from approvals.records.order import Order
from approvals.records.supervision import SupervisionRecord
from approvals.vocabulary import OrderStatus, Rung
from portal.unit_of_work import changing, now, reading
from portal.worker.clock import strike
from tests.counting import statements
from tests.factories import RESIDENCE, applied
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
WHY = "申请人来电反映一直没有受理，请说明。"
ANSWER = "材料已看完，明天受理。"


def number_of(address: str) -> int:
    return int(address.rpartition("/")[2])


def due(day: str = "") -> dict[str, str]:
    """As the form posts a day; usually one soon."""
    at = now()
    year, month, number = (day or at.calendar.add_working_days(at.today, 3).isoformat()).split("-")
    return {"due-year": year, "due-month": month, "due-day": number}


def sent(client: FlaskClient, number: str) -> int:
    data = {"step": "accept", "words": WHY, **due()}
    answer = client.post(f"/management/applications/{number}/order", data=data)
    assert answer.status_code == 303
    return number_of(answer.location)


def test_an_order_is_sent_answered_sent_back_answered_again_and_closed(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    supervisor, head = signed_in("supervisor"), signed_in("head-ga")
    page = supervisor.get("/management/steps").get_data(as_text=True)
    assert f'href="/management/applications/{number}/order?step=accept"' in page
    serial = sent(supervisor, number)
    mine, theirs = f"/office/orders/{serial}", f"/management/orders/{serial}"
    for client, address in ((head, "/office/orders"), (head, mine), (supervisor, "/management/orders?show=open")):
        assert WHY in client.get(address).get_data(as_text=True)
    assert '<span class="ry-badge">1' in head.get("/office/queue").get_data(as_text=True)
    assert head.post(mine, data={"verb": "answer", "words": ANSWER}).status_code == 303
    assert '<span class="ry-badge">' not in head.get("/office/queue").get_data(as_text=True)
    back = {"verb": "send_back", "words": "还没有说为什么。", **due()}
    assert supervisor.post(theirs, data=back).status_code == 303
    assert WHY in head.get("/office/orders?show=sent_back").get_data(as_text=True)
    assert head.post(mine, data={"verb": "answer", "words": "人手不够，已增派。"}).status_code == 303
    assert supervisor.post(theirs, data={"verb": "close", "words": "可以。"}).status_code == 303
    page = supervisor.get(theirs).get_data(as_text=True)
    for words in (WHY, ANSWER, "还没有说为什么。", "人手不够，已增派。", "可以。", "已办结"):
        assert words in page
    reading().rollback()
    kinds = set(reading().scalars(select(EventRecord.kind)))
    assert {Event.ORDER_SENT, Event.ORDER_ANSWERED, Event.ORDER_SENT_BACK, Event.ORDER_CLOSED} <= kinds
    told = bulletin(reading(), f"{now().today:%Y-%m}", by=actor_named(reading(), "manager"), at=now())
    assert (told.orders, told.answered) == (1, 1)


def test_what_is_refused_keeps_what_was_typed(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    supervisor, head = signed_in("supervisor"), signed_in("head-ga")
    address = f"/management/applications/{number}/order"
    for day in ("--", "2020-01-06", "2099-01-05", "2026-13-40"):
        page = supervisor.post(address, data={"step": "accept", "words": WHY, **due(day)})
        assert page.status_code == 422, day
        assert WHY in page.get_data(as_text=True)
    assert supervisor.post(address, data={"step": "nonsense", "words": WHY, **due()}).status_code == 422
    serial = sent(supervisor, number)
    for client, verb, words in ((head, "answer", " "), (supervisor, "close", "")):
        side = "office" if client is head else "management"
        assert client.post(f"/{side}/orders/{serial}", data={"verb": verb, "words": words}).status_code == 422
    early = supervisor.post(
        f"/management/orders/{serial}", data={"verb": "send_back", "words": "还没有答复就退回", **due()}
    )
    assert early.status_code == 409
    assert "还没有答复就退回" in early.get_data(as_text=True)
    assert head.post(f"/office/orders/{serial}", data={"verb": "answer", "words": ANSWER}).status_code == 303
    twice = head.post(f"/office/orders/{serial}", data={"verb": "answer", "words": "再答一次"})
    assert twice.status_code == 409
    assert "再答一次" in twice.get_data(as_text=True)


def test_who_sends_who_answers_and_who_only_reads(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    serial = sent(signed_in("manager"), number)
    said = {"verb": "answer", "words": ANSWER}
    assert signed_in("clerk-ga").get(f"/office/orders/{serial}").status_code == 200
    assert signed_in("clerk-ga").post(f"/office/orders/{serial}", data=said).status_code == 403
    assert signed_in("head-zj").get(f"/office/orders/{serial}").status_code == 404
    assert signed_in("head-zj").post(f"/office/orders/{serial}", data=said).status_code == 404
    assert WHY not in signed_in("head-zj").get("/office/orders").get_data(as_text=True)
    assert signed_in("auditor").get(f"/management/orders/{serial}").status_code == 200
    assert signed_in("auditor").get(f"/management/applications/{number}/order").status_code == 403
    closing = {"verb": "close", "words": "不用了。"}
    assert signed_in("auditor").post(f"/management/orders/{serial}", data=closing).status_code == 403
    assert signed_in("head-ga").get("/office/orders/999999").status_code == 404
    assert signed_in("head-ga").post(f"/office/orders/{serial}", data=said).status_code == 303


@pytest.mark.parametrize("query", ["show=purple", "department=NOWHERE", "page=0"])
def test_nonsense_in_the_address_is_said(signed_in: Enter, query: str) -> None:
    for who, address in (("manager", "/management/orders"), ("clerk-ga", "/office/orders")):
        assert "看不懂的筛选条件" in signed_in(who).get(f"{address}?{query}").get_data(as_text=True)


def order_of(office: Office, number: str, day: str, due: str, *, step: str = "accept") -> int:
    by, at = actor_named(reading(), "supervisor"), office.at(day)
    with changing(by, at) as session:
        wanted = office.at(due).today
        return send_order(for_change.step(session, number, step), WHY, wanted, by=by, at=at).id


def rungs(serial: int) -> list[Rung]:
    reading().rollback()
    record = SupervisionRecord
    return list(reading().scalars(select(record.rung).where(record.subject == f"order-{serial}").order_by(record.id)))


def test_silence_climbs_the_ladder_once_for_its_date_and_an_answer_ends_it(office: Office) -> None:
    number = office.apply(RESIDENCE, "2026-05-18")
    serial = order_of(office, number, "2026-05-18", "2026-05-22")
    strike(office.at("2026-05-19"))
    assert rungs(serial) == []
    strike(office.at("2026-05-21"))
    assert rungs(serial) == [Rung.WARNING]
    strike(office.at("2026-05-25"))
    strike(office.at("2026-05-25"))
    assert rungs(serial) == [Rung.WARNING, Rung.LATE]
    by = actor_named(reading(), "supervisor")
    with changing(by, office.at("2026-05-25")) as session:
        close_order(*for_change.sent_order(session, serial), "已经口头说明。", by=by, at=office.at("2026-05-25"))
    strike(office.at("2026-06-30"))
    assert rungs(serial) == [Rung.WARNING, Rung.LATE]
    reading().rollback()
    assert examine(reading(), office.storage, at=office.at("2027-01-04")).broken == []


@pytest.mark.parametrize("day", ["2026-05-23", "2026-05-18", "2026-12-01"])
def test_an_answer_is_wanted_by_a_working_day_to_come(office: Office, day: str) -> None:
    number = office.apply(RESIDENCE, "2026-05-18")
    with pytest.raises(NotAWorkingDay):
        order_of(office, number, "2026-05-18", day)


def test_an_order_is_about_a_step_that_somebody_has(office: Office) -> None:
    number = office.apply(RESIDENCE, "2026-05-18")
    with pytest.raises(StepNotOpen):
        order_of(office, number, "2026-05-18", "2026-05-22", step="review")


def test_the_list_takes_as_many_queries_for_many_as_for_one(office: Office) -> None:
    number = office.apply(RESIDENCE, "2026-05-18")
    counted = {}
    for size in (1, 10):
        while len(reading().scalars(select(Order.id)).all()) < size:
            order_of(office, number, "2026-05-18", "2026-05-22")
        reading().rollback()
        by = actor_named(reading(), "manager")
        with statements() as told:
            found = orders(reading(), by=by, at=office.at("2026-05-18"))
        assert (found.page.total, found.counts[OrderStatus.OPEN]) == (size, size)
        counted[size] = len(told)
    assert counted[1] == counted[10]
    assert reading().scalars(select(Order.status)).first() is OrderStatus.OPEN
