"""What was sent is read again afterwards by whoever sent it: answers and files, each version, and what it changed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.counting import statements
from tests.factories import PERMIT, RESIDENCE, applied
from tests.fixtures.heart import Office
from tests.portal.journey.walking import words

Enter = Callable[[str], FlaskClient]


def test_answers_and_files_are_read_after_they_were_sent(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    client = signed_in("wangxiaorong")
    for page in ("", "/receipt"):
        assert f'href="/applications/{number}/sent"' in client.get(f"/applications/{number}{page}").text
    answer = client.get(f"/applications/{number}/sent")
    told = words(answer)
    assert "王小蓉" in told
    assert "510104199003072344" not in told, "personal numbers stay masked"
    assert "data-print" in answer.text
    links = re.findall(rf'href="(/applications/{number}/materials/\w+/1)"', answer.text)
    assert links
    assert all(client.get(link).status_code == 200 for link in links)
    assert "第 1 次提交" not in told, "there is but one"


def test_each_version_says_what_it_changed(office: Office, signed_in: Enter) -> None:
    number = office.apply(RESIDENCE, "2026-05-06")
    office.amend(number, "2026-05-07", files=("identity_card",), employer="成都另一家示例有限公司")
    client = signed_in("wangxiaorong")
    newest = words(client.get(f"/applications/{number}/sent"))
    assert "成都另一家示例有限公司" in newest
    assert "改了什么" in newest
    first = client.get(f"/applications/{number}/sent?version=1")
    assert "成都另一家示例有限公司" not in words(first)
    assert "改了什么" not in words(first)
    assert f"/applications/{number}/materials/identity_card/1" in first.text
    assert f"/applications/{number}/materials/identity_card/2" not in first.text
    assert client.get(f"/applications/{number}/sent?version=3").status_code == 404


def test_what_is_being_amended_is_not_shown_as_sent(office: Office, signed_in: Enter) -> None:
    number = office.apply(RESIDENCE, "2026-05-06")
    office.amend(number, "2026-05-07", send=False, employer="成都另一家示例有限公司")
    assert "成都另一家示例有限公司" not in words(signed_in("wangxiaorong").get(f"/applications/{number}/sent"))


@pytest.mark.parametrize("who", ["yanmao", "clerk-ga", "manager", "auditor"])
def test_nobody_else_reads_it(office: Office, signed_in: Enter, who: str) -> None:
    number = office.apply(RESIDENCE, "2026-05-06")
    assert signed_in(who).get(f"/applications/{number}/sent").status_code in (403, 404)


def test_a_company_reads_what_it_sent(app: Flask, signed_in: Enter) -> None:
    number = applied(PERMIT)
    client = signed_in("lijinrong")
    assert f"/applications/{number}/sent" in client.get(f"/applications/{number}").text
    assert "成都锦蓉示例置业有限公司" in words(client.get(f"/applications/{number}/sent"))


def test_the_number_of_queries_does_not_grow_with_versions(office: Office, signed_in: Enter) -> None:
    number = office.apply(RESIDENCE, "2026-05-06")
    client, counts = signed_in("wangxiaorong"), []
    for day in ("", "2026-05-07", "2026-05-08"):
        if day:
            office.amend(number, day, files=("identity_card",), employer=f"成都{day}示例有限公司")
        client.get(f"/applications/{number}/sent")
        with statements() as sent:
            client.get(f"/applications/{number}/sent")
        counts.append(len(sent))
    assert len(set(counts)) == 1
