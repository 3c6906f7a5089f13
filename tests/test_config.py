"""Settings: a fresh checkout demonstrates, a complete installation runs, whatever is in between is refused by name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet

from config import ROOT, Incoherent, Settings, from_environment
from portal.cli import main

SECRET = "a-secret-that-must-not-be-shown-to-anybody"
BOX = Fernet.generate_key().decode()
COMPLETE = {
    "SECRET_KEY": SECRET,
    "HASH_KEY": SECRET[::-1],
    "ENCRYPTION_KEYS": f'["{BOX}"]',
    "DATABASE_URL": "postgresql+psycopg://rongyiban:password@db/rongyiban",
    "PUBLIC_URL": "https://permits.example.org",
}

Environment = Callable[..., Settings]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """The settings of an environment that holds nothing else."""

    def read(**given: str) -> Settings:
        for name in [name for name in os.environ if name.startswith("RONGYIBAN_")]:
            monkeypatch.delenv(name)
        for name, value in given.items():
            monkeypatch.setenv(f"RONGYIBAN_{name}", value)
        return from_environment()

    return read


def test_a_fresh_checkout_is_a_demonstration_on_sqlite(settings: Environment) -> None:
    found = settings()
    assert found.demonstration is True
    assert found.database == f"sqlite:///{ROOT / 'var' / 'rongyiban.sqlite3'}"
    assert not found.is_secure


def test_a_complete_installation_is_none(settings: Environment) -> None:
    found = settings(**COMPLETE)
    assert found.demonstration is False
    assert found.is_secure
    assert found.database == COMPLETE["DATABASE_URL"]
    assert SECRET not in repr(found)
    assert BOX not in repr(found)


def test_a_demonstration_may_have_a_database_or_keys_of_its_own(settings: Environment) -> None:
    found = settings(DEMONSTRATION="true", DATABASE_URL="sqlite:///own.sqlite3", PUBLIC_URL="http://127.0.0.1:9000")
    assert (found.demonstration, found.database) == (True, "sqlite:///own.sqlite3")
    assert settings(**COMPLETE, DEMONSTRATION="true").demonstration is True


def test_a_relative_home_stays_where_it_was_when_the_process_moves(
    settings: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = settings(HOME="var")
    monkeypatch.chdir("/")
    assert found.files == tmp_path / "var" / "files"


@pytest.mark.parametrize("missing", ["SECRET_KEY", "HASH_KEY", "ENCRYPTION_KEYS", "DATABASE_URL"])
def test_an_installation_that_lacks_one_thing_names_it(settings: Environment, missing: str) -> None:
    given = {name: value for name, value in COMPLETE.items() if name != missing}
    with pytest.raises(Incoherent, match=f"set RONGYIBAN_{missing} as well, or RONGYIBAN_DEMONSTRATION=true"):
        settings(**given)


def test_an_installation_without_anything_names_everything(settings: Environment) -> None:
    with pytest.raises(Incoherent) as refused:
        settings(DEMONSTRATION="false")
    for name in ("SECRET_KEY", "HASH_KEY", "ENCRYPTION_KEYS", "DATABASE_URL"):
        assert f"RONGYIBAN_{name}" in str(refused.value)


@pytest.mark.parametrize(
    "given, words",
    [
        ({**COMPLETE, "PUBLIC_URL": "http://permits.example.org"}, "PUBLIC_URL must be https"),
        ({**COMPLETE, "ENCRYPTION_KEYS": BOX}, "written in JSON"),
        ({**COMPLETE, "ENCRYPTION_KEYS": f'["{SECRET}"]'}, "Fernet"),
        ({**COMPLETE, "ENCRYPTION_KEYS": '["ä"]'}, "Fernet"),
        ({**COMPLETE, "SECRET_KEY": "short"}, "RONGYIBAN_SECRET_KEY: must have at least 32"),
        ({**COMPLETE, "HASH_KEY": "short"}, "RONGYIBAN_HASH_KEY: must have at least 32"),
        ({"DEMONSTRATION": "true", "HASH_KEY": SECRET}, "set RONGYIBAN_SECRET_KEY, RONGYIBAN_ENCRYPTION_KEYS as well"),
        ({"PUBLIC_URL": "permits.example.org"}, "RONGYIBAN_PUBLIC_URL: must be an address"),
        ({"PUBLIC_URL": "ftp://permits.example.org"}, "RONGYIBAN_PUBLIC_URL: must be an address"),
        ({"PUBLIC_URL": "https://permits.example.org/?a=b"}, "RONGYIBAN_PUBLIC_URL: must be an address"),
        ({"DEMONSTRATION": "true", "DATABASE_URL": "mysql://db/x"}, "RONGYIBAN_DATABASE_URL: must begin with"),
        ({"DEMONSTRATION": "true", "DATABASE_URL": "postgresql://db/x"}, "postgresql+psycopg://"),
        ({"BROKER_URL": "http://broker"}, "RONGYIBAN_BROKER_URL: must begin with"),
        ({"SESSION_HOURS": "25"}, "RONGYIBAN_SESSION_HOURS"),
        ({"IDLE_MINUTES": "0"}, "RONGYIBAN_IDLE_MINUTES"),
        ({"UPLOAD_MEGABYTES": "0"}, "RONGYIBAN_UPLOAD_MEGABYTES"),
        ({"SWEEP_SECONDS": "never"}, "RONGYIBAN_SWEEP_SECONDS"),
        ({"LOG_LEVEL": "chatty"}, "RONGYIBAN_LOG_LEVEL"),
        ({"DEMONSTRATION": "perhaps"}, "RONGYIBAN_DEMONSTRATION"),
        ({"DATABSE_URL": "sqlite:///x"}, "RONGYIBAN_DATABSE_URL is no setting; RONGYIBAN_DATABASE_URL is"),
        ({"SOMETHING_ELSE_ENTIRELY": "1"}, "RONGYIBAN_SOMETHING_ELSE_ENTIRELY is no setting"),
    ],
)
def test_what_does_not_fit_is_named_and_no_secret_is_shown(
    settings: Environment, given: dict[str, str], words: str
) -> None:
    with pytest.raises(Incoherent) as refused:
        settings(**given)
    assert words in str(refused.value)
    for secret in (SECRET, SECRET[::-1], BOX, "password"):
        assert secret not in str(refused.value)


def test_what_only_tests_need_is_no_mistake(settings: Environment) -> None:
    assert settings(TEST_POSTGRES="postgresql+psycopg://postgres@127.0.0.1:5432/").demonstration


def test_the_command_line_says_it_in_one_sentence_instead_of_a_traceback() -> None:
    for command in (["accounts"], ["check"], ["seed"], ["serve"], ["db", "upgrade"]):
        result = CliRunner().invoke(main, command, env={"RONGYIBAN_HASH_KEY": SECRET})
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: set RONGYIBAN_SECRET_KEY, RONGYIBAN_ENCRYPTION_KEYS")
        assert SECRET not in result.output


def test_a_time_stamp_authority_needs_its_root(settings: Environment, tmp_path: Path) -> None:
    given = {"HOME": str(tmp_path), "TSA_URL": "https://tsa.example.org/stamp"}
    with pytest.raises(Incoherent, match="put its root certificate into"):
        settings(**given)
    (tmp_path / "keys" / "stamps").mkdir(parents=True)
    (tmp_path / "keys" / "stamps" / "root.pem").touch()
    assert settings(**given).tsa_url == given["TSA_URL"]


@pytest.mark.parametrize(
    "given, words",
    [
        ({"TSA_URL": "ftp://tsa"}, "must be an address such as https://tsa.example.org/stamp"),
        ({"TSA_USER": "us", "TSA_PASSWORD": "word"}, "need RONGYIBAN_TSA_URL"),
        ({"SIGNER": "token"}, "RONGYIBAN_SIGNER"),
        ({"SIGNER": "pkcs11"}, "needs RONGYIBAN_PKCS11_LIBRARY, RONGYIBAN_PKCS11_TOKEN, RONGYIBAN_PKCS11_PIN"),
        ({"PKCS11_TOKEN": "seal"}, "RONGYIBAN_PKCS11_TOKEN: not used unless RONGYIBAN_SIGNER=pkcs11"),
        ({"PKCS11_LIBRARY": "/nowhere/module.so"}, "there is no such file"),
        ({"SIGNER": "remote", "REMOTE_SIGNER_URL": "https://sign.example.org"}, "needs RONGYIBAN_REMOTE_SIGNER_SECRET"),
        (
            {"SIGNER": "remote", "REMOTE_SIGNER_URL": "http://sign.example.org", "REMOTE_SIGNER_SECRET": SECRET},
            "RONGYIBAN_REMOTE_SIGNER_URL must be https",
        ),
        ({"SIGNER": "remote", "REMOTE_SIGNER_SECRET": "short"}, "must have at least 32 characters"),
        ({"SIGNING_SECONDS": "0"}, "RONGYIBAN_SIGNING_SECONDS"),
    ],
)
def test_what_signs_fits_together(settings: Environment, given: dict[str, str], words: str) -> None:
    with pytest.raises(Incoherent) as refused:
        settings(**given)
    assert words in str(refused.value)
    assert SECRET not in str(refused.value)
