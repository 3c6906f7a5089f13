"""The examiner: a process apart that reads what strangers upload, and can be spared."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.decode_limits import DecodeLimits, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from approvals.certificates.apart import BEGUN
from approvals.certificates.examine import MOST_SIGNATURES, Examination, Reason, Verdict
from approvals.certificates.sheet import DATA_FILE

SECONDS = 3
"""By the clock on the wall, a file."""
PROCESSOR_SECONDS = 2
MEMORY = 256 * 1024 * 1024
"""Bytes of address space, the libraries included."""
MOST_AT_ONCE = 2
YIELDS = 5
"""Whoever sends hostile files for hours must not slow down the pages of everybody else (see nice(2))."""
LONGEST_DATA = 256 * 1024
LARGEST_UNPACKED = 16 * 1024 * 1024
"""One stream of a file, decoded; pyHanko stops there."""


def main() -> None:
    """Serve at the socket given as standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the portal, whose end closes this one's door
    os.nice(YIELDS)
    gc.collect()
    gc.freeze()
    serve(socket.socket(fileno=sys.stdin.fileno()))


def serve(control: socket.socket) -> None:
    """Until the other end is closed: for each socket that comes, a copy of this process that answers there.

    Everything is loaded before the first fork, so a copy costs milliseconds. A copy reads one file and no other: what
    a file does to it dies with it. While as many as may run are running, whoever comes waits.
    """
    running = 0
    while True:
        while running and os.waitpid(-1, 0 if running >= MOST_AT_ONCE else os.WNOHANG)[0]:
            running -= 1
        _message, handles, _flags, _address = socket.recv_fds(control, 1, 1)
        if not handles:
            return
        if os.fork() == 0:
            control.close()
            _answer(socket.socket(fileno=handles[0]))
        os.close(handles[0])
        running += 1


def _answer(door: socket.socket) -> None:
    """Never returns. The kernel ends what takes too long or too much; then the door closes without a word."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        _limit()
        door.sendall(BEGUN)
        with door.makefile("rb") as asked:
            *roots, pdf = (asked.read(size) for size in json.loads(asked.readline()))
        found = look(pdf, roots)
        del pdf
        door.sendall(found.as_json().encode())
    finally:
        os._exit(0)


def _limit() -> None:
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    for what, most in (
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def look(pdf: bytes, roots: Sequence[bytes]) -> Examination:
    """What the file proves. Raises MemoryError only: anything else a file makes the library raise is a finding.

    Valid only when the signature is intact, covers the whole file, forbids every change and its signer chains to a
    configured root. pyHanko calls a file with an appended revision still "intact", "valid" and "trusted": coverage and
    bottom line are what tells.
    """
    limits = DecodeLimits(per_stream=StreamDecodeLimits(max_output_size=LARGEST_UNPACKED))
    try:
        reader = PdfFileReader(io.BytesIO(pdf), decode_limits=limits)
        if reader.encrypted:
            return Examination(Verdict.INVALID, Reason.ENCRYPTED)
        signatures = reader.embedded_regular_signatures
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # whatever a hostile file makes the library raise, it cannot be read
        return Examination(Verdict.INVALID, Reason.UNREADABLE)
    if not signatures:
        return Examination(Verdict.INVALID, Reason.NO_SIGNATURE)
    if len(signatures) > MOST_SIGNATURES:
        return Examination(Verdict.INVALID, Reason.TOO_MANY_SIGNATURES)
    try:
        status = asyncio.run(_validate(signatures[0], roots))
        return _judge(reader, signatures, status)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # a signature that cannot even be checked
        return Examination(Verdict.INVALID, Reason.BROKEN_SIGNATURE)


async def _validate(signature: EmbeddedPdfSignature, roots: Sequence[bytes]) -> PdfSignatureStatus:
    trusted = [x509.Certificate.load(pem.unarmor(root)[2]) for root in roots]
    # The signer's certificate is judged at the time of signing: what was issued stays verifiable after the key expires.
    context = ValidationContext(trust_roots=trusted, allow_fetching=False, moment=signature.self_reported_timestamp)
    return await async_validate_pdf_signature(signature, signer_validation_context=context)


def _judge(
    reader: PdfFileReader, signatures: Sequence[EmbeddedPdfSignature], status: PdfSignatureStatus
) -> Examination:
    def found(verdict: Verdict, reason: Reason, sheet: dict[str, Any] | None = None) -> Examination:
        name = status.signing_cert.subject.native.get("common_name") if status.signing_cert else None
        coverage = status.coverage.name.lower() if status.coverage else None
        return Examination(verdict, reason, name, status.signer_reported_dt, coverage, sheet)

    if not status.intact or not status.valid:
        return found(Verdict.INVALID, Reason.BROKEN_SIGNATURE)
    if (
        len(signatures) > 1
        or status.coverage is not SignatureCoverageLevel.ENTIRE_FILE
        or status.modification_level not in {None, ModificationLevel.NONE}
    ):
        return found(Verdict.INVALID, Reason.ALTERED_AFTER_SIGNING)
    if not status.trusted or not status.bottom_line:
        return found(Verdict.INVALID, Reason.UNKNOWN_ISSUER)
    if signatures[0].docmdp_level is not MDPPerm.NO_CHANGES:
        return found(Verdict.INVALID, Reason.BROKEN_SIGNATURE)
    sheet = _data(reader)
    if sheet is None:
        return found(Verdict.UNDECIDED, Reason.NO_DATA)
    return found(Verdict.VALID, Reason.SIGNED_WHOLE, sheet)


def _data(reader: PdfFileReader) -> dict[str, Any] | None:
    """The embedded certificate data; None where there is none of ours."""
    for reference in reader.root.get("/AF", ()):
        file = reference.get_object() if hasattr(reference, "get_object") else reference
        if file.get("/UF", file.get("/F")) == DATA_FILE:
            content = file["/EF"]["/F"].data
            if len(content) <= LONGEST_DATA:
                data = json.loads(content)
                return data if isinstance(data, dict) else None
    return None
