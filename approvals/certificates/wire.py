"""Ask a time-stamp authority, a revocation service or a remote signer over HTTP, within limits."""

from __future__ import annotations

import base64
import http.client
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

LARGEST = 512 * 1024
"""Bytes of an answer; a token has a few thousand, a list of revoked keys some more."""


class Unreachable(OSError):
    """No answer that could be used; the message says from where and why, and holds no secret."""


def ask(
    url: str, body: bytes | None, headers: Mapping[str, str], *, seconds: float, largest: int = LARGEST
) -> tuple[int, bytes]:
    """Status and content. POST where there is a body. Redirects are not followed: only the configured host is asked."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    door: http.client.HTTPConnection
    if parts.scheme == "https":
        door = http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=ssl.create_default_context())
    elif parts.scheme == "http":
        door = http.client.HTTPConnection(host, parts.port, timeout=seconds)
    else:
        raise Unreachable(f"{host}: not an http address")
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        door.request("POST" if body is not None else "GET", path, body=body, headers=dict(headers))
        answer = door.getresponse()
        content = answer.read(largest + 1)
    except (OSError, http.client.HTTPException) as failure:
        raise Unreachable(f"{host}: {type(failure).__name__}") from None
    finally:
        door.close()
    if len(content) > largest:
        raise Unreachable(f"{host}: the answer is too long")
    return answer.status, content


def basic(user: str, password: str) -> dict[str, str]:
    """HTTP basic authentication (RFC 7617)."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
