"""The forms of the office: decide a step, ask for corrections, begin a special procedure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from forms.build import SectionForm, ask, clean
from forms.fields import Asking, Posted
from forms.rules import _
from services.answers import Answers
from services.conditions import Condition
from services.item import Choice, Kind, Question, Rule, Section, Text

REASON_LENGTH = 1000
NOTE_LENGTH = 300
LONGEST_PAUSE = Decimal(120)
"""Working days that may be announced, as approvals.commands.pause has it; longer is a mistyped number."""


def decision_form(
    outcomes: Sequence[tuple[str, str]],
    asking: Asking,
    formdata: Posted | None = None,
    answers: Answers | None = None,
    *,
    reason_for: Collection[str] = (),
    conditions_for: Collection[str] = (),
    points: Sequence[tuple[str, str]] = (),
    judgements: Sequence[tuple[str, str]] = (),
    late_reasons: Sequence[tuple[str, str]] = (),
    explained: Collection[str] = (),
) -> SectionForm:
    """Fields `outcome`, `reason`, and `conditions` where an outcome may carry some; of each point of the checklist (key
    and words) `point_<key>`, one of the `judgements`, and `note_<key>`; `late_reason` and `late_note` where there are
    `late_reasons`.

    `outcomes` are value and label; those of `reason_for` need a reason (Licensing Law art. 38 for a refusal), those of
    `conditions_for` the conditions they are tied to; late reasons that are `explained` need words.
    """
    questions = [
        Question("outcome", Kind.CHOICE, _text(asking, _("结论")), choices=_choices(outcomes)),
        Question("reason", Kind.LONG_TEXT, _text(asking, _("理由")), required=False, max_length=REASON_LENGTH),
    ]
    rules = [_needs("reason", reason_for, _text(asking, _("作出这个结论要写明理由")))]
    if conditions_for:
        label = _text(asking, _("附带条件"))
        questions.append(Question("conditions", Kind.LONG_TEXT, label, required=False, max_length=REASON_LENGTH))
        rules.append(_needs("conditions", conditions_for, _text(asking, _("请写明附带哪些条件"))))
    for key, words in points:
        answer = _text(asking, _("先选满足、不满足或者不适用，再写说明"))
        questions += [
            Question(f"point_{key}", Kind.CHOICE, Text(words), required=False, choices=_choices(judgements)),
            Question(f"note_{key}", Kind.TEXT, _text(asking, _("说明")), required=False, max_length=NOTE_LENGTH),
        ]
        rules.append(Rule(Condition.parse(f"not note_{key} or point_{key}"), f"point_{key}", answer))
    if late_reasons:
        label = _text(asking, _("具体情况"))
        questions += [
            Question("late_reason", Kind.CHOICE, _text(asking, _("超时原因")), choices=_choices(late_reasons)),
            Question("late_note", Kind.TEXT, label, required=False, max_length=NOTE_LENGTH),
        ]
        rules.append(_needs("late_note", explained, _text(asking, _("请写明是什么原因")), of="late_reason"))
    section = Section("decision", _text(asking, _("作出决定")), tuple(questions), rules=tuple(rules))
    return ask(section, asking, formdata, answers)


def correction_form(
    targets: Sequence[tuple[str, str]],
    asking: Asking,
    formdata: Posted | None = None,
    answers: Answers | None = None,
    *,
    is_later: bool = False,
) -> SectionForm:
    """Field `items`, the questions and materials to mend (value and label), and for each ticked one `what-<value>`.

    In a later round also `why_again`, for what could have been asked before (Licensing Law art. 32).
    """
    items = Question("items", Kind.CHOICES, _text(asking, _("需要补正的内容")), choices=_choices(targets))
    texts = (
        Question(
            f"what-{value}",
            Kind.LONG_TEXT,
            Text(asking.translate(_("%(label)s：要怎么改")) % {"label": label}),
            ask_if=Condition.parse(f"{value!r} in items"),
            max_length=REASON_LENGTH,
        )
        for value, label in targets
    )
    label = _text(asking, _("为什么上一轮没有一起提出"))
    why = (Question("why_again", Kind.LONG_TEXT, label, required=False, max_length=REASON_LENGTH),)
    questions = (items, *texts, *(why if is_later else ()))
    return ask(Section("correction", _text(asking, _("补正告知")), questions), asking, formdata, answers)


def corrections(form: SectionForm) -> dict[str, str]:
    """What the applicant must mend, by target, from a correction form that is valid."""
    answers = clean(form)
    chosen = answers.get("items", ())
    return {value: str(answers[f"what-{value}"]) for value in chosen} if isinstance(chosen, tuple) else {}


def pause_form(
    reasons: Sequence[tuple[str, str]], asking: Asking, formdata: Posted | None = None, usual: str | None = None
) -> SectionForm:
    """Fields `reason`, `days`, `note`: the applicant is told in writing how long it takes (Licensing Law art. 45).

    `usual` is the reason that is chosen already.
    """
    questions = (
        Question("reason", Kind.CHOICE, _text(asking, _("特别程序")), choices=_choices(reasons)),
        Question(
            "days",
            Kind.NUMBER,
            _text(asking, _("预计需要多少个工作日")),
            minimum=Decimal(1),
            maximum=LONGEST_PAUSE,
            unit=_text(asking, _("个工作日")),
        ),
        Question("note", Kind.LONG_TEXT, _text(asking, _("写给申请人的说明")), max_length=REASON_LENGTH),
    )
    chosen = {"reason": usual} if usual else {}
    return ask(Section("pause", _text(asking, _("启动特别程序")), questions), asking, formdata, chosen)


def _needs(key: str, choices: Collection[str], message: Text, *, of: str = "outcome") -> Rule:
    return Rule(Condition.parse(f"{of} not in {sorted(choices)!r} or {key}"), key, message)


def _choices(pairs: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(value, Text(label)) for value, label in pairs)


def _text(asking: Asking, words: str) -> Text:
    return Text(asking.translate(words))
