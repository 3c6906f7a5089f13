"""An area, in square metres unless its question names another unit."""

from __future__ import annotations

from forms.kinds.number import NumberField
from services.answers import SQUARE_METRES


class AreaField(NumberField):
    usual_decimals = 2
    usual_unit = SQUARE_METRES
