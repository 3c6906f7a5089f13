"""The home folder: database, files and keys, for the portal's own account alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def keep_private(home: Path) -> None:
    """Make it, or close it to others. One of somebody else, or one that everybody shares (sticky), stays as it is."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = home.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o077 and not found.st_mode & stat.S_ISVTX:
        home.chmod(0o700)
