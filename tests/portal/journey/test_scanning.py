"""Uploads and the virus scanner: a real server that speaks clamd's protocol, and none at all."""

from __future__ import annotations

import io
import random
import re
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from approvals.records.application import Application
from approvals.records.material import Material, StoredFile
from portal.invariants import examine
from portal.scanning import scan
from portal.unit_of_work import reading
from portal.worker.delivery import sweep
from portal.worker.rescanning import rescan
from tests.factories import RESIDENCE, applied
from tests.portal.journey.walking import Walk, begin, sample, words

Enter = Callable[[str], FlaskClient]
BAD = b"%PDF-1.7 this is what the scanner knows as bad"
KEY = "identity_card"


class Clamd(socketserver.StreamRequestHandler):
    """INSTREAM as clamd answers it; a stream above its limit it cuts off."""

    limit = 1_000_000
    is_bad: Callable[[bytes], bool] = staticmethod(lambda content: content == BAD)

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > self.limit:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if self.is_bad(content) else b"stream: OK\0")


class Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


@pytest.fixture
def clamd(app: Flask) -> Iterator[str]:
    with Tcp(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def set_up(app: Flask) -> Callable[..., None]:
    before = app.extensions["settings"]

    def change(**values: object) -> None:
        app.extensions["settings"] = before.model_copy(update=values)

    return change


def scanned(walk: Walk) -> list[str]:
    reading().rollback()
    draft = select(Application.id).where(Application.token == walk.token).scalar_subquery()
    return [each.file.scan for each in reading().scalars(select(Material).where(Material.application_id == draft))]


def test_clean_bad_too_long_and_away_are_told_apart(app: Flask, clamd: str, tmp_path: Path) -> None:
    settings = app.extensions["settings"].model_copy(update={"clamav": clamd, "clamav_seconds": 5.0})
    assert scan(b"a paper" * 50_000, settings) == "clean"
    assert scan(BAD, settings) == "infected"
    assert scan(bytes(3_000_000), settings) == "refused", "above its own limit it does not judge"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    assert scan(BAD, settings.model_copy(update={"clamav": nobody})) == "not_scanned"
    place = tmp_path / "clamd.ctl"
    with Unix(str(place), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert scan(BAD, settings.model_copy(update={"clamav": f"unix:{place}"})) == "infected"
        server.shutdown()
    assert scan(b"a paper", settings.model_copy(update={"clamav": None})) == "not_scanned"


def test_an_infected_file_is_refused_with_the_remedy_and_not_kept(
    app: Flask, clamd: str, set_up: Callable[..., None], signed_in: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(clamav=clamd)
    walk = begin(signed_in("wangxiaorong"), RESIDENCE)
    monkeypatch.setattr(Clamd, "is_bad", staticmethod(lambda content: True))
    answer = walk.upload(KEY, sample(("jpg",)))
    assert answer.status_code == 422
    assert "查出病毒，没有保存" in words(answer)
    assert scanned(walk) == []
    monkeypatch.setattr(Clamd, "is_bad", staticmethod(lambda content: False))
    assert walk.upload(KEY, sample(("jpg",))).status_code == 303
    assert scanned(walk) == ["clean"]
    page = words(walk.get("/materials"))
    assert "已查毒" in page
    assert "未查毒" not in page


def test_without_a_scanner_nobody_is_told_that_it_is_safe(
    app: Flask, clamd: str, set_up: Callable[..., None], signed_in: Enter
) -> None:
    walk = begin(signed_in("wangxiaorong"), RESIDENCE)
    walk.upload(KEY, sample(("jpg",)))
    assert scanned(walk) == ["not_scanned"]
    assert "格式已检查，未查毒" in words(walk.get("/materials"))
    set_up(clamav=clamd)
    other = begin(signed_in("yanmao"), RESIDENCE)
    other.upload(KEY, sample(("jpg",)))
    assert scanned(other) == ["clean"]
    assert scanned(walk) == ["clean"], "the same bytes"
    set_up(clamav=None)
    third = begin(signed_in("yanmao"), RESIDENCE)
    third.upload(KEY, sample(("jpg",)))
    assert scanned(third) == ["clean"], "what was scanned once stays so"


def test_what_was_taken_while_the_scanner_was_away_is_looked_at_when_it_is_back(
    app: Flask, clamd: str, set_up: Callable[..., None], signed_in: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = applied(RESIDENCE)
    walk = begin(signed_in("wangxiaorong"), RESIDENCE)
    walk.upload(KEY, (picture(7), "照片.jpg"))
    assert rescan() == 0, "none is set"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        set_up(clamav=f"tcp://127.0.0.1:{free.getsockname()[1]}")
    assert rescan() == 0
    assert scanned(walk) == ["not_scanned"]
    set_up(clamav=clamd)
    monkeypatch.setattr(Clamd, "is_bad", staticmethod(lambda content: content == picture(7)))
    judged = rescan()
    assert judged > 1
    assert rescan() == 0, "each once"
    assert scanned(walk) == ["infected"]
    assert handed_in(number) == {"clean"}
    assert walk.client.get(f"/applications/{walk.token}/materials/{KEY}/1").status_code == 409
    page = words(walk.get("/materials"))
    assert "查出病毒" in page
    walk.upload(KEY, (picture(8), "照片.jpg"))
    assert scanned(walk) == ["infected", "clean"]


def test_what_is_found_in_what_was_sent_is_told_to_the_office_and_the_applicant(
    app: Flask, clamd: str, set_up: Callable[..., None], signed_in: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = applied(RESIDENCE)
    set_up(clamav=clamd)
    monkeypatch.setattr(Clamd, "is_bad", staticmethod(lambda content: content.startswith(b"\xff\xd8")))
    reading().rollback()
    assert rescan() > 0
    reading().rollback()
    sweep()
    assert handed_in(number) >= {"infected"}
    applicant, clerk = signed_in("wangxiaorong"), signed_in("clerk-ga")
    assert "有一个文件查出病毒" in words(applicant.get("/my/letters"))
    assert "已经隔离" in words(applicant.get(f"/applications/{number}"))
    desk = clerk.get(f"/office/steps/{number}/accept")
    assert "这个文件查出病毒，不能打开" in words(desk)
    links = re.findall(rf"/office/steps/{number}/accept/materials/[\w/]+", desk.get_data(as_text=True))
    assert all(clerk.get(link).status_code == 200 for link in links)
    key = reading().scalars(select(Material.key).join(Material.file).where(StoredFile.scan == "infected")).first()
    refused = clerk.get(f"/office/steps/{number}/accept/materials/{key}/1")
    assert refused.status_code == 409
    assert "已经隔离" in words(refused)
    assert examine(app)["broken"] == []


def handed_in(number: str) -> set[str]:
    reading().rollback()
    mine = select(StoredFile.scan).join(Material, Material.sha256 == StoredFile.sha256).join(Material.application)
    return set(reading().scalars(mine.where(Application.number == number)))


def test_what_one_account_has_in_drafts_is_limited_and_freed_by_sending_or_deleting(
    app: Flask, set_up: Callable[..., None], signed_in: Enter
) -> None:
    set_up(draft_megabytes=1)
    walk = begin(signed_in("wangxiaorong"), RESIDENCE)
    answers = [walk.upload(KEY, (picture(number), "照片.jpg")) for number in range(8)]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert answers[0].status_code == 303
    assert "还没提交的申请里" in words(refused)
    other = begin(signed_in("yanmao"), RESIDENCE)
    assert other.upload(KEY, (picture(0), "照片.jpg")).status_code == 303, "each account has its own"
    assert walk.client.post(f"{walk.url}/discard", data={"confirmed": "yes"}).status_code == 303
    again = begin(signed_in("wangxiaorong"), RESIDENCE)
    assert again.upload(KEY, (picture(0), "照片.jpg")).status_code == 303


def picture(number: int) -> bytes:
    """A picture of its own, some hundred kilobytes large."""
    noise = random.Random(number).randbytes(400 * 400 * 3)
    place = io.BytesIO()
    Image.frombytes("RGB", (400, 400), noise).save(place, "JPEG", quality=95)
    return place.getvalue()
