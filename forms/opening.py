"""The form of who looks into an application outside their work: why."""

from __future__ import annotations

from collections.abc import Sequence

from forms.build import SectionForm, ask
from forms.fields import Asking, Posted
from forms.rules import _
from services.item import Choice, Kind, Question, Section, Text

NOTE_LENGTH = 500


def opening_form(reasons: Sequence[tuple[str, str]], asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Fields `reason` (one of `reasons`, value and label) and `note`."""
    questions = (
        Question(
            "reason",
            Kind.CHOICE,
            Text(asking.translate(_("查看事由"))),
            choices=tuple(Choice(value, Text(label)) for value, label in reasons),
        ),
        Question(
            "note",
            Kind.LONG_TEXT,
            Text(asking.translate(_("具体理由"))),
            hint=Text(asking.translate(_("例如督办单号、信访编号，或者要核对的事情。"))),
            max_length=NOTE_LENGTH,
        ),
    )
    return ask(Section("opening", Text(asking.translate(_("查看理由"))), questions), asking, formdata)
