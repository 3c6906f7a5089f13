"""What the journey's templates are given: tasks, corrections, answers and files in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from approvals.queries.draft import Change, Draft, HandedIn, MaterialTask, TaskState
from approvals.vocabulary import Role
from portal.formats import size
from portal.guards import actor
from portal.journey.arriving import Arriving
from portal.journey.asked_files import box_name, field_name
from portal.journey.origins import origin_of
from portal.journey.pictures import within_the_page
from portal.ui import language, text
from services.answers import Value, is_asked, lines
from services.item import Question, Section, Source, Text

Halves = Mapping[str, list[tuple[Arriving, int]]]
"""Files that came half, by material, with how much of them."""
PICTURES = (".jpg", ".jpeg", ".png")
"""Names of files that have no pages to count."""


def home(draft: Draft) -> tuple[str, str]:
    """Where whoever fills it in comes from: what that page is called, and its address."""
    if actor().role is Role.COUNTER:
        return _("综合窗口"), url_for("counter.desk")
    if draft.organisation:
        return _("单位办件"), url_for("business.applications")
    return _("我的办件"), url_for("citizen.applications")


def declaration() -> str:
    """What is confirmed by sending it; at a window by whoever is present, whose words are kept."""
    if actor().role is Role.COUNTER:
        return _("申请人（代办人）在场，已经当面核对以上内容和材料，确认真实、准确，并对此负责。")
    return _("我承诺以上内容和材料真实、准确，并对此负责。")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the task list. `state` is a state of the look, `url` None while it cannot be opened."""

    title: str
    url: str | None
    state: str
    words: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class MendRow:
    """One thing to mend, and what each department says about it: (department, words, why it did not ask before)."""

    label: str
    asks: tuple[tuple[Text, str, str], ...]
    url: str
    is_mended: bool


@dataclass(frozen=True, slots=True)
class MendGroup:
    """What is to be mended in one place: a section or the materials."""

    title: str
    rows: tuple[MendRow, ...]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What an amendment changes: the lines it said `before` and says `now`."""

    label: str
    before: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GapGroup:
    """One page on which something is missing: (url, words) of each."""

    title: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    label: str
    value: str | tuple[str, ...]
    change_url: str
    note: str = ""
    """Where it comes from, if nobody typed it here."""


@dataclass(frozen=True, slots=True)
class FileRow:
    name: str
    extension: str
    state: str
    words: str
    url: str
    remove_url: str | None
    picture_url: str | None
    """Of its small picture, where there is one."""
    box: str = ""
    """Inside a form: name of the box that is ticked to take it back."""


def task_rows(draft: Draft) -> list[Row]:
    """Sections in order, then the materials, then the check: nothing is shown as done that is not."""
    to_mend = {mend.section for asked in draft.asked for mend in asked.entries if not mend.is_mended}
    rows = [
        _section_row(draft, task.section.key, text(task.section.title), task.state, to_mend) for task in draft.sections
    ]
    if draft.may_promise:
        rows.append(_promise_row(draft))
    if draft.uploads:
        rows.append(_materials_row(draft, None in to_mend))
    rows.append(_check_row(draft))
    return rows


def _promise_row(draft: Draft) -> Row:
    url, hint = url_for("journey.promise", token=draft.token), _("可以承诺办理，也可以按一般程序办，由您决定。")
    if draft.promised:
        return Row(_("选择办理方式"), url, "done", _("承诺办理"), hint)
    return Row(_("选择办理方式"), url, "done", _("一般程序"), hint)


def _check_row(draft: Draft) -> Row:
    title = _("核对并提交")
    if draft.is_mending:
        title = _("核对并重新提交")
    elif draft.is_amending:
        title = _("核对并送出修改")
    if not draft.is_complete:
        return Row(title, None, "wait", _("还不能提交"), _("上面都填好了就能提交。"))
    unmended = sum(not mend.is_mended for asked in draft.asked for mend in asked.entries)
    url = url_for("journey.check", token=draft.token)
    if unmended:
        return Row(title, url, "returned", ngettext("还有 %(num)s 处没改", "还有 %(num)s 处没改", unmended))
    if draft.is_amending and not draft.unsent:
        return Row(title, url, "none", _("还没有改动"))
    return Row(title, url, "none", _("可以提交了"))


def _section_row(draft: Draft, key: str, title: str, state: TaskState, to_mend: set[str | None]) -> Row:
    url = url_for("journey.section", token=draft.token, key=key)
    if key in to_mend:
        return Row(title, url, "returned", _("要改"))
    if key in draft.typed:
        return Row(title, url, "draft", _("有写了没保存的内容"))
    words = {TaskState.DONE: ("done", _("已填好")), TaskState.BEGUN: ("draft", _("没填完"))}
    return Row(title, url, *words.get(state, ("none", _("没填"))))


def _materials_row(draft: Draft, is_asked_to_mend: bool) -> Row:
    url = url_for("journey.materials", token=draft.token)
    missing = sum(task.state is TaskState.EMPTY for task in draft.uploads)
    hint = ngettext("要上传 %(num)s 份材料", "要上传 %(num)s 份材料", sum(task.is_required for task in draft.uploads))
    if is_asked_to_mend:
        return Row(_("上传材料"), url, "returned", _("要改"), hint)
    if missing:
        state = "draft" if any(task.files for task in draft.uploads) else "none"
        return Row(_("上传材料"), url, state, ngettext("还缺 %(num)s 份", "还缺 %(num)s 份", missing), hint)
    return Row(_("上传材料"), url, "done", _("已交齐"), hint)


def mend_groups(draft: Draft, section: str | None = None) -> list[MendGroup]:
    """Everything that is to be mended, by the place where that is done, whoever asked for it; only what stands on one
    section's page if it is given.
    """
    wanted = [(asked, mend) for asked in draft.asked for mend in asked.entries]
    places = [(task.section.key, text(task.section.title)) for task in draft.sections]
    found = []
    for key, title in (*places, (None, _("申请材料"))):
        here = [(asked, mend) for asked, mend in wanted if mend.section == key and section in (None, key)]
        rows = []
        for target in dict.fromkeys(mend.target for _asked, mend in here):
            same = [(asked, mend) for asked, mend in here if mend.target == target]
            rows.append(
                MendRow(
                    text(same[0][1].label),
                    tuple((asked.department, mend.text, asked.why_again) for asked, mend in same),
                    _way_to(draft, target, key),
                    all(mend.is_mended for _asked, mend in same),
                )
            )
        found.append(MendGroup(title, tuple(rows)))
    return [group for group in found if group.rows]


def _way_to(draft: Draft, target: str, section: str | None) -> str:
    if section is None:
        return url_for("journey.materials", token=draft.token, _anchor=f"material-{target}")
    return url_for("journey.section", token=draft.token, key=section, _anchor=target)


def unmended(draft: Draft) -> list[str]:
    """What was asked for and is as it was sent before, each thing once."""
    return list(
        dict.fromkeys(text(mend.label) for asked in draft.asked for mend in asked.entries if not mend.is_mended)
    )


def mends_of_material(draft: Draft, key: str) -> list[tuple[Text, str]]:
    """Department and words of every request about this material."""
    return [
        (asked.department, mend.text)
        for asked in draft.asked
        for mend in asked.entries
        if mend.target == key and mend.section is None
    ]


def is_unmended(draft: Draft, key: str) -> bool:
    """Whether a department waits for a change of this material and its files are still those sent before."""
    return any(
        mend.target == key and mend.section is None and not mend.is_mended
        for asked in draft.asked
        for mend in asked.entries
    )


def shown(question: Question, value: Value, regions: Mapping[str, Text]) -> tuple[str, ...]:
    """An answer as its giver reads it; personal numbers are masked everywhere but in their own field."""
    return lines(question, value, language(), regions)


def change_rows(changes: Iterable[Change], regions: Mapping[str, Text]) -> list[ChangeRow]:
    """What says otherwise than what was sent before."""

    def told(change: Change, value: object) -> tuple[str, ...]:
        if change.question is None:
            return cast("tuple[str, ...]", value) or (_("没有提交"),)
        return (_("没有填"),) if value is None else shown(change.question, cast("Value", value), regions)

    return [ChangeRow(text(change.label), told(change, change.before), told(change, change.now)) for change in changes]


def answer_groups(draft: Draft) -> list[tuple[str, list[AnswerRow]]]:
    """Every section that is asked with its answers, each with the way to change it."""
    return [
        (
            text(task.section.title),
            [
                AnswerRow(
                    text(question.label),
                    shown(question, draft.answers[question.key], draft.regions)
                    if question.key in draft.answers
                    else "",
                    ""
                    if question.computed is not None
                    else url_for(
                        "journey.section",
                        token=draft.token,
                        key=task.section.key,
                        back="check",
                        _anchor=question.key,
                    ),
                    origin_of(draft, question.key),
                )
                for question in task.section.questions
                if is_asked(question, draft.answers)
            ],
        )
        for task in draft.sections
    ]


def material_rows(draft: Draft) -> list[AnswerRow]:
    """What is handed in for every material that these answers call for."""
    return [_material_row(draft, task) for task in draft.materials]


def _material_row(draft: Draft, task: MaterialTask) -> AnswerRow:
    name = text(task.material.name)
    if task.material.source is Source.SHARED:
        return AnswerRow(name, _("免交，由部门共享调取"), "")
    if task.material.source is Source.ONLINE:
        return AnswerRow(name, _("由您填写的内容生成"), "")
    change = url_for("journey.materials", token=draft.token, _anchor=f"material-{task.material.key}")
    names = _("、").join(file.name for file in task.files)
    return AnswerRow(name, names or _unsent(task), change)


def _unsent(task: MaterialTask) -> str:
    if task.follows is not None:
        return _("已承诺，随后补交")
    return _("还没有上传") if task.is_required else _("没有上传（选交）")


def file_rows(draft: Draft, task: MaterialTask) -> list[FileRow]:
    return [_file_row(draft, task.material.key, file) for file in task.files]


def file_params(draft: Draft, key: str, errors: Mapping[str, str], halves: Halves) -> list[dict[str, Any]]:
    """What the page of this section asks for in files, as parameters of the macro that draws a question; `halves` is
    what is half uploaded, by material.
    """
    return [_file_params(draft, task, errors, halves) for task in draft.section(key).files]


def _file_params(draft: Draft, task: MaterialTask, errors: Mapping[str, str], halves: Halves) -> dict[str, Any]:
    material = task.material
    formats = _("可以交的格式：%(formats)s", formats=_("、").join(one.upper() for one in material.formats))
    name = field_name(material.key)
    return {
        "kind": "file",
        "name": name,
        "id": name,
        "label": text(material.name),
        "hint": _("；").join(words for words in (text(material.hint) if material.hint else "", formats) if words),
        "error": errors.get(name),
        "required": task.is_required,
        "ask_if": None,
        "is_asked": True,
        "formats": material.formats,
        "pieces": {"token": draft.token, "key": material.key, "halves": halves.get(material.key, [])},
        "files": [
            replace(_file_row(draft, material.key, file), remove_url=None, box=box_name(material.key, file.version))
            for file in task.files
        ],
    }


def _file_row(draft: Draft, key: str, file: HandedIn) -> FileRow:
    row = file_row(url_for("journey.file", reference=draft.token, key=key, version=file.version), file)
    return replace(row, remove_url=url_for("journey.remove", token=draft.token, key=key, version=file.version))


def file_row(url: str, file: HandedIn) -> FileRow:
    """A file to look at."""
    has_pages = file.pages and not file.name.lower().endswith(PICTURES)
    pages = ngettext("%(num)s 页", "%(num)s 页", file.pages) if has_pages else ""
    reused = _("沿用 %(number)s 的，没有重新上传", number=file.reused_from) if file.reused_from else ""
    scanned = {"clean": _("已查毒"), "infected": _("查出病毒")}.get(file.scan, _("格式已检查，未查毒"))
    return FileRow(
        file.name,
        file.name.rpartition(".")[2],
        "late" if file.scan == "infected" else "done",
        _("，").join(part for part in (reused, scanned, pages, size(file.size)) if part),
        url,
        None,
        within_the_page(file.sha256) if file.scan != "infected" else None,
    )


def following(draft: Draft, key: str) -> str:
    """Where to go after a section: the next one, then the materials, then the check."""
    keys = [task.section.key for task in draft.sections]
    after = keys[keys.index(key) + 1 :] if key in keys else []
    if after:
        return url_for("journey.section", token=draft.token, key=after[0])
    return url_for("journey.materials" if draft.uploads else "journey.check", token=draft.token)


def before(draft: Draft, key: str) -> str:
    keys = [task.section.key for task in draft.sections]
    place = keys.index(key)
    if place:
        return url_for("journey.section", token=draft.token, key=keys[place - 1])
    return url_for("journey.tasks", token=draft.token)


def gaps(draft: Draft) -> list[GapGroup]:
    """What still keeps the application from being sent, page by page, each with the way to where it is filled in."""
    groups = [GapGroup(text(task.section.title), _section_gaps(draft, task.section)) for task in draft.sections]
    materials = tuple(
        (url_for("journey.materials", token=draft.token, _anchor=f"material-{key}"), text(task.material.name))
        for task in draft.uploads
        if (key := task.material.key) and task.state is TaskState.EMPTY
    )
    return [group for group in (*groups, GapGroup(_("申请材料"), materials)) if group.links]


def _section_gaps(draft: Draft, section: Section) -> tuple[tuple[str, str], ...]:
    """Questions without an answer, and rules that the answers break."""

    def url(question: str) -> str:
        return url_for("journey.section", token=draft.token, key=section.key, back="check", _anchor=question)

    unanswered = [
        (url(question.key), text(question.label))
        for question in section.questions
        if question.required and question.key not in draft.answers and is_asked(question, draft.answers)
    ]
    broken = [
        (url(rule.at), text(rule.message)) for rule in section.rules if rule.is_broken(draft.answers, draft.today)
    ]
    return (*unanswered, *broken)


def unsaved(draft: Draft) -> list[tuple[str, str]]:
    """Pages on which something was typed that is not saved, and so is not sent: address and title."""
    return [
        (url_for("journey.section", token=draft.token, key=task.section.key, back="check"), text(task.section.title))
        for task in draft.sections
        if task.section.key in draft.typed
    ]
