"""What a benchmark is measured against."""

from __future__ import annotations


def goal(text: str, *, met: bool) -> str:
    """The goal and whether it is met."""
    return f"goal {text}  {'PASS' if met else 'FAIL'}"
