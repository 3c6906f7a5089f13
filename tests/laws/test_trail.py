"""The law of the trail: no event holds a name, an identity number, a phone, an address or a sentence of anybody's."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from approvals.records.application import Application, Submission
from approvals.records.correction import CorrectionEntry
from approvals.records.event import EventRecord
from approvals.records.material import Material
from approvals.records.pause import PauseRecord
from approvals.records.people import Account, Organisation
from approvals.records.step import Decision
from portal.demonstration.applications import fill
from portal.unit_of_work import reading
from tests.factories import on
from tests.fixtures.crowd import served
from tests.fixtures.variety import Everything

DIGEST = re.compile(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{16}:[0-9a-f]{64}\b")
PERSONAL = {
    "words in Chinese": re.compile(r"[\u3400-\u9fff]"),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.\w"),
    "an identity number": re.compile(r"(?<!\w)\d{17}[\dXx](?!\w)"),
    "a credit code": re.compile(r"(?<!\w)9[0-9A-Z]{17}(?!\w)"),
    "a mobile phone": re.compile(r"(?<!\w)1[3-9]\d{9}(?!\w)"),
    "a telephone": re.compile(r"(?<!\w)0\d{2,3}-\d{7,8}(?!\w)"),
}
CODE = re.compile(r"[a-z0-9_]*|[\d.]{1,5}|\d{4}-\d\d-\d\d")
"""Chosen answers, short numbers and days tell nothing of anybody and occur everywhere."""


def personal(said: str, known: set[str]) -> set[str]:
    """What a text gives away: a kind of personal value, or one that is known."""
    plain = DIGEST.sub("", said)
    return {name for name, pattern in PERSONAL.items() if pattern.search(plain)} | {
        value for value in known if value in plain
    }


def values() -> set[str]:
    """Everything people gave or wrote in this installation."""
    found: set[str] = set()
    asked: tuple[tuple[Any, ...], ...] = (
        (Account.name, Account.identity_number, Account.phone, Account.username),
        (Organisation.name, Organisation.credit_code, Organisation.address),
        (Submission.answers,),
        (Application.title,),
        (Material.name,),
        (Decision.reason, Decision.conditions),
        (PauseRecord.note,),
        (CorrectionEntry.text,),
    )
    for columns in asked:
        for row in reading().execute(select(*columns)):
            found.update(text for value in row for text in texts(value))
    return {text for text in found if len(text) > 1 and not CODE.fullmatch(text)}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value).strip()


def events() -> list[tuple[str, str]]:
    """Each event with all that it says."""
    columns = (
        EventRecord.application_id,
        EventRecord.sequence,
        EventRecord.kind,
        EventRecord.by_role,
        EventRecord.data,
    )
    return [
        (f"{application}/{sequence} {kind}", json.dumps([kind, role, data], ensure_ascii=False))
        for application, sequence, kind, role, data in reading().execute(select(*columns))
    ]


def assert_nothing_personal(home: Path, kinds: int) -> None:
    with served(home):
        known, said = values(), events()
        reading().rollback()
    assert len(known) > 40
    assert len({name.split()[1] for name, _ in said}) >= kinds
    assert {name: found for name, text in said if (found := personal(text, known))} == {}


def test_no_event_of_whatever_happens_holds_a_personal_value(everything: Everything, tmp_path: Path) -> None:
    assert_nothing_personal(Path(shutil.copytree(everything.home, tmp_path / "home")), kinds=12)


def test_no_event_of_the_demonstration_holds_a_personal_value(prepared: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(prepared, tmp_path / "home"))
    with served(home) as app:
        fill(app, on(date(2026, 6, 8)).instant)
    assert_nothing_personal(home, kinds=8)


@pytest.mark.parametrize(
    "said",
    ["王晓蓉", "wang@example.org", "51010719900307662X", "13800000000", "028-86541234", "91510100MA6C0000XX", "A-17"],
)
def test_the_law_sees_what_it_forbids(said: str) -> None:
    assert personal(json.dumps({"note": said}, ensure_ascii=False), {"A-17"})
    assert not personal(json.dumps({"note": "a" * 16 + ":" + "1" * 64, "head": "2" * 64, "round": 1}), {"A-17", "11"})
