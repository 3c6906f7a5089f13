"""Merkle trees as RFC 6962 (Certificate Transparency) hashes them: section 2.1, SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

LEAF, NODE = b"\x00", b"\x01"
"""What a leaf and a node begin with, so that neither is ever taken for the other."""


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


class Tree:
    """Grows leaf by leaf and keeps only the roots of its full subtrees: their number is the logarithm of its size."""

    def __init__(self) -> None:
        self._full: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        size = 1
        while self._full and self._full[-1][0] == size:
            leaf = node_hash(self._full.pop()[1], leaf)
            size *= 2
        self._full.append((size, leaf))

    def root(self) -> bytes:
        """MTH of the leaves so far; that of none is the hash of nothing."""
        if not self._full:
            return hashlib.sha256().digest()
        *left, (_, root) = self._full
        for _, subtree in reversed(left):
            root = node_hash(subtree, root)
        return root


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of one leaf (section 2.1.1), from its sibling up to a child of the root."""
    found, level = [], list(leaves)
    while len(level) > 1:
        if index ^ 1 < len(level):
            found.append(level[index ^ 1])
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [node_hash(*pair) for pair in pairs] + level[len(level) & ~1 :]
        index //= 2
    return found
