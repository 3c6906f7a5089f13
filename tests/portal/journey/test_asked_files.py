"""A file asked for among the questions of a topic: sent with the answers, and lost with none of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from approvals.queries.actor import actor_named
from approvals.queries.draft import TaskState, draft
from portal.demonstration.acting import FILES
from portal.unit_of_work import now, reading
from tests.factories import RESIDENCE
from tests.portal.journey.test_materials import LETTER
from tests.portal.journey.walking import Walk, begin, summary, words

Enter = Callable[[str], FlaskClient]

PHOTO = (FILES / "photo.jpg").read_bytes()
SECTION, NAME = "person", "file-photo"


@pytest.fixture
def walk(signed_in: Enter) -> Walk:
    return begin(signed_in("wangxiaorong"), RESIDENCE)


def post(walk: Walk, files: Mapping[str, tuple[bytes, str]], **changed: str) -> TestResponse:
    """The page of the section as a browser sends it."""
    page = f"/sections/{SECTION}"
    data: dict[str, object] = {
        "version": walk.version(page),
        "next_step": "continue",
        **walk.example(SECTION),
        **changed,
        **{name: FileStorage(io.BytesIO(content), called) for name, (content, called) in files.items()},
    }
    boundary, body = encode_multipart(MultiDict(data))
    return walk.client.post(walk.url + page, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def state(walk: Walk) -> tuple[TaskState, list[str]]:
    """Of the section, and the files handed in on its page."""
    reading().rollback()
    task = draft(reading(), walk.token, by=actor_named(reading(), "wangxiaorong"), at=now()).section(SECTION)
    return task.state, [file.name for each in task.files for file in each.files]


def test_it_is_sent_with_the_answers(walk: Walk) -> None:
    page = walk.get(f"/sections/{SECTION}").get_data(as_text=True)
    assert 'enctype="multipart/form-data"' in page
    assert f'name="{NAME}"' in page
    assert 'accept=".jpg,.png"' in page
    answer = post(walk, {NAME: (PHOTO, "近照.jpg")})
    assert answer.status_code == 303, words(answer)
    assert state(walk) == (TaskState.DONE, ["近照.jpg"])
    assert "近照.jpg" in words(walk.get(f"/sections/{SECTION}"))
    assert "近照.jpg" in words(walk.get("/materials"))


def test_it_may_come_later_but_the_topic_is_not_finished_without_it(walk: Walk) -> None:
    assert post(walk, {}).status_code == 303
    assert state(walk) == (TaskState.BEGUN, [])


def test_an_unfit_file_is_refused_at_its_question_and_the_answers_stay(walk: Walk) -> None:
    answer = post(walk, {NAME: (LETTER, "近照.docx")}, applicant_name="张示例")
    assert answer.status_code == 422
    (place, said), *others = summary(answer)
    assert (place, others) == (NAME, [])
    assert "近照.docx" in said
    assert "另存为 PDF" not in said, "no PDF is taken"
    assert "JPG、PNG" in said
    assert 'value="张示例"' in answer.get_data(as_text=True)
    assert 'value="张示例"' in walk.get(f"/sections/{SECTION}").get_data(as_text=True)


def test_a_file_sent_with_wrong_answers_need_not_be_chosen_again(walk: Walk) -> None:
    answer = post(walk, {NAME: (PHOTO, "近照.jpg")}, applicant_identity="510104199001010018")
    assert answer.status_code == 422
    assert "近照.jpg" in words(answer)
    assert 'value="510104199001010018"' in answer.get_data(as_text=True)
    assert state(walk)[1] == ["近照.jpg"]


def test_it_is_taken_back_by_a_tick(walk: Walk) -> None:
    post(walk, {NAME: (PHOTO, "近照.jpg")})
    assert 'name="take-back-photo-1"' in walk.get(f"/sections/{SECTION}").get_data(as_text=True)
    assert post(walk, {}, **{"take-back-photo-1": "yes"}).status_code == 303
    assert state(walk) == (TaskState.BEGUN, [])


def test_no_other_file_is_taken(walk: Walk) -> None:
    answer = post(walk, {"file-identity_card": (PHOTO, "身份证.jpg")})
    assert answer.status_code == 422
    assert "file-identity_card" in words(answer)
