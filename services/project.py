"""Construction projects as data: the items of each stage, profiles of projects, and what a simulation assumes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

from yaml.nodes import MappingNode, Node, ScalarNode

from services.answers import Value
from services.conditions import Condition
from services.item import Text
from services.problems import CatalogueError, Problem
from services.reader import Given, Page, compose

FOLDER = Path(__file__).parent / "projects"

Traits = Mapping[str, Value]
"""What one project is like; the traits that the construction permit asks for bear the names of its questions."""


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a stage: for which projects, on whose results it waits, and when it may be promised."""

    code: str
    joins_if: Condition | None = None
    after: tuple[str, ...] = ()
    promise_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class StageParts:
    """`closes` is the item decided last, on all others; it may stand among the parts to say when it may be promised."""

    closes: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Special:
    """A special procedure (特别程序): working days in which no clock runs."""

    days: int
    happens_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """What every construction project goes through, by stage."""

    stages: Mapping[int, StageParts]
    special: Mapping[str, Special]


@dataclass(frozen=True, slots=True)
class Trait:
    """A characteristic and the weights of its values."""

    values: tuple[Value, ...]
    weights: tuple[float, ...]

    def drawn(self, chance: Random) -> Value:
        return chance.choices(self.values, self.weights)[0]


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of project."""

    key: str
    name: Text
    about: Text
    traits: Mapping[str, Trait]
    projects_per_day: float | None = None
    """How many of them arrive, where it is another number than is assumed for all."""

    def drawn(self, chance: Random) -> Traits:
        return {name: trait.drawn(chance) for name, trait in self.traits.items()}


@dataclass(frozen=True, slots=True)
class Triangle:
    """The least, the most frequent and the most."""

    least: float
    mode: float
    most: float

    def drawn(self, chance: Random) -> float:
        return chance.triangular(self.least, self.most, self.mode)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What nobody has measured. Times in working days, shares between 0 and 1; `limits` replace promised limits of the
    catalogue (by item, in working days) in a what-if.
    """

    projects_per_day: float
    clerks: Mapping[str, int]
    effort: Triangle
    share_used: Triangle
    preparing: Triangle
    answering: Triangle
    correction_at_acceptance: float
    correction_in_review: float
    commitment_uptake: float
    limits: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Projects:
    scheme: Scheme
    profiles: Mapping[str, Profile]
    assumptions: Assumptions


@cache
def projects() -> Projects:
    """Those of this installation, read once a process."""
    return load()


def load(folder: Path = FOLDER) -> Projects:
    """Raises CatalogueError with everything that is wrong in any file."""
    problems: list[Problem] = []

    def opened(path: Path) -> tuple[Page, Node | None]:
        page, node = compose(path.read_text(encoding="utf-8"), str(path.relative_to(folder.parent)))
        pages.append(page)
        return page, node

    pages: list[Page] = []
    scheme = _scheme(*opened(folder / "construction.yaml"))
    profiles = [_profile(path.stem, *opened(path)) for path in sorted((folder / "profiles").glob("*.yaml"))]
    assumptions = _assumptions(*opened(folder / "assumptions.yaml"))
    problems = [problem for page in pages for problem in page.problems]
    if problems:
        raise CatalogueError(problems)
    return Projects(scheme, {profile.key: profile for profile in profiles}, assumptions)


# ── the scheme ────────────────────────────────────────────────────────────────────────────────────────────────────


def _scheme(page: Page, node: Node | None) -> Scheme:
    given = page.given(node, "construction", ("stages",), ("special",))
    stages = page.given(given.parts.get("stages"), "stages", ("1", "2", "3", "4"))
    return Scheme(
        {int(number): _stage(page, each) for number, each in stages.parts.items()},
        {code: _special(page, each) for code, each in _named(page, given, "special").items()},
    )


def _stage(page: Page, node: Node) -> StageParts:
    given = page.given(node, "stage", ("closes",), ("items",))
    items = _named(page, given, "items")
    return StageParts(given.word("closes"), tuple(_part(page, code, each) for code, each in items.items()))


def _part(page: Page, code: str, node: Node) -> Part:
    given = page.given(node, f"items.{code}", (), ("if", "after", "promise_if"))
    return Part(code, given.condition("if"), given.words("after"), given.condition("promise_if"))


def _special(page: Page, node: Node) -> Special:
    if isinstance(node, ScalarNode):
        return Special(page.whole(node))
    given = page.given(node, "special", ("days",), ("if",))
    return Special(given.whole("days") or 0, given.condition("if"))


def _named(page: Page, given: Given, key: str) -> dict[str, Node]:
    """The parts of a mapping whose keys are names."""
    node = given.parts.get(key)
    if node is None:
        return {}
    if not isinstance(node, MappingNode):
        page.wrong(node, "a group of `name: …` lines is needed here", "write one line for each name")
        return {}
    return {str(name.value): each for name, each in node.value}


# ── profiles ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _profile(key: str, page: Page, node: Node | None) -> Profile:
    given = page.given(node, "profile", ("name", "about", "traits"), ("projects_per_day",))
    arriving = given.number("projects_per_day")
    traits = {name: _trait(page, each) for name, each in _named(page, given, "traits").items()}
    name, about = given.text("name"), given.text("about")
    return Profile(key, name, about, traits, None if arriving is None else float(arriving))


def _trait(page: Page, node: Node) -> Trait:
    if isinstance(node, MappingNode):
        values = tuple(_value(str(name.value)) for name, _ in node.value)
        weights = tuple(_share(page, each) for _, each in node.value)
        if not any(weights):
            page.wrong(node, "no value has any weight", "give one of them a weight above 0")
            return Trait((False,), (1.0,))
        return Trait(values, weights)
    share = _share(page, node)
    return Trait((True, False), (share, 1 - share))


def _value(written: str) -> Value:
    try:
        return Decimal(written)
    except ArithmeticError:
        return written


def _share(page: Page, node: Node) -> float:
    share = page.number(node)
    if not 0 <= share <= 1:
        page.wrong(node, f"{share} is no share", "write a number from 0 to 1")
        return 0.0
    return float(share)


# ── assumptions ───────────────────────────────────────────────────────────────────────────────────────────────────

TRIANGLES = ("effort", "share_used", "preparing", "answering")
SHARES = ("correction_at_acceptance", "correction_in_review", "commitment_uptake")


def _assumptions(page: Page, node: Node | None) -> Assumptions:
    given = page.given(node, "assumptions", ("projects_per_day", "clerks", *TRIANGLES, *SHARES))
    triangles = {name: _triangle(page, given.parts[name]) for name in TRIANGLES if name in given.parts}
    shares = {name: _share(page, given.parts[name]) for name in SHARES if name in given.parts}
    nothing = Triangle(0, 0, 0)
    return Assumptions(
        projects_per_day=float(given.number("projects_per_day") or 1),
        clerks={name: page.whole(each) for name, each in _named(page, given, "clerks").items()},
        effort=triangles.get("effort", nothing),
        share_used=triangles.get("share_used", nothing),
        preparing=triangles.get("preparing", nothing),
        answering=triangles.get("answering", nothing),
        correction_at_acceptance=shares.get("correction_at_acceptance", 0.0),
        correction_in_review=shares.get("correction_in_review", 0.0),
        commitment_uptake=shares.get("commitment_uptake", 0.0),
    )


def _triangle(page: Page, node: Node) -> Triangle:
    numbers = [float(page.number(each)) for each in page.each(node)]
    if len(numbers) != 3 or sorted(numbers) != numbers or numbers[0] < 0:
        page.wrong(node, "these are no three numbers in order", "write the least, the most frequent and the most")
        return Triangle(0, 0, 0)
    return Triangle(*numbers)
