"""A certificate is entered when it is granted: numbered without gaps, and never with a character nobody can print."""

from __future__ import annotations

import pytest

from approvals.certificates.identifier import check_character, is_code
from approvals.commands import draft
from approvals.commands.resubmit import resubmit
from approvals.commands.return_for_correction import Mend, return_for_correction
from approvals.errors import GlyphMissing
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.records.certificate import Certificate
from approvals.vocabulary import ApplicationStatus, CertificateStatus, Outcome, StepStatus
from portal.demonstration.acting import workable
from portal.unit_of_work import changing, reading
from portal.worker.delivery import sweep
from services.answers import Value
from services.current import catalogue
from tests.deciding import decide
from tests.fixtures.heart import Office

DAY = "2026-05-11"


def decidable(office: Office, **answers: Value) -> str:
    """A permit with little triggered, on which only the decision is open."""
    asked = catalogue().item("construction-permit").questions
    quiet: dict[str, Value] = {key: False for key, question in asked.items() if question.kind == "yes_no"}
    number = office.apply("construction-permit", "2026-05-06", **{**quiet, **answers})
    office.take(number, "accept")
    office.take_all_but(number)
    assert office.open(number) == ["decide"]
    return number


def grant(office: Office, number: str, day: str = DAY) -> None:
    by, at = clerk_of(reading(), "ZJ"), office.at(day)
    with changing(by, at) as session:
        decide(for_change.step(session, number, "decide"), Outcome.GRANT, "", by=by, at=at)


@pytest.mark.parametrize(
    "name, unknown",
    [("滨河\ue000公寓", "U+E000"), ("\u202e寓公河滨", "U+202E"), ("\ue001甲𒀀", "U+E001、𒀀（U+12000）")],
)
def test_a_character_no_font_can_show_stops_the_grant_and_is_named(office: Office, name: str, unknown: str) -> None:
    number = decidable(office, project_name=name)
    with pytest.raises(GlyphMissing) as refused:
        grant(office, number)
    assert refused.value.facts["characters"] == unknown
    told = office.progress(number)
    assert told.status is not ApplicationStatus.GRANTED
    assert told.certificate is None
    assert office.step(number, "decide").status is StepStatus.OPEN


def test_an_application_stopped_for_its_letters_can_be_mended_and_granted(office: Office) -> None:
    number = decidable(office, project_name="滨河\ue000公寓")
    with pytest.raises(GlyphMissing):
        grant(office, number)

    clerk, asked = clerk_of(reading(), "ZJ"), office.at(DAY)
    with changing(clerk, asked) as session:
        step = for_change.step(session, number, "decide")
        return_for_correction(step, [Mend("question", "project_name", "请改用可以印刷的字。")], by=clerk, at=asked)
    applicant, mended = actor_named(reading(), "lijinrong"), office.at("2026-05-12")
    with changing(applicant, mended) as session:
        application = for_change.application(session, number)
        version = application.draft_version
        new: dict[str, Value] = {"project_name": "滨河䶮公寓"}
        draft.save(application, new, asked=["project_name"], version=version, by=applicant, at=mended)
        resubmit(application, by=applicant, at=mended)
    grant(office, number, "2026-05-13")
    sweep(office.at("2026-05-13", 11))
    assert office.progress(number).status is ApplicationStatus.ISSUED


def test_an_application_stopped_for_its_letters_can_be_refused(office: Office) -> None:
    number = decidable(office, project_name="滨河\ue000公寓")
    with pytest.raises(GlyphMissing):
        grant(office, number)
    by, at = clerk_of(reading(), "ZJ"), office.at(DAY)
    with changing(by, at) as session:
        decide(for_change.step(session, number, "decide"), Outcome.REFUSE, "工程名称无法印制。", by=by, at=at)
    assert office.progress(number).status is ApplicationStatus.REFUSED


def test_a_refused_grant_leaves_no_gap_in_the_numbers(office: Office) -> None:
    first, unprintable, second = decidable(office), decidable(office, project_name="\ue000"), decidable(office)
    grant(office, first)
    with pytest.raises(GlyphMissing):
        grant(office, unprintable)
    grant(office, second)
    numbers = [entered(office, number).number for number in (first, second)]
    assert numbers == ["ZJ510100202605110001", "ZJ510100202605110002"]


def test_the_entry_carries_a_checked_identifier_and_a_code_of_which_a_hash_is_kept(office: Office) -> None:
    number = decidable(office)
    grant(office, number)
    entry = entered(office, number)
    assert entry.status is CertificateStatus.PENDING
    assert is_code(entry.code.lower(), entry.code_hash)
    assert entry.code not in entry.code_hash
    root, body, check = entry.identifier[:14], entry.identifier[15:-2], entry.identifier[-1]
    assert root == "1.2.156.3005.2"
    assert check == check_character(body.replace(".", ""))
    assert dict(entry.sheet["fields"])["建设单位"]


def test_a_district_department_has_numbers_of_its_own(office: Office) -> None:
    """The food-business licence is issued by the market bureau of the district its premises stand in."""
    number = office.apply("food-business-licence")
    while waiting := workable(office.progress(number)):
        for step in waiting:
            office.take(number, step.key)
    entry = entered(office, number)
    assert entry.number == "SC510104202605070001"
    assert entry.identifier.split(".")[-3:-1] == [entry.number, "001"]


def entered(office: Office, number: str) -> Certificate:
    """The register's entry, made or still to be made."""
    office.progress(number)
    found = for_change.certificate(reading(), for_change.application(reading(), number).id)
    reading().rollback()
    return found
