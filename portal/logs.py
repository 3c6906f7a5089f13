"""Structured logs, one JSON object a line, each with the number of its request; never a personal value."""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
from typing import TextIO

import structlog
import structlog.tracebacks
from flask import Flask, Response, g, request
from structlog.typing import EventDict, Processor, WrappedLogger

from portal.personal import COVER, covered, is_personal

log = structlog.get_logger()

TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
"""Without local variables: they hold answers, names and codes."""


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
OWN = frozenset({"level", "request", "timestamp"})
"""What the log says of itself: random digits may look like anything."""


def as_line(logger: WrappedLogger, name: str, event: EventDict) -> str:
    """Nobody means to log a personal value, but an exception may quote what it was given: it is covered here."""
    line = json.loads(as_json(logger, name, event))  # only now objects of every kind are text
    return json.dumps({key: part if key in OWN else _covered(part) for key, part in line.items()}, ensure_ascii=False)


def _covered(part: object) -> object:
    match part:
        case str():
            return covered(part)
        case dict():
            return {covered(key): _covered(each) for key, each in part.items()}
        case list():
            return [_covered(each) for each in part]
        case int() if is_personal(str(part)):
            return COVER
    return part


class Lines(logging.StreamHandler[TextIO]):
    """What libraries log, in lines like our own."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=[*SHARED, structlog.stdlib.add_logger_name],
                processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, TRACEBACKS, as_line],
            )
        )


def configure_logs(level: str) -> None:
    """Of this process; the last call holds."""
    structlog.configure(
        processors=[*SHARED, TRACEBACKS, as_line],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),  # a line in one piece, also beside `Lines`
    )
    everything = logging.getLogger()
    everything.handlers = [*(each for each in everything.handlers if not isinstance(each, Lines)), Lines()]
    # That a file under examination does not hold is our answer and not our fault.
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def number_requests(app: Flask) -> None:
    """The number goes into every line logged, into the response and onto the error page."""

    @app.before_request
    def begin() -> None:
        g.request_number = secrets.token_hex(8)
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_number)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_number", "")
        if request.endpoint != "static":
            took = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1)
            # The route, not the address: addresses carry numbers and search words.
            log.info(
                "request", method=request.method, route=str(request.url_rule), status=response.status_code, ms=took
            )
        return response
