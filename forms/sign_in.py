"""The form to sign in."""

from __future__ import annotations

from forms.build import SectionForm, ask
from forms.fields import AnswerField, Asking, Posted
from forms.rules import Wrong, _
from services.item import Kind, Question, Section, Text

LONGEST_PASSWORD = 200
"""Characters: enough for any phrase, too few to keep the hash busy."""


class PasswordField(AnswerField):
    """Taken exactly as typed, spaces and all."""

    @property
    def kind(self) -> str:
        return "password"

    def read_text(self, typed: str) -> str:
        if len(typed) > LONGEST_PASSWORD:
            raise Wrong(_("密码最多 %(most)s 个字符"), most=LONGEST_PASSWORD)
        return typed


def sign_in_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Fields `username` and `password`."""
    section = Section(
        key="sign_in",
        title=Text(asking.translate(_("登录"))),
        questions=(
            Question("username", Kind.TEXT, Text(asking.translate(_("用户名或者手机号"))), max_length=64),
            Question("password", Kind.TEXT, Text(asking.translate(_("密码")))),
        ),
    )
    return ask(section, asking, formdata, special={"password": PasswordField})
