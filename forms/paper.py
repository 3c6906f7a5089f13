"""The forms of what the office writes on its certificates: the texts of one type, and the department's seal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from forms.build import SectionForm, ask, clean
from forms.fields import AnswerField, Asking, Posted
from forms.rules import _
from services.answers import Value
from services.item import CertificateSpec, Choice, Item, Kind, Question, Section, Text
from services.papers import (
    ENGLISH,
    LABEL,
    NOTE,
    NOTES,
    SEAL_LINE,
    SEAL_NAME,
    SEAL_SERIAL,
    STATEMENT,
    TITLE,
    Seal,
    SealMark,
    written,
)
from services.places import Fault, Why, faults, places

REASON_LENGTH = 500
MOST_FIELDS = 99
WORDS = {
    Why.UNKNOWN: _("第 %(line)s 行第 %(column)s 个字：没有「%(found)s」这个占位。可以写：%(instead)s"),
    Why.FORMAT: _("第 %(line)s 行第 %(column)s 个字：「%(found)s」没有这种写法。可以写：%(instead)s"),
    Why.BRACE: _("第 %(line)s 行第 %(column)s 个字：大括号「%(found)s」只用来写占位。要印出括号，请写「%(instead)s」"),
    Why.UNSEEN: _("第 %(line)s 行第 %(column)s 个字（%(found)s）是看不见的字符，请删掉"),
    Why.LONG: _("有 %(found)s 个字，最多 %(instead)s 个字"),
}
MARKS = {SealMark.STAR: _("五角星"), SealMark.NONE: _("不加图案")}


def text_form(
    item: Item, spec: CertificateSpec, asking: Asking, formdata: Posted | None = None, *, needs_reason: bool = True
) -> SectionForm:
    """`spec` is what stands there now. Fields `title`, `statement`, `notes` (one a line) and their English; for each
    field of the certificate `place-N` (0: not shown) and its `label-N`, `english-N`; `reason`.
    """

    def text(words: str) -> Text:
        return Text(asking.translate(words))

    hint = text(_("写在大括号里的是占位，印出时换成实际内容；能用哪些，见下面的表。"))
    long = 4 * max(STATEMENT, NOTE * NOTES) * ENGLISH
    questions = [
        Question("title", Kind.TEXT, text(_("标题")), max_length=TITLE),
        Question("title_en", Kind.TEXT, text(_("标题（英文）")), required=False, max_length=TITLE * ENGLISH),
        Question("statement", Kind.LONG_TEXT, text(_("正文")), hint, max_length=long),
        Question("statement_en", Kind.LONG_TEXT, text(_("正文（英文）")), required=False, max_length=long),
        Question(
            "notes",
            Kind.LONG_TEXT,
            text(_("注意事项")),
            text(_("一行一条，最多六条。")),
            required=False,
            max_length=long,
        ),
        Question(
            "notes_en",
            Kind.LONG_TEXT,
            text(_("注意事项（英文）")),
            text(_("与中文逐条对应；不写就印中文。")),
            required=False,
            max_length=long,
        ),
    ]
    known: dict[str, Value] = {
        "title": spec.title.zh,
        "title_en": spec.title.en,
        "statement": spec.statement.zh,
        "statement_en": spec.statement.en,
        "notes": "\n".join(note.zh for note in spec.notes),
        "notes_en": "\n".join(note.en for note in spec.notes),
    }
    for number, (_key, label, position) in enumerate(rows(item, spec)):
        questions += [
            Question(f"place-{number}", Kind.NUMBER, text(_("顺序")), maximum=Decimal(MOST_FIELDS)),
            Question(f"label-{number}", Kind.TEXT, text(_("名称")), max_length=LABEL),
            Question(f"english-{number}", Kind.TEXT, text(_("英文")), required=False, max_length=LABEL * ENGLISH),
        ]
        known |= {f"place-{number}": Decimal(position), f"label-{number}": label.zh, f"english-{number}": label.en}
    questions.append(_reason(asking, is_needed=needs_reason))
    return ask(Section("paper", text(_("证照文字")), tuple(questions)), asking, formdata, known)


def rows(item: Item, spec: CertificateSpec) -> tuple[tuple[str, Text, int], ...]:
    """Key, label and place of every field that the certificate may show, in the catalogue's order; 0: not shown."""
    shown = {key: (label, place) for place, (key, label) in enumerate(spec.fields, start=1)}
    own = item.certificate.fields if item.certificate else ()
    return tuple((key, *shown.get(key, (label, 0))) for key, label in own)


def read_text(form: SectionForm, item: Item, spec: CertificateSpec) -> str | None:
    """The content, from a form that is valid; None, and reasons at the fields, where a text cannot stand."""
    answers = clean(form)

    def said(key: str) -> str:
        return str(answers.get(key, ""))

    known = places(item)
    for key, allowed, most in (
        ("title", (), TITLE),
        ("title_en", (), TITLE * ENGLISH),
        ("statement", known, STATEMENT),
        ("statement_en", known, STATEMENT * ENGLISH),
        ("notes", known, (NOTE + 1) * NOTES),
        ("notes_en", known, (NOTE * ENGLISH + 1) * NOTES),
    ):
        _judge(form, key, said(key), allowed, most)
    notes, english = _lines(said("notes")), _lines(said("notes_en"))
    if len(notes) > NOTES:
        _refuse(form, "notes", _("有 %(count)s 条，最多 %(most)s 条"), count=len(notes), most=NOTES)
    if any(len(note) > NOTE for note in notes) or any(len(note) > NOTE * ENGLISH for note in english):
        _refuse(form, "notes", _("一条最多 %(most)s 个字"), most=NOTE)
    if english and len(english) != len(notes):
        _refuse(form, "notes_en", _("中文有 %(count)s 条，英文也要 %(count)s 条，或者都不写"), count=len(notes))
    chosen: list[tuple[int, str, Text]] = []
    for number, (key, _label, _place) in enumerate(rows(item, spec)):
        _judge(form, f"label-{number}", said(f"label-{number}"), (), LABEL)
        _judge(form, f"english-{number}", said(f"english-{number}"), (), LABEL * ENGLISH)
        if place := int(str(answers.get(f"place-{number}", 0))):
            chosen.append((place, key, Text(said(f"label-{number}"), said(f"english-{number}"))))
    if not chosen:
        _refuse(form, "place-0", _("至少要印一项"))
    if any(field.errors for field in form.fields):
        return None
    return written(
        item,
        Text(said("title"), said("title_en")),
        Text(said("statement"), said("statement_en")),
        tuple(Text(note, english[index] if english else "") for index, note in enumerate(notes)),
        tuple((key, label) for _place, key, label in sorted(chosen, key=lambda each: each[0])),
    )


def reason_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    return ask(Section("paper", Text(asking.translate(_("证照文字"))), (_reason(asking),)), asking, formdata)


def seal_form(seal: Seal, asking: Asking, formdata: Posted | None = None, *, needs_reason: bool = True) -> SectionForm:
    def text(words: str) -> Text:
        return Text(asking.translate(words))

    marks = tuple(Choice(str(mark), text(words)) for mark, words in MARKS.items())
    questions = (
        Question("name", Kind.TEXT, text(_("印章上的名称")), max_length=SEAL_NAME),
        Question("mark", Kind.CHOICE, text(_("中间的图案")), choices=marks),
        Question("line", Kind.TEXT, text(_("图案下的一行字")), max_length=SEAL_LINE),
        Question("serial", Kind.TEXT, text(_("下弧的编码")), required=False, max_length=SEAL_SERIAL),
        _reason(asking, is_needed=needs_reason),
    )
    known: dict[str, Value] = {"name": seal.name, "mark": str(seal.mark), "line": seal.line, "serial": seal.serial}
    return ask(Section("seal", text(_("印章")), questions), asking, formdata, known)


def read_seal(form: SectionForm) -> Seal | None:
    """From a form that is valid; None, and reasons at the fields, where a text cannot stand."""
    answers = clean(form)
    seal = Seal(
        str(answers["name"]), str(answers.get("serial", "")), str(answers["line"]), SealMark(str(answers["mark"]))
    )
    for key, most in (("name", SEAL_NAME), ("serial", SEAL_SERIAL), ("line", SEAL_LINE)):
        _judge(form, key, str(answers.get(key, "")), (), most)
    return None if any(field.errors for field in form.fields) else seal


def reason_of(form: SectionForm) -> str:
    return str(clean(form)["reason"])


def _reason(asking: Asking, *, is_needed: bool = True) -> Question:
    words = asking.translate(_("为什么这样改"))
    return Question("reason", Kind.TEXT, Text(words), required=is_needed, max_length=REASON_LENGTH)


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _judge(form: SectionForm, key: str, text: str, allowed: tuple[str, ...], most: int) -> None:
    for fault in faults(text, allowed, most):
        _field(form, key).refuse(_spoken(form, fault))


def _spoken(form: SectionForm, fault: Fault) -> str:
    between = form.asking.translate(_("、"))
    values = {
        "line": fault.line,
        "column": fault.column,
        "found": fault.found,
        "instead": between.join(fault.instead),
    }
    return form.asking.translate(WORDS[fault.why]) % values


def _refuse(form: SectionForm, key: str, words: str, **values: object) -> None:
    _field(form, key).refuse(form.asking.translate(words) % values)


def _field(form: SectionForm, key: str) -> AnswerField:
    return next(field for field in form.fields if field.name == key)
