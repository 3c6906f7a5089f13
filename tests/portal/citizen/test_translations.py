"""The English translation of a certificate: one for each version, with the same number; the Chinese one prevails."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.audit.key import trusted as trail_keys
from approvals.certificates.essence import scanned
from approvals.certificates.trust import trusted
from approvals.commands.live import change, reissue, resume, suspend
from approvals.commands.translate import translate
from approvals.errors import NotAllowed, NotInForce
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.own_data import own_data
from approvals.queries.verification import Finding, verify_code, verify_file, verify_scan
from approvals.records.certificate import Certificate
from approvals.records.copy import CertificateCopy
from approvals.records.event import EventRecord
from approvals.storage import Folder
from portal.invariants import examine
from portal.signatories import listed
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from tests.factories import PERMIT, RESIDENCE, issued
from tests.outside import qr_code_of, require_tool

Enter = Callable[[str], FlaskClient]


def asked(application: str, who: str = "wangxiaorong") -> None:
    by, at = actor_named(reading(), who), now()
    with changing(by, at) as session:
        certificate = for_change.application(session, application).certificate
        assert certificate is not None
        translate(certificate, by=by, at=at)
    sweep(at)


def acted(application: str, act: Callable[[Certificate, Actor], None]) -> None:
    head = actor_named(reading(), "head-ga")
    with changing(head, now()) as session:
        certificate = for_change.application(session, application).certificate
        assert certificate is not None
        act(certificate, head)
    sweep(now())


def rows() -> list[CertificateCopy]:
    reading().rollback()
    return list(reading().scalars(select(CertificateCopy).order_by(CertificateCopy.id)))


def file_of(app: Flask, copy: CertificateCopy) -> bytes:
    assert copy.sha256 is not None
    return Folder(app.extensions["settings"].files).get(copy.sha256)


def verified(app: Flask, pdf: bytes) -> Finding:
    return verify_file(reading(), pdf, trusted(app.extensions["settings"].keys), at=now(), patience=60)


def words_of(pdf: bytes, folder: Path) -> str:
    (folder / "paper.pdf").write_bytes(pdf)
    command = [require_tool("pdftotext"), "-layout", str(folder / "paper.pdf"), "-"]
    return " ".join(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_by_the_pages(app: Flask, signed_in: Enter, client: FlaskClient, tmp_path: Path) -> None:
    _application, number = issued(RESIDENCE)
    holder, page = signed_in("wangxiaorong"), f"/my/certificates/{number}"
    assert "制作英文译本" in holder.get(page).get_data(as_text=True)
    assert signed_in("yanmao").post(f"{page}/translation").status_code == 404
    for _ in range(2):
        assert holder.post(f"{page}/translation").status_code == 303
    (copy,) = rows()
    asked_for = select(EventRecord).where(EventRecord.kind == "copy_asked")
    assert len(reading().scalars(asked_for).all()) == 1, "asked for twice, it is made once"
    waiting = holder.get(page).get_data(as_text=True)
    assert "正在制作，一般一分钟内可以下载" in waiting
    assert "制作英文译本" not in waiting
    sweep(now())
    made = holder.get(page).get_data(as_text=True)
    (address,) = re.findall(r'href="([^"]+/copies/\d+/pdf)"', made)
    assert "下载英文译本" in made
    assert number not in holder.get(f"{page}/copies").get_data(as_text=True).partition('<section class="ry-panel')[2]
    assert signed_in("yanmao").get(address).status_code == 404
    pdf = holder.get(address).get_data()

    (copy,) = rows()
    said = words_of(pdf, tmp_path)
    for part in (
        "Residence Permit (electronic)",
        "Translation of 居住证（电子）. The Chinese original prevails.",
        "Address",
        "王小蓉",
        number,
        copy.code,
        "Valid until",
        "no legal force",
    ):
        assert part in said
    assert "same legal force" not in said
    with pikepdf.open(io.BytesIO(pdf)) as paper:
        assert len(paper.pages) == 1
        assert str(paper.Root.Lang) == "en"

    finding = verified(app, pdf)
    assert (finding.verdict, finding.reason) == ("valid", "translation")
    assert finding.examination is not None
    sheet = finding.examination.sheet or {}
    assert (sheet["language"], sheet["translation_of"], sheet["number"]) == ("en", "居住证（电子）", number)
    upload = {"file": (io.BytesIO(pdf), "paper.pdf")}
    told = client.post("/verify", data=upload, content_type="multipart/form-data").get_data(as_text=True)
    for part in ("英文译本", "您核验的就是译本", "以中文原件为准"):
        assert part in told
    told = client.get(f"/verify/{number}/{copy.code}").get_data(as_text=True)
    assert "编号和核验码同原件。以中文原件为准。" in told


def test_others_find_it_signed_whole_and_its_code_scans(app: Flask, tmp_path: Path) -> None:
    application, number = issued(RESIDENCE)
    asked(application)
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(file_of(app, rows()[0]))
    found = subprocess.run([require_tool("pdfsig"), "-nocert", paper], check=True, capture_output=True, text=True)
    assert "Signature is Valid." in found.stdout
    assert "Total document signed" in found.stdout
    subprocess.run([require_tool("qpdf"), "--check", paper], check=True, capture_output=True)
    scan = scanned(qr_code_of(paper))
    assert scan is not None
    assert (scan.number, scan.code) == (number, rows()[0].code), "the same as on the original"
    keys = trail_keys(app.extensions["settings"].keys)

    def proves(signature: str, content: bytes) -> bool:
        return any(key.proves(signature, content) for key in keys.values())

    finding = verify_scan(reading(), scan, proves, today=now().today)
    assert finding is not None
    assert finding.code is not None
    assert finding.code.said is not None
    assert (finding.reason, finding.code.said.title) == ("signed_code", "Residence Permit (electronic)")
    assert finding.entry is not None
    assert finding.entry.is_translation


def test_what_happens_to_the_original_happens_to_it(app: Flask) -> None:
    application, number = issued(RESIDENCE)
    asked(application)
    first = file_of(app, rows()[0])
    acted(application, lambda certificate, head: suspend(certificate, "核查。", by=head, at=now()))
    assert (verified(app, first).verdict, verified(app, first).reason) == ("invalid", "suspended")
    acted(application, lambda certificate, head: resume(certificate, "核查完毕。", by=head, at=now()))
    assert verified(app, first).reason == "translation"
    acted(application, lambda certificate, head: reissue(certificate, "遗失。", by=head, at=now()))
    finding = verified(app, first)
    assert (finding.verdict, finding.reason) == ("invalid", "superseded")
    assert finding.entry is not None
    assert (finding.entry.version, finding.entry.newest) == (1, 2)
    asked(application)
    old, new = rows()
    assert [old.number, new.number] == [f"{number}-EN1", f"{number}-EN2"]
    assert verified(app, file_of(app, new)).reason == "translation"
    assert verified(app, first).reason == "superseded"
    assert (old.code != new.code, examine(app)["broken"]) == (True, [])


def test_one_asked_for_while_its_version_is_replaced_is_never_made(app: Flask) -> None:
    application, _number = issued(RESIDENCE)
    by, at = actor_named(reading(), "wangxiaorong"), now()
    with changing(by, at) as session:
        certificate = for_change.application(session, application).certificate
        assert certificate is not None
        translate(certificate, by=by, at=at)
    acted(application, lambda certificate, head: reissue(certificate, "遗失。", by=head, at=now()))
    (copy,) = rows()
    assert (copy.made_at, examine(app)["broken"]) == (None, [])


def test_what_an_act_has_changed_stands_as_it_was_written(app: Flask, tmp_path: Path) -> None:
    application, _number = issued(RESIDENCE)
    new = {"居住地址": "成都市锦江区示例路 9 号"}
    acted(
        application,
        lambda certificate, head: change(certificate, new, "搬家。", version=1, by=head, at=now()),
    )
    asked(application)
    (copy,) = rows()
    assert copy.sheet is not None
    assert ["Address", new["居住地址"]] in copy.sheet["fields"]
    said = words_of(file_of(app, copy), tmp_path)
    assert "The holder lives in Chengdu" in said


def test_a_permit_says_numbers_and_dates_in_english(app: Flask, tmp_path: Path) -> None:
    application, _number = issued(PERMIT)
    asked(application, "lijinrong")
    (copy,) = rows()
    assert copy.sheet is not None
    certificate = copy.certificate
    labels = [label for label, _value in copy.sheet["fields"]]
    assert len(labels) == len(certificate.sheet["fields"])
    assert "Contract period" in labels
    assert copy.sheet["issuer"] == "Chengdu Housing and Urban-Rural Development Bureau"
    said = words_of(file_of(app, copy), tmp_path)
    assert "above ground" in said
    assert certificate.sheet["holder"] in said.replace(" ", ""), "names stay as given"
    assert not re.search(r"\d 年|\d+年", said)


def test_who_may_not_and_when_not(app: Flask) -> None:
    application, _number = issued(RESIDENCE)
    with pytest.raises(NotAllowed):
        asked(application, "yanmao")
    acted(application, lambda certificate, head: suspend(certificate, "核查。", by=head, at=now()))
    with pytest.raises(NotInForce):
        asked(application)
    assert rows() == []


def test_it_is_in_the_trail_among_ones_own_data_and_counts_for_its_key(app: Flask) -> None:
    application, number = issued(RESIDENCE)
    before = {each["department"]: each["signed"] for each in listed(app)["signers"]}
    asked(application)
    (copy,) = rows()
    after = {each["department"]: each["signed"] for each in listed(app)["signers"]}
    assert after[copy.certificate.department_code] == before[copy.certificate.department_code] + 1
    assert copy.signer == copy.certificate.signer
    events = select(EventRecord).where(EventRecord.kind == "copy_made")
    told = reading().scalars(events).one().data
    assert (told["copy"], told["sha256"], told["signer"]) == (f"{number}-EN1", copy.sha256, copy.signer)
    own = own_data(reading(), by=actor_named(reading(), "wangxiaorong"), at=now())
    (mine,) = [each for each in own.content["applications"] if each["number"] == application]
    assert mine["certificate_copies"][0]["language"] == "en"
    assert any(file.path.endswith(f"{number}-EN1.pdf") and file.sha256 == copy.sha256 for file in own.files)


def test_it_has_no_number_of_its_own_to_verify(app: Flask) -> None:
    application, number = issued(RESIDENCE)
    asked(application)
    assert verify_code(reading(), f"{number}-EN1", rows()[0].code, today=now().today) is None
