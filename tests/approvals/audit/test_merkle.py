"""Merkle trees against RFC 6962: the recursion of its text, and the roots every implementation of it agrees on."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from approvals.audit.merkle import Tree, leaf_hash, node_hash, path

CONTENTS = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of the first so many contents: the test vectors of the reference implementation of Certificate Transparency."""

leaves = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


def root(found: list[bytes]) -> bytes:
    tree = Tree()
    for leaf in found:
        tree.add(leaf)
    return tree.root()


def by_the_text(found: list[bytes]) -> bytes:
    """MTH of section 2.1: split at the largest power of two that is smaller than the number of leaves."""
    if len(found) <= 1:
        return found[0] if found else hashlib.sha256().digest()
    split = 1 << (len(found) - 1).bit_length() - 1
    return node_hash(by_the_text(found[:split]), by_the_text(found[split:]))


def led(leaf: bytes, index: int, size: int, siblings: list[bytes]) -> bytes | None:
    """The root to which a path leads (RFC 9162, section 2.1.3.2); None where its length is wrong."""
    last, reached = size - 1, leaf
    for sibling in siblings:
        if last == 0:
            return None
        if index & 1 or index == last:
            reached = node_hash(sibling, reached)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        index, last = index >> 1, last >> 1
    return reached if last == 0 else None


def test_the_roots_are_those_of_the_reference() -> None:
    assert [root([leaf_hash(each) for each in CONTENTS[:size]]).hex() for size in range(9)] == ROOTS


@given(leaves)
def test_a_tree_that_grows_has_the_root_of_the_text(found: list[bytes]) -> None:
    assert root(found) == by_the_text(found)


@given(leaves, st.data())
def test_a_path_leads_from_its_leaf_to_the_root_and_from_no_other(found: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(found) - 1))
    siblings = path(found, index)
    assert led(found[index], index, len(found), siblings) == root(found)
    assert led(leaf_hash(b"another"), index, len(found), siblings) != root(found)
    if siblings:
        assert led(found[index], index, len(found), siblings[:-1]) is None


def test_a_leaf_is_never_a_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
