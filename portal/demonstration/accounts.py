"""The demonstration accounts as a table."""

from __future__ import annotations

from typing import Any

from portal.demonstration.people import APPLICANTS, COMPANY, LEADS, OVERSEERS, PASSWORD, clerks, heads
from services.current import catalogue


def listed() -> list[dict[str, Any]]:
    """Role, user name, password, department (or organisation) of each."""
    departments = catalogue().departments
    rows: list[dict[str, Any]] = []
    for person in (*APPLICANTS, *clerks(departments.values()), *LEADS, *heads(departments.values()), *OVERSEERS):
        where = departments[person.department].name.zh if person.department else COMPANY[0] if person.duty else None
        role = "business" if person.duty else str(person.role)
        rows.append({"role": role, "username": person.username, "password": PASSWORD, "department": where})
    return rows
