"""The letter of commitment (告知承诺书) as one text: what is told and what is promised, in one language (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from approvals.commitments.offers import WHOLE, Offer
from services.item import Item, Limit, Means, Text, Unit, label

UNITS = {Unit.WORKING_DAYS: Text("个工作日", "working days"), Unit.CALENDAR_DAYS: Text("日", "days")}
MEANS = {
    Means.SHARED_DATA: Text("数据核验", "shared data"),
    Means.DOCUMENT: Text("查阅材料", "papers"),
    Means.ON_SITE: Text("现场核查", "visit on site"),
}


def letter(item: Item, offer: Offer, departments: Mapping[str, Text], language: str) -> str:
    """Plain text, a line a paragraph. It names no person, so that it can be kept for ever as it was shown.

    `departments` names a duty. What is shown, signed, hashed and kept is this text and nothing else.
    """
    return "\n".join(each.in_language(language) for each in _lines(item, offer, departments))


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _lines(item: Item, offer: Offer, departments: Mapping[str, Text]) -> Iterator[Text]:
    told: set[str] = set()
    title = item.name if offer.key == WHOLE else item.steps[offer.key].title
    yield Text(f"告知承诺书：{title.zh}", f"Notice and commitment: {title.en}")
    yield Text(f"告知书版本 {offer.notice.version}", f"Version of the notice: {offer.notice.version}")
    yield Text("一、告知", "1. Notice")
    yield offer.notice.text
    for each in offer.terms.deferred:
        name, days = label(item, each.material), _days(each.limit)
        yield Text(
            f"可以随后补交：{name.zh}，自按承诺作出决定之日起{days.zh}内。",
            f"May follow: {name.en}, within {days.en} of the decision on the commitment.",
        )
    for task in offer.terms.verifications:
        means, days = MEANS[task.means], _days(task.limit)
        who = _who(departments.get(task.duty, Text(task.duty)), task.level, told)
        yield Text(
            f"事后核查：{task.what.zh}（{means.zh}），由{who.zh}在{days.zh}内进行。",
            f"Verified afterwards: {task.what.en} ({means.en}), within {days.en} by {who.en}.",
        )
    years = offer.terms.barred_years
    yield Text(
        "承诺不实的，终止办理或者撤销许可；逾期不履行的，责令限期改正，不改正的撤销许可。被撤销的许可所得利益不受保护。"
        f"两种情形都记入信用记录，{years} 年内不能再承诺办理；可以提出异议。",
        "Where a promise is untrue, the procedure ends or the permit is revoked. Where it is not kept in time, it must "
        "be put right within a limit, or the permit is revoked. What was gained by a revoked permit is not protected. "
        f"Both stand in the credit record and bar you from promising for {years} year{'s' if years > 1 else ''}; "
        "you may object.",
    )
    yield Text(
        "是否承诺由您自愿选择。作出决定前可以撤回承诺，改按一般程序办理。",
        "Whether you promise is your own choice. Until the decision you may take it back and use the normal procedure.",
    )
    yield Text("二、承诺", "2. Commitment")
    yield from offer.notice.promises


def _who(department: Text, level: str, told: set[str]) -> Text:
    """In English with the Chinese name where it is named first; below the city the office of the place."""
    english = department.en if department.zh in told else f"{department.en} {department.zh}".strip()
    told.add(department.zh)
    if level == "city":
        return Text(department.zh, english)
    return Text(f"{department.zh}在当地的部门", f"the local office of {english}")


def _days(limit: Limit) -> Text:
    number, unit = f"{(limit.days or 0):f}", UNITS[limit.unit]
    return Text(f" {number} {unit.zh}", f"{number} {unit.en}")
