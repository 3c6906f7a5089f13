"""Rate a finished application (好差评): once, and once more after a bad rating was followed up."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.follow_up import Limits, begin
from approvals.errors import NotFinished, RatedBefore
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.fold import lead_of
from approvals.records.rating import Rating, may_again
from approvals.vocabulary import RATING_REASONS, RatingLevel, RatingReason


def rate(
    application: Application,
    level: RatingLevel,
    reasons: Sequence[RatingReason],
    text: str,
    *,
    limits: Limits,
    by: Actor,
    at: Moment,
) -> Rating:
    """A first bad one begins its follow-up. Reasons that do not belong to the level are left out.

    The trail holds that it was rated, not how: it is read by those who decided.
    """
    check(by, "rating:give", application)
    if not application.status.is_final:
        raise NotFinished
    session = session_of(application)
    given = select(Rating).where(Rating.application_id == application.id).order_by(Rating.round)
    earlier = session.scalars(given.execution_options(populate_existing=True)).all()
    if earlier and not may_again(earlier):
        raise RatedBefore
    rating = Rating(
        application_id=application.id,
        round=len(earlier) + 1,
        item_code=application.item_code,
        department_code=lead_of(application).department_code,
        level=level,
        reasons=[str(each) for each in RATING_REASONS[level] if each in reasons],
        text=text.strip(),
        at=at.instant,
    )
    session.add(rating)
    session.flush()  # its follow-up names it by its number
    content = json.dumps([level, rating.reasons, rating.text], ensure_ascii=False)
    append(application, Event.RATED, by=by, at=at.instant, round=rating.round, content=sealed(content))
    if level.is_bad and rating.round == 1:
        begin(rating, application, limits, at=at)
    return rating
