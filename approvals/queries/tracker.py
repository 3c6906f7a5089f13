"""The tracker: whose turn it is, by when, and how every department stands, for one application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from approvals.chain.position import BEGUN
from approvals.clock.moment import Moment, local_date
from approvals.events import Event
from approvals.permissions import Actor, may, owns
from approvals.queries.case import Case, load_case
from approvals.queries.drawing import OVERDUE, Axis, Drawing, Scale
from approvals.queries.forecast import Forecast, Moved, expected_end, forecast, moves
from approvals.queries.lane import Lane, lane
from approvals.queries.ledger import StoppedTime, ledger
from approvals.queries.notice import Place, notice
from approvals.queries.reckoning import Reckoning, reckoning
from approvals.queries.standing import Standing, standing
from approvals.queries.timeline import Happening, timeline
from approvals.records.amending import is_amendable
from approvals.records.dates import application_due
from approvals.vocabulary import ApplicationStatus, CertificateStatus, Channel, Light, Outcome, PauseReason, StepStatus
from services.item import Limit, Text, label

UNDECIDED = frozenset({ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED, ApplicationStatus.IN_REVIEW})


class Holder(StrEnum):
    """Whose turn it is."""

    APPLICANT = "applicant"
    DEPARTMENTS = "departments"
    PORTAL = "portal"
    """The certificate is being made."""
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Late:
    """A department past its promise: its late steps, and by how many working days the worst of them is.

    0 on the days of rest after the promise.
    """

    department: Text
    steps: tuple[Text, ...]
    days: int
    is_unlawful: bool
    """One of them is past its statutory limit too."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Who has it now, by when, and what comes next. `by_when` is the latest promise among those at work."""

    holder: Holder
    departments: tuple[Text, ...]
    steps: tuple[Text, ...]
    by_when: date | None
    next_steps: tuple[Text, ...]
    goes_on_elsewhere: bool
    """Other departments work while this one waits."""
    late: tuple[Late, ...]
    """Worst first."""


@dataclass(frozen=True, slots=True)
class AskedCorrection:
    """What one department asked to mend; `entries` are (kind, target, what it is called, what to do)."""

    step: Text
    department: Text
    asked_at: datetime
    answered_at: datetime | None
    is_open: bool
    entries: tuple[tuple[str, str, Text, str], ...]


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage with its lanes in the order to show, and what to draw of them once it has begun."""

    key: str
    title: Text
    lanes: tuple[Lane, ...]
    axis: Axis | None
    drawings: tuple[Drawing, ...]
    threads: tuple[Drawing, ...]
    """The same lanes on the axis of the whole application."""
    is_now: bool
    started: date | None
    ended: date | None

    @property
    def done(self) -> int:
        return sum(each.status is StepStatus.DONE for each in self.lanes)

    @property
    def departments(self) -> int:
        return len({each.department_code for each in self.lanes})

    @property
    def expected(self) -> Forecast | None:
        """From the first to the last expected day of its steps."""
        found = [each.expected for each in self.lanes if each.expected]
        if not found:
            return None
        return Forecast(min(each.start for each in found), max(each.end for each in found))


@dataclass(frozen=True, slots=True)
class Tracker:
    """`token` leads to the answers and is given to the applicant alone; `today` is the local day of asking."""

    number: str
    token: str | None
    title: str
    item: Text
    slug: str
    applicant: str
    status: ApplicationStatus
    channel: Channel
    submitted_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    today: date
    promised: Limit
    statutory: Limit
    promised_due: date | None
    statutory_due: date | None
    standing: Standing | None
    expected_end: date | None
    moves: tuple[Moved, ...]
    """How the expected day came about, newest first."""
    predicted_last: date | None
    """The day that the last event led to; since then only days went by."""
    turn: Turn
    stages: tuple[StageView, ...]
    whole: Axis
    corrections: tuple[AskedCorrection, ...]
    notice: tuple[Place, ...]
    """Everything that is to be mended now."""
    stopped: tuple[StoppedTime, ...]
    reckoning: Reckoning | None
    reckonable: tuple[tuple[str, Text], ...]
    """Steps whose date can be explained, (key, title)."""
    happenings: tuple[Happening, ...]
    certificate: tuple[str, CertificateStatus] | None
    refusal: Lane | None
    """The step that ended it against the applicant."""
    may_withdraw: bool
    may_amend: bool
    amending_since: datetime | None
    """When the applicant opened the amendment that is not sent yet; told to nobody else."""

    @property
    def suspension(self) -> StoppedTime | None:
        """The suspension that stands now."""
        return next((each for each in self.stopped if each.why is PauseReason.SUSPENSION and each.ended is None), None)

    @property
    def ending(self) -> str:
        """Why the authority ended it without a decision."""
        return next((each.reason for each in self.happenings if each.event is Event.TERMINATED), "")

    @property
    def open_corrections(self) -> tuple[AskedCorrection, ...]:
        return tuple(each for each in self.corrections if each.is_open)

    @property
    def departments(self) -> int:
        return len({each.department_code for stage in self.stages for each in stage.lanes})

    @property
    def is_standing(self) -> bool:
        """Somewhere a clock stands still now."""
        return any(each.ended is None for each in self.stopped)

    @property
    def is_own(self) -> bool:
        return self.token is not None


def tracker(session: Session, number: str, *, dates: str = "", by: Actor, at: Moment) -> Tracker:
    """`dates` names the step whose due date is explained day by day; none: the whole application's."""
    case = load_case(session, number, by=by, at=at)
    application, item = case.application, case.item
    expected = forecast(case, at=at)
    lanes = {step.key: lane(case, step, expected.get(step.key), at=at) for step in application.steps}
    promised, statutory = (application_due(application, limit, at=at) for limit in (item.promised, item.statutory))
    is_undecided = case.position.status in UNDECIDED
    promised_due = promised.due if promised and is_undecided else application.promised_due
    statutory_due = statutory.due if statutory and is_undecided else application.statutory_due
    happenings = timeline(session, case, by=by)
    own = owns(by, application) and may(by, "application:correct", application)
    return Tracker(
        number=number,
        token=application.token if own else None,
        title=application.title,
        item=item.name,
        slug=item.slug,
        applicant=case.applicant,
        status=case.position.status,
        channel=application.channel,
        submitted_at=application.submitted_at,
        accepted_at=application.accepted_at,
        ended_at=application.ended_at,
        today=at.today,
        promised=item.promised,
        statutory=item.statutory,
        promised_due=promised_due,
        statutory_due=statutory_due,
        standing=_standing(case, promised_due, statutory_due, at) if is_undecided else None,
        expected_end=expected_end(case, expected),
        moves=moves(session, application.id, happenings),
        predicted_last=application.expected_end,
        turn=_turn(case, lanes),
        stages=_stages(case, lanes, promised_due, statutory_due, at),
        whole=_whole(case, lanes, promised_due, statutory_due, at),
        corrections=_corrections(case),
        notice=notice(case.item, (each for each in case.application.corrections if each.is_open), case.departments),
        stopped=ledger(case, at=at),
        reckoning=reckoning(case, dates, at=at)
        or (reckoning(case, _first_opened(lanes), at=at) if not dates else None),
        reckonable=tuple((key, each.title) for key, each in lanes.items() if each.promised_due or each.statutory_due),
        happenings=happenings,
        certificate=(application.certificate.number, application.certificate.status)
        if application.certificate
        else None,
        refusal=_refusal(case, lanes),
        may_withdraw=may(by, "application:withdraw", application) and is_undecided,
        may_amend=may(by, "application:amend", application) and is_amendable(application, item),
        amending_since=application.amending_since if own and not case.position.is_finished else None,
    )


def _standing(case: Case, promised_due: date | None, statutory_due: date | None, at: Moment) -> Standing | None:
    if case.application.accepted_at is None:
        return None
    running = next((each for each in case.application.pauses if each.step_id is None and each.ended_at is None), None)
    since = local_date(running.began_at) if running else None
    return standing(case.item.promised, promised_due, statutory_due, stopped_since=since, at=at)


def _first_opened(lanes: Mapping[str, Lane]) -> str:
    """Before acceptance only the step that accepts has a date to explain."""
    return next((key for key, each in lanes.items() if each.opened), "")


def _turn(case: Case, lanes: Mapping[str, Lane]) -> Turn:
    returned = [each for each in lanes.values() if each.is_with_applicant]
    at_work = [each for each in lanes.values() if each.status in BEGUN and not each.is_with_applicant]
    mine = returned or at_work
    holder = Holder.DEPARTMENTS
    if returned:
        holder = Holder.APPLICANT
    elif case.position.status is ApplicationStatus.GRANTED:
        holder = Holder.PORTAL
    elif case.position.is_finished or not at_work:
        holder = Holder.NOBODY
    dues = [due for each in mine if (due := each.promised_due or each.statutory_due)]
    waiting = [each for each in lanes.values() if each.status is StepStatus.WAITING]
    busy = {each.title for each in lanes.values() if each.status in BEGUN}
    following = [each.title for each in waiting if set(each.waits_for) <= busy]
    return Turn(
        holder=holder,
        departments=tuple(dict.fromkeys(each.department for each in mine)),
        steps=tuple(each.title for each in mine),
        by_when=max(dues, default=None) if holder is Holder.DEPARTMENTS else None,
        next_steps=tuple(following),
        goes_on_elsewhere=bool(returned and at_work),
        late=_late(at_work),
    )


def _late(at_work: Sequence[Lane]) -> tuple[Late, ...]:
    theirs: dict[str, list[Lane]] = {}
    for each in at_work:
        if each.standing is not None and each.standing.light in OVERDUE:
            theirs.setdefault(each.department_code, []).append(each)
    found = [
        Late(
            department=lanes[0].department,
            steps=tuple(each.title for each in lanes),
            days=max(-(each.standing.remaining or 0) for each in lanes if each.standing),
            is_unlawful=any(each.standing.light is Light.DEEP_RED for each in lanes if each.standing),
        )
        for lanes in theirs.values()
    ]
    return tuple(sorted(found, key=lambda each: -each.days))


URGENCY = (Light.DEEP_RED, Light.RED, Light.YELLOW)
PLACES = {
    StepStatus.RETURNED: 0,
    StepStatus.PAUSED: 4,
    StepStatus.OPEN: 5,
    StepStatus.WAITING: 6,
    StepStatus.DONE: 7,
}


def _urgency(each: Lane, lead: str) -> tuple[bool, int, date, str]:
    """The lead department first; then by what needs attention; ties by the nearest due day."""
    place = PLACES.get(each.status, len(PLACES) + len(URGENCY))
    if each.status is StepStatus.OPEN and each.standing and each.standing.light in URGENCY:
        place = 1 + URGENCY.index(each.standing.light)
    return each.department_code != lead, place, each.promised_due or date.max, each.department_code


def _stages(
    case: Case, lanes: Mapping[str, Lane], promised_due: date | None, statutory_due: date | None, at: Moment
) -> tuple[StageView, ...]:
    found: list[StageView] = []
    whole = Scale(_submitted(case, at), at.today, at.calendar)
    for stage in case.item.stages:
        present = [lanes[step.key] for step in stage.steps if step.key in lanes]
        if not present:
            continue
        ordered = tuple(sorted(present, key=lambda each: _urgency(each, case.item.department)))
        started = min((each.opened for each in ordered if each.opened), default=None)
        is_now = any(each.status in BEGUN for each in ordered)
        is_over = started is not None and not is_now and all(each.status is not StepStatus.WAITING for each in ordered)
        scale = Scale(started, at.today, at.calendar) if started else None
        promise, law = (promised_due, statutory_due) if is_now else (None, None)
        if is_now and case.application.accepted_at is None:
            promise, law = ordered[0].promised_due, ordered[0].statutory_due
        found.append(
            StageView(
                key=stage.key,
                title=stage.title,
                lanes=ordered,
                axis=scale.axis(ordered, promise=promise, statutory=law, is_running=is_now) if scale else None,
                drawings=tuple(scale.draw(each) for each in ordered) if scale else (),
                threads=tuple(whole.draw(each) for each in ordered),
                is_now=is_now,
                started=started,
                ended=max((each.closed for each in ordered if each.closed), default=None) if is_over else None,
            )
        )
    return tuple(found)


def _submitted(case: Case, at: Moment) -> date:
    return local_date(case.application.submitted_at) if case.application.submitted_at else at.today


def _whole(
    case: Case, lanes: Mapping[str, Lane], promised_due: date | None, statutory_due: date | None, at: Moment
) -> Axis:
    """With the day of law where one department's steps are drawn on it, not only threads."""
    scale = Scale(_submitted(case, at), at.today, at.calendar)
    is_running = not case.position.is_finished
    is_single = len({each.department_code for each in lanes.values()}) == 1
    law = statutory_due if is_single else None
    return scale.axis(tuple(lanes.values()), promise=promised_due, statutory=law, is_running=is_running)


def _corrections(case: Case) -> tuple[AskedCorrection, ...]:
    steps = {step.id: step for step in case.application.steps}
    found = [
        AskedCorrection(
            step=case.item.steps[steps[asked.step_id].key].title,
            department=case.department(steps[asked.step_id]),
            asked_at=asked.asked_at,
            answered_at=asked.answered_at,
            is_open=asked.is_open,
            entries=tuple((each.kind, each.target, label(case.item, each.target), each.text) for each in asked.entries),
        )
        for asked in case.application.corrections
    ]
    return tuple(sorted(found, key=lambda each: (each.answered_at is not None, each.asked_at)))


ENDED_BY = {
    ApplicationStatus.REFUSED: Outcome.REFUSE,
    ApplicationStatus.NOT_ACCEPTED: Outcome.NOT_ACCEPTED,
    ApplicationStatus.NOT_NEEDED: Outcome.NOT_NEEDED,
}


def _refusal(case: Case, lanes: Mapping[str, Lane]) -> Lane | None:
    outcome = ENDED_BY.get(case.position.status)
    return next((each for each in lanes.values() if outcome is not None and each.outcome is outcome), None)
