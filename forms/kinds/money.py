"""An amount of money, in yuan unless its question names another unit."""

from __future__ import annotations

from forms.kinds.number import NumberField
from services.answers import YUAN


class MoneyField(NumberField):
    usual_decimals = 2
    usual_unit = YUAN
