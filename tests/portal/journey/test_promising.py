"""Commitment-first through the doors: choose, read, sign, the licence on the day, hand in, verify; or lose it again."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse

from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.commitment import Commitment
from approvals.records.obligation import Obligation
from portal.demonstration.acting import FILES
from portal.unit_of_work import now, reading
from portal.worker.delivery import sweep
from tests.fixtures.heart import Office
from tests.fixtures.promises import SELLING, SHOP, Promises
from tests.portal.journey.walking import VERSION, words

Enter = Callable[[str], FlaskClient]

CLERK, HEAD = "clerk-sc-510104", "head-sc-510104"


@pytest.fixture
def promises(app: Flask) -> Promises:
    return Promises(Office(app))


@pytest.fixture
def applicant(signed_in: Enter) -> FlaskClient:
    return signed_in("lijinrong")


def version(answer: TestResponse) -> str:
    found = VERSION.search(answer.get_data(as_text=True))
    assert found is not None
    return found[1]


def draft(promises: Promises) -> str:
    return promises.draft(SHOP, now().today.isoformat(), missing=("officer_proof",), **SELLING)


def sign(client: FlaskClient, token: str) -> TestResponse:
    page = client.get(f"/drafts/{token}/promise/sign?of=all")
    digest = re.search(r'name="shown-all" value="([0-9a-f]{64})"', page.get_data(as_text=True))
    assert digest is not None
    form = {"version": version(page), "shown-all": digest[1], "declared": "yes"}
    return client.post(f"/drafts/{token}/promise/sign", data=form)


def send(client: FlaskClient, token: str) -> str:
    page = client.get(f"/drafts/{token}/check")
    answer = client.post(f"/drafts/{token}/submit", data={"version": version(page), "declared": "yes"})
    assert answer.status_code == 303, words(answer)
    sweep(now())
    return answer.headers["Location"].split("/")[2]


def promised(client: FlaskClient, promises: Promises) -> str:
    token = draft(promises)
    assert sign(client, token).status_code == 303
    return send(client, token)


def owed(number: str, subject: str) -> int:
    reading().rollback()
    wanted = select(Obligation.id).join(Obligation.application).where(Application.number == number)
    return reading().scalars(wanted.where(Obligation.subject == subject)).one()


def desk(number: str, subject: str) -> str:
    return f"/office/obligations/{owed(number, subject)}"


def verify(client: FlaskClient, number: str, subject: str, outcome: str, **more: str) -> TestResponse:
    form = MultiDict({"verb": "verify", "outcome": outcome, "words": "到店核查，与承诺一致。", **more})
    return client.post(desk(number, subject), data=form)


def test_the_normal_procedure_is_chosen_unless_somebody_says_otherwise(
    promises: Promises, applicant: FlaskClient
) -> None:
    token = draft(promises)
    page = applicant.get(f"/drafts/{token}/promise")
    html = page.get_data(as_text=True)
    assert re.search(r'name="way-all" value="normal" checked', html)
    assert not re.search(r'value="promise" checked', html)
    answer = applicant.post(f"/drafts/{token}/promise", data={"version": version(page), "way-all": "normal"})
    assert answer.headers["Location"].endswith(f"/drafts/{token}/materials")
    assert "没上传" in words(applicant.get(f"/drafts/{token}/materials"))


def test_what_is_promised_is_read_and_declared_before_it_is_signed(promises: Promises, applicant: FlaskClient) -> None:
    token = draft(promises)
    page = applicant.get(f"/drafts/{token}/promise")
    onward = applicant.post(f"/drafts/{token}/promise", data={"version": version(page), "way-all": "promise"})
    letter = applicant.get(onward.headers["Location"])
    assert "食品安全员" in words(letter)
    undeclared = applicant.post(
        f"/drafts/{token}/promise/sign", data={"version": version(letter), "shown-all": "0" * 64}
    )
    assert undeclared.status_code == 422
    forged = {"version": version(letter), "shown-all": "0" * 64, "declared": "yes"}
    assert applicant.post(f"/drafts/{token}/promise/sign", data=forged).status_code == 409
    assert sign(applicant, token).status_code == 303
    assert "已承诺，可在决定后" in words(applicant.get(f"/drafts/{token}/materials"))


def test_a_draft_in_which_nothing_may_be_promised_has_no_such_page(promises: Promises, applicant: FlaskClient) -> None:
    token = promises.draft(SHOP, now().today.isoformat())
    assert applicant.get(f"/drafts/{token}/promise").status_code == 404
    assert "选择办理方式" not in words(applicant.get(f"/drafts/{token}"))


def test_signed_issued_on_the_day_handed_in_and_verified(
    promises: Promises, applicant: FlaskClient, signed_in: Enter
) -> None:
    number = promised(applicant, promises)
    signed = reading().scalars(select(Commitment)).one()
    page = words(applicant.get(f"/applications/{number}/promises"))
    assert signed.sha256 in page
    assert "您承诺的和要办的" in words(applicant.get(f"/applications/{number}"))
    assert "已交" not in page  # what was taken back before it was sent
    file = FileStorage(io.BytesIO((FILES / "photo.jpg").read_bytes()), "证明.jpg")
    handed = applicant.post(f"/applications/{number}/promises/materials/officer_proof", data={"files": file})
    assert handed.status_code == 303, words(handed)
    assert "证明.jpg" in words(applicant.get(f"/applications/{number}/promises"))

    clerk = signed_in(CLERK)
    assert number in words(clerk.get("/office/obligations"))
    bare = verify(clerk, number, "premises", "fulfil", officer="王示例、李示例")
    assert bare.status_code == 422
    assert "请填写核查日期" in words(bare)
    assert "到店核查，与承诺一致。" in words(bare)
    today = now().today.isoformat()
    done = verify(clerk, number, "premises", "fulfil", officer="王示例、李示例", seen_on=today)
    assert done.status_code == 303, words(done)
    paper = FileStorage(io.BytesIO((FILES / "photo.jpg").read_bytes()), "核查记录.jpg")
    form = MultiDict([("verb", "verify"), ("outcome", "fulfil"), ("words", "属实。"), ("document", paper)])
    assert clerk.post(desk(number, "officer"), data=form).status_code == 303
    shown = clerk.get(desk(number, "officer")).get_data(as_text=True)
    link = re.search(r'href="(/office/obligations/\d+/evidence/\d+)"', shown)
    assert link is not None
    assert clerk.get(link[1]).mimetype == "image/jpeg"
    assert number not in words(clerk.get("/office/obligations"))
    assert number in words(clerk.get("/office/obligations?show=closed"))


def test_an_untrue_promise_is_revoked_by_the_head_and_everybody_can_see_it(
    promises: Promises, applicant: FlaskClient, signed_in: Enter, client: FlaskClient
) -> None:
    number = promised(applicant, promises)
    certificate = reading().scalars(select(Certificate)).one()
    address = f"/verify/{certificate.number}/{certificate.code}"
    assert "告知承诺" in words(client.get(address))
    clerk, head = signed_in(CLERK), signed_in(HEAD)
    today = now().today.isoformat()
    verify(clerk, number, "premises", "disprove", officer="王示例、李示例", seen_on=today)
    sentence = {"verb": "revoke", "words": "现场没有冷藏设备，与承诺不符。"}
    assert "撤销许可，或者终止办理" not in words(clerk.get(desk(number, "premises")))
    assert clerk.post(desk(number, "premises"), data=sentence).status_code == 403
    assert head.post(desk(number, "premises"), data=sentence).status_code == 303
    reading().rollback()
    sweep(now())
    told = words(client.get(address))
    assert "已撤销" in told
    assert "无效" in told
    assert "许可已撤销" in words(applicant.get("/my/letters"))

    barred = applicant.get(f"/drafts/{draft(promises)}/promise")
    assert number in words(barred)
    assert 'value="promise"' not in barred.get_data(as_text=True)

    objection = f"/applications/{number}/promises/objection"
    long = applicant.post(objection, data={"reason": "长" * 2001})
    assert long.status_code == 422, "told, and not cut"
    assert "长" * 2001 in long.get_data(as_text=True)
    objected = applicant.post(objection, data={"reason": "去错了门店。"})
    assert objected.status_code == 303
    assert "答复异议" in words(head.get(desk(number, "premises")))
    answer = {"verb": "answer", "outcome": "upheld", "words": "经复查，属实。"}
    assert head.post(desk(number, "premises"), data=answer).status_code == 303
    assert "已撤销" not in words(client.get(address))


def test_managers_see_every_open_commitment(promises: Promises, applicant: FlaskClient, signed_in: Enter) -> None:
    number = promised(applicant, promises)
    assert number in words(signed_in("manager").get("/management/commitments"))


@pytest.mark.parametrize("who", ["clerk-zj", "clerk-sc"])
def test_another_department_sees_nothing_of_it(
    promises: Promises, applicant: FlaskClient, signed_in: Enter, who: str
) -> None:
    number = promised(applicant, promises)
    assert signed_in(who).get(desk(number, "premises")).status_code == 404


def test_a_stranger_sees_no_promises(promises: Promises, applicant: FlaskClient, signed_in: Enter) -> None:
    number = promised(applicant, promises)
    assert signed_in("wangxiaorong").get(f"/applications/{number}/promises").status_code == 404


def test_a_promise_is_taken_back_after_a_question(promises: Promises, applicant: FlaskClient) -> None:
    number = promises.apply("construction-permit", ["gc309"], now().today.isoformat())
    asked = applicant.post(f"/applications/{number}/promises/withdraw/gc309")
    assert asked.status_code == 200
    assert "撤回这项承诺？" in words(asked)
    done = applicant.post(f"/applications/{number}/promises/withdraw/gc309", data={"confirmed": "yes"})
    assert done.status_code == 303
    assert "撤回" in words(applicant.get(f"/applications/{number}/promises"))
