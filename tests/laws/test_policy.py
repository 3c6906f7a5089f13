"""The policy as a law: every route, every role, on what is one's own department's, another's, and what is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from approvals.permissions import POLICY, Relation
from approvals.vocabulary import Role
from portal.administration.policy import COLUMNS
from portal.guards import PUBLIC, permission_of
from portal.rights import GROUPS, RIGHTS, ROLES, STAFF_EVENTS
from portal.ui import STAFF_AUDIENCES, destinations
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]

PERSONAS = {
    Role.CITIZEN: "yanmao",
    Role.CLERK: "clerk-zj",
    Role.LEAD: "lead-zj",
    Role.HEAD: "head-zj",
    Role.GOVERNMENT: "government",
    Role.SUPERVISOR: "supervisor",
    Role.MANAGER: "manager",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
    Role.COUNTER: "counter",
}
"""One for each role; the applicant among them has nothing to do with any application, nor came any to the window."""
NUMBERS = {"version", "record", "serial"}
REFUSED = {403, 404}


def closed(app: Flask) -> list[Rule]:
    """Every route that needs a permission, but for the one that ends the session of who walks."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if permission_of(app, rule.endpoint) not in {None, PUBLIC} and rule.endpoint != "auth.sign_out"
    ]


def address(rule: Rule, **known: str) -> str:
    """The rule with what is known in its places, and something that is not there in the others."""
    values = {name: known.get(name, 987654 if name in NUMBERS else "nothing") for name in rule.arguments}
    built = rule.build(values)
    assert built is not None
    return built[1]


def asked(client: FlaskClient, rule: Rule, place: str) -> Iterator[tuple[str, int]]:
    for method in sorted((rule.methods or set()) & {"GET", "POST"}):
        yield f"{method} {rule.endpoint}", client.open(place, method=method).status_code


def roles_of(permission: str) -> set[Role]:
    return {role for role, _relation in POLICY[permission]}


def test_there_is_somebody_in_every_role_and_words_for_everything() -> None:
    assert set(PERSONAS) == set(COLUMNS)
    assert set(RIGHTS) == set(POLICY)
    assert set(GROUPS) == {name.partition(":")[0] for name in POLICY}
    assert set(ROLES) == set(Role) - {Role.CITIZEN}
    assert len(STAFF_EVENTS) > 0


def test_what_a_role_is_not_given_is_shut_before_anything_is_looked_up(app: Flask, signed_in: Enter) -> None:
    """One route of each permission here, by a third of the roles; all of them in the soak."""
    first = {str(permission_of(app, rule.endpoint)): rule for rule in closed(app)}
    for place, (role, username) in enumerate(PERSONAS.items()):
        client = signed_in(username)
        for number, (permission, rule) in enumerate(first.items()):
            if (number + place) % 3 == 0 and role not in roles_of(permission):
                for said, status in asked(client, rule, address(rule)):
                    assert status == 403, (role, said)


def test_who_reads_everything_changes_nothing() -> None:
    """Nothing an auditor is given lets anything be changed but their own account, and the record of why they looked."""
    given = {name for name, grants in POLICY.items() if Role.AUDITOR in dict(grants)}
    assert given == {
        *(
            "account:read",
            "application:open",
            "application:oversee",
            "calendar:read",
            "application:read",
            "policy:read",
            "rating:oversee",
        ),
        *("factor:enrol", "opening:list", "staff:trail", "supervision:read"),
    }
    assert not {name for name, grants in POLICY.items() if Role.ADMINISTRATOR in dict(grants)} & {
        *("application:read", "application:oversee", "supervision:read", "material:read", "queue:read")
    }


def test_nobody_is_led_to_a_page_that_is_shut(app: Flask) -> None:
    for role in Role:
        if role.is_staff:
            audience = "clerk" if role.is_at_desk else STAFF_AUDIENCES.get(role, "manager")
            needed = {permission_of(app, endpoint) for endpoint in destinations(audience)} - {PUBLIC}
            assert {each for each in needed if role not in roles_of(str(each))} == set(), role


def test_the_page_says_what_the_policy_says(signed_in: Enter) -> None:
    client = signed_in("lead-zj")
    whole = client.get("/office/policy").get_data(as_text=True)
    assert all(permission in whole for permission, grants in POLICY.items() if set(dict(grants)) - {Role.SYSTEM})
    mine = client.get("/office/policy?role=lead").get_data(as_text=True)
    listed = {permission for permission in POLICY if f">{permission}<" in mine}
    assert listed == {permission for permission in POLICY if Role.LEAD in roles_of(permission)}
    assert "POST /office/steps/&lt;number&gt;/&lt;key&gt;/assignment" in mine


MALFORMED = 422


@pytest.mark.soak
@pytest.mark.parametrize("role", PERSONAS)
def test_every_route_for_every_role(app: Flask, office: Office, signed_in: Enter, role: Role) -> None:
    """Own department's, another department's, missing: what the table gives is open, everything else is shut."""
    own, others = office.apply("construction-permit"), office.apply("residence-permit")
    key = office.open(own)[0]
    other_key = office.open(others)[0]
    client = signed_in(PERSONAS[role])
    for rule in closed(app):
        permission = str(permission_of(app, rule.endpoint))
        relation = dict(POLICY[permission]).get(role)
        places = {
            "own": address(rule, number=own, reference=own, key=key),
            "other": address(rule, number=others, reference=others, key=other_key),
            "missing": address(rule, number="510100-2026-NOTHERE"),
        }
        answers = {which: dict(asked(client, rule, place)) for which, place in places.items()}
        for which, answer in answers.items():
            for said, status in answer.items():
                assert status < 500, (role, which, said)
                if {each[said] for each in answers.values()} == {MALFORMED}:
                    continue  # refused for its shape, whatever it was about: that tells nothing
                if relation is None:
                    assert status == 403, (role, which, said)
                elif "number" in rule.arguments or "reference" in rule.arguments:
                    is_shut = which == "missing" or (which == "other" and relation is not Relation.NONE)
                    if is_shut or relation in (Relation.OWN, Relation.AT_WINDOW):
                        assert status in REFUSED, (role, which, said)
                    elif which == "own" and said.startswith("GET") and set(rule.arguments) <= {"number", "key"}:
                        assert status not in {403, 500}, (role, which, said)
