"""Every pair of colours the look sets on each other keeps the ratio of WCAG: 4.5 for text, 3 for graphics."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.look.gallery import ROOT

GROUNDS = ("surface", "page", "sunken")

TEXT = {
    "ink": (*GROUNDS, "ginkgo-soft", "rong-wash", "river-wash", "rong-soft"),
    "ink-2": (*GROUNDS, "river-soft", "river-wash", "rong-wash", "header-bg"),
    "ink-3": (*GROUNDS, "rong-wash", "river-wash", "header-bg"),
    "ink-inv": ("rong", "rong-strong"),
    "river": (*GROUNDS, "river-soft", "river-wash", "header-bg"),
    "river-strong": GROUNDS,
    "btn-fg": ("btn-bg", "btn-bg-hover"),
    "rong": ("surface", "page", "rong-soft", "rong-wash"),
    "rong-strong": ("rong-soft", "rong-wash"),
    "ginkgo": ("surface", "page", "ginkgo-soft"),
    "zhu": ("surface", "page", "zhu-soft"),
    "late": ("surface", "page", "late-soft"),
    "dai": ("surface", "page", "dai-soft"),
    "seal": ("surface",),
    "foot-fg": ("foot-bg",),
    "surface": ("today",),
}
"""Text role → the grounds it stands on. `surface` on `today` is the flag of today."""

GRAPHICS = {
    "edge": GROUNDS,
    "river-mid": ("surface", "page"),
    "rong-mid": ("surface", "rong-wash"),
    "ginkgo-edge": ("surface",),
    "zhu-mid": ("surface", "sunken"),
    "late-mid": ("surface",),
    "dai-mid": ("surface",),
    "late": GROUNDS,
    "rong": GROUNDS,
    "focus": (*GROUNDS, "river-soft", "river-wash", "rong-wash", "header-bg"),
    "today": GROUNDS,
}
"""Role of a line, mark or control border → the grounds it stands on."""

DARK_HALF = '[data-bs-theme="dark"]'
ELDER_HALF = '[data-elder="on"]'


@cache
def palette(*, dark: bool, elder: bool) -> dict[str, str]:
    """The tokens as the browser would settle them in one mode."""
    css = re.sub(r"/\*.*?\*/", "", (ROOT / "static" / "css" / "tokens.css").read_text("utf-8"), flags=re.DOTALL)
    settled: dict[str, str] = {}
    selectors = [":root"]
    selectors += [DARK_HALF] if dark else []
    selectors += [ELDER_HALF] if elder else []
    selectors += [ELDER_HALF + DARK_HALF] if dark and elder else []
    for selector in selectors:
        block = re.search(rf"^[ ]*{re.escape(selector)} \{{(.*?)\}}", css, flags=re.DOTALL | re.MULTILINE)
        assert block is not None, selector
        settled |= dict(re.findall(r"--ry-([\w-]+):\s*(#[0-9a-fA-F]{6}|var\(--ry-[\w-]+\))", block[1]))
    return settled


def color(name: str, colors: dict[str, str]) -> str:
    value = colors[name]
    return color(value.removeprefix("var(--ry-").removesuffix(")"), colors) if value.startswith("var") else value


def luminance(value: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(value[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    light, deep = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (deep + 0.05)


@pytest.mark.parametrize("elder", [False, True], ids=["", "elder"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("pairs,least", [(TEXT, 4.5), (GRAPHICS, 3.0)], ids=["text", "graphics"])
def test_what_stands_on_a_ground_can_be_told_from_it(
    pairs: dict[str, tuple[str, ...]], least: float, *, dark: bool, elder: bool
) -> None:
    colors = palette(dark=dark, elder=elder)
    weak = {
        f"{above} on {ground}": round(found, 2)
        for above, grounds in pairs.items()
        for ground in grounds
        if (found := ratio(color(above, colors), color(ground, colors))) < least
    }
    assert weak == {}


def test_the_ratio_is_the_one_of_the_standard() -> None:
    assert ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_every_state_has_its_soft_ground() -> None:
    light = palette(dark=False, elder=False)
    assert {f"{hue}-soft" for hue in ("river", "rong", "ginkgo", "zhu", "late", "dai")} <= set(light)
