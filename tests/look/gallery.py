"""Every part of the page drawn with invented sample data, in an environment without Flask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from approvals.mining.drawing import draw as draw_graph
from portal.ui import Entry

ROOT: Final = Path(__file__).resolve().parents[2]

Thing = SimpleNamespace


def _address(endpoint: str, **values: object) -> str:
    if endpoint == "static":
        return f"/static/{values['filename']}"
    return "/" + "/".join([endpoint.replace(".", "/"), *(str(value) for value in values.values())])


def _messages(*, with_categories: bool) -> list[tuple[str, str]]:
    assert with_categories
    return [("success", "已保存。"), ("error", "没有上传成功，请再试一次。")]


@cache
def environment() -> Environment:
    """Jinja as the portal uses it: strict about missing names, Chinese texts unchanged."""
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        lambda words: words, lambda one, many, n: one if n == 1 else many, newstyle=True
    )
    made.filters.update(as_written=str, in_full=str, holiday_words=str, lang_of=lambda _value: "")
    made.globals.update(url_for=_address, csrf_token=lambda: "token", get_flashed_messages=_messages)
    return made


def frame(*, language: str = "zh", theme: str = "light", elder: bool = False, signed_in: bool = True) -> Thing:
    labels = ("首页", "个人办事", "法人办事", "一件事", "帮助")
    return Thing(
        language=language,
        theme=theme,
        elder=elder,
        audience="business",
        nav=[
            *(Entry(label, f"/{index}", is_current=False) for index, label in enumerate(labels)),
            Entry(
                "我的",
                "/mine",
                is_current=True,
                pages=(Entry("办件", "/mine", True, badge=2), Entry("证照", "/held", False)),
            ),
        ],
        account=Thing(name="王小蓉", organisation="成都锦蓉示例置业有限公司") if signed_in else None,
        here="/applications?page=2",
        place="成都市政务服务 · 示例站",
    )


def question(name: str, kind: str, label: str, **more: object) -> dict[str, object]:
    """The parameters of one field, as forms.widgets makes them."""
    return {
        "name": name,
        "id": name,
        "label": label,
        "hint": "",
        "value": None,
        "error": "",
        "kind": kind,
        "choices": (),
        "unit": "",
        "autocomplete": "",
        "inputmode": "",
        "required": True,
    } | more


ERRORS: Final = (("end", "竣工日期要晚于开工日期"), ("price", "合同价格要填数字"))

QUESTIONS: Final = (
    question("title", "text", "工程名称", value="锦江东路商务楼项目", hint="照规划许可证上的名称写"),
    question("start", "date", "开工日期", hint="例如 2026 年 6 月 1 日", value=Thing(year=2026, month=6, day=1)),
    question("end", "date", "竣工日期", error=ERRORS[0][1], value=Thing(year="2025", month="13", day=None)),
    question("area", "area", "建筑面积", unit="平方米", value="48620.5"),
    question("price", "money", "合同价格", unit="万元", error=ERRORS[1][1], value="两亿"),
    question("floors", "number", "层数", value=22, inputmode="numeric"),
    question(
        "class",
        "choice",
        "工程类别",
        hint="照立项文件选",
        value="b",
        error="请选一项",
        choices=({"value": "a", "label": "房屋建筑", "hint": "含地下室"}, {"value": "b", "label": "市政基础设施"}),
    ),
    question("structure", "choice", "结构类型", choices=[(str(n), f"结构 {n}") for n in range(12)], value="3"),
    question("site", "choices", "现场情况", choices=(("road", "占用道路"), ("river", "临河施工")), required=False),
    question("night", "yes_no", "要不要夜间施工", value=True),
    question(
        "place",
        "address",
        "建设地点",
        choices=(("510104", "锦江区"), ("510105", "青羊区")),
        value=Thing(region="510104", detail="锦江东路 1 号（示例）"),
        error="请写到门牌号",
    ),
    question("plan", "long_text", "施工组织说明", value="分三期\n<b>不是标签</b>"),
    question("code", "credit_code", "统一社会信用代码", hint="18 位"),
    question("person", "identity_number", "居民身份证号码", autocomplete="off"),
    question("phone", "phone", "手机", autocomplete="tel", inputmode="tel"),
    question("email", "email", "电子邮箱", autocomplete="email", required=False),
    question("secret", "password", "密码", autocomplete="current-password", value="不写回页面"),
    question("contract", "file", "施工合同", hint="PDF 或照片，每份不超过 20 MB"),
)


def lane(
    department: str,
    item: str,
    state: str,
    sub: str,
    segments: Sequence[tuple[object, ...]],
    marks: Sequence[tuple[str, float]],
    *,
    is_mine: bool = False,
) -> Thing:
    row = Thing(start="4月20日", used="11 日", promised="5月13日", statutory="5月20日", note="同步审图")
    return Thing(
        department=department,
        item=item,
        state=state,
        words="",
        sub=sub,
        segments=segments,
        marks=marks,
        is_mine=is_mine,
        row=row,
    )


LANES: Final = (
    lane(
        "成都市住房和城乡建设局",
        "施工许可证核发（牵头）",
        "review",
        "余 4 个工作日",
        [("review", 0, 11), ("left", 11, 15)],
        [("review", 10.8), ("promise", 15)],
    ),
    lane(
        "成都市城市管理委员会",
        "建筑垃圾处置核准",
        "returned",
        "5 月 6 日退回，停表",
        [("review", 0, 9), ("returned", 9, 11), ("plan", 11, 16)],
        [("returned", 9), ("was", 14), ("promise", 16)],
        is_mine=True,
    ),
    lane(
        "成都市生态环境局",
        "夜间施工证明",
        "late",
        "超 2 个工作日",
        [("review", 0, 9), ("late", 9, 11)],
        [("promise", 9), ("late", 11)],
    ),
    lane(
        "成都市公安局",
        "占道施工交通组织方案",
        "soon",
        "余 1 个工作日",
        [("soon", 0, 11), ("left", 11, 12)],
        [("review_soon", 10.8), ("promise", 12)],
    ),
    lane(
        "成都市交通运输局",
        "涉路施工许可",
        "paused",
        "专家评审，停表第 4 日",
        [("review", 0, 7), ("paused", 7, 11, "专家评审"), ("plan", 11, 17)],
        [("paused", 7), ("was", 13), ("promise", 17)],
    ),
    lane(
        "成都市水务局",
        "污水排入排水管网许可",
        "review",
        "补正后接着计时，余 3 日",
        [("review", 0, 3), ("returned", 3, 6), ("review", 6, 11), ("left", 11, 14)],
        [("returned", 3), ("review", 10.8), ("promise", 14)],
    ),
    lane(
        "成都市公园城市建设管理局",
        "临时占用城市绿地",
        "wait",
        "等交通运输局先办",
        [("plan", 11, 17)],
        [("wait", 11), ("promise", 17)],
    ),
    lane(
        "成都市国防动员办公室",
        "人防工程施工图备案",
        "done",
        "用 6 日，承诺 8 日",
        [("done", 0, 6)],
        [("done", 6), ("promise", 8)],
    ),
    lane(
        "成都市气象局",
        "防雷装置设计审核",
        "refused",
        "第 4 日作出决定",
        [("done", 0, 4)],
        [("refused", 4), ("promise", 7)],
    ),
)

BOARD: Final = Thing(
    axis_days=22,
    today=11.0,
    today_label="5月8日",
    promise=(15, "5月13日"),
    statutory=(20, "5月20日"),
    holidays=[(8, "五一 5 天")],
    week_ends=[5, 12, 17],
    lanes=LANES,
)

CROWDED: Final = Thing(
    axis_days=30,
    today=24.0,
    promise=(23, "5月27日"),
    statutory=(25, "5月29日"),
    holidays=[],
    week_ends=[5, 10, 15, 20, 25],
    lanes=[LANES[index % len(LANES)] for index in range(18)],
)

UNDATED: Final = Thing(
    axis_days=20, today=None, promise=None, statutory=None, holidays=[], week_ends=[], lanes=LANES[6:7]
)

FACTS: Final = (
    ("事项类型", "行政许可"),
    ("办理对象", "法人、其他组织"),
    ("实施主体", "成都市住房和城乡建设局"),
    ("收费", "不收费"),
    ("到现场次数", ""),
)

WAY: Final = Thing(
    title="建筑垃圾处置核准",
    department="城市管理部门",
    promised="5 个工作日",
    statutory="法定 20 个工作日",
    share=40,
    is_conditional=False,
    is_deemed=False,
)

RARE: Final = Thing(**vars(WAY) | {"is_conditional": True, "is_deemed": True})

WALKED: Final = Thing(
    nodes={
        name: Thing(kind=kind, share=share, times=times, median=2)
        for name, kind, share, times in (
            ("start", "start", 0.0, 40),
            ("accept", "step", 0.1, 46),
            ("mend", "mend", 0.0, 6),
            ("decide", "step", 0.9, 41),
            ("issued", "end", 0.0, None),
        )
    },
    edges=[
        Thing(source=source, target=target, times=times, median=median, road=road)
        for source, target, times, median, road in (
            ("start", "accept", 40, 0, "plan"),
            ("accept", "mend", 6, 0, "detour"),
            ("mend", "accept", 6, 0, "detour"),
            ("accept", "decide", 38, 3, "plan"),
            ("decide", "decide", 1, 0, "own"),
            ("decide", "issued", 38, 0, "plan"),
            ("accept", "issued", 2, 0, "own"),
        )
    ],
)
WALKED.drawn = draw_graph(
    list(WALKED.nodes), {(edge.source, edge.target): edge.times for edge in WALKED.edges}, ["issued"]
)

DATA: Final[Mapping[str, object]] = {
    "walked": WALKED,
    "questions": QUESTIONS,
    "errors": ERRORS,
    "board": BOARD,
    "crowded": CROWDED,
    "undated": UNDATED,
    "facts_rows": FACTS,
    "why": Thing(title="为什么要问工期", words="许可证要写明合同工期。领证后 3 个月内要开工。"),
    "tasks": [
        Thing(title="建设单位", url="/a", state="done", words="已填好", hint="从营业执照自动带出"),
        Thing(title="施工合同", url="/b", state="returned", words="要改", hint="有 2 处要改"),
        Thing(title="参建单位", url="/c", state="none", words="没填", hint=""),
        Thing(title="检查并提交", url=None, state="wait", words="还不能填", hint="前 3 组填好后可以提交"),
    ],
    "answers": [
        Thing(label="建设单位", value="成都锦蓉示例置业有限公司", change_url="/a"),
        Thing(label="施工合同", value=["施工合同.pdf，12 页", "补充协议.pdf，2 页"], change_url="/b"),
        Thing(label="层数", value=22, change_url=None),
        Thing(label="备注", value=None, change_url="/c"),
    ],
    "files": [
        Thing(name="施工合同.pdf", extension="pdf", state="late", words="第 3 页看不清。请重拍。", remove_url="/r/1"),
        Thing(name="补充协议.pdf", extension="pdf", state="done", words="12 页，3.4 MB", url="/f/2", remove_url="/r/2"),
        Thing(name="委托书.jpg", extension="jpg", state="review", words="正在核对", progress=64, remove_url=None),
        Thing(name="中标通知书.pdf", extension="pdf", state="wait", words="排队查毒"),
    ],
    "materials": [
        Thing(name="施工许可申请表", note="答题时自动生成", source="申请人", form="电子", how="online"),
        Thing(name="规划许可证", note="", source="规划和自然资源部门", form="电子证照", how="shared"),
        Thing(name="施工合同", note="", source="申请人", form="PDF，20 MB 以内", how="upload", required=False),
    ],
    "applications": [
        Thing(
            title="锦江东路商务楼项目",
            facts=["办件编号 510100-20261122-ZJ-000001-X", "10 个部门并联，3 个已办结"],
            done=3,
            total=10,
            state="returned",
            words="待补正 1 件",
            url="/p/1",
            action="去补正",
        ),
        Thing(
            title="食品经营许可（青羊店）",
            facts=["办件编号 510100-20261120-SJ-000311-2"],
            done=4,
            total=5,
            light="green",
            words="余 3 个工作日",
            url="/p/2",
            action="",
        ),
        Thing(title="营业执照（青羊店）", facts=[], done=5, total=5, state="issued", words="", url=None, action=""),
    ],
    "guide_steps": [
        Thing(title="申请", time="随时", words="网上提交。答 6 组问题，传 3 份材料。"),
        Thing(title="受理", time="1 个工作日", words="材料不齐会一次告诉您要补什么。"),
        Thing(title="决定", time="", words=""),
    ],
    "events": [
        Thing(
            state="returned",
            title="退回补正",
            who="成都市城市管理委员会",
            at="5 月 6 日 10:12",
            iso="2026-05-06T10:12+08:00",
            words="缺运输路线图。",
        ),
        Thing(state="done", title="受理", who="", at="4 月 20 日", iso="2026-04-20", words=""),
    ],
    "spreads": [
        ("逐项办理", Thing(least=97, median=126, p90=149, most=197), "126 天"),
        ("四阶段并联", Thing(least=31, median=49, p90=60, most=79), "49 天"),
    ],
    "took": Thing(
        cases=13,
        gross=Thing(median=14),
        net=Thing(median=9, p75=15, p90=21, most=24),
        promised=0.38,
        statutory=None,
        corrections=Thing(mean=0.23),
        right_first=0.77,
        waiting=0.51,
    ),
    "tiles": [
        Thing(label="按承诺办结", value="98.6", unit="%", words="比上月高 0.4 个百分点", points=[96.1, 97, 97.4, 98.6]),
        Thing(label="正在亮灯", value=14, unit="件", words="红灯 3 件，黄灯 11 件", points=[14]),
        Thing(label="净用时中位数", value="2.5", unit="个工作日", words=""),
    ],
    "card": Thing(
        title="建筑工程施工许可证",
        facts=[("持证人", "成都锦蓉示例置业有限公司"), ("编号", "510104202605150001")],
        state="in_force",
        words="",
        url="/c/1",
        issuer="成都市住房和城乡建设局",
    ),
    "chosen": Thing(shown="running"),
    "counts": {"all": 7, "turn": 0, "running": 3, "ended": 4, "drafts": 0},
    "ways": [
        Thing(title="受理", is_parallel=False, steps=[WAY]),
        Thing(
            title="并联审查",
            is_parallel=True,
            steps=[WAY, Thing(**vars(WAY) | {"is_conditional": True, "is_deemed": True})],
        ),
    ],
    "woven": Thing(
        axis_days=40,
        origin="3月13日受理",
        today=24.0,
        promise=(38, "5月27日"),
        summary="2 个阶段，4 个环节；今天是第 24 个工作日。",
        stages=[
            Thing(title="受理", words="1 个部门", threads=[[("done", 0, 4)]]),
            Thing(
                title="并联审查",
                words="3 个部门",
                threads=[
                    [("review", 4, 24), ("plan", 24, 30)],
                    [("returned", 8, 12), ("late", 12, 24)],
                    [("paused", 4, 9)],
                ],
            ),
        ],
    ),
    "scenes": [
        Thing(title="我要建项目", url="/s/1", words="16 个部门一条链并联审批", facts=["承诺 58 个工作日", "4 个阶段"]),
        Thing(title="二手房过户", url="/s/2", words="", facts=[]),
    ],
}

SAMPLES: Final = ROOT / "tests" / "look" / "samples"

PARTS: Final = sorted(path.stem for path in (SAMPLES / "parts").glob("*.html"))
"""Parts with a sample: a template of the part's name that uses it."""

LAYOUTS: Final = sorted(path.stem for path in (SAMPLES / "layouts").glob("*.html"))
"""Pages in each layout, and the frame of a question."""


def draw(source: str, **context: object) -> str:
    return environment().from_string(source).render({"ui": frame(), **DATA, **context})


def draw_part(name: str) -> str:
    return draw((SAMPLES / "parts" / f"{name}.html").read_text("utf-8"))


def draw_layout(name: str, **context: object) -> str:
    return draw((SAMPLES / "layouts" / f"{name}.html").read_text("utf-8"), **context)


def draw_everything(**context: object) -> str:
    """One page with every part on it, in the frame of a public page."""
    head, foot = (SAMPLES / "everything.html").read_text("utf-8").split("<!-- parts -->")
    parts = ((name, (SAMPLES / "parts" / f"{name}.html").read_text("utf-8")) for name in PARTS)
    body = "".join(f"<section class='ry-section'><h2>{name}</h2>{source}</section>" for name, source in parts)
    return draw(head + body + foot, **context)
