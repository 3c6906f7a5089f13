"""Files made out of a signed certificate by people who want another one to be believed."""

from __future__ import annotations

import io
import random
import re
from datetime import datetime
from pathlib import Path

import pikepdf
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from approvals.certificates.authority import BEGINNING, FOLDER, KEY_FILE, ROOT_FILE, SIGNER_FILE
from approvals.certificates.seal import sign


def signed_ranges(pdf: bytes) -> list[range]:
    """Which bytes the (first) signature covers."""
    match = re.search(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)", pdf)
    assert match is not None, "the file has no signature"
    first, length, second, rest = map(int, match.groups())
    return [range(first, first + length), range(second, second + rest)]


def flipped(pdf: bytes, seed: int) -> bytes:
    """One bit of the signed bytes turned over."""
    chance = random.Random(seed)
    place = chance.choice([place for part in signed_ranges(pdf) for place in (chance.choice(part),)])
    altered = bytearray(pdf)
    altered[place] ^= 1 << chance.randrange(8)
    return bytes(altered)


def revised(pdf: bytes) -> bytes:
    """An appended revision with another title: every byte that was signed is still there."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.set_info(generic.DictionaryObject({generic.pdf_name("/Title"): generic.pdf_string("全国通用")}))  # type: ignore[no-untyped-call]
    return written(writer)


def covered(pdf: bytes) -> bytes:
    """An appended revision that draws a white sheet over the page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    sheet = generic.StreamObject(stream_data=b"1 1 1 rg 0 0 595 842 re f")
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), writer.add_object(sheet)])
    writer.update_container(page)
    return written(writer)


def shortened(pdf: bytes) -> bytes:
    """An appended revision that takes the last page out."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    pages = writer.root["/Pages"]
    del pages["/Kids"][-1]
    pages["/Count"] = generic.NumberObject(len(pages["/Kids"]))  # type: ignore[no-untyped-call]
    writer.update_container(pages)
    return written(writer)


def cut(pdf: bytes) -> bytes:
    """The last page taken out and the file written anew, signature and all."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        del document.pages[-1]
        return saved(document)


def stripped(pdf: bytes) -> bytes:
    """An appended revision whose form has no field: the signature still lies in the file, and nothing leads to it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    form = writer.root["/AcroForm"]
    form["/Fields"] = generic.ArrayObject()
    writer.update_container(form)
    return written(writer)


def emptied(pdf: bytes) -> bytes:
    """An appended revision whose field of the signature has no value."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    field = writer.root["/AcroForm"]["/Fields"][0]
    del field["/V"]
    writer.update_container(field)
    return written(writer)


def resigned(pdf: bytes, signer: SimpleSigner) -> bytes:
    """Another title, our signature taken out, and a signature of one's own in its place."""
    with pikepdf.open(io.BytesIO(unsigned(pdf))) as document:
        del document.Root.Perms
        document.docinfo["/Title"] = "全国通用"
        return sign(saved(document), signer, at=datetime(2026, 5, 15, tzinfo=BEGINNING.tzinfo), reason="全国通用")


def written(writer: IncrementalPdfFileWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def unsigned(pdf: bytes) -> bytes:
    """The signature and its field taken out, the page unchanged."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        del document.Root.AcroForm
        for page in document.pages:
            if "/Annots" in page:
                del page.Annots
        return saved(document)


def saved(document: pikepdf.Pdf, **options: object) -> bytes:
    output = io.BytesIO()
    document.save(output, **options)  # type: ignore[arg-type]  # pikepdf's many options
    return output.getvalue()


def encrypted(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return saved(document, encryption=pikepdf.Encryption(owner="示例", user="示例"))


def with_script(pdf: bytes) -> bytes:
    """A script that runs when the file is opened."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('有效')")
        return saved(document)


def with_signature_fields(pdf: bytes, count: int) -> bytes:
    """Many signature fields whose signatures sign nothing."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        made = []
        for number in range(count):
            value = document.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Sig,
                    Filter=pikepdf.Name("/Adobe.PPKLite"),
                    SubFilter=pikepdf.Name("/ETSI.CAdES.detached"),
                    ByteRange=pikepdf.Array([0, 100, 200, 300]),
                    Contents=pikepdf.String(b"\x30\x00"),
                )
            )
            made.append(
                document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String(f"s{number}"), V=value))
            )
        document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(made), SigFlags=3)
        return saved(document)


def signed_twice(pdf: bytes, signer: SimpleSigner) -> bytes:
    """Two approvals one after the other, both good."""
    for name in ("First", "Second"):
        metadata = signers.PdfSignatureMetadata(field_name=name, subfilter=fields.SigSeedSubFilter.PADES)
        pdf = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer).getvalue()
    return pdf


def signer_under_a_signer(keys: Path) -> SimpleSigner:
    """A key whose certificate was issued with our signing key, which is no authority's."""
    place = keys / FOLDER
    above = x509.load_pem_x509_certificate((place / SIGNER_FILE).read_bytes())
    above_key = serialization.load_pem_private_key((place / KEY_FILE).read_bytes(), None)
    assert isinstance(above_key, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    usage = above.extensions.get_extension_for_class(x509.KeyUsage)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(above.subject)
        .issuer_name(above.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGINNING)
        .not_valid_after(datetime(2040, 1, 1, tzinfo=BEGINNING.tzinfo))
        .add_extension(usage.value, critical=True)
        .sign(above_key, hashes.SHA256())
    )
    der, form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    for path in (place / SIGNER_FILE, place / ROOT_FILE):
        chain.register(asn1_x509.Certificate.load(x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(der)))
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(der)),
        signing_key=asn1_keys.PrivateKeyInfo.load(key.private_bytes(der, form, serialization.NoEncryption())),
        cert_registry=chain,
    )
