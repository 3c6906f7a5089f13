"""Letters about an account and its mandates: to everybody concerned, once, with a badge, naming nobody outside."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from approvals.commands.tell_account import OF_MANDATES, OF_THE_ACCOUNT
from approvals.events import Event, PersonEvent
from approvals.records.account_letter import AccountLetter
from approvals.records.mandate import Mandate
from approvals.records.people import Account
from approvals.vocabulary import Duty
from portal.demonstration.people import PASSWORD
from portal.letters.account import WORDS as ACCOUNT_WORDS
from portal.letters.words import WORDS
from portal.unit_of_work import changing, reading
from portal.worker.mandates import tell_of_ends
from tests.factories import on
from tests.portal.test_mandates import change, give
from tests.portal.test_readers import company, mandate

Enter = Callable[[str], FlaskClient]

WITHIN = "within an office, or of another event that is told"
OWN_ACT = "the applicant's own act, which the page confirms at once"
NOT_TOLD = {
    **dict.fromkeys(
        (
            *("step_joined", "step_opened", "step_dropped", "step_left", "step_reopened", "step_moved", "step_held"),
            *("step_assigned", "step_decided", "opinion_proposed", "late_reason_given", "proposal_ended", "annotated"),
            *("annotation_removed", "rung_reached", "order_sent", "order_answered", "order_sent_back", "order_closed"),
            *("late_opinion", "writ_drawn_up", "signature_lifted", "obligation_begun", "credit_repaired"),
            *("certificate_restored", "certificate_used", "follow_up_begun", "follow_up_moved", "opened"),
            *("attempt_refused", "extension_asked", "extension_declined"),
        ),
        WITHIN,
    ),
    **dict.fromkeys(
        (
            *("confirmed", "handed_out", "commitment_signed", "consent_given", "consent_withdrawn", "copy_asked"),
            "rated",
        ),
        OWN_ACT,
    ),
}
NOT_TOLD_PERSONS = {
    **dict.fromkeys(
        (
            *("registered", "sessions_ended", "exported", "mandate_given", "workspace_opened", "member_left"),
            *("feed_made", "feed_revoked", "draft_begun", "draft_filled", "file_added", "file_removed"),
            *("draft_discarded", "certificate_downloaded"),
        ),
        "one's own act, or one that stands in the record of the mandate",
    ),
    "closed": "nobody can read it any more",
    "seen_at_window": "the person stood there",
}


def told(username: str) -> list[str]:
    reading().rollback()
    wanted = select(AccountLetter.kind).join(Account, Account.id == AccountLetter.account_id)
    return list(reading().scalars(wanted.where(Account.username == username).order_by(AccountLetter.id)))


def test_every_event_is_told_by_letter_or_has_a_reason_why_not() -> None:
    with_words = {str(kind) for kind in WORDS} & {str(kind) for kind in Event}
    assert with_words | NOT_TOLD.keys() == {str(kind) for kind in Event}
    assert with_words & NOT_TOLD.keys() == set()
    assert ACCOUNT_WORDS.keys() == OF_MANDATES | OF_THE_ACCOUNT
    assert {str(kind) for kind in ACCOUNT_WORDS} | NOT_TOLD_PERSONS.keys() == {str(kind) for kind in PersonEvent}


def test_both_sides_of_a_mandate_are_told_and_badges_lead_there(app: Flask, signed_in: Enter) -> None:
    elder, relative = signed_in("wangxiaorong"), signed_in("yanmao")
    given = give(elder)
    assert (told("wangxiaorong"), told("yanmao")) == ([], ["mandate_offered"])
    page = relative.get("/my/letters").get_data(as_text=True)
    assert "有人请您代办" in page
    assert "王小蓉（示例）" in page
    assert "份授权等您接受" in page
    assert change(relative, given, "accept") == 303
    assert "份授权等您接受" not in relative.get("/my/letters").get_data(as_text=True)
    assert told("wangxiaorong") == ["mandate_accepted"]
    assert "条未读" in elder.get("/").get_data(as_text=True)
    assert change(elder, given, "revoke") == 303
    assert told("yanmao") == ["mandate_offered", "mandate_revoked"]
    newest = max(each for each in reading().scalars(select(AccountLetter.sent_at)))
    relative.post("/my/letters/read", data={"until": newest.isoformat()})
    assert "条未读" not in relative.get("/my/letters").get_data(as_text=True)


def test_on_an_english_page_the_name_is_marked(app: Flask, signed_in: Enter) -> None:
    relative = signed_in("yanmao")
    give(signed_in("wangxiaorong"))
    relative.set_cookie("language", "en")
    page = relative.get("/my/letters").get_data(as_text=True)
    assert re.search(r'<span lang="zh[^"]*">王小蓉（示例）</span> offers you a mandate', page)


def test_a_stranger_with_the_same_phone_and_another_name_is_offered_nothing(app: Flask, signed_in: Enter) -> None:
    give(signed_in("wangxiaorong"), person="张三丰")
    assert told("yanmao") == []


def test_a_change_of_password_is_told_even_to_who_made_it(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    right = {"password": PASSWORD, "new_password": "足够长的一句密码"}
    assert client.post("/my/account/password", data=right).status_code == 303
    assert told("wangxiaorong") == ["password_changed"]
    assert "不是您本人改的" in client.get("/my/letters").get_data(as_text=True)


def test_a_mandate_that_ends_soon_is_told_to_both_sides_once(app: Flask) -> None:
    at = on(date(2026, 6, 5))
    given = mandate("lijinrong", at, organisation=company(), duty=Duty.HANDLER)
    late = on(date(2026, 8, 25))
    assert tell_of_ends(on(date(2026, 8, 3))) == 0
    assert [tell_of_ends(late), tell_of_ends(late)] == [1, 0]
    assert told("yanmao")[-1] == told("lijinrong")[-1] == "mandate_ends"
    with changing(at=late) as session:
        values = {"revoked_at": late.instant, "warned_at": None}
        session.execute(update(Mandate).where(Mandate.id == given).values(**values))
    assert tell_of_ends(late) == 0


def test_one_that_was_given_for_a_few_days_is_not_told_of(app: Flask) -> None:
    at = on(date(2026, 6, 5))
    given = mandate("wangxiaorong", at, organisation=None, duty=Duty.AGENT)
    with changing(at=at) as session:
        session.execute(update(Mandate).where(Mandate.id == given).values(ends_on=at.today + timedelta(days=3)))
    assert tell_of_ends(at) == 0


def test_no_title_names_anybody() -> None:
    assert [str(title) for title, _sentence in ACCOUNT_WORDS.values() if "%(" in str(title)] == []
