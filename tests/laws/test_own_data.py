"""What a person takes along is everything: whatever is sealed about them and their applications is among it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, Table, select

from approvals.queries.actor import actor_named
from approvals.queries.organisation_data import organisation_data
from approvals.queries.own_data import own_data
from approvals.records.application import Application
from approvals.records.base import Record
from approvals.records.people import Account
from approvals.records.secrecy import Secret, SecretJson
from portal.unit_of_work import now, reading
from tests.fixtures.heart import Office
from tests.fixtures.portal import MoveIn
from tests.fixtures.variety import Everything

NOT_TOLD = {
    "opinion_drafts.content": "a clerk's, and nobody else's",
    "openings.note": "a number of the office's own file; that somebody looked is told",
    "one_time_codes.address": "dead within minutes; addresses that were proven are told",
    "one_time_codes.unsent": "dead within minutes",
    "second_factors.secret": "it would let whoever finds the file sign in",
    "visits.identity_number": "of whoever was present, for which the name stands",
}
"""Sealed columns, and why they are left out."""
OWNERS = ("wangxiaorong", "yanmao")


@pytest.fixture
def home(everything: Everything, move_in: MoveIn) -> Path:
    return move_in(everything.home)


def sealed() -> Iterator[tuple[Table, str]]:
    for table in Record.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Secret | SecretJson):
                yield table, column.name


def leaves(value: Any) -> Iterator[str]:
    """Every word in a JSON value; numbers and flags say nothing by themselves."""
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif isinstance(value, str) and value:
        yield value


def owned(table: Table, name: str, person: int) -> list[Any]:
    """What stands in this column about somebody and what they applied for in their own name."""
    own = select(Application.id).where(Application.applicant_id == person, Application.organisation_id.is_(None))
    wanted, of = _within(table, name, own)
    if wanted is None:
        wanted = select(table.c[name])
        key = next(each for each in ("account_id", "grantee_id", "applicant_id", "id") if each in of)
        assert key != "id" or table.name == "accounts", f"nobody can say whose {table.name}.{name} is"
        wanted = wanted.where(of[key] == person)
        if key == "applicant_id":
            wanted = wanted.where(of.organisation_id.is_(None))
    return list(reading().scalars(wanted))


def owned_by_company(table: Table, name: str, organisation: int) -> list[Any]:
    """Likewise about an organisation; what is sealed of a person alone is not its."""
    own = select(Application.id).where(Application.organisation_id == organisation)
    wanted, of = _within(table, name, own)
    if wanted is None and "organisation_id" in of:
        wanted = select(table.c[name]).where(of.organisation_id == organisation)
    return [] if wanted is None else list(reading().scalars(wanted))


def _within(table: Table, name: str, own: Select[int]) -> tuple[Select[Any] | None, Any]:
    """What stands in this column about these applications, None where it is about none; and the columns that say so."""
    wanted, of = select(table.c[name]), table.c
    above = [key for key in table.foreign_keys if "application_id" in key.column.table.c]
    if "application_id" not in of and above:
        wanted, of = wanted.join(above[0].column.table, above[0].parent == above[0].column), above[0].column.table.c
    if "application_id" in of:
        wanted = wanted.where(of.application_id.in_(own))
    elif table.name == "applications":
        wanted = wanted.where(of.id.in_(own))
    else:
        return None, of
    return wanted, of


@pytest.mark.parametrize("username", OWNERS)
def test_nothing_sealed_is_left_out_but_what_has_a_reason(app: Flask, username: str) -> None:
    person = reading().scalars(select(Account.id).where(Account.username == username)).one()
    content = json.loads(json.dumps(own_data(reading(), by=actor_named(reading(), username), at=now()).content))
    told = set(leaves(content))
    missing = {
        f"{table.name}.{name}: {word[:40]}"
        for table, name in sealed()
        if f"{table.name}.{name}" not in NOT_TOLD
        for value in owned(table, name, person)
        for word in leaves(value)
        if word not in told
    }
    assert missing == set()


def test_nothing_sealed_of_a_company_is_left_out_either(app: Flask) -> None:
    by = actor_named(reading(), "lijinrong")
    (organisation,) = by.manages
    told = set(leaves(json.loads(json.dumps(organisation_data(reading(), organisation, by=by, at=now()).content))))
    found = [
        (f"{table.name}.{name}", word)
        for table, name in sealed()
        if f"{table.name}.{name}" not in NOT_TOLD
        for value in owned_by_company(table, name, organisation)
        for word in leaves(value)
    ]
    assert len({column for column, _word in found}) > 5
    assert {column for column, word in found if word not in told} == set()


def test_a_date_that_may_still_move_says_so(office: Office) -> None:
    number = office.apply("residence-permit", "2026-12-28")
    office.take(number, "accept", "2026-12-29")
    at = office.at("2026-12-30")
    content = own_data(reading(), by=actor_named(reading(), "wangxiaorong"), at=at).content
    (told,) = (each for each in content["applications"] if each["number"] == number)
    assert told["promised_due"].startswith("2027-")
    assert told["provisional"]


def test_every_reason_is_about_a_sealed_column() -> None:
    assert set(NOT_TOLD) <= {f"{table.name}.{name}" for table, name in sealed()}


def test_every_file_named_is_among_the_files(app: Flask) -> None:
    taken = own_data(reading(), by=actor_named(reading(), "wangxiaorong"), at=now())
    named = [path for each in taken.content["applications"] for path in each["files"]]
    assert named == [each.path for each in taken.files]
    assert len(set(named)) == len(named)
