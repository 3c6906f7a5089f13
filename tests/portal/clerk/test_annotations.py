"""Annotations on a page of a material: written with and without scripts, read by need, taken over to be mended."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from approvals.commands.annotate import Place, annotate, remove_annotation
from approvals.errors import NotFound, NotYourAnnotation, PlaceNotOnPage, Refusal, TooManyAnnotations
from approvals.events import Event
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.invariants import examine
from approvals.records.annotation import Annotation
from approvals.records.event import EventRecord
from portal.unit_of_work import changing, now, reading
from tests.counting import statements
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
WORDS = "围挡和人行道之间只有 1.2 米，请改到 1.5 米。"


def today() -> str:
    """On which the pages act."""
    return now().today.isoformat()


def desk(number: str, key: str, action: str = "") -> str:
    return f"/office/steps/{number}/{key}" + (f"/{action}" if action else "")


def said(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def note(client: FlaskClient, number: str, key: str = "gc307", **form: str) -> tuple[int, str]:
    sent = {"material": "traffic_plan", "version": "1", "page": "2", "text": WORDS, **form}
    answer = client.post(desk(number, key, "notes"), data=sent)
    return answer.status_code, answer.get_data(as_text=True)


def kept() -> list[Annotation]:
    reading().rollback()
    return list(reading().scalars(select(Annotation).order_by(Annotation.number)))


@pytest.fixture
def permit(office: Office) -> str:
    number = office.small(occupies_road=True)
    office.take(number, "accept")
    return number


def test_a_note_stands_beside_the_file_with_page_author_department_and_step(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    assert note(clerk, permit)[0] == 303
    html = said(clerk, desk(permit, "gc307"))
    section = html[html.index('id="notes-traffic_plan-1"') :]
    section = section[: section.index("</section>")]
    assert WORDS in section
    assert "第 2 页" in section
    assert re.search(r"（示例）.*城市管理", section, re.DOTALL)
    assert 'data-x="' not in section, "the whole page is meant"
    assert "删除批注" in section


def test_a_place_on_the_page_is_kept_in_fractions(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    assert note(clerk, permit, x="0.25", y="0.5", width="0.12344", height="0")[0] == 303
    assert [each.place for each in kept()] == [[0.25, 0.5, 0.1234, 0.0]]
    assert 'data-x="0.25" data-y="0.5"' in said(clerk, desk(permit, "gc307"))


@pytest.mark.parametrize(
    "form, words, status",
    [
        ({"text": " "}, "请写批注内容", 422),
        ({"text": "长" * 501}, "最多写 500 个字", 422),
        ({"page": "三"}, "请写页码", 422),
        ({"page": "99"}, "这个文件有 3 页", 422),
        ({"x": "1.5", "y": "0", "width": "0", "height": "0"}, "这个文件有 3 页", 422),
        ({"x": "nan", "y": "0", "width": "0", "height": "0"}, "这个文件有 3 页", 422),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_typed_text_is_kept(
    permit: str, signed_in: Enter, form: dict[str, str], words: str, status: int
) -> None:
    answered, html = note(signed_in("clerk-cg"), permit, **form)
    assert answered == status
    assert words in html
    assert 'href="#notes-traffic_plan-1-' in html
    assert form.get("text", WORDS).strip()[:40] in html
    assert kept() == []


@pytest.mark.parametrize(
    "form",
    [{"x": "left", "y": "0", "width": "0", "height": "0"}, {"x": "0.5"}, {"version": "0"}, {"strange": "field"}],
)
def test_a_form_that_is_not_ours_changes_nothing(permit: str, signed_in: Enter, form: dict[str, str]) -> None:
    assert note(signed_in("clerk-cg"), permit, **form)[0] == 422
    assert kept() == []


@pytest.mark.parametrize("form", [{"material": "survey"}, {"material": "nothing"}, {"version": "7"}])
def test_only_what_the_step_sees_is_annotated(permit: str, signed_in: Enter, form: dict[str, str]) -> None:
    assert note(signed_in("clerk-cg"), permit, **form)[0] == 404
    assert kept() == []


def test_those_read_it_whose_step_sees_the_material_and_the_applicant_does_not(
    office: Office, permit: str, signed_in: Enter
) -> None:
    note(signed_in("clerk-cg"), permit)
    other = said(signed_in("clerk-ga"), desk(permit, "gc308"))
    assert WORDS in other
    assert "删除批注" not in other, "it is somebody else's"
    assert 'form="take-notes"' not in other[: other.index("写批注")]
    for address, who in ((desk(permit, "decide"), "clerk-zj"), (f"/applications/{permit}", "lijinrong")):
        assert WORDS not in said(signed_in(who), address)
    assert signed_in("clerk-sc").post(desk(permit, "gc307", "notes"), data={}).status_code == 404


def test_only_its_author_removes_it_and_only_until_the_decision(office: Office, permit: str, signed_in: Enter) -> None:
    author, colleague = signed_in("clerk-cg"), signed_in("head-cg")
    note(author, permit)
    note(author, permit, text="第二条。")
    assert "删除批注" not in said(colleague, desk(permit, "gc307"))
    answer = colleague.post(desk(permit, "gc307", "notes/1/remove"))
    assert answer.status_code == 403
    assert "只有写批注的人才能删除" in answer.get_data(as_text=True)
    assert author.post(desk(permit, "gc307", "notes/1/remove")).status_code == 303
    html = said(author, desk(permit, "gc307"))
    assert WORDS not in html
    assert "第二条。" in html
    office.take(permit, "gc307", today())
    assert "删除批注" not in said(author, desk(permit, "gc307"))
    assert author.post(desk(permit, "gc307", "notes/2/remove")).status_code == 409
    assert note(author, permit)[0] == 409
    assert [each.removed_at is None for each in kept()] == [False, True]


def test_the_trail_proves_what_was_noted(office: Office, permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    note(clerk, permit)
    clerk.post(desk(permit, "gc307", "notes/1/remove"))
    note(clerk, permit, text="还有一条。")
    reading().rollback()
    events = reading().scalars(
        select(EventRecord).where(EventRecord.kind.startswith("annot")).order_by(EventRecord.sequence)
    )
    assert [each.kind for each in events] == [Event.ANNOTATED, Event.ANNOTATION_REMOVED, Event.ANNOTATED]
    told = reading().scalars(select(EventRecord.data).where(EventRecord.kind == str(Event.ANNOTATED))).all()
    assert WORDS not in str(told)
    assert examine(reading(), office.storage, at=now()).broken == []
    reading().rollback()
    reading().execute(update(Annotation).where(Annotation.number == 2).values(text="别的。"))
    assert [each for each in examine(reading(), office.storage, at=now()).broken if "annotation 2" in each]
    reading().rollback()


def test_notes_are_taken_into_the_correction_request_one_by_one(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    note(clerk, permit)
    note(clerk, permit, text="这一条不用改。")
    note(clerk, permit, material="road_outline", page="1", text="比例尺没有标。")
    html = said(clerk, f"{desk(permit, 'gc307')}?mend=notes&note=1&note=3&note=x")
    form = html[html.index('id="correction"') :]
    assert form.startswith('id="correction" open')
    assert re.search(r'value="material-traffic_plan" checked', form)
    assert re.search(r'value="material-road_outline" checked', form)
    assert f"第 2 页：{WORDS}" in form
    assert "第 1 页：比例尺没有标。" in form
    assert "这一条不用改。" not in form


def test_the_desk_asks_as_often_for_many_notes_as_for_one(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    note(clerk, permit)
    said(clerk, desk(permit, "gc307"))
    with statements() as one:
        said(clerk, desk(permit, "gc307"))
    for _ in range(5):
        note(clerk, permit)
    note(clerk, permit, material="road_outline", page="1")
    with statements() as many:
        said(clerk, desk(permit, "gc307"))
    assert len(many) == len(one)


def test_what_was_replaced_keeps_its_notes_as_such(office: Office, permit: str, signed_in: Enter) -> None:
    note(signed_in("clerk-cg"), permit)
    office.ask(permit, "gc307", "traffic_plan", day=today())
    assert note(signed_in("clerk-cg"), permit, text="等补正时写的。")[0] == 303, "while it is with the applicant"
    office.mend(permit, today(), files=("traffic_plan",))
    html = said(signed_in("clerk-cg"), desk(permit, "gc307"))
    assert "以前版本上的批注" in html
    assert WORDS in html
    assert 'id="notes-traffic_plan-2"' in html


def test_the_command_itself_refuses(office: Office, permit: str) -> None:
    by, at = actor_named(reading(), "clerk-cg"), office.at("2026-05-08")

    def tried(**more: Any) -> type[Refusal] | None:
        given = {"material": "traffic_plan", "version": 1, "page": 1, "text": "一", **more}
        try:
            with changing(by, at) as session:
                annotate(for_change.step(session, permit, "gc307"), **given, by=by, at=at)
        except Refusal as refusal:
            return type(refusal)
        return None

    assert tried(page=4) is PlaceNotOnPage
    assert tried(place=Place(0.9, 0.9, 0.2, 0.0)) is PlaceNotOnPage
    assert tried(place=Place(0.0, 0.0, 1.0, 1.0)) is None
    assert tried(material="survey") is NotFound
    for number, refusal in ((9, NotFound), (1, NotYourAnnotation)):
        other = actor_named(reading(), "head-cg")
        with pytest.raises(refusal), changing(other, at) as session:
            remove_annotation(for_change.step(session, permit, "gc307"), number, by=other, at=at)
    for _ in range(199):
        assert tried() is None
    assert tried() is TooManyAnnotations
