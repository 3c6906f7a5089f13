"""How a writ speaks: one language over its facts, with the words that its paragraphs and tables share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from approvals.vocabulary import WritKind
from services.answers import show_date
from services.item import Text

Facts = Mapping[str, Any]
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their heads; without heads the first cell of each row is its head."""

    heads: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Composed:
    before: tuple[str, ...]
    table: Table | None = None
    after: tuple[str, ...] = ()


TITLES: Mapping[str, tuple[Text, Text]] = {
    WritKind.RECEIPT: (Text("收件凭证", "Receipt"),) * 2,
    WritKind.ACCEPTANCE: (Text("受理通知书", "Notice of Acceptance"),) * 2,
    WritKind.CORRECTION: (Text("补正通知书", "Notice of Correction"),) * 2,
    WritKind.NOT_NEEDED: (Text("不受理通知书", "Notice that No Permit Is Needed"),) * 2,
    WritKind.NOT_ACCEPTED: (Text("不予受理通知书", "Notice of Non-Acceptance"),) * 2,
    WritKind.SPECIAL_PROCEDURE: (Text("特别程序告知书", "Notice of a Special Procedure"),) * 2,
    WritKind.EXTENSION: (Text("延期通知书", "Notice of Extension"),) * 2,
    WritKind.GRANT: (
        Text("准予行政许可决定书", "Decision Granting a Licence"),
        Text("准予决定书", "Decision Granting the Application"),
    ),
    WritKind.REFUSAL: (
        Text("不予行政许可决定书", "Decision Refusing a Licence"),
        Text("不予决定书", "Decision Refusing the Application"),
    ),
    WritKind.DELIVERY: (Text("送达回证", "Certificate of Service"),) * 2,
}
"""Of administrative licensing, and of other matters."""


def dated(day: date, language: str) -> str:
    """2026年5月8日, without the spaces of the screen."""
    return show_date(day, language) if language == "en" else f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class Speech:
    """One language over the facts of one writ."""

    language: str
    facts: Facts

    def say(self, zh: str, en: str, **more: str) -> str:
        """The sentence in the language, its places filled with these words and the common ones.

        Only these templates of ours are formatted; what people wrote goes in as a value.
        """
        common = {
            "title": self.facts["title"],
            "item": self.of(self.facts["item"]),
            "application": self.facts["application"],
            "government": self.of(self.facts["government"]),
        }
        return (en if self.language == "en" else zh).format(**common, **more)

    def of(self, both: Iterable[str]) -> str:
        zh, en = both
        return en if self.language == "en" and en else zh

    def day(self, value: str | None) -> str:
        return dated(date.fromisoformat(value), self.language) if value else ""

    def due(self, key: str) -> str:
        """The due date of that key among the facts, marked where it may still move (预计)."""
        day = self.day(self.facts[key])
        return day + self.say("（预计）", " (provisionally)") if key in self.facts.get("provisional", ()) else day

    def title(self, kind: WritKind) -> str:
        licence, other = TITLES[kind]
        return (licence if self.facts["is_licence"] else other).in_language(self.language)

    @property
    def subject(self) -> str:
        """《item》 by its name, and what it is about where the applicant gave it a name of its own."""
        named = self.facts["title"] not in self.facts["item"]
        if self.language == "en":
            return self.of(self.facts["item"]) + (f" ({self.facts['title']})" if named else "")
        return f"“{self.facts['item'][0]}”" + (f"（{self.facts['title']}）" if named else "")

    @property
    def law(self) -> bool:
        return bool(self.facts["is_licence"])

    @property
    def remedies(self) -> str:
        return self.say(
            "如不服本决定，可以自收到本决定书之日起六十日内向{government}申请行政复议，"
            "也可以自收到本决定书之日起六个月内依法向有管辖权的人民法院提起行政诉讼。",
            "Whoever disagrees may ask {government} for administrative reconsideration within 60 days of receiving this"
            " decision, or bring an administrative action before the competent People's Court within 6 months of it.",
        )
