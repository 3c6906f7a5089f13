"""Hand in what the portal already holds (免提交): a certificate it issued, or a file it accepted before."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.attach import attach
from approvals.inspection import Inspected
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.material import Material


def reuse(
    application: Application, key: str, file: Inspected, sha256: str, source: str, *, by: Actor, at: Moment
) -> Material:
    """The same bytes, with the number of the application or certificate they came from; taken back like any file.

    Which file is asked of queries.held for this draft and this actor: nobody reuses what is another's.
    """
    material = attach(application, key, file, sha256, by=by, at=at)
    if material.added_at == at.instant:  # not one that lay here already
        material.reused_from = source
    return material
