"""Files made to exhaust or mislead whoever reads them: each is answered at once and none is believed."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from approvals.certificates.apart import EXAMINER, PLACES
from approvals.certificates.examine import MOST_PARTS, Reason, Verdict, examine
from approvals.certificates.trust import Trust
from tests.approvals.certificates.samples import EXAMINED_AT

SECONDS = 5.0
CLAIM = b"/ByteRange [0 1 2 3]"
"""Without it a file has no signature and is not read any further."""


def pdf(*objects: bytes) -> bytes:
    """A file of these objects; the first is its catalogue."""
    output, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(output))
        output += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(output)
    output += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    output += b"".join(b"%010d 00000 n \n" % place for place in places)
    output += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(output)


def zeros(megabytes: int) -> bytes:
    """So many megabytes of nothing, compressed to a thousandth."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(megabytes)) + packer.flush()


def table_bomb(filters: bytes, content: bytes) -> bytes:
    """A cross-reference stream, which every reader must unpack before it knows anything."""
    entries = b"<</Type/XRef/Size 3/W[1 2 1]/Root 1 0 R%s/Filter%s/Length %d>>" % (CLAIM, filters, len(content))
    return b"%PDF-1.7\n1 0 obj\n" + entries + b"stream\n" + content + b"\nendstream\nendobj\nstartxref\n9\n%%EOF"


def object_bomb() -> bytes:
    content = zeros(100)
    stream = b"<</Type/ObjStm/N 9/First 40/Filter/FlateDecode/Length %d>>stream\n" % len(content)
    return pdf(b"<</Type/Catalog/AcroForm 3 0 R%s>>" % CLAIM, stream + content + b"\nendstream")


def many_fields() -> bytes:
    fields = b" ".join(b"%d 0 R" % number for number in range(2, MOST_PARTS + 3))
    catalogue = b"<</Type/Catalog/AcroForm<</SigFlags 3/Fields[" + fields + b"]>>" + CLAIM + b">>"
    return pdf(catalogue, *(b"<</FT/Sig/T(%d)>>" % number for number in range(MOST_PARTS + 1)))


def endless_trailer() -> bytes:
    keys = b"".join(b"/K%d %d" % (number, number) for number in range(330_000))
    content = pdf(CLAIM).replace(b"/Root 1 0 R", b"/Root 1 0 R" + keys)
    assert len(content) > 4_000_000
    return content


def many_tables(count: int) -> bytes:
    """Each cross-reference table names the one before it."""
    output, last = bytearray(b"%PDF-1.7\n%" + CLAIM + b"\n1 0 obj<</Type/Catalog>>endobj\n"), b""
    place = 0
    for _ in range(count):
        place = len(output)
        output += b"xref\n0 1\n0000000000 65535 f \ntrailer<</Size 2/Root 1 0 R" + last + b">>\n"
        last = b"/Prev %d" % place
    return bytes(output + b"startxref\n%d\n%%%%EOF" % place)


def deep_fields() -> bytes:
    depth = MOST_PARTS - 10
    catalogue = b"<</Type/Catalog/AcroForm<</SigFlags 3/Fields[2 0 R]>>" + CLAIM + b">>"
    return pdf(catalogue, *(b"<</T(a)/Kids[%d 0 R]>>" % number for number in range(3, depth)), b"<</FT/Sig/T(x)>>")


FILES: dict[str, tuple[Callable[[], bytes], set[Reason]]] = {
    "brackets half a million deep": (lambda: b"%PDF-1.7\n" + CLAIM + b"[" * 500_000, {Reason.UNREADABLE}),
    "dictionaries in dictionaries": (lambda: pdf(CLAIM + b"<</A" * 100_000), {Reason.UNREADABLE}),
    "strings in strings": (lambda: b"%PDF-1.7\n" + CLAIM + b"1 0 obj " + b"(" * 1_000_000, {Reason.UNREADABLE}),
    "a field that is its own child": (
        lambda: pdf(b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>" + CLAIM + b">>", b"<</Kids[2 0 R]/T(a)>>"),
        {Reason.UNREADABLE, Reason.NO_SIGNATURE},
    ),
    "ten thousand signature fields": (many_fields, {Reason.TOO_LARGE}),
    "a table that points to itself": (
        lambda: (
            b"%PDF-1.7\n%" + CLAIM + b"\nxref\n0 1\n0000000000 65535 f \n"
            b"trailer<</Size 1/Root 1 0 R/Prev 31>>\nstartxref\n31\n%%EOF"
        ),
        {Reason.UNREADABLE},
    ),
    "a table of a hundred million": (
        lambda: b"%PDF-1.7\n" + CLAIM + b"\nxref\n0 99999999\n" + b"0000000000 65535 f \n" * 100_000 + b"startxref\n30",
        {Reason.UNREADABLE},
    ),
    "a table that unpacks to gigabytes": (lambda: table_bomb(b"/FlateDecode", zeros(100)), {Reason.UNREADABLE}),
    "a table packed twice": (
        lambda: table_bomb(b"[/FlateDecode/FlateDecode]", zlib.compress(zeros(100), 9)),
        {Reason.UNREADABLE},
    ),
    "objects that unpack to gigabytes": (object_bomb, {Reason.UNREADABLE, Reason.NO_SIGNATURE}),
    "a million streams": (lambda: b"%PDF-1.7\n" + CLAIM + b"stream\n" * 1_000_000, {Reason.TOO_LARGE}),
    "a thousand signatures": (lambda: pdf(CLAIM * 1000), {Reason.TOO_MANY_SIGNATURES}),
    "a trailer of three hundred thousand keys": (endless_trailer, {Reason.TOO_COSTLY, Reason.UNREADABLE}),
    "twenty thousand tables": (lambda: many_tables(20_000), {Reason.TOO_COSTLY, Reason.UNREADABLE}),
    "a hundred thousand tables": (lambda: many_tables(100_000), {Reason.TOO_COSTLY}),
    "fields ten thousand deep": (deep_fields, {Reason.TOO_COSTLY, Reason.UNREADABLE}),
    "a script": (
        lambda: pdf(b"<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"),
        {Reason.NO_SIGNATURE},
    ),
    "nothing but a head": (lambda: b"%PDF-", {Reason.NO_SIGNATURE}),
    "a claim without a signature": (
        lambda: pdf(b"<</Type/Catalog/Pages 2 0 R>>", CLAIM),
        {Reason.NO_SIGNATURE, Reason.UNREADABLE},
    ),
}


@pytest.fixture(autouse=True)
def warm() -> None:
    """As in a portal that runs: the examiner has been started."""
    assert examine(pdf(CLAIM), Trust(), patience=60, at=EXAMINED_AT).verdict is Verdict.INVALID


def spent(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_answered_soon_and_costs_this_process_next_to_nothing(
    name: str, trusted_roots: Trust
) -> None:
    make, reasons = FILES[name]
    content = make()
    start, before = time.monotonic(), spent(resource.RUSAGE_SELF)
    found = examine(content, trusted_roots, at=EXAMINED_AT)
    assert time.monotonic() - start < SECONDS
    assert spent(resource.RUSAGE_SELF) - before < 0.5
    assert found.verdict is (Verdict.UNDECIDED if found.reason is Reason.TOO_COSTLY else Verdict.INVALID)
    assert found.reason in reasons
    assert found.sheet is None
    assert found.signer is None


def test_a_crowd_of_hostile_files_is_answered_soon_and_the_next_visitor_is_served(
    signed_paper: bytes, trusted_roots: Trust
) -> None:
    content = many_tables(100_000)
    start = time.monotonic()
    with ThreadPoolExecutor(3 * PLACES) as crowd:
        reasons = list(crowd.map(lambda _: examine(content, trusted_roots, at=EXAMINED_AT).reason, range(3 * PLACES)))
    assert time.monotonic() - start < SECONDS
    assert set(reasons) <= {Reason.TOO_COSTLY, Reason.BUSY}
    assert reasons.count(Reason.BUSY) >= 2 * PLACES
    assert examine(signed_paper, trusted_roots, at=EXAMINED_AT).verdict is Verdict.VALID


def test_an_examiner_that_was_killed_is_started_again(signed_paper: bytes, trusted_roots: Trust) -> None:
    assert examine(signed_paper, trusted_roots, at=EXAMINED_AT).verdict is Verdict.VALID
    process = EXAMINER._process
    assert process is not None
    process.kill()
    process.wait()
    assert examine(signed_paper, trusted_roots, at=EXAMINED_AT).verdict is Verdict.VALID


def test_the_examiner_holds_nothing_of_the_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that takes it over finds no key in its environment and no file of the portal open."""
    monkeypatch.setenv("RONGYIBAN_SECRET_KEY", "k" * 48)
    EXAMINER.stop()
    EXAMINER.start()
    assert examine(pdf(CLAIM), Trust(), at=EXAMINED_AT).reason is not Reason.BUSY
    assert EXAMINER._process is not None
    place = Path(f"/proc/{EXAMINER._process.pid}")
    assert b"RONGYIBAN" not in (place / "environ").read_bytes()
    assert sorted(int(handle.name) for handle in (place / "fd").iterdir()) == [0, 1, 2]


def test_memory_has_its_limit_too() -> None:
    code = (
        "from approvals.certificates.examiner import _limit; _limit(); kept = []\n"
        "try:\n while True: kept.append(bytes(1024 * 1024))\n"
        "except MemoryError: print(len(kept))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 50 < int(ended.stdout) < 256


def test_a_signature_without_what_was_signed_is_not_believed(signed_paper: bytes, trusted_roots: Trust) -> None:
    """A genuine signature moved into another file of the same length."""
    start = signed_paper.index(b"/ByteRange")
    foreign = b"%PDF-1.7\n" + b" " * (start - 9) + signed_paper[start:]
    found = examine(foreign, trusted_roots, at=EXAMINED_AT)
    assert found.verdict is Verdict.INVALID


@pytest.mark.parametrize("number", [b"0 0 0 0", b"0 99999999 0 1", b"-1 5 7 9", b"0 10 10 10"])
def test_a_signature_that_names_other_bytes_is_not_believed(
    signed_paper: bytes, trusted_roots: Trust, number: bytes
) -> None:
    start = signed_paper.index(b"[", signed_paper.index(b"/ByteRange")) + 1
    end = signed_paper.index(b"]", start)
    altered = signed_paper[:start] + number.ljust(end - start) + signed_paper[end:]
    assert len(altered) == len(signed_paper)
    assert examine(altered, trusted_roots, at=EXAMINED_AT).verdict is Verdict.INVALID
