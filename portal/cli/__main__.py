"""`python -m portal.cli` is `rongyiban`."""

from __future__ import annotations

from portal.cli import main

main()
