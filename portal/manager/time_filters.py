"""Which times the address asks for, and in plain words what of it means nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from approvals.queries.times import GROUPS, LENGTHS, NONE, ONLY, Asked
from approvals.vocabulary import Channel
from services.current import catalogue

WAYS = {"": None, "promised": True, "normal": False}
SUBJECTS = ("application", "step")
MOST_MONTHS = 60
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Wanted:
    """`kept` is what links on the page carry on; `wrong` says in words what was not understood."""

    asked: Asked
    group: str
    only: str
    least: int
    length: str
    page: int
    kept: Mapping[str, str]
    wrong: tuple[str, ...]

    @property
    def cases(self) -> dict[str, Any]:
        """Which of the cases are meant, as the query takes it."""
        return {"only": self.only, "least": self.least, "length": self.length}


def wanted(arguments: Mapping[str, str], today: date) -> Wanted:
    """What means nothing counts as not asked for, and is said."""
    here, wrong = catalogue(), list[str]()
    given = {name: arguments.get(name, "").replace("\0", " ").strip()[:64] for name in NAMES}

    def choice(name: str, known: Any, words: str) -> str:
        value = given[name]
        if value and value not in known:
            wrong.append(words)
            return ""
        return value

    subject = choice("of", SUBJECTS, _("只能看办件或环节的用时。")) or "application"
    item = choice("item", here.items, _("没有这个事项。"))
    steps = here.items[item].steps if item else {}
    found: dict[str, Any] = {
        "subject": subject,
        "item": item,
        "stage": choice("stage", (*map(str, here.construction_stages), NONE), _("没有这个阶段。")),
        "step": choice("step", steps, _("这个事项没有这个环节，请先选事项。")) if subject == "step" else "",
        "department": choice("department", here.departments, _("没有这个部门。")),
        "region": choice("region", (*here.regions, NONE), _("没有这个区（市）县。")),
        "is_promised": WAYS[choice("way", WAYS, _("只能分告知承诺和一般程序。"))],
        "channel": choice("channel", tuple(Channel), _("只能分网上和窗口。")),
    }
    since, until = _months(given, today, wrong)
    group = choice("by", GROUPS, _("不能这样分组。")) or ("department" if subject == "step" else "item")
    if group == "step" and subject != "step":
        group = "item"
    only = choice("only", ONLY, _("没有这一类办件。"))
    length = choice("days", LENGTHS, _("只能看毛用时或净用时。")) or "net"
    least, page = (_number(given[name], usual, wrong) for name, usual in (("least", 0), ("page", 1)))
    kept = {
        "of": subject,
        "since": since,
        "until": until,
        **{name: found[name] for name in ("item", "stage", "step", "department", "region", "channel") if found[name]},
        **({"way": "promised" if found["is_promised"] else "normal"} if found["is_promised"] is not None else {}),
        **({"days": length} if length != "net" else {}),
    }
    asked = Asked(since, until, **found)
    return Wanted(asked, group, only, least, length, max(page, 1), kept, tuple(dict.fromkeys(wrong)))


NAMES = (
    *("of", "item", "stage", "step", "department", "region", "way", "channel"),
    *("since", "until", "by", "only", "least", "days", "page"),
)


def _months(given: Mapping[str, str], today: date, wrong: list[str]) -> tuple[str, str]:
    """A year up to this month where nothing else is asked."""
    usual = (f"{today.year - 1 + today.month // 12}-{today.month % 12 + 1:02d}", f"{today:%Y-%m}")
    since, until = given["since"] or usual[0], given["until"] or usual[1]
    if not MONTH.fullmatch(since) or not MONTH.fullmatch(until):
        wrong.append(_("月份请写成 2026-07 这样。"))
        return usual
    if since > until:
        wrong.append(_("开始的月份在结束的月份之后。"))
        return usual
    if len(Asked(since, until).months) > MOST_MONTHS:
        wrong.append(_("最多看 %(most)s 个月。", most=MOST_MONTHS))
        return usual
    return since, until


def _number(written: str, usual: int, wrong: list[str]) -> int:
    if not written:
        return usual
    if written.isascii() and written.isdigit() and int(written[:9]) < 100_000:
        return int(written[:9])
    wrong.append(_("页码和天数请写整数。"))
    return usual
