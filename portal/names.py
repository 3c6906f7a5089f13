"""Chinese names on an English page: marked as Chinese, and a department's set once after its English name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, request
from markupsafe import Markup, escape

from portal.ui import language
from services.item import Text

if TYPE_CHECKING:
    from approvals.queries.signature import Signature

HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
SIGNS = "\u3000-\u303f\uff00-\uffef"
"""Full-width punctuation, which stands in Chinese text alone."""
CHINESE = re.compile(rf"(?:[{SIGNS}][\d{SIGNS}]*)?[{HAN}](?:[^A-Za-z]*[{HAN}{SIGNS}])*")
"""From the first to the last sign of a stretch of Chinese, with the figures and spaces inside it."""
TOLD = "rongyiban.departments"


def as_written(value: str) -> str:
    """What somebody wrote, in whatever language: on an English page its Chinese is marked, so that it is read as such.

    Markup stays as it is: its parts were marked when it was made.
    """
    if language() != "en" or isinstance(value, Markup) or not CHINESE.search(value):
        return value
    marked, end = Markup(), 0
    for found in CHINESE.finditer(value):
        marked += escape(value[end : found.start()]) + Markup('<span lang="zh-CN">{}</span>').format(found[0])
        end = found.end()
    return marked + escape(value[end:])


def lang_of(value: str) -> Markup:
    """The lang attribute of an element that holds nothing but this value, where markup cannot stand inside it."""
    return Markup(' lang="zh-CN"') if language() == "en" and CHINESE.search(value) else Markup()


def in_full(department: Text | str) -> str:
    """A department's name; in English the Chinese one after it where the page names it first."""
    if isinstance(department, str):
        return as_written(department)
    if language() != "en" or not department.en:
        return as_written(department.in_language(language()))
    told: set[str] = request.environ.setdefault(TOLD, set())
    if department.zh in told:
        return department.en
    told.add(department.zh)
    return Markup('{} <span class="ry-also" lang="zh-CN">{}</span>').format(department.en, department.zh)


def signed(signature: Signature) -> str:
    """王敏（示例） · 成都市城市管理委员会: never a name without the department it stands for."""
    name = as_written(signature.name)
    return Markup("{} · {}").format(name, in_full(signature.department)) if signature.department else name


def sentences(said: Iterable[str]) -> Markup:
    """One after the other: with a space between them in English, without one after a Chinese full stop."""
    between = Markup(" ") if language() == "en" else Markup()
    return between.join(each for each in said if each)


def register(app: Flask) -> None:
    for filter_ in (as_written, lang_of, in_full, signed, sentences):
        app.jinja_env.filters[filter_.__name__] = filter_
