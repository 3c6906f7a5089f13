"""A signature: the name typed under the words that are signed, and the consent that it counts as one."""

from __future__ import annotations

from forms.fields import AnswerField, Posted, Typed
from forms.rules import Incomplete, Wrong, _, plain_words
from services.answers import Value
from services.compounds import Compound, digest

PARTS = ("name", "consent")
NAME_LENGTH = 50


class SignatureField(AnswerField):
    """What is kept binds name and day to exactly these words by their digest."""

    parts = tuple(f"-{part}" for part in PARTS)

    @property
    def missing(self) -> str:
        return _("请在「%(label)s」签名")

    def blank(self) -> dict[str, str]:
        return dict.fromkeys(PARTS, "")

    def take(self, formdata: Posted) -> dict[str, str]:
        return {part: next(iter(formdata.getlist(f"{self.name}-{part}")), "") for part in PARTS}

    def read(self, typed: Typed) -> Compound | None:
        if not isinstance(typed, dict):
            return None
        name = plain_words(typed["name"], NAME_LENGTH)
        if not name and not typed["consent"].strip():
            return None
        if not name:
            raise Incomplete(_("请输入签名人的姓名"))
        if any(sign.isdigit() for sign in name):
            raise Wrong(_("姓名里不会有数字，请再看看"))
        if typed["consent"] != "yes":
            raise Incomplete(_("请勾选同意，以输入姓名作为签名"))
        words = self.question.statement or self.question.label
        return Compound((("name", name), ("on", self.asking.today), ("sha256", digest(words))))

    def spell(self, value: Value) -> dict[str, str]:
        if not isinstance(value, Compound):
            return self.blank()
        return {"name": str(value.part("name")), "consent": "yes"}
