"""Writs as words and as files: what the law wants said stands there, in both languages, whatever people wrote."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from approvals.certificates import archive, writ_paper
from approvals.certificates import press as press_apart
from approvals.certificates.archive import TooLong
from approvals.certificates.desk import Desk
from approvals.certificates.examine import Verdict, examine
from approvals.certificates.press import press
from approvals.certificates.signatories import signatory
from approvals.certificates.trust import trusted
from approvals.certificates.writ import WritSheet
from approvals.spawned import Jammed
from approvals.vocabulary import WritKind
from tests.approvals.certificates.samples import EXAMINED_AT
from tests.approvals.certificates.test_paper import text_of, words_of
from tests.approvals.certificates.writs import COMMON, DRAWN_UP_AT, FACTS, writ

HOSTILE = {
    "markup": "<b>粗</b><img src=file:///etc/passwd onerror=alert(1)>&amp;",
    "template": "{{ 7 * 7 }}{% for x in y %}{reason}{0.__class__}",
    "turned": "甲\u202e乙\u2066丙\u200f丁",
    "long": "示例文字" * 2500,
    "unbroken": "A" * 3000,
    "rare": "𠮷㼆\U0003106c",
}


def said(sheet: WritSheet) -> str:
    rows = sheet.table.rows if sheet.table else ()
    return "\n".join((sheet.title, *sheet.before, *(cell for row in rows for cell in row), *sheet.after))


@pytest.mark.parametrize("kind", list(WritKind))
def test_every_kind_says_in_both_languages_what_it_is_about(kind: WritKind) -> None:
    chinese, english = writ(kind), writ(kind, "en")
    assert "{" not in said(chinese) + said(english)
    assert COMMON["application"] in said(chinese)
    assert COMMON["application"] in said(english)
    assert chinese.title != english.title
    assert "None" not in said(chinese) + said(english)


def test_the_end_of_a_special_procedure_is_marked_where_it_may_move(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "预计至2026年5月29日。" in said(writ(WritKind.SPECIAL_PROCEDURE))
    later = {**FACTS[WritKind.SPECIAL_PROCEDURE], "until": "2027-01-08", "provisional": ["until"]}
    monkeypatch.setitem(FACTS, WritKind.SPECIAL_PROCEDURE, later)
    assert "预计至2027年1月8日（预计）。" in said(writ(WritKind.SPECIAL_PROCEDURE))
    assert "until about 8 January 2027 (provisionally)" in said(writ(WritKind.SPECIAL_PROCEDURE, "en"))


@pytest.mark.parametrize("kind", [WritKind.REFUSAL, WritKind.NOT_ACCEPTED, WritKind.NOT_NEEDED])
def test_who_says_no_gives_the_reason_and_the_remedies(kind: WritKind) -> None:
    words = said(writ(kind))
    assert str(FACTS[kind]["reason"]) in words
    assert "六十日内向成都市人民政府申请行政复议" in words
    assert "六个月内依法向有管辖权的人民法院提起行政诉讼" in words
    assert "60 days" in said(writ(kind, "en"))


def test_a_correction_tells_item_by_item_and_names_the_article_only_before_acceptance() -> None:
    table = writ(WritKind.CORRECTION).table
    assert table is not None
    assert [row[1] for row in table.rows] == ["总建筑面积", "施工合同"]
    assert "第三十二条第一款第（四）项" in said(writ(WritKind.CORRECTION))
    assert "第三十二条" not in said(writ(WritKind.CORRECTION, is_accepted=True))


def test_what_is_no_licence_does_not_call_itself_one() -> None:
    sheets = [writ(kind, is_licence=False) for kind in WritKind if kind is not WritKind.DELIVERY]
    assert [sheet.title for sheet in sheets if "行政许可" in said(sheet)] == []


def test_a_receipt_promises_one_day_and_takes_silence_as_consent_after_that_of_the_law() -> None:
    words = said(writ(WritKind.RECEIPT))
    assert "本机关最迟2026年5月8日告知是否受理。到2026年5月13日仍不告知的，自收到申请材料之日起即为受理。" in words
    english = said(writ(WritKind.RECEIPT, "en"))
    assert "You will be told by 8 May 2026" in english
    assert "If you are not told by 13 May 2026, it counts as accepted" in english
    assert "起即为受理" not in said(writ(WritKind.RECEIPT, silent_after=None)), "where no law says so"


def test_an_acceptance_by_silence_names_the_day_the_law_takes() -> None:
    words = said(writ(WritKind.ACCEPTANCE, is_deemed=True))
    assert "自收到申请材料之日即2026年5月7日起为受理" in words


def test_the_same_writ_gives_the_same_bytes_archivable_and_accessible() -> None:
    pdf = writ_paper.render_writ(writ(WritKind.GRANT))
    assert pdf == writ_paper.render_writ(writ(WritKind.GRANT))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "3A"
            assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert document.Root.MarkInfo.Marked
        data, same = document.Root.AF
        assert [str(data.UF), str(same.UF)] == ["writ.json", "writ.xml"]
        assert json.loads(data.EF.F.read_bytes())["number"] == COMMON["number"]
        assert len(document.pages) == 1


def test_only_a_sample_says_that_it_has_no_force(tmp_path: Path) -> None:
    sample = text_of(writ_paper.render_writ(writ(WritKind.GRANT)), tmp_path)
    real = text_of(writ_paper.render_writ(writ(WritKind.GRANT, is_demonstration=False)), tmp_path)
    assert "不具有法律效力" in sample
    assert "示例）" in sample
    assert "示例" not in real.replace(COMMON["title"], "").replace(COMMON["addressee"], "")


def test_no_letter_is_lost_and_none_turns_a_line_round(tmp_path: Path) -> None:
    turned = HOSTILE["turned"] + HOSTILE["rare"]
    text = text_of(writ_paper.render_writ(writ(WritKind.REFUSAL, reason=turned)), tmp_path)
    assert "甲〔U+202E〕乙〔U+2066〕丙〔U+200F〕丁" in text
    assert "𠮷" in text or "〔U+20BB7〕" in text


def test_more_pages_than_any_paper_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    long = writ(WritKind.REFUSAL, reason="很长" * 600)
    pages = len(writ_paper.lay_out_writ(long).pages)
    monkeypatch.setattr(archive, "MOST_PAGES", pages - 1)
    with pytest.raises(TooLong, match=f"{pages} pages, at most {pages - 1}"):
        writ_paper.render_writ(long)


def test_the_press_ends_what_takes_too_long(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(press_apart, "PATIENCE", 0.01)
    with pytest.raises(Jammed, match="it took too long"):
        press_apart.press_bulletin({}, made_at=DRAWN_UP_AT, keys=tmp_path)


@pytest.mark.parametrize(
    "greed, told",
    [
        ("kept = []\nwhile True: kept.append(bytes(64 * 1024 * 1024))", "MemoryError"),
        ("resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass", ""),
    ],
    ids=["memory", "processor"],
)
def test_the_press_has_limits_of_memory_and_of_the_processors_time(greed: str, told: str) -> None:
    """A program that does what a paper must not, within the limits of the press."""
    code = f"import resource; from approvals.certificates.press import limit; limit()\n{greed}"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert told in ended.stderr


def test_the_press_makes_what_verifies_and_says_when_it_jams(authority_keys: Path, tmp_path: Path) -> None:
    order: dict[str, Any] = {
        "made_at": DRAWN_UP_AT,
        "language": "zh",
        "public_url": "https://city.example",
        "is_demonstration": True,
    }
    made = press(
        WritKind.RECEIPT, {**COMMON, **FACTS[WritKind.RECEIPT]}, desk=Desk(authority_keys), department="ZJ", **order
    )
    found = examine(made, trusted(authority_keys), at=EXAMINED_AT, patience=30)
    assert found.verdict is Verdict.VALID
    assert found.signer == signatory(authority_keys, "ZJ", "", DRAWN_UP_AT).certificate.subject.native["common_name"]
    with pytest.raises(Jammed):
        press(
            WritKind.RECEIPT,
            {**COMMON, **FACTS[WritKind.RECEIPT]},
            desk=Desk(tmp_path / "none"),
            department="ZJ",
            **order,
        )


@pytest.mark.soak
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("kind", list(WritKind))
def test_whatever_people_wrote_stands_as_text_on_whole_pages(
    kind: WritKind, hostile: str, language: str, tmp_path: Path
) -> None:
    value = HOSTILE[hostile]

    def spoiled(fact: Any) -> Any:
        if isinstance(fact, str) and not fact[:4].isdigit() and fact not in ("expert_review", "grant", ""):
            return value
        return [spoiled(part) for part in fact] if isinstance(fact, list) else fact

    ours = {"day", "basis", "number", "application", "issuer", "issuer_code"}
    changes = {name: spoiled(fact) for name, fact in {**COMMON, **FACTS[kind]}.items() if name not in ours}
    try:
        pdf = writ_paper.render_writ(writ(kind, language, **changes))
    except TooLong:
        assert hostile == "long", "ten thousand letters in every place at once are refused, nothing else is"
        return
    pages = words_of(pdf, tmp_path)
    words = [word for page in pages for word in page]
    assert all(word.left >= 0 and word.right <= 596 and word.top >= 0 and word.bottom <= 842 for word in words)
    if hostile in ("markup", "template"):
        shown = text_of(pdf, tmp_path)
        assert value.replace(" ", "")[:12] in shown
