"""Amending on the pages: opened from the progress, sent like a draft, told to the clerk, kept when it is too late."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.queries.actor import actor_named
from approvals.queries.letters import letters
from approvals.records.application import Application
from approvals.vocabulary import Outcome
from portal.unit_of_work import reading
from portal.worker.delivery import sweep
from services.current import catalogue
from tests.factories import RESIDENCE, applied, decided, returned
from tests.portal.journey.walking import Walk, sample, words

Enter = Callable[[str], FlaskClient]
DESK = "clerk-ga"


@pytest.fixture
def number(app: Flask) -> str:
    return applied(RESIDENCE)


@pytest.fixture
def walk(number: str, signed_in: Enter) -> Walk:
    """Opened by its applicant."""
    client = signed_in("wangxiaorong")
    answer = client.post(f"/applications/{number}/amend")
    assert answer.status_code == 303, words(answer)
    return Walk(client, catalogue().item(RESIDENCE), answer.location)


def changed(walk: Walk) -> None:
    """Another landlord."""
    section = walk.item.sections[0].key
    answer = walk.post_section(section, walk.example(section, **other(walk)))
    assert answer.status_code == 303, words(answer)


def other(walk: Walk) -> dict[str, str]:
    section = walk.item.sections[0]
    text = next(each.key for each in section.questions if each.kind == "text")
    return {text: "另一个示例"}


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, words(answer)
    return words(answer)


def test_the_list_says_that_changes_are_not_sent_and_leads_on(number: str, walk: Walk) -> None:
    listed = walk.client.get("/my/applications").get_data(as_text=True)
    assert "有修改没有送出" in listed
    assert f'href="{walk.url}"' in listed
    decided(number, "accept", Outcome.ACCEPT)
    listed = walk.client.get("/my/applications").get_data(as_text=True)
    assert "有修改没有送出" not in listed
    assert f'href="/applications/{number}"' in listed


def test_it_is_opened_changed_and_sent_from_the_progress(number: str, walk: Walk) -> None:
    assert "填错了，要改" not in page(walk.client, f"/applications/{number}")
    progress = page(walk.client, f"/applications/{number}")
    assert "还没有送出" in progress
    assert "您现在不用做什么" not in progress
    assert "还没有改动" in words(walk.get())
    assert "没有改动任何内容" in words(walk.send())
    changed(walk)
    assert "另一个示例" in words(walk.get())
    check = words(walk.get("/check"))
    assert "这次改了什么" in check
    assert "送出修改" in check
    sent = walk.send()
    assert sent.status_code == 303
    assert "修改已送出" in page(walk.client, sent.location)
    progress = page(walk.client, f"/applications/{number}")
    assert "您现在不用做什么" in progress
    assert "申请人在受理前修改了申请" in progress
    assert "填错了，要改" in progress, "again, while it is not accepted"
    reading().rollback()
    sweep()
    told = letters(reading(), page=1, by=actor_named(reading(), "wangxiaorong")).rows
    assert [letter.kind for letter in told] == ["amended", "submitted"]
    assert "修改已送达" in page(walk.client, "/my/letters")


def test_a_material_is_replaced(number: str, walk: Walk) -> None:
    key = next(each.key for each in walk.item.materials if each.source == "upload")
    formats = next(each for each in walk.item.materials if each.key == key).formats
    content, name = sample(formats)
    answer = walk.upload(key, (content + b"\n" if name.endswith("pdf") else content, f"新的{name}"))
    assert answer.status_code in (303, 422), words(answer)
    assert walk.client.post(f"{walk.url}/materials/{key}/remove?version=1").status_code == 303
    assert "没有提交" in words(walk.get()) or "新的" in words(walk.get())


def test_the_clerk_is_told_and_may_decide_what_was_sent(number: str, walk: Walk, signed_in: Enter) -> None:
    desk = f"/office/steps/{number}/accept"
    clerk = signed_in(clerk_named(number))
    assert "在修改，还没有送出" in page(clerk, desk)
    changed(walk)
    assert "另一个示例" not in page(clerk, desk)
    decided(number, "accept", Outcome.ACCEPT)
    too_late = walk.client.get(walk.url)
    assert too_late.location.endswith("/unsent")
    assert "另一个示例" in page(walk.client, too_late.location)
    refused = walk.client.post(f"{walk.url}/submit", data={"version": "2", "declared": "yes"})
    assert refused.status_code == 409
    assert "没有送出" in words(refused)
    assert "另一个示例" in words(refused)
    typed = walk.client.post(
        f"{walk.url}/sections/{walk.item.sections[0].key}", data={**other(walk), "version": "2", "next_step": "x"}
    )
    assert typed.status_code == 409
    assert "另一个示例" in words(typed), "what was typed is given back"
    assert "没有来得及送出" in page(walk.client, f"/applications/{number}")
    assert walk.client.post(f"{walk.url}/discard", data={"confirmed": "yes"}).status_code == 303
    assert "没有来得及送出" not in page(walk.client, f"/applications/{number}")


def clerk_named(number: str) -> str:
    from approvals.queries.actor import clerk_of
    from approvals.queries.progress import progress
    from approvals.records.people import Account

    step = next(each for each in progress(reading(), number).steps if each.key == "accept")
    account = clerk_of(reading(), step.department).account
    return reading().scalars(select(Account.username).where(Account.id == account)).one()


def test_who_decides_on_what_is_no_longer_the_last_is_told_and_keeps_their_words(
    number: str, walk: Walk, signed_in: Enter
) -> None:
    desk = f"/office/steps/{number}/accept"
    clerk = signed_in(clerk_named(number))
    page(clerk, desk)
    changed(walk)
    assert walk.send().status_code == 303
    form = {"round": "1", "outcome": "not_accepted", "reason": "不属于本机关的职权。"}
    answer = clerk.post(f"{desk}/decide", data=form)
    assert answer.status_code == 409
    said = words(answer)
    assert "申请人刚刚送来了改过的内容" in said
    assert "上一轮以来改了什么" in said
    assert "另一个示例" in said
    assert "不属于本机关的职权。" in answer.get_data(as_text=True)


def test_a_request_to_mend_takes_the_amendment_along(number: str, walk: Walk) -> None:
    changed(walk)
    key = next(iter(other(walk)))
    returned(number, "accept", key)
    said = words(walk.get())
    assert "要补正的内容" in said
    assert "已改" in said
    assert walk.send().status_code == 303
    assert "补正已提交" in page(walk.client, f"/applications/{number}/receipt")


def test_given_up_only_when_that_was_confirmed(number: str, walk: Walk) -> None:
    changed(walk)
    asked = walk.client.post(f"{walk.url}/discard")
    assert "另一个示例" in words(asked)
    assert "另一个示例" in words(walk.get())
    assert walk.client.post(f"{walk.url}/discard", data={"confirmed": "yes"}).location.endswith(f"/{number}")
    assert walk.get().status_code == 303, "it is not open any more"
    reading().rollback()
    assert reading().scalars(select(Application.amending_since)).all() == [None]


def test_nobody_else_opens_it(number: str, signed_in: Enter) -> None:
    assert signed_in("yanmao").post(f"/applications/{number}/amend").status_code == 404
    assert signed_in(DESK).post(f"/applications/{number}/amend").status_code in (403, 404)
    decided(number, "accept", Outcome.ACCEPT)
    answer = signed_in("wangxiaorong").post(f"/applications/{number}/amend")
    assert answer.status_code == 409
    assert "部门已经受理" in words(answer)
