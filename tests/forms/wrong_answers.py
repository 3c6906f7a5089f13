"""For every kind of question the wrong answers people give: what is refused, in which words, and what is put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from services.item import Kind
from tests.forms.test_kinds import (
    ANYBODY,
    BOW,
    EMPTY,
    LONG,
    SQUARE,
    corners,
    dated,
    entry,
    person,
    placed,
    signed,
    spanned,
)

Posted = Mapping[str, str | Sequence[str]]


class Sort(Enum):
    """The sorts of wrong answers; what of them is put right instead of refused has no words."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    WRONG_SCRIPT = "wrong script"
    LOOK_ALIKE = "look-alike characters"
    INVISIBLE = "invisible characters"
    FULL_WIDTH = "full-width digits"
    IMPOSSIBLE_DATE = "impossible dates"
    OVERLAP = "overlapping periods"
    CROSSING = "self-crossing boundaries"
    OUTSIDE = "outside the city"


EVERY = frozenset(Kind)
CHOSEN = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.YES_NO, Kind.DECLARATION})
"""Nothing is typed, but whatever may be posted."""
ROWS = (Kind.GROUP, Kind.TABLE)
CONCERNS: dict[Sort, frozenset[Kind]] = {
    Sort.EMPTY: EVERY,
    Sort.TOO_LONG: EVERY,
    Sort.WRONG_SCRIPT: EVERY,
    Sort.LOOK_ALIKE: EVERY,
    Sort.INVISIBLE: EVERY,
    Sort.FULL_WIDTH: EVERY - CHOSEN - {Kind.SIGNATURE},
    Sort.IMPOSSIBLE_DATE: frozenset({*ROWS, Kind.DATE, Kind.PERIOD, Kind.IDENTITY_NUMBER, Kind.PERSON}),
    Sort.OVERLAP: frozenset({*ROWS, Kind.PERIOD}),
    Sort.CROSSING: frozenset({Kind.BOUNDARY}),
    Sort.OUTSIDE: frozenset({Kind.BOUNDARY, Kind.POINT, Kind.ADDRESS}),
}
"""Which kinds can be answered wrongly so."""
SEEN = ("看不见", "外形相似", "以外的文字")
UNSEEN, ALIKE, SCRIPT = SEEN
CHOOSE = "请从列出的选项里选"
NUMBERS = (Kind.NUMBER, Kind.MONEY, Kind.AREA)
JUNE = ("2026", "6", "1"), ("2026", "6", "30")
CODE = "91110000802100433B"
BORN_ON_THE_30TH_OF_FEBRUARY = "11010519900230001X"


def organisation(name: str, code: str) -> dict[str, str]:
    return {"key-name": name, "key-credit_code": code}


def point(east: str, north: str = "30.6595") -> dict[str, str]:
    return {"key-longitude": east, "key-latitude": north}


def pinned(detail: str, east: str = "104.08", north: str = "30.65") -> dict[str, str]:
    return {**placed("510104", detail), "key-longitude": east, "key-latitude": north}


def worked(*spans: tuple[tuple[str, str, str], tuple[str, str, str]]) -> dict[str, str]:
    """Entries of a table with their periods."""
    posted: dict[str, str] = {}
    for number, (start, end) in enumerate(spans):
        posted |= {**entry(number, "张示例", "1"), **spanned(start, end, f"key-{number}-worked")}
    return posted


def typed(kind: Kind, text: str) -> dict[str, str]:
    """The text where that kind of question takes one."""
    match kind:
        case Kind.ADDRESS:
            return placed("510104", text)
        case Kind.DATE:
            return dated("2026", "6", text)
        case Kind.PERIOD:
            return spanned(("2026", "6", text), ("2026", "6", "30"))
        case Kind.PERSON:
            return person(text, ANYBODY)
        case Kind.ORGANISATION:
            return organisation(text, CODE)
        case Kind.POINT:
            return point(text)
        case Kind.BOUNDARY:
            return corners(SQUARE.replace("104.06,", f"{text},", 1))
        case Kind.GROUP | Kind.TABLE:
            return entry(0, text, "1")
        case Kind.SIGNATURE:
            return signed(text)
    return {"key": text}


DIGITS = "请用数字"
REFUSED: dict[Kind, dict[Sort, tuple[str, str]]] = {
    **{
        kind: {
            Sort.TOO_LONG: (LONG, "最多"),
            Sort.WRONG_SCRIPT: ("\u0e44\u0e17\u0e22", SCRIPT),
            Sort.LOOK_ALIKE: ("АВС公司", ALIKE),
        }
        for kind in (Kind.TEXT, Kind.LONG_TEXT, Kind.ADDRESS, Kind.PERSON, Kind.ORGANISATION, Kind.SIGNATURE, *ROWS)
    },
    **{
        kind: {
            Sort.TOO_LONG: ("1" * 40, "太长"),
            Sort.WRONG_SCRIPT: ("一百二十", DIGITS),
            Sort.LOOK_ALIKE: ("1О", DIGITS),
        }
        for kind in NUMBERS
    },
    **{
        kind: {
            Sort.TOO_LONG: ("1" * 1000, CHOOSE),
            Sort.WRONG_SCRIPT: ("热食", CHOOSE),
            Sort.LOOK_ALIKE: ("hоt", CHOOSE),
        }
        for kind in (Kind.CHOICE, Kind.CHOICES)
    },
    Kind.YES_NO: {
        Sort.TOO_LONG: ("yes" * 1000, "请选「是」或「否」"),
        Sort.WRONG_SCRIPT: ("да", "请选「是」或「否」"),
        Sort.LOOK_ALIKE: ("yеs", "请选「是」或「否」"),
    },
    Kind.DECLARATION: {
        Sort.TOO_LONG: ("yes" * 1000, "请勾选"),
        Sort.WRONG_SCRIPT: ("да", "请勾选"),
        Sort.LOOK_ALIKE: ("yеs", "请勾选"),
    },
    Kind.DATE: {
        Sort.TOO_LONG: ("1" * 40, DIGITS),
        Sort.WRONG_SCRIPT: ("三十", DIGITS),
        Sort.LOOK_ALIKE: ("3О", DIGITS),
    },
    Kind.PERIOD: {
        Sort.TOO_LONG: ("1" * 40, DIGITS),
        Sort.WRONG_SCRIPT: ("三十", DIGITS),
        Sort.LOOK_ALIKE: ("3О", DIGITS),
    },
    Kind.IDENTITY_NUMBER: {
        Sort.TOO_LONG: ("9" * 500, "现在有 500 位"),
        Sort.WRONG_SCRIPT: ("一一零一零五一九四九一二三一零零二", "现在有 17 位"),
        Sort.LOOK_ALIKE: ("11010519491231002Х", "数字或 X"),
    },
    Kind.CREDIT_CODE: {
        Sort.TOO_LONG: ("9" * 500, "现在有 500 位"),
        Sort.WRONG_SCRIPT: ("统一社会信用代码", "现在有 8 位"),
        Sort.LOOK_ALIKE: ("91110000802100433В", "由数字和大写字母组成"),
    },
    Kind.PHONE: {
        Sort.TOO_LONG: ("1" * 1000, "11 位手机号"),
        Sort.WRONG_SCRIPT: ("一三八", "11 位手机号"),
        Sort.LOOK_ALIKE: ("138ОООООООО", "11 位手机号"),
    },
    Kind.EMAIL: {
        Sort.TOO_LONG: (f"a@{'b.' * 200}cn", "邮箱"),
        Sort.WRONG_SCRIPT: ("张三@例子.中国", "邮箱"),
        Sort.LOOK_ALIKE: ("а@example.com", "邮箱"),
    },
    Kind.BANK_ACCOUNT: {
        Sort.TOO_LONG: ("1" * 33, "8 到 32 位"),
        Sort.WRONG_SCRIPT: ("六二二二零二零零", "8 到 32 位"),
        Sort.LOOK_ALIKE: ("622202ОО", "8 到 32 位"),
    },
    Kind.POINT: {
        Sort.TOO_LONG: ("1" * 40, "太长"),
        Sort.WRONG_SCRIPT: ("东经一百零四度", DIGITS),
        Sort.LOOK_ALIKE: ("1О4.06", DIGITS),
    },
    Kind.BOUNDARY: {
        Sort.TOO_LONG: ("1" * 1_000_001, "1 MB"),
        Sort.WRONG_SCRIPT: ("东经一百零四度", "看不懂坐标"),
        Sort.LOOK_ALIKE: ("1О4.06", "看不懂坐标"),
    },
}
"""What is typed and the words of its refusal, by kind of question."""
WRONG: list[tuple[Kind, Sort, Posted, str]] = [
    *((kind, Sort.EMPTY, EMPTY[kind], "") for kind in Kind),
    *((kind, sort, typed(kind, text), words) for kind, each in REFUSED.items() for sort, (text, words) in each.items()),
    *((kind, Sort.INVISIBLE, typed(kind, "1\u200b"), UNSEEN) for kind in Kind if kind not in CHOSEN),
    (Kind.CHOICE, Sort.INVISIBLE, {"key": "hot\u200b"}, CHOOSE),
    (Kind.CHOICES, Sort.INVISIBLE, {"key": ["hot\u200b"]}, CHOOSE),
    (Kind.YES_NO, Sort.INVISIBLE, {"key": "yes\u200b"}, "请选「是」或「否」"),
    (Kind.DECLARATION, Sort.INVISIBLE, {"key": "yes\u200b"}, "请勾选"),
    (Kind.DATE, Sort.IMPOSSIBLE_DATE, dated("2026", "2", "30"), "没有 2026 年 2 月 30 日"),
    (Kind.PERIOD, Sort.IMPOSSIBLE_DATE, spanned(("2026", "2", "30"), JUNE[1]), "没有 2026 年 2 月 30 日"),
    (Kind.IDENTITY_NUMBER, Sort.IMPOSSIBLE_DATE, {"key": BORN_ON_THE_30TH_OF_FEBRUARY}, "不是可能的出生日期"),
    (Kind.PERSON, Sort.IMPOSSIBLE_DATE, person("张示例", BORN_ON_THE_30TH_OF_FEBRUARY), "不是可能的出生日期"),
    *((kind, Sort.IMPOSSIBLE_DATE, worked((("2026", "2", "30"), JUNE[1])), "没有 2026 年 2 月 30 日") for kind in ROWS),
    (Kind.PERIOD, Sort.OVERLAP, spanned(JUNE[1], JUNE[0]), "结束的日期不能早于开始"),
    *((kind, Sort.OVERLAP, worked(JUNE, (JUNE[1], ("2026", "7", "1"))), "时间不能重叠") for kind in ROWS),
    (Kind.BOUNDARY, Sort.CROSSING, corners(BOW), "自己相交"),
    (Kind.BOUNDARY, Sort.OUTSIDE, corners(SQUARE.replace("104.06,", "116.4,")), "不在成都市范围内"),
    (Kind.POINT, Sort.OUTSIDE, point("116.4", "39.9"), "不能大于 104.9"),
    (Kind.ADDRESS, Sort.OUTSIDE, pinned("锦江东路 1 号", "116.4", "39.9"), "不在成都市范围内"),
]
PUT_RIGHT: dict[Kind, tuple[Posted, Posted]] = {
    **{
        kind: (typed(kind, "１２⼀"), typed(kind, "12一"))
        for kind in (Kind.TEXT, Kind.LONG_TEXT, Kind.ADDRESS, Kind.PERSON, Kind.ORGANISATION, *ROWS)
    },
    **{kind: ({"key": "１２𝟛٤"}, {"key": "1234"}) for kind in NUMBERS},
    Kind.DATE: (dated("２０２６", "６", "٣"), dated("2026", "6", "3")),
    Kind.PERIOD: (spanned(("２０２６", "６", "１"), JUNE[1]), spanned(*JUNE)),
    Kind.IDENTITY_NUMBER: ({"key": "１１０１０５１９４９１２３１００２Ｘ"}, {"key": ANYBODY}),
    Kind.CREDIT_CODE: ({"key": "９１１１００００８０２１００４３３Ｂ"}, {"key": CODE}),
    Kind.PHONE: ({"key": "１３８００００００００"}, {"key": "13800000000"}),
    Kind.EMAIL: ({"key": "ａ１＠ｅｘａｍｐｌｅ．ｃｏｍ"}, {"key": "a1@example.com"}),
    Kind.BANK_ACCOUNT: ({"key": "６２２２０２０００００００００００７"}, {"key": "622202000000000007"}),
    Kind.POINT: (point("１０４．０６", "３０．６５"), point("104.06", "30.65")),
    Kind.BOUNDARY: (corners(SQUARE.replace("104", "１０４")), corners(SQUARE)),
}
"""Full-width digits, radicals and digits of other scripts: kept as if the usual ones had been typed."""
