"""The forms of who intervenes in an application as a whole: extend, suspend, resume, terminate, reopen, answer."""

from __future__ import annotations

from decimal import Decimal

from forms.build import SectionForm, ask
from forms.fields import Asking, Posted
from forms.rules import _
from services.answers import Answers
from services.item import Kind, Question, Section, Text

REASON_LENGTH = 1000


def intervention_form(
    verb: str, asking: Asking, formdata: Posted | None = None, *, most: int = 0, answers: Answers | None = None
) -> SectionForm:
    """Field `reason`; for extend also `days` (working days, at most `most`), for reopen `reference`. It begins with the
    `answers`.
    """

    def text(words: str) -> Text:
        return Text(asking.translate(words))

    questions = []
    if verb == "extend":
        questions.append(
            Question(
                "days",
                Kind.NUMBER,
                text(_("延长多少个工作日")),
                minimum=Decimal(1),
                maximum=Decimal(most),
                unit=text(_("个工作日")),
            )
        )
    if verb == "reopen":
        questions.append(Question("reference", Kind.TEXT, text(_("复议决定书或判决书文号")), max_length=100))
    label = _("情况说明") if verb == "answer" else _("理由")
    questions.append(Question("reason", Kind.LONG_TEXT, text(label), max_length=REASON_LENGTH))
    return ask(Section(verb, text(_("全案处理")), tuple(questions)), asking, formdata, answers)
