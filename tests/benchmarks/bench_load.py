"""Pages under twenty users, and a hundred clerks who take the next step, over ten thousand and a million applications.

`BENCH_APPLICATIONS=100000` makes the larger city smaller.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.cookiejar import CookieJar
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener, urlopen

from sqlalchemy import text

from approvals.commands.take import take
from approvals.queries.actor import actor_named
from approvals.queries.free_step import free_step
from approvals.records.people import Account
from portal.demonstration.people import PASSWORD
from portal.extensions import db
from portal.unit_of_work import changing, now, reading
from tests.benchmarks.goals import goal
from tests.benchmarks.population import WORKERS, office, populate, some_applicants
from tests.databases import database
from tests.processes import free_port, running, wait_until

SMALL = 10_000
LARGE = int(os.environ.get("BENCH_APPLICATIONS", "1000000"))
USERS = 20
SECONDS = 75
PAUSE = 1.0
ARRIVING = 12
"""Seconds in which everybody signs in and comes to each page for the first time: not measured."""
CLERKS = 100
MOST_GROWTH, LEAST_FILLED = 1.3, 5_000
DEPARTMENT = "GA"
WORDS = ("居住证", "护照", "驾驶证", "开餐馆", "shengyu", "施工许可")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
NUMBER = re.compile(r"\d{6}-\d{8}-\w+-\d{6}-\w")


@dataclass(frozen=True, slots=True)
class Page:
    """What is measured: how it stands in the log, whose it is, and how many milliseconds it may take (95 of 100)."""

    title: str
    route: str
    goal: float


PAGES = (
    Page("my applications", "/my/applications", 50),
    Page("tracker", "/applications/<number>", 50),
    Page("guide", "/services/<slug>", 50),
    Page("search", "/services", 50),
    Page("suggestions", "/services/suggest", 50),
    Page("queue", "/office/queue", 50),
    Page("statistics", "/statistics", 300),
    Page("board", "/management/board", 300),
    Page("where time goes", "/management/times", 300),
    Page("its cases", "/management/times/cases", 300),
    Page("steps", "/management/steps", 300),
    Page("supervision", "/management/supervision", 300),
    Page("commitments", "/management/commitments", 300),
    Page("orders", "/management/orders", 300),
    Page("ratings", "/management/ratings", 300),
    Page("process map, a year", "/management/process", 1000),
)
DASHBOARDS = ("/statistics", *(page.route for page in PAGES if page.route.startswith("/management/")))
CLERKS_WAITING, MANAGERS = 3, 6
"""Of the users; the others are applicants."""


@dataclass(frozen=True, slots=True)
class Found:
    """95th percentile of milliseconds by route; of the take-next command; and how fast the city was filled."""

    pages: Mapping[str, float]
    requests: Mapping[str, int]
    taking: float
    twice: int
    filled: float


def main() -> None:
    small, large = measured(SMALL), measured(LARGE)
    print(f"pages with {USERS} users, {PAUSE:g} s between pages (PostgreSQL, 95th percentile of the server's time)")
    print(f"                        {SMALL:>9,}  {LARGE:>9,} applications")
    for page in PAGES:
        least, most = small.pages[page.route], large.pages[page.route]
        fast = goal(f"<= {page.goal:g}", met=most <= page.goal)
        alike = goal(f"<= {MOST_GROWTH}", met=most / least <= MOST_GROWTH)
        print(
            f"  {page.title:<20}{least:9.1f}  {most:9.1f} ms   {fast}"
            f"   {most / least:4.2f} x   {alike}   ({large.requests[page.route]} requests)"
        )
    fast, twice = goal("<= 20", met=large.taking <= 20), small.twice + large.twice
    print(
        f"  take next, {CLERKS} clerks {small.taking:8.1f}  {large.taking:9.1f} ms   {fast}"
        f"   {large.taking / small.taking:4.2f} x   taken twice: {twice}"
    )
    enough = goal(">= 5,000", met=large.filled >= LEAST_FILLED)
    print(f"  filled                {small.filled:9,.0f}  {large.filled:9,.0f} a second   {enough}")


def measured(applications: int) -> Found:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        filled = populate(home, url, applications)
        with office(home, url):
            people = some_applicants(USERS)
        pages, requests = visits(home, url, people)
        taking, twice = rush(home, url)
        return Found(pages, requests, taking, twice, filled)


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def visits(home: Path, url: str, people: Sequence[str]) -> tuple[dict[str, float], dict[str, int]]:
    """The server's own time for each request, from its log."""
    port, log = free_port(), home / "web.log"
    environment = {
        "RONGYIBAN_HOME": str(home),
        "RONGYIBAN_DATABASE_URL": url,
        "RONGYIBAN_DEMONSTRATION": "true",
        "RONGYIBAN_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    with running(log, environment, "gunicorn", "--config", "python:portal.web", "--bind", f"127.0.0.1:{port}"):
        wait_until(partial(is_ready, port), "the web is ready")
        began = datetime.now(UTC)
        visitors = [partial(citizen, port, person) for person in people[: USERS - CLERKS_WAITING - MANAGERS]]
        visitors += [partial(staff, port, f"clerk-{DEPARTMENT.lower()}", ["/office/queue"])] * CLERKS_WAITING
        visitors += [partial(staff, port, "manager", DASHBOARDS[n:] + DASHBOARDS[:n]) for n in range(MANAGERS)]
        with ThreadPoolExecutor(USERS) as pool:
            for done in [pool.submit(visitor) for visitor in visitors]:
                done.result()
    took: dict[str, list[float]] = defaultdict(list)
    from_then = (began + timedelta(seconds=ARRIVING)).isoformat()
    for line in log.read_text("utf-8").splitlines():
        if line.startswith("{") and (said := json.loads(line)).get("event") == "request" and said["method"] == "GET":
            if said["status"] != 200:
                raise RuntimeError(f"{said['route']} answered {said['status']}")
            if said["timestamp"] > from_then:
                took[said["route"]].append(said["ms"])
    return {route: ninety_fifth(times) for route, times in took.items()}, {r: len(t) for r, t in took.items()}


def ninety_fifth(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):  # our own address
            return True
    except OSError:
        return False


def signed_in(port: int, username: str) -> OpenerDirector:
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    address = f"http://127.0.0.1:{port}/sign-in"
    found = TOKEN.search(read(browser, address))
    assert found is not None
    sent = urlencode({"csrf_token": found[1], "username": username, "password": PASSWORD}).encode()
    with browser.open(address, sent) as answer:
        answer.read()
    return browser


def read(browser: OpenerDirector, address: str) -> str:
    """As a page with our script asks for it, where only a part of a page is wanted."""
    asking = Request(address, headers={"HX-Request": "true"} if "/suggest?" in address else {})  # noqa: S310  # our own
    with browser.open(asking) as answer:
        return str(answer.read().decode())


def citizen(port: int, username: str) -> None:
    browser, base = signed_in(port, username), f"http://127.0.0.1:{port}"
    own = NUMBER.findall(read(browser, f"{base}/my/applications"))
    walk = [
        "/my/applications",
        f"/applications/{own[0]}",
        "/services/residence-permit",
        *(f"/services?q={quote(word)}" for word in WORDS[:2]),
        *(f"/services/suggest?q={quote(word)}" for word in WORDS[2:]),
        f"/applications/{own[-1]}",
    ]
    wander(browser, base, walk)


def staff(port: int, username: str, walk: Sequence[str]) -> None:
    wander(signed_in(port, username), f"http://127.0.0.1:{port}", walk)


def wander(browser: OpenerDirector, base: str, walk: Sequence[str]) -> None:
    ends = time.monotonic() + SECONDS
    for path in cycle(walk):
        if time.monotonic() > ends:
            return
        read(browser, base + path)
        time.sleep(PAUSE)


# ── a hundred clerks ──────────────────────────────────────────────────────────────────────────────────────────────


def rush(home: Path, url: str) -> tuple[float, int]:
    """95th percentile of milliseconds from asking to having; how many steps two clerks were given."""
    with office(home, url):
        hire()
    with get_context("spawn").Pool(WORKERS) as pool:
        share = CLERKS // WORKERS
        taken = pool.starmap(take_in_turn, [(home, url, n * share, share) for n in range(WORKERS)])
    times = [took for part in taken for took, _step in part]
    steps = Counter(step for part in taken for _took, step in part)
    return ninety_fifth(times), sum(1 for count in steps.values() if count > 1)


def hire() -> None:
    """So many clerks of one department, each like its first."""
    names = [column.name for column in Account.__table__.columns if column.name != "id"]
    values = ", ".join("'rush-' || n" if name == "username" else name for name in names)
    db.session.execute(
        text(
            f"INSERT INTO accounts ({', '.join(names)})"  # noqa: S608  # names of this file's own
            f" SELECT {values} FROM accounts, generate_series(0, {CLERKS - 1}) AS n WHERE username = :like"
        ),
        {"like": f"clerk-{DEPARTMENT.lower()}"},
    )
    db.session.commit()


def take_in_turn(home: Path, url: str, first: int, count: int) -> list[tuple[float, int]]:
    """One process's clerks, spread over a second: how long each waited for which step."""
    with office(home, url):
        clerks = [actor_named(reading(), f"rush-{number}") for number in range(first, first + count)]
        reading().rollback()
        moment = now()
        taken = []
        began = time.perf_counter()
        for place, clerk in enumerate(clerks):
            time.sleep(max(0.0, began + place / count - time.perf_counter()))
            start = time.perf_counter()
            with changing(clerk, moment) as session:
                step = free_step(session, by=clerk)
                assert step is not None
                take(step, by=clerk, at=moment)
                found = step.id
            taken.append(((time.perf_counter() - start) * 1000, found))
        return taken


if __name__ == "__main__":
    main()
