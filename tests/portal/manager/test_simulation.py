"""The page of the simulation: assumptions that can be changed, and what nonsense in them is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

import portal.simulation
from approvals.simulation.compare import Comparison
from services.project import projects

Enter = Callable[[str], FlaskClient]
ADDRESS = "/management/simulation"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two projects do for a page."""
    monkeypatch.setattr("portal.manager.what_if.NUMBERS", (2, 3))
    monkeypatch.setattr("portal.manager.views.NUMBERS", (2, 3))


def page(client: FlaskClient, query: str = "", status: int = 200) -> str:
    answer = client.get(f"{ADDRESS}?{query}")
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_it_shows_every_procedure_and_every_assumption(signed_in: Enter) -> None:
    html = page(signed_in("manager"))
    for words in ("逐项办理，按法定时限", "四阶段并联，先承诺后审批", "受理时材料不齐的事项", "没有模拟：不予许可"):
        assert words in html
    assert html.count('<circle cx="') == 2 * 5
    assert "改动前平均" not in html


def test_a_change_is_shown_beside_what_was_before(signed_in: Enter) -> None:
    html = page(signed_in("manager"), "item-1=GC201&days-1=1&clerks-ZJ=1&commitment_uptake=0")
    assert "改动前平均" in html
    assert 'name="clerks-ZJ" inputmode="decimal" maxlength="6" autocomplete="off" value="1"' in html
    assert '<option value="GC201" selected>' in html


@pytest.mark.parametrize(
    "query, said",
    [
        ("clerks-ZJ=0", "请写 1 到 999 之间的整数"),
        ("clerks-ZJ=2.5", "请写 1 到 999 之间的整数"),
        ("commitment_uptake=NaN", "请写 0 到 100 之间的数"),
        ("correction_in_review=1e9", "请写 0 到 100 之间的数"),
        ("projects_per_day=-1", "请写 0.01 到 20 之间的数"),
        ("item-1=GC999&days-1=3", "没有这个事项"),
        ("item-2=GC201", "请写承诺时限改成几个工作日"),
        ("days-3=4", "请选哪个事项的承诺时限要改"),
        ("item-1=GC201&days-1=x", "请写 0 到 365 之间的数"),
    ],
)
def test_nonsense_is_said_beside_its_field_and_kept(signed_in: Enter, query: str, said: str) -> None:
    html = page(signed_in("manager"), query, status=422)
    assert said in html
    assert "<title>错误：" in html
    name, _, typed = query.rpartition("&")[2].partition("=")
    assert f'name="{name}"' in html
    assert f'value="{typed}"' in html
    assert "改动前平均" not in html, "nothing is changed by it"


def test_an_unknown_choice_counts_as_not_chosen(signed_in: Enter) -> None:
    assert '<option value="average" selected>' in page(signed_in("manager"), "profile=x&projects=1000000&measure=y")


@pytest.mark.parametrize("username", ["wangxiaorong", "clerk-zj"])
def test_nobody_but_managers_gets_in(signed_in: Enter, username: str) -> None:
    assert signed_in(username).get(ADDRESS).status_code == 403


def test_what_was_asked_before_takes_no_second_run(signed_in: Enter) -> None:
    found: list[Comparison] = [portal.simulation.remembered("small", 2, projects().assumptions) for _ in range(2)]
    assert found[0] is found[1]
