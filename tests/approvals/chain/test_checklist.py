"""Which points of a checklist are looked at, and what of them stands against consent."""

from __future__ import annotations

from datetime import date

import pytest

from approvals.chain.checklist import Tick, against, points
from approvals.errors import PointsUnanswered, PointsUnmet
from approvals.vocabulary import Judgement, Outcome
from services.answers import examples
from services.current import catalogue
from services.item import Point, Text

ASKED = (Point("must", Text("必须"), basis="法"), Point("may", Text("可以"), basis="法", required=False))
MET, UNMET, ASIDE = Judgement.MET, Judgement.UNMET, Judgement.NOT_APPLICABLE
CONSENTS = (Outcome.ACCEPT, Outcome.AGREE, Outcome.AGREE_WITH_CONDITIONS, Outcome.GRANT)


@pytest.mark.parametrize("outcome", CONSENTS)
def test_consent_waits_for_every_required_point(outcome: Outcome) -> None:
    refusal = against(ASKED, {"may": Tick(MET)}, outcome)
    assert type(refusal) is PointsUnanswered
    assert refusal.points == ("must",)
    assert against(ASKED, {"must": Tick(MET)}, outcome) is None


@pytest.mark.parametrize("outcome", [each for each in Outcome if each not in CONSENTS])
def test_what_is_no_consent_needs_no_point(outcome: Outcome) -> None:
    assert against(ASKED, {}, outcome) is None
    assert against(ASKED, {"must": Tick(UNMET)}, outcome) is None


@pytest.mark.parametrize("outcome", CONSENTS)
def test_past_a_no_only_conditions_lead_and_only_in_words(outcome: Outcome) -> None:
    assert isinstance(against(ASKED, {"must": Tick(UNMET)}, outcome), PointsUnmet)
    said = against(ASKED, {"must": Tick(UNMET, "随后补齐")}, outcome)
    assert (said is None) is (outcome is Outcome.AGREE_WITH_CONDITIONS)


def test_that_a_required_point_does_not_apply_is_explained() -> None:
    assert isinstance(against(ASKED, {"must": Tick(ASIDE)}, Outcome.AGREE), PointsUnmet)
    assert against(ASKED, {"must": Tick(ASIDE, "没有这类工程")}, Outcome.AGREE) is None


def test_an_optional_point_stands_against_nothing() -> None:
    assert against(ASKED, {"must": Tick(MET), "may": Tick(UNMET)}, Outcome.AGREE) is None


def test_about_a_material_that_nobody_asks_for_nothing_is_asked() -> None:
    item = catalogue().item("construction-permit")
    given = examples(item, date(2026, 11, 22))
    assert "experts" in {point.key for point in points(item, "gc302", given)}
    without = {**given, "needs_fire_experts": False}
    assert {point.key for point in points(item, "gc302", without)} == {"design", "form"}
    assert points(item, "issue", given) == ()
