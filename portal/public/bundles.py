"""Several items as one matter (一件事): what it takes, what is asked once, how long it lasts. No account needed."""

from __future__ import annotations

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
    is_applicant = current_user.is_authenticated and not current_user.is_staff
    return render_template(
        "public/bundle.html",
        bundle=found,
        parts=list(zip(found.parts, _items(found), strict=True)),
        once=_once(found),
        longest=_longest(found),
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


def _longest(bundle: Bundle) -> Limit:
    """They run side by side: together they last as long as the longest of those that are promised to everybody."""
    promised = [item.promised for item in _items(bundle) if not guide.is_promised_on_commitment(item)]
    return max(promised, key=guide.working_days, default=Limit(None))


def _items(bundle: Bundle) -> list[Item]:
    return [catalogue().items[part.item] for part in bundle.parts]
