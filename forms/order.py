"""The forms of a supervision order: sending one, and what is said to it afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from forms.build import SectionForm, ask
from forms.fields import Asking, Posted
from forms.rules import _
from services.item import Choice, Kind, Question, Section, Text

WORDS_LENGTH = 1000


def new_order_form(
    steps: Sequence[tuple[str, str]], asking: Asking, formdata: Posted | None = None, chosen: str = ""
) -> SectionForm:
    """Fields `step`, `words` and `due`; `chosen` is the step that is chosen at first."""
    choices = tuple(Choice(key, Text(label)) for key, label in steps)
    questions = (
        Question("step", Kind.CHOICE, _text(asking, _("督办哪个环节")), choices=choices),
        Question("words", Kind.LONG_TEXT, _text(asking, _("为什么督办，要部门说明什么")), max_length=WORDS_LENGTH),
        _due(asking),
    )
    section = Section("order", _text(asking, _("发督办单")), questions)
    return ask(section, asking, formdata, {"step": chosen} if chosen else None)


def order_form(verb: str, asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Field `words`; for send_back also `due`."""
    labels = {"answer": _("情况和措施"), "send_back": _("为什么退回"), "close": _("办结意见")}
    words = Question("words", Kind.LONG_TEXT, _text(asking, labels[verb]), max_length=WORDS_LENGTH)
    questions = (words, _due(asking)) if verb == "send_back" else (words,)
    return ask(Section(verb, _text(asking, _("督办单")), questions), asking, formdata)


def _due(asking: Asking) -> Question:
    return Question("due", Kind.DATE, _text(asking, _("哪天以前答复")), hint=_text(asking, _("写一个工作日")))


def _text(asking: Asking, words: str) -> Text:
    return Text(asking.translate(words))
