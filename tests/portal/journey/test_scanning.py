"""Uploads and the virus scanner: a real server that speaks clamd's protocol, and none at all."""

from __future__ import annotations

import io
import random
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
from approvals.records.material import Material
from portal.scanning import scan
from portal.unit_of_work import reading
from tests.factories import RESIDENCE
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
    assert scan(bytes(3_000_000), settings) == "not_scanned", "above its own limit it does not judge"
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
