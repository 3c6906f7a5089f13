"""What the visitor looks for among the services, and what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from approvals.errors import NotFound
from services.bundle import Bundle
from services.current import catalogue
from services.item import Audience, Department, Item, Theme
from services.search import DESCRIBED, HAN

PER_PAGE = 20
LONGEST_WORDS = 100
MOST_NEAR = 2
"""Items that have a character, where it is still said to be near."""
MOST_SIGNS = 12
MOST_BESIDE = 3
"""Departments and themes shown beside the items."""

AUDIENCES: Mapping[str, Audience] = {"citizens": Audience.CITIZENS, "businesses": Audience.BUSINESSES}


FEATURED = (
    *("MS017", "MS027", "MS061", "MS045", "MS063", "MS030"),
    *("GC303", "MS005", "MS001", "MS020", "MS041", "MS049"),
)
"""What the home page shows, in this order: what most people come for."""


def featured(audience: Audience) -> list[Item]:
    """Those of them that this audience can apply for online."""
    serving = {item.code: item for item in catalogue().for_audience(audience) if item.is_online}
    return [serving[code] for code in FEATURED if code in serving]


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: empty or None where it does not matter. `audience` is a key of AUDIENCES; so is `nearer`,
    which leaves nothing out: what serves it only comes before what is found as well.
    """

    words: str = ""
    audience: str | None = None
    nearer: str | None = None
    department: str | None = None
    theme: str | None = None
    stage: int | None = None
    online: bool = False

    @property
    def arguments(self) -> dict[str, object]:
        """As the address has it, for links to other pages of the same search."""
        given = {
            "q": self.words,
            "for": self.audience,
            "nearer": self.nearer,
            "department": self.department,
            "theme": self.theme,
            "stage": self.stage,
            "online": "yes" if self.online else None,
        }
        return {name: value for name, value in given.items() if value}


def search_of(arguments: Mapping[str, str]) -> Search:
    """From an address; NotFound for a department, theme, stage or audience that there is not."""
    stage = arguments.get("stage", "")
    wanted = Search(
        words=" ".join(arguments.get("q", "").split())[:LONGEST_WORDS],
        audience=arguments.get("for") or None,
        nearer=arguments.get("nearer") or None,
        department=arguments.get("department") or None,
        theme=arguments.get("theme") or None,
        stage=int(stage) if stage in {"1", "2", "3", "4"} else None,
        online=arguments.get("online") == "yes",
    )
    offered = catalogue()
    known = (
        (wanted.audience, AUDIENCES),
        (wanted.nearer, AUDIENCES),
        (wanted.department, offered.departments),
        (wanted.theme, offered.themes),
        (wanted.stage or stage or None, offered.construction_stages),
    )
    if any(value is not None and value not in values for value, values in known):
        raise NotFound
    return wanted


@dataclass(frozen=True, slots=True)
class Results:
    """`departments` and `themes` are those that the words name; `bundles` are named, too, and stand before the items,
    `besides` only speak of it or have the first item as a part. `topic` is what was asked about the first item.
    """

    items: list[Item]
    departments: list[Department] = field(default_factory=list)
    themes: list[Theme] = field(default_factory=list)
    bundles: list[Bundle] = field(default_factory=list)
    besides: list[Bundle] = field(default_factory=list)
    nearest: list[Item] = field(default_factory=list)
    """Where nothing was found: what has a character of the words in its name."""
    topic: str | None = None
    by_sound: bool = False


def found(wanted: Search) -> Results:
    """The nearest first where words are given, else what can be applied for online first, then by code."""
    offered = catalogue()
    audience = AUDIENCES[wanted.audience] if wanted.audience else None
    if not wanted.words:
        items = sorted(offered.for_audience(audience), key=lambda item: (not item.is_online, item.code))
        return Results([item for item in items if _fits(item, wanted)])
    finding = offered.find(wanted.words, audience, nearer=AUDIENCES[wanted.nearer] if wanted.nearer else None)
    items = [item for one in finding.items if _fits(item := offered.items[one.key], wanted)]
    bundles = _bundles([one.key for one in finding.bundles], items[:1], audience) if _is_open(wanted) else []
    named = {one.key for one in finding.bundles if one.score > DESCRIBED}
    same = {code for bundle in bundles for code in bundle.also}
    return Results(
        [item for item in items if item.code not in same] or items,
        [offered.departments[one.key] for one in finding.departments[:MOST_BESIDE]],
        [offered.themes[one.key] for one in finding.themes[:MOST_BESIDE]],
        [one for one in bundles if one.slug in named],
        [one for one in bundles if one.slug not in named],
        [] if items or bundles else [item for item in _nearest(wanted.words, audience) if _fits(item, wanted)],
        finding.topic if items else None,
        finding.by_sound,
    )


def _nearest(words: str, audience: Audience | None) -> list[Item]:
    """离婚 speaks of nothing here, 婚 of the registration of a marriage; a character that many have says nothing."""
    found: dict[str, Item] = {}
    for sign in dict.fromkeys("".join(HAN.findall(words))[:MOST_SIGNS]):
        items = catalogue().find(sign, audience).items
        if len(items) <= MOST_NEAR:
            found |= {one.key: catalogue().items[one.key] for one in items}
    return list(found.values())[:MOST_BESIDE]


def besides(wanted: Search) -> int:
    """How many more items the words name when asked for everybody: the other audience's."""
    if not wanted.words or wanted.audience is None:
        return 0
    return len(found(replace(wanted, audience=None)).items) - len(found(wanted).items)


def _is_open(wanted: Search) -> bool:
    """Whether bundles may stand among the results: no department, theme or stage has one."""
    return wanted.department is None and wanted.theme is None and wanted.stage is None


def _bundles(named: list[str], first: list[Item], audience: Audience | None) -> list[Bundle]:
    known = catalogue().bundles.values()
    serving = [one for one in known if audience is None or one.audience in (audience, Audience.BOTH)]
    beside = [one.slug for one in serving if any(one.concerns(item.code) for item in first)]
    found = {one.slug: one for one in serving}
    return [found[slug] for slug in dict.fromkeys([*named, *beside]) if slug in found][:MOST_BESIDE]


def _fits(item: Item, wanted: Search) -> bool:
    return (
        wanted.department in (None, item.department)
        and wanted.theme in (None, item.theme)
        and wanted.stage in (None, item.construction_stage)
        and (item.is_online or not wanted.online)
    )
