"""Sheets for the tests: a construction permit as the demonstration issues it, and what is changed about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from approvals.certificates.sheet import Sheet

SIGNED_AT = datetime(2026, 5, 15, 6, 30, tzinfo=UTC)

PERMIT = Sheet(
    template="construction-permit",
    title="建筑工程施工许可证",
    number="ZJ510100202605150001",
    identifier="1.2.156.3005.2.11510100MB0000000X303.11510100009173516A.ZJ510100202605150001.001.X",
    issuer="成都市住房和城乡建设局",
    issuer_code="11510100009173516A",
    holder="成都示例置业有限公司",
    fields=(
        ("建设单位", "成都示例置业有限公司"),
        ("工程名称", "锦江示例滨河人才公寓及配套工程"),
        ("建设地址", "四川省成都市锦江区示例大道 288 号地块"),
        ("建设规模", "地上 18 层，地下 2 层，总建筑面积 48,620.5 平方米"),
        ("合同价格", "186,500,000 元"),
        ("勘察单位", "四川示例岩土勘察有限公司"),
        ("设计单位", "成都示例建筑设计研究院有限公司"),
        ("施工单位", "四川示例建设集团有限公司"),
        ("监理单位", "四川示例工程监理有限公司"),
        ("项目负责人", "李锦荣"),
        ("总监理工程师", "王晓蓉"),
        ("合同工期", "2026 年 6 月 1 日至 2028 年 5 月 31 日，共 731 天"),
    ),
    statement="根据《中华人民共和国建筑法》第八条规定，经审查，本建筑工程符合施工条件，准予施工。特发此证。",
    notes=(
        "本证放置施工现场，作为准予施工的凭证。",
        "未经发证机关许可，本证的各项内容不得变更。",
        "建设单位应当自领证之日起三个月内开工；不能按期开工的，应当向发证机关申请延期。",
    ),
    issued_on=date(2026, 5, 15),
    valid_until=None,
    verify_url="https://city.example/verify/ZJ510100202605150001/7K3M-9QXT-2VBN-8HDW",
    code="7K3M-9QXT-2VBN-8HDW",
    is_demonstration=True,
)

RESIDENCE = replace(
    PERMIT,
    template="licence",
    title="居住证（电子）",
    number="GA510100202605150001",
    issuer="成都市公安局",
    holder="王晓蓉",
    fields=(
        ("姓名", "王晓蓉"),
        ("身份证号", "510104199003071028"),
        ("居住地址", "成都市锦江区示例街 6 号 2 栋 301"),
    ),
    statement="持证人在成都市居住，享有《居住证暂行条例》规定的公共服务和便利。",
    notes=(),
    valid_until=date(2027, 5, 14),
)


def sheet(**changes: Any) -> Sheet:
    """The permit, changed."""
    return replace(PERMIT, **changes)


def filled(value: str) -> Sheet:
    """The permit with the same value in every field."""
    return replace(PERMIT, fields=tuple((label, value) for label, _value in PERMIT.fields))
