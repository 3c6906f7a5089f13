"""The forms of bad credit published elsewhere: whose it is and what was decided, and what shows its repair."""

from __future__ import annotations

from forms.build import SectionForm, ask
from forms.fields import AnswerField, Asking, Posted
from forms.rules import Wrong, _, credit_code, identity_number
from services.item import Kind, Question, Section, Text

PUBLISHER_LENGTH, REFERENCE_LENGTH, REASON_LENGTH = 100, 100, 500


class HolderField(AnswerField):
    """A person's or an organisation's: both numbers have eighteen signs."""

    @property
    def kind(self) -> str:
        return "text"

    def read_text(self, typed: str) -> str:
        try:
            return identity_number(typed, self.asking.today)
        except Wrong:
            pass
        try:
            return credit_code(typed)
        except Wrong:
            raise Wrong(_("这不是身份证号，也不是统一社会信用代码，请对着原件再看看")) from None


def credit_notice_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Fields `holder`, `published_by`, `reference`, `reason`, `begins_on` and `ends_on`."""

    def text(words: str) -> Text:
        return Text(asking.translate(words))

    questions = (
        Question("holder", Kind.TEXT, text(_("身份证号或者统一社会信用代码"))),
        Question(
            "published_by",
            Kind.TEXT,
            text(_("公布单位")),
            hint=text(_("例如信用中国，或者作出决定的法院、部门。")),
            max_length=PUBLISHER_LENGTH,
        ),
        Question("reference", Kind.TEXT, text(_("文号或者编号")), max_length=REFERENCE_LENGTH),
        Question("reason", Kind.LONG_TEXT, text(_("失信的情形")), max_length=REASON_LENGTH),
        Question("begins_on", Kind.DATE, text(_("从哪天起"))),
        Question("ends_on", Kind.DATE, text(_("到哪天止")), hint=text(_("照决定上写的期限填，那天也算在内。"))),
    )
    section = Section("credit_notice", text(_("登记失信信息")), questions)
    return ask(section, asking, formdata, special={"holder": HolderField})


def repair_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Field `repair_note`."""
    question = Question(
        "repair_note",
        Kind.LONG_TEXT,
        Text(asking.translate(_("修复的依据"))),
        hint=Text(asking.translate(_("哪个单位什么时候同意修复，文书的编号。"))),
        max_length=REASON_LENGTH,
    )
    return ask(Section("repair", Text(asking.translate(_("登记信用修复"))), (question,)), asking, formdata)
