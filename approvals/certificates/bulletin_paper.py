"""Render the bulletin of a month (监察通报) to a signed PDF/A-3a, as official papers are set."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from approvals.certificates import authority, drawing, fonts
from approvals.certificates.archive import archived
from approvals.certificates.paper import (
    SAMPLE_LINE,
    TEMPLATES,
    Page,
    Placed,
    environment,
    fonts_and_styles,
    nothing_else,
)
from approvals.certificates.seal import sign
from approvals.certificates.speech import dated
from approvals.certificates.writ import SEAL_LINE
from approvals.certificates.writ_paper import WORDS
from approvals.clock.moment import local_date

DATA_NAME = "bulletin"


def make_bulletin(told: dict[str, Any], made_at: datetime, keys: Path) -> bytes:
    """`told` has language, issuer, issuer_zh, number, title, is_demonstration, paragraphs, tables (title, heads, rows)
    and notes: words and figures alone.
    """
    data = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1)
    configuration, css = fonts_and_styles(TEMPLATES, "writ.css", with_rare=bool(fonts.beyond_cut(data.split("\n"))))
    day = local_date(made_at)
    words = WORDS[told["language"]]
    markup = (
        environment(TEMPLATES)
        .get_template("bulletin.html")
        .render(told=told, words=words, day=dated(day, told["language"]), made_on=day.isoformat())
    )
    seal_line = SAMPLE_LINE if told["is_demonstration"] else SEAL_LINE
    pictures = {
        "given:seal": Placed(drawing.seal(told["issuer_zh"], "", seal_line)),
        "given:ground": Placed(drawing.ground(is_sample=told["is_demonstration"])),
    }
    document = Page(string=markup, url_fetcher=nothing_else(), base_url="given:").render(
        font_config=configuration, stylesheets=[css], pdf_variant="pdf/a-3a", pdf_tags=True, cache=dict(pictures)
    )
    paper = archived(document, name=DATA_NAME, data=data, day=day, description=told["title"])
    return sign(paper, authority.signer(keys), at=made_at, reason=told["title"])
