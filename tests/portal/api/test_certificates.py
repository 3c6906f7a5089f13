"""The register for machines: by number and code, holder masked, rate-limited; and the verifier that needs no portal."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.serving import make_server

from approvals.certificates import authority
from approvals.commands.translate import translate
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.records.certificate import Certificate
from approvals.records.people import SignInAttempt
from approvals.storage import Folder
from approvals.vocabulary import CertificateStatus
from config import ROOT
from portal.api.certificates import CODE_HEADER, MOST
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from tests.fixtures.issued import Issued
from tests.fixtures.portal import MoveIn

VERIFIER = ROOT / "deploy" / "verify_certificate.py"
KEYS = re.compile(r"^\| ((?:`[a-z0-9_.]+`(?:, )?)+) \|", re.MULTILINE)


@pytest.fixture
def home(issued_once: Issued, move_in: MoveIn) -> Path:
    return move_in(issued_once.home)


@pytest.fixture
def row(app: Flask, issued_once: Issued) -> Certificate:
    return reading().scalars(select(Certificate).where(Certificate.number == issued_once.residence[1])).one()


def ask(client: FlaskClient, number: str, code: str | None, network: str = "192.0.2.1") -> Any:
    headers = {CODE_HEADER: code} if code is not None else {}
    return client.get(f"/api/v1/certificates/{number}", headers=headers, environ_base={"REMOTE_ADDR": network})


def paths(value: Any, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return {found for key, inner in value.items() for found in paths(inner, f"{path}.{key}" if path else key)}
    return {path}


def test_number_and_code_are_answered_with_what_the_document_says(client: FlaskClient, row: Certificate) -> None:
    answer = ask(client, row.number, row.code.lower().replace("-", " "))
    assert answer.status_code == 200
    told = answer.json
    assert (told["verdict"], told["reason"], told["status"]) == ("valid", "registered", "in_force")
    assert (told["holder"], told["file"]["sha256"]) == ("王＊＊", row.sha256)
    assert "王小蓉" not in answer.get_data(as_text=True)
    text = (ROOT / "docs" / "api.md").read_text("utf-8").partition("| Status |")[0]
    documented = {key for line in KEYS.findall(text) for key in re.findall(r"`([^`]+)`", line)}
    assert documented == paths(told)
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_unknown_number_and_a_wrong_code_get_the_same_answer(client: FlaskClient, row: Certificate) -> None:
    wrong, unknown = ask(client, row.number, "AAAA-AAAA-AAAA-AAAA"), ask(client, "ZJ0", row.code)
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.json == unknown.json
    assert ask(client, row.number, None).status_code == 400
    assert ask(client, row.number, " ").json["error"] == "code_missing"


def test_guessing_and_asking_too_much_is_refused_network_by_network(client: FlaskClient, row: Certificate) -> None:
    for _ in range(20):
        assert ask(client, row.number, "AAAA").status_code == 404
    refused = ask(client, row.number, row.code)
    assert (refused.status_code, refused.json["error"], refused.headers["Retry-After"]) == (429, "too_many", "3600")
    assert ask(client, row.number, row.code, network="192.0.2.9").status_code == 200
    reading().rollback()
    subject = reading().scalars(select(SignInAttempt.subject).order_by(SignInAttempt.id.desc()).limit(1)).one()
    with changing(at=now()) as session:
        session.add_all(SignInAttempt(subject=subject, at=now().instant) for _ in range(MOST))
    assert ask(client, row.number, row.code, network="192.0.2.9").status_code == 429
    with changing(at=now()) as session:
        session.execute(update(SignInAttempt).values(at=now().instant - timedelta(hours=1, seconds=1)))
    assert ask(client, row.number, row.code).status_code == 200


def test_the_page_of_keys_shows_fingerprints_and_leads_to_the_files(app: Flask, client: FlaskClient) -> None:
    page = client.get("/verify/keys").get_data(as_text=True)
    assert "天府蓉易办演示根证书" in page
    names = re.findall(r'href="/verify/keys/([^"]+)"', page)
    assert {"roots.pem", "signers.pem", "sm2.pem", "trail.pem"} <= set(names)
    for name in names:
        assert client.get(f"/verify/keys/{name}").status_code == 200, name
    assert b"PRIVATE" not in client.get("/verify/keys/signers.pem").data
    root = app.extensions["settings"].keys / authority.FOLDER / authority.ROOT_FILE
    assert client.get("/verify/keys/roots.pem").data.split() == root.read_bytes().split()
    for nothing in ("root.key", "signing.key", "..", "stamps.pem"):
        assert client.get(f"/verify/keys/{nothing}").status_code == 404


def test_the_holder_downloads_data_and_detached_signature(
    signed_in: Callable[[str], FlaskClient], row: Certificate
) -> None:
    address = f"/my/certificates/{row.number}/data"
    answer = signed_in("wangxiaorong").get(address)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert set(archive.namelist()) == {"certificate.json", "certificate.sm2", "sm2.pem", "README.txt"}
        assert json.loads(archive.read("certificate.json"))["number"] == row.number
        assert archive.read("certificate.sm2").hex() == row.sm2
    assert signed_in("lijinrong").get(address).status_code == 404


def translation_of(app: Flask, client: FlaskClient, row: Certificate) -> bytes:
    """Its file, which the register tells of beside that of the original."""
    by, at = actor_named(reading(), "wangxiaorong"), now()
    with changing(by, at) as session:
        translate(for_change.certificate(session, row.application_id), by=by, at=at)
    sweep(at)
    told = ask(client, row.number, row.code).json
    assert (told["translation"]["language"], told["translation"]["title"]) == ("en", "Residence Permit (electronic)")
    file = told["translation"]["file"]
    assert file["signed_sha256"] != told["file"]["signed_sha256"]
    return Folder(app.extensions["settings"].files).get(file["sha256"])


# Without the portal: one file, and the packages its first line names.


def verifier(tmp_path: Path, pdf: bytes, *arguments: str) -> tuple[int, dict[str, Any]]:
    """In a process that sees installed packages and nothing of this project."""
    copied = shutil.copy(VERIFIER, tmp_path / "verify.py")
    (tmp_path / "paper.pdf").write_bytes(pdf)
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    done = subprocess.run(
        [sys.executable, "-S", copied, "paper.pdf", "--roots", "roots.pem", *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": packages},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def test_the_verifier_imports_nothing_of_the_project() -> None:
    imported = re.findall(r"^(?:from|import) (\w+)", VERIFIER.read_text("utf-8"), re.MULTILINE)
    assert not {"approvals", "config", "forms", "portal", "services", "tests"} & set(imported)


def test_the_verifier_judges_a_file_with_the_keys_of_the_page_and_asks_the_register(
    app: Flask, client: FlaskClient, row: Certificate, tmp_path: Path
) -> None:
    assert row.sha256 is not None
    pdf = Folder(app.extensions["settings"].files).get(row.sha256)
    (tmp_path / "roots.pem").write_bytes(client.get("/verify/keys/roots.pem").data)
    status, told = verifier(tmp_path, pdf)
    assert (status, told["verdict"], told["data"]["number"]) == (0, "valid", row.number)
    assert told["signed_sha256"] == row.signed_sha256
    changed = pdf[: len(pdf) // 3] + bytes([pdf[len(pdf) // 3] ^ 1]) + pdf[len(pdf) // 3 + 1 :]
    status, told = verifier(tmp_path, changed)
    assert (status, told["verdict"], "data" in told) == (1, "invalid", False)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        portal = f"http://127.0.0.1:{server.server_port}"
        status, told = verifier(tmp_path, pdf, "--portal", portal)
        assert (status, told["reason"]) == (0, "registered")
        status, told = verifier(tmp_path, translation_of(app, client, row), "--portal", portal)
        assert (status, told["reason"], told["data"]["language"]) == (0, "registered", "en")
        with changing(at=now()) as session:
            session.execute(update(Certificate).values(status=CertificateStatus.REVOKED))
        status, told = verifier(tmp_path, pdf, "--portal", portal)
        assert (status, told["verdict"], told["register"]) == (1, "invalid", "revoked")
    finally:
        server.shutdown()
        server.server_close()
    status, told = verifier(tmp_path, pdf, "--portal", portal)
    assert (status, told["reason"]) == (2, "register_away")
