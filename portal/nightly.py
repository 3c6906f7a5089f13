"""Everything that is kept as it happens, counted anew from what happened: times, ways and what runs."""

from __future__ import annotations

import structlog
from flask import Flask

from approvals.queries.live import differences
from approvals.queries.walks import uncounted
from portal.times import check
from portal.unit_of_work import now, reading

log = structlog.get_logger()


def count_anew(app: Flask) -> list[str]:
    """What differs, in words; each is said in the log."""
    with app.app_context():
        wrong = [*differences(reading()), *uncounted(reading(), now().calendar)]
    wrong += check(app)["wrong"]
    for what in wrong:
        log.error("counts_differ", what=what)
    return wrong
