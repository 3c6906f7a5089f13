"""What a manager wants to change in the simulation, read from the address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from services.catalogue import Catalogue
from services.project import Assumptions, Projects

NUMBERS = (100, 200, 400)
"""How many projects a page may ask for: the most takes a few seconds."""
MEASURES = ("net", "gross")
CHANGES = 3
"""Limits that may be changed at a time."""
MOST_CLERKS, MOST_DAYS, MOST_ARRIVING = 999, 365, 20


@dataclass(frozen=True, slots=True)
class Wish:
    """`typed` is what stands in the fields, right or wrong; `errors` are field and words."""

    profile: str
    number: int
    measure: str
    assumptions: Assumptions
    typed: Mapping[str, str]
    errors: tuple[tuple[str, str], ...] = field(default=())

    @property
    def wrong(self) -> dict[str, str]:
        return dict(self.errors)


def wished(arguments: MultiDict[str, str], data: Projects, catalogue: Catalogue) -> Wish:
    """Nonsense in a choice counts as not chosen; nonsense in a field is said beside it, and nothing is changed."""
    reading = _Reading(arguments, data, catalogue)
    profile = arguments.get("profile", "")
    measure = arguments.get("measure", "")
    number = arguments.get("projects", "")
    assumptions = reading.assumptions()
    return Wish(
        profile if profile in data.profiles else "average",
        int(number) if number in {str(each) for each in NUMBERS} else NUMBERS[0],
        measure if measure in MEASURES else MEASURES[0],
        data.assumptions if reading.errors else assumptions,
        reading.typed,
        tuple(reading.errors),
    )


class _Reading:
    def __init__(self, arguments: MultiDict[str, str], data: Projects, catalogue: Catalogue) -> None:
        self.arguments, self.data, self.catalogue = arguments, data, catalogue
        self.typed: dict[str, str] = {}
        self.errors: list[tuple[str, str]] = []

    def assumptions(self) -> Assumptions:
        usual = self.data.assumptions
        clerks = {
            code: int(self._number(f"clerks-{code}", Decimal(count), 1, MOST_CLERKS, is_whole=True))
            for code, count in usual.clerks.items()
        }
        arriving = self._number(
            "projects_per_day", Decimal(str(usual.projects_per_day)), Decimal("0.01"), MOST_ARRIVING
        )
        return replace(
            usual,
            clerks=clerks,
            projects_per_day=float(arriving),
            limits=dict(self._limits()),
            correction_at_acceptance=self._share("correction_at_acceptance", usual.correction_at_acceptance),
            correction_in_review=self._share("correction_in_review", usual.correction_in_review),
            commitment_uptake=self._share("commitment_uptake", usual.commitment_uptake),
        )

    def _share(self, name: str, usual: float) -> float:
        """Written in per cent."""
        return float(self._number(name, Decimal(str(usual)) * 100, 0, 100) / 100)

    def _limits(self) -> Iterator[tuple[str, Decimal]]:
        items = {code: item for code, item in self.catalogue.items.items() if item.construction_stage}
        for place in range(1, CHANGES + 1):
            code = self._text(f"item-{place}")
            days = self._text(f"days-{place}")
            if code and code not in items:
                self.errors.append((f"item-{place}", _("没有这个事项，请从列表里选。")))
            elif code and not days:
                self.errors.append((f"days-{place}", _("请写承诺时限改成几个工作日。")))
            elif days and not code:
                self.errors.append((f"item-{place}", _("请选哪个事项的承诺时限要改。")))
            elif code:
                yield code, self._number(f"days-{place}", Decimal(0), 0, MOST_DAYS)

    def _text(self, name: str) -> str:
        self.typed[name] = self.arguments.get(name, "").replace("\0", " ").strip()[:40]
        return self.typed[name]

    def _number(self, name: str, usual: Decimal, least: Decimal | int, most: int, *, is_whole: bool = False) -> Decimal:
        written = self._text(name)
        if not written:
            self.typed[name] = f"{usual.normalize():f}"
            return usual
        try:
            number = Decimal(written)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not least <= number <= most or (is_whole and number != int(number)):
            said = (
                _("请写 %(least)s 到 %(most)s 之间的整数。", least=least, most=most)
                if is_whole
                else _("请写 %(least)s 到 %(most)s 之间的数。", least=least, most=most)
            )
            self.errors.append((name, said))
            return usual
        return number
