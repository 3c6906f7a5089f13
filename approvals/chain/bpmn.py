"""The chain of an item as BPMN 2.0, for viewers to draw and engines to run."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from approvals.chain.diagram import Diagram, Flow, Node, Office, Shape, draw, named, offices, outcome_name
from approvals.chain.joins import Gate, needed
from approvals.chain.layout import LABEL, Box, Picture, arrange
from services.item import Department, Item, JoinKind, Limit, Step, Unit

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OWN = "urn:rongyiban:chain:1"
"""Attributes that BPMN has no place for: kind, duty, level, item, limits, legal basis, and how a join gathers."""
PREFIXES = {"bpmn": MODEL, "bpmndi": DI, "dc": DC, "di": DD, "xsi": XSI, "rongyiban": OWN}

LEVELS = {"district": "区县级", "street": "街道级"}
TASKS = frozenset({Shape.USER, Shape.MANUAL, Shape.SERVICE})
READING = (
    "本图画出各环节均同意时的走向。设有条件的环节，条件不成立时跳过；条件按各问题的答案计算，语法与 Python 表达式相同。"
    "有环节不同意时，等待它的环节不再进行，决定环节只能作出不予许可的决定。补正、特别程序、撤回和延期不在图中。"
)


def export(item: Item, departments: Mapping[str, Department]) -> bytes:
    """The chain of an online item as XML in UTF-8; the same bytes for the same item and departments.

    `isExecutable` says whether engines can run it: a join that only a complex gateway can express is drawn and
    explained, not run.
    """
    for prefix, address in PREFIXES.items():
        ET.register_namespace(prefix, address)
    diagram = draw(item)
    root = ET.Element(
        _in(MODEL, "definitions"),
        {
            "id": f"definitions_{item.code}",
            "name": item.name.zh,
            "targetNamespace": "urn:rongyiban:items",
            "expressionLanguage": "https://docs.python.org/3/reference/expressions.html",
            "exporter": "rongyiban",
        },
    )
    collaboration = ET.SubElement(root, _in(MODEL, "collaboration"), {"id": f"collaboration_{item.code}"})
    pool = {"id": f"pool_{item.code}", "name": item.name.zh, "processRef": f"item_{item.code}"}
    ET.SubElement(collaboration, _in(MODEL, "participant"), pool)
    process = ET.SubElement(root, _in(MODEL, "process"), _process(item, diagram))
    _document(process, READING)
    names = {office: _office_name(office, departments) for office in _all_offices(diagram)}
    _Writer(names).scope(process, diagram, "")
    _plane(root, item, diagram, arrange(diagram))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _in(namespace: str, name: str) -> str:
    return f"{{{namespace}}}{name}"


def _process(item: Item, diagram: Diagram) -> dict[str, str]:
    return {
        "id": f"item_{item.code}",
        "name": item.name.zh,
        "processType": "Private",
        "isExecutable": str(diagram.is_executable).lower(),
        _in(OWN, "handling"): item.handling.value,
        _in(OWN, "statutory"): _written(item.statutory),
        _in(OWN, "promised"): _written(item.promised),
    }


def _document(parent: ET.Element, text: str) -> None:
    ET.SubElement(parent, _in(MODEL, "documentation")).text = text


class _Writer:
    def __init__(self, names: Mapping[Office, str]) -> None:
        self.names = names

    def scope(self, parent: ET.Element, diagram: Diagram, within: str) -> None:
        """Lanes, nodes and flows of the process, or of the subprocess `within`."""
        lanes = ET.SubElement(parent, _in(MODEL, "laneSet"), {"id": f"lanes{within and '_'}{within}"})
        for office in offices(diagram.nodes):
            attributes = {"id": _lane_id(within, office), "name": self.names[office]}
            lane = ET.SubElement(lanes, _in(MODEL, "lane"), attributes)
            for node in diagram.nodes:
                if node.office == office:
                    ET.SubElement(lane, _in(MODEL, "flowNodeRef")).text = node.id
        for node in diagram.nodes:
            self._node(parent, node, diagram)
        for flow in diagram.flows:
            self._flow(parent, flow)

    def _node(self, parent: ET.Element, node: Node, diagram: Diagram) -> None:
        coming = [flow for flow in diagram.flows if flow.target == node.id]
        going = [flow for flow in diagram.flows if flow.source == node.id]
        name = Shape.END.value if node.shape is Shape.STOP else node.shape.value
        attributes = {"id": node.id, **({"name": node.name} if node.name else {})}
        if "Gateway" in name:
            attributes["gatewayDirection"] = "Diverging" if len(going) > 1 else "Converging"
        for flow in going:
            if flow.is_default:
                attributes["default"] = flow.id
        attributes |= _step_attributes(node.step) if node.step is not None else {}
        attributes |= _gate_attributes(node.gate) if node.gate is not None else {}
        element = ET.SubElement(parent, _in(MODEL, name), attributes)
        if node.step is not None:
            _document(element, _step_words(node.step))
        if node.gate is not None:
            _document(element, _gate_words(node.gate, node.shape))
        for flow in coming:
            ET.SubElement(element, _in(MODEL, "incoming")).text = flow.id
        for flow in going:
            ET.SubElement(element, _in(MODEL, "outgoing")).text = flow.id
        if node.shape is Shape.STOP:
            ET.SubElement(element, _in(MODEL, "terminateEventDefinition"), {"id": f"{node.id}.all"})
        if node.shape is Shape.COMPLEX and node.gate is not None and node.gate.join.kind is not JoinKind.VETO:
            _formal(element, "activationCondition", f"activationCount >= {needed(node.gate.join)}")
        if node.inside is not None:
            self.scope(element, node.inside, node.id)

    def _flow(self, parent: ET.Element, flow: Flow) -> None:
        attributes = {"id": flow.id, **({"name": flow.name} if flow.name else {})}
        attributes |= {"sourceRef": flow.source, "targetRef": flow.target}
        element = ET.SubElement(parent, _in(MODEL, "sequenceFlow"), attributes)
        if flow.condition:
            _formal(element, "conditionExpression", flow.condition)


def _formal(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _in(MODEL, name), {_in(XSI, "type"): "bpmn:tFormalExpression"}).text = text


def _step_attributes(step: Step) -> dict[str, str]:
    given = {
        "kind": step.kind.value,
        "duty": step.duty,
        "level": step.level,
        "item": step.item_code or "",
        "statutory": _written(step.statutory),
        "promised": _written(step.promised),
        "round_limit": "" if step.round_limit is None else _written(step.round_limit),
        "relies_on": " ".join(step.relies_on),
        "deemed_consent": "true" if step.deemed_consent else "",
        "basis": step.basis,
        "outcome": outcome_name(step),
    }
    return {_in(OWN, key): value for key, value in given.items() if value}


def _gate_attributes(gate: Gate) -> dict[str, str]:
    given = {"join": gate.join.kind.value, "of": " ".join(gate.of), "veto": " ".join(sorted(gate.join.veto))}
    given["n"] = str(needed(gate.join)) if gate.join.kind is JoinKind.N_OF_M else ""
    return {_in(OWN, key): value for key, value in given.items() if value}


def _step_words(step: Step) -> str:
    words = [f"法定时限：{_spoken(step.statutory)}", f"承诺时限：{_spoken(step.promised)}"]
    words += [f"补正后每轮时限：{_spoken(step.round_limit)}"] if step.round_limit is not None else []
    words += ["期满未回复视为同意"] if step.deemed_consent else []
    words += [f"依据：{step.basis}"] if step.basis else []
    words += [f"参加条件：{step.joins_if.source}"] if step.joins_if is not None else []
    return "；".join(words) + "。"


def _gate_words(gate: Gate, shape: Shape) -> str:
    of = "、".join(gate.of)
    match gate.join.kind:
        case JoinKind.VETO:
            holders = "、".join(key for key in gate.of if key in gate.join.veto)
            words = (
                f"{of} 中参加的环节全部办结后继续；{holders} 中参加的环节有一个不同意即否决，其他环节的意见不影响走向。"
            )
        case JoinKind.ALL:
            words = f"{of} 全部办结后继续；参加的环节须全部同意。"
        case _:
            words = f"{of}：{named(gate)}即继续，只等待此处的其他环节不再进行。"
    words += f"{'、'.join(key for key in gate.of if key in gate.heard)} 征求的意见不计入同意。" if gate.heard else ""
    return words + ("本网关只供阅读，流程引擎不执行。" if shape is Shape.COMPLEX else "")


def _written(limit: Limit) -> str:
    """As in the catalogue: `15 wd`, `none`."""
    return "none" if limit.days is None else f"{limit.days.normalize():f} {limit.unit.value}"


def _spoken(limit: Limit) -> str:
    if limit.days is None:
        return "无"
    if not limit.days:
        return "当场"
    return f"{limit.days.normalize():f} 个{'工作日' if limit.unit is Unit.WORKING_DAYS else '自然日'}"


def _office_name(office: Office, departments: Mapping[str, Department]) -> str:
    """The department where there is only one; else that of the city with the level at which its duty is exercised."""
    fitting = [each for each in departments.values() if each.duty == office.duty]
    here = [each for each in fitting if each.level == office.level]
    if len(here) == 1 and not here[0].is_demonstration:
        return here[0].name.zh
    name = next((each.name.zh for each in fitting if each.level == "city"), office.duty)
    return f"{name}（{LEVELS[office.level]}）" if office.level in LEVELS else name


def _all_offices(diagram: Diagram) -> set[Office]:
    inner = (_all_offices(node.inside) for node in diagram.nodes if node.inside is not None)
    return {node.office for node in diagram.nodes}.union(*inner)


def _lane_id(within: str, office: Office) -> str:
    return f"lane_{within}{within and '_'}{office.duty}_{office.level}"


# ── the drawing ───────────────────────────────────────────────────────────────────────────────────────────────────


def _plane(root: ET.Element, item: Item, diagram: Diagram, picture: Picture) -> None:
    whole = ET.SubElement(root, _in(DI, "BPMNDiagram"), {"id": f"diagram_{item.code}"})
    attributes = {"id": f"plane_{item.code}", "bpmnElement": f"collaboration_{item.code}"}
    plane = ET.SubElement(whole, _in(DI, "BPMNPlane"), attributes)
    pool = Box(-LABEL, 0, picture.width + LABEL, picture.height)
    _shape(plane, f"pool_{item.code}", pool, isHorizontal="true")
    for (within, office), box in picture.lanes.items():
        if not within:
            _shape(plane, _lane_id(within, office), box, isHorizontal="true")
    _shapes(plane, diagram, picture)


def _shapes(plane: ET.Element, diagram: Diagram, picture: Picture, within: str = "") -> None:
    for node in diagram.nodes:
        marks = {Shape.EXCLUSIVE: {"isMarkerVisible": "true"}, Shape.RACE: {"isExpanded": "true"}}
        _shape(plane, node.id, picture.boxes[node.id], **marks.get(node.shape, {}))
        if node.inside is not None:
            for (inside, office), box in picture.lanes.items():
                if inside == node.id:
                    _shape(plane, _lane_id(inside, office), box, isHorizontal="true")
            _shapes(plane, node.inside, picture, node.id)
    for flow in diagram.flows:
        edge = ET.SubElement(plane, _in(DI, "BPMNEdge"), {"id": f"{flow.id}.di", "bpmnElement": flow.id})
        for x, y in picture.ways[flow.id]:
            ET.SubElement(edge, _in(DD, "waypoint"), {"x": str(x), "y": str(y)})


def _shape(plane: ET.Element, element: str, box: Box, **marks: str) -> None:
    shape = ET.SubElement(plane, _in(DI, "BPMNShape"), {"id": f"{element}.di", "bpmnElement": element, **marks})
    bounds = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    ET.SubElement(shape, _in(DC, "Bounds"), {name: str(value) for name, value in bounds.items()})
