"""How Chinese sounds: pinyin without tones, and what Sichuan ears take for the same."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=8192)
def syllables(text: str) -> tuple[str, ...]:
    """One syllable a character of Chinese (施工 → shi, gong); what is not Chinese stays one piece."""
    return tuple(lazy_pinyin(text, style=Style.NORMAL))


@lru_cache(maxsize=2048)
def blurred(syllable: str) -> str:
    """The same for what is often mixed up where this portal is used: zh/z, ch/c, sh/s, n/l, f/h, -ng/-n."""
    if syllable[:2] in {"zh", "ch", "sh"}:
        syllable = syllable[0] + syllable[2:]
    elif syllable[:1] == "l":
        syllable = "n" + syllable[1:]
    elif syllable[:2] == "hu" and len(syllable) > 2:
        syllable = "f" + syllable[2:]
    return syllable.removesuffix("g") if syllable.endswith("ng") else syllable


def blurred_syllables(text: str) -> tuple[str, ...]:
    return tuple(blurred(syllable) for syllable in syllables(text))


def blurred_letters(typed: str) -> str:
    """The same for pinyin as it is typed, in one piece."""
    plain = typed.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("ng", "n")
    return re.sub(r"(?<![a-z])l|(?<=[aeiouvn])l", "n", plain)
