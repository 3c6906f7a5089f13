"""Several items as one matter (一件事): what it takes, what is asked once, how long it lasts. No account needed."""

from __future__ import annotations

from collections.abc import Collection

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from approvals.errors import NotFound
from portal.guards import PUBLIC, allows, visitor
from portal.public import blueprint, guide
from portal.ui import workspace
from services.bundle import Bundle, carried
from services.current import catalogue
from services.item import Item, Limit, Question

__all__ = ["blueprint"]


@blueprint.get("/bundles/<slug>")
@allows(PUBLIC)
def bundle(slug: str) -> ResponseReturnValue:
    found = catalogue().bundles.get(slug)
    if found is None:
        raise NotFound
    items, awaited = catalogue().items, {part.after for part in found.parts}
    is_applicant = current_user.is_authenticated and not current_user.is_staff
    return render_template(
        "public/bundle.html",
        bundle=found,
        parts=list(zip(found.parts, _items(found), strict=True)),
        once=_once(found),
        first=[(part, items[part.item]) for part in found.parts if part.item in awaited],
        longest=_longest(found, awaited),
        on_commitment=[item for item in _items(found) if guide.is_promised_on_commitment(item)],
        capacities=guide.capacities(found, visitor()) if is_applicant else [],
        space=workspace(),
        limit_words=guide.limit_words,
        promised_words=guide.promised_words,
        law_words=guide.law_words,
    )


def _once(bundle: Bundle) -> list[tuple[Question, int]]:
    """What is asked once, and in how many of its items the answer stands."""
    used = [set(carried(part, catalogue().items[part.item], bundle).values()) for part in bundle.parts]
    counted = [(question, sum(question.key in keys for keys in used)) for question in bundle.questions]
    return [(question, number) for question, number in counted if number]


def _longest(bundle: Bundle, awaited: Collection[str | None]) -> Limit:
    """What waits for nothing runs side by side: together it lasts as long as the longest of what is promised to
    everybody. What others wait for is said apart.
    """
    beside = (item for item in _items(bundle) if item.code not in awaited)
    promised = [item.promised for item in beside if not guide.is_promised_on_commitment(item)]
    return max(promised, key=guide.working_days, default=Limit(None))


def _items(bundle: Bundle) -> list[Item]:
    return [catalogue().items[part.item] for part in bundle.parts]
