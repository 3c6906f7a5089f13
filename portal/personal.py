"""Personal values in any text: where they may not stand, they are covered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

GAP = r"[ \t\u00a0\u3000.·‑–-]"
PHONES = ((11,), (3, 4, 4), (4, 3, 4), (4, 4, 3), (3, 3, 5), (3, 8), (7, 4), (1,) * 11)
"""How people break up the digits of a mobile phone."""
IDENTITIES = ((6, 8, 4), (6, 4, 4, 4), (6, 4, 2, 2, 4), (6, 6, 6), (3,) * 6, (4, 4, 4, 4, 2), (1,) * 18)
ACCOUNTS = (*((4, 4, 4, 4, rest) for rest in (3, 2, 1)), (4, 4, 4, 4), (6, 13))


DIGIT = r"\d"


def _broken_up(signs: Sequence[str], ways: Iterable[Sequence[int]], name: str) -> Iterator[str]:
    """The same gap between all of the groups, which keeps dates and other numbers beside each other apart."""
    for number, groups in enumerate(ways):
        left, gap = iter(signs), f"(?P<{name}{number}>{GAP})"
        first, *others = ["".join(next(left) for _ in range(group)) for group in groups]
        rest = [f"{gap if place == 0 else f'(?P={name}{number})'}{part}" for place, part in enumerate(others)]
        yield "".join([first, *rest, r"(?!\d)"])


def _shapes() -> Iterator[str]:
    """Without nested repetitions: the time is linear in the text."""
    yield r"(?P<digest>\b(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{32,}\b)"
    yield r"[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    alone = r"(?<!\d)"
    yield alone + r"(?:\d{17}[Xx]|\d{15,})"
    phone = "|".join(_broken_up(["[1１]", "[3-9３-９]", *[DIGIT] * 9], PHONES, "phone"))
    yield rf"{alone}(?:(?:\+|00)?86{GAP}?)?(?:{phone})"
    yield from (alone + way for way in _broken_up([*[DIGIT] * 17, r"[\dXx]"], IDENTITIES, "identity"))
    yield from (alone + way for way in _broken_up([DIGIT] * 19, ACCOUNTS, "account"))


SHAPES = re.compile("|".join(_shapes()))
"""Digests, which stay; mail addresses, identity numbers (GB 11643), accounts of banks and mobile phones."""
COVER = "***"


def covered(text: str) -> str:
    return SHAPES.sub(lambda found: found[0] if found["digest"] else COVER, text)


def is_personal(text: str) -> bool:
    return covered(text) != text
