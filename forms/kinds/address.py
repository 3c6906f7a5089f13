"""An address: the district chosen, street and number typed; where the question asks for it, its place on the map."""

from __future__ import annotations

from decimal import Decimal

from forms.fields import AnswerField, Posted, Typed
from forms.rules import HIGHEST, LOWEST, TEXT_LENGTH, Wrong, _, number, plain_words, within
from services.answers import PIN_PARTS, Address, Value
from services.compounds import is_in_the_city

PARTS = ("region", "detail")
DEGREE = ("°", "度")
PLACES = 7
"""After the point: a centimetre."""


class AddressField(AnswerField):
    @property
    def posted(self) -> tuple[str, ...]:
        return (*PARTS, *PIN_PARTS) if self.question.pinned else PARTS

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"{self.name}-{part}" for part in self.posted)

    def choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((code, name.in_language(self.asking.language)) for code, name in self.asking.regions.items())

    def blank(self) -> dict[str, str]:
        return dict.fromkeys(self.posted, "")

    def take(self, formdata: Posted) -> dict[str, str]:
        return {part: next(iter(formdata.getlist(f"{self.name}-{part}")), "") for part in self.posted}

    def read(self, typed: Typed) -> Address | None:
        if not isinstance(typed, dict):
            return None
        region = typed["region"].strip()
        detail = plain_words(typed["detail"], TEXT_LENGTH)
        pin = _pin(typed.get("longitude", ""), typed.get("latitude", ""))
        if not region and not detail and pin is None:
            return None
        if region not in self.asking.regions:
            raise Wrong(_("请选择区（市）县"))
        if not detail:
            raise Wrong(_("请填写街道和门牌号"))
        return Address(region, detail, pin)

    def spell(self, value: Value) -> dict[str, str]:
        if not isinstance(value, Address):
            return self.blank()
        place = dict(zip(PIN_PARTS, (f"{each:f}" for each in value.pin), strict=True)) if value.pin else {}
        return {**self.blank(), "region": value.region, "detail": value.detail, **place}


def _pin(east: str, north: str) -> tuple[Decimal, Decimal] | None:
    if not east.strip() and not north.strip():
        return None
    if not east.strip() or not north.strip():
        raise Wrong(_("经度和纬度要一起填，或者都不填"))
    pin = _degrees(east), _degrees(north)
    if not is_in_the_city(*pin):
        raise Wrong(_("这个位置不在成都市范围内，请检查经度和纬度"))
    return pin


def _degrees(typed: str) -> Decimal:
    return within(number(typed, DEGREE), LOWEST, HIGHEST, PLACES)
