"""Copies of certificates: for one purpose, said on the page and by the register, until they end or are taken back."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.certificates.trust import trusted
from approvals.commands.copy import make_copy
from approvals.commands.live import reissue, suspend
from approvals.errors import GlyphMissing, NotAllowed, NotInForce
from approvals.events import Event
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.register import entry_by_digest
from approvals.queries.verification import Finding, verify_code, verify_file
from approvals.records.copy import CertificateCopy
from approvals.records.letter import Letter
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from tests.factories import RESIDENCE, issued

Enter = Callable[[str], FlaskClient]


def copied(application: str, purpose: str = "办理对公账户", who: str = "wangxiaorong", days: int = 30) -> None:
    by, at = actor_named(reading(), who), now()
    with changing(by, at) as session:
        certificate = for_change.application(session, application).certificate
        assert certificate is not None
        make_copy(certificate, purpose, "示例银行", days, by=by, at=at)
    sweep(at)


def found(after: int = 0) -> Finding:
    reading().rollback()
    copy = reading().scalars(select(CertificateCopy)).one()
    finding = verify_code(reading(), copy.number, copy.code, today=now().today + timedelta(days=after))
    assert finding is not None
    return finding


def test_by_the_pages(app: Flask, signed_in: Enter, client: FlaskClient) -> None:
    _application, number = issued(RESIDENCE)
    holder = signed_in("wangxiaorong")
    address = f"/my/certificates/{number}/copies"
    assert address in holder.get(f"/my/certificates/{number}").get_data(as_text=True)
    assert holder.post(address, data={"purpose": "", "recipient": "长" * 41, "days": "9"}).status_code == 422
    empty = holder.post(address, data={"purpose": "", "recipient": "", "days": ""}).get_data(as_text=True)
    for words in ("请写明给谁用", "请写明做什么用", "请选择有效多久"):
        assert words in empty
    sent = {"purpose": "办理对公账户", "recipient": "示例银行", "days": "30"}
    assert holder.post(address, data=sent).status_code == 303
    reading().rollback()
    sweep(now())
    assert signed_in("yanmao").get(address).status_code == 404
    assert signed_in("yanmao").get(f"{address}/1/pdf").status_code == 404
    answer = holder.get(f"{address}/1/pdf")
    assert answer.status_code == 200, answer.get_data(as_text=True)[-3000:]
    pdf = answer.get_data()
    with pikepdf.open(io.BytesIO(pdf)) as paper:
        assert len(paper.pages) == 1
    finding = verify_file(reading(), pdf, trusted(app.extensions["settings"].keys), at=now(), patience=60)
    assert (finding.verdict, finding.reason) == ("valid", "copy")
    assert finding.examination is not None
    assert finding.examination.sheet is not None
    assert "仅供示例银行用于办理对公账户，有效期至" in str(finding.examination.sheet["watermark"])
    copy = reading().scalars(select(CertificateCopy)).one()
    page = client.get(f"/verify/{copy.number}/{copy.code}").get_data(as_text=True)
    for words in ("示例银行", "办理对公账户", number, "原证现在有效"):
        assert words in page
    assert client.get(f"/verify/{copy.number}/0000-0000-0000-0000").status_code == 404
    assert holder.post(f"{address}/1/revoke").status_code == 303
    assert "已被持证人作废" in client.get(f"/verify/{copy.number}/{copy.code}").get_data(as_text=True)
    life = holder.get(f"/my/certificates/{number}").get_data(as_text=True).partition("证照的经过")[2]
    assert life.index("持证人作废了一份副本") < life.index("持证人做了一份副本") < life.index("签发")
    assert life.count(copy.number) == 2
    reading().rollback()
    sweep(now())
    told = list(reading().scalars(select(Letter.kind).order_by(Letter.id)))
    assert told[-2:] == [Event.COPY_MADE, Event.COPY_REVOKED]


def test_it_ends_with_its_time_and_with_the_certificate(app: Flask) -> None:
    application, _number = issued(RESIDENCE)
    copied(application)
    assert found().reason == "copy"
    assert (found(31).verdict, found(31).reason) == ("invalid", "copy_expired")
    head = actor_named(reading(), "head-ga")
    with changing(head, now()) as session:
        certificate = for_change.application(session, application).certificate
        assert certificate is not None
        suspend(certificate, "核查。", by=head, at=now())
    assert (found().verdict, found().reason) == ("invalid", "suspended")
    with pytest.raises(NotInForce):
        copied(application)


def test_a_reissued_certificate_outdates_its_copies(app: Flask) -> None:
    application, _number = issued(RESIDENCE)
    copied(application)
    head = actor_named(reading(), "head-ga")
    with changing(head, now()) as session:
        certificate = for_change.application(session, application).certificate
        assert certificate is not None
        reissue(certificate, "遗失。", by=head, at=now())
    sweep(now())
    assert (found().verdict, found().reason) == ("invalid", "superseded")


def test_who_may_not_and_what_cannot_be_printed(app: Flask) -> None:
    application, _number = issued(RESIDENCE)
    with pytest.raises(NotAllowed):
        copied(application, who="yanmao")
    with pytest.raises(GlyphMissing):
        copied(application, "给\u202e反着写")
    assert entry_by_digest(reading(), "0" * 64, "1" * 64, today=now().today) is None
