"""Headers of every response, trusted hosts, cookies."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, Request, Response, abort, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.formparser import FormDataParser
from werkzeug.middleware.proxy_fix import ProxyFix

from config import LOOPBACK, Settings

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
"""Nothing inline, nothing from elsewhere; framed by the portal itself only (the clerk's material viewer)."""


LONGEST_ADDRESS = 4094
"""Characters of a path with its query; the web server takes many more, so that the page that refuses is ours."""


class NameUnreadable(BadRequest):
    """The name of a file, or of a field, is no UTF-8; with it the whole form is unreadable."""


class Forms(FormDataParser):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **{**named, "silent": False})


class Posted(Request):
    """A form that cannot be read is an error, and not an empty form."""

    form_data_parser_class = Forms


def configure(app: Flask, settings: Settings) -> None:
    """Limits and cookies. A form may be open as long as the session lives, so its token does not expire before it."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if settings.is_secure else "session",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=settings.session_hours * 3600,
        SESSION_REFRESH_EACH_REQUEST=False,  # what a page asks by itself must not put back a cookie that has changed
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.is_secure,
        MAX_CONTENT_LENGTH=settings.upload_megabytes * 1024 * 1024 * 5 + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,  # the longest outline of a site, every comma of it in three characters
        MAX_FORM_PARTS=500,
    )
    host = urlsplit(settings.public_url).hostname or ""
    app.config["TRUSTED_HOSTS"] = [host, *(LOOPBACK if host in LOOPBACK else ())]
    if settings.proxies:
        # Who guesses is told apart by address: behind a proxy everybody would share its own, and its limit.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    app.request_class = Posted
    app.before_request(refuse_long_address)
    app.before_request(refuse_broken_text)
    app.after_request(add_headers)
    if settings.is_secure:
        app.after_request(_strict_transport)


def refuse_long_address() -> None:
    """414 for an address that none of our pages leads to."""
    if len(request.environ.get("RAW_URI") or request.full_path) > LONGEST_ADDRESS:
        abort(414)


def refuse_broken_text() -> None:
    """400 for a form or address that is no UTF-8: the framework would keep its bytes as if somebody had typed %FF."""
    texts = [request.query_string]
    if request.mimetype == "application/x-www-form-urlencoded":
        most, fields = request.max_form_memory_size or 0, request.max_form_parts or 0
        # The framework bounds only forms with files, and cuts off a body of untold length (chunked) at its limit.
        request.max_content_length = most + 1
        form = request.get_data()
        if len(form) > most or form.count(b"&") >= fields:
            request.form = ImmutableMultiDict()  # the page that refuses it must neither take it apart nor send it back
            abort(413)
        texts.append(form)
    if request.mimetype == "multipart/form-data":
        _take_apart()
    for text in texts:
        try:
            unquote_to_bytes(text).decode()
        except UnicodeDecodeError:
            abort(400)


def _take_apart() -> None:
    """Read a form with files here, so that one that cannot be read is refused and not taken for an empty one."""
    try:
        _ = request.form
    except (HTTPException, ValueError) as error:
        request.form, request.files = ImmutableMultiDict(), ImmutableMultiDict()
        if isinstance(error, HTTPException):
            raise
        raise (NameUnreadable if isinstance(error, UnicodeDecodeError) else BadRequest) from None


def add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(self), microphone=()"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _strict_transport(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return response
