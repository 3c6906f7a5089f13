"""Start the applications of a bundle (一件事) together: all of them, or none."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from approvals.clock.moment import Moment
from approvals.commands import draft
from approvals.permissions import Actor, check
from approvals.records.bundle import BundleRecord
from approvals.records.catalogue import ItemRevision
from approvals.records.people import Organisation
from approvals.vocabulary import Origin
from services.answers import Answers

Begun = tuple[ItemRevision, Answers, Mapping[str, Origin]]
"""What a draft begins with: answers already known, and where each that nobody typed comes from."""


def start_together(
    slug: str,
    begun: Sequence[Begun],
    *,
    organisation: Organisation | None,
    waiting: Mapping[str, object] | None = None,
    by: Actor,
    at: Moment,
) -> BundleRecord:
    """A bundle with a draft of each revision, answers already given filled in; add it to the session to keep it.

    `waiting` is kept for the parts that begin later (commands.found).
    """
    check(by, "application:create")
    return BundleRecord(
        token=secrets.token_urlsafe(16),
        slug=slug,
        applicant_id=by.applicant if organisation is None else by.person,
        organisation=organisation,
        created_at=at.instant,
        waiting=dict(waiting) if waiting else None,
        applications=[
            draft.start(revision, organisation=organisation, answers=answers, origins=origins, by=by, at=at)
            for revision, answers, origins in begun
        ],
    )
