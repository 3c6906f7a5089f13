"""The link by which a member of staff sets the first password, or a new one: signed, for a while, good for once."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from approvals.errors import LinkOver
from approvals.queries.staff import stamp_of
from portal.unit_of_work import reading

LASTS = timedelta(hours=72)


def link(account_id: int, stamp: str) -> str:
    """`stamp` is what stands in the place of the password until it is set; the link holds only its hash."""
    token = _serializer().dumps([account_id, _digest(stamp)])
    return f"{current_app.extensions['settings'].public_url.rstrip('/')}/welcome/{token}"


def opened(token: str) -> tuple[int, str]:
    """The account and the stamp it still has. LinkOver otherwise."""
    try:
        account_id, digest = _serializer().loads(token, max_age=int(LASTS.total_seconds()))
    except (BadData, ValueError):
        raise LinkOver from None
    stamp = stamp_of(reading(), account_id)
    if stamp is None or _digest(stamp) != digest:
        raise LinkOver
    return account_id, stamp


def _digest(stamp: str) -> str:
    return hashlib.sha256(stamp.encode()).hexdigest()[:32]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="invitation")
