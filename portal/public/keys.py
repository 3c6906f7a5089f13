"""Keys and lists for whoever verifies without the portal: whom to believe, what was revoked, the trail's checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from flask import Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from approvals.audit import key as trail
from approvals.audit.key import KeyUnusable
from approvals.certificates import sm2
from approvals.certificates.publicity import keyholders, pem_of, revoked_lists
from approvals.certificates.trust import trusted
from approvals.queries.proof import newest
from config import Settings
from portal.guards import PUBLIC, allows
from portal.public import blueprint
from portal.unit_of_work import reading


@blueprint.get("/verify/keys")
@allows(PUBLIC)
def verification_keys() -> ResponseReturnValue:
    """Each with the fingerprint to compare, and everything to download."""
    settings: Settings = current_app.extensions["settings"]
    trust = trusted(settings.keys)
    return render_template(
        "public/keys.html",
        holders=keyholders(settings.keys, trust),
        has_stamps=bool(trust.stamps),
        has_lists=bool(trust.revoked),
        sm2_keys=list(sm2.public_keys(settings.keys)),
        trail_keys=_trail_keys(settings),
        checkpoint=found.statement if (found := newest(reading())) else None,
        is_demonstration=bool(settings.demonstration),
    )


@blueprint.get("/verify/keys/<name>")
@allows(PUBLIC)
def verification_key_file(name: str) -> ResponseReturnValue:
    """One of the files below; whatever is not there is not found."""
    if name not in FILES:
        abort(404)
    media_type, make = FILES[name]
    content = make(current_app.extensions["settings"])
    if not content:
        abort(404)
    answer = Response(content, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _trail_keys(settings: Settings) -> list[str]:
    try:
        return list(trail.trusted(settings.keys))
    except KeyUnusable:
        return []


def _trail_pem(settings: Settings) -> bytes:
    return "".join(key.pem for key in trail.trusted(settings.keys).values()).encode()


def _checkpoint(_settings: Settings) -> bytes:
    found = newest(reading())
    return json.dumps(found.document(), ensure_ascii=False, sort_keys=True, indent=1).encode() if found else b""


PEM = "application/x-pem-file"
FILES: Mapping[str, tuple[str, Callable[[Settings], bytes]]] = {
    "roots.pem": (PEM, lambda settings: pem_of(trusted(settings.keys).roots)),
    "signers.pem": (PEM, lambda settings: pem_of(tuple(each.der for each in keyholders(settings.keys)))),
    "stamps.pem": (PEM, lambda settings: pem_of(trusted(settings.keys).stamps)),
    "revoked.pem": (PEM, lambda settings: revoked_lists(trusted(settings.keys).revoked)),
    "sm2.pem": (PEM, lambda settings: b"".join(sm2.public_keys(settings.keys).values())),
    "trail.pem": (PEM, _trail_pem),
    "checkpoint.json": ("application/json", _checkpoint),
}
