"""What items share: common sections, the usual steps by kind of handling, materials and results in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from services.item import (
    BY_LAW,
    Audience,
    CertificateSpec,
    CommitmentTerms,
    Handling,
    Item,
    Kind,
    Limit,
    Material,
    Question,
    Section,
    Source,
    Stage,
    Step,
    StepKind,
    Text,
)
from services.places import HOLDER

PREFIX = "common."
"""How an item's file names a shared section: common.declaration."""
BESIDE = re.compile(r"（(?:共享|电子证照调用|系统生成|并联|在线填写)）")
"""What the catalogue says about where a material comes from: it stands in the source, not in the name."""
YEARS = re.compile(r"（(?:有效期)?(\d+)年）")
NOTE = re.compile(r"（[^）]*）")
LAW = re.compile(r"《.+?》[^（]*|[^（]+(?:号|办法)")
"""A law as a certificate quotes it: its name and article, without the catalogue's notes in brackets."""
HELD = ("证", "证书", "执照")
"""How the title of a paper ends that somebody holds; others tell an applicant something."""
PUBLIC_SERVICE = "公共服务"
KEPT = ("备案", "登记")
"""In the name of an item whose result is an entry that can be changed."""
SAID = ("变更", "注销", "换证", "新办", "首次", "成立", "设立", "签发", "验收", "报备", "预约", "一件事")
"""In the name of an item that says itself which matter it is, or that comes once."""
REQUEST = "request"
"""The question of the shared section which of a document's matters it is: the first, a change, a renewal."""
APPLICANTS = {Audience.CITIZENS: "citizen", Audience.BUSINESSES: "company", Audience.BOTH: "either"}
NAMES = frozenset({"applicant_name", "company_name"})
"""The certificate names its holder anyhow."""
LABELS = {
    "subject": Text("申请事项", "Subject"),
    "place": Text("地点", "Place"),
    "road_name": Text("道路", "Road"),
    "to": Text("迁入地址", "New address"),
    "window": Text("办理地点", "Where it is done"),
}
"""What stands on a certificate instead of the words of the question."""
WINDOW = Limit(Decimal(1))
"""What acceptance and issue take at most."""


@dataclass(frozen=True, slots=True)
class SharedMaterial:
    name: Text
    source: Source = Source.UPLOAD
    required: bool = True


@dataclass(frozen=True, slots=True)
class SharedResult:
    """`handed_over`: a card or booklet that is given to the person; the portal issues the notice of it. `title` is what
    the paper is called, in Chinese, where the catalogue names several; the English is that of the title.
    """

    name: Text
    handed_over: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """Sections by key, materials and results by their Chinese name in the catalogue."""

    sections: Mapping[str, Section] = field(default_factory=dict)
    materials: Mapping[str, SharedMaterial] = field(default_factory=dict)
    results: Mapping[str, SharedResult] = field(default_factory=dict)


def completed(item: Item, shared: Shared) -> Item:
    """The item with what its file does not say: sections, materials, steps, result; what it says stays."""
    sections = item.sections or _sections(item, shared)
    asked = {question.key: question for section in sections for question in section.questions}
    return replace(
        item,
        sections=sections,
        materials=item.materials or _materials(item.material_names, shared),
        commitment_terms=_terms(item),
        stages=item.stages or _stages(item, _opinion_rests_on(sections)),
        certificate=item.certificate or _certificate(item, asked, shared),
        title_from=item.title_from or ("subject" if "subject" in asked else None),
    )


def _sections(item: Item, shared: Shared) -> tuple[Section, ...]:
    keys = (APPLICANTS[item.audience], "matter", "contact", "declaration")
    found = (shared.sections[key] for key in keys if key in shared.sections)
    return tuple(_fitting(section, item, shared) if section.key == "matter" else section for section in found)


def _fitting(matter: Section, item: Item, shared: Shared) -> Section:
    """What of a document can be applied for: only a licence is renewed, only what somebody holds is replaced, and
    nobody is asked where the name of the item says it or the matter is done once and for all.
    """
    title, _handed_over = _title(item, shared)
    is_held = title.zh.endswith(HELD) or (title.zh.endswith("证明") and item.authority_type != PUBLIC_SERVICE)
    is_open = not any(word in item.name.zh for word in SAID)
    possible = {
        "change": is_open and (is_held or item.is_licence or any(word in item.name.zh for word in KEPT)),
        "renewal": is_open and is_held and item.is_licence,
        "replacement": is_open and is_held,
    }
    asked = [
        replace(each, choices=tuple(one for one in each.choices if possible.get(one.value, True)))
        if each.key == REQUEST
        else each
        for each in matter.questions
    ]
    idle = {each.key for each in asked if each.key == REQUEST and len(each.choices) == 1}
    return replace(
        matter,
        questions=tuple(
            each for each in asked if each.key not in idle and not (each.ask_if and each.ask_if.names & idle)
        ),
    )


def _opinion_rests_on(sections: Sequence[Section]) -> list[str]:
    """Every answer but how the result is delivered and what was declared."""
    aside = {"contact", "declaration"}
    return [question.key for section in sections if section.key not in aside for question in section.questions]


def _materials(names: Sequence[str], shared: Shared) -> tuple[Material, ...]:
    found = []
    for key, name in _keyed(names):
        known = shared.materials.get(name, SharedMaterial(Text(name)))
        spoken = Text(BESIDE.sub("", name), known.name.en)
        found.append(Material(key, spoken, known.source, known.required))
    return tuple(found)


def _terms(item: Item) -> CommitmentTerms | None:
    """Where the file gives no keys to its materials, what may follow is named as the catalogue names it."""
    terms = item.commitment_terms
    if terms is None or item.materials:
        return terms
    keys = {name: key for key, name in _keyed(item.material_names)}
    deferred = tuple(replace(each, material=keys.get(each.material, each.material)) for each in terms.deferred)
    return replace(terms, deferred=deferred)


def _keyed(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    return ((f"material_{number}", name) for number, name in enumerate(dict.fromkeys(names), 1))


def _stages(item: Item, relies_on: Sequence[str]) -> tuple[Stage, ...]:
    """On the spot: one decision the same day. Else acceptance, examination where there is time for it, decision.

    A promise of 0 is for those who choose commitment; who does not has what the law gives.
    """
    spot = item.handling is Handling.INSTANT
    decided = item.promised if spot or item.promised.days else Limit(None)
    examined: Limit | None = None
    if not spot and (item.promised.days or 0) >= 2:
        examined, decided = replace(item.promised, days=(item.promised.days or Decimal(0)) - 1), WINDOW
    decision = Step(
        "decide",
        StepKind.DECISION,
        Text("当场办理", "Decision on the spot") if spot else Text("决定", "Decision"),
        item.department,
        item_code=item.code,
        statutory=item.statutory,
        promised=decided,
        basis=item.basis[0] if item.basis else "",
    )
    stages = [_stage(decision, Text("当场办理", "On the spot") if spot else Text("决定", "Decision"))]
    if examined is not None:
        title = Text("审查", "Examination")
        review = Step("review", StepKind.REVIEW, title, item.department, promised=examined, relies_on=tuple(relies_on))
        stages.insert(0, _stage(review, title))
    if not spot:
        title = Text("受理", "Acceptance")
        accept = Step("accept", StepKind.ACCEPTANCE, title, item.department, promised=WINDOW)
        stages.insert(0, _stage(_by_law(item, accept), title))
    title = Text("送达", "Delivery")
    delivered = Limit(Decimal(0)) if spot else (WINDOW if item.promised.days else Limit(None))
    issue = Step("issue", StepKind.ISSUE, title, item.department, promised=delivered)
    return (*stages, _stage(_by_law(item, issue), title))


def _by_law(item: Item, step: Step) -> Step:
    """With the limit that the Licensing Law sets, where it governs the item."""
    if not item.is_licence:
        return step
    limit, basis = BY_LAW[step.kind]
    return replace(step, statutory=limit, basis=basis)


def _stage(step: Step, title: Text) -> Stage:
    keys = {
        StepKind.ACCEPTANCE: "acceptance",
        StepKind.REVIEW: "review",
        StepKind.DECISION: "decision",
        StepKind.ISSUE: "issue",
    }
    return Stage(keys[step.kind], title, (step,))


def _certificate(item: Item, asked: Mapping[str, Question], shared: Shared) -> CertificateSpec:
    title, is_handed_over = _title(item, shared)
    if is_handed_over:
        title = Text(f"{title.zh}办理结果通知", f"{title.en}: Notice of the Result")
    years = YEARS.search(item.result)
    about = item.title_from or "subject"
    places = [key for key, question in asked.items() if question.kind is Kind.ADDRESS and key != "post_address"]
    shown = [key for key in (about, *places[:1]) if key in asked and key not in NAMES]
    return CertificateSpec(
        template="licence",
        title=title,
        statement=Text(
            f"根据{_law(item)}，经审查，符合规定的条件，准予办理。",
            "The application was examined under the law named in its guide, meets the conditions and is granted.",
        ),
        fields=(
            (HOLDER, Text("持证人", "Holder") if title.zh.endswith(HELD) else Text("申请人", "Applicant")),
            ("matter", Text("办理事项", "Matter")),
            *((key, LABELS.get(key, asked[key].label)) for key in shown),
        ),
        values=(("matter", item.name),),
        valid_years=int(years[1]) if years else None,
    )


def _title(item: Item, shared: Shared) -> tuple[Text, bool]:
    """What the paper is called, and whether a card or booklet is given to the person instead."""
    known = shared.results.get(item.result, SharedResult(Text(item.result)))
    return Text(known.title or NOTE.sub("", item.result), known.name.en), known.handed_over


def _law(item: Item) -> str:
    """The first law in its basis."""
    return next((found[0] for found in map(LAW.match, item.basis) if found), "有关规定")
