"""What everyone may expect of a page, asked of the browser: axe's rules, headings, width, keyboard."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

VENDOR = Path(__file__).with_name("vendor")
AXE = VENDOR / json.loads((VENDOR / "manifest.json").read_text("utf-8"))[0]["file"]

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that look at colours; the dark page differs in nothing else (tests/portal/test_modes.py)."""

NARROWEST = 320
"""Pixels: a small phone, or a desktop page at 400 %."""
FAR = 120
"""Presses of Tab from the beginning of the content to what the page is for; each answer that is checked has a link."""

VIOLATIONS = """
async runOnly => {
  const found = await axe.run(document, {iframes: false, resultTypes: ["violations"], runOnly});
  const why = node => [...node.any, ...node.all, ...node.none].map(check => check.message).join("; ");
  const where = rule => rule.nodes.slice(0, 4).map(node => `${node.target}: ${why(node)}`).join(" | ");
  return found.violations.map(rule => `${rule.id} ${rule.nodes.length} times: ${where(rule)}`);
}
"""

UNSEEN = """
() => {
  const look = one => {
    const {outline, boxShadow, backgroundColor, borderColor, transform, top} = getComputedStyle(one);
    return [outline, boxShadow, backgroundColor, borderColor, transform, top].join();
  };
  const around = one => [one, one.parentElement, one.closest("label") ?? one].map(look).join();
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const shown = [...document.querySelectorAll(kinds)].filter(one => one.checkVisibility());
  document.activeElement?.blur();
  const before = new Map(shown.map(one => [one, around(one)]));
  const unseen = shown.filter(one => {
    one.focus({focusVisible: true});
    return document.activeElement !== one || around(one) === before.get(one);
  });
  document.activeElement?.blur();
  return unseen.map(one => one.outerHTML.slice(0, 150));
}
"""
"""Whatever can be used but takes no focus, or looks no different with it."""

OVERFLOW = """
() => {
  const {clientWidth, scrollWidth} = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const boxed = one => one && (getComputedStyle(one).overflowX !== "visible" || boxed(one.parentElement));
  const wide = [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > clientWidth && !boxed(one.parentElement));
  return [`${scrollWidth} > ${clientWidth}`, ...wide.slice(0, 6).map(one => one.outerHTML.slice(0, 150))];
}
"""

ACTION = "main .ry-btn:visible:not(.ry-btn--bare)"
"""What most pages are for is their first button."""


@dataclass(frozen=True, slots=True)
class Mode:
    """How a visitor wants to see the portal."""

    theme: str
    width: int
    height: int
    elder: bool = False
    language: str = "zh"

    def __str__(self) -> str:
        return f"{self.language}-{'elder' if self.elder else self.theme}-{self.width}"

    @property
    def cookies(self) -> dict[str, str]:
        return {"language": self.language, "theme": self.theme, "elder": "on" if self.elder else "off"}


def looks(language: str = "zh") -> list[Mode]:
    """Light, dark and 长辈版, each on a desktop and on a phone."""
    sizes = ((1280, 800), (390, 844))
    return [
        Mode(theme, width, height, elder, language)
        for theme, elder in (("light", False), ("dark", False), ("light", True))
        for width, height in sizes
    ]


def found_by_axe(page: Page, rules: dict[str, object] | None = None) -> list[str]:
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(VIOLATIONS, rules or {"type": "tag", "values": RULES})
    return found


def darken(page: Page) -> None:
    """As the server writes it for whoever asked for the dark page."""
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    page.evaluate("document.querySelector('meta[name=color-scheme]').content = 'dark'")


def what_overflows(page: Page) -> list[str]:
    """What makes the page scroll sideways at the narrowest width."""
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    found: list[str] = page.evaluate(OVERFLOW)
    return found


def without_visible_focus(page: Page) -> list[str]:
    found: list[str] = page.evaluate(UNSEEN)
    return found


def presses_to_action(page: Page) -> int | None:
    """How often Tab is pressed, after skipping the header, until the first button has the focus.

    0 where the page has none; None when it is not reached.
    """
    buttons = page.locator(ACTION)
    if not buttons.count():
        return 0
    page.locator("#main").focus()
    for presses in range(1, FAR + 1):
        page.keyboard.press("Tab")
        if buttons.first.evaluate("one => one === document.activeElement"):
            return presses
    return None
