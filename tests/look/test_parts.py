"""Every part and layout gives clean HTML: it parses, ids are unique, fields have labels, nothing is inline."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from tests.look.gallery import ERRORS, LAYOUTS, PARTS, ROOT, draw, draw_everything, draw_layout, draw_part, frame

CONTEXT: dict[str, object] = {
    "status": 409,
    "heading": "情况有变化",
    "words": "这一页在别处改过了。",
    "number": "0192-77ab",
    "kept": [("reason", "方案齐全\n<同意>")],
}

DRAWINGS = ("ry-lane__track", "ry-lanes__grid", "ry-lanes__axis")

TYPED = frozenset({"text", "email", "tel", "password", "search", "file", "radio", "checkbox", "number"})


def parse(html: str) -> Element:
    """The tree of a page; any error the HTML standard names is a failure here."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    return tree


@cache
def trees() -> dict[str, Element]:
    return {name: parse(html) for name, html in pages().items()}


def parse_part(html: str) -> Element:
    return parse(f"<!doctype html><html lang='zh-CN'><head><title>样张</title></head><body>{html}</body></html>")


def words_of(element: Element) -> str:
    return "".join(element.itertext()).strip()


@cache
def pages() -> dict[str, str]:
    drawn = {name: draw_layout(name, **CONTEXT) for name in LAYOUTS}
    drawn["signed out"] = draw_layout("page", ui=frame(signed_in=False, language="en", theme="dark", elder=True))
    drawn["everything"] = draw_everything()
    return drawn


def test_every_part_has_a_sample() -> None:
    """Parts that use the portal's own filters are drawn by the portal's tests; the question page is drawn as a page."""
    files = (ROOT / "templates" / "parts").glob("*.html")
    plain = {path.stem for path in files if not re.search(r"\|\s*(?:t|day|instant)\b", path.read_text("utf-8"))}
    assert plain - {"question_page"} == set(PARTS)


def test_every_part_says_in_its_first_line_how_it_is_used() -> None:
    parts = (ROOT / "templates" / "parts").rglob("*.html")
    assert not [path.name for path in parts if not path.read_text("utf-8").startswith("{# ")]


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_valid_html(name: str) -> None:
    parse_part(draw_part(name))


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_page_is_valid_html(name: str) -> None:
    tree = parse(draw_layout(name, **CONTEXT))
    assert len(tree.findall(".//h1")) == 1
    assert tree.find(".//main[@id='main']") is not None
    first = tree.find("body/*")
    assert first is not None
    assert first.get("href") == "#main"


def test_nothing_is_inline() -> None:
    for name, tree in trees().items():
        for element in tree.iter():
            assert "style" not in element.attrib, (name, element.tag)
            assert not [key for key in element.attrib if str(key).startswith("on")], (
                name,
                element.tag,
            )
            assert element.tag != "style", name
            if element.tag == "script":
                assert element.get("src"), name
                assert not words_of(element), name
            assert not str(element.get("href", "")).startswith("javascript:"), name


def test_ids_are_unique_and_every_reference_leads_somewhere() -> None:
    for name, tree in trees().items():
        ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
        assert not [key for key, count in ids.items() if count > 1], name
        for element in tree.iter():
            for key in ("aria-describedby", "aria-labelledby", "for", "data-chosen"):
                for target in str(element.get(key, "")).split():
                    assert target in ids, (name, key, target)
            href = str(element.get("href", ""))
            if element.tag == "a" and href.startswith("#"):
                assert href[1:] in ids, (name, href)


def test_every_field_has_a_label_and_every_button_a_name() -> None:
    for name, tree in trees().items():
        labelled = {label.get("for") for label in tree.iter("label")}
        inside = {id(field) for label in tree.iter("label") for field in label.iter() if words_of(label)}
        for field in tree.iter():
            is_field = field.tag in {"select", "textarea"} or (field.tag == "input" and field.get("type") in TYPED)
            if is_field:
                assert field.get("id") in labelled or id(field) in inside, (name, field.attrib)
            if field.tag in {"button", "a"}:
                assert words_of(field) or field.get("aria-label"), (name, field.attrib)


def test_every_group_has_a_legend_and_every_form_that_posts_its_token() -> None:
    for name, tree in trees().items():
        for group in tree.iter("fieldset"):
            assert group[0].tag == "legend", name
            assert words_of(group[0]), name
        for form in tree.iter("form"):
            if form.get("method") == "post":
                assert form.find(".//input[@name='csrf_token']") is not None, (name, form.get("action"))


def test_pictures_are_named_or_hidden() -> None:
    for name, tree in trees().items():
        for element in tree.iter():
            if str(element.tag).endswith("svg") and element.get("aria-hidden") is None and element.get("class"):
                is_nested = str(element.get("class")).startswith("ax")
                assert is_nested or (element.get("role") == "img" and element.get("aria-label")), (name, element.attrib)


def test_an_error_is_said_in_the_same_words_above_and_beside_the_field() -> None:
    tree = parse(draw_layout("question"))
    assert words_of(tree.findall(".//title")[0]).startswith("错误：")
    summary = tree.find(".//*[@role='alert'][@data-error-summary='']")
    assert summary is not None
    for target, words in ERRORS:
        field = next(element for element in tree.iter() if element.get("id") == target)
        assert field.get("aria-invalid") == "true"
        beside = [words_of(e) for e in tree.iter("p") if e.get("id") == f"{target}-error"]
        assert beside == [f"错误：{words}"]
        assert f"{target}-error" in str(field.get("aria-describedby"))
        assert words in [words_of(link) for link in summary.iter("a") if link.get("href") == f"#{target}"]


def test_a_page_without_errors_does_not_say_error() -> None:
    title = parse(draw_layout("page", errors=[])).find(".//title")
    assert title is not None
    assert words_of(title) == "样张 · 天府蓉易办"


def test_what_was_typed_comes_back_escaped_but_never_a_password() -> None:
    html = draw_part("field")
    assert "&lt;b&gt;不是标签&lt;/b&gt;" in html
    assert "不写回页面" not in html
    assert 'value="&lt;开餐馆&gt;"' in draw_part("search_box")


@pytest.mark.parametrize(
    "theme,elder,language,lang",
    [("dark", False, "zh", "zh-CN"), ("light", True, "zh", "zh-CN"), ("dark", True, "en", "en")],
)
def test_modes_are_attributes_of_the_page(theme: str, elder: bool, language: str, lang: str) -> None:
    root = parse(draw_layout("staff", ui=frame(theme=theme, elder=elder, language=language)))
    assert root.get("lang") == lang
    assert root.get("data-bs-theme") == theme
    assert root.get("data-elder") == ("on" if elder else None)
    assert root.get("data-density") == "compact"
    pressed = {button.get("name"): button.get("aria-pressed") for button in root.iter("button")}
    assert pressed["theme"] == ("true" if theme == "dark" else "false")
    assert pressed["elder"] == ("true" if elder else "false")


def test_the_tracker_says_in_words_and_in_a_table_what_it_draws() -> None:
    tree = parse_part(draw_part("lanes"))
    lists = [e for e in tree.iter("li") if "ry-lane" in str(e.get("class")).split()]
    first = words_of(lists[0])
    assert "成都市住房和城乡建设局" in first
    assert "审查中" in first
    assert "余 4 个工作日" in first
    tables = tree.findall(".//table")
    assert [len(table.findall("./tbody/tr")) for table in tables] == [9, 18, 1]
    assert len(lists) == 28
    for drawing in (
        e for e in tree.iter() if str(e.get("class", "")) in {"ry-lane__track", "ry-lanes__grid", "ry-lanes__axis"}
    ):
        assert drawing.get("aria-hidden") == "true"


def test_flags_that_stand_close_take_a_lower_tier() -> None:
    html = draw("{% from 'parts/lanes.html' import lanes %}{{ lanes(crowded) }}")
    tiers = dict(re.findall(r'class="ax ax-(\w+) tw-(\d)', html))
    assert tiers == {"promise": "0", "today": "1", "law": "2"}


def test_on_the_axis_of_a_stage_of_one_day_the_flags_do_not_collide() -> None:
    board = "{'axis_days': 7, 'today': 0, 'today_label': '11月22日', 'promise': (1, '11月23日'), "
    board += "'statutory': (5, '11月27日'), 'holidays': [], 'week_ends': [], 'lanes': []}"
    html = draw("{% from 'parts/lanes.html' import lanes %}{{ lanes(" + board + ") }}")
    flags = re.findall(r'class="ax ax-(\w+) tw-(\d) ts-(\d)', html)
    assert flags == [("today", "0", "0"), ("promise", "1", "1"), ("law", "0", "0")]


def test_more_than_sixteen_lanes_fold_the_finished_ones() -> None:
    tree = parse_part(draw("{% from 'parts/lanes.html' import lanes %}{{ lanes(crowded) }}"))
    folds = [words_of(s) for s in tree.iter("summary")]
    assert folds == ["看图例", "已办结 2 个部门"]


def test_every_mark_and_icon_a_template_names_is_in_the_sprite() -> None:
    sprite = (ROOT / "static" / "images" / "sprite.svg").read_text("utf-8")
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = {match for html in pages().values() for match in re.findall(r"sprite\.svg#([\w-]+)", html)}
    assert used <= known
    assert {
        f"m-{state}" for state in ("done", "review", "wait", "paused", "returned", "soon", "late", "refused")
    } <= used


def test_every_class_a_part_uses_has_a_style() -> None:
    styles = "".join(path.read_text("utf-8") for path in (ROOT / "static" / "css").rglob("*.css"))
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", styles))
    unstyled = {"g-axis", "ry-turn", "ax", "ax-promise", "ax-law", "tw-0", "ts-0", "ry-lanes--tw-0", "ry-lanes--ts-0"}
    unstyled |= {"ry-flow__time"}
    values = (value for html in pages().values() for value in re.findall(r'class="([^"]*)"', html))
    classes = {name for value in values for name in value.split()}
    assert classes - known - unstyled == set()


def test_colours_stand_in_the_tokens_alone() -> None:
    """Parts name roles; literals are for paper (sheet, viewer), print and the number in the footer."""
    allowed = {"sheet.css", "print.css"}
    strangers = {}
    for path in sorted((ROOT / "static" / "css" / "parts").glob("*.css")):
        found = re.findall(r"#[0-9a-fA-F]{3,8}\b", re.sub(r"url\(#[\w-]+\)", "", path.read_text("utf-8")))
        if found and path.name not in allowed:
            strangers[path.name] = sorted(set(found))
    assert strangers == {"page.css": ["#fff"], "staff.css": ["#1b1b1b", "#a87400", "#fcefcb", "#fff"]}


ON_DEVICES = ("manifest", "apple-touch-icon")
"""The manifest is asked for when the page is whole, and counted; the icon only by who puts the portal on a screen."""


def test_a_first_visit_asks_for_at_most_twelve_files() -> None:
    for name in ("page", "staff"):
        tree = parse(draw_layout(name))
        files = {e.get("href") for e in tree.iter("link") if e.get("rel") not in (*ON_DEVICES, "icon")}
        files |= {e.get("src") for e in tree.iter("script")}
        files |= {str(e.get("href")).split("#")[0] for e in tree.iter() if str(e.tag).endswith("use")}
        manifests = sum(e.get("rel") == "manifest" for e in tree.iter("link"))
        assert len(files) + manifests + 1 <= 12, sorted(map(str, files))
        assert all(Path(f"{ROOT}{file}").is_file() for file in files)
