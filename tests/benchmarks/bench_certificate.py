"""One certificate rendered and signed, against WeasyPrint's and pyHanko's own work on the same page, and typst's."""

from __future__ import annotations

import io
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

import segno
import typst
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from weasyprint import HTML, Attachment

from approvals.certificates import authority, drawing, fonts, paper
from approvals.certificates.desk import Desk, Stamping
from approvals.certificates.essence import essence
from approvals.certificates.examine import Verdict
from approvals.certificates.identifier import verification_code
from approvals.certificates.judge import look
from approvals.certificates.lift import lift
from approvals.certificates.seal import FIELD, sign
from approvals.certificates.sheet import DATA_FILE, Sheet
from approvals.certificates.signatories import chosen
from approvals.certificates.trust import STAMPS, Trust, trusted
from approvals.certificates.writ_paper import render_writ
from approvals.vocabulary import SignatureLevel, WritKind
from tests.approvals.certificates.samples import PERMIT, RARE, RARE_SHEETS, SIGNED_AT
from tests.approvals.certificates.writs import writ
from tests.benchmarks.goals import goal
from tests.outside_authority import Authority

ROUNDS = 25
MANY = 200
"""Certificates in a row, over which the memory of the process must stay flat."""
MOST_RATIO, LEAST_RATE, MOST_GROWTH, LARGEST = 1.1, 8.0, 5.0, 120
"""The goals: times the sum of the two libraries' own work; certificates a second on one core; megabytes; kilobytes."""

VERIFIED = 15
MOST_VERIFYING = {SignatureLevel.B_B: 60, SignatureLevel.B_T: 60, SignatureLevel.B_LTA: 150}
"""Milliseconds."""


SEAL = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 42 42">'
    '<circle cx="21" cy="21" r="20" fill="none" stroke="#c3272b" stroke-width="1.2"/>'
    '<path fill="#c3272b" d="M21 13l2 6h6l-5 4 2 6-5-4-5 4 2-6-5-4h6z"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Round:
    """Processor time (seconds) of WeasyPrint, pyHanko, typst, our rendering and signing; bytes of our file."""

    seconds: tuple[float, ...]
    size: int


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder)
        authority.ensure(keys)
        rounds = [one_round(number, keys) for number in range(ROUNDS + 1)]
        first, most = memory(keys)
    del rounds[0]  # it loaded the fonts
    weasyprint, pyhanko, typeset, rendered, signed = (
        statistics.median(column) * 1000 for column in zip(*(each.seconds for each in rounds), strict=True)
    )
    ours, theirs, size = rendered + signed, weasyprint + pyhanko, rounds[-1].size / 1000
    ratio, rate, growth = ours / theirs, 1000 / ours, most - first
    other = ours / (typeset + pyhanko)
    print(f"one certificate rendered and signed (medians of {ROUNDS}, processor time, PDF/A-3a, PAdES B-B)")
    print(f"  WeasyPrint, same page and font    {weasyprint:8.1f} ms")
    print(f"  pyHanko, that page signed         {pyhanko:8.1f} ms")
    print(f"  typst, a page like it             {typeset:8.1f} ms")
    print(f"  ours, rendered                    {rendered:8.1f} ms")
    print(f"  ours, signed                      {signed:8.1f} ms")
    print(f"  ours, rendered and signed         {ours:8.1f} ms")
    print(f"  ratio to the sum of the two       {ratio:8.2f}      {goal(f'<= {MOST_RATIO}', met=ratio <= MOST_RATIO)}")
    print(f"  ratio to typst and pyHanko        {other:8.2f}      {goal('<= 1', met=other <= 1)}")
    print(f"  certificates a second and core    {rate:8.1f}      {goal(f'>= {LEAST_RATE:g}', met=rate >= LEAST_RATE)}")
    print(f"  the signed file                   {size:8.1f} kB   {goal(f'<= {LARGEST}', met=size <= LARGEST)}")
    flat = goal(f"<= {MOST_GROWTH:g}", met=growth <= MOST_GROWTH)
    print(f"  memory, grown over {MANY} more      {growth:8.1f} MB   {flat}")
    print(f"  memory, at most                   {most:8.1f} MB")
    levels()


def levels() -> None:
    """Verification of a file at each level, in processor time, and its size; a real time-stamp authority stamps it."""
    print(f"verification of an uploaded file (medians of {VERIFIED}, processor time)")
    with tempfile.TemporaryDirectory() as folder:
        outside, keys = Path(folder) / "outside", Path(folder) / "keys"
        outside.mkdir()
        authority.ensure(keys)
        stamping = Authority(outside)
        (keys / STAMPS).mkdir()
        (keys / STAMPS / "city.pem").write_bytes(stamping.pem("root"))
        desk = Desk(keys, stamping=Stamping(stamping.stamping_url))
        _who, signer = chosen(desk, "ZJ510100", PERMIT.issuer, SIGNED_AT)
        pdf = sign(paper.render(PERMIT), signer, at=SIGNED_AT, reason=PERMIT.title)
        now = datetime.now(UTC)
        for level in SignatureLevel:
            pdf = lift(pdf, level, desk, at=now).pdf
            one_level(level, pdf, trusted(keys), now)
        sizes(desk, now)
        stamping.stop()


def sizes(desk: Desk, now: datetime) -> None:
    """Of what needs more letters than a permit: rare ones, the words across a copy, a writ about a rare name."""
    print("the file at B-T")
    pages = {name: paper.render(sheet) for name, sheet in RARE_SHEETS.items()}
    pages |= {str(kind): render_writ(writ(kind, addressee=RARE, title=f"{RARE}的申请")) for kind in WritKind}
    _who, signer = chosen(desk, "ZJ510100", PERMIT.issuer, SIGNED_AT)
    for name, page in pages.items():
        signed = sign(page, signer, at=SIGNED_AT, reason=PERMIT.title)
        size = len(lift(signed, SignatureLevel.B_T, desk, at=now).pdf) / 1000
        print(f"  {name:34}{size:8.1f} kB   {goal(f'<= {LARGEST}', met=size <= LARGEST)}")


def one_level(level: SignatureLevel, pdf: bytes, trust: Trust, now: datetime) -> None:
    times = []
    for _ in range(VERIFIED + 1):
        begun = time.process_time()
        found = look(pdf, trust, now)
        times.append(time.process_time() - begun)
        if (found.verdict, found.level) != (Verdict.VALID, level):
            raise SystemExit(f"the file at {level.standard} is {found.verdict} at {found.level}: {found.reason}")
    spent, most = statistics.median(times[1:]) * 1000, MOST_VERIFYING.get(level)
    told = goal(f"<= {most}", met=spent <= most) if most else ""
    size = len(pdf) / 1000
    held = goal(f"<= {LARGEST}", met=size <= LARGEST) if level is SignatureLevel.B_T else ""
    print(f"  {level.standard:12} {spent:8.1f} ms {told:22} {size:8.1f} kB {held}".rstrip())


def one_round(number: int, keys: Path) -> Round:
    """All in turn, so that a slow minute of the machine meets each of them."""
    signer, sheet = authority.signer(keys), numbered(number)
    times = [time.process_time()]
    plain = with_weasyprint(sheet)
    times.append(time.process_time())
    with_pyhanko(plain, signer)
    times.append(time.process_time())
    with_typst(sheet)
    times.append(time.process_time())
    rendered = paper.render(sheet)
    times.append(time.process_time())
    signed = sign(rendered, signer, at=SIGNED_AT, reason=PERMIT.title)
    times.append(time.process_time())
    return Round(tuple(after - before for before, after in pairwise(times)), len(signed))


def memory(keys: Path) -> tuple[float, float]:
    """Megabytes held after a hundred certificates in a row, and the most held over the next two hundred."""
    signer = authority.signer(keys)
    held: list[float] = []
    for number in range(100 + MANY):
        sign(paper.render(numbered(number)), signer, at=SIGNED_AT, reason=PERMIT.title)
        held.append(int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2)
    return held[99], max(held[100:])


def numbered(number: int) -> Sheet:
    """Another certificate each time, its QR code signed: nothing of one can be reused for the next."""
    code = verification_code()
    name = f"PERMIT{number:04d}"
    sheet = replace(PERMIT, number=name, code=code, verify_url=f"https://city.example/verify/{name}/{code}")
    return replace(sheet, essence=essence(sheet, lambda content: own_key().sign(content).hex(), is_organisation=True))


@cache
def own_key() -> Ed25519PrivateKey:
    """Of the installation, as good as any."""
    return Ed25519PrivateKey.generate()


def with_weasyprint(sheet: Sheet) -> bytes:
    """WeasyPrint alone on the same markup, fonts already loaded, every style sheet and picture at hand."""
    configuration, css = paper.fonts_and_styles()
    setting = next(iter(paper.settings(sheet)))
    page = HTML(string=paper.markup(sheet, setting), url_fetcher=paper.Given({}), base_url="given:")
    data = Attachment(
        string=sheet.as_json(), name=DATA_FILE, created=SIGNED_AT, modified=SIGNED_AT, relationship="Data"
    )
    return bytes(
        page.write_pdf(
            font_config=configuration,
            stylesheets=[css],
            pdf_variant="pdf/a-3a",
            attachments=[data],
            cache={f"given:{name}": paper.Placed(picture) for name, picture in paper.pictures(sheet).items()},
        )
    )


@cache
def typesetter() -> typst.Compiler:
    """With our fonts, and read once, as our own renderer is."""
    page, own = Path(__file__).with_name("peer.typ"), [str(fonts.REGULAR.parent)]
    return typst.Compiler(page, font_paths=own, ignore_system_fonts=True)  # type: ignore[misc]  # its types are loose


def with_typst(sheet: Sheet) -> bytes:
    """A page with the same content, another typesetter's, in a process that has its fonts."""
    qr = io.BytesIO()
    segno.make(sheet.qr_text, error="m", micro=False, mask=drawing.MASK).save(qr, kind="svg")
    given = {"data": sheet.as_json(), "qr": qr.getvalue().decode(), "seal": SEAL}
    made = typesetter().compile(format="pdf", sys_inputs=given, pdf_standards=["a-3a"])
    assert isinstance(made, bytes)
    return made


def with_pyhanko(pdf: bytes, signer: signers.Signer) -> bytes:
    """The short way of pyHanko alone, with the same key and the same kind of signature."""
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=PERMIT.title,
    )
    output = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer=signer)
    return bytes(output.getbuffer())


if __name__ == "__main__":
    main()
