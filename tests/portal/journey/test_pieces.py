"""Uploads in pieces: whatever is cut, what arrives in the end is what was sent, or it is refused with the reason."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import ClientDisconnected
from werkzeug.test import TestResponse

from portal.journey.arriving import MOST_AT_ONCE, Arrivals, Arriving, Busy, Checksum, WrongChecksum, WrongOffset
from portal.unit_of_work import now
from portal.worker.orphans import clear_orphans
from tests.factories import RESIDENCE
from tests.portal.journey.test_materials import LETTER, PDF, kept
from tests.portal.journey.walking import Walk, begin, words

Enter = Callable[[str], FlaskClient]
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def walk(signed_in: Enter) -> Walk:
    return begin(signed_in("wangxiaorong"), RESIDENCE)


@pytest.fixture
def key(walk: Walk) -> str:
    return next(one.key for one in walk.item.materials if "pdf" in one.formats)


def announced(walk: Walk, key: str, size: int, **metadata: str) -> TestResponse:
    pairs = {"filename": "身份证.pdf", **metadata}
    written = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items())
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": written}
    return walk.client.post(f"{walk.url}/pieces/{key}", headers=headers)


def sent(walk: Walk, place: str, offset: int, piece: bytes, **headers: str) -> TestResponse:
    given = {**TUS, "X-HTTP-Method-Override": "PATCH", "Upload-Offset": str(offset), **headers}
    return walk.client.post(place, data=piece, headers=given, content_type="application/offset+octet-stream")


def test_a_file_sent_in_pieces_is_handed_in_with_the_last_one(walk: Walk, key: str) -> None:
    place = announced(walk, key, len(PDF), sha256=hashlib.sha256(PDF).hexdigest()).location
    half = len(PDF) // 2
    first = sent(walk, place, 0, PDF[:half])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(half))
    asked = walk.client.head(place, headers=TUS)
    assert (asked.status_code, asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == (
        204,
        str(half),
        str(len(PDF)),
    )
    assert asked.headers["Cache-Control"] == "no-store"
    assert asked.headers["Tus-Resumable"] == "1.0.0"
    assert "上次传了 50%" in words(walk.get("/materials")).replace("49%", "50%")
    assert kept() == []
    assert sent(walk, place, half, PDF[half:]).headers["Upload-Offset"] == str(len(PDF))
    (one,) = kept()
    assert (one.sha256, one.name) == (hashlib.sha256(PDF).hexdigest(), "身份证.pdf")
    assert walk.client.head(place).headers["Upload-Offset"] == str(len(PDF)), "whoever missed the answer learns it"
    assert sent(walk, place, len(PDF), b"").status_code == 409
    assert "上次传了" not in words(walk.get("/materials"))


def test_a_refused_file_says_why_and_what_to_do(walk: Walk, key: str) -> None:
    place = announced(walk, key, len(LETTER), filename="说明.docx").location
    answer = sent(walk, place, 0, LETTER)
    assert answer.status_code == 422
    assert "请先在 Word 里另存为 PDF" in answer.get_data(as_text=True)
    assert kept() == []
    assert walk.client.head(place).status_code == 404


def test_another_file_of_the_same_name_is_not_taken_for_the_rest(walk: Walk, key: str) -> None:
    place = announced(walk, key, len(PDF), sha256="0" * 64).location
    answer = sent(walk, place, 0, PDF)
    assert answer.status_code == 460
    assert "不是同一个文件" in answer.get_data(as_text=True)
    assert kept() == []


def test_a_piece_with_a_checksum_is_kept_whole_or_not_at_all(walk: Walk, key: str) -> None:
    place = announced(walk, key, len(PDF)).location
    right = f"sha256 {base64.b64encode(hashlib.sha256(PDF[:100]).digest()).decode()}"
    assert sent(walk, place, 0, b"x" * 100, **{"Upload-Checksum": right}).status_code == 460
    assert walk.client.head(place).headers["Upload-Offset"] == "0"
    assert sent(walk, place, 0, PDF[:100], **{"Upload-Checksum": right}).headers["Upload-Offset"] == "100"
    assert sent(walk, place, 100, b"x", **{"Upload-Checksum": "md5 eA=="}).status_code == 400


def test_wrong_offsets_sizes_and_words_of_the_protocol_are_refused(walk: Walk, key: str) -> None:
    place = announced(walk, key, len(PDF)).location
    assert sent(walk, place, 5, PDF[5:10]).status_code == 409
    assert sent(walk, place, 0, PDF[:10]).status_code == 204
    assert sent(walk, place, 0, PDF[:10]).headers["Upload-Offset"] == "10", "a repeated piece does no harm"
    assert walk.client.post(place, data=b"x").status_code == 415
    for size in (0, 21 * 1024 * 1024):
        assert announced(walk, key, size).status_code == 422
    for headers in ({}, {"Upload-Length": "-1"}, {"Upload-Length": "٣"}, {"Upload-Length": "9" * 40}):
        assert walk.client.post(f"{walk.url}/pieces/{key}", headers=headers).status_code == 400
    assert announced(walk, "nothing", 5).status_code == 404
    assert walk.client.head(f"{walk.url}/pieces/{key}/../../x").status_code == 404
    assert walk.client.head(f"{walk.url}/pieces/other/{place.rpartition('/')[2]}").status_code == 404
    told = walk.client.options(f"{walk.url}/pieces/{key}")
    assert told.headers["Tus-Extension"] == "creation,checksum,expiration"
    assert told.headers["Tus-Max-Size"] == str(20 * 1024 * 1024)


def test_only_so_many_are_begun_at_once_and_strangers_see_none(walk: Walk, key: str, signed_in: Enter) -> None:
    places = [announced(walk, key, 10).location for _ in range(MOST_AT_ONCE)]
    assert announced(walk, key, 10).status_code == 429
    other = signed_in("yanmao")
    assert other.head(places[0]).status_code == 404
    assert other.post(places[0], headers={"X-HTTP-Method-Override": "PATCH"}).status_code == 404


def test_what_nobody_goes_on_with_is_cleared_away(app: Flask, walk: Walk, key: str) -> None:
    place = announced(walk, key, 10).location
    clear_orphans(at=now())
    assert walk.client.head(place).status_code == 204
    later = now()
    clear_orphans(at=type(later)(later.instant + timedelta(days=2), later.calendar))
    assert walk.client.head(place).status_code == 404


# ── the folder ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Cut:
    """A line that breaks after so many bytes."""

    def __init__(self, content: bytes, after: int) -> None:
        self.content, self.left = io.BytesIO(content), after

    def read(self, size: int, /) -> bytes:
        if not self.left:
            raise ClientDisconnected
        piece = self.content.read(min(size, self.left))
        self.left -= len(piece)
        return piece


@pytest.mark.parametrize("seed", range(5))
def test_a_line_cut_at_a_random_byte_ten_times_loses_nothing(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    content = random.randbytes(700_000)
    folder = Arrivals(tmp_path)
    one = folder.begin("draft", "key", "a.pdf", len(content))
    cuts = 0
    while (offset := folder.offset(one)) < len(content) - 1 or cuts < 10:
        after = random.randrange(1, (len(content) - offset) // 2 + 2) if cuts < 10 else len(content)
        end = folder.append(one, offset, Cut(content[offset:], after))
        cuts += 1
        if end == len(content):
            break
    assert cuts > 10
    assert hashlib.sha256(folder.content(one)).digest() == hashlib.sha256(content).digest()


def test_a_whole_file_that_was_not_handed_in_asks_for_its_last_byte_again(tmp_path: Path) -> None:
    folder = Arrivals(tmp_path)
    one = folder.begin("draft", "key", "a.pdf", 5)
    assert folder.append(one, 0, io.BytesIO(b"abcde")) == 5
    assert folder.offset(one) == 4
    assert folder.append(one, 4, io.BytesIO(b"e")) == 5
    assert folder.content(one) == b"abcde"
    folder.done(one)
    again = folder.find("draft", one.ticket)
    assert again is not None
    assert folder.offset(again) == 5
    with pytest.raises(WrongOffset):
        folder.append(again, 5, io.BytesIO(b""))


def test_two_pieces_of_one_file_do_not_mix(tmp_path: Path) -> None:
    folder = Arrivals(tmp_path)
    one = folder.begin("draft", "key", "a.pdf", 100)

    class Meddling(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            with pytest.raises(Busy):
                folder.append(one, 0, io.BytesIO(b"other"))
            return super().read(size)

    assert folder.append(one, 0, Meddling(b"mine")) == 4
    with pytest.raises(WrongOffset):
        folder.append(one, 0, io.BytesIO(b"late"))
    with pytest.raises(WrongChecksum):
        folder.append(one, 4, io.BytesIO(b"more"), Checksum("sha1", b""))
    assert folder.content(one)[:4] == b"mine"
    assert folder.offset(one) == 4


@pytest.mark.parametrize("name", ["..", "a/b", "", "x" * 65, "é"])
def test_nothing_that_is_asked_for_becomes_a_path(tmp_path: Path, name: str) -> None:
    folder = Arrivals(tmp_path)
    assert folder.find(name, "x") is None
    assert folder.find("x", name) is None
    assert folder.of_draft(name) == []


def test_a_note_holds_what_was_announced(tmp_path: Path) -> None:
    folder = Arrivals(tmp_path)
    made = folder.begin("draft", "key", "图纸（总）.pdf", 7, "0" * 64)
    assert folder.find("draft", made.ticket) == made
    assert made == Arriving("draft", made.ticket, "key", "图纸（总）.pdf", 7, "0" * 64)
