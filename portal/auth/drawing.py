"""A short form around an account, on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template

from forms.build import SectionForm
from forms.widgets import all_params

AUTOCOMPLETE = {
    "email": "email",
    "factor_code": "one-time-code",
    "new_password": "new-password",
    "one_time_code": "one-time-code",
    "password": "current-password",
    "person": "name",
    "phone": "tel",
    "reach": "username",
    "username": "username",
}
"""So that browsers and password managers know what belongs there; pasting is allowed everywhere."""


Errors = list[tuple[str, str]]
"""The field and what is wrong with it, for the summary on top."""


def drawn(form: SectionForm) -> list[dict[str, Any]]:
    return [{**drawn_, "autocomplete": AUTOCOMPLETE.get(drawn_["name"], "off")} for drawn_ in all_params(form)]


Groups = Mapping[str, list[tuple[str, list[tuple[str, str]]]]]
"""By field: its choices in groups, each with a title."""


def form_page(
    form: SectionForm,
    errors: Errors | None,
    *,
    heading: str,
    action: str,
    words: str,
    groups: Groups | None = None,
    **shown: object,
) -> str:
    """`words` stand on the button; what else may be `shown` is said in the template."""
    fields = drawn(form)
    for each in fields:
        if each["name"] in (groups or {}):
            each["groups"] = (groups or {})[each["name"]]
    return render_template(
        "auth/form.html",
        fields=fields,
        errors=errors or [],
        heading=heading,
        action=action,
        words=words,
        **shown,
    )
