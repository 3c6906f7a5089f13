"""The page of an error: it says what went wrong, and promises only what it shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.item import Section
from tests.factories import PERMIT
from tests.portal.journey.walking import Walk, begin, summary, words

Enter = Callable[[str], FlaskClient]
LISTED = "您刚才填写的内容列在下面"


@pytest.fixture
def careful(app: Flask) -> FlaskClient:
    """Asks for the token of a form."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app.test_client()


@pytest.fixture
def walk(signed_in: Enter) -> Walk:
    return begin(signed_in("lijinrong"), PERMIT, 1)


def parts(client: FlaskClient, *named: tuple[bytes, bytes], files: tuple[bytes, ...] = ()) -> TestResponse:
    """A form with files, byte by byte."""
    head = b'--X\r\nContent-Disposition: form-data; name="'
    body = b"".join(head + name + b'"\r\n\r\n' + value + b"\r\n" for name, value in named)
    body += b"".join(head + b'files"; filename="' + name + b'"\r\n\r\n%PDF-\r\n' for name in files)
    return client.post("/sign-in", data=body + b"--X--\r\n", content_type="multipart/form-data; boundary=X")


def test_what_was_typed_is_announced_where_it_is_listed(careful: FlaskClient) -> None:
    page = words(careful.post("/sign-in", data={"username": "wangxiaorong"}))
    assert LISTED in page
    assert "用户名 wangxiaorong" in page


def test_nothing_is_announced_where_nothing_is_listed(careful: FlaskClient) -> None:
    for answer in (
        careful.get("/services?q=%ff"),
        careful.post("/sign-in", json={"username": "wangxiaorong"}),
        careful.post("/sign-in", data={"password": "geheim"}),
        careful.post("/sign-in", data=b"x", content_type="multipart/form-data"),
        parts(careful, (b"username\xff", b"wangxiaorong")),
        parts(careful, files=(b"\xb2\xc4\xc1\xcf.pdf",)),
    ):
        assert answer.status_code == 400
        assert LISTED not in words(answer)


def test_a_file_whose_name_is_no_text_is_told_what_to_do(client: FlaskClient) -> None:
    answer = parts(client, (b"username", b"wangxiaorong"), files=(b"\xb2\xc4\xc1\xcf.pdf",))
    assert answer.status_code == 400
    assert "文件名里有认不出的字" in words(answer)
    assert parts(client, (b"username", b"x"), files=("材料.pdf".encode(),)).status_code == 422


@pytest.mark.parametrize("with_files", [False, True])
def test_a_text_that_is_too_long_is_not_taken_for_a_file(app: Flask, client: FlaskClient, with_files: bool) -> None:
    long = b"a" * (app.config["MAX_FORM_MEMORY_SIZE"] + 1)
    answer = parts(client, (b"username", long)) if with_files else client.post("/sign-in", data={"username": long})
    assert answer.status_code == 413
    assert "填写的内容太长" in words(answer)
    assert "文件请压缩" not in words(answer)


def test_files_that_are_too_large_are_called_files(app: Flask, client: FlaskClient) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = parts(client, files=(b"a.pdf" * 300,))
    assert answer.status_code == 413
    assert "文件请压缩或分开上传" in words(answer)


def test_a_text_of_several_megabytes_comes_as_far_as_its_field(client: FlaskClient) -> None:
    assert client.post("/sign-in", data={"username": "a" * 3_000_000, "password": "x"}).status_code == 422


def works(walk: Walk) -> Section:
    """The page of the topic that asks for the name of the works."""
    return next(each for each in walk.item.sections if any(one.key == "project_name" for one in each.questions))


def test_what_the_page_does_not_have_is_said_by_its_label(walk: Walk) -> None:
    sent = walk.example(works(walk).key)
    twice = walk.post_section(works(walk).key, {**sent, "project_name": ["一", "二"]})
    assert twice.status_code == 422
    assert "同一项出现了两次：工程名称。" in words(twice)
    other = next(each for each in walk.item.sections if each is not works(walk))
    elsewhere = walk.post_section(other.key, {**walk.example(other.key), "project_name": "一", "nonsense": "x"})
    said = " ".join(each for _place, each in summary(elsewhere)) or words(elsewhere)
    assert "工程名称" in said
    assert "nonsense" in said


def test_an_address_is_given_back_in_words_under_the_name_the_page_has(app: Flask, walk: Walk) -> None:
    sent = {"version": "1", **walk.example(works(walk).key)}
    app.config["WTF_CSRF_ENABLED"] = True
    page = words(walk.client.post(f"{walk.url}/sections/{works(walk).key}", data=sent)).partition(LISTED)[2]
    assert "工程名称" in page
    assert " / " not in page
    assert "建设地址 成都市锦江区" in page
