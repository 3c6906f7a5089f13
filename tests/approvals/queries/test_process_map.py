"""The process map: it counts what happened, takes back what is reopened, and costs the same for a year as for a day."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from approvals.commands.reopen import reopen
from approvals.commands.resubmit import resubmit
from approvals.commands.withdraw import withdraw
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.process_map import ProcessMap, Road, Wanted, process_map, walked_cases
from approvals.queries.walks import uncounted
from approvals.records.walk import LegCount, Walk
from approvals.vocabulary import Outcome
from portal.event_logs import recount
from portal.unit_of_work import changing, now, reading
from services.current import catalogue
from tests.counting import statements
from tests.factories import RESIDENCE, applied, decided, granted, on, returned

MONDAY, TUESDAY, FRIDAY = date(2026, 6, 8), date(2026, 6, 9), date(2026, 6, 12)
ACCEPT, REVIEW, DECIDE, ISSUE = (f"step:{key}" for key in ("accept", "review", "decide", "issue"))


@pytest.fixture
def walked(app: Flask) -> str:
    """One straight on, one mended, one refused, one withdrawn; the number of the one that is refused."""
    granted(applied(RESIDENCE, on(MONDAY)), on(MONDAY))
    mended = applied(RESIDENCE, on(MONDAY))
    decided(mended, "accept", Outcome.ACCEPT, at=on(MONDAY))
    returned(mended, "review", next(iter(catalogue().item(RESIDENCE).questions)), at=on(MONDAY))
    by = actor_named(reading(), "wangxiaorong")
    with changing(by, on(FRIDAY)) as session:
        resubmit(for_change.application(session, mended), explanation="没有变化。", by=by, at=on(FRIDAY))
    granted(mended, on(FRIDAY))
    refused = applied(RESIDENCE, on(MONDAY))
    decided(refused, "accept", Outcome.ACCEPT, at=on(MONDAY))
    decided(refused, "review", Outcome.DISAGREE, "材料与事实不符。", at=on(TUESDAY))
    decided(refused, "decide", Outcome.REFUSE, "审查没有通过。", at=on(TUESDAY))
    left = applied(RESIDENCE, on(MONDAY))
    with changing(by, on(TUESDAY)) as session:
        withdraw(for_change.application(session, left), "不办了。", by=by, at=on(TUESDAY))
    return refused


def seen(**wanted: str) -> ProcessMap:
    reading().rollback()
    code = catalogue().item(RESIDENCE).code
    asked = {"since": "2026-06", "until": "2026-06", "item": code, **wanted}
    return process_map(reading(), Wanted(**asked), by=actor_named(reading(), "manager"))


def counted(found: ProcessMap) -> dict[tuple[str, str], int]:
    return {(edge.source, edge.target): edge.times for edge in found.edges}


def test_it_says_what_happened(walked: str) -> None:
    found = seen()
    assert (found.cases, found.mended, found.all_variants) == (4, 1, 4)
    assert counted(found) == {
        ("start:", ACCEPT): 4,
        (ACCEPT, REVIEW): 3,
        (ACCEPT, "end:withdrawn"): 1,
        (REVIEW, "mend:"): 1,
        ("mend:", REVIEW): 1,
        (REVIEW, DECIDE): 3,
        (DECIDE, ISSUE): 2,
        (DECIDE, "end:refused"): 1,
        (ISSUE, "end:issued"): 2,
    }
    roads = {(edge.source, edge.target): edge.road for edge in found.edges}
    assert [pair for pair, road in roads.items() if road is Road.OWN] == [(ACCEPT, "end:withdrawn")]
    assert [pair for pair, road in roads.items() if road is Road.DETOUR] == [("mend:", REVIEW), (REVIEW, "mend:")]
    assert (found.nodes["mend:"].median, found.nodes[REVIEW].again) == (4, 1)
    assert set(found.drawn.nodes) == set(found.nodes)
    assert list(uncounted(reading(), now().calendar)) == []
    # Every figure leads to its cases.
    wanted, by = seen().wanted, actor_named(reading(), "manager")
    for edge in seen().edges:
        cases = walked_cases(reading(), wanted, edge=(edge.source, edge.target), by=by)
        assert cases.total == edge.times  # nobody walked an edge twice here
    for variant in seen().variants:
        assert walked_cases(reading(), wanted, way=variant.ways[0], by=by).total == variant.cases
    refused = walked_cases(reading(), wanted, edge=(DECIDE, "end:refused"), by=by)
    assert [row.number for row in refused.rows] == [walked]
    # Months, departments, and all items together.
    assert seen(since="2026-07", until="2026-12").cases == 0
    assert seen(department="GA").cases == 4
    assert seen(department="ZJ").edges == ()
    together = seen(item="")
    assert counted(together)["step:acceptance", "step:review"] == 3
    assert together.cases == 4
    # It reads counts alone.
    assert reading().scalar(select(func.count()).select_from(Walk)) == 4
    with statements() as told:
        seen()
    assert len(told) <= 9
    assert not any("FROM walks" in each or "FROM events" in each for each in told)


def test_what_is_reopened_is_taken_off_and_counted_when_it_ends_again(walked: str) -> None:
    head = actor_named(reading(), "head-ga")
    with changing(head, on(FRIDAY)) as session:
        reopen(for_change.application(session, walked), "复议〔2026〕1 号", "复议撤销。", by=head, at=on(FRIDAY))
    assert counted(seen())[DECIDE, ISSUE] == 2
    assert ("decide", "end:refused") not in counted(seen())
    assert seen().cases == 3
    decided(walked, "decide", Outcome.REFUSE, "仍不符合。", at=on(FRIDAY))
    found = seen()
    assert (found.cases, counted(found)[DECIDE, DECIDE]) == (4, 1)
    assert list(uncounted(reading(), now().calendar)) == []


def test_counting_anew_comes_to_the_same_and_a_wrong_count_is_found(walked: str) -> None:
    before = counted(seen())
    assert recount() == 4
    assert counted(seen()) == before
    with changing() as session:
        session.execute(LegCount.__table__.update().values(times=LegCount.times + 1))  # type: ignore[attr-defined]
        session.delete(session.scalars(select(Walk).limit(1)).one())
    assert [words.partition(": ")[2] or words for words in uncounted(reading(), now().calendar)] == [
        "it is finished, but not counted in the process map",
        "the process map's way_counts are not the sum of the walks",
        "the process map's stay_counts are not the sum of the walks",
        "the process map's leg_counts are not the sum of the walks",
    ]
