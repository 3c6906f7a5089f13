"""Facts of writs for the tests, one set a kind, as the commands fix them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from approvals.certificates.writ import WritSheet, sheet_of
from approvals.vocabulary import WritKind

DRAWN_UP_AT = datetime(2026, 5, 7, 2, 0, tzinfo=UTC)

COMMON: dict[str, Any] = {
    "number": "ZJ510100受字〔2026〕0001号",
    "application": "510100-20260506-ZJ-000001-K",
    "title": "锦江示例滨河人才公寓及配套工程",
    "item": ["建筑工程施工许可证核发", "Construction permit"],
    "is_licence": True,
    "basis": ["《建筑法》第7–8条（7日）", "《行政许可法》第26、42条"],
    "addressee": "成都示例置业有限公司",
    "issuer": ["成都市住房和城乡建设局", "Chengdu Housing and Urban-Rural Development Bureau"],
    "issuer_code": "11510100DM0000003Y",
    "government": ["成都市人民政府", "the People's Government of Chengdu"],
    "day": "2026-05-07",
}
FACTS: dict[WritKind, dict[str, Any]] = {
    WritKind.RECEIPT: {
        "materials": [["施工合同", "Contract", 2], ["安全措施资料", "Safety", 1]],
        "answer_by": "2026-05-08",
        "silent_after": "2026-05-13",
        "provisional": [],
    },
    WritKind.ACCEPTANCE: {
        "accepted_on": "2026-05-07",
        "is_deemed": False,
        "promised": "2026-06-04",
        "statutory": "2026-07-10",
        "provisional": [],
    },
    WritKind.CORRECTION: {
        "step": ["消防审查", "Fire review"],
        "entries": [
            ["总建筑面积", "Floor area", "与规划许可证不一致，请改写。"],
            ["施工合同", "Contract", "缺第 3 页。"],
        ],
        "why_again": "",
        "is_accepted": False,
    },
    WritKind.NOT_NEEDED: {"reason": "农民自建低层住宅不需要施工许可证。"},
    WritKind.NOT_ACCEPTED: {"reason": "工程在别的城市，请向当地住房和城乡建设局申请。"},
    WritKind.SPECIAL_PROCEDURE: {
        "step": ["技术审查", "Technical review"],
        "reason": "expert_review",
        "days": 15,
        "until": "2026-05-29",
        "provisional": [],
        "note": "超限高层抗震专项论证。",
    },
    WritKind.EXTENSION: {
        "days": 10,
        "reason": "意见尚未齐备。",
        "is_joint": True,
        "promised": "2026-06-18",
        "statutory": "2026-07-24",
        "provisional": ["statutory"],
    },
    WritKind.GRANT: {
        "certificate": ["建筑工程施工许可证", "Construction Permit", "ZJ510100202605150001"],
        "valid_until": "2028-05-14",
        "reason": "",
        "conditions": [["成都市水务局", "Water Affairs Bureau", "开工前办理临时排水许可。"]],
    },
    WritKind.REFUSAL: {
        "reason": "消防设计不符合强制性标准。",
        "opinions": [["成都市消防救援支队", "Fire and Rescue", "疏散楼梯净宽不足 1.1 米。"]],
    },
    WritKind.DELIVERY: {
        "served": [
            ["grant", "ZJ510100准字〔2026〕0001号", "", "", True],
            ["", "ZJ510100202605150001", "建筑工程施工许可证", "Construction Permit", True],
        ],
        "arrived_at": "2026-05-15T06:31:00+00:00",
    },
}


def writ(kind: WritKind, language: str = "zh", *, is_demonstration: bool = True, **changes: Any) -> WritSheet:
    """The sample of a kind, some of its facts given otherwise."""
    return sheet_of(
        kind,
        {**COMMON, **FACTS[kind], **changes},
        language=language,
        public_url="https://city.example",
        is_demonstration=is_demonstration,
    )
