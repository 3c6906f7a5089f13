"""What tests need from outside the project: programs and servers, demanded in CI and skipped aloud elsewhere."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest

Service = Literal["postgres", "rabbitmq", "redis"]

SERVICES: dict[Service, tuple[str, str]] = {
    "postgres": ("RONGYIBAN_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/"),
    "rabbitmq": ("RONGYIBAN_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//"),
    "redis": ("RONGYIBAN_TEST_REDIS", "redis://127.0.0.1:6379/"),
}
"""The environment variable that names a server, and where it is looked for when that is not set."""

PORTS: dict[Service, int] = {"postgres": 5432, "rabbitmq": 5672, "redis": 6379}

ALSO_CALLED = {"chromium": ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")}


def require_tool(name: str) -> str:
    """The path of a program; the test fails (CI) or is skipped (elsewhere) when it is not installed."""
    for candidate in ALSO_CALLED.get(name, (name,)):
        if path := shutil.which(candidate):
            return path
    raise absence(f"the program {name} is not installed (deploy/setup.sh test installs it)")


def require_service(name: Service) -> str:
    """The address of a server that accepts connections; the test fails (CI) or is skipped (elsewhere) without one."""
    variable, usual = SERVICES[name]
    address = os.environ.get(variable, usual)
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or PORTS[name]), timeout=2).close()
    except OSError as failure:
        raise absence(f"no {name} server answers ({failure}); {variable} may name another one") from failure
    return address


def absence(what: str) -> BaseException:
    """What ends the test: silence about something missing would pass for a proof, so in CI it is a failure."""
    if os.environ.get("CI") == "true":
        return pytest.fail.Exception(what, pytrace=False)
    return pytest.skip.Exception(what)


def qr_code_of(paper: Path) -> str:
    """The text of the QR code on a file's first page, as others' programs print and scan it."""
    picture = paper.with_suffix(".png")
    # 200 dots an inch: what an ordinary scanner makes of a printed page.
    draw = ("-r", "200", "-gray", "-png", "-singlefile", str(paper), str(picture.with_suffix("")))
    subprocess.run([require_tool("pdftoppm"), *draw], check=True)
    command = [require_tool("zbarimg"), "-q", "--raw", str(picture)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
