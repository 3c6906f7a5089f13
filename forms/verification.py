"""The forms to verify a certificate by its number and code, and by the whole text of its QR code."""

from __future__ import annotations

from forms.build import SectionForm, ask
from forms.fields import Asking, Posted
from forms.rules import _
from services.item import Kind, Question, Section, Text

LONGEST_SCAN = 3000
"""Letters: more than fit into a QR code (ISO/IEC 18004)."""


def verification_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Fields `number` and `code`, as they are printed on the certificate."""
    questions = (
        Question("number", Kind.TEXT, Text(asking.translate(_("证照编号"))), max_length=100),
        Question("code", Kind.TEXT, Text(asking.translate(_("核验码"))), max_length=40),
    )
    return ask(Section("verification", Text(asking.translate(_("核验证照"))), questions), asking, formdata)


def scan_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Field `scan`: the text that a scanner reads from the QR code."""
    hint = Text(asking.translate(_("用扫码软件扫二维码，把得到的整段文字粘贴到这里。")))
    label = Text(asking.translate(_("二维码里的文字")))
    question = Question("scan", Kind.LONG_TEXT, label, hint, max_length=LONGEST_SCAN)
    return ask(Section("scan", Text(asking.translate(_("核验二维码"))), (question,)), asking, formdata)
