"""What people say for the same thing, what they say with every wish, and what they ask about an item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yaml.nodes import MappingNode, Node

from services.reader import Page

TOPICS = ("time", "materials", "fees", "where", "conditions")
"""What a service guide answers in a place of its own."""


@dataclass(frozen=True, slots=True)
class Synonyms:
    """`groups` are words for one thing; `formalities` say what kind of act it is (备案, 审批), which people mix up;
    `topics` are what is asked about an item, by key of TOPICS.
    """

    groups: tuple[tuple[str, ...], ...] = ()
    said_always: frozenset[str] = frozenset()
    formalities: frozenset[str] = frozenset()
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_synonyms(page: Page, node: Node | None) -> Synonyms:
    given = page.given(node, "synonyms", ("groups", "said_always", "formalities", "topics"))
    groups = tuple(_group(page, part) for part in page.each(given.parts.get("groups")))
    topics = page.given(given.parts.get("topics"), "topics", TOPICS)
    return Synonyms(
        groups=groups,
        said_always=frozenset(word.casefold() for word in given.words("said_always")),
        formalities=frozenset(given.words("formalities")),
        topics={key: tuple(word.casefold() for word in topics.words(key)) for key in TOPICS},
    )


def _group(page: Page, node: Node) -> tuple[str, ...]:
    words = tuple(page.word(part).casefold() for part in ([] if isinstance(node, MappingNode) else page.each(node)))
    if len(set(words)) < 2 or len(set(words)) < len(words):
        page.wrong(node, "a group is two or more different words", "add another word, or take the doubled one out")
    return words
