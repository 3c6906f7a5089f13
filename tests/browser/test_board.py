"""The manager's board on a phone: a card for each application, no field squeezed beside its name."""

from __future__ import annotations

import pytest

from tests.browser.people import sign_in
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live

SIDE_BY_SIDE = "cells => cells.map(one => one.getBoundingClientRect()).map(box => [box.left, box.width])"

OVERLAID = """lists => lists.flatMap(list => {
  const words = [...list.querySelectorAll("li > *")].flatMap(one => [...one.getClientRects()].map(box => [one, box]));
  const laid = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4;
  return words.flatMap(([one, box], n) => words.slice(n + 1).filter(([other, its]) => other !== one && laid(box, its))
    .map(([other]) => one.textContent + " / " + other.textContent));
})"""


def test_on_a_phone_each_application_is_a_card_over_the_whole_width(visitors: Visitors, lived: Live) -> None:
    page = visitors.come(width=390, height=844, address=lived.address)
    sign_in(page, "manager")
    page.goto("/management/board")
    cards = page.locator(".ry-board tbody tr")
    assert cards.count() > 1
    first = cards.first
    assert first.evaluate("one => getComputedStyle(one).borderTopWidth") == "1px"
    inside = first.evaluate("one => one.clientWidth - 2 * parseFloat(getComputedStyle(one).paddingLeft)")
    for part in ("th", ".ry-board__light", ".ry-board__where"):
        box = first.locator(part).bounding_box()
        assert box is not None
        assert box["width"] >= inside - 1, f"{part} has the whole card"
    (promised, _), (statutory, _) = first.locator("td.n").evaluate_all(SIDE_BY_SIDE)
    assert promised < statutory, "the two dates stand beside each other"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [320, 700, 1280])
def test_no_words_lie_over_others_where_a_step_is_late(
    visitors: Visitors, lived: Live, width: int, language: str
) -> None:
    page = visitors.come(width=width, height=844, address=lived.address)
    sign_in(page, "manager")
    page.context.add_cookies([{"name": "language", "value": language, "url": lived.address}])
    page.goto("/management/board")
    reason = page.locator(".ry-board__where li > small").nth(1)
    assert reason.is_visible()
    assert page.locator(".ry-board__where").evaluate_all(OVERLAID) == []
    assert (
        page.locator(".ry-kpi__v small").evaluate_all(
            "units => units.filter(u => u.scrollWidth > u.parentElement.clientWidth + 1).length"
        )
        == 0
    )
