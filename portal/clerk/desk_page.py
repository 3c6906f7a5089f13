"""The page of one step: what was asked of it, what was typed into its forms, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from flask import flash, render_template, request
from flask_babel import gettext as _
from markupsafe import escape

from approvals.commands.decide import NEEDS_REASON, POSSIBLE
from approvals.commands.keep_opinion import drop_opinion
from approvals.commands.lateness import WhyLate
from approvals.commands.look import look_at
from approvals.commands.pause import PROCEDURES
from approvals.commands.return_for_correction import Mend
from approvals.commands.ticks import as_typed, ticks_in
from approvals.errors import (
    AlreadyDecided,
    AlreadyProposed,
    AlreadyTaken,
    ChangedMeanwhile,
    LateReasonMissing,
    NotYourStep,
    PointsUnanswered,
    PointsUnmet,
    Refusal,
    SomebodyElseHasIt,
)
from approvals.permissions import check
from approvals.queries import for_change
from approvals.queries.desk import Desk, Proposed, ToLookAt
from approvals.queries.desk import desk as desk_of
from approvals.queries.desk_materials import DeskMaterial, HandedIn, Note
from approvals.queries.live_desk import live_desk
from approvals.queries.opinion_draft import Draft, opinion_draft
from approvals.queries.phrases import phrases
from approvals.queries.related import related
from approvals.queries.talks import unread_in
from approvals.vocabulary import Judgement, LateReason, Outcome, PauseReason, ProposalEnd
from forms.build import SectionForm, clean, strangers
from forms.decision import NOTE_LENGTH, correction_form, corrections, decision_form, pause_form
from forms.widgets import params
from portal.asking import asking
from portal.errors import words_of
from portal.formats import instant
from portal.guards import actor
from portal.names import as_written
from portal.terms import OUTCOME_HINTS, judgement_words, late_words, outcome_words, pause_words
from portal.ui import text
from portal.unit_of_work import changing, now, reading
from services.answers import Answers, Value
from services.item import StepKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from approvals.clock.moment import Moment
    from approvals.queries.live_desk import LiveDesk
    from forms.fields import AnswerField

Step = TypeVar("Step", bound=Any)

FORMS = ("decision", "correction", "procedure")


class DeskPage:
    """`posted` names the form that was sent; the others are empty."""

    def __init__(self, desk: Desk, at: Moment, posted: str = "") -> None:
        self.desk, self.at, self.posted = desk, at, posted
        self.refusal = ""
        self.wrong: tuple[str, str] | None = None
        """Id of the field and words, of one of these forms."""
        self.blamed: dict[str, str] = {}
        """Words by field of the decision, of points that stand against it."""

    @classmethod
    def of(cls, number: str, key: str, posted: str = "") -> DeskPage:
        """NotFound or NotYourStep for what is none of the clerk's; what was posted to it is witnessed."""
        at = now()
        try:
            return cls(desk_of(reading(), number, key, by=actor(), at=at), at, posted)
        except NotYourStep:
            if request.method != "POST":
                raise
            with changing(by=actor(), at=at) as session:
                check(actor(), "step:decide", for_change.step(session, number, key))
            raise

    @property
    def verb(self) -> str:
        """Which form was sent about who has the step, or about what waits for a second person."""
        return request.form.get("verb", "") if self.posted in ("assignment", "proposal") else ""

    def typed(self, verb: str, name: str) -> str:
        """What was typed into one of its fields."""
        return request.form.get(name, "") if self.verb == verb else ""

    @property
    def hands(self) -> frozenset[str]:
        """The verbs by which the step can pass on from here, each with a form of its own."""
        held, found = self.desk.holding, set()
        if not self.desk.passes_on:
            return frozenset()
        if held.holder is None:
            found.add("take")
        elif held.is_shut_out:
            found.add("take_over")
        if held.colleagues and held.may_assign:
            found.add("assign")
        if held.is_mine or held.is_deputised:
            found |= {"put_back", "hand_over"} if held.colleagues and not held.may_assign else {"put_back"}
        elif held.may_recall:
            found.add("recall")
        return frozenset(found)

    def mistake(self, field: str) -> str | None:
        """What is wrong in one of its fields, by id."""
        return self.wrong[1] if self.wrong and self.wrong[0] == field else None

    @property
    def outcomes(self) -> list[Outcome]:
        """What this step may end in: of a decision whose join did not consent, only to refuse."""
        possible = POSSIBLE[self.desk.lane.kind]
        return [each for each in possible if not (self.desk.is_denied and each is Outcome.GRANT)]

    @property
    def speaks_late(self) -> bool:
        """Whether this clerk may still say what the department's silence left unsaid."""
        desk = self.desk
        return desk.is_deemed and desk.lane.outcome is Outcome.AGREE and desk.late is None and not desk.is_own

    @property
    def takes_forms(self) -> bool:
        """Whether there is anything for this clerk to do; ending a special procedure has a form of its own, as has
        answering what a colleague proposed.
        """
        is_free = self.desk.is_open and not self.desk.is_own and not self.desk.holding.is_shut_out
        return is_free and bool(self.outcomes) and self.desk.proposal is None

    @property
    def dropped(self) -> Proposed | None:
        """The newest opinion of this round, where it was sent back or has lapsed and nothing came after it."""
        newest = next(iter(self.desk.proposals), None)
        ended = (ProposalEnd.SENT_BACK, ProposalEnd.LAPSED)
        return newest if newest is not None and newest.ending in ended else None

    @property
    def written(self) -> Mapping[str, str]:
        """What the form of the decision begins with: the draft, else one's own opinion that did not come to count; and
        why it is late, where somebody has said so.
        """
        told = self.desk.explanation
        stated = {"late_reason": str(told.reason), "late_note": told.note} if told else {}
        if self.draft is not None and self.draft.content:
            drafted = self.draft.content
            return {**drafted, **({} if drafted.get("late_reason") else stated)}
        own = next((each for each in self.desk.proposals if each.is_mine), None)
        if own is None or own.ending in (None, ProposalEnd.CONFIRMED):
            return stated
        spoken = {"outcome": str(own.outcome), "reason": own.reason, "conditions": own.conditions}
        return {**spoken, **as_typed(own.found), **stated}

    @property
    def explains(self) -> bool:
        """Whether it is said why the step is late; what was sent about it is read even when there is time again."""
        was_asked = self.posted == "decision" and "late_reason" in request.form
        return not self.speaks_late and (self.desk.is_overdue or was_asked)

    @property
    def checklist(self) -> tuple[ToLookAt, ...]:
        """What is ticked with the decision; who speaks late decides nothing."""
        return () if self.speaks_late else self.desk.checklist

    @cached_property
    def taken(self) -> Answers:
        """A correction request that begins with the points that the draft says are not met, or with annotations, where
        the address asks for them.
        """
        mends: dict[str, list[str]] = {}
        for target, words in self._unmet() if self.takes == "points" else self._noted() if self.takes else ():
            mends.setdefault(target, []).append(words)
        possible = {value for value, _label in self.targets}
        chosen = {target: "\n".join(words) for target, words in mends.items() if target in possible}
        return {"items": tuple(chosen), **{f"what-{target}": words for target, words in chosen.items()}}

    def _unmet(self) -> Iterator[tuple[str, str]]:
        ticks = ticks_in(self.draft.content) if self.draft is not None else {}
        for each in self.checklist:
            tick = ticks.get(each.point.key)
            if each.point.about is not None and tick is not None and tick.judgement is Judgement.UNMET:
                target = f"{'material' if each.is_about_material else 'question'}-{each.point.about}"
                yield target, tick.note or _("没有满足：%(point)s", point=text(each.point.words))

    def _noted(self) -> Iterator[tuple[str, str]]:
        chosen = set(request.args.getlist("note"))
        for material in self.desk.materials:
            for file in material.files:
                for note in file.notes:
                    if note.is_ours and str(note.number) in chosen:
                        yield f"material-{material.key}", self.note_words(material, file, note)

    def note_words(self, material: DeskMaterial, file: HandedIn, note: Note) -> str:
        """An annotation as the applicant reads it in a correction request."""
        if len(material.files) > 1:
            return _("「%(file)s」第 %(page)s 页：%(words)s", file=file.name, page=note.page, words=note.text)
        return _("第 %(page)s 页：%(words)s", page=note.page, words=note.text)

    @property
    def late_reasons(self) -> tuple[LateReason, ...]:
        """What somebody who confirms may choose from."""
        return tuple(LateReason)

    @property
    def note_of(self) -> tuple[str, int]:
        """Key and version of the material on which somebody has just tried to note something."""
        version = request.form.get("version", "")
        return request.form.get("material", ""), int(version) if version.isdecimal() and len(version) < 11 else 0

    def noted(self, name: str) -> str:
        """What was typed into one of the fields of that annotation."""
        return request.form.get(name, "")

    @property
    def begun(self) -> Answers:
        """The correction request that this person has begun, of what may still be asked for."""
        drafted = self.draft.correction if self.draft is not None else {}
        possible = {value for value, _label in self.targets}
        items = tuple(each for each in drafted.get("items", ()) if each in possible)
        texts = {name: value for name, value in drafted.items() if isinstance(value, str) and value}
        return {**texts, "items": items} if items or texts else {}

    @property
    def asks_extension(self) -> bool:
        """Whether whoever may extend the limits can be asked from here."""
        asked = self.desk.extension
        is_waiting = asked is not None and asked.declined is None
        return bool(self.desk.extends_by) and not is_waiting and not self.desk.is_own

    def asked(self, name: str) -> str:
        """What was typed into one of the fields of that request."""
        return request.form.get(name, "") if self.posted == "extension" else ""

    @property
    def takes(self) -> str:
        """What the correction form is to be filled from: points, notes or nothing."""
        asked = "" if self.posted else request.args.get("mend", "")
        return asked if asked in ("points", "notes") else ""

    @cached_property
    def draft(self) -> Draft | None:
        """What this person wrote here before and has not sent."""
        return opinion_draft(reading(), self.desk.number, self.desk.lane.key, by=actor())

    @cached_property
    def forms(self) -> dict[str, SectionForm]:
        """From what was posted, each under its name."""
        possible = [(str(each), outcome_words(each)) for each in POSSIBLE[self.desk.lane.kind]]
        conditional = {str(Outcome.AGREE_WITH_CONDITIONS)} & {value for value, _label in possible}
        reasons = [(str(each), pause_words(each)) for each in PauseReason if each in PROCEDURES]
        usual = str(PauseReason.ON_SITE) if self.desk.lane.kind is StepKind.ON_SITE else None
        sent = {name: request.form if name == self.posted else None for name in FORMS}
        return {
            "decision": decision_form(
                possible,
                asking(),
                sent["decision"],
                self.written,
                reason_for=[str(each) for each in NEEDS_REASON if each in POSSIBLE[self.desk.lane.kind]],
                conditions_for=conditional,
                points=[(each.point.key, text(each.point.words)) for each in self.checklist],
                judgements=[(str(each), judgement_words(each)) for each in Judgement],
                late_reasons=[(str(each), late_words(each)) for each in LateReason] if self.explains else (),
                explained=(str(LateReason.OTHER),),
            ),
            "correction": correction_form(
                self.targets,
                asking(),
                sent["correction"],
                self.taken if self.takes else self.begun,
                is_later=self.desk.round > 1,
            ),
            "procedure": pause_form(reasons, asking(), sent["procedure"], usual),
        }

    @cached_property
    def groups(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """What may be asked to be mended: the questions answered, then the materials this step sees.

        Each group with its key and its title; none that is empty.
        """
        questions = [each.question for section in self.desk.sections for each in section.answers]
        answers = [(f"question-{each.key}", text(each.label)) for each in questions]
        materials = [(f"material-{each.key}", text(each.name)) for each in self.desk.materials]
        groups = [("answers", _("申请内容"), answers), ("materials", _("申请材料"), materials)]
        return [group for group in groups if group[2]]

    @property
    def targets(self) -> list[tuple[str, str]]:
        """All of them, value and label."""
        return [target for _key, _title, targets in self.groups for target in targets]

    def clean(self) -> Mapping[str, Value] | None:
        """The answers of the form that was sent, or None when something in it is wrong."""
        form = self.forms[self.posted]
        if strangers(form, request.form, ("csrf_token", "round")):
            self.refusal = _("收到了这一页没有的内容，或者同一项收到了两次。请重新打开这一页再办。")
            return None
        return clean(form) if form.validate() else None

    def mends(self) -> list[Mend] | None:
        """The list of things to mend, or None when something in it is wrong."""
        if self.clean() is None:
            return None
        found = corrections(self.forms["correction"])
        mends = ((target.partition("-"), words) for target, words in found.items())
        return [Mend(kind, key, words) for (kind, _dash, key), words in mends]

    def speak(self, command: Callable[..., None]) -> tuple[str, int] | None:
        """Carry out what the form of the decision says; where that is refused, the page with everything typed."""
        answers = self.clean()
        if answers is None:
            return self.render(422)
        outcome, words = Outcome(str(answers["outcome"])), str(answers.get("reason", ""))
        conditions = str(answers.get("conditions", ""))
        more: dict[str, Any] = {"ticks": ticks_in(answers)} if self.checklist else {}
        if self.explains:
            more["late"] = why_late(answers)
        try:
            with changing(by=actor(), at=self.at) as session:
                step = self.same_round(for_change.step(session, self.desk.number, self.desk.lane.key))
                command(step, outcome, words, conditions=conditions, **more, by=actor(), at=self.at)
                self.note_read(session)
                drop_opinion(session, self.desk.number, self.desk.lane.key, by=actor())
        except Refusal as refusal:
            return self.refused(refusal)
        told = {"title": self.desk.title, "outcome": outcome_words(outcome)}
        is_proposed = self.desk.is_for_two and not self.speaks_late
        words = _("%(title)s：%(outcome)s，等同事复核", **told) if is_proposed else _("%(title)s：%(outcome)s", **told)
        flash(words, "success")
        return None

    def note_read(self, session: Session) -> None:
        """Who acts on a step has read what its page showed, whether the page could say so by itself or not."""
        desk = self.desk
        look_at(session, desk.number, desk.lane.key, desk.seen, is_open=False, by=actor(), at=self.at)

    def same_round(self, step: Step) -> Step:
        """The step, unless the applicant has mended it since the page was made."""
        if request.form.get("round") != str(step.round):
            raise ChangedMeanwhile
        return step

    def refused(self, refusal: Refusal) -> tuple[str, int]:
        """The same page with everything typed, as things stand now."""
        status, words = words_of(refusal)
        self.desk = desk_of(reading(), self.desk.number, self.desk.lane.key, by=actor(), at=self.at)
        if isinstance(refusal, AlreadyDecided) and self.desk.decided_at and self.desk.lane.outcome:
            words = escape(_("%(who)s已在 %(when)s办完这个环节：%(outcome)s。")) % {
                "who": as_written(self.desk.decided_by.name) if self.desk.decided_by else _("同事"),
                "when": instant(self.desk.decided_at),
                "outcome": outcome_words(self.desk.lane.outcome),
            }
        if isinstance(refusal, ChangedMeanwhile):
            words = _("申请人刚刚送来了改过的内容。请先看改了什么，再办理。")
        holder = self.desk.holding.holder
        if isinstance(refusal, AlreadyTaken) and holder:
            words = escape(_("%(who)s先接了这个环节。")) % {"who": as_written(holder.name)}
        if isinstance(refusal, SomebodyElseHasIt) and holder:
            words = escape(_("这个环节由%(who)s在办。要由您办，请先接过来。")) % {"who": as_written(holder.name)}
        proposal = self.desk.proposal
        if isinstance(refusal, AlreadyProposed) and proposal and proposal.by:
            words = escape(_("%(who)s已经提出意见：%(outcome)s，在等第二个人复核。")) % {
                "who": as_written(proposal.by.name),
                "outcome": outcome_words(proposal.outcome),
            }
        if isinstance(refusal, LateReasonMissing) and self.posted == "decision":
            del self.forms  # it has fields for it by now
            self.blamed = {"late_reason": _("请选择超时原因")}
        if isinstance(refusal, PointsUnanswered):
            is_open = not isinstance(refusal, PointsUnmet)
            blame = _("还没有勾选") if is_open else _("没有满足，或者没有写明为什么不适用")
            self.blamed = {f"point_{key}": blame for key in refusal.points}
        self.refusal = escape(_("%(words)s您写的内容还在下面。")) % {"words": words} if self._typed() else words
        return self.render(status)

    def render(self, status: int = 200) -> tuple[str, int]:
        page = render_template(
            "clerk/desk.html",
            desk=self.desk,
            page=self,
            written=unread_in(reading(), [self.desk.number], by=actor()),
            drawn={name: self._drawn(name) for name in FORMS},
            errors=self._errors(),
            kept=self._kept() if self.posted else [],
            related=related(reading(), self.desk.number, by=actor(), at=now()),
            phrases=phrases(reading(), by=actor()),
            live=self.live,
        )
        return page, status

    @property
    def live(self) -> LiveDesk:
        """Who else is here; the page itself shows everything that has happened."""
        desk = self.desk
        return live_desk(reading(), desk.number, desk.lane.key, desk.seen, by=actor(), at=self.at)

    def _drawn(self, name: str) -> dict[str, dict[str, Any]]:
        """The fields' parameters by name; ids carry the form's name, for three forms stand on one page."""
        drawn = {field.name: {**params(field), "id": f"{name}-{field.id}"} for field in self.forms[name].fields}
        if name == "decision":
            for field, words in self.blamed.items():
                drawn[field]["error"] = words
            hints = {str(each): str(OUTCOME_HINTS[each]) for each in self.outcomes}
            choices = drawn["outcome"]["choices"]
            drawn["outcome"]["choices"] = [
                {"value": value, "label": label, "hint": hints[value]} for value, label in choices if value in hints
            ]
        return drawn

    def _errors(self) -> list[tuple[str, str]]:
        """What is wrong in the form that was sent: the id of the field, and the words."""
        form = self.forms.get(self.posted)
        fields = form.fields if form else []
        found = [(f"{self.posted}-{field.id}", words) for field in fields for words in field.errors]
        found += [(f"decision-{name}", words) for name, words in self.blamed.items()]
        return [*found, self.wrong] if self.wrong else found

    def _kept(self) -> list[tuple[str, str]]:
        """What was typed, shown to be copied where its form cannot stand on the page any more."""
        return [] if self._stands() else self._typed()

    def _stands(self) -> bool:
        """Whether the form that was sent is on the page, with what was typed into it."""
        match self.posted:
            case "assignment":
                return self.verb in self.hands
            case "proposal":
                return self.desk.proposal is not None and not self.desk.proposal.is_mine
            case "note":
                files = {(each.key, file.version) for each in self.desk.materials for file in each.files}
                return self.desk.annotates and self.note_of in files
            case "extension":
                return self.asks_extension
            case "decision":
                return self.takes_forms or self.speaks_late
            case "procedure":
                return self.takes_forms and self.desk.is_accepted
        return self.takes_forms

    def _typed(self) -> list[tuple[str, str]]:
        """Label and words of everything that was typed into the form that was sent."""
        if self.posted in FORMS:
            fields = self.forms[self.posted].fields
            return [(field.label.text, shown) for field in fields if (shown := _as_shown(field).strip())]
        labels = {
            "days": _("延长多少个工作日"),
            "reason": _("理由"),
            "note": _("说明"),
            "late_reason": _("超时原因"),
            "late_note": _("具体情况"),
            "text": _("批注内容"),
        }
        typed = {name: request.form.get(name, "").strip() for name in labels}
        if typed["late_reason"] in set(LateReason):
            typed["late_reason"] = late_words(LateReason(typed["late_reason"]))
        return [(labels[name], words) for name, words in typed.items() if words]


def _as_shown(field: AnswerField) -> str:
    """What was typed or chosen, by its labels."""
    labels = dict(field.choices())
    if isinstance(field.typed, str):
        return labels.get(field.typed, field.typed)
    chosen = field.typed if isinstance(field.typed, tuple) else ()
    return _("、").join(labels.get(each, each) for each in chosen)


def why_late(typed: Mapping[str, Any]) -> WhyLate | None:
    """What was chosen and written about it, where anything was chosen."""
    reason = str(typed.get("late_reason") or "")
    return WhyLate(LateReason(reason), str(typed.get("late_note") or "")) if reason in set(LateReason) else None


def wrong_late(late: WhyLate | None) -> dict[str, str]:
    """Words by field."""
    if late is None:
        return {"late_reason": _("请选择超时原因")}
    if not late.is_whole:
        return {"late_note": _("请写明是什么原因")}
    if len(late.note) > NOTE_LENGTH:
        return {"late_note": _("最多写 %(most)s 个字，现在有 %(now)s 个字", most=NOTE_LENGTH, now=len(late.note))}
    return {}
