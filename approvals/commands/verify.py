"""Verify a promise (事后核查): no finding without its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from approvals.clock.moment import Moment, local_date
from approvals.commands.obligation import Filed, move
from approvals.errors import EvidenceMissing, NotPossibleNow, OwnApplication, PastOrFuture
from approvals.permissions import Actor, check, owns
from approvals.records.obligation import Obligation
from approvals.vocabulary import Act, ObligationKind
from services.item import Means

FINDINGS = (Act.FULFIL, Act.FALL_DUE, Act.DISPROVE)
"""True and kept; not kept in time; untrue."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a finding rests on: the reference of a look into shared data, a document, or a record of a visit."""

    finding: str
    reference: str = ""
    officer: str = ""
    seen_on: date | None = None
    document: Filed | None = None

    def missing_for(self, means: Means) -> tuple[str, ...]:
        """Names of the fields that this way of verifying needs and that are empty."""
        needed: dict[str, object] = {"finding": self.finding.strip()}
        match means:
            case Means.SHARED_DATA:
                needed["reference"] = self.reference.strip()
            case Means.DOCUMENT:
                needed["document"] = self.document
            case Means.ON_SITE:
                needed |= {"officer": self.officer.strip(), "seen_on": self.seen_on}
        return tuple(name for name, value in needed.items() if not value)

    def as_data(self, means: Means) -> dict[str, Any]:
        """What is kept and hashed."""
        return {
            "means": str(means),
            "finding": self.finding.strip(),
            "reference": self.reference.strip(),
            "officer": self.officer.strip(),
            "seen_on": self.seen_on.isoformat() if self.seen_on else None,
        }


def verify(obligation: Obligation, outcome: Act, evidence: Evidence, *, by: Actor, at: Moment) -> None:
    """Close a verification, or note that the promise was not kept in time, which leaves it open.

    Raises EvidenceMissing with the names of what is not there, PastOrFuture for a visit before the promise or tomorrow.
    """
    check(by, "obligation:close", obligation)
    if owns(by, obligation.application):
        raise OwnApplication
    if obligation.kind is not ObligationKind.VERIFICATION or outcome not in FINDINGS or obligation.means is None:
        raise NotPossibleNow(status=str(obligation.status))
    missing = evidence.missing_for(obligation.means)
    if missing:
        raise EvidenceMissing(missing=missing)
    if evidence.seen_on is not None and not local_date(obligation.began_at) <= evidence.seen_on <= at.today:
        raise PastOrFuture
    data = evidence.as_data(obligation.means)
    move(obligation, outcome, note=evidence.finding.strip(), evidence=data, file=evidence.document, by=by, at=at)
