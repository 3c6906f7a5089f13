"""The page that shows the policy: each permission, the roles that have it, and the pages it opens."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from approvals.permissions import POLICY, Relation
from approvals.vocabulary import Role
from portal.administration.views import blueprint
from portal.guards import allows, permission_of
from portal.rights import GROUPS, RIGHTS

COLUMNS = tuple(role for role in Role if role is not Role.SYSTEM)


@dataclass(frozen=True)
class Right:
    """`grants` by role: how somebody must stand to the thing; `routes` are methods and addresses."""

    permission: str
    words: str
    grants: dict[Role, Relation]
    routes: tuple[str, ...]


@blueprint.get("/office/policy")
@allows("policy:read")
def policy() -> ResponseReturnValue:
    """`?role=` shows what one role may do; whatever is no role shows all."""
    chosen = next((role for role in COLUMNS if role == request.args.get("role")), None)
    return render_template("administration/policy.html", groups=_groups(chosen), columns=COLUMNS, chosen=chosen)


def _groups(chosen: Role | None) -> list[tuple[str, list[Right]]]:
    routes = _routes()
    found: dict[str, list[Right]] = {group: [] for group in GROUPS}
    for permission, grants in POLICY.items():
        by_role = dict(grants)
        if (chosen is None or chosen in by_role) and set(by_role) - {Role.SYSTEM}:
            right = Right(permission, RIGHTS[permission], by_role, tuple(routes.get(permission, ())))
            found[permission.partition(":")[0]].append(right)
    return [(GROUPS[group], rights) for group, rights in found.items() if rights]


def _routes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in current_app.url_map.iter_rules():
        permission = permission_of(current_app, rule.endpoint)
        if permission is not None and permission in POLICY:
            methods = "/".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
            found.setdefault(permission, []).append(f"{methods} {rule.rule}")
    return {permission: sorted(each, key=lambda said: said.partition(" ")[2]) for permission, each in found.items()}
