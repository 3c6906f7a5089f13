"""Forty clerks who decide one step at the same time, each in a browser of their own. On SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from werkzeug.test import TestResponse

from approvals.commands.enrol import enrol
from approvals.vocabulary import Outcome, Role
from portal.invariants import examine
from portal.unit_of_work import changing, now
from tests.deciding import ticked
from tests.fixtures.heart import Office
from tests.standing import enter

MANY = 40


@pytest.fixture(params=["office", "postgres_office"], ids=["sqlite", "postgres"])
def any_office(request: pytest.FixtureRequest) -> Office:
    found: Office = request.getfixturevalue(request.param)
    return found


def test_one_goes_on_and_the_others_keep_what_they_typed(any_office: Office) -> None:
    number = any_office.small()
    any_office.take(number, "accept")
    names = [f"clerk-zj-{place}" for place in range(100, 100 + MANY)]
    with changing(at=now()) as session:
        for name in names:
            enrol(session, username=name, password_hash="-", role=Role.CLERK, name=name, department="ZJ", at=now())
    clients = [enter(any_office.app, name) for name in names]
    points, barrier = ticked(number, "gc301"), Barrier(MANY)

    def decide(place: int) -> TestResponse:
        form = {"round": "1", "outcome": str(Outcome.DISAGREE), "reason": f"第 {place} 个人写了很久的理由。", **points}
        barrier.wait(timeout=60)
        return clients[place].post(f"/office/steps/{number}/gc301/decide", data=form)

    with ThreadPoolExecutor(MANY) as threads:
        answers = list(threads.map(decide, range(MANY)))
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * (MANY - 1)
    for place, answer in enumerate(answers):
        if answer.status_code == 409:
            page = answer.get_data(as_text=True)
            assert f"第 {place} 个人写了很久的理由。" in page
            assert "办完这个环节" in page
    assert examine(any_office.app)["broken"] == []
