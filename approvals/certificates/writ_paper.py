"""Render a writ to PDF/A-3a as official papers are set (GB/T 9704-2012): red head, title, body, seal over the date."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain

from weasyprint import Document

from approvals.certificates import drawing, fonts
from approvals.certificates.archive import archived
from approvals.certificates.desk import Desk
from approvals.certificates.drawing import Picture
from approvals.certificates.glyphs import missing, spoken
from approvals.certificates.paper import (
    SAMPLE_LINE,
    TEMPLATES,
    Page,
    Placed,
    environment,
    fonts_and_styles,
    nothing_else,
    width,
)
from approvals.certificates.proof import prove
from approvals.certificates.seal import sign
from approvals.certificates.sheet import WRIT_NAME
from approvals.certificates.signatories import chosen
from approvals.certificates.speech import Table, dated
from approvals.certificates.writ import WritSheet
from services.papers import SealMark

CLOSE = "close-set"
"""Size 4 for what would otherwise take a second page."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "colon": "：",
        "qr": "办件进度的二维码",
        "scan": "扫码看办理进度",
        "seal": "印章",
        "sample": "（示例）",
        "sample_note": "本页为示例，由演示密钥签名，不具有法律效力。",
        "translation": "",
        "page": "第 {} 页",
    },
    "en": {
        "colon": ",",
        "qr": "QR code of the application's progress",
        "scan": "Scan to see the progress",
        "seal": "Seal",
        "sample": " (sample)",
        "sample_note": "This page is a sample signed with a demonstration key and has no legal force.",
        "translation": "Translation for convenience. The Chinese original prevails.",
        "page": "Page {}",
    },
}


def make_writ(sheet: WritSheet, desk: Desk, department: str, at: datetime) -> bytes:
    """The file signed with the department's key. Raises Unproven where our own verifier would not believe it."""
    _who, signer = chosen(desk, department, sheet.issuer_zh, at)
    signed = sign(render_writ(sheet), signer, at=at, reason=sheet.title)
    prove(signed, desk, at=at)
    return signed


def render_writ(sheet: WritSheet) -> bytes:
    """The same writ gives the same bytes. Raises archive.TooLong."""
    data = {"kind": str(sheet.kind), **sheet.data}
    return archived(
        lay_out_writ(sheet),
        name=WRIT_NAME,
        data=json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1),
        day=sheet.day,
        description="文书数据",
    )


def lay_out_writ(sheet: WritSheet) -> Document:
    shown = visible(sheet)
    with_rare = bool(fonts.beyond_cut(_texts(shown)))
    configuration, css = fonts_and_styles(TEMPLATES, "writ.css", with_rare=with_rare)
    template = environment(TEMPLATES).get_template("writ.html")
    words = WORDS[shown.language]
    images = {f"given:{name}": Placed(picture) for name, picture in pictures(shown).items()}

    def laid_out(setting: str) -> Document:
        markup = template.render(
            writ=shown,
            words=words,
            setting=setting,
            day=dated(shown.day, shown.language),
            issuer_letters=width(shown.issuer),
        )
        page = Page(string=markup, url_fetcher=nothing_else(), base_url="given:")
        return page.render(
            font_config=configuration, stylesheets=[css], pdf_variant="pdf/a-3a", pdf_tags=True, cache=dict(images)
        )

    usual = laid_out("")
    if len(usual.pages) == 1:
        return usual
    close = laid_out(CLOSE)
    return close if len(close.pages) == 1 else usual


def pictures(sheet: WritSheet) -> dict[str, Picture]:
    look = sheet.seal_look
    line = SAMPLE_LINE if sheet.is_demonstration else look.line
    found = {
        "seal": drawing.seal(look.name, look.serial, line, has_star=look.mark is SealMark.STAR),
        "ground": drawing.ground(is_sample=sheet.is_demonstration),
    }
    return {**found, "qr": drawing.qr(sheet.address)} if sheet.address else found


def _texts(sheet: WritSheet) -> tuple[str, ...]:
    """What people wrote, and the names."""
    rows = sheet.table.rows if sheet.table else ()
    return (sheet.issuer, sheet.issuer_zh, sheet.addressee, *sheet.before, *sheet.after, *chain.from_iterable(rows))


def visible(sheet: WritSheet) -> WritSheet:
    """What no font shows, or has no shape and might turn a line round, stands as its code: a decision is not held up
    for a character, and nothing of it is lost.
    """
    unknown = missing(_texts(sheet))
    if not unknown:
        return sheet
    codes = str.maketrans(
        {letter: f"〔{spoken(letter).removesuffix('）').rpartition('（')[2]}〕" for letter in unknown}
    )
    table = sheet.table
    return replace(
        sheet,
        issuer=sheet.issuer.translate(codes),
        issuer_zh=sheet.issuer_zh.translate(codes),
        addressee=sheet.addressee.translate(codes),
        before=tuple(each.translate(codes) for each in sheet.before),
        after=tuple(each.translate(codes) for each in sheet.after),
        table=Table(table.heads, tuple(tuple(cell.translate(codes) for cell in row) for row in table.rows))
        if table
        else None,
    )
