"""Sheets for the tests: a construction permit as the demonstration issues it, and what is changed about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from approvals.certificates.sheet import Sheet

SIGNED_AT = datetime(2026, 5, 15, 6, 30, tzinfo=UTC)
EXAMINED_AT = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)

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
    template="residence-permit",
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


LAND_USE = replace(
    PERMIT,
    template="land-use-permit",
    title="建设用地规划许可证",
    number="GZ510100202605150001",
    issuer="成都市规划和自然资源局",
    statement="根据《中华人民共和国土地管理法》《中华人民共和国城乡规划法》和国家有关规定，经审核，"
    "本建设用地符合国土空间规划和用途管制要求，颁发此证。",
    fields=(
        ("用地单位", "成都示例置业有限公司"),
        ("项目名称", "锦江示例滨河人才公寓及配套工程"),
        ("批准用地机关", "成都市人民政府"),
        ("批准用地文号", "示例府土〔2026〕12 号"),
        ("用地位置", "成都市锦江区示例大道 288 号地块"),
        ("用地面积", "21,350.40 平方米"),
        ("土地用途", "二类城镇住宅用地"),
        ("建设规模", "总建筑面积 48,620.5 平方米"),
        ("土地取得方式", "出让"),
        ("附图及附件名称", "用地红线图一份；规划条件一份"),
    ),
    notes=("本证是经审核，用地符合规划要求的法律凭证。", "未经发证机关审核同意，本证的各项规定不得随意变更。"),
)
PLANNING = replace(
    LAND_USE,
    template="planning-permit",
    title="建设工程规划许可证",
    statement="根据《中华人民共和国城乡规划法》第四十条规定，经审核，本建设工程符合国土空间规划和用途管制要求，颁发此证。",
    fields=(
        ("建设单位", "成都示例置业有限公司"),
        ("建设项目名称", "锦江示例滨河人才公寓及配套工程"),
        ("建设位置", "成都市锦江区示例大道 288 号地块"),
        ("建设规模", "地上 18 层，地下 2 层，总建筑面积 48,620.5 平方米"),
        ("附图及附件名称", "总平面图、各层平面图、立面图、剖面图各一份"),
    ),
)
SITE = replace(
    LAND_USE,
    template="site-opinion",
    title="建设项目用地预审与选址意见书",
    statement="根据《中华人民共和国土地管理法》《中华人民共和国城乡规划法》和国家有关规定，经审核，"
    "本建设项目符合国土空间用途管制要求，核发此书。",
    fields=(
        ("项目名称", "示例路市政道路工程"),
        ("项目代码", "2605-510104-04-01-000001"),
        ("建设单位", "成都示例城市建设有限公司"),
        ("建设依据", "示例发改投资〔2026〕8 号"),
        ("拟选位置", "成都市锦江区示例路"),
        ("拟用地面积", "12,800 平方米，其中农用地 0 平方米"),
        ("拟建设规模", "道路全长 860 米，红线宽 30 米"),
        ("附图及附件名称", "选址红线图一份"),
    ),
    valid_until=date(2029, 5, 14),
)
COMPLETION = replace(
    PERMIT,
    template="completion-filing",
    title="竣工验收备案表",
    statement="该工程的竣工验收备案文件已于 2026 年 5 月 15 日收讫，文件齐全，予以备案。",
    fields=(
        ("工程名称", "锦江示例滨河人才公寓及配套工程"),
        ("建设单位", "成都示例置业有限公司"),
        ("施工许可证编号", "ZJ510100202405150001"),
        ("建筑面积", "48,620.5 平方米"),
        ("开工日期", "2024 年 6 月 1 日"),
        ("竣工验收日期", "2026 年 5 月 8 日"),
        ("勘察单位", "四川示例岩土勘察有限公司"),
        ("设计单位", "成都示例建筑设计研究院有限公司"),
        ("施工单位", "四川示例建设集团有限公司"),
        ("监理单位", "四川示例工程监理有限公司"),
    ),
    notes=(),
)
FOOD = replace(
    PERMIT,
    template="business-licence",
    title="食品经营许可证",
    number="SC510104202605150001",
    issuer="成都市锦江区市场监督管理局",
    holder="锦江区示例小面馆",
    statement="经审查，符合《食品经营许可和备案管理办法》规定的条件，准予从事下列食品经营活动。",
    fields=(
        ("经营者名称", "锦江区示例小面馆"),
        ("统一社会信用代码", "92510104MA6DEMO00X"),
        ("法定代表人（负责人）", "王示例"),
        ("经营场所", "成都市锦江区示例街 6 号"),
        ("主体业态", "餐饮服务经营者"),
        ("食品制售", "热食类、冷食类"),
    ),
    notes=("本证应当放在经营场所的显著位置。",),
    valid_until=date(2031, 5, 14),
)
KINDS = {
    "construction-permit": PERMIT,
    "land-use-permit": LAND_USE,
    "planning-permit": PLANNING,
    "site-opinion": SITE,
    "completion-filing": COMPLETION,
    "business-licence": FOOD,
    "residence-permit": RESIDENCE,
    "licence": replace(RESIDENCE, template="licence"),
}
"""One sheet for every template."""


RARE = "严龑䶮𠮷㼆"
"""Of a name of the demonstration, and two rarer characters."""
RARE_SHEETS = {
    "rare name": replace(RESIDENCE, holder=RARE, fields=(("姓名", RARE), *RESIDENCE.fields[1:])),
    "rare name on a permit": replace(PERMIT, fields=(*PERMIT.fields[:9], ("项目负责人", RARE), *PERMIT.fields[10:])),
    "half-width kana": replace(PERMIT, fields=(*PERMIT.fields[:9], ("项目负责人", "ﾃｽﾄ"), *PERMIT.fields[10:])),
    "copy": replace(PERMIT, watermark=f"仅供{RARE}用于办理{RARE}的手续，有效期至 2026 年 12 月 30 日"),
}


def sheet(**changes: Any) -> Sheet:
    """The permit, changed."""
    return replace(PERMIT, **changes)


def filled(value: str) -> Sheet:
    """The permit with the same value in every field."""
    return replace(PERMIT, fields=tuple((label, value) for label, _value in PERMIT.fields))
