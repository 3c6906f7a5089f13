"""The forms written by hand: signing in, deciding, asking for corrections, pausing, withdrawing, verifying."""

from __future__ import annotations

from datetime import date

import pytest

from forms.build import clean, strangers
from forms.decision import correction_form, corrections, decision_form, pause_form
from forms.fields import Asking
from forms.sign_in import sign_in_form
from forms.verification import verification_form
from forms.widgets import all_params, errors
from forms.withdrawal import withdrawal_form
from tests.forms.posted import Posted

ASKING = Asking("zh", date(2026, 11, 22))
OUTCOMES = (("agree", "同意"), ("agree_with_conditions", "附条件同意"), ("disagree", "不同意"))


def test_a_password_is_taken_exactly_as_typed() -> None:
    made = sign_in_form(ASKING, Posted({"username": " lijinrong ", "password": " ｐａｓｓ word\u200b "}))
    assert made.validate()
    assert clean(made) == {"username": "lijinrong", "password": " ｐａｓｓ word\u200b "}
    assert [param["kind"] for param in all_params(made)] == ["text", "password"]


def test_signing_in_without_name_or_with_an_endless_password_is_refused() -> None:
    assert not sign_in_form(ASKING, Posted()).validate()
    made = sign_in_form(ASKING, Posted({"username": "a", "password": "x" * 201}))
    assert not made.validate()
    assert errors(made) == [{"id": "password", "text": "密码最多 200 个字符"}]


@pytest.mark.parametrize(
    "posted, wrong",
    [
        ({"outcome": "agree"}, []),
        ({"outcome": "disagree"}, ["reason"]),
        ({"outcome": "disagree", "reason": "图纸不全"}, []),
        ({"outcome": "agree_with_conditions"}, ["conditions"]),
        ({"outcome": "agree_with_conditions", "conditions": "夜间不施工"}, []),
        ({"outcome": "grant"}, ["outcome"]),
        ({}, ["outcome"]),
        ({"outcome": "agree", "reason": "长" * 1001}, ["reason"]),
    ],
)
def test_a_decision_needs_its_reason_and_conditions(posted: dict[str, str], wrong: list[str]) -> None:
    made = decision_form(
        OUTCOMES, ASKING, Posted(posted), reason_for={"disagree"}, conditions_for={"agree_with_conditions"}
    )
    made.validate()
    assert [error["id"] for error in errors(made)] == wrong


def test_a_decision_that_carries_no_conditions_asks_for_none() -> None:
    made = decision_form(OUTCOMES, ASKING, Posted({"outcome": "disagree"}))
    assert made.validate()
    assert "conditions" not in made


TARGETS = (("question.site", "建设地址"), ("material.contract", "施工合同"))


def test_a_correction_says_for_each_thing_what_to_mend() -> None:
    posted = Posted({"items": ["material.contract"], "what-material.contract": "第 3 页看不清"})
    made = correction_form(TARGETS, ASKING, posted)
    assert made.validate()
    assert strangers(made, posted) == ()
    assert corrections(made) == {"material.contract": "第 3 页看不清"}


def test_a_correction_of_nothing_or_without_words_is_refused() -> None:
    made = correction_form(TARGETS, ASKING, Posted())
    assert not made.validate()
    assert [error["id"] for error in errors(made)] == ["items"]
    assert corrections(made) == {}
    made = correction_form(TARGETS, ASKING, Posted({"items": ["question.site"]}))
    assert not made.validate()
    assert [error["text"] for error in errors(made)] == ["请填写「建设地址：要怎么改」"]


def test_a_special_procedure_says_how_long_it_takes() -> None:
    reasons = (("on_site", "现场核查"),)
    right = Posted({"reason": "on_site", "days": "6", "note": "专家到现场核查。"})
    assert pause_form(reasons, ASKING, right).validate()
    made = pause_form(reasons, ASKING, Posted({"reason": "hearing", "days": "0"}))
    assert not made.validate()
    assert [error["id"] for error in errors(made)] == ["reason", "days", "note"]


def test_nobody_needs_a_reason_to_withdraw() -> None:
    assert withdrawal_form(ASKING, Posted()).validate()
    assert not withdrawal_form(ASKING, Posted({"reason": "长" * 501})).validate()


def test_a_certificate_is_verified_by_number_and_code() -> None:
    made = verification_form(ASKING, Posted({"number": "510104202605150001", "code": " ＡＢＣＤ-1234 "}))
    assert made.validate()
    assert clean(made)["code"] == "ABCD-1234"
    assert not verification_form(ASKING, Posted({"number": "510104202605150001"})).validate()
