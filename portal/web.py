"""How gunicorn runs the portal: `gunicorn --config python:portal.web`; its options on the command line win."""

from __future__ import annotations

from gunicorn.http import message

from approvals.certificates.apart import EXAMINER

wsgi_app = "portal.wsgi:app"
preload_app = True  # read once, then forked
workers = 2
threads = 8
limit_request_line = 64 * 1024  # what is too long is refused by the portal, on a page of its own
message.MAX_REQUEST_LINE = limit_request_line  # to which gunicorn would cut it off
loglevel = "warning"

PASSED_ON = {"level": "WARNING", "handlers": [], "propagate": True}
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"lines": {"()": "portal.logs.Lines"}},
    "root": {"level": "WARNING", "handlers": ["lines"]},
    "loggers": {"gunicorn.error": PASSED_ON, "gunicorn.access": PASSED_ON},
}
"""In the same lines of JSON as everything else; the portal itself logs each request."""


def when_ready(_server: object) -> None:
    """Before the web processes are forked, so that they share one examiner, and it is warm when somebody comes."""
    EXAMINER.start()
