"""The forms around an account of staff: who it is, and which role in which department."""

from __future__ import annotations

from collections.abc import Sequence

from forms.build import SectionForm, ask
from forms.fields import Asking, Posted
from forms.rules import _
from services.item import Choice, Kind, Question, Section, Text

Choices = Sequence[tuple[str, str]]


def new_member_form(
    roles: Choices, departments: Choices, asking: Asking, formdata: Posted | None = None
) -> SectionForm:
    """Fields `username`, `name`, `role`, `department`."""

    def text(words: str) -> Text:
        return Text(asking.translate(words))

    hint = text(_("3 到 40 个小写字母、数字、点或短横，以字母开头；以后不能改。"))
    questions = (
        Question("username", Kind.TEXT, text(_("用户名")), hint=hint, max_length=40),
        Question("name", Kind.TEXT, text(_("姓名")), max_length=50),
        *_post(roles, departments, asking),
    )
    return ask(Section("member", text(_("新增工作人员")), questions), asking, formdata)


def post_form(
    roles: Choices,
    departments: Choices,
    asking: Asking,
    formdata: Posted | None = None,
    *,
    role: str = "",
    department: str = "",
) -> SectionForm:
    """Fields `role` and `department`."""
    first = {} if formdata is not None else {"role": role, "department": department}
    section = Section("post", Text(asking.translate(_("角色"))), _post(roles, departments, asking))
    return ask(section, asking, formdata, {key: value for key, value in first.items() if value})


def _post(roles: Choices, departments: Choices, asking: Asking) -> tuple[Question, ...]:
    hint = Text(asking.translate(_("经办人员、组长和负责人要选；其他角色不选。")))
    return (
        Question("role", Kind.CHOICE, Text(asking.translate(_("角色"))), choices=_choices(roles)),
        Question(
            "department",
            Kind.CHOICE,
            Text(asking.translate(_("所在部门"))),
            hint=hint,
            required=False,
            choices=_choices(departments),
        ),
    )


def _choices(rows: Choices) -> tuple[Choice, ...]:
    return tuple(Choice(value, Text(label)) for value, label in rows)
