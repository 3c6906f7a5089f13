"""Common questions about an item, answered from its own facts; what the catalogue does not know is left out."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from approvals.queries.lately import Took
from portal.public import guide
from portal.ui import text
from services.current import catalogue
from services.item import Item, Material, Source, StepKind, Text, Window


@dataclass(frozen=True, slots=True)
class Answer:
    """`key` is a topic of the search where it is one; `anchor` is where the guide says more."""

    key: str
    question: str
    lines: tuple[str, ...]
    anchor: str


def questions(item: Item, lately: Took | None = None) -> list[Answer]:
    """In the order in which people ask; only those that the item's facts answer."""
    given = (
        Answer("conditions", _("谁可以申请？"), _who(item), "conditions" if item.conditions else "facts"),
        Answer("materials", _("要准备什么材料？"), _materials(item), "materials"),
        Answer("time", _("要多久？"), _time(item, lately), "facts"),
        Answer("fees", _("要交钱吗？"), (fee(item),), "facts"),
        Answer("where", _("到哪里办？"), _where(item), "window"),
        Answer("result", _("办好了拿到什么？"), _result(item), "facts"),
        Answer("correction", _("材料不齐会怎样？"), _correction(item), "materials"),
        Answer("promise", _("有的材料还没有，能先办吗？"), _promise(item), "promises"),
    )
    return [each for each in given if each.lines]


def answer(item: Item, topic: str) -> Answer | None:
    return next((each for each in questions(item) if each.key == topic), None)


def fee(item: Item) -> str:
    return text(item.fee) if item.fee else _("本站没有这个事项的收费信息，以部门公布的为准。")


def windows(item: Item) -> list[tuple[Text, Window]]:
    """Region and window: those of the districts where districts decide, else the city's."""
    regions = catalogue().regions.values()
    wanted = "district" if item.district_from else "city"
    return [(region.name, region.window) for region in regions if region.level == wanted and region.window]


def _who(item: Item) -> tuple[str, ...]:
    who = _("%(audience)s可以申请。", audience=guide.AUDIENCES[item.audience])
    conditions = [text(one) for one in item.conditions]
    scope = [text(item.scope)] if item.scope else []
    return (who, *scope, *conditions)


def _materials(item: Item) -> tuple[str, ...]:
    if item.materials:
        uploads = [one for one in item.materials if one.source is Source.UPLOAD and one.required]
        always = [text(one.name) for one in uploads if guide.is_always_asked(item, one)]
        listed = [_("一定要上传的：%(names)s。", names=_("、").join(always))] if always else []
        sometimes = [one for one in uploads if not guide.is_always_asked(item, one)]
        return (guide.material_count(item), *listed, *_sometimes(item, sometimes))
    named = [one for one in guide.named_materials(item) if not one.is_shared]  # they have no English names
    words = ngettext("要准备 %(num)s 种材料，名称见办事指南。", "要准备 %(num)s 种材料，名称见办事指南。", len(named))
    return (words,) if named else ()


def _sometimes(item: Item, materials: list[Material]) -> tuple[str, ...]:
    """What only some applications need, with the condition; those with the same one together."""
    by_condition: dict[str, list[str]] = {}
    for one in materials:
        by_condition.setdefault(guide.when_asked(item, one), []).append(text(one.name))
    groups = [_("%(names)s（%(when)s）", names=_("、").join(names), when=when) for when, names in by_condition.items()]
    return (_("看情况才要上传的：%(groups)s。", groups=_("；").join(groups)),) if groups else ()


def took_words(took: Took) -> str:
    """How long it really took, with what that rests on."""
    return _(
        "最近 %(period)s 天办结的 %(cases)s 件里，一半在 %(median)s 个工作日内作出决定，"
        "九成在 %(ninetieth)s 个工作日内；从受理算起，不算等申请人补正等停表的日子。",
        period=took.period,
        cases=took.cases,
        median=took.median,
        ninetieth=took.ninetieth,
    )


def _time(item: Item, lately: Took | None) -> tuple[str, ...]:
    return (_limits(item), *((took_words(lately),) if lately else ()))


def _limits(item: Item) -> str:
    promised, law = guide.limit_words(item.promised), guide.law_words(item.statutory)
    if guide.is_promised_on_commitment(item):
        return _("选择告知承诺的，受理以后当场办结；不选的，%(law)s，补正和特别程序的时间不算在内。", law=law)
    if item.promised.days == 0:
        return _("受理以后当场办结；%(law)s。", law=law)
    return _("受理以后承诺 %(limit)s办结；%(law)s。补正和特别程序的时间不算在内。", limit=promised, law=law)


def presence(item: Item) -> tuple[str, ...]:
    """What is done online and when somebody has to be there, as far as the catalogue knows."""
    online = (_("可以在这里在线申请。"),) if item.is_online else ()
    visited = any(step.kind is StepKind.ON_SITE for step in item.steps.values())
    return (
        *online,
        *((text(item.in_person),) if item.in_person else ()),
        *((_("部门会到现场核查，请按约定的时间在场。"),) if visited else ()),
    )


def _where(item: Item) -> tuple[str, ...]:
    online = presence(item)
    places = windows(item)
    if not places:
        return online
    if len(places) > 1:
        return (
            *online,
            ngettext(
                "也可以到所在区的政务服务中心，共 %(num)s 处。",
                "也可以到所在区的政务服务中心，共 %(num)s 处。",
                len(places),
            ),
        )
    window = places[0][1]
    place = _(
        "%(name)s，%(address)s，%(hours)s。",
        name=text(window.name),
        address=text(window.address),
        hours=text(window.hours),
    )
    return (*online, place)


def _result(item: Item) -> tuple[str, ...]:
    if item.certificate is None:
        return ()
    years = item.certificate.valid_years
    issued = _(
        "一本电子证照：%(title)s，有数字签名，可以下载、打印，任何人都能核验。", title=text(item.certificate.title)
    )
    return (issued, ngettext("有效 %(num)s 年。", "有效 %(num)s 年。", years)) if years else (issued,)


def _correction(item: Item) -> tuple[str, ...]:
    if not item.is_online:
        return ()
    return (_("部门会一次写明要补什么，您在线补上就行；补正的时间不算在办理时限里。"),)


def _promise(item: Item) -> tuple[str, ...]:
    """Whether a promise stands for proof: for everybody, on a condition, or in some parts of a joint case only."""
    lines = guide.promises(item)
    offered = [line for line in lines if not line.excluded]
    if not offered:
        return ()
    whole = item.commitment_terms
    means = _("您书面承诺符合条件，部门先办，事后核查；不实的要撤销许可、记入信用记录。")
    if whole is not None and whole.excluded is None:
        when = text(whole.when) if whole.when else ""
        if when:
            return (_("%(when)s，可以；别的不行。", when=when), means)
        if whole.allowed_if is None:
            return (_("可以。"), means)
    parts = [
        _("%(names)s（%(when)s）", names=line.title, when=line.when) if line.when else line.title for line in offered
    ]
    never = [_("%(names)s（%(when)s）", names=line.title, when=line.excluded) for line in lines if line.excluded]
    return (
        _("只有这些环节可以：%(parts)s。别的环节要先有材料。", parts=_("；").join(parts)),
        *((_("绝不能用承诺代替的：%(parts)s。", parts=_("；").join(never)),) if never else ()),
        means,
    )
