"""A service guide (办事指南): the facts of an item in the reader's language, with how sure they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.formats import days
from portal.terms import EXCLUDED, MEANS
from portal.ui import text
from portal.visitor import Visitor
from services.bundle import Bundle
from services.current import catalogue
from services.item import (
    Audience,
    CommitmentTerms,
    Confidence,
    Handling,
    Item,
    Limit,
    Material,
    Source,
    Stage,
    Step,
    Text,
    Unit,
)

AUDIENCES: Mapping[Audience, str] = {
    Audience.CITIZENS: _l("个人"),
    Audience.BUSINESSES: _l("法人、其他组织"),
    Audience.BOTH: _l("个人、法人、其他组织"),
}
HANDLINGS: Mapping[Handling, str] = {
    Handling.INSTANT: _l("即办件"),
    Handling.PROMISED: _l("承诺件"),
    Handling.JOINT: _l("联合办理（并联审批）"),
}
AUTHORITY_TYPES: Mapping[str, str] = {
    "行政许可": _l("行政许可"),
    "行政确认": _l("行政确认"),
    "行政给付": _l("行政给付"),
    "公共服务": _l("公共服务"),
    "其他行政权力": _l("其他行政权力"),
    "技术审查": _l("技术审查"),
}
CONFIDENCES: Mapping[Confidence, tuple[str, str]] = {
    Confidence.HIGH: (_l("示例数据"), _l("资料可信度高。仍以部门公布的办事指南为准。")),
    Confidence.MEDIUM: (_l("示例数据，待核"), _l("名称、依据和时限还没有逐项核对，以部门公布的办事指南为准。")),
    Confidence.LOW: (_l("示例数据，待核"), _l("名称、依据和时限可信度低，只作演示，以部门公布的办事指南为准。")),
}
SHARED = "（共享）"
"""How the catalogue marks a material that departments fetch from each other."""


@dataclass(frozen=True, slots=True)
class NamedMaterial:
    """A material of an item that is not yet online: its name is all the catalogue knows."""

    name: str
    is_shared: bool


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step as it is drawn: `share` is its promised time in per cent of the longest of its stage."""

    title: str
    department: Text
    promised: str
    statutory: str
    """Empty where nothing is said of the step by itself."""
    share: int
    is_conditional: bool
    is_deemed: bool
    """Whether silence until its limit has passed is consent."""


@dataclass(frozen=True, slots=True)
class StageLines:
    title: str
    steps: tuple[StepLine, ...]

    @property
    def is_parallel(self) -> bool:
        return len(self.steps) > 1


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """On what terms a promise stands for proof; `excluded` names the field in which it never does."""

    title: str
    department: Text
    excluded: str
    when: str
    deferred: tuple[str, ...]
    verified: tuple[str, ...]
    is_same_day: bool
    barred: str


@dataclass(frozen=True, slots=True)
class Capacity:
    """In whose name somebody may apply; `organisation` is empty for oneself."""

    organisation: str
    name: str


def facts(item: Item) -> list[tuple[str, str | Text]]:
    """Label and value of what is known; nothing is made up for what is not."""
    stage = catalogue().construction_stages.get(item.construction_stage or 0)
    rows: list[tuple[str, str | Text]] = [
        (_("事项类型"), authority(item)),
        (_("办理对象"), str(AUDIENCES[item.audience])),
        (_("实施主体"), catalogue().departments[item.department].name),
        (_("事项编码"), _("%(code)s（示例）", code=item.code)),
        (_("办件类型"), str(HANDLINGS[item.handling])),
        (_("结果名称"), item.result),
        (
            _("审批阶段"),
            _("工程建设第 %(n)s 阶段：%(name)s", n=item.construction_stage, name=text(stage)) if stage else "",
        ),
        (_("告知承诺"), _commitment(item)),
        (_("到窗口次数"), _visits(item)),
    ]
    return [(label, value) for label, value in rows if value]


def _visits(item: Item) -> str:
    """Of the applicant; that a department comes to look is said elsewhere."""
    if not item.is_online:
        return ""
    if item.in_person:
        return _("1 次：%(why)s", why=text(item.in_person))
    return _("网上办 0 次，窗口办 1 次（示例数据）")


def authority(item: Item) -> str:
    """What kind of administrative act it is."""
    return str(AUTHORITY_TYPES.get(item.authority_type, item.authority_type))


def _commitment(item: Item) -> str:
    """What is offered online, with its condition; else what the catalogue knows of the item."""
    mark, terms = item.commitment or "", item.commitment_terms
    if terms is not None and terms.excluded is None:
        way = _("可以承诺办理，当天发证，事后核查") if terms.is_same_day else _("可以承诺办理，事后核查")
        return _("%(when)s，%(way)s", when=text(terms.when), way=way) if terms.when else way
    if any(not each.excluded for each in promises(item)):
        return _("部分环节可以承诺办理，事后核查")
    if not mark.startswith("Y"):
        return ""
    if item.is_online:
        return _("依规定可以承诺办理，网上暂时只按一般程序办")
    if mark.startswith("Y("):
        return _("符合这个条件可以承诺办理：%(condition)s", condition=mark[2:-1])
    return _("可以承诺办理，事后核查")


def is_promised_on_commitment(item: Item) -> bool:
    """Whether only who chooses commitment has it on the spot; for the others there is the limit of the law."""
    return item.promised.days == 0 and item.handling is not Handling.INSTANT


def promised_pair(item: Item) -> tuple[str, str] | str | None:
    """What the item promises, as the promise part takes it."""
    return promised_words(item) if is_promised_on_commitment(item) else limit_pair(item.promised)


def promised_words(item: Item) -> str:
    """What the item promises, and to whom where that is not everybody."""
    return _("选择告知承诺的当场办结") if is_promised_on_commitment(item) else limit_words(item.promised)


def limit_pair(limit: Limit) -> tuple[str, str] | str | None:
    """Number and unit, or words, as the promise part takes it; None = the law names none."""
    if limit.days is None:
        return None
    if limit.days == 0:
        return _("当场办结")
    number = f"{limit.days.normalize():f}"
    return number, days(limit.days, limit.unit).removeprefix(number).strip()


def limit_words(limit: Limit) -> str:
    return days(limit.days, limit.unit)


def law_words(limit: Limit) -> str:
    """The statutory limit with its name, or that the law names none."""
    return _("法律没有规定时限") if limit.days is None else _("法定 %(limit)s", limit=limit_words(limit))


def in_a_sentence(item: Item) -> str:
    """What it is for, where the catalogue says so; else who applies, what they get and what they bring."""
    if item.scope is not None:
        return text(item.scope)
    result = text(item.certificate.title) if item.certificate else item.result
    who = _("%(audience)s申请，办好拿到%(result)s。", audience=AUDIENCES[item.audience], result=result)
    return _("%(one)s%(other)s", one=who, other=material_count(item)) if item.materials else who


def material_count(item: Item) -> str:
    """How many materials there are and how many of them are uploaded, at most where that depends on the answers."""
    uploads = [one for one in item.materials if one.source is Source.UPLOAD]
    numbers = {"all": len(item.materials), "uploads": len(uploads)}
    if not uploads:
        return _("共 %(all)s 份，都不用上传。", **numbers)
    if any(not is_always_asked(item, one) for one in uploads):
        return _("共 %(all)s 份，最多上传 %(uploads)s 份；您的情况不涉及的不用交。", **numbers)
    return _("共 %(all)s 份，其中 %(uploads)s 份要上传。", **numbers)


def named_materials(item: Item) -> list[NamedMaterial]:
    return [NamedMaterial(name.replace(SHARED, ""), SHARED in name) for name in item.material_names]


def material_rows(item: Item) -> list[dict[str, object]]:
    """The materials of an online item as the table takes them."""
    return [_material_row(item, material) for material in item.materials]


def _material_row(item: Item, material: Material) -> dict[str, object]:
    is_upload = material.source is Source.UPLOAD
    largest = current_app.extensions["settings"].upload_megabytes
    formats = _("、").join(one.upper() for one in material.formats)
    notes = [text(material.hint) if material.hint else "", _only_for(item, material)]
    return {
        "name": text(material.name),
        "note": _("；").join(note for note in notes if note),
        "source": _("部门共享") if material.source is Source.SHARED else _("申请人"),
        "form": _("%(formats)s，%(mb)s MB 以内", formats=formats, mb=largest) if is_upload else _("电子"),
        "how": material.source.value,
        "required": material.required,
    }


def _only_for(item: Item, material: Material) -> str:
    """Which parts of a joint case call for it, where none of them always takes part."""
    steps = [item.steps[key] for key in material.steps]
    if not steps or any(step.joins_if is None for step in steps):
        return ""
    return _("涉及「%(steps)s」才交", steps=_("」「").join(text(step.title) for step in steps))


def is_always_asked(item: Item, material: Material) -> bool:
    """Whether every application needs it, whatever is answered."""
    home = next((section for section in item.sections if section.key == material.asked_in), None)
    conditions = (material.required_if, material.offered_if, home.ask_if if home else None)
    return material.required and not any(conditions) and not _only_for(item, material)


def when_asked(item: Item, material: Material) -> str:
    """In words, when one that not every application needs is asked for."""
    return _only_for(item, material) or (text(material.hint) if material.hint else _("看您的回答"))


def stages(item: Item) -> list[StageLines]:
    """The way of an application: stages after each other, the steps of one stage at the same time."""
    return [StageLines(text(stage.title), _lines(stage)) for stage in item.stages]


def _lines(stage: Stage) -> tuple[StepLine, ...]:
    longest = max((working_days(step.promised) for step in stage.steps), default=Decimal(0))
    return tuple(_line(step, longest) for step in stage.steps)


def _line(step: Step, longest: Decimal) -> StepLine:
    return StepLine(
        text(step.title),
        catalogue().departments[step.duty].name,
        limit_words(step.promised) if step.promised.days is not None else "",
        law_words(step.statutory) if step.statutory.days is not None else "",
        int(100 * working_days(step.promised) / longest) if longest else 0,
        step.joins_if is not None,
        step.deemed_consent,
    )


def promises(item: Item) -> list[PromiseLine]:
    """告知承诺: the item's own terms, or in a joint case those of each step; nothing where nothing is said."""
    whole = item.commitment_terms
    lines = [_promise(item, text(item.name), item.department, whole)] if whole else []
    steps = ((step, step.commitment_terms) for step in item.steps.values())
    return [*lines, *(_promise(item, text(step.title), step.duty, terms) for step, terms in steps if terms)]


def _promise(item: Item, title: str, duty: str, terms: CommitmentTerms) -> PromiseLine:
    names = {material.key: text(material.name) for material in item.materials}
    return PromiseLine(
        title=title,
        department=catalogue().departments[duty].name,
        excluded=str(EXCLUDED[terms.excluded]) if terms.excluded else "",
        when=text(terms.when) if terms.when else "",
        deferred=tuple(
            _("%(material)s，%(limit)s内", material=names[each.material], limit=limit_words(each.limit))
            for each in terms.deferred
        ),
        verified=tuple(
            _(
                "%(what)s（%(means)s，%(limit)s内）",
                what=text(each.what),
                means=MEANS[each.means],
                limit=limit_words(each.limit),
            )
            for each in terms.verifications
        ),
        is_same_day=terms.is_same_day,
        barred=ngettext("%(num)s 年", "%(num)s 年", terms.barred_years),
    )


def working_days(limit: Limit) -> Decimal:
    """For drawing to scale only: five working days to a week of seven."""
    length = limit.days or Decimal(0)
    return length if limit.unit is Unit.WORKING_DAYS else length * 5 / 7


def capacities(item: Item | Bundle, visitor: Visitor) -> list[Capacity]:
    """In whose name this visitor may apply for it."""
    for_people = item.audience in (Audience.CITIZENS, Audience.BOTH)
    for_organisations = item.audience in (Audience.BUSINESSES, Audience.BOTH)
    return [
        *([Capacity("", _in_whose_name(visitor))] if for_people else []),
        *([Capacity(str(space.id), space.name) for space in visitor.workspaces] if for_organisations else []),
    ]


def _in_whose_name(visitor: Visitor) -> str:
    """One's own, or that of the person one acts for."""
    person = next((each for each in visitor.people if each.id == visitor.actor.principal), None)
    return person.name if person else visitor.name
