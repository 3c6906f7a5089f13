"""Certificates issued while the time-stamp authority is down, lifted later; keys rotated and revoked by command."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from approvals.certificates import make, signatories
from approvals.certificates.examine import Reason as FileReason
from approvals.certificates.sheet import DATA_FILE
from approvals.certificates.trust import STAMPS, trusted
from approvals.queries.lifts import lifts
from approvals.queries.verification import Finding, Reason, verify_file
from approvals.records.certificate import Certificate, Lift
from approvals.records.copy import CertificateCopy
from approvals.storage import Folder
from approvals.vocabulary import CertificateStatus, SignatureLevel
from config import Settings
from portal import create_app
from portal.cli import main
from portal.demonstration.people import PASSWORD
from portal.invariants import examine
from portal.levels import lift_waiting
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from portal.worker.lifting import lift_due
from portal.worker.reviewing import review_signatures
from tests.factories import PERMIT, RESIDENCE, issued
from tests.fixtures.issued import Issued
from tests.outside import require_tool
from tests.outside_authority import Authority
from tests.standing import entered


def portal(home: Path, **settings: Any) -> AbstractContextManager[Flask]:
    return entered(create_app(Settings(home=home, demonstration=True, log_level="CRITICAL", **settings)))


def owner(app: Flask) -> FlaskClient:
    """lijinrong, who acts for the company, signed in."""
    client = app.test_client()
    assert client.post("/sign-in", data={"username": "lijinrong", "password": PASSWORD}).status_code == 303
    return client


def row(number: str) -> Certificate:
    reading().rollback()
    return reading().scalars(select(Certificate).where(Certificate.number == number)).one()


def file_of(app: Flask, number: str) -> bytes:
    digest = row(number).sha256
    assert digest is not None
    return Folder(app.extensions["settings"].files).get(digest)


def judged(app: Flask, pdf: bytes) -> Finding:
    """Asked again where a busy machine gave the examiner no time: its limits are of its own tests."""
    for _ in range(5):
        found = verify_file(reading(), pdf, trusted(app.extensions["settings"].keys), at=now(), patience=60)
        if found.reason not in {FileReason.TOO_COSTLY, FileReason.BUSY}:
            return found
    raise AssertionError("the examiner never had time")


def is_signed_by_sm2(data: bytes, signature: bytes, key: bytes, folder: Path) -> bool:
    """By OpenSSL alone, as docs/signing.md has it."""
    for name, content in (("certificate.json", data), ("certificate.sm2", signature), ("sm2.pem", key)):
        (folder / name).write_bytes(content)
    command = "pkeyutl -verify -pubin -inkey sm2.pem -in certificate.json -sigfile certificate.sm2 -rawin -digest sm3"
    asked = [require_tool("openssl"), *command.split(), "-pkeyopt", "distid:1234567812345678"]
    return subprocess.run(asked, cwd=folder, capture_output=True, check=False).returncode == 0


@pytest.fixture
def stamped_home(prepared: Path, tmp_path: Path, outside_authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another home, in which the time-stamp authority's root lies."""
    home = Path(shutil.copytree(prepared, tmp_path / "home"))
    (home / "keys" / STAMPS).mkdir()
    (home / "keys" / STAMPS / "city.pem").write_bytes(outside_authority.pem("root"))
    outside_authority.at = None
    monkeypatch.setattr(make, "_failed", {})
    return home


def test_a_certificate_is_issued_while_the_time_stamp_authority_is_down_and_lifted_afterwards(
    stamped_home: Path, outside_authority: Authority
) -> None:
    outside_authority.is_down = True
    with portal(stamped_home, tsa_url=outside_authority.stamping_url) as app:
        _application, number = issued(PERMIT, now())
        before = file_of(app, number)
        assert row(number).level is SignatureLevel.B_B
        waiting = reading().scalars(select(Lift)).one()
        assert waiting.wanted is SignatureLevel.B_LTA
        assert "503" in str(waiting.error)
        page = owner(app).get(f"/my/certificates/{number}").get_data(as_text=True)
        assert "PAdES B-B" in page
        assert "时间戳还没有补齐" in page
        assert judged(app, before).reason == Reason.GENUINE
        assert lift_due() == 0, "not due again at once"

        command = ["certificate", "lift", "--json"]
        environment = {
            "RONGYIBAN_HOME": str(stamped_home),
            "RONGYIBAN_TSA_URL": outside_authority.stamping_url,
        }
        refused = CliRunner().invoke(main, command, env=environment)
        assert refused.exit_code == 1, refused.output
        assert json.loads(refused.stdout)["waiting"][0]["number"] == number

        outside_authority.is_down = False
        with changing(at=now()) as session:
            session.execute(update(Lift).values(due_at=now().instant))
        assert lift_due() == 1
        after = file_of(app, number)
        assert row(number).level is SignatureLevel.B_LTA
        reading().rollback()
        waiting = reading().scalars(select(Lift)).one()
        assert (waiting.error, waiting.attempts, waiting.due_at.year) == (None, 0, 2044)
        for pdf in (before, after):
            assert judged(app, pdf).reason == Reason.GENUINE, "the copy downloaded before stays genuine"
        page = owner(app).get(f"/my/certificates/{number}").get_data(as_text=True)
        assert "PAdES B-LTA" in page
        assert "时间戳还没有补齐" not in page
        assert lift_due() == 0
        assert examine(app)["broken"] == []

        # Its renewal falls due, as after many years.
        with changing(at=now()) as session:
            session.execute(update(Lift).values(due_at=now().instant))
        assert lift_due() == 1
        assert file_of(app, number).startswith(after)
        assert judged(app, file_of(app, number)).reason == Reason.GENUINE
        assert examine(app)["broken"] == []


def test_a_copy_made_while_the_time_stamp_authority_is_down_is_lifted_and_renewed_like_its_certificate(
    stamped_home: Path, outside_authority: Authority
) -> None:
    with portal(stamped_home, tsa_url=outside_authority.stamping_url) as app:
        _application, number = issued(PERMIT, now())
        certificate = file_of(app, number)
        outside_authority.is_down = True
        client = owner(app)
        address = f"/my/certificates/{number}/copies"
        sent = {"purpose": "办理对公账户", "recipient": "示例银行", "days": "30"}
        assert client.post(address, data=sent).status_code == 303
        reading().rollback()
        sweep(now())
        page = client.get(address).get_data(as_text=True)
        assert "PAdES B-B" in page
        assert "时间戳还没有补齐" in page
        before = client.get(f"{address}/1/pdf").get_data()
        waiting = reading().scalars(select(Lift).where(Lift.copy_id.is_not(None))).one()
        assert (waiting.certificate_id, waiting.wanted) == (None, SignatureLevel.B_LTA)
        assert [row.number for row in lifts(reading()) if row.is_behind] == [f"{number}-F1"]

        outside_authority.is_down = False
        assert lift_waiting(app, f"{number}-F1")["lifted"] == 1
        page = client.get(address).get_data(as_text=True)
        assert "PAdES B-LTA" in page
        assert "时间戳还没有补齐" not in page
        after = client.get(f"{address}/1/pdf").get_data()
        assert len(after) > len(before)
        for pdf in (before, after):
            assert judged(app, pdf).reason == Reason.COPY, "what was handed over before stays genuine"
        assert file_of(app, number) == certificate, "the certificate's own file is another matter"
        assert examine(app)["broken"] == []

        assert lift_waiting(app, f"{number}-F1")["lifted"] == 1, "named, it is renewed"
        assert client.get(f"{address}/1/pdf").get_data().startswith(after)
        assert client.post(f"{address}/1/revoke").status_code == 303
        assert lift_waiting(app, f"{number}-F1")["lifted"] == 0
        reading().rollback()
        assert reading().scalars(select(Lift.copy_id)).all() == [None], "who took it back needs no more time-stamps"
        assert examine(app)["broken"] == []


def test_what_was_made_before_there_was_an_authority_is_lifted_once_it_is_asked_for_and_writs_by_themselves(
    stamped_home: Path, outside_authority: Authority
) -> None:
    outside_authority.is_down = False
    with portal(stamped_home) as app:
        application, number = issued(PERMIT, now())
        client = owner(app)
        writ = f"/applications/{application}/writs/1"
        assert client.post(writ).status_code == 303
        sent = {"purpose": "办理对公账户", "recipient": "示例银行", "days": "30"}
        assert client.post(f"/my/certificates/{number}/copies", data=sent).status_code == 303
        reading().rollback()
        sweep(now())
        assert lift_waiting(app, None, is_anew=False)["lifted"] == 0
        before = (file_of(app, number), client.get(writ).data)
    with portal(stamped_home, tsa_url=outside_authority.stamping_url) as app:
        client = owner(app)
        done = lift_waiting(app, None, is_anew=True)
        assert (done["lifted"], done["waiting"]) == (3, [])
        assert lift_waiting(app, None, is_anew=True)["lifted"] == 0, "once"
        after = (file_of(app, number), client.get(writ).data)
        for old, new, reason in zip(before, after, (Reason.GENUINE, Reason.WRIT), strict=True):
            assert len(new) > len(old)
            for pdf in (old, new):
                assert judged(app, pdf).reason == reason
        found = judged(app, after[1]).examination
        assert found is not None
        assert found.level is SignatureLevel.B_LTA

        outside_authority.is_down = True
        assert client.post(f"{writ}?language=en").status_code == 303
        reading().rollback()
        (waiting,) = [each for each in lifts(reading()) if each.is_behind]
        assert (waiting.number[-3:], waiting.level) == ("-EN", SignatureLevel.B_B)
        outside_authority.is_down = False
        assert lift_due() == 1
        english = judged(app, client.get(f"{writ}?language=en").data).examination
        assert english is not None
        assert english.level is SignatureLevel.B_LTA
        assert examine(app)["broken"] == []


def test_a_revoked_key_shows_what_follows_and_the_department_signs_with_another(
    issued_once: Issued, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(issued_once.home, tmp_path / "home"))
    number = issued_once.residence[1]
    with portal(home) as app:
        department = row(number).department_code
        issued_at = datetime(2026, 6, 5, 1, 0, tzinfo=UTC)
        with changing(at=now()) as session:
            session.execute(update(Certificate).values(issued_at=issued_at))
        (first,) = signatories.history(app.extensions["settings"].keys, department)
        assert row(number).signer == first.id
        pdf = file_of(app, number)

    def run(*arguments: str) -> dict[str, Any]:
        done = CliRunner().invoke(main, [*arguments, "--json"], env={"RONGYIBAN_HOME": str(home)})
        assert done.exit_code == 0, done.output
        return dict(json.loads(done.stdout))

    later = run("signer", "revoke", department, "1", "--since", "2026-07-01")
    assert (later["signed"], later["verdicts"]["valid"], later["successor"]["number"]) == (1, 1, 2)
    earlier = run("signer", "revoke", department, "1", "--since", "2026-06-01")
    (told,) = earlier["certificates"]
    assert (told["number"], told["verdict"], told["reason"]) == (number, "invalid", Reason.UNSOUND)
    assert earlier["successor"] is None, "it was not in use any more"
    states = {
        each["number"]: each["state"] for each in run("signer", "list")["signers"] if each["department"] == department
    }
    assert states == {1: "revoked", 2: "signs"}
    with portal(home) as app:
        assert judged(app, pdf).reason == Reason.UNSOUND
        _application, another = issued(RESIDENCE, now())
        assert row(another).signer == signatories.history(app.extensions["settings"].keys, department)[-1].id
        assert judged(app, file_of(app, another)).reason == Reason.GENUINE
        third = run("signer", "rotate", department)
        assert third["number"] == 3
        assert judged(app, file_of(app, another)).reason == Reason.GENUINE, "rotation takes nothing back"


def test_a_compromised_key_is_told_at_every_door_and_what_it_signed_is_made_again(
    issued_once: Issued, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(issued_once.home, tmp_path / "home"))
    number = issued_once.residence[1]
    environment = {"RONGYIBAN_HOME": str(home)}
    with portal(home) as app:
        department, code, pdf = row(number).department_code, row(number).code, file_of(app, number)
        holder, head, stranger = app.test_client(), app.test_client(), app.test_client()
        for client, username in ((holder, "wangxiaorong"), (head, "head-ga")):
            sent = client.post("/sign-in", data={"username": username, "password": PASSWORD})
            assert sent.status_code == 303
        copies = f"/my/certificates/{number}/copies"
        asked = {"purpose": "办理对公账户", "recipient": "示例银行", "days": "30"}
        assert holder.post(copies, data=asked).status_code == 303
        reading().rollback()
        sweep(now())
        reading().rollback()
        copy = reading().scalars(select(CertificateCopy)).one()
        copy_address = f"/verify/{copy.number}/{copy.code}"
        handed_on = holder.get(f"{copies}/{copy.id}/pdf").data
        assert 'data-reason="copy"' in stranger.get(copy_address).get_data(as_text=True)
        for address, file in ((f"/verify/{number}/{code}", pdf), (copy_address, handed_on)):
            page = stranger.get(address).get_data(as_text=True)
            assert f"{address}/signature" in page
            signature = stranger.get(f"{address}/signature")
            assert signature.status_code == 200
            with pikepdf.open(io.BytesIO(file)) as document:
                data = document.attachments[DATA_FILE].get_file().read_bytes()
            assert is_signed_by_sm2(data, signature.data, stranger.get("/verify/keys/sm2.pem").data, tmp_path)
            assert not is_signed_by_sm2(
                data + b" ", signature.data, stranger.get("/verify/keys/sm2.pem").data, tmp_path
            )
        assert stranger.get(f"/verify/{number}/{copy.code}/signature").status_code == 404

    command = ["signer", "revoke", department, "1", "--since", "2026-05-01", "--json"]
    done = CliRunner().invoke(main, command, env=environment)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["signed"], told["verdicts"]) == (2, {"valid": 0, "invalid": 2, "undecided": 0})

    with portal(home) as app:
        reading().rollback()
        assert judged(app, pdf).reason == Reason.UNSOUND
        holder, head, stranger = app.test_client(), app.test_client(), app.test_client()
        for client, username in ((holder, "wangxiaorong"), (head, "head-ga")):
            client.post("/sign-in", data={"username": username, "password": PASSWORD})
        for address in (f"/verify/{number}/{code}", copy_address):
            page = stranger.get(address).get_data(as_text=True)
            assert 'data-reason="unsound"' in page
            assert "无效" in page
        answer = stranger.get(f"/api/v1/certificates/{number}", headers={"Verification-Code": code}).get_json()
        assert (answer["verdict"], answer["reason"], answer["is_unsound"]) == ("invalid", "unsound", True)
        mine = holder.get(f"/my/certificates/{number}").get_data(as_text=True)
        assert "签名失效" in mine
        assert "做副本，看副本" not in mine
        assert holder.post(copies, data=asked).status_code == 409
        assert holder.post(f"/my/certificates/{number}/translation").status_code in (404, 409)
        sweep(now())
        assert "证照的电子签名要换新的" in holder.get("/my/letters").get_data(as_text=True)
        assert "签名失效" in head.get(f"/office/certificates/{number}").get_data(as_text=True)
        assert "签名失效" in head.get("/office/certificates").get_data(as_text=True)
        listed = head.get("/office/certificates/unsound").get_data(as_text=True)
        assert number in listed
        assert "重新制作全部 1 张" in listed
        assert examine(app)["broken"] == []

        assert head.post("/office/certificates/unsound").status_code == 303
        assert head.post("/office/certificates/unsound").status_code == 303, "ordered twice is once"
        reading().rollback()
        sweep(now())
        reading().rollback()
        after = row(number)
        assert (after.version, after.is_unsound, after.status) == (2, False, CertificateStatus.IN_FORCE)
        assert judged(app, file_of(app, number)).reason == Reason.GENUINE
        assert judged(app, pdf).reason == FileReason.SIGNER_REVOKED
        assert number not in head.get("/office/certificates/unsound").get_data(as_text=True)
        assert holder.post(copies, data=asked).status_code == 303
        assert review_signatures() == 0, "once judged, judged no more"
        assert examine(app)["broken"] == []


@pytest.mark.parametrize(
    "arguments, status, words",
    [
        (["rotate", "nobody"], 1, "there is no department nobody"),
        (["revoke", "nobody", "1"], 1, "has no key of number 1"),
        (["revoke", "nobody", "0"], 2, "0 is not in the range"),
        (["revoke", "nobody", "1", "--since", "2999-01-01"], 2, "still to come"),
    ],
)
def test_what_cannot_be_revoked_is_named(issued_once: Issued, arguments: list[str], status: int, words: str) -> None:
    done = CliRunner().invoke(main, ["signer", *arguments], env={"RONGYIBAN_HOME": str(issued_once.home)})
    assert done.exit_code == status
    assert words in done.output


def test_a_key_that_ends_is_no_harm_to_what_the_register_knows(issued_once: Issued, tmp_path: Path) -> None:
    """From the file alone it cannot be decided; the register entered it long before."""
    home = Path(shutil.copytree(issued_once.home, tmp_path / "home"))
    with portal(home) as app:
        pdf = file_of(app, issued_once.permit[1])
        late = now()
        late = type(late)(late.instant + timedelta(days=365 * 24), late.calendar)
        found = verify_file(reading(), pdf, trusted(home / "keys"), at=late, patience=60)
        assert found.examination is not None
        assert found.examination.reason is FileReason.SIGNER_EXPIRED
        assert found.reason in {Reason.GENUINE, Reason.EXPIRED}
        with changing(at=now()) as session:
            session.execute(
                update(Certificate)
                .where(Certificate.number == issued_once.permit[1])
                .values(sha256=None, signed_sha256=None)
            )
        found = verify_file(reading(), pdf, trusted(home / "keys"), at=late, patience=60)
        assert found.reason == FileReason.SIGNER_EXPIRED
