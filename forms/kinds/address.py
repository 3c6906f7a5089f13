"""An address: the district chosen, street and number typed."""

from __future__ import annotations

from forms.fields import AnswerField, Posted, Typed
from forms.rules import TEXT_LENGTH, Wrong, _, normalised, within_length, without_look_alikes
from services.answers import Address, Value

PARTS = ("region", "detail")


class AddressField(AnswerField):
    parts = tuple(f"-{part}" for part in PARTS)

    def choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((code, name.in_language(self.asking.language)) for code, name in self.asking.regions.items())

    def blank(self) -> dict[str, str]:
        return dict.fromkeys(PARTS, "")

    def take(self, formdata: Posted) -> dict[str, str]:
        return {part: next(iter(formdata.getlist(f"{self.name}-{part}")), "") for part in PARTS}

    def read(self, typed: Typed) -> Address | None:
        if not isinstance(typed, dict):
            return None
        region = typed["region"].strip()
        detail = without_look_alikes(within_length(normalised(typed["detail"]), TEXT_LENGTH))
        if not region and not detail:
            return None
        if region not in self.asking.regions:
            raise Wrong(_("请选择区（市）县"))
        if not detail:
            raise Wrong(_("请填写街道和门牌号"))
        return Address(region, detail)

    def spell(self, value: Value) -> dict[str, str]:
        return {"region": value.region, "detail": value.detail} if isinstance(value, Address) else self.blank()
