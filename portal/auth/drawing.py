"""The fields of a short form as its page needs them."""

from __future__ import annotations

from typing import Any

from forms.build import SectionForm
from forms.widgets import all_params

AUTOCOMPLETE = {
    "email": "email",
    "new_password": "new-password",
    "one_time_code": "one-time-code",
    "password": "current-password",
    "person": "name",
    "phone": "tel",
    "reach": "username",
    "username": "username",
}
"""So that browsers and password managers know what belongs there; pasting is allowed everywhere."""


def drawn(form: SectionForm) -> list[dict[str, Any]]:
    return [{**drawn_, "autocomplete": AUTOCOMPLETE.get(drawn_["name"], "off")} for drawn_ in all_params(form)]
