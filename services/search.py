"""What people type leads to what is meant: words, everyday words, pinyin, initials, with mistakes."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Literal

import rjieba
from rapidfuzz import fuzz

from services.bundle import Bundle
from services.item import Audience, Department, Item, Text, Theme
from services.sounds import blurred_letters, blurred_syllables, syllables
from services.synonyms import Synonyms

Kind = Literal["item", "department", "theme", "bundle"]

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
RUNS = re.compile(rf"{HAN.pattern}|[a-z0-9]+")
BESIDE_NAME = re.compile(r"[（(][^（()）]*[）)]|一件事$|（示例）")
MEASURES = re.compile(r"(?<=[开办补换领搞弄找])一?[个家间张本下](?!体)")
"""开个饭店, 开一家饭店: between verb and thing, which the dictionary would take together with the verb."""
FORMALITIES = re.compile(
    r"(?:核发|核准|审批|审查|审核|办理|申领|申请|认定|核定|登记|备案|许可证?|服务|报批|补换领?|换发|领取)$"
)
"""How names of items end: what is left says what it is about."""

SAME, INSIDE, OTHER_WORD, SOUND, BLURRED, ALMOST = 1.0, 0.95, 0.86, 0.72, 0.6, 0.5
"""How sure a find is: the very word, inside another, a word for the same, by sound, by a blurred sound, with a slip."""
MOSTLY = 0.6
"""Of what was typed, by weight, this much must be found where a word of it is found nowhere near."""
DESCRIBED = 0.5
"""What a find in a description weighs: who scores more was found by its name."""
LEAST = 0.42
"""Below this nothing was found; and below the half of the best, what else was found is not shown."""
NEARER = 0.06
"""What speaks for an entry that serves whom the page is for: it decides between finds that are nearly as good."""


@dataclass(frozen=True, slots=True)
class Found:
    """`score` compares the finds of one search only; `by_sound` tells that no word of it stands there as typed."""

    kind: Kind
    key: str
    score: float
    by_sound: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """`topic` is what was asked about the item (synonyms.TOPICS), where something was."""

    items: tuple[Found, ...] = ()
    departments: tuple[Found, ...] = ()
    themes: tuple[Found, ...] = ()
    bundles: tuple[Found, ...] = ()
    topic: str | None = None

    @property
    def by_sound(self) -> bool:
        return bool(self.items) and self.items[0].by_sound


@dataclass(frozen=True)
class Phrase:
    """One text an entry is known by; `weight` says how much a find in it counts."""

    text: str
    weight: float

    @cached_property
    def is_han(self) -> bool:
        return HAN.search(self.text) is not None

    @cached_property
    def syllables(self) -> tuple[str, ...]:
        return syllables(self.text)

    @cached_property
    def sound(self) -> str:
        """Syllables between bars, so that a find begins and ends with one."""
        return f"|{'|'.join(self.syllables)}|"

    @cached_property
    def blurred_syllables(self) -> tuple[str, ...]:
        return blurred_syllables(self.text)

    @cached_property
    def blurred(self) -> str:
        return f"|{'|'.join(self.blurred_syllables)}|"

    @cached_property
    def joined(self) -> str:
        return "".join(self.syllables)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(RUNS.findall(self.text))


@dataclass(frozen=True)
class Entry:
    kind: Kind
    key: str
    audience: Audience
    names: tuple[Phrase, ...]
    beside: tuple[Phrase, ...] = ()
    bonus: float = 0.0

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        return (*self.names, *self.beside)

    @cached_property
    def text(self) -> str:
        """Everything it is known by, to see at once that a word is not there."""
        return "\n".join(phrase.text for phrase in self.phrases)

    @cached_property
    def blurred(self) -> str:
        return "\n".join(phrase.blurred for phrase in self.phrases)


@dataclass(frozen=True, slots=True)
class Unit:
    """One word that is looked for, with the others for the same thing."""

    text: str
    others: tuple[str, ...]
    is_han: bool
    sound: str = ""
    blurred: str = ""


@dataclass(slots=True)
class Score:
    """What speaks for one entry: for each unit how sure, and how well the whole fits one of its names."""

    units: list[float] = field(default_factory=list)
    whole: float = 0.0
    is_named: bool = False
    """Whether one of its names stands in what was typed."""
    by_sound: bool = True


class Index:
    """Built once for a catalogue; some thousand short texts, all looked through for each search."""

    def __init__(
        self,
        items: Iterable[Item],
        departments: Iterable[Department],
        themes: Iterable[Theme],
        synonyms: Synonyms,
        theme_names: dict[str, Text],
        department_names: dict[str, Text],
        places: Iterable[str] = (),
        bundles: Iterable[Bundle] = (),
    ) -> None:
        self._synonyms = synonyms
        self._passed_over = synonyms.said_always | set(places)
        self._others: dict[str, tuple[str, ...]] = {}
        for group in synonyms.groups:
            for word in group:
                others = (*self._others.get(word, ()), *(other for other in group if other != word))
                self._others[word] = tuple(dict.fromkeys(others))
        known = sorted((word for word in self._others if len(word) > 1 and HAN.match(word)), key=len, reverse=True)
        self._known = re.compile(f"({'|'.join(known)})") if known else re.compile("(?!)")
        said = sorted((word for word in synonyms.said_always if HAN.match(word)), key=len, reverse=True)
        self._trailing = re.compile(f"(?:{'|'.join(said) or '(?!)'})+$")
        self._topics = sorted(
            ((word, topic) for topic, words in synonyms.topics.items() for word in words),
            key=lambda pair: -len(pair[0]),
        )
        self._entries: list[Entry] = [
            *(_item_entry(item, theme_names, department_names) for item in items),
            *(_department_entry(department) for department in departments),
            *(_theme_entry(theme) for theme in themes),
            *(_bundle_entry(bundle) for bundle in bundles),
        ]

        self._remembered = lru_cache(maxsize=1024)(self._search)

    def warm(self) -> None:
        """Work out every sound beforehand, so that the first to search does not wait for it."""
        self.find("shigong")
        self.find("石公许可")

    def find(self, words: str, audience: Audience | None = None, *, nearer: Audience | None = None) -> Finding:
        """Everything the words speak of, the nearest first; nothing for no words.

        `audience` leaves out what is for others; what is for `nearer` only comes a little before its like.
        """
        return self._remembered(tidy(words), audience, nearer)

    def _search(self, typed: str, audience: Audience | None, nearer: Audience | None) -> Finding:
        asked, topic = self._without_topic(typed)
        whole = self._find(typed, audience, nearer)
        if topic is None:
            return whole
        # 残疾人证申请条件 asks about conditions; 消防安全条件审查 is a name.
        about = self._find(asked, audience, nearer)
        if not about.items or (whole.items and whole.items[0].score > about.items[0].score):
            return whole
        return replace(about, topic=topic)

    def _find(self, typed: str, audience: Audience | None, nearer: Audience | None) -> Finding:
        typed = MEASURES.sub("", typed)
        units = self._units(typed)
        if not units:  # nothing was said but what everybody says
            return Finding()
        entries = [entry for entry in self._entries if _serves(entry, audience)]
        wholes = self._wholes(typed, units)
        scores = [self._score(entry, units, wholes) for entry in entries]
        for n, unit in enumerate(units):
            if not any(score.units[n] for score in scores):  # nobody has it: perhaps it was mistyped
                for entry, score in zip(entries, scores, strict=True):
                    score.units[n] = max(_slip(unit, phrase) * phrase.weight for phrase in entry.phrases)
        rareness = _rareness([score.units for score in scores])
        for n, unit in enumerate(units):
            if unit.text in self._synonyms.formalities and len(units) > 1:
                rareness[n] *= 0.2
        found = [_found(entry, score, rareness, nearer) for entry, score in zip(entries, scores, strict=True)]
        ranked = sorted((one for one in found if one.score >= LEAST), key=lambda one: (-one.score, one.key))
        return Finding(
            items=tuple(_near([one for one in ranked if one.kind == "item"])),
            departments=tuple(_near([one for one in ranked if one.kind == "department"])),
            themes=tuple(_near([one for one in ranked if one.kind == "theme"])),
            bundles=tuple(_near([one for one in ranked if one.kind == "bundle"])),
        )

    def _without_topic(self, typed: str) -> tuple[str, str | None]:
        """The words without what is asked about (多久, 材料): 施工许可证要多久 is about 施工许可证."""
        for word, topic in self._topics:
            if word in typed and (not word.isascii() or word in typed.split()):
                return " ".join(self._trailing.sub("", piece) for piece in typed.replace(word, " ").split()), topic
        return typed, None

    def _units(self, typed: str) -> list[Unit]:
        cut = [word for run in RUNS.findall(typed) for word in (self._segments(run) if HAN.match(run) else [run])]
        meant = [word for word in cut if word not in self._passed_over]
        return [self._unit(word) for word in dict.fromkeys(meant)]

    def _segments(self, run: str) -> list[str]:
        """Words of a run of Chinese: those we know another word for, between them those of the dictionary."""
        pieces = [piece for piece in self._known.split(run) if piece]
        return [str(word) for piece in pieces for word in ([piece] if piece in self._others else rjieba.cut(piece))]

    def _unit(self, word: str) -> Unit:
        others = self._others.get(word, ())
        if not HAN.fullmatch(word):
            return Unit(word, others, is_han=False)
        if not others and len(word) > 1:  # the beginning of a word we know: 住建 of 住建局
            longer = [known for known in self._others if known.startswith(word)]
            others = tuple(dict.fromkeys(each for known in longer for each in (known, *self._others[known])))
        return Unit(word, others, True, f"|{'|'.join(syllables(word))}|", f"|{'|'.join(blurred_syllables(word))}|")

    def _wholes(self, typed: str, units: list[Unit]) -> list[Unit]:
        """The query in one piece: as typed, and without what everybody says."""
        if all(unit.is_han for unit in units):
            pieces = ["".join(typed.split()), "".join(unit.text for unit in units)]
        else:
            pieces = [typed, "".join(typed.split())]
        return [self._unit(piece) for piece in dict.fromkeys(pieces) if len(piece) > 1]

    def _score(self, entry: Entry, units: list[Unit], wholes: list[Unit]) -> Score:
        score = Score()
        for unit in units:
            is_there = not unit.is_han or _might_have(unit, entry)
            best = max(_quality(unit, phrase) * phrase.weight for phrase in entry.phrases) if is_there else 0.0
            score.units.append(best)
        for whole in wholes:
            for phrase in entry.names:
                score.whole = max(score.whole, _likeness(whole, phrase) * phrase.weight)
                score.is_named = score.is_named or (len(phrase.text) > 1 and phrase.text in whole.text)
        score.by_sound = not any(
            said in entry.text for unit in units for said in (unit.text, *unit.others) if len(said) > 1
        )
        return score


def tidy(words: str) -> str:
    """Full width becomes half width, signs become spaces, letters small."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    return " ".join(RUNS.findall(plain))


def _rareness(scores: list[list[float]]) -> list[float]:
    """What a unit counts: a word that stands everywhere says little."""
    counts = [sum(1 for row in scores if row[n] >= SOUND) for n in range(len(scores[0]))] if scores else []
    return [math.log(1 + len(scores) / (1 + count)) for count in counts]


def _found(entry: Entry, score: Score, rareness: list[float], nearer: Audience | None) -> Found:
    total = sum(rareness) or 1
    covered = sum(weight * best for weight, best in zip(rareness, score.units, strict=True)) / total
    needed = 0.35 if score.is_named else 0.5 if all(score.units) else MOSTLY
    if covered < needed and score.whole < 0.45:
        return Found(entry.kind, entry.key, 0)
    value = covered + score.whole
    bonus = entry.bonus + (NEARER if nearer and _serves(entry, nearer) else 0)
    return Found(entry.kind, entry.key, value + bonus * min(value, 1), score.by_sound)


def _near(ranked: list[Found]) -> Iterator[Found]:
    return (one for one in ranked if one.score >= ranked[0].score * 0.45)


def _serves(entry: Entry, audience: Audience | None) -> bool:
    return audience in {None, Audience.BOTH} or entry.audience in {audience, Audience.BOTH}


def _might_have(unit: Unit, entry: Entry) -> bool:
    """Whether any text of the entry has the word, one for the same, or its sound: most have none, and this is quick."""
    if unit.text in entry.text or unit.blurred in entry.blurred:
        return True
    return any(other in entry.text for other in unit.others)


# ── one word against one text ──────────────────────────────────────────────────────────────────────────────────────
def _quality(unit: Unit, phrase: Phrase) -> float:
    return _han_quality(unit, phrase) if unit.is_han else _latin_quality(unit, phrase)


def _han_quality(unit: Unit, phrase: Phrase) -> float:
    if unit.text in phrase.text:
        return SAME if len(unit.text) > 1 else 0.7
    if any(other in phrase.text for other in unit.others):
        return OTHER_WORD
    if len(unit.text) > 1 and unit.sound in phrase.sound:
        return SOUND
    if len(unit.text) > 1 and unit.blurred in phrase.blurred:
        return BLURRED
    return 0.0


def _latin_quality(unit: Unit, phrase: Phrase) -> float:
    word = unit.text
    if word in phrase.words:
        return SAME
    if len(word) > 1 and any(other.startswith(word) for other in phrase.words):
        return INSIDE * 0.9
    if any(other in phrase.text for other in unit.others):
        return OTHER_WORD
    by_sound = _by_pinyin(word, phrase)
    if by_sound:
        return by_sound
    return 0.0


def _slip(unit: Unit, phrase: Phrase) -> float:
    """A word of the text that is nearly the one typed."""
    word = unit.text
    if unit.is_han:
        return ALMOST if len(word) > 2 and fuzz.partial_ratio(word, phrase.text, score_cutoff=66) else 0.0
    is_near = len(word) > 3 and any(fuzz.ratio(word, other) >= 80 for other in phrase.words if len(other) > 3)
    return ALMOST + 0.1 if is_near else 0.0


def _by_pinyin(word: str, phrase: Phrase) -> float:
    """Each syllable typed whole, begun, or by its first letter: shigongxuke, sgxk, shigongxk; or whole with a slip."""
    if not phrase.is_han or len(word) < 2:
        return 0.0
    syllables_typed, start = _typed_syllables(word, phrase.syllables)
    if syllables_typed:
        is_spelled = len(word) >= 2 * syllables_typed
        certain = syllables_typed > 2 or (is_spelled and (len(word) > 3 or syllables_typed == len(phrase.syllables)))
        if certain or start == 0:
            return (0.8 if is_spelled else 0.74 if certain else 0.6) - (0.05 if start else 0.0)
    if len(word) > 5 and _typed_syllables(blurred_letters(word), phrase.blurred_syllables)[0] > 1:
        return ALMOST + 0.05
    if len(word) > 5 and len(phrase.joined) > 4 and fuzz.partial_ratio(word, phrase.joined, score_cutoff=86):
        return ALMOST
    return 0.0


def _typed_syllables(word: str, parts: tuple[str, ...]) -> tuple[int, int]:
    """How many syllables on end the letters can stand for, and from which on; 0 for none."""
    for start, part in enumerate(parts):
        if part[:1] == word[0]:
            count = _consumed(word, parts, start)
            if count:
                return count, start
    return 0, 0


def _consumed(word: str, parts: tuple[str, ...], start: int) -> int:
    if not word:
        return 0
    if start == len(parts):
        return 0
    part = parts[start]
    longest = next((n for n, (one, other) in enumerate(zip(word, part, strict=False)) if one != other), None)
    for length in range(min(len(word), len(part)) if longest is None else longest, 0, -1):
        if length == len(word):
            return 1
        rest = _consumed(word[length:], parts, start + 1)
        if rest:
            return rest + 1
    return 0


# ── the whole against one name ─────────────────────────────────────────────────────────────────────────────────────
def _likeness(unit: Unit, phrase: Phrase) -> float:
    """How much of a name was typed, or how much of what was typed is a name."""
    whole, others, text = unit.text, unit.others, phrase.text
    if whole == text:
        return 1.3
    if whole in others and text in others:
        return 1.0
    if whole in text:
        share = len(whole) / len(text)
        return (0.5 if text.startswith(whole) else 0.4) + 0.6 * share
    if len(text) > 1 and text in whole and phrase.is_han:
        return max(0.0, 1.2 * len(text) / len(whole) - 0.25)
    if any(other in text for other in others):
        longest = max(len(other) for other in others if other in text)
        return 0.35 + 0.5 * longest / len(text)
    return _sounds_like(unit, phrase) if phrase.is_han else 0.0


def _sounds_like(unit: Unit, phrase: Phrase) -> float:
    whole = unit.text
    if not unit.is_han:
        quality = _by_pinyin(whole, phrase)
        if not quality:
            return 0.0
        typed, _start = _typed_syllables(whole.replace(" ", ""), phrase.syllables)
        return quality * (0.4 + 0.6 * (typed or len(phrase.syllables) / 2) / len(phrase.syllables))
    share = len(whole) / len(phrase.text)
    if unit.sound in phrase.sound:
        return SOUND * (0.6 + 0.7 * share)
    if unit.blurred in phrase.blurred:
        return BLURRED * (0.5 + 0.5 * share)
    if len(whole) > 2 and len(phrase.text) > 2:
        nearness = fuzz.ratio(syllables(whole), phrase.syllables) / 100
        return nearness * ALMOST if nearness >= 0.6 else 0.0
    return 0.0


# ── what each thing is known by ────────────────────────────────────────────────────────────────────────────────────
def _phrases(texts: Iterable[tuple[str, float]]) -> tuple[Phrase, ...]:
    found: dict[str, float] = {}
    for text, weight in texts:
        short = "".join(tidy(text).split()) if HAN.search(text) else tidy(text)
        if short:
            found[short] = max(found.get(short, 0), weight)
    return tuple(Phrase(text, weight) for text, weight in found.items())


def _item_entry(item: Item, themes: dict[str, Text], departments: dict[str, Text]) -> Entry:
    core = BESIDE_NAME.sub("", item.name.zh)
    theme = themes.get(item.theme or "", Text(""))
    department = departments[item.department]
    results = re.split(r"[+/、]", BESIDE_NAME.sub("", item.result))
    names = [
        (item.name.zh, 1.0),
        (core, 1.0),
        (FORMALITIES.sub("", core), 0.98),
        (item.name.en, 0.95),
        (item.code, 1.2),
        (item.slug.replace("-", " "), 0.9),
        *((word, 1.0 - n / 500) for n, word in enumerate(item.everyday_words)),
        *((result, 0.8 if len(results) == 1 else 0.5) for result in results),
    ]
    beside = [
        (department.zh, 0.42),
        (department.en, 0.4),
        (theme.zh, 0.45),
        (theme.en, 0.4),
        *((name, 0.35) for name in item.material_names),
        *((text, DESCRIBED) for text in ((item.scope.zh, item.scope.en) if item.scope else ())),
    ]
    # Whose guide is written out is what most people come for.
    return Entry("item", item.code, item.audience, _phrases(names), _phrases(beside), 0.02 if item.scope else 0.0)


def _department_entry(department: Department) -> Entry:
    plain = department.name.zh.replace("（示例）", "")
    short = plain.removeprefix("成都市")
    names = [(plain, 1.0), (short, 1.0), (department.name.en, 0.9)]
    return Entry(
        "department", department.code, Audience.BOTH, _phrases(names), bonus=0.05 if department.level == "city" else 0.0
    )


def _theme_entry(theme: Theme) -> Entry:
    return Entry("theme", theme.key, theme.audience, _phrases([(theme.name.zh, 1.0), (theme.name.en, 0.9)]))


def _bundle_entry(bundle: Bundle) -> Entry:
    core = BESIDE_NAME.sub("", bundle.name.zh)
    names = [(bundle.name.zh, 1.0), (core, 1.0), (bundle.name.en, 0.95), (bundle.slug.replace("-", " "), 0.9)]
    beside = [(bundle.scope.zh, DESCRIBED), (bundle.scope.en, DESCRIBED)]
    return Entry("bundle", bundle.slug, bundle.audience, _phrases(names), _phrases(beside))
