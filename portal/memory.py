"""Memory of a long-running process."""

from __future__ import annotations

import gc


def settle_in() -> None:
    """Once everything is loaded: what is here now stays, so the garbage collector need not look through it ever again.

    The catalogue alone is some hundred thousand objects; walking them took longer than a decision.
    """
    gc.collect()
    gc.freeze()
