"""Every kind of question the catalogue may ask is drawn with its label, takes what was typed, and shows its error."""

from __future__ import annotations

from datetime import date

import html5lib
import pytest
from werkzeug.datastructures import MultiDict

from forms.build import ask
from forms.fields import Asking
from forms.widgets import errors, params
from services.conditions import Condition
from services.item import Choice, Kind, Question, Section, Text
from tests.look.gallery import draw

ASKING = Asking("zh", date(2026, 11, 22), {"510104": Text("锦江区"), "510105": Text("青羊区")})
CHOICES = (Choice("a", Text("房屋建筑")), Choice("b", Text("市政基础设施")))
DRAWN = "{% from 'parts/field.html' import field %}{{ field(params) }}"
SUMMARY = "{% from 'parts/error_summary.html' import error_summary %}{{ error_summary(errors) }}"


def question(kind: Kind) -> Question:
    columns = (Question("name", Kind.TEXT, Text("名称")), Question("since", Kind.DATE, Text("日期")))
    return Question(
        "q",
        kind,
        Text("要问的事"),
        choices=CHOICES if kind in {Kind.CHOICE, Kind.CHOICES} else (),
        columns=columns if kind in {Kind.GROUP, Kind.TABLE} else (),
        statement=Text("内容属实") if kind in {Kind.DECLARATION, Kind.SIGNATURE} else None,
    )


@pytest.mark.parametrize("kind", Kind)
def test_a_question_is_drawn_under_the_names_its_form_reads(kind: Kind) -> None:
    form = ask(Section("s", Text("一组"), (question(kind),)), ASKING)
    (field,) = form.fields
    tree = html5lib.parse(draw(DRAWN, params=params(field)), namespaceHTMLElements=False)
    drawn = {e.get("name") for e in tree.iter() if e.tag in {"input", "select", "textarea"}}
    assert drawn == set(field.names)
    assert "要问的事" in "".join(tree.itertext())


@pytest.mark.parametrize("kind", Kind)
def test_the_error_of_a_question_leads_to_it(kind: Kind) -> None:
    form = ask(Section("s", Text("一组"), (question(kind),)), ASKING, MultiDict[str, str]())
    assert not form.validate()
    (field,) = form.fields
    html = draw(DRAWN + SUMMARY, params=params(field), errors=errors(form))
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    (link,) = [e for e in tree.iter("a") if str(e.get("href")).startswith("#")]
    target = next(e for e in tree.iter() if e.get("id") == str(link.get("href")).removeprefix("#"))
    assert target.tag in {"input", "select", "textarea"}
    assert "".join(tree.itertext()).count(str(link.text)) == 2


def test_what_was_typed_stands_in_the_page_again() -> None:
    kinds = (Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.ADDRESS, Kind.CHOICE, Kind.CHOICES, Kind.YES_NO, Kind.LONG_TEXT)
    offered = {Kind.CHOICE: CHOICES, Kind.CHOICES: CHOICES}
    asked = tuple(Question(kind.value, kind, Text(kind.value), choices=offered.get(kind, ())) for kind in kinds)
    typed = MultiDict(
        [
            ("text", "𠮷祥"),
            ("number", "两亿"),
            ("date-year", "2026"),
            ("date-month", "13"),
            ("date-day", "40"),
            ("address-region", "510105"),
            ("address-detail", "示例路 1 号"),
            ("choice", "b"),
            ("choices", "a"),
            ("choices", "b"),
            ("yes_no", "no"),
            ("long_text", "\n第一行\n第二行"),
        ]
    )
    form = ask(Section("s", Text("一组"), asked), ASKING, typed)
    html = "".join(draw(DRAWN, params=params(field)) for field in form.fields)
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    kept = [(e.get("name"), e.get("value")) for e in tree.iter("input") if e.get("type") == "text"]
    kept += [(e.get("name"), e.get("value")) for e in tree.iter("input") if e.get("checked") is not None]
    selects = [s.get("name") for s in tree.iter("select")]
    kept += [(name, e.get("value")) for name in selects for e in tree.iter("option") if e.get("selected") is not None]
    kept += [(e.get("name"), e.text) for e in tree.iter("textarea")]
    assert sorted(map(str, kept)) == sorted(map(str, typed.items(multi=True)))


def test_a_conditional_question_says_that_it_need_not_apply() -> None:
    first = Question("night", Kind.YES_NO, Text("要不要夜间施工"))
    second = Question("hours", Kind.TEXT, Text("夜间几点到几点"), ask_if=Condition.parse("night"))
    form = ask(Section("s", Text("一组"), (first, second)), ASKING)
    one, other = (draw(DRAWN, params=params(field)) for field in form.fields)
    assert "适用时填写" not in one
    assert "适用时填写" in other
