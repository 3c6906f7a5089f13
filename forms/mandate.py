"""The forms of mandates: who may act, in what, for how long; and which organisation one represents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from forms.account import MobileField, PersonField
from forms.build import SectionForm, ask
from forms.fields import AnswerField, Asking, Posted
from forms.rules import _
from services.answers import Value
from services.conditions import Condition
from services.item import Choice, Kind, Question, Rule, Section, Text

SPECIAL: dict[str, type[AnswerField]] = {"person": PersonField, "phone": MobileField}


def mandate_form(
    asking: Asking,
    formdata: Posted | None = None,
    *,
    duties: Sequence[tuple[str, str]],
    actions: Sequence[tuple[str, str]],
    items: Sequence[tuple[str, str]],
    today: date,
) -> SectionForm:
    """Fields `person`, `phone`, `duty` (where there is a choice), `matters` (all items or some), `items`, `actions`,
    `begins_on`, `ends_on`. An administrator acts in everything, so that neither is asked then.
    """
    limited = Condition.parse("duty != 'administrator'") if len(duties) > 1 else None
    chosen = Condition.parse("matters == 'some'")
    matters = (Choice("all", _text(asking, _("所有事项"))), Choice("some", _text(asking, _("只限选中的事项"))))
    questions = [
        Question("person", Kind.TEXT, _text(asking, _("对方姓名")), hint=_text(asking, _("和对方身份证上的一样。"))),
        Question("phone", Kind.PHONE, _text(asking, _("对方手机号"))),
        *([Question("duty", Kind.CHOICE, _text(asking, _("身份")), choices=_choices(duties))] if limited else []),
        Question("matters", Kind.CHOICE, _text(asking, _("可以办哪些事")), choices=matters, ask_if=limited),
        Question("items", Kind.CHOICES, _text(asking, _("选中的事项")), choices=_choices(items), ask_if=chosen),
        Question("actions", Kind.CHOICES, _text(asking, _("可以做什么")), choices=_choices(actions), ask_if=limited),
        Question("begins_on", Kind.DATE, _text(asking, _("从哪天起"))),
        Question("ends_on", Kind.DATE, _text(asking, _("到哪天止"))),
    ]
    rules = (
        Rule(Condition.parse("ends_on >= begins_on"), "ends_on", _text(asking, _("结束日期不能早于开始日期"))),
        Rule(Condition.parse("ends_on >= today"), "ends_on", _text(asking, _("结束日期已经过了"))),
    )
    section = Section("mandate", _text(asking, _("授权")), tuple(questions), rules=rules)
    first: dict[str, Value] = {"begins_on": today, "matters": "all", "duty": duties[-1][0]}
    return ask(section, asking, formdata, {} if formdata is not None else first, special=SPECIAL)


def organisation_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Fields `organisation_name` and `credit_code`."""
    questions = (
        Question("organisation_name", Kind.TEXT, _text(asking, _("单位名称")), max_length=200),
        Question("credit_code", Kind.CREDIT_CODE, _text(asking, _("统一社会信用代码"))),
    )
    return ask(Section("organisation", _text(asking, _("单位")), questions), asking, formdata)


def _choices(rows: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(value, Text(label)) for value, label in rows)


def _text(asking: Asking, words: str) -> Text:
    return Text(asking.translate(words))
