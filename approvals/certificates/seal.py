"""Sign a paper: PAdES B-B, certified so that nothing may be changed afterwards; `lift` makes it last longer."""

from __future__ import annotations

import asyncio
import io
from datetime import datetime

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import PdfSigningSession

FIELD = "DepartmentSeal"
ROOM = 20480
"""Hexadecimal digits kept for the signature: enough for a time-stamp and its chain, which may come years later."""


class PaperWriter(IncrementalPdfFileWriter):
    """Appends the signature and nothing else: pyHanko would also write the present moment into the paper's metadata."""

    def _update_meta(self) -> None:
        """The metadata stay those of the paper."""


class DatedSigner(signers.PdfSigner):
    """Signs as of the decision: pyHanko takes the present moment, and a paper made again would say another time."""

    def __init__(self, metadata: signers.PdfSignatureMetadata, signer: signers.Signer, at: datetime) -> None:
        super().__init__(metadata, signer)
        self._at = at

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


def sign(pdf: bytes, signer: signers.Signer, *, at: datetime, reason: str) -> bytes:
    """The signed file: the paper's bytes stay as they are, the signature is appended and covers the whole."""
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=reason,
    )
    writer = PaperWriter(io.BytesIO(pdf))
    output = DatedSigner(metadata, signer, at).async_sign_pdf(writer, bytes_reserved=ROOM)
    signed = asyncio.run(output)
    return bytes(signed.getbuffer())
