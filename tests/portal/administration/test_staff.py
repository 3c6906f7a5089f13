"""Accounts of staff: added, given a role, disabled; the link of a password; their trail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from re import search

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from approvals.audit.staff import verify_staff
from approvals.audit.verify import Break, What
from approvals.commands import staff as commands
from approvals.commands.sign_in import HASHER
from approvals.commands.staff import accept_invitation, disable
from approvals.errors import LastAdministrator, LinkOver
from approvals.permissions import SYSTEM
from approvals.queries.staff import member
from approvals.records.people import Account
from approvals.vocabulary import Role
from portal.cli import main
from portal.extensions import db
from portal.invariants import examine
from portal.unit_of_work import changing, now, reading
from tests.counting import statements
from tests.fixtures.crowd import served
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
PASSWORD = "一句好记又难猜的话"
STAFF = "/administration/staff"


def post(client: FlaskClient, path: str, **data: str) -> tuple[int, str]:
    answer = client.post(path, data=data, follow_redirects=False)
    return answer.status_code, answer.location or answer.get_data(as_text=True)


def invitation(client: FlaskClient, username: str) -> str:
    """The path of the link on the page, which shows it once."""
    found = search(r"/welcome/[\w.-]+", client.get(f"{STAFF}/{username}").get_data(as_text=True))
    assert found is not None
    assert "/welcome/" not in client.get(f"{STAFF}/{username}").get_data(as_text=True)
    return found[0]


def account(username: str) -> Account:
    reading().rollback()
    return reading().scalars(select(Account).where(Account.username == username)).one()


def breaks() -> list[Break]:
    found: list[Break] = []
    reading().rollback()
    verify_staff(reading(), found.append)
    return found


def test_an_administrator_adds_somebody_who_sets_a_password_by_the_link(app: Flask, signed_in: Enter) -> None:
    administrator = signed_in("administrator")
    new = {"username": "li.na", "name": "李娜", "role": "clerk", "department": "ZJ"}
    assert post(administrator, f"{STAFF}/new", **new) == (303, f"{STAFF}/li.na")
    link = invitation(administrator, "li.na")
    person = app.test_client()
    assert post(person, "/sign-in", username="li.na", password=account("li.na").password_hash)[0] == 422
    assert post(person, link, new_password="kurz")[0] == 422
    assert post(person, link, new_password=PASSWORD) == (303, "/sign-in")
    assert post(person, link, new_password=PASSWORD)[0] == 404, "a link serves once"
    assert post(person, "/sign-in", username="li.na", password=PASSWORD) == (303, "/office/queue")
    status, page = post(administrator, f"{STAFF}/new", **new)
    assert status == 409
    assert "这个用户名已经有人用了" in page
    assert 'value="李娜"' in page, "what was typed stays"


@pytest.mark.parametrize("role, department", [("clerk", ""), ("manager", "ZJ"), ("clerk", "nowhere"), ("citizen", "")])
def test_role_and_department_must_go_together(signed_in: Enter, role: str, department: str) -> None:
    client = signed_in("administrator")
    new = {"username": "li.na", "name": "李娜", "role": role, "department": department}
    assert post(client, f"{STAFF}/new", **new)[0] == 422


def test_a_new_role_counts_from_the_next_request_on(app: Flask, signed_in: Enter) -> None:
    clerk, administrator = signed_in("clerk-zj-2"), signed_in("administrator")
    assert clerk.get("/office/queue").status_code == 200
    assert post(administrator, f"{STAFF}/clerk-zj-2/role", role="auditor")[0] == 303
    assert clerk.get("/office/queue").status_code == 403
    assert clerk.get("/management/board").status_code == 200
    page = clerk.get("/administration/trail").get_data(as_text=True)
    assert "改变角色" in page
    assert "clerk-zj-2" in page
    assert post(administrator, f"{STAFF}/clerk-zj-2/role", role="auditor")[0] == 422, "nothing changed"
    assert breaks() == []
    assert examine(app)["broken"] == []


def test_who_is_disabled_is_out_at_once_and_old_sessions_stay_dead(app: Flask, signed_in: Enter) -> None:
    clerk, administrator = signed_in("clerk-zj-2"), signed_in("administrator")
    assert post(administrator, f"{STAFF}/clerk-zj-2/disable")[0] == 303
    assert clerk.get("/office/queue").status_code == 302
    assert post(administrator, f"{STAFF}/clerk-zj-2/enable")[0] == 303
    assert clerk.get("/office/queue").status_code == 302
    again = signed_in("clerk-zj-2")
    assert post(administrator, f"{STAFF}/clerk-zj-2/end-sessions")[0] == 303
    assert again.get("/office/queue").status_code == 302
    assert examine(app)["broken"] == []


def test_a_new_link_makes_the_password_and_the_link_before_void(app: Flask, signed_in: Enter) -> None:
    administrator = signed_in("administrator")
    post(administrator, f"{STAFF}/clerk-zj-2/invite")
    first = invitation(administrator, "clerk-zj-2")
    post(administrator, f"{STAFF}/clerk-zj-2/invite")
    second = invitation(administrator, "clerk-zj-2")
    client = app.test_client()
    assert post(client, "/sign-in", username="clerk-zj-2", password="rongyiban-demo")[0] == 422
    assert client.get(first).status_code == 404
    assert client.get(second[:-1]).status_code == 404, "not what was signed"
    assert client.get(second).status_code == 200


def test_a_link_whose_stamp_is_gone_is_over_in_the_heart_too(app: Flask) -> None:
    with changing(at=now()) as session, pytest.raises(LinkOver):
        accept_invitation(session, account("clerk-zj").id, "!nothing", HASHER.hash(PASSWORD), at=now())


def test_nobody_touches_their_own_role_nor_an_applicants_account(app: Flask, signed_in: Enter) -> None:
    client = signed_in("administrator")
    assert post(client, f"{STAFF}/administrator/role", role="manager")[0] == 403
    assert post(client, f"{STAFF}/administrator/disable")[0] == 403
    assert post(client, f"{STAFF}/wangxiaorong/disable")[0] == 404
    assert client.get(f"{STAFF}/wangxiaorong").status_code == 404


def test_the_last_administrator_stays(app: Flask) -> None:
    with pytest.raises(LastAdministrator), changing(at=now()) as session:
        disable(session, account("administrator").id, by=SYSTEM, at=now())
    with pytest.raises(LastAdministrator), changing(at=now()) as session:
        commands.change_role(session, account("administrator").id, Role.MANAGER, None, by=SYSTEM, at=now())


def test_who_leaves_a_department_hands_over_first(office: Office, signed_in: Enter) -> None:
    number = office.apply("residence-permit")
    step = office.progress(number).steps[0]
    department = step.department
    clerk = next(
        each.username
        for each in reading().scalars(select(Account).where(Account.department_code == department))
        if each.role is Role.CLERK
    )
    path = f"/office/steps/{number}/{step.key}/assignment"
    assert post(signed_in(clerk), path, verb="take")[0] == 303
    status, page = post(signed_in("administrator"), f"{STAFF}/{clerk}/role", role="clerk", department="CG")
    assert status == 409
    assert "手上还有 1 个环节" in page


def test_people_are_found_by_name_user_name_role_and_department(signed_in: Enter) -> None:
    client = signed_in("administrator")

    def found(query: str) -> list[str]:
        page = client.get(f"{STAFF}?{query}").get_data(as_text=True)
        return [
            name for name in ("clerk-zj", "lead-zj", "clerk-cg", "manager") if f'<small class="ry-code">{name}<' in page
        ]

    assert found("q=韩梅") == ["lead-zj"]
    assert found("q=-ZJ") == ["clerk-zj", "lead-zj"]
    assert found("role=manager") == ["manager"]
    assert found("department=CG") == ["clerk-cg"]
    assert found("q=%25") == [], "what looks like a pattern is none"
    assert "没有找到" in client.get(f"{STAFF}?q=nobody").get_data(as_text=True)
    assert client.get(f"{STAFF}?page=4").status_code == 200


def test_as_many_queries_for_many_events_as_for_one(app: Flask, signed_in: Enter) -> None:
    client = signed_in("administrator")
    with statements() as few:
        client.get(f"{STAFF}/clerk-zj")
    for _ in range(3):
        post(client, f"{STAFF}/clerk-zj/invite")
        client.get(f"{STAFF}/clerk-zj")
    with statements() as many:
        client.get(f"{STAFF}/clerk-zj")
    assert len(many) <= len(few) + 1


@pytest.mark.parametrize(
    "tampering, what",
    [
        ('UPDATE staff_events SET data = \'{"role": "manager", "department": ""}\' WHERE sequence = 3', What.CHANGED),
        ("DELETE FROM staff_events WHERE sequence = 3", What.MISSING),
        ("DELETE FROM staff_events WHERE sequence = (SELECT max(sequence) FROM staff_events)", What.TAIL_CUT),
        ("UPDATE staff_events SET kind = 'x' || kind WHERE sequence = 3", What.CHANGED),
        ("UPDATE staff_events SET by_account = 'somebody' WHERE sequence = 3", What.CHANGED),
    ],
)
def test_tampering_with_the_trail_of_staff_is_found(app: Flask, tampering: str, what: What) -> None:
    assert breaks() == []
    with changing() as session, pytest.raises(Exception, match="never changed or deleted"):
        session.execute(text(tampering))
    with db.engine.begin() as connection:
        for name in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER staff_events_no_{name}"))
        connection.execute(text(tampering))
    assert breaks()[0].what is what


def test_the_first_administrator_comes_from_the_command_line(home: Path) -> None:
    def run(*arguments: str, status: int = 0) -> dict[str, str]:
        result = CliRunner().invoke(main, ["staff", *arguments, "--json"], env={"RONGYIBAN_HOME": str(home)})
        assert result.exit_code == status, result.output
        return dict(json.loads(result.stdout)) if status == 0 else {"error": result.output}

    made = run("add", "fang.jing", "administrator", "--name", "方静")
    assert "/welcome/" in made["link"]
    assert "taken" in run("add", "fang.jing", "administrator", "--name", "方静", status=1)["error"]
    assert run("role", "fang.jing", "lead", "--department", "ZJ")["role"] == "lead"
    assert run("disable", "fang.jing")["state"] == "disabled"
    assert run("enable", "fang.jing")["state"] == "invited"
    assert "no such account" in run("invite", "wangxiaorong", status=1)["error"]
    with served(home) as app:
        assert app.test_client().get(run("invite", "fang.jing")["link"]).status_code == 200
        assert member(reading(), "fang.jing", by=SYSTEM, at=now()).member.department_code == "ZJ"
    assert {"fang.jing", "administrator"} <= {each["username"] for each in run("list")["staff"]}  # type: ignore[index]
