"""The trail as an independent witness: what the facts say must be what it says."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from approvals.clock.moment import local_date
from approvals.events import Event
from approvals.records.application import Application
from approvals.records.assignment import Assignment
from approvals.records.certificate import Certificate
from approvals.records.copy import CertificateCopy
from approvals.records.event import EventRecord
from approvals.records.extension import requests_of
from approvals.vocabulary import Attending, CertificateStatus, Channel, ProposalEnd, RequestEnd, Role

SENT = (Event.SUBMITTED, Event.CORRECTION_ANSWERED, Event.AMENDED)


def contradictions(application: Application, events: Sequence[EventRecord]) -> Iterator[str]:
    """Decisions, corrections, submissions and the certificate against their events, in words."""
    yield from _order(events)
    yield from _decisions(application, _of(events, Event.STEP_DECIDED))
    yield from _proposals(application, _of(events, Event.OPINION_PROPOSED, Event.PROPOSAL_ENDED))
    yield from _late_reasons(application, _of(events, Event.LATE_REASON_GIVEN))
    yield from _extension_requests(application, _of(events, Event.EXTENSION_ASKED, Event.EXTENSION_DECLINED))
    yield from _annotations(application, _of(events, Event.ANNOTATED, Event.ANNOTATION_REMOVED))
    yield from _corrections(application, _of(events, Event.CORRECTION_ASKED))
    yield from _submissions(application, _of(events, *SENT))
    yield from _explanations(application, _of(events, Event.CORRECTION_ANSWERED))
    yield from _steps(application, events)
    yield from _assignments(application, events)
    papers = _of(events, Event.CERTIFICATE_ISSUED, Event.SIGNATURE_LIFTED)
    papers = [event for event in papers if "number" in event.data]
    yield from _certificate(application, _of(events, Event.GRANTED), papers)
    yield from _copies(application, events)
    yield from _soundness(application, events)
    yield from _promises(application, events)
    yield from _life(application, events)
    yield from _writs(application, _of(events, Event.WRIT_DRAWN_UP))
    yield from _counter(application, events)


def _order(events: Sequence[EventRecord]) -> Iterator[str]:
    """No event on an earlier day than the one before it."""
    for before, event in pairwise(events):
        if local_date(event.at) < local_date(before.at):
            yield f"event {event.sequence} is of an earlier day than event {before.sequence}"


def proves(seal: str, text: str) -> bool:
    """Whether the salted digest in the trail is that of this text."""
    salt, _, digest = seal.partition(":")
    return hashlib.sha256((salt + text).encode()).hexdigest() == digest


def _of(events: Iterable[EventRecord], *kinds: Event) -> list[EventRecord]:
    return [event for event in events if event.kind in kinds]


def _decisions(application: Application, told: list[EventRecord]) -> Iterator[str]:
    witnessed = {(event.data["step"], event.data["round"]): event for event in told}
    for step in application.steps:
        for decision in step.decisions:
            event = witnessed.pop((step.key, decision.round), None)
            name = f"the decision on step {step.key} in round {decision.round}"
            if event is None:
                yield f"{name} is not in the trail"
            elif decision.outcome != event.data["outcome"]:
                yield f"{name} is stored as {decision.outcome}, but the trail says {event.data['outcome']}"
            elif (decision.by_account, decision.at) != (event.by_account, event.at):
                yield f"{name} is stored with another author or time than in the trail"
            elif decision.proposed_by != event.data.get("proposed_by"):
                yield f"{name} is stored as proposed by somebody else than in the trail"
            elif not proves(event.data["reason"], decision.reason):
                yield f"the reason of {name} is not the one in the trail"
            elif not proves(event.data["conditions"], decision.conditions):
                yield f"the conditions of {name} are not those in the trail"
            elif not _are_told(decision.ticks or [], event.data.get("ticks", [])):
                yield f"the checklist of {name} is not the one in the trail"
    yield from (f"the decision on step {key} in round {number} is missing" for key, number in witnessed)


def _are_told(kept: list[list[str]], told: list[list[str]]) -> bool:
    """Whether each point was found as the trail says, and its note is the one it proves."""
    return len(kept) == len(told) and all(
        (key, judgement) == (point, found) and proves(seal, note)
        for (key, judgement, note), (point, found, seal) in zip(kept, told, strict=True)
    )


def _proposals(application: Application, told: list[EventRecord]) -> Iterator[str]:
    """What was proposed to a second person, and what became of it; whether it was confirmed is told by the decision."""
    made = {(event.data["step"], event.data["number"]): event for event in told if event.kind == Event.OPINION_PROPOSED}
    ended = {(event.data["step"], event.data["number"]): event for event in told if event.kind == Event.PROPOSAL_ENDED}
    for step in application.steps:
        for proposal in step.proposals:
            place = (step.key, proposal.number)
            name = f"proposal {proposal.number} on step {step.key}"
            event, end = made.pop(place, None), ended.pop(place, None)
            if event is None or (proposal.by_account, proposal.at) != (event.by_account, event.at):
                yield f"{name} is stored with another author or time than in the trail"
            elif (
                (proposal.round, str(proposal.outcome)) != (event.data["round"], event.data["outcome"])
                or not proves(event.data["reason"], proposal.reason)
                or not proves(event.data["conditions"], proposal.conditions)
                or not _are_told(proposal.ticks or [], event.data.get("ticks", []))
            ):
                yield f"{name} is not what the trail says"
            if (end.data["end"] if end else None) != (
                None if proposal.ending is ProposalEnd.CONFIRMED else proposal.ending
            ):
                yield f"what became of {name} is not what the trail says"
            elif end is not None and not proves(end.data["note"], proposal.note):
                yield f"why {name} was sent back is not what the trail says"
    yield from (f"proposal {number} on step {key} is missing" for key, number in made)


def _late_reasons(application: Application, told: list[EventRecord]) -> Iterator[str]:
    made = {(event.data["step"], event.data["number"]): event for event in told}
    for step in application.steps:
        for given in step.late_reasons:
            event = made.pop((step.key, given.number), None)
            name = f"reason {given.number} why step {step.key} was late"
            if event is None or (given.by_account, given.at) != (event.by_account, event.at):
                yield f"{name} is stored with another author or time than in the trail"
            elif (given.round, str(given.reason)) != (event.data["round"], event.data["reason"]) or not proves(
                event.data["note"], given.note
            ):
                yield f"{name} is not what the trail says"
    yield from (f"reason {number} why step {key} was late is missing" for key, number in made)


def _extension_requests(application: Application, told: list[EventRecord]) -> Iterator[str]:
    """What was asked for and what was declined; whether it was granted is told by the extension."""
    made = {event.data["number"]: event for event in told if event.kind == Event.EXTENSION_ASKED}
    declined = {event.data["number"]: event for event in told if event.kind == Event.EXTENSION_DECLINED}
    for asked in requests_of(application):
        event, end = made.pop(asked.number, None), declined.get(asked.number)
        name = f"request {asked.number} to extend the limits"
        if event is None or (asked.by_account, asked.at) != (event.by_account, event.at):
            yield f"{name} is stored with another author or time than in the trail"
        elif asked.days != event.data["days"] or not proves(event.data["reason"], asked.reason):
            yield f"{name} is not what the trail says"
        if (end is not None) is not (asked.ending is RequestEnd.DECLINED):
            yield f"what became of {name} is not what the trail says"
        elif end is not None and not proves(end.data["note"], asked.note):
            yield f"why {name} was declined is not what the trail says"
    yield from (f"request {number} to extend the limits is missing" for number in made)


def _annotations(application: Application, told: list[EventRecord]) -> Iterator[str]:
    made = {event.data["number"]: event for event in told if event.kind == Event.ANNOTATED}
    removed = {event.data["number"] for event in told if event.kind == Event.ANNOTATION_REMOVED}
    for kept in application.annotations:
        event = made.pop(kept.number, None)
        name = f"annotation {kept.number}"
        if event is None or (kept.by_account, kept.at) != (event.by_account, event.at):
            yield f"{name} is stored with another author or time than in the trail"
        elif (kept.page, kept.place) != (event.data["page"], event.data["place"]) or not proves(
            event.data["text"], kept.text
        ):
            yield f"{name} is not what the trail says"
        if (kept.removed_at is not None) is not (kept.number in removed):
            yield f"whether {name} was removed is not what the trail says"
    yield from (f"annotation {number} is missing" for number in made)


def _corrections(application: Application, told: list[EventRecord]) -> Iterator[str]:
    witnessed = {(event.data["step"], event.data["round"]): event.data for event in told}
    for correction in application.corrections:
        name = f"what step {correction.step.key} asked to mend in round {correction.round}"
        data = witnessed.pop((correction.step.key, correction.round), {"entries": ()})
        seals = data["entries"]
        if "why" in data and not proves(data["why"], correction.why_again):
            yield f"why {name} was not asked before is not what the trail says"
        if len(seals) != len(correction.entries) or not all(
            (entry.kind, entry.target) == (kind, target) and proves(seal, entry.text)
            for entry, (kind, target, seal) in zip(correction.entries, seals, strict=True)
        ):
            yield f"{name} is not what the trail says"
    yield from (f"what step {key} asked to mend in round {number} is missing" for key, number in witnessed)


def _submissions(application: Application, told: list[EventRecord]) -> Iterator[str]:
    if len(told) != len(application.submissions):
        yield f"it was sent {len(told)} times, but {len(application.submissions)} submissions are stored"
        return
    for sent, event in zip(application.submissions, told, strict=True):
        if not proves(event.data["answers"], sent.sha256) or sent.by_account != event.by_account:
            yield f"submission {sent.version} is not the one in the trail"


def _explanations(application: Application, told: list[EventRecord]) -> Iterator[str]:
    answers: dict[str, list[EventRecord]] = defaultdict(list)
    for event in told:
        for key in event.data["steps"]:
            answers[key].append(event)
    for correction in application.corrections:
        if correction.answered_at is None or not (answered := answers[correction.step.key]):
            continue  # nor need it be: who withdraws answers nothing, and a round without an event is missed elsewhere
        seal, words = answered.pop(0).data["explanation"], correction.explanation
        if words and not proves(seal, words):
            yield f"the explanation to step {correction.step.key} in round {correction.round} is another"


def _steps(application: Application, events: Sequence[EventRecord]) -> Iterator[str]:
    """Who takes part, where and in which round, as told by what joined, left, moved, was mended, amended, reopened."""
    rounds: dict[str, int] = {}
    departments: dict[str, str] = {}
    present: set[str] = set()
    for event in events:
        data = event.data
        match event.kind:
            case Event.STEP_JOINED:
                present.add(data["step"])
                rounds[data["step"]] = data.get("round", 1)
                departments[data["step"]] = data["department"]
            case Event.STEP_MOVED:
                departments[data["step"]] = data["department"]
            case Event.STEP_LEFT:
                present.discard(data["step"])
            case Event.STEP_REOPENED | Event.REOPENED:
                rounds[data["step"]] = data["round"]
            case Event.CORRECTION_ANSWERED | Event.AMENDED:
                for key in data["steps"]:
                    rounds[key] = rounds.get(key, 1) + 1
    for step in application.steps:
        if step.is_present is not (step.key in present):
            yield f"step {step.key} {'takes part' if step.is_present else 'fell away'}, but the trail says otherwise"
        if departments.get(step.key) != step.department_code:
            yield f"step {step.key} is with {step.department_code}, but the trail says {departments.get(step.key)}"
        if rounds.get(step.key) != step.round:
            yield f"step {step.key} is in round {step.round}, but the trail says {rounds.get(step.key)}"


SPOKEN = (Event.STEP_DECIDED, Event.OPINION_PROPOSED)
"""What only somebody says who has the step; who confirms an opinion need not have it."""


def _assignments(application: Application, events: Sequence[EventRecord]) -> Iterator[str]:
    """Every act of passing a step on, and that whoever decided or proposed had the step, stood in, or was the head."""
    told: dict[str, list[EventRecord]] = {}
    for event in events:
        data = event.data
        if event.kind == Event.STEP_ASSIGNED:
            told.setdefault(data["step"], []).append(event)
        elif event.kind in SPOKEN and event.by_role == Role.CLERK and "proposed_by" not in data:
            had = told.get(data["step"])
            if had and had[-1].data["to"] not in (None, event.by_account) and "deputy_for" not in data:
                what = "decided" if event.kind == Event.STEP_DECIDED else "proposed"
                yield f"step {data['step']} was {what} in round {data['round']} by somebody who did not have it"
    for step in application.steps:
        seen = told.pop(step.key, [])
        if len(seen) != len(step.assignments) or not all(map(_is_told, step.assignments, seen)):
            yield f"to whom step {step.key} was given is not what the trail says"
    yield from (f"to whom step {key} was given is missing" for key in told)


def _is_told(kept: Assignment, event: EventRecord) -> bool:
    data = event.data
    who = (data["before"], data["to"], data.get("meant_for"))
    said = (data["number"], data["act"], who, event.by_account, event.at)
    kept_who = (kept.from_account, kept.to_account, kept.meant_for)
    stored = (kept.number, str(kept.act), kept_who, kept.by_account, kept.at)
    return said == stored and proves(data["note"], kept.note)


def _promises(application: Application, events: Sequence[EventRecord]) -> Iterator[str]:
    """What was signed and taken back, and every act on what is owed."""
    signed = {(event.data["step"], event.data["sha256"]): event for event in _of(events, Event.COMMITMENT_SIGNED)}
    if signed.keys() != {(each.step_key, each.sha256) for each in application.commitments}:
        yield "its commitments are not those in the trail"
    for each in application.commitments:
        event = signed.get((each.step_key, each.sha256))
        if event is not None and event.data.get("signed_by", each.by_account) != each.by_account:
            yield f"the commitment ({each.step_key or 'the whole'}) was signed by somebody else than the trail says"
    withdrawn = {event.data["step"] for event in _of(events, Event.COMMITMENT_WITHDRAWN)}
    if withdrawn != {each.step_key for each in application.commitments if not each.is_in_force}:
        yield "other commitments were taken back than the trail says"
    moved = Counter(
        tuple(event.data[part] for part in ("kind_of", "step", "subject", "act", "evidence"))
        for event in _of(events, Event.OBLIGATION_MOVED)
    )
    kept = Counter(
        (str(each.kind), each.step_key, each.subject, str(act.kind), act.sha256)
        for each in application.obligations
        for act in each.acts
    )
    if moved != kept:
        yield "what was done about its obligations is not what the trail says"


LIFE: Mapping[Event, CertificateStatus] = {
    Event.GRANTED: CertificateStatus.PENDING,
    Event.CERTIFICATE_ISSUED: CertificateStatus.IN_FORCE,
    Event.CERTIFICATE_SUSPENDED: CertificateStatus.SUSPENDED,
    Event.CERTIFICATE_RESUMED: CertificateStatus.IN_FORCE,
    Event.CERTIFICATE_CHANGED: CertificateStatus.PENDING,
    Event.CERTIFICATE_REISSUED: CertificateStatus.PENDING,
    Event.CERTIFICATE_REVOKED: CertificateStatus.REVOKED,
    Event.CERTIFICATE_RESTORED: CertificateStatus.IN_FORCE,
    Event.CERTIFICATE_ANNULLED: CertificateStatus.ANNULLED,
    Event.CERTIFICATE_EXPIRED: CertificateStatus.EXPIRED,
}
"""What each event of a certificate's life makes of it."""


def _life(application: Application, events: Sequence[EventRecord]) -> Iterator[str]:
    told = _of(events, *LIFE)
    certificate = application.certificate
    if certificate is not None and told and certificate.status is not LIFE[Event(told[-1].kind)]:
        yield f"certificate {certificate.number} is {certificate.status}, but the trail says otherwise"


def _writs(application: Application, told: list[EventRecord]) -> Iterator[str]:
    """What stands on each paper is what was fixed when it was drawn up."""
    witnessed = {event.data["serial"]: event.data for event in told}
    for writ in application.writs:
        data = witnessed.pop(writ.serial, None)
        if data is None:
            yield f"the writ {writ.number} is not in the trail"
        elif data["writ"] != str(writ.kind) or not proves(data["facts"], writ.sealed_text):
            yield f"what the writ {writ.number} says is not what the trail says"
    yield from (f"its writ {serial} is missing" for serial in witnessed)


def _certificate(application: Application, granted: list[EventRecord], issued: list[EventRecord]) -> Iterator[str]:
    certificate = application.certificate
    numbers = {event.data["certificate"] for event in granted} | {event.data["number"] for event in issued}
    if numbers != ({certificate.number} if certificate else set()):
        yield "the number of its certificate is not the one in the trail"
    is_made = certificate is not None and certificate.sha256 is not None
    if certificate and is_made and issued and certificate.sha256 != issued[-1].data["sha256"]:
        yield f"the paper of certificate {certificate.number} is not the one in the trail"


def _copies(application: Application, events: Sequence[EventRecord]) -> Iterator[str]:
    """What was made for its holder from the certificate: what was asked for, each paper and its signer, what ended."""
    asked = {event.data["copy"]: event for event in _of(events, Event.COPY_ASKED)}
    made = {event.data["copy"]: event.data for event in _of(events, Event.COPY_MADE)}
    papers = made | {
        event.data["copy"]: event.data for event in _of(events, Event.SIGNATURE_LIFTED) if "copy" in event.data
    }
    ended = {event.data["copy"]: event.at for event in _of(events, Event.COPY_REVOKED)}
    for copy in application.certificate.copies if application.certificate else ():
        name = f"copy {copy.number}"
        event = asked.pop(copy.number, None)
        if event is None or (copy.by_account, copy.asked_at) != (event.by_account, event.at):
            yield f"{name} is stored with another author or time than in the trail"
        elif not proves(event.data["words"], copy.sealed_text) or event.data["until"] != _iso(copy.valid_until):
            yield f"what {name} says is not what the trail says"
        paper, first = papers.get(copy.number, {}), made.get(copy.number, {})
        if copy.sha256 != paper.get("sha256"):
            yield f"the paper of {name} is not the one in the trail"
        if (copy.signed_sha256, copy.signer) != (first.get("signed"), first.get("signer")):
            yield f"the signature of {name} is not the one in the trail"
        if ended.get(copy.number) != copy.revoked_at:
            yield f"whether {name} was taken back is not what the trail says"
    yield from (f"copy {number} is missing" for number in asked)


RENEWED = frozenset({Event.CERTIFICATE_CHANGED, Event.CERTIFICATE_REISSUED})


def _soundness(application: Application, events: Sequence[EventRecord]) -> Iterator[str]:
    """Which certificate and which copies were found to be signed by a key that was revoked."""
    told: set[str] = set()
    for event in _of(events, Event.SIGNATURE_UNSOUND, *RENEWED):
        if event.kind in RENEWED:
            told.discard(event.data["certificate"])
        else:
            told.add(event.data.get("number") or event.data.get("copy") or "")
    certificate = application.certificate
    papers: list[Certificate | CertificateCopy] = [certificate, *certificate.copies] if certificate else []
    for paper in papers:
        if paper.is_unsound is not (paper.number in told):
            yield f"whether the signature of {paper.number} is good is not what the trail says"


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _counter(application: Application, events: Sequence[EventRecord]) -> Iterator[str]:
    """Whatever was sent in at a window is confirmed by who was present, and what was handed out was told."""
    witnessed = {event.data["version"]: event.data["text"] for event in _of(events, Event.CONFIRMED)}
    kept = {each.version: each.sha256 for each in application.confirmations}
    for version in sorted({*witnessed, *kept}):
        if version not in witnessed or version not in kept or not proves(witnessed[version], kept[version]):
            yield f"what was confirmed of submission {version} is not what the trail says"
    told = _of(events, *SENT)
    at_window = {place for place, event in enumerate(told, start=1) if event.by_role == str(Role.COUNTER)}
    if at_window != set(kept):
        yield "what was sent in at a window is not what was confirmed there"
    first = next(iter(told), None)
    if first is not None and first.data.get("channel", str(Channel.ONLINE)) != application.channel:
        yield f"it is stored as sent in by {application.channel}, the trail says otherwise"
    handed = [each.at for each in application.attendances if each.purpose is Attending.HAND_OUT]
    if handed != [event.at for event in _of(events, Event.HANDED_OUT)]:
        yield "what was handed out at a window is not what the trail says"
