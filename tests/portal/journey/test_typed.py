"""What is typed on a page of a draft: kept before it is saved, shown again, and never written over unseen."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from approvals.commands.keep_typed import MOST_WRITINGS
from approvals.records.application import Application
from approvals.records.typed_page import TypedPage
from portal.typed import LARGEST
from portal.unit_of_work import reading
from tests.factories import PERMIT, RESIDENCE
from tests.portal.journey.walking import Walk, begin, words

Enter = Callable[[str], FlaskClient]
SECTION = "residence"
NAME = "employer"
PAGE = re.compile(r'name="open_page" value="([^"]+)"')


@pytest.fixture
def walk(signed_in: Enter) -> Walk:
    return begin(signed_in("wangxiaorong"), RESIDENCE)


def opened(walk: Walk, section: str = SECTION) -> dict[str, str]:
    """The page as it stands in a window: its name and the version of the draft."""
    page = walk.get(f"/sections/{section}").get_data(as_text=True)
    found = PAGE.search(page)
    assert found is not None
    return {"open_page": html.unescape(found[1]), "version": walk.version(f"/sections/{section}")}


def quietly(walk: Walk, window: dict[str, str], section: str = SECTION, **typed: str) -> TestResponse:
    return walk.client.post(f"{walk.url}/sections/{section}/typed", data={**window, **typed})


def saved(walk: Walk, window: dict[str, str], section: str = SECTION, **changed: str) -> TestResponse:
    sent = {**walk.example(section, **changed), **window, "next_step": "continue"}
    return walk.client.post(f"{walk.url}/sections/{section}", data=sent)


def field(walk: Walk, name: str = NAME, section: str = SECTION) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', walk.get(f"/sections/{section}").get_data(as_text=True))
    assert found is not None
    return html.unescape(found[1])


def rows() -> list[TypedPage]:
    reading().rollback()
    return list(reading().scalars(select(TypedPage)))


def test_what_was_typed_is_there_when_the_page_is_opened_again_also_on_another_device(
    walk: Walk, signed_in: Enter
) -> None:
    window = opened(walk)
    answer = quietly(walk, window, employer="成都示例食品厂", **{"moved_in-year": "20"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert re.fullmatch(r"写下的内容保存于 \d\d:\d\d，还要按「保存」才算填好。", answer.get_data(as_text=True))
    elsewhere = Walk(signed_in("wangxiaorong"), walk.item, walk.url)
    assert field(elsewhere) == "成都示例食品厂"
    page = words(elsewhere.get(f"/sections/{SECTION}"))
    assert "还没有保存的内容，已经放在下面" in page
    assert "请把年、月、日都填上" not in page, "nobody has asked to judge it yet"
    assert "有写了没保存的内容" in words(walk.get())
    assert "不会一起提交" in words(walk.get("/check"))


def test_answers_and_version_stay_as_they_are_while_somebody_types(walk: Walk) -> None:
    before = walk.version(f"/sections/{SECTION}")
    quietly(walk, opened(walk), employer="成都示例食品厂")
    assert walk.version(f"/sections/{SECTION}") == before
    reading().rollback()
    assert "成都示例食品厂" not in str(reading().scalars(select(Application.draft)).one())


def test_it_is_sealed_in_the_database_and_stands_in_no_log(
    walk: Walk, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        quietly(walk, opened(walk), employer="成都示例食品厂")
    reading().rollback()
    (content,) = reading().execute(text("SELECT content FROM typed_pages")).scalars()
    assert "示例" not in content
    assert "示例" not in caplog.text + "".join(capsys.readouterr())


def test_saving_the_page_forgets_it_and_what_comes_late_is_not_taken(walk: Walk) -> None:
    window = opened(walk)
    quietly(walk, window, employer="写到一半")
    assert saved(walk, window, employer="写完了").status_code == 303
    assert [row.content for row in rows()] == [None]
    late = quietly(walk, window, employer="写到一半")
    assert late.status_code == 409
    assert field(walk) == "写完了"
    assert "还没有保存的内容" not in words(walk.get(f"/sections/{SECTION}"))


def test_deleting_or_sending_the_draft_forgets_it(walk: Walk) -> None:
    quietly(walk, opened(walk), employer="写到一半")
    walk.client.post(f"{walk.url}/discard", data={"confirmed": "yes"})
    assert rows() == []
    again = begin(walk.client, RESIDENCE)
    again.fill_in()
    again.hand_in()
    quietly(again, opened(again), employer="写到一半")
    assert again.send().status_code == 303
    assert rows() == []


def test_it_can_be_thrown_away(walk: Walk) -> None:
    quietly(walk, opened(walk), employer="写到一半")
    assert walk.client.post(f"{walk.url}/sections/{SECTION}/typed/forget").status_code == 303
    assert field(walk) == ""


def test_what_was_typed_back_to_what_is_saved_waits_for_nobody(walk: Walk) -> None:
    saved(walk, opened(walk))
    window = opened(walk)
    shown = walk.example(SECTION, tenure="", school="")
    quietly(walk, window, **{**shown, NAME: "写到一半"})
    assert quietly(walk, window, **shown).status_code == 200
    assert "有写了没保存的内容" not in words(walk.get())
    assert quietly(walk, window, **{**shown, NAME: "又写"}).status_code == 200


def test_of_two_windows_neither_writes_over_what_it_has_not_shown(walk: Walk) -> None:
    one, two = opened(walk), opened(walk)
    assert quietly(walk, one, employer="第一个窗口").status_code == 200
    behind = quietly(walk, two, employer="第二个窗口")
    assert behind.status_code == 409
    assert "在别的窗口或者设备上" in behind.get_data(as_text=True)
    assert field(walk) == "第一个窗口"
    met = saved(walk, two, employer="第二个窗口")
    assert met.status_code == 409
    assert "第一个窗口" in words(met)
    assert 'value="第二个窗口"' in met.get_data(as_text=True)
    found = PAGE.search(met.get_data(as_text=True))
    assert found is not None
    told = {"open_page": html.unescape(found[1]), "version": two["version"]}
    assert saved(walk, told, employer="第二个窗口").status_code == 303
    assert quietly(walk, one, employer="第一个窗口").status_code == 409
    assert field(walk) == "第二个窗口"


def test_another_section_is_kept_although_the_draft_has_moved_on(walk: Walk) -> None:
    first = walk.item.sections[0].key
    window = opened(walk)
    walk.post_section(first, walk.example(first))
    assert quietly(walk, window, employer="写到一半").status_code == 200
    assert field(walk) == "写到一半"


def test_what_is_wrong_is_kept_too(walk: Walk) -> None:
    window = opened(walk)
    assert saved(walk, window, employer="长" * 300).status_code == 422
    assert field(walk) == "长" * 300


def test_save_and_leave_keeps_half_an_address_and_half_a_day_and_saves_the_rest(signed_in: Enter) -> None:
    walk = begin(signed_in("wangxiaorong"), RESIDENCE)
    half = {"home-detail": "", "moved_in-month": "", NAME: "成都示例食品厂"}
    sent = {**walk.example(SECTION, **half), **opened(walk), "next_step": "save_and_leave"}
    left = walk.client.post(f"{walk.url}/sections/{SECTION}", data=sent)
    assert (left.status_code, left.location) == (303, walk.url)
    assert field(walk, "moved_in-year") == sent["moved_in-year"]
    page = walk.get(f"/sections/{SECTION}").get_data(as_text=True)
    assert f'<option value="{sent["home-region"]}" selected' in page
    reading().rollback()
    assert "成都示例食品厂" in str(reading().scalars(select(Application.draft)).one())


def test_an_answer_before_the_choice_that_calls_for_it_may_be_left(walk: Walk) -> None:
    answer = walk.post_section(SECTION, {NAME: "只填了一项"}, next_step="save_and_leave")
    assert answer.status_code == 303
    assert field(walk) == "只填了一项"


def test_the_step_before_and_the_switches_of_the_header_keep_what_was_typed(walk: Walk) -> None:
    window = opened(walk)
    place = f"{walk.url}/sections/{SECTION}/typed"
    back = walk.client.post(place, data={**window, NAME: "写到一半", "then": "back"})
    assert back.status_code == 303
    assert back.location.startswith(walk.url)
    assert field(walk) == "写到一半"
    switched = walk.client.post(place, data={**opened(walk), NAME: "再写一点", "language": "en", "elder": "on"})
    assert switched.location == f"{walk.url}/sections/{SECTION}"
    assert "language=en" in str(switched.headers.getlist("Set-Cookie"))
    assert field(walk) == "再写一点"


def test_what_comes_twice_does_not_make_the_page_look_older_that_was_opened_in_between(walk: Walk) -> None:
    window = opened(walk)
    place = f"{walk.url}/sections/{SECTION}/typed"
    walk.client.post(place, data={**window, NAME: "写到一半", "theme": "dark"})
    between = opened(walk)
    assert quietly(walk, window, employer="写到一半").status_code == 200
    assert walk.client.post(place, data={**between, NAME: "再写一点", "theme": "light"}).status_code == 303
    assert field(walk) == "再写一点"


def test_the_enter_key_saves_and_does_not_switch(walk: Walk) -> None:
    """The first button of a form in the order of the page is the one that the key presses."""
    page = walk.get(f"/sections/{SECTION}").get_data(as_text=True)
    first = re.search(r'<button[^>]*form="section"[^>]*>', page)
    assert first is not None
    assert 'name="next_step" value="continue"' in first[0]


def test_nobody_else_reads_or_writes_it(walk: Walk, signed_in: Enter) -> None:
    window = opened(walk)
    quietly(walk, window, employer="写到一半")
    other = Walk(signed_in("yanmao"), walk.item, walk.url)
    assert quietly(other, window, employer="别人").status_code in (403, 404)
    assert other.get(f"/sections/{SECTION}").status_code in (403, 404)
    assert field(walk) == "写到一半"


def test_what_does_not_belong_to_the_page_is_refused(walk: Walk) -> None:
    window = opened(walk)
    assert quietly(walk, window, stranger="1").status_code == 422
    assert quietly(walk, {"open_page": "x", "version": "1"}, employer="1").status_code == 422
    first = walk.item.sections[0].key
    assert quietly(walk, window, first).status_code == 422, "a page speaks for its own section"
    assert rows() == []


def test_it_is_bounded_in_size_and_rate(walk: Walk) -> None:
    window = opened(walk)
    assert quietly(walk, window, employer="长" * LARGEST).status_code == 413
    status = [quietly(walk, window, employer=f"{number}").status_code for number in range(MOST_WRITINGS + 1)]
    assert status == [200] * MOST_WRITINGS + [429]
    assert saved(walk, window).status_code == 303, "what somebody presses is not counted"


def test_it_needs_the_token_of_the_form(walk: Walk) -> None:
    walk.client.application.config["WTF_CSRF_ENABLED"] = True
    assert quietly(walk, {"open_page": "x", "version": "1"}, employer="1").status_code == 400


def test_whose_page_it_is_stands_there_for_others_who_fill_in_the_draft(signed_in: Enter) -> None:
    walk = begin(signed_in("lijinrong"), PERMIT, 1)
    quietly(walk, opened(walk, "project"), "project", project_name="河边的项目")
    assert "您 20" in words(walk.get("/sections/project"))
