"""Many steps at once: choose them in the queue, see what would happen to each, carry it out, see what came of it."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands import batch as batches
from approvals.commands.decide import NEEDS_REASON, POSSIBLE
from approvals.errors import Refusal
from approvals.queries.batch import BatchPage, batch_page
from approvals.queries.queue import found_steps
from approvals.vocabulary import BatchVerb, LateReason, Outcome
from forms.decision import REASON_LENGTH
from portal.batches import carry_on
from portal.clerk.desk_page import why_late, wrong_late
from portal.clerk.filters import NAMES, chosen
from portal.clerk.views import blueprint
from portal.errors import words_of
from portal.guards import LARGEST_NUMBER, actor, allows
from portal.terms import against_words
from portal.unit_of_work import changing, now, reading

AT_ONCE = 3.0
"""Seconds that somebody waits for the answer; the worker does the rest at its next tick."""
FIELDS = ("to", "outcome", "reason", "conditions", "late_reason", "late_note")


@blueprint.post("/office/batches")
@allows("queue:read")
def prepare_batch() -> ResponseReturnValue:
    """What was ticked, or with `all` everything that the filters find."""
    picked, verb = request.form.getlist("pick"), request.form.get("batch_verb", "")
    if set(request.form) - {"csrf_token", "pick", "batch_verb", "all", *NAMES} or verb not in set(BatchVerb):
        abort(422)
    if not all(each.isascii() and each.isdigit() and int(each[:11]) <= LARGEST_NUMBER for each in picked):
        abort(422)
    by, at = actor(), now()
    steps = [int(each) for each in picked]
    if "all" in request.form:
        wanted, _known = chosen(request.form)
        steps = found_steps(reading(), wanted.filters, batches.MOST, by=by, at=at)
    with changing(by, at) as session:
        made = batches.prepare(session, BatchVerb(verb), steps, by=by, at=at).id
    return redirect(url_for("clerk.batch", record=made), 303)


@blueprint.get("/office/batches/<int:record>")
@allows("queue:read")
def batch(record: int) -> ResponseReturnValue:
    return _page(record)


@blueprint.post("/office/batches/<int:record>")
@allows("queue:read")
def set_terms(record: int) -> ResponseReturnValue:
    """To whom, or what is decided and why; the page then says what would come of it."""
    if set(request.form) - {"csrf_token", *FIELDS}:
        abort(422)
    found = batch_page(reading(), record, by=actor(), at=now())
    wrong = _wrong(found)
    if wrong:
        return _page(record, wrong, 422)
    outcome, to = request.form.get("outcome"), request.form.get("to")
    try:
        with changing(actor()) as session:
            batches.set_terms(
                batches.own(session, record, by=actor()),
                to=int(to) if to else None,
                outcome=Outcome(outcome) if outcome else None,
                reason=request.form.get("reason", ""),
                conditions=request.form.get("conditions", ""),
                late=why_late(request.form),
            )
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(record, {"": words}, status)
    return redirect(url_for("clerk.batch", record=record), 303)


@blueprint.post("/office/batches/<int:record>/begin")
@allows("queue:read")
def begin_batch(record: int) -> ResponseReturnValue:
    """As much at once as somebody waits for, the rest by the worker. Sent twice, nothing happens twice."""
    if set(request.form) - {"csrf_token"}:
        abort(422)
    by, at = actor(), now()
    try:
        with changing(by, at) as session:
            batches.begin(batches.own(session, record, by=by), at=at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(record, {"": words}, status)
    carry_on(record, seconds=AT_ONCE)
    return redirect(url_for("clerk.batch", record=record), 303)


def _wrong(found: BatchPage) -> dict[str, str]:
    """Words by field for what cannot even be tried."""
    wrong, typed = {}, {name: request.form.get(name, "").strip() for name in FIELDS}
    needs_person = found.verb in (BatchVerb.ASSIGN, BatchVerb.HAND_OVER)
    if needs_person and typed["to"] not in {str(account) for account, _name in found.colleagues}:
        wrong["to"] = _("请选择交给谁")
    if found.verb is BatchVerb.HAND_OVER and not typed["reason"]:
        wrong["reason"] = _("请写明办到哪一步，还要做什么")
    if found.verb is BatchVerb.DECIDE:
        possible = _outcomes(found)
        if typed["outcome"] not in possible:
            wrong["outcome"] = _("请选择结果")
        elif typed["outcome"] in NEEDS_REASON and not typed["reason"]:
            wrong["reason"] = _("作出这个结论要写明理由")
        elif typed["outcome"] == Outcome.AGREE_WITH_CONDITIONS and not typed["conditions"]:
            wrong["conditions"] = _("请写明附带哪些条件")
        if typed["late_reason"]:
            wrong |= wrong_late(why_late(typed))
    for name in ("reason", "conditions"):
        if len(typed[name]) > REASON_LENGTH:
            wrong[name] = _("最多写 %(most)s 个字，现在有 %(now)s 个字", most=REASON_LENGTH, now=len(typed[name]))
    return wrong


def _outcomes(found: BatchPage) -> list[Outcome]:
    """What any of the steps may end in; each of the others says that it may not."""
    return [each for each in Outcome if any(each in POSSIBLE[kind] for kind in found.kinds)]


def _page(record: int, wrong: dict[str, str] | None = None, status: int = 200) -> tuple[str, int]:
    found = batch_page(reading(), record, by=actor(), at=now())
    foretold = None if found.is_begun else batches.forecast(reading(), record, by=actor(), at=now())
    against = foretold.against if foretold else {}
    wrong = wrong or {}
    rows: dict[str, Any] = {
        "will": [row for row in found.rows if row.step not in against],
        "will_not": [(row, against_words(against[row.step])) for row in found.rows if row.step in against],
        "refused": [(row, against_words(row.refusal or "")) for row in found.refused],
    }
    page = render_template(
        "clerk/batch.html",
        batch=found,
        rows=rows,
        stands_in=foretold.stands_in if foretold else None,
        is_ready=batches.has_terms(found.verb, found.outcome, found.to_account, found.reason),
        outcomes=_outcomes(found),
        late_reasons=LateReason,
        takes_conditions=any(Outcome.AGREE_WITH_CONDITIONS in POSSIBLE[kind] for kind in found.kinds),
        wrong=wrong,
        errors=[(name, words) for name, words in wrong.items() if name],
        refusal=wrong.get("", ""),
        typed={name: request.form.get(name, "") for name in FIELDS} if request.method == "POST" else None,
    )
    return page, status
