"""Personal values: unreadable in the file, found by their mark, readable after rotations of the key, never logged."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import select

from approvals.commands.enrol import enrol
from approvals.records.application import Application, Submission
from approvals.records.certificate import Certificate
from approvals.records.people import Account
from approvals.records.secrecy import Keyring, keyring
from approvals.vocabulary import Role
from config import ROOT, Settings
from portal import create_app
from portal.cli import main
from portal.demonstration.people import APPLICANTS, PASSWORD
from portal.demonstration.prepare import prepare
from portal.extensions import db
from portal.guards import PUBLIC, allows
from portal.invariants import examine
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from tests.fixtures.heart import Office
from tests.standing import Apart

CITIZEN = APPLICANTS[0]
HASH_KEY, COOKIE_KEY = "h" * 40, "c" * 40
PERSONAL = ("510104199003072344", "13900000001", "王小蓉")
"""Identity number, phone and name of the citizen who applies, from the example answers."""


def open_with(home: Path, *keys: str) -> Flask:
    """This home under these encryption keys, newest first."""
    settings = Settings(
        home=home,
        demonstration=True,
        secret_key=COOKIE_KEY,  # type: ignore[arg-type]  # text becomes a secret on the way in
        hash_key=HASH_KEY,  # type: ignore[arg-type]
        encryption_keys=list(keys),  # type: ignore[arg-type]
        log_level="INFO",
    )
    app = create_app(settings)
    app.config.update(WTF_CSRF_ENABLED=False, TESTING=True)
    app.test_client_class = Apart
    return app


@contextmanager
def inside(app: Flask) -> Iterator[Office]:
    with app.app_context():
        try:
            yield Office(app)
        finally:
            db.session.remove()
            db.engine.dispose()


OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home sealed under the old key, in which a citizen applied and was given a certificate."""
    home = tmp_path_factory.mktemp("sealed") / "home"
    app = open_with(home, OLD)
    prepare(app)
    with inside(app) as office:
        number = office.apply("residence-permit", "2026-05-06")
        while office.open(number) not in ([], ["issue"]):
            office.take_all_but(number, "issue")
        sweep(office.at("2026-05-08", 11))
    return home


@pytest.fixture
def sealed(issued: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(issued, tmp_path / "home"))


def everything_readable() -> tuple[str, str, str, str]:
    """What each kind of sealed column holds, and that a search by mark finds the person."""
    mark = keyring().mark(str(CITIZEN.identity_number))
    account = reading().scalars(select(Account).where(Account.identity_mark == mark)).one()
    assert reading().scalars(select(Account.id).where(Account.phone_mark == keyring().mark(str(CITIZEN.phone)))).one()
    sent = reading().scalars(select(Submission.answers)).one()
    sheet = reading().scalars(select(Certificate.sheet)).one()
    draft = reading().scalars(select(Application.draft)).one()
    assert account.username == CITIZEN.username
    return str(account.name), str(account.identity_number), json.dumps(sent) + json.dumps(draft), str(sheet)


def test_values_are_read_and_found_under_a_new_key_and_after_the_old_one_is_gone(sealed: Path) -> None:
    with inside(open_with(sealed, OLD)):
        before = everything_readable()
    with inside(open_with(sealed, NEW, OLD)) as office:
        assert everything_readable() == before, "the old key still opens what it sealed"
        with changing() as session:
            enrol(
                session,
                username="new",
                password_hash="-",
                role=Role.CITIZEN,
                name="新人",
                phone="13900000009",
                at=now(),
            )
        assert examine(office.app)["broken"] == []

    environment = {
        "RONGYIBAN_HOME": str(sealed),
        "RONGYIBAN_DEMONSTRATION": "true",
        "RONGYIBAN_SECRET_KEY": COOKIE_KEY,
        "RONGYIBAN_HASH_KEY": HASH_KEY,
    }
    both = {**environment, "RONGYIBAN_ENCRYPTION_KEYS": json.dumps([NEW, OLD])}
    first = CliRunner().invoke(main, ["reseal", "--json"], env=both)
    assert first.exit_code == 0, first.output
    changed = json.loads(first.stdout)["changed"]
    assert changed["applications"] == changed["submissions"] == 1
    assert changed["certificates"] == 2
    assert changed["accounts"] > 30
    again = CliRunner().invoke(main, ["reseal", "--json"], env=both)
    assert set(json.loads(again.stdout)["changed"].values()) == {0}, "what is sealed under the newest key stays"

    with inside(open_with(sealed, NEW)) as office:
        assert everything_readable() == before, "nothing needs the old key any more"
        assert examine(office.app)["broken"] == []
    gone = CliRunner().invoke(main, ["reseal"], env={**environment, "RONGYIBAN_ENCRYPTION_KEYS": json.dumps([OLD])})
    assert gone.exit_code == 1
    assert "no key opens accounts.name of row 1" in gone.stderr


def test_the_database_file_holds_no_personal_value(sealed: Path) -> None:
    with inside(open_with(sealed, OLD)):
        stored = "".join(everything_readable())
        assert {value for value in PERSONAL if value in stored} >= {PERSONAL[0], PERSONAL[2]}, "it is looked for"
    raw = b"".join(file.read_bytes() for file in sealed.glob("rongyiban.sqlite3*"))
    assert len(raw) > 100_000
    for value in (*PERSONAL, *(str(person.name) for person in APPLICANTS)):
        for encoded in (value.encode(), json.dumps(value).strip('"').encode(), value.encode("utf-16-le")):
            assert encoded not in raw, value


def test_the_same_value_is_sealed_differently_each_time_but_marked_equally() -> None:
    ring = Keyring([OLD.encode()], HASH_KEY.encode())
    other = Keyring([NEW.encode()], b"another hash key")
    assert ring.seal("510104199003072344") != ring.seal("510104199003072344")
    assert ring.mark("510104199003072344") == Keyring([NEW.encode()], HASH_KEY.encode()).mark("510104199003072344")
    assert ring.mark("510104199003072344") != other.mark("510104199003072344")
    assert ring.mark("a") != ring.mark("b")
    assert re.fullmatch("[0-9a-f]{64}", ring.mark("a"))


def test_neither_log_lines_nor_addresses_carry_what_people_enter(
    sealed: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    app = open_with(sealed, OLD)
    with inside(app) as office:
        client = app.test_client()
        number = str(CITIZEN.identity_number)
        addresses: list[str] = []

        def visit(method: str, path: str, typed: dict[str, str] | None = None) -> str:
            answer = client.open(path, method=method, data=typed)
            addresses.extend([path, answer.location or ""])
            return answer.get_data(as_text=True)

        visit("POST", "/sign-in", {"username": number, "password": number})
        visit("POST", "/sign-in", {"username": CITIZEN.username, "password": PASSWORD})
        visit("POST", "/services/residence-permit/apply")
        token = addresses[-1].split("/")[2]
        tasks = visit("GET", f"/drafts/{token}")
        section = re.findall(rf'/drafts/{token}/sections/([a-z_0-9-]+)"', tasks)[0]
        fields = re.findall(r' name="([a-z_0-9-]+)"', visit("GET", f"/drafts/{token}/sections/{section}"))
        assert len(fields) > 3
        visit("POST", f"/drafts/{token}/sections/{section}", dict.fromkeys(fields, number))
        visit("GET", "/my/applications")
        visit("GET", f"/applications/{reading().scalars(select(Application.number)).all()[0]}")
        visit("GET", "/my/certificates")
        for value in (number, str(CITIZEN.phone)):
            assert not any(value in address for address in addresses)
        assert office.app is app
    said = capfd.readouterr().err
    lines = [json.loads(line) for line in said.splitlines()]
    assert sum(line["event"] == "request" for line in lines) == len(addresses) // 2
    for value in PERSONAL:
        assert value not in said


SEARCHES = {
    "clerk-ga": ("/office/queue", "/office/certificates"),
    "manager": ("/management/board",),
    "administrator": ("/administration/staff",),
}
"""Pages of the office where one looks for something."""


@pytest.mark.parametrize("by_hand", [False, True])
def test_neither_log_lines_nor_addresses_carry_what_the_office_looks_for(
    sealed: Path, capfd: pytest.CaptureFixture[str], by_hand: bool
) -> None:
    app = open_with(sealed, OLD)
    with inside(app):
        for username, pages in SEARCHES.items():
            client = app.test_client()
            client.post("/sign-in", data={"username": username, "password": PASSWORD})
            for page, typed in itertools.product(pages, (*PERSONAL[:2], "wang@example.com")):
                sent = client.get(page, query_string={"q": typed}) if by_hand else client.post(page, data={"q": typed})
                assert sent.status_code in (302, 303)
                found = client.get(sent.location)
                assert found.status_code == 200
                html = found.get_data(as_text=True)
                assert f'value="{typed}"'.lower() in html.lower()
                for address in (sent.location, *re.findall(r'(?:href|action)="([^"]*)"', html)):
                    assert typed.lower() not in unquote(address).lower()
    said = capfd.readouterr().err
    assert "/management/board" in said
    for value in PERSONAL:
        assert value not in said


def test_no_form_of_the_office_puts_what_is_looked_for_into_an_address() -> None:
    forms = [
        form
        for folder in ("administration", "clerk", "counter", "manager")
        for file in (ROOT / "templates" / folder).glob("*.html")
        for form in re.findall(r"<form\b.*?</form>", file.read_text("utf-8"), re.DOTALL)
        if re.search(r"<input (?![^>]*type=.(?:hidden|checkbox|radio|date|month|number))", form)
    ]
    assert len(forms) > 5
    assert sum('name="q"' in form for form in forms) >= 5
    assert [form for form in forms if 'method="post"' not in form] == []


def test_an_error_that_quotes_a_value_is_logged_without_it(sealed: Path, capfd: pytest.CaptureFixture[str]) -> None:
    app = open_with(sealed, OLD)
    app.config.update(TESTING=False)

    @app.get("/quoting")
    @allows(PUBLIC)
    def quote() -> str:
        raise ValueError(f"cannot take {PERSONAL[0]} or {PERSONAL[1]}, but number 12 is fine")

    with inside(app):
        app.test_client().get("/quoting")
    said = capfd.readouterr().err
    assert "cannot take *** or ***, but number 12 is fine" in said
