"""Published items are kept as content and hash: an item as canonical JSON and, exactly, back again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from yaml.error import Mark
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from services.answers import data_of
from services.conditions import Condition
from services.item import (
    CertificateSpec,
    CommitmentTerms,
    Founding,
    Item,
    Join,
    JoinKind,
    Limit,
    Material,
    Point,
    Question,
    Section,
    Stage,
    Step,
    Text,
    Unit,
)
from services.problems import CatalogueError, Problem
from services.reader import Page, read_item


@dataclass(frozen=True, slots=True)
class Revision:
    """One immutable form of an item: `content` is canonical JSON in the shape of the item's file."""

    code: str
    content: str
    sha256: str


def revision_of(item: Item) -> Revision:
    content = json.dumps(as_data(item), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Revision(item.code, content, hashlib.sha256(content.encode()).hexdigest())


@lru_cache(maxsize=512)
def from_revision(content: str) -> Item:
    """The item that was published. Raises CatalogueError for content that is none."""
    page = Page("revision")
    try:
        data = json.loads(content)
    except ValueError as error:
        raise CatalogueError([Problem("revision", 1, f"this is no JSON ({error})", "restore the stored row")]) from None
    item = read_item(page, node_of(data))
    if page.problems:
        raise CatalogueError(page.problems)
    return item


def node_of(data: object) -> Node:
    """The nodes that YAML would give: the one reader reads files and revisions alike."""
    mark = Mark("revision", 0, 0, 0, None, 0)
    match data:
        case Mapping():
            pairs = [(node_of(key), node_of(value)) for key, value in data.items()]
            return MappingNode("tag:yaml.org,2002:map", pairs, mark, mark)
        case list():
            return SequenceNode("tag:yaml.org,2002:seq", [node_of(part) for part in data], mark, mark)
        case bool():
            return ScalarNode("tag:yaml.org,2002:bool", "true" if data else "false", mark, mark)
        case int() | float():
            return ScalarNode("tag:yaml.org,2002:int", str(data), mark, mark)
        case _:
            return ScalarNode("tag:yaml.org,2002:str", str(data), mark, mark)


def as_data(item: Item) -> dict[str, object]:
    """The item in the shape of its file; parts that say nothing are left out."""
    return _given(
        code=item.code,
        slug=item.slug,
        name=_text(item.name),
        theme=item.theme,
        department=item.department,
        audience=item.audience.value,
        handling=item.handling.value,
        authority_type=item.authority_type,
        statutory=_limit(item.statutory),
        promised=_limit(item.promised),
        result=item.result,
        confidence=item.confidence.value,
        construction_stage=item.construction_stage,
        role=item.role,
        commitment=item.commitment,
        scope=_text(item.scope),
        conditions=_texts(item.conditions),
        sections=[_section(section) for section in item.sections],
        materials=[_material(material) for material in item.materials],
        stages=[_stage(stage) for stage in item.stages],
        certificate=certificate_data(item.certificate),
        title_from=item.title_from,
        district_from=item.district_from,
        round_limit=_limit_or_none(item.round_limit),
        commitment_terms=_terms(item.commitment_terms),
        fee=_text(item.fee),
        in_person=_text(item.in_person),
        founds=_founding(item.founds),
        everyday_words=list(item.everyday_words),
        checklists=[
            {"step": key, "points": [_point(point) for point in step.checklist]}
            for key, step in item.steps.items()
            if step.checklist
        ],
        two_persons=[key for key, step in item.steps.items() if step.two_persons],
    ) | _kept(item)


def _founding(founding: Founding | None) -> object:
    if founding is None:
        return None
    named = {"name": founding.name, "head": founding.head, "head_identity": founding.head_identity}
    return {"prefix": founding.prefix, **named}


def _kept(item: Item) -> dict[str, object]:
    """What is said even where it is empty."""
    kept: dict[str, object] = {"basis": list(item.basis), "material_names": list(item.material_names)}
    return kept if item.precheck is None else kept | {"precheck": list(item.precheck)}


def _given(**parts: object) -> dict[str, object]:
    return {key: part for key, part in parts.items() if part is not None and part != [] and part != ""}


def _text(text: Text | None) -> object:
    if text is None:
        return None
    return {"zh": text.zh, "en": text.en} if text.en else text.zh


def _texts(texts: Iterable[Text]) -> list[object]:
    return [_text(text) for text in texts]


def _source(condition: Condition | None) -> str | None:
    return None if condition is None else condition.source


def _number(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _limit(limit: Limit) -> str:
    if limit.days is None:
        return "none"
    return "0" if limit == Limit(Decimal(0)) else f"{limit.days} {Unit(limit.unit).value}"


def _limit_or_none(limit: Limit | None) -> str | None:
    return None if limit is None else _limit(limit)


def _section(section: Section) -> dict[str, object]:
    return _given(
        key=section.key,
        title=_text(section.title),
        questions=[_question(question) for question in section.questions],
        why=_text(section.why),
        ask_if=_source(section.ask_if),
        rules=[{"holds": rule.holds.source, "at": rule.at, "message": _text(rule.message)} for rule in section.rules],
    )


def _question(question: Question) -> dict[str, object]:
    return _given(
        key=question.key,
        kind=question.kind.value,
        label=_text(question.label),
        hint=_text(question.hint),
        required=None if question.required or question.computed else False,
        ask_if=_source(question.ask_if),
        choices=[{"value": choice.value, "label": _text(choice.label)} for choice in question.choices],
        max_length=question.max_length,
        minimum=_number(question.minimum),
        maximum=_number(question.maximum),
        unit=_text(question.unit),
        decimals=question.decimals,
        prefill=question.prefill,
        example=None if question.example is None else data_of(question.example),
        columns=[_question(column) for column in question.columns],
        most=question.most,
        statement=_text(question.statement),
        pinned=True if question.pinned else None,
        anywhere=True if question.anywhere else None,
        computed=_source(question.computed),
    )


def _material(material: Material) -> dict[str, object]:
    return _given(
        key=material.key,
        name=_text(material.name),
        source=material.source.value,
        required=None if material.required else False,
        required_if=_source(material.required_if),
        offered_if=_source(material.offered_if),
        hint=_text(material.hint),
        steps=list(material.steps),
        asked_in=material.asked_in,
    ) | {"formats": list(material.formats)}


def _stage(stage: Stage) -> dict[str, object]:
    return _given(
        key=stage.key,
        title=_text(stage.title),
        join=_join(stage.join),
        steps=[_step(step) for step in stage.steps],
    )


def _step(step: Step) -> dict[str, object]:
    return _given(
        key=step.key,
        kind=step.kind.value,
        title=_text(step.title),
        duty=step.duty,
        level=step.level,
        item=step.item_code,
        statutory=_limit(step.statutory),
        promised=_limit(step.promised),
        round_limit=_limit_or_none(step.round_limit),
        joins_if=_source(step.joins_if),
        relies_on=list(step.relies_on),
        deemed_consent=step.deemed_consent or None,
        after=list(step.after),
        join=_join(step.join),
        basis=step.basis,
        commitment_terms=_terms(step.commitment_terms),
    )


def _point(point: Point) -> dict[str, object]:
    return _given(
        key=point.key,
        words=_text(point.words),
        basis=point.basis,
        about=point.about,
        required=None if point.required else False,
    )


def _terms(terms: CommitmentTerms | None) -> object:
    if terms is None:
        return None
    notice = terms.notice
    return _given(
        excluded=None if terms.excluded is None else terms.excluded.value,
        allowed_if=_source(terms.allowed_if),
        when=_text(terms.when),
        notice=notice and {"version": notice.version, "text": _text(notice.text), "promises": _texts(notice.promises)},
        deferred=[{"material": each.material, "within": _limit(each.limit)} for each in terms.deferred],
        verified=[
            _given(
                key=each.key,
                what=_text(each.what),
                means=each.means.value,
                duty=each.duty,
                level=each.level,
                within=_limit(each.limit),
            )
            for each in terms.verifications
        ],
        same_day=terms.is_same_day or None,
        barred_years=terms.barred_years,
    )


def _join(join: Join) -> object:
    match join.kind:
        case JoinKind.N_OF_M:
            return {"n_of_m": join.n}
        case JoinKind.VETO:
            return {"veto": sorted(join.veto)}
        case _:
            return None if join == Join() else join.kind.value


def certificate_data(spec: CertificateSpec | None) -> object:
    if spec is None:
        return None
    wordings = {key: _text(wording) for key, wording in spec.values}
    return _given(
        template=spec.template,
        title=_text(spec.title),
        statement=_text(spec.statement),
        fields=[
            _given(key=key, label=_text(label), value=wordings.get(key), masked=True if key in spec.masked else None)
            for key, label in spec.fields
        ],
        notes=_texts(spec.notes),
        valid_years=spec.valid_years,
    )
