"""Brings the English catalogue in step with the pages' texts; what is new stands there untranslated, for a person."""

from __future__ import annotations

import io
import sys
from difflib import unified_diff
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
MAPPING = ROOT / "portal" / "translations" / "babel.cfg"
ENGLISH = ROOT / "portal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = DEFAULT_KEYWORDS | parse_keywords(("_l", "lazy_gettext"))

HEADER = """\
# The portal in English. Its Chinese texts are the keys; `make translations` collects them, a person translates them.
msgid ""
msgstr ""
"Project-Id-Version: rongyiban\\n"
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
"""Nothing in it changes by itself: no dates, no names, no versions."""


def collected() -> Catalog:
    """Every text that is marked for translation, with the files it stands in."""
    found = Catalog()
    with MAPPING.open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]  # Babel types it in part
    for name, _line, text, comments, context in extract_from_dir(ROOT, methods, options, keywords=KEYWORDS):
        found.add(text, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def translated() -> Catalog:
    """The English catalogue as it is kept."""
    with ENGLISH.open("rb") as kept:
        return read_po(kept, locale="en")


def updated() -> bytes:
    """What is translated, word for word, with what is new and without what no page says any more."""
    english = translated()
    english.update(collected(), no_fuzzy_matching=True)
    written = io.BytesIO()
    write_po(written, english, width=0, sort_output=True, omit_header=True, include_lineno=False, ignore_obsolete=True)
    return HEADER.encode() + written.getvalue()


def differences() -> list[str]:
    """What `make translations` would change, line by line."""
    now, then = ENGLISH.read_text("utf-8").splitlines(), updated().decode().splitlines()
    return list(unified_diff(now, then, "kept", "collected", lineterm="", n=1))


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        found = differences()
        print(*found, sep="\n")
        sys.exit(bool(found))
    ENGLISH.write_bytes(updated())
