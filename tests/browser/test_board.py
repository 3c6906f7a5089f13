"""The manager's board on a phone: a card for each application, no field squeezed beside its name."""

from __future__ import annotations

from tests.browser.people import sign_in
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live

SIDE_BY_SIDE = "cells => cells.map(one => one.getBoundingClientRect()).map(box => [box.left, box.width])"


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
