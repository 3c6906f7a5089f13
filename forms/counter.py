"""The form of the counter: who is at the window, which document was seen, and for whom they have come."""

from __future__ import annotations

import re
from collections.abc import Sequence

from forms.account import PersonField
from forms.build import SectionForm, ask
from forms.fields import AnswerField, Asking, Posted
from forms.rules import Wrong, _, compact
from services.conditions import Condition
from services.item import Choice, Kind, Question, Section, Text

WINDOW = re.compile(r"[A-Z0-9][A-Z0-9-]{0,11}", re.ASCII)
LONGEST_NAME = 200
FOR_PERSON, FOR_ORGANISATION = Condition.parse('whose == "person"'), Condition.parse('whose == "organisation"')
FOR_ANOTHER = Condition.parse('whose != "self"')


class WindowField(AnswerField):
    """As it stands above the window: A03."""

    @property
    def kind(self) -> str:
        return "text"

    def read_text(self, typed: str) -> str:
        number = compact(typed).upper()
        if not WINDOW.fullmatch(number):
            raise Wrong(_("窗口号只有字母、数字和短横，最多 12 位，例如 A03"))
        return number


def visitor_form(
    asking: Asking,
    formdata: Posted | None = None,
    *,
    window: str = "",
    documents: Sequence[tuple[str, str]],
    authorities: Sequence[tuple[str, str]],
) -> SectionForm:
    """Fields `window`, `present`, `identity_number`, `document`, `whose` (self, person or organisation), `authority`,
    `principal`, `principal_number`, `organisation_name` and `credit_code`; the last five as `whose` calls for them.
    """

    def text(words: str) -> Text:
        return Text(asking.translate(words))

    whose = (
        Choice("self", text(_("本人"))),
        Choice("person", text(_("另一个人"))),
        Choice("organisation", text(_("单位"))),
    )
    seen = text(_("当面看过原件，人证一致，再选。"))
    questions = (
        Question("window", Kind.TEXT, text(_("窗口号")), max_length=20),
        Question("present", Kind.TEXT, text(_("在场人姓名")), hint=text(_("照身份证上的写。")), max_length=50),
        Question("identity_number", Kind.IDENTITY_NUMBER, text(_("在场人身份证号"))),
        Question("document", Kind.CHOICE, text(_("看过的身份证件")), hint=seen, choices=_choices(documents)),
        Question("whose", Kind.CHOICE, text(_("办谁的事")), choices=whose),
        Question("principal", Kind.TEXT, text(_("申请人姓名")), max_length=50, ask_if=FOR_PERSON),
        Question("principal_number", Kind.IDENTITY_NUMBER, text(_("申请人身份证号")), ask_if=FOR_PERSON),
        Question("organisation_name", Kind.TEXT, text(_("单位名称")), max_length=LONGEST_NAME, ask_if=FOR_ORGANISATION),
        Question("credit_code", Kind.CREDIT_CODE, text(_("统一社会信用代码")), ask_if=FOR_ORGANISATION),
        Question("authority", Kind.CHOICE, text(_("代办凭据")), choices=_choices(authorities), ask_if=FOR_ANOTHER),
    )
    first = {} if formdata is not None else {"window": window, "whose": "self"}
    return ask(
        Section("visitor", Text("visitor"), questions),
        asking,
        formdata,
        {key: value for key, value in first.items() if value},
        special={"window": WindowField, "present": PersonField, "principal": PersonField},
    )


def _choices(rows: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(value, Text(label)) for value, label in rows)
