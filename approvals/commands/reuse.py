"""Hand in what the portal already holds (免提交): a certificate it issued, or a file it accepted before."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.attach import attach, detach
from approvals.commands.consent import certificate_held, consent, has_consent, withdraw_from
from approvals.inspection import Inspected
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.material import Material


def reuse(
    application: Application, key: str, file: Inspected, sha256: str, source: str, *, by: Actor, at: Moment
) -> Material:
    """The same bytes, with the number of the application or certificate they came from; taken back like any file.

    Which file is asked of queries.held for this draft and this actor: nobody reuses what is another's. Whoever hands in
    a certificate lets the offices use it for this application (NotInForce where it does not count any more); taking it
    back takes that back.
    """
    certificate = certificate_held(application, source)
    if certificate is not None and not has_consent(certificate, application):
        consent(certificate, application, by=by, at=at)
    material = attach(application, key, file, sha256, by=by, at=at)
    if material.added_at == at.instant:  # not one that lay here already
        material.reused_from = source
    return material


def take_back(application: Application, key: str, version: int, *, by: Actor, at: Moment) -> None:
    """A file, and with the last one that came from a certificate the consent to use it."""
    detach(application, key, version, by=by, at=at)
    taken = next((each for each in application.materials if each.key == key and each.version == version), None)
    source = taken.reused_from if taken else None
    if not source or any(each.reused_from == source and each.removed_at is None for each in application.materials):
        return
    certificate = certificate_held(application, source)
    if certificate is not None:
        withdraw_from(certificate, application, by=by, at=at)
