"""Characters that no font of the certificates can show: issuing is refused rather than printing an empty box."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from approvals.certificates.fonts import beyond_cut, rare_characters

INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs"})
"""Unicode categories without shape: controls, direction marks (they would turn a name round), private. Of what Python's
tables call unassigned the fonts decide: they may be younger than the tables.
"""


def missing(texts: Iterable[str]) -> tuple[str, ...]:
    """Each once, in code order; the fonts of rare characters are looked into only when the cut ones do not do."""
    return tuple(sorted(letter for letter in set().union(*texts) if not _is_shown(letter)))


def spoken(letters: Iterable[str]) -> str:
    """For a person to read: 㼆（U+3F06）; of one without shape, which might turn the sentence round, only the code."""
    named = []
    for letter in letters:
        code = f"U+{ord(letter):04X}"
        named.append(code if unicodedata.category(letter) in INVISIBLE else f"{letter}（{code}）")
    return "、".join(named)


def _is_shown(letter: str) -> bool:
    if _is_blank(letter):
        return True
    if unicodedata.category(letter) in INVISIBLE:
        return False
    return not beyond_cut(letter) or ord(letter) in rare_characters()


def _is_blank(letter: str) -> bool:
    return letter in "\t\r\n" or unicodedata.category(letter) == "Zs"
