"""An address: the district or province chosen, the rest typed; where the question asks for it, its place on the map."""

from __future__ import annotations

import re
from decimal import Decimal

from forms.fields import AnswerField, Posted, Typed
from forms.rules import HIGHEST, LOWEST, TEXT_LENGTH, Incomplete, Wrong, _, number, plain_words, within
from services.answers import PIN_PARTS, Address, Value
from services.compounds import is_in_the_city
from services.provinces import ELSEWHERE, OUTSIDE, PROVINCES

PARTS = ("region", "detail")
NAMES_A_PLACE = re.compile("[市区县州盟旗]|[A-Za-z]{2}")
"""Chinese names of cities and districts end so; who writes in Latin letters is believed."""
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
        offered = {**self.asking.regions, **(PROVINCES if self.question.anywhere else {ELSEWHERE: OUTSIDE})}
        return tuple((code, name.in_language(self.asking.language)) for code, name in offered.items())

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
            self._beyond(region)
        if not detail:
            raise Incomplete(_("请填写街道和门牌号"))
        if region in PROVINCES and not NAMES_A_PLACE.search(detail):
            raise Wrong(_("请从市、区（县）写起，例如：绵阳市涪城区示例路 1 号"))
        return Address(region, detail, pin)

    def _beyond(self, region: str) -> None:
        """Raises Wrong for what lies outside of the city, where that may not be, or nowhere."""
        if self.question.anywhere:
            if region not in PROVINCES:
                raise (Wrong if region else Incomplete)(_("请选择省（区、市）或者成都的区（市）县"))
        elif region == ELSEWHERE:
            raise Wrong(_("这里只受理成都市的事。地址在别的城市的，请到当地的政务服务网或者政务服务中心办理"))
        else:
            raise (Wrong if region else Incomplete)(_("请选择区（市）县"))

    def spell(self, value: Value) -> dict[str, str]:
        if not isinstance(value, Address):
            return self.blank()
        place = dict(zip(PIN_PARTS, (f"{each:f}" for each in value.pin), strict=True)) if value.pin else {}
        return {**self.blank(), "region": value.region, "detail": value.detail, **place}


def _pin(east: str, north: str) -> tuple[Decimal, Decimal] | None:
    if not east.strip() and not north.strip():
        return None
    if not east.strip() or not north.strip():
        raise Incomplete(_("经度和纬度要一起填，或者都不填"))
    pin = _degrees(east), _degrees(north)
    if not is_in_the_city(*pin):
        raise Wrong(_("这个位置不在成都市范围内，请检查经度和纬度"))
    return pin


def _degrees(typed: str) -> Decimal:
    return within(number(typed, DEGREE), LOWEST, HIGHEST, PLACES)
