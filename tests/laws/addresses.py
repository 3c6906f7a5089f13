"""How long the addresses are that the forms of a page lead to, whatever is typed and chosen in them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote_plus

import html5lib

Node = Any

LONGEST_CHARACTER = len(quote_plus("蓉"))
"""Of a unit of UTF-16, which is what `maxlength` counts."""
WRITTEN = {"date": len("2026-06-05"), "month": len("2026-06"), "number": 20}
"""Fields whose values the browser bounds itself."""
FIELDS = {"button", "input", "select", "textarea"}
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
POSTS = re.compile(r"<form\b[^>]*\smethod=.(?:post|dialog)")


def asking(html: str) -> list[str]:
    """The forms of a page that ask by address; cut out, for reading whole pages takes long."""
    return [form for form in FORM.findall(html) if not POSTS.match(form)]


def longest(html: str) -> int:
    """Characters of the longest address that it leads to; KeyError for a field whose length nobody bounds."""
    (form,) = html5lib.parseFragment(html, namespaceHTMLElements=False)
    address, alternatives = len(form.get("action", "")), dict[str, int]()
    for field in form.iter():
        name = field.get("name")
        if field.tag not in FIELDS or name is None:
            continue
        length = len(f"&{quote_plus(name)}=") + _value(field)
        if field.tag == "button" or field.get("type") in {"radio", "submit"}:
            alternatives[name] = max(length, alternatives.get(name, 0))
        else:
            address += length
    return address + sum(alternatives.values())


def _value(field: Node) -> int:
    if field.tag == "select":
        values = [len(quote_plus(one.get("value", one.text or ""))) for one in field.iter("option")]
        return max(values, default=0)
    kind = field.get("type", "text" if field.tag == "input" else "")
    if field.tag == "button" or kind in {"checkbox", "hidden", "radio", "submit"}:
        return len(quote_plus(field.get("value", "on")))
    return WRITTEN[kind] if kind in WRITTEN else int(field.attrib["maxlength"]) * LONGEST_CHARACTER
