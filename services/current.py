"""The catalogue of this installation, read once a process."""

from __future__ import annotations

from functools import cache

from services.catalogue import Catalogue, load


@cache
def catalogue() -> Catalogue:
    return load()
