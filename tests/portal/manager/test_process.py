"""The page of the process map: its figures, its filters in the address, the applications behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Flask
from flask.testing import FlaskClient

from tests.factories import RESIDENCE, applied, granted, on

Enter = Callable[[str], FlaskClient]
MONDAY = date(2026, 6, 8)


def page(client: FlaskClient, query: str = "", path: str = "/management/process") -> str:
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_it_draws_what_happened_and_leads_to_it(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    granted(number, on(MONDAY))
    manager = signed_in("manager")
    html = page(manager, "from=2026-06&until=2026-06")
    assert html.count('<g class="ry-map__node"') == 6
    assert (
        "/management/process/cases?source=step:decision&amp;target=step:issue&amp;from=2026-06&amp;until=2026-06"
        in html
    )
    cases = page(
        manager, "source=step:decision&target=step:issue&from=2026-06&until=2026-06", "/management/process/cases"
    )
    assert f'href="/management/applications/{number}"' in cases
    assert "没有这样的办件" in page(manager, "way=999", "/management/process/cases")
    assert manager.get("/management/process/cases?way=x").status_code == 404
    assert signed_in("clerk-ga").get("/management/process").status_code == 403


def test_nonsense_in_the_address_is_said_and_nothing_found_too(signed_in: Enter) -> None:
    html = page(signed_in("manager"), "item=XX&from=1999-01&until=%27")
    assert "看不懂的筛选条件" in html
    assert "这段时间没有办结的申请" in html
