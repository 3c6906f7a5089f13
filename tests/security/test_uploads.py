"""Small files made to keep the portal busy for hours: each is answered at once."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable

import pikepdf
import pytest
from flask.testing import FlaskClient
from PIL import Image

from approvals.commands.attach import MOST_FILES
from approvals.errors import FileRefused
from approvals.inspection import inspect
from approvals.vocabulary import FileProblem
from tests.portal.journey.walking import begin, words

Enter = Callable[[str], FlaskClient]

AT_MOST = 3.0
"""Seconds of work; each file here took far longer, and ten times as long when it was three times as large."""


def answer(content: bytes, kind: str) -> FileProblem | None:
    """What is wrong with it, found in time; None: nothing."""
    began = time.process_time()
    try:
        inspect(content, f"a.{kind}", (kind,))
        problem = None
    except FileRefused as refusal:
        problem = FileProblem(str(refusal.facts["why"]))
    assert time.process_time() - began < AT_MOST
    return problem


def jpeg(width: int = 64, *, progressive: bool = False) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, width), "red").save(out, "JPEG", progressive=progressive)
    return out.getvalue()


def test_empty_lines_behind_the_end_of_a_drawing() -> None:
    drawing = b"0\nSECTION\n2\nENTITIES\n0\nENDSEC\n0\nEOF\n"
    assert answer(drawing + b"\n" * 80_000, "dxf") is None
    assert answer(drawing + b"x" + b"\n" * 80_000 + b"y", "dxf") is FileProblem.TRAILING


@pytest.mark.parametrize("code", [b"0", b"  0", b"00", b"+0", b"-0", b"\x0b0", b"0 "])
def test_whatever_ends_a_drawing_ends_it(code: bytes) -> None:
    drawing = b"0\nSECTION\n2\nENTITIES\n0\nENDSEC\n" + code + b"\nEOF\n"
    assert answer(drawing, "dxf") is None
    assert answer(drawing + b"<script>\n0\nEOF\n", "dxf") is FileProblem.TRAILING


def test_a_text_in_a_drawing_that_only_reads_like_its_end() -> None:
    text = b"0\nTEXT\n1\nEOF\n"
    assert answer(b"0\nSECTION\n2\nENTITIES\n" + text + b"0\nENDSEC\n0\nEOF\n", "dxf") is None


def test_fill_bytes_without_end_in_a_picture() -> None:
    whole = jpeg()
    end = whole.rfind(b"\xff\xd9")
    answer(whole[:end] + b"\xff" * 60_000 + b"\0" + whole[end:], "jpg")


def test_a_picture_that_is_drawn_a_thousand_times() -> None:
    whole = jpeg(4000, progressive=True)
    last, end = whole.rfind(b"\xff\xda"), whole.rfind(b"\xff\xd9")
    assert answer(whole, "jpg") is None
    assert answer(whole[:end] + whole[last:end] * 1000 + whole[end:], "jpg") is FileProblem.DAMAGED


def test_a_document_of_beginnings_of_streams() -> None:
    assert answer(b"%PDF-1.7\n" + b"stream\n" * 600_000 + b"%%EOF", "pdf") is FileProblem.DAMAGED
    assert answer(b"%PDF-1.7\n" + b"#41stream\n" * 300_000 + b"%%EOF", "pdf") is FileProblem.DAMAGED


def test_streams_that_begin_inside_each_other_and_hold_nothing() -> None:
    start = b"stream\n\x78\x01"
    inside = b"\x00\x09\x00\xf6\xff" + start  # a stored block: the next beginning as it is
    nothing = b"\x00\x00\x00\xff\xff" * 900_000
    content = b"%PDF-1.7\n/ObjStm " + start + inside * 600 + nothing + b"\n%%EOF"
    assert answer(content, "pdf") is FileProblem.DAMAGED


def test_a_long_plain_document_is_still_taken() -> None:
    with pikepdf.new() as made:
        for number in range(300):
            made.add_blank_page(page_size=(595, 842))
            made.pages[-1].Contents = made.make_stream(b"%% page %d\n" % number * 50)
            made.pages[-1].obj[pikepdf.Name("/An Name")] = number  # written /An#20Name
        out = io.BytesIO()
        made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert answer(out.getvalue(), "pdf") is None


def test_of_many_files_at_once_no_more_are_looked_at_than_one_material_may_have(signed_in: Enter) -> None:
    walk = begin(signed_in("yanmao"), "residence-permit")
    sent = [(jpeg(60 + number), f"{number}.jpg") for number in range(MOST_FILES)]
    refused = walk.upload("identity_card", *sent, *((b"", f"empty-{number}.jpg") for number in range(3)))
    assert refused.status_code == 422
    unseen = set(re.findall(r"「(empty-\d.jpg)」没有收下", words(refused)))
    assert unseen == {"empty-0.jpg", "empty-1.jpg", "empty-2.jpg"}
