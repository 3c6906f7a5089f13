"""Handing in files: several at once, each judged on its own; taken back, kept, and served harmlessly."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.records.material import Material
from approvals.storage import Folder
from config import Settings
from portal import create_app
from portal.demonstration.acting import FILES
from portal.demonstration.people import PASSWORD
from portal.unit_of_work import reading
from tests.factories import PERMIT, RESIDENCE
from tests.portal.journey.walking import Walk, begin, sample, summary, title, words
from tests.standing import entered

Enter = Callable[[str], FlaskClient]

PDF, PHOTO, DRAWING = ((FILES / name).read_bytes() for name in ("drawings.pdf", "photo.jpg", "site.dxf"))
LETTER = (Path(__file__).parents[2] / "files" / "letter.docx").read_bytes()


@pytest.fixture
def walk(signed_in: Enter) -> Walk:
    """A citizen's draft, filled in, nothing handed in."""
    made = begin(signed_in("wangxiaorong"), RESIDENCE)
    made.fill_in()
    return made


@pytest.fixture
def key(walk: Walk) -> str:
    """A material that may be a PDF or a picture."""
    return next(one.key for one in walk.item.materials if {"pdf", "jpg"} <= set(one.formats))


def kept() -> list[Material]:
    reading().rollback()
    return list(reading().scalars(select(Material).order_by(Material.id)))


def test_several_real_files_are_handed_in_at_once(walk: Walk, key: str) -> None:
    answer = walk.upload(key, (PDF, "身份证 正反面.pdf"), (PHOTO, "照片.jpg"))
    assert (answer.status_code, answer.location) == (303, f"{walk.url}/materials#material-{key}")
    said = words(walk.get("/materials"))
    assert "身份证 正反面.pdf" in said
    assert "格式已检查，未查毒，3 页" in said
    assert "安全" not in said


def test_a_drawing_is_taken_where_drawings_are_asked_for(signed_in: Enter) -> None:
    handler = signed_in("lijinrong")
    walk = begin(handler, PERMIT, 1)
    assert walk.upload("drawings", (DRAWING, "总图.dxf")).status_code == 303
    answer = walk.upload("contract", (DRAWING, "总图.dxf"))
    assert answer.status_code == 422
    assert "这份材料可以交：PDF、JPG、PNG" in words(answer)


def test_a_word_document_is_refused_with_what_to_do_instead(walk: Walk, key: str) -> None:
    answer = walk.upload(key, (LETTER, "情况说明.docx"))
    assert answer.status_code == 422
    assert title(answer).startswith("错误：")
    said = "「情况说明.docx」是 Word 文档，不能直接上传。请先在 Word 里另存为 PDF，再上传。"
    assert summary(answer) == [(f"material-{key}", said)]
    assert words(answer).count(said) == 2
    assert kept() == []


def test_a_file_that_is_refused_does_not_cost_the_others(walk: Walk, key: str) -> None:
    answer = walk.upload(key, (PDF, "一.pdf"), (LETTER, "二.docx"), (PHOTO, "三.jpg"), (b"", "四.pdf"))
    assert answer.status_code == 422
    assert len(summary(answer)) == 2
    said = words(answer)
    assert "一.pdf" in said
    assert "三.jpg" in said
    assert [one.name for one in kept()] == ["一.pdf", "三.jpg"]


@pytest.mark.parametrize(
    "content, name, said",
    [
        (PDF[:1000], "a.pdf", "打不开"),
        (PHOTO, "a.pdf", "后缀和内容对不上"),
        (PDF + b"PK\x03\x04", "a.pdf", "后面还藏着别的内容"),
        (b"<svg/>", "a.svg", "看不懂"),
        (b"%PDF-" + bytes(21 * 1024 * 1024), "a.pdf", "超过 20 MB"),
        (b"PK\x03\x04", "a.zip", "压缩包"),
    ],
)
def test_a_bad_file_is_refused_in_plain_words(walk: Walk, key: str, content: bytes, name: str, said: str) -> None:
    answer = walk.upload(key, (content, name))
    assert answer.status_code == 422
    assert said in words(answer)


def test_a_name_with_markup_is_shown_and_nothing_else(walk: Walk, key: str) -> None:
    walk.upload(key, (PDF, "<script>alert(1)<b>\u202e.pdf"))
    page = walk.get("/materials").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;b&gt;.pdf" in page


def test_nothing_chosen_and_fields_that_are_not_there_are_refused(walk: Walk, key: str) -> None:
    assert "请先选择文件" in words(walk.upload(key))
    address = f"{walk.url}/materials/{key}"
    for data in (
        {"files": (io.BytesIO(PDF), "a.pdf"), "status": "done"},
        {"other": (io.BytesIO(PDF), "a.pdf")},
        {"files": "no file"},
    ):
        assert walk.client.post(address, data=data, content_type="multipart/form-data").status_code == 422
    assert kept() == []


def test_a_material_that_is_not_asked_for_or_not_uploaded_is_not_there(signed_in: Enter) -> None:
    walk = begin(signed_in("lijinrong"), PERMIT, 1)
    for key in ("no_such_material", "land_approval", "application"):
        assert walk.upload(key, sample()).status_code == 404


def test_the_same_file_sent_twice_is_there_once(walk: Walk, key: str) -> None:
    for _ in range(2):
        assert walk.upload(key, (PDF, "a.pdf"), (PDF, "a.pdf")).status_code == 303
    assert len(kept()) == 1


def test_a_file_taken_back_is_gone_from_the_page_and_kept_in_the_history(walk: Walk, key: str) -> None:
    walk.upload(key, (PDF, "旧.pdf"))
    for _ in range(2):
        gone = walk.client.post(f"{walk.url}/materials/{key}/remove?version=1")
        assert gone.status_code == 303
    assert "旧.pdf" not in words(walk.get("/materials"))
    walk.upload(key, (PHOTO, "新.jpg"))
    assert [(one.name, one.version, one.removed_at is None) for one in kept()] == [
        ("旧.pdf", 1, False),
        ("新.jpg", 2, True),
    ]
    assert walk.client.post(f"{walk.url}/materials/{key}/remove?version=9").status_code == 404


def test_there_is_an_end_to_how_many_files_one_material_has(
    walk: Walk, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("approvals.commands.attach.MOST_FILES", 1)
    answer = walk.upload(key, (PDF, "一.pdf"), (PHOTO, "二.jpg"))
    assert answer.status_code == 422
    assert "「二.jpg」没有收下" in words(answer)
    assert [one.name for one in kept()] == ["一.pdf"]


def test_a_file_is_served_as_it_came_with_headers_that_keep_it_harmless(walk: Walk, key: str) -> None:
    walk.upload(key, (PDF, "身份证';x=.pdf"))
    answer = walk.client.get(f"/applications/{walk.token}/materials/{key}/1")
    assert answer.get_data() == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith('inline; filename="___')
    assert disposition.endswith("filename*=UTF-8''%E8%BA%AB%E4%BB%BD%E8%AF%81%27%3Bx%3D.pdf")


def test_a_drawing_is_served_to_be_kept_not_shown(signed_in: Enter) -> None:
    walk = begin(signed_in("lijinrong"), PERMIT, 1)
    walk.upload("drawings", (DRAWING, "总图.dxf"))
    answer = walk.client.get(f"/applications/{walk.token}/materials/drawings/1")
    assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_a_file_is_served_to_nobody_else(walk: Walk, key: str, signed_in: Enter, client: FlaskClient) -> None:
    walk.upload(key, (PDF, "a.pdf"))
    address = f"/applications/{walk.token}/materials/{key}/1"
    assert signed_in("yanmao").get(address).status_code == 404
    assert signed_in("lijinrong").get(address).status_code == 404
    assert signed_in("clerk-ga").get(address).status_code == 403  # not an address for staff, whatever it names
    assert client.get(address).status_code == 302
    assert signed_in("wangxiaorong").get(address.replace("/1", "/2")).status_code == 404


def test_every_row_has_its_file_in_the_storage(walk: Walk, key: str, app: Flask) -> None:
    walk.upload(key, (PDF, "a.pdf"), (PHOTO, "b.jpg"))
    storage = Folder(app.extensions["settings"].files)
    assert all(storage.holds(one.sha256) for one in kept())


def test_an_alternative_that_was_not_chosen_is_offered_nowhere(walk: Walk) -> None:
    for page in ("/materials", "/check"):
        said = words(walk.get(page))
        assert "就业证明" in said
        assert "居住地址证明" not in said
        assert "就读证明" not in said
    assert walk.upload("proof_of_home", (PDF, "租房合同.pdf")).status_code == 404
    assert kept() == []


def test_what_was_handed_in_for_an_alternative_comes_back_with_it(walk: Walk) -> None:
    assert walk.upload("proof_of_work", (PDF, "劳动合同.pdf")).status_code == 303
    walk.post_section("residence", walk.example("residence", ground="study", school="成都示例学院"))
    assert "劳动合同.pdf" not in words(walk.get("/materials"))
    walk.post_section("residence", walk.example("residence"))
    assert "劳动合同.pdf" in words(walk.get("/materials"))


def test_pages_say_the_largest_size_that_is_set(home: Path) -> None:
    """Wherever a file is chosen, and in the guide."""
    settings = Settings(home=home, demonstration=True, upload_megabytes=37, log_level="ERROR")
    with entered(create_app(settings)) as app:
        client = app.test_client()
        client.post("/sign-in", data={"username": "wangxiaorong", "password": PASSWORD})
        walk = begin(client, RESIDENCE)
        walk.fill_in()
        pages = [client.get(f"/services/{RESIDENCE}"), walk.get("/materials")]
        asking = next(one.asked_in for one in walk.item.materials if one.asked_in)
        pages.append(walk.get(f"/sections/{asking}"))
        for page in pages:
            html = page.get_data(as_text=True)
            assert "37 MB" in html
            assert "20 MB" not in html
            assert str(20 * 1024 * 1024) not in html
        assert f'data-limit="{37 * 1024 * 1024}"' in pages[1].get_data(as_text=True)
