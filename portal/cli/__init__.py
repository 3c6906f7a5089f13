"""The command line `rongyiban`: operate, tell a story, count a limit, draw a chain, simulate, verify, check."""

from __future__ import annotations

from portal.cli import certificates, serving, staff, telling, times, trail, upkeep  # noqa: F401  # each adds its commands
from portal.cli.base import main

__all__ = ["main"]
