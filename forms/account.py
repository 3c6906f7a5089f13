"""The forms around an account: register, prove a phone or address by a code, choose a password."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from forms.build import SectionForm, ask
from forms.fields import AnswerField, Asking, Posted
from forms.rules import MOBILE, Wrong, _, compact, normalised, phone
from forms.sign_in import PasswordField
from services.answers import plain_name
from services.item import Choice, Kind, Question, Section, Text

SHORTEST_PASSWORD = 8
ADVISED = 15
CODE = re.compile(r"\d{6}", re.ASCII)
PERSON = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·•]{2,50}")
"""A name as on an identity card: Chinese characters, with a dot between the parts of a name of other peoples."""
COMMON = Path(__file__).with_name("common_passwords.txt")


@cache
def common_passwords() -> frozenset[str]:
    """The 3000 most used ones (OWASP ASVS 6.2.4), in lower case."""
    lines = COMMON.read_text("utf-8").splitlines()
    return frozenset(line.casefold() for line in lines if not line.startswith("#"))


class NewPasswordField(PasswordField):
    """By the rules of OWASP ASVS 5: length alone counts, every character may be used, and what is common is refused."""

    def read_text(self, typed: str) -> str:
        password = str(super().read_text(typed))
        if len(password) < SHORTEST_PASSWORD:
            raise Wrong(
                _("密码至少 %(least)s 个字符，现在有 %(count)s 个"), least=SHORTEST_PASSWORD, count=len(password)
            )
        if password.casefold() in common_passwords() or len(set(password)) < 3:
            raise Wrong(_("这个密码用的人太多，很容易被猜到，请换一个"))
        return password


class CodeField(AnswerField):
    """Six digits, with or without spaces."""

    @property
    def inputmode(self) -> str:
        return "numeric"

    def read_text(self, typed: str) -> str:
        code = compact(typed)
        if not CODE.fullmatch(code):
            raise Wrong(_("验证码是 6 位数字"))
        return code


class MobileField(AnswerField):
    """A mobile phone: only there can a code be sent."""

    @property
    def kind(self) -> str:
        return "phone"

    @property
    def inputmode(self) -> str:
        return "tel"

    def read_text(self, typed: str) -> str:
        return mobile(typed)


class ReachField(AnswerField):
    """A mobile phone or an e-mail address."""

    def read_text(self, typed: str) -> str:
        text = compact(typed)
        if "@" in text:
            return text[:254].casefold()
        return mobile(typed)


class PersonField(AnswerField):
    def read_text(self, typed: str) -> str:
        name = plain_name(normalised(typed).replace(" ", "").replace("•", "·"))
        if not PERSON.fullmatch(name):
            raise Wrong(_("请照身份证上的写，2 到 50 个汉字"))
        return name


def mobile(typed: str) -> str:
    number = phone(typed)
    if not MOBILE.fullmatch(number):
        raise Wrong(_("请填 11 位手机号，座机收不到验证码"))
    return number


def phone_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Field `phone`."""
    return _ask("phone", (_question(asking, "phone", _("手机号"), Kind.PHONE),), asking, formdata)


def own_phone_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Fields `phone`, the new one, and `password`: who only finds an open session takes no account over."""
    questions = (_question(asking, "phone", _("新的手机号"), Kind.PHONE), _password_in_use(asking))
    return _ask("own_phone", questions, asking, formdata)


def own_email_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Fields `email` and `password`."""
    questions = (_question(asking, "email", _("电子邮箱"), Kind.EMAIL), _password_in_use(asking))
    return _ask("own_email", questions, asking, formdata)


def reach_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Field `reach`: where a code for a new password is sent."""
    return _ask("reach", (_question(asking, "reach", _("手机号或者电子邮箱")),), asking, formdata)


def code_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Field `one_time_code`."""
    return _ask("code", (_code(asking),), asking, formdata)


def registration_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Fields `one_time_code`, `person`, `identity_number`, `new_password`."""
    questions = (
        _code(asking),
        _question(asking, "person", _("姓名"), hint=_("照身份证上的写。")),
        _question(asking, "identity_number", _("身份证号"), Kind.IDENTITY_NUMBER),
        _password(asking),
    )
    return _ask("registration", questions, asking, formdata)


def reset_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Fields `one_time_code` and `new_password`."""
    return _ask("reset", (_code(asking), _password(asking)), asking, formdata)


def factor_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Field `factor_code`: six digits of the authenticator, or a recovery code."""
    return _ask("factor", (_question(asking, "factor_code", _("验证码")),), asking, formdata)


def own_factor_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Fields `password`, the one in use, and `factor_code`."""
    questions = (
        _question(asking, "factor_code", _("验证码")),
        _password_in_use(asking),
    )
    return _ask("own_factor", questions, asking, formdata)


def new_password_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Field `new_password`."""
    return _ask("new_password", (_password(asking),), asking, formdata)


def password_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Fields `password`, the one in use, and `new_password`."""
    questions = (_password_in_use(asking), _password(asking))
    return _ask("password", questions, asking, formdata)


def letter_form(
    asking: Asking,
    formdata: Posted | None = None,
    *,
    ways: Sequence[tuple[str, str]],
    way: str = "",
    texts: str | None = None,
    language: str = "",
) -> SectionForm:
    """Fields `letter_way`, `letter_language` and, where text messages can be sent (`texts`: the choice so far),
    `letter_texts`.
    """
    languages = (Choice("zh", Text(asking.translate(_("中文")))), Choice("en", Text("English")))
    questions = (
        Question("letter_way", Kind.CHOICE, Text(asking.translate(_("邮件"))), choices=_choices(ways)),
        *_texts(asking, is_offered=texts is not None),
        Question("letter_language", Kind.CHOICE, Text(asking.translate(_("邮件和短信用哪种语言"))), choices=languages),
    )
    first = (
        {} if formdata is not None else {"letter_way": way, "letter_texts": texts or "", "letter_language": language}
    )
    first = {name: value for name, value in first.items() if value}
    return ask(Section("letters", Text("letters"), questions), asking, formdata, first)


def _texts(asking: Asking, *, is_offered: bool) -> tuple[Question, ...]:
    if not is_offered:
        return ()
    ways = (
        Choice("no", Text(asking.translate(_("不发短信")))),
        Choice("yes", Text(asking.translate(_("有消息就发短信，夜里的等到早上八点")))),
    )
    return (Question("letter_texts", Kind.CHOICE, Text(asking.translate(_("短信"))), choices=ways),)


def confirm_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Field `password`, once more before something that cannot be undone."""
    return _ask("confirm", (_question(asking, "password", _("密码")),), asking, formdata)


SPECIAL: dict[str, type[AnswerField]] = {
    "password": PasswordField,
    "new_password": NewPasswordField,
    "one_time_code": CodeField,
    "person": PersonField,
    "phone": MobileField,
    "reach": ReachField,
}


def _ask(key: str, questions: tuple[Question, ...], asking: Asking, formdata: Posted | None) -> SectionForm:
    return ask(Section(key, Text(key), questions), asking, formdata, special=SPECIAL)


def _choices(rows: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(value, Text(label)) for value, label in rows)


def _question(asking: Asking, key: str, label: str, kind: Kind = Kind.TEXT, hint: str = "") -> Question:
    return Question(
        key, kind, Text(asking.translate(label)), hint=Text(asking.translate(hint)) if hint else None, max_length=254
    )


def _code(asking: Asking) -> Question:
    return _question(asking, "one_time_code", _("验证码"))


def _password_in_use(asking: Asking) -> Question:
    return _question(asking, "password", _("现在的密码"))


def _password(asking: Asking) -> Question:
    words = asking.translate(_("至少 %(least)s 个字符，建议 %(advised)s 个以上；用几个词连成一句话，好记又难猜。"))
    hint = words % {"least": SHORTEST_PASSWORD, "advised": ADVISED}
    return Question("new_password", Kind.TEXT, Text(asking.translate(_("新密码"))), hint=Text(hint))
