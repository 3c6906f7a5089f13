"""The index of everything that is on offer: items, departments, regions, themes, calendar years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from yaml.nodes import Node

from services.bundle import Bundle, read_bundle
from services.bundle_check import check_bundle
from services.check import Surroundings, check_item, check_tree
from services.item import Audience, CalendarYear, Department, Item, Region, Text, Theme, with_round_limits
from services.problems import CatalogueError, Problem
from services.reader import Page, compose, read_calendar_year, read_departments, read_item, read_shared, read_themes
from services.revision import Revision, from_revision, revision_of
from services.search import Finding, Index
from services.shared import Shared
from services.synonyms import Synonyms, read_synonyms

__all__ = ["Catalogue", "Revision", "UnknownItem", "from_revision", "load", "revision_of"]

K = TypeVar("K")

FOLDER = Path(__file__).parent
"""Where the files of the catalogue stand."""
SHARED = "shared.yaml"


class UnknownItem(LookupError):
    """No item has this code or slug."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no item has the code or slug {name!r}")
        self.name = name


@dataclass(frozen=True)
class Catalogue:
    """Mappings are by code, in the order of the codes; themes by key, calendar by year."""

    items: Mapping[str, Item]
    departments: Mapping[str, Department]
    regions: Mapping[str, Region]
    themes: Mapping[str, Theme] = field(default_factory=dict)
    construction_stages: Mapping[int, Text] = field(default_factory=dict)
    calendar: Mapping[int, CalendarYear] = field(default_factory=dict)
    synonyms: Synonyms = field(default_factory=Synonyms)
    bundles: Mapping[str, Bundle] = field(default_factory=dict)
    """By slug."""

    def item(self, name: str) -> Item:
        """The item with this code or slug, in capital or small letters. Raises UnknownItem."""
        found = self.items.get(name.upper()) or self._by_slug.get(name.lower())
        if found is None:
            raise UnknownItem(name)
        return found

    def bundle_for(self, code: str) -> Bundle | None:
        """Through which the item is applied for, where its parts are items: it is not started by itself."""
        return next((bundle for bundle in self.bundles.values() if code in bundle.also), None)

    @cached_property
    def _by_slug(self) -> dict[str, Item]:
        return {item.slug: item for item in self.items.values()}

    @cached_property
    def region_names(self) -> dict[str, Text]:
        return {code: region.name for code, region in self.regions.items()}

    @cached_property
    def districts(self) -> dict[str, Text]:
        """Codes and names of the districts an address may lie in."""
        return {code: region.name for code, region in self.regions.items() if region.level == "district"}

    def competent(self, duty: str, level: str, region: str) -> Department | None:
        """Who exercises `duty` at `level` for `region`; where the region has nobody, who does so above it."""
        exercising = {one.region: one for one in self.departments.values() if one.duty == duty}
        line = self._upwards(region)
        while line and line[0].level != level and any(one.level == level for one in line):
            line = line[1:]
        return next((exercising[one.code] for one in line if one.code in exercising), None)

    def _upwards(self, code: str) -> list[Region]:
        line: list[Region] = []
        region = self.regions.get(code)
        while region is not None and region not in line:
            line.append(region)
            region = self.regions.get(region.parent or "")
        return line

    def for_audience(self, audience: Audience | None) -> list[Item]:
        return [item for item in self.items.values() if audience is None or _serves(item, audience)]

    def by_department(self, audience: Audience | None = None) -> dict[str, list[Item]]:
        """Items by department code; departments without items are left out."""
        return _grouped((item.department, item) for item in self.for_audience(audience))

    def by_theme(self, audience: Audience | None = None) -> dict[str, list[Item]]:
        """Items by theme key, in the order of the themes' file."""
        found = _grouped((item.theme, item) for item in self.for_audience(audience) if item.theme is not None)
        return {key: found[key] for key in self.themes if key in found}

    def by_construction_stage(self) -> dict[int, list[Item]]:
        """Engineering items by the stage of construction approval (1 to 4)."""
        staged = [item for item in self.items.values() if item.construction_stage is not None]
        return _grouped((item.construction_stage or 0, item) for item in staged)

    def search(self, words: str, audience: Audience | None = None) -> list[Item]:
        """Items that the words speak of, the nearest first; nothing for no words."""
        return [self.items[one.key] for one in self.find(words, audience).items]

    def find(self, words: str, audience: Audience | None = None, *, nearer: Audience | None = None) -> Finding:
        """Items, bundles, departments and themes that the words speak of, the nearest first."""
        return self.index.find(words, audience, nearer=nearer)

    @cached_property
    def index(self) -> Index:
        """What search looks through: built once, when somebody first asks."""
        return Index(
            items=self.items.values(),
            departments=self.departments.values(),
            themes=self.themes.values(),
            synonyms=self.synonyms,
            theme_names={key: theme.name for key, theme in self.themes.items()},
            department_names={code: department.name for code, department in self.departments.items()},
            places=(name for region in self.regions.values() for name in _place_names(region.name.zh)),
            bundles=self.bundles.values(),
        )


def _place_names(name: str) -> Iterable[str]:
    """成都市锦江区 is said 锦江区 and 锦江, too."""
    short = name.replace("（示例）", "").removeprefix("成都市")
    return (short, short.removesuffix("区").removesuffix("市").removesuffix("县")) if len(short) > 2 else (short,)


def _serves(item: Item, audience: Audience) -> bool:
    return audience is Audience.BOTH or item.audience in {audience, Audience.BOTH}


def _grouped(pairs: Iterable[tuple[K, Item]]) -> dict[K, list[Item]]:
    groups: dict[K, list[Item]] = {}
    for key, item in pairs:
        groups.setdefault(key, []).append(item)
    return groups


def load(folder: Path = FOLDER) -> Catalogue:
    """The whole catalogue, every item proved sound. Raises CatalogueError with everything that is wrong in any file."""
    tree_page, node = _open(folder, "departments.yaml")
    departments, regions = read_departments(tree_page, node)
    themes_page, node = _open(folder, "themes.yaml")
    themes, construction_stages = read_themes(themes_page, node)
    words_page, node = _open(folder, "synonyms.yaml")
    synonyms = read_synonyms(words_page, node)
    shared_page, shared = _shared(folder)
    items = [(page, with_round_limits(read_item(page, node, shared))) for page, node in _open_all(folder, "items")]
    bundles = [(page, read_bundle(page, node)) for page, node in _open_all(folder, "bundles")]
    years = [(page, read_calendar_year(page, node)) for page, node in _open_all(folder, "calendar")]

    around = Surroundings(
        departments={department.code: department for department in departments},
        regions={region.code: region for region in regions},
        themes={theme.key for theme in themes},
        items={item.code: item for _, item in items},
    )
    problems = [*tree_page.problems, *check_tree(departments, regions, tree_page), *themes_page.problems]
    problems += words_page.problems
    problems += shared_page.problems
    for page, item in items:
        # A file that cannot be read whole is not judged: its gaps would be reported twice.
        problems += page.problems or check_item(item, page, around)
    problems += _doubles(items)
    for page, bundle in bundles:
        problems += page.problems or check_bundle(bundle, page, around.items, around.regions)
    problems += _doubled_bundles(bundles)
    problems += [problem for page, _ in years for problem in page.problems]
    if problems:
        raise CatalogueError(problems)
    return Catalogue(
        items={item.code: item for item in sorted((item for _, item in items), key=lambda item: item.code)},
        departments=around.departments,
        regions=around.regions,
        themes={theme.key: theme for theme in themes},
        construction_stages=construction_stages,
        calendar={year.year: year for _, year in years},
        synonyms=synonyms,
        bundles={bundle.slug: _named(bundle, around.items) for _, bundle in bundles},
    )


def _named(bundle: Bundle, items: Mapping[str, Item]) -> Bundle:
    return replace(bundle, names={part.item: items[part.item].name for part in bundle.parts})


def _doubled_bundles(bundles: Iterable[tuple[Page, Bundle]]) -> list[Problem]:
    problems: list[Problem] = []
    first: dict[str, str] = {}
    for page, bundle in bundles:
        if bundle.slug in first:
            text = f"the slug {bundle.slug!r} is that of {first[bundle.slug]} too"
            problems.append(Problem(page.file, page.line_of("bundle.slug"), text, "change one of the two"))
        first.setdefault(bundle.slug, page.file)
    return problems


def _shared(folder: Path) -> tuple[Page, Shared]:
    """What items share, where this catalogue has such a file."""
    if not (folder / SHARED).exists():
        return Page(SHARED), Shared()
    page, node = _open(folder, SHARED)
    return page, read_shared(page, node)


def _open(folder: Path, name: str) -> tuple[Page, Node | None]:
    """One file as nodes; a file that cannot be opened gives a page with that one problem."""
    try:
        return compose((folder / name).read_text(encoding="utf-8"), name)
    except UnicodeDecodeError as error:
        reason, remedy = f"this is no UTF-8 (byte {error.start})", "save the file as UTF-8"
    except OSError as error:
        reason, remedy = f"the file cannot be read ({error.strerror})", "put the file back, or mend its permissions"
    return Page(name, [Problem(name, 1, reason, remedy)]), None


def _open_all(folder: Path, name: str) -> list[tuple[Page, Node | None]]:
    return [_open(folder, f"{name}/{path.name}") for path in sorted((folder / name).glob("*.yaml"))]


def _doubles(items: Iterable[tuple[Page, Item]]) -> list[Problem]:
    """Two files that claim one code or slug."""
    problems: list[Problem] = []
    first: dict[str, str] = {}
    for page, item in items:
        for what, value in (("code", item.code), ("slug", item.slug)):
            if value and value in first:
                text = f"the {what} {value!r} is that of {first[value]} too"
                problems.append(Problem(page.file, page.line_of(f"item.{what}"), text, "change one of the two"))
            first.setdefault(value, page.file)
    return problems
