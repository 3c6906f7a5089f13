"""What a department writes on its certificates: two people let it into force, and what was issued stays as it was."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.certificates.desk import Desk
from approvals.certificates.make import make
from approvals.queries.pending_paper import pending_paper
from approvals.records.certificate import Certificate
from portal.unit_of_work import reading
from services.current import catalogue
from tests.approvals.commands.test_register import DAY, decidable, grant
from tests.fixtures.heart import Office
from tests.outside import require_tool

PAGE = "/office/papers/construction-permit"


def typed(**changes: str) -> dict[str, str]:
    """The form as it stands, with changes."""
    spec = catalogue().item("construction-permit").certificate
    assert spec is not None
    fields = {
        "version": "0",
        "title": spec.title.zh,
        "title_en": spec.title.en,
        "statement": spec.statement.zh,
        "statement_en": spec.statement.en,
        "notes": "\n".join(note.zh for note in spec.notes),
        "notes_en": "",
        "reason": "依据新的格式文本。",
    }
    for number, (_key, label) in enumerate(spec.fields):
        fields |= {f"place-{number}": str(number + 1), f"label-{number}": label.zh, f"english-{number}": label.en}
    return fields | {name.replace("__", "-"): value for name, value in changes.items()}


def shown(pdf: bytes, tmp_path: Path) -> str:
    (tmp_path / "paper.pdf").write_bytes(pdf)
    command = [require_tool("pdftotext"), "-layout", str(tmp_path / "paper.pdf"), "-"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def test_a_clerk_writes_the_head_publishes_and_only_what_is_granted_afterwards_changes(
    office: Office, signed_in: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    before = decidable(office)
    grant(office, before)
    clerk, head = signed_in("clerk-zj"), signed_in("head-zj")
    written = typed(
        statement="准予{project_name}（{builder_name}）于{issued_on:han}起施工。<b>特此</b>。", place__1="0"
    )
    assert clerk.post(PAGE, data=written).status_code == 303
    seal = {
        "version": "0",
        "name": "成都市住建局",
        "mark": "none",
        "line": "专用章",
        "serial": "5101",
        "reason": "换章。",
    }
    assert clerk.post("/office/papers/seal", data=seal).status_code == 303
    assert clerk.post(f"{PAGE}/1/decide", data={"verb": "publish"}).status_code == 403
    assert head.post(f"{PAGE}/1/decide", data={"verb": "publish"}).status_code == 303
    assert head.post("/office/papers/seal/1/decide", data={"verb": "publish"}).status_code == 303
    assert head.post(f"{PAGE}/1/decide", data={"verb": "publish"}).status_code == 409

    after = decidable(office)
    grant(office, after, DAY)
    old, new = reading().scalars(select(Certificate).order_by(Certificate.id)).all()
    assert (old.text_id, old.seal_id, "seal" in old.sheet) == (None, None, False)
    assert new.text_id is not None
    assert new.seal_id is not None
    assert new.sheet["seal"]["name"] == "成都市住建局"
    assert "工程名称" not in dict(new.sheet["fields"])
    assert "于二〇二六年五月十一日起施工。<b>特此</b>。" in new.sheet["statement"]

    # Another version comes into force: what was registered is made with the one it holds on to.
    assert clerk.post(PAGE, data=typed(version="1", statement="另一种说法。")).status_code == 303
    assert head.post(f"{PAGE}/2/decide", data={"verb": "publish"}).status_code == 303
    paper = pending_paper(reading(), new.application_id)
    assert paper is not None
    desk = Desk(office.app.extensions["settings"].keys)
    made = make(paper, desk, public_url="https://a.example", is_demonstration=True, at=office.at(DAY).instant)
    text = shown(made.pdf, tmp_path)
    assert "<b>特此</b>" in text
    assert "另一种说法" not in text


def test_whoever_wrote_does_not_publish_and_a_stale_page_is_told(
    app: Flask, signed_in: Callable[[str], FlaskClient]
) -> None:
    clerk, head = signed_in("clerk-zj"), signed_in("head-zj")
    assert head.post(PAGE, data=typed()).status_code == 303
    own = head.post(f"{PAGE}/1/decide", data={"verb": "publish"})
    assert own.status_code == 403
    assert "另一位负责人" in own.get_data(as_text=True)
    late = clerk.post(PAGE, data=typed(title="我的标题"))
    assert late.status_code == 409
    assert "我的标题" in late.get_data(as_text=True)
    assert head.post(f"{PAGE}/1/decide", data={"verb": "decline"}).status_code == 303
    assert head.post(f"{PAGE}/1/decide", data={"verb": "decline"}).status_code == 409
    assert signed_in("head-ga").get(PAGE).status_code == 404
    assert signed_in("wangxiaorong").get(PAGE).status_code == 403


def test_what_cannot_stand_is_told_at_its_place_and_nothing_is_kept(
    app: Flask, signed_in: Callable[[str], FlaskClient]
) -> None:
    clerk = signed_in("clerk-zj")
    for change, words in (
        ({"statement": "准予{{ 7*7 }}"}, "第 1 行第 3 个字"),
        ({"statement": "准予{cmd}"}, "没有「{cmd}」这个占位"),
        ({"statement": "字" * 4000}, "有 4000 个字，最多 400 个字"),
        ({"statement": "甲\u202e乙"}, "看不见"),
        ({"notes": "一\n" * 7}, "有 7 条，最多 6 条"),
        ({"notes_en": "one"}, "英文也要 3 条"),
        ({"title": "许可\ue000证"}, "第 3 个字是自造字"),
    ):
        answer = clerk.post(PAGE, data=typed(**change))
        assert answer.status_code == 422, change
        assert words in answer.get_data(as_text=True), change
    assert "还没有改过" in clerk.get(PAGE).get_data(as_text=True)


def test_the_preview_is_the_page_and_says_so(
    app: Flask, signed_in: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    clerk = signed_in("clerk-zj")
    worst = typed(title="证" * 30, notes="\n".join(["长" * 150] * 6), statement="文" * 400)
    answer = clerk.post(f"{PAGE}/preview", data=worst | {"reason": ""})
    assert answer.mimetype == "application/pdf"
    text = shown(answer.data, tmp_path)
    assert text.replace("\n", "").replace(" ", "").count("长") == 6 * 150
    assert "示例申请人" not in text
    (tmp_path / "keep.pdf").write_bytes(answer.data)
    assert "还没有改过" in clerk.get(PAGE).get_data(as_text=True)
    seal = {"version": "0", "name": "局" * 30, "mark": "star", "line": "章" * 10, "serial": "1" * 18, "reason": ""}
    assert clerk.post("/office/papers/seal/preview", data=seal).mimetype == "application/pdf"
