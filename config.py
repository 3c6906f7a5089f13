"""Typed settings, from the environment only (RONGYIBAN_…); refuses to start when they do not fit together."""

from __future__ import annotations

import os
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

ROOT = Path(__file__).resolve().parent
PREFIX = "RONGYIBAN_"
TESTING = f"{PREFIX}TEST_"
"""Begins what is for the tests alone."""
KEYS = ("secret_key", "encryption_keys", "hash_key")
SHORTEST_KEY = 32
SIGNERS = {
    "pkcs11": ("pkcs11_library", "pkcs11_token", "pkcs11_pin"),
    "remote": ("remote_signer_url", "remote_signer_secret"),
}
"""What each kind of signer needs, and the others must not have."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(BaseSettings):
    """Every setting with its default, valid for a city's own installation unless it says demonstration."""

    # Errors are shown to whoever starts the portal, and logged: never with what was given, for some of it is secret.
    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", hide_input_in_errors=True)

    home: Path = ROOT / "var"
    """The one folder of everything that is not code: database, files, keys, embedded broker."""
    demonstration: bool | None = None
    """Invented accounts, keys made on first start, certificates marked 示例.

    Unset, it is on only while none of the secrets and no database of a city's own installation is given: a fresh
    checkout demonstrates, a half-configured one refuses.
    """
    database_url: str | None = None
    """SQLAlchemy address; none = SQLite in `home`."""
    broker_url: str | None = None
    """Celery broker; none = the embedded folder broker in `home`."""
    broker_queue: str = "rongyiban"
    """The queue in that broker, for installations that have to share one."""
    public_url: str = "http://127.0.0.1:8000"
    """Where the world reaches the portal; it stands on certificates and in letters."""
    proxies: int = Field(default=0, ge=0, le=5)
    """How many proxies stand in front, one behind the other: that many entries of X-Forwarded-For are believed."""
    secret_key: SecretStr | None = None
    encryption_keys: list[SecretStr] = Field(default_factory=list)
    """Fernet keys, newest first; older ones still open what they sealed."""
    hash_key: SecretStr | None = None
    session_hours: int = Field(default=12, ge=1, le=24)
    idle_minutes: int = Field(default=60, ge=5, le=24 * 60)
    """After so long without a request whoever signed in is signed out, within the session's hours."""
    upload_megabytes: int = Field(default=20, ge=1, le=200)
    draft_megabytes: int = Field(default=2000, ge=1, le=100_000)
    """What one account may have lying in drafts that were never sent, all files together."""
    clamav: str | None = None
    """Where clamd listens: tcp://host:3310 or unix:/run/clamav/clamd.ctl; none = every upload stands as not scanned."""
    clamav_seconds: float = Field(default=20.0, gt=0, le=120)
    """How long it may keep silent."""
    worker_processes: int = Field(default=1, ge=1, le=64)
    """Of the worker that `rongyiban serve` starts: each makes papers and sends letters, some 150 MB."""
    sweep_seconds: float = Field(default=5.0, gt=0, le=600)
    """How often the outbox is swept for what a kill or a broken broker left behind."""
    clock_seconds: float = Field(default=60.0, gt=0, le=3600)
    """How often the scheduler looks for clocks that woke: warnings, deemed acceptance, dates of a new calendar."""
    checkpoint_seconds: float = Field(default=300.0, gt=0, le=86400)
    """How often the trail is gathered into a signed checkpoint: what is younger can be cut off unseen."""
    poll_seconds: float = Field(default=0.1, gt=0, le=10)
    smtp_host: str | None = None
    """The server that takes e-mail; none = letters stand in the portal alone."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """`none` for a server on this machine only."""
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str | None = None
    """The sender of letters, such as noreply@permits.example.org."""
    sms_url: str | None = None
    """Where text messages are handed over: an address that takes JSON (to, text, id) by POST, by https."""
    sms_token: SecretStr | None = None
    """Sent there as `Authorization: Bearer`."""
    sms_secret: SecretStr | None = None
    """Shared with who takes text messages: each request is signed with it (HMAC-SHA-256)."""
    tsa_url: str | None = None
    """Time-stamp authority (RFC 3161); none: signatures state their time themselves. Its root lies in keys/stamps/."""
    tsa_user: str | None = None
    tsa_password: SecretStr | None = None
    signer: Literal["file", "pkcs11", "remote"] = "file"
    """What holds the departments' signing keys; their certificates lie in keys/signers/ in any case."""
    pkcs11_library: Path | None = None
    pkcs11_token: str | None = None
    """Label of the token."""
    pkcs11_pin: SecretStr | None = None
    remote_signer_url: str | None = None
    remote_signer_secret: SecretStr | None = None
    """Shared with the remote signer; authenticates what it is asked."""
    signing_seconds: float = Field(default=5.0, gt=0, le=30)
    """How long a time-stamp authority or a remote signer may take to answer."""
    message_days: int = Field(default=90, ge=0, le=3650)
    """For how many days after its end messages can be written in an application."""
    draft_days: int = Field(default=90, ge=14, le=3650)
    """For how many days a draft is kept that nobody goes on with."""
    draft_warning_days: int = Field(default=7, ge=1, le=13)
    """So many days before it is deleted its owner is told."""
    reply_days: int | None = Field(default=None, ge=1, le=30)
    """Working days in which departments promise to answer messages; none: nothing is promised."""
    objection_days: int = Field(default=60, ge=1, le=366)
    """For how many days an applicant may object to a refusal; departments answer in `objection_answer_days` working
    days."""
    objection_answer_days: int = Field(default=10, ge=1, le=90)
    contact_days: int = Field(default=1, ge=1, le=30)
    """Working days in which whoever rated badly (差评) is contacted."""
    verify_days: int = Field(default=3, ge=1, le=30)
    """Then the department verifies, and mends within `mend_days`, or `mend_complex_days` where it takes longer."""
    mend_days: int = Field(default=5, ge=1, le=90)
    mend_complex_days: int = Field(default=15, ge=1, le=90)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        missing = [name for name in (*KEYS, "database_url") if not getattr(self, name)]
        if self.demonstration is None:
            self.demonstration = len(missing) == len(KEYS) + 1
        if self.demonstration:
            if 0 < len(set(missing) & set(KEYS)) < len(KEYS):
                raise ValueError(f"set {_listed(missing, KEYS)} as well, or none of the keys")
        elif missing:
            raise ValueError(f"set {_listed(missing)} as well, or {PREFIX}DEMONSTRATION=true")
        elif not self.is_secure:
            raise ValueError(f"{PREFIX}PUBLIC_URL must be https outside demonstration")
        return self

    @model_validator(mode="after")
    def _can_send(self) -> Settings:
        if self.smtp_host and not self.mail_from:
            raise ValueError(f"set {PREFIX}MAIL_FROM as well")
        if self.smtp_security == "none" and self.smtp_host not in {None, *LOOPBACK}:
            raise ValueError(f"{PREFIX}SMTP_SECURITY=none is for a server on this machine only")
        if (self.smtp_user is None) is not (self.smtp_password is None):
            raise ValueError(f"set {PREFIX}SMTP_USER and {PREFIX}SMTP_PASSWORD, or neither")
        if self.sms_url:
            parts = urlsplit(self.sms_url)
            if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
                raise ValueError(f"{PREFIX}SMS_URL must be https, or http on this machine")
        return self

    @field_validator("clamav")
    @classmethod
    def _is_scanner(cls, address: str | None) -> str | None:
        if address is None:
            return None
        parts = urlsplit(address)
        is_socket = parts.scheme == "unix" and parts.path.startswith("/")
        if not is_socket and not (parts.scheme == "tcp" and parts.hostname):
            raise ValueError("must be tcp://host:3310 or unix:/run/clamav/clamd.ctl")
        return address

    @field_validator("mail_from")
    @classmethod
    def _is_sender(cls, address: str | None) -> str | None:
        if address is not None and not re.fullmatch(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+", address):
            raise ValueError("must be one address such as noreply@permits.example.org")
        return address

    @model_validator(mode="after")
    def _can_sign(self) -> Settings:
        if (self.tsa_user or self.tsa_password) and not self.tsa_url:
            raise ValueError(f"{PREFIX}TSA_USER and {PREFIX}TSA_PASSWORD need {PREFIX}TSA_URL")
        if (self.tsa_user is None) is not (self.tsa_password is None):
            raise ValueError(f"set {PREFIX}TSA_USER and {PREFIX}TSA_PASSWORD, or none of them")
        if self.tsa_url and not any((self.keys / "stamps").glob("*.pem")):
            raise ValueError(f"{PREFIX}TSA_URL: put its root certificate into {self.keys / 'stamps'} as a .pem file")
        if self.tsa_user and self.tsa_url and not _is_private(self.tsa_url):
            raise ValueError(f"{PREFIX}TSA_URL must be https, for a password is sent to it")
        if self.remote_signer_url and not _is_private(self.remote_signer_url):
            raise ValueError(f"{PREFIX}REMOTE_SIGNER_URL must be https")
        for signer, names in SIGNERS.items():
            given = [name for name in names if getattr(self, name)]
            if signer == self.signer and len(given) < len(names):
                missing = [name for name in names if name not in given]
                raise ValueError(f"{PREFIX}SIGNER={signer} needs {_listed(missing)}")
            if signer != self.signer and given:
                raise ValueError(f"{_listed(given)}: not used unless {PREFIX}SIGNER={signer}")
        return self

    @field_validator("home")
    @classmethod
    def _is_absolute(cls, home: Path) -> Path:
        return home.absolute()

    @field_validator("tsa_url", "remote_signer_url")
    @classmethod
    def _is_asked_by_http(cls, address: str | None) -> str | None:
        parts = urlsplit(address or "")
        if address and (
            parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment or parts.username
        ):
            raise ValueError("must be an address such as https://tsa.example.org/stamp")
        return address or None

    @field_validator("pkcs11_library")
    @classmethod
    def _is_there(cls, library: Path | None) -> Path | None:
        if library and not library.is_file():
            raise ValueError("there is no such file")
        return library

    @field_validator("public_url")
    @classmethod
    def _is_web_address(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an address such as https://permits.example.org")
        return address

    @field_validator("database_url")
    @classmethod
    def _is_supported_database(cls, address: str | None) -> str | None:
        if address and not address.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must begin with postgresql+psycopg:// or sqlite:///")
        return address or None

    @field_validator("broker_url")
    @classmethod
    def _is_supported_broker(cls, address: str | None) -> str | None:
        if address and urlsplit(address).scheme not in {"amqp", "amqps", "redis", "rediss"}:
            raise ValueError("must begin with amqp://, amqps://, redis:// or rediss://")
        return address or None

    @field_validator("secret_key", "hash_key", "remote_signer_secret", "sms_secret")
    @classmethod
    def _is_long(cls, key: SecretStr | None) -> SecretStr | None:
        if key and len(key.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"must have at least {SHORTEST_KEY} characters")
        return key

    @field_validator("encryption_keys")
    @classmethod
    def _are_fernet_keys(cls, keys: list[SecretStr]) -> list[SecretStr]:
        for key in keys:
            try:
                size = len(urlsafe_b64decode(key.get_secret_value()))
            except ValueError:
                size = 0
            if size != 32:
                raise ValueError("must be a JSON list of Fernet keys: 32 bytes each, in URL-safe base64")
        return keys

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'rongyiban.sqlite3'}"

    @property
    def is_secure(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"

    @property
    def files(self) -> Path:
        return self.home / "files"

    @property
    def thumbnails(self) -> Path:
        """Small pictures of files; each can be made again."""
        return self.home / "thumbnails"

    @property
    def arriving(self) -> Path:
        """Uploads that are not whole yet."""
        return self.home / "arriving"

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def broker_folder(self) -> Path:
        return self.home / "broker"


class Incoherent(Exception):
    """The environment does not fit together; the message names the settings to change, and shows none of them."""


def from_environment() -> Settings:
    """The settings of this process. Raises Incoherent, also for a name that is no setting: it is a mistyped one."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    wrong = []
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and not name.startswith(TESTING) and name not in known:
            near = get_close_matches(name, known, n=1)
            wrong.append(f"{name} is no setting" + (f"; {near[0]} is" if near else ""))
    if wrong:
        raise Incoherent("\n".join(wrong))
    try:
        return Settings()
    except ValidationError as error:
        raise Incoherent("\n".join(_words(each["loc"], each["msg"]) for each in error.errors())) from None
    except SettingsError as error:
        raise Incoherent(f"{error}: lists are written in JSON") from None


def _is_private(address: str) -> bool:
    """Nobody on the way reads it."""
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in LOOPBACK


def _words(place: tuple[int | str, ...], message: str) -> str:
    name = f"{PREFIX}{str(place[0]).upper()}: " if place else ""
    return name + message.removeprefix("Value error, ")


def _listed(names: Collection[str], among: Collection[str] | None = None) -> str:
    return ", ".join(f"{PREFIX}{name.upper()}" for name in names if among is None or name in among)
