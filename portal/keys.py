"""The portal's own secrets: from the settings, or made on first start in a demonstration."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from approvals.records.secrecy import Keyring
from config import Settings


@dataclass(frozen=True)
class Keys:
    """`cookie` signs the browser's cookie; the keyring seals personal values."""

    cookie: str
    keyring: Keyring


def keys(settings: Settings) -> Keys:
    if settings.secret_key and settings.hash_key and settings.encryption_keys:
        boxes = [key.get_secret_value().encode() for key in settings.encryption_keys]
        return Keys(
            settings.secret_key.get_secret_value(),
            Keyring(boxes, settings.hash_key.get_secret_value().encode()),
        )
    made = _demonstration(settings.keys / "portal.json")
    return Keys(made["cookie"], Keyring([made["box"].encode()], made["hash"].encode()))


def _demonstration(place: Path) -> dict[str, str]:
    """Made once; of two processes that start at the same time one writes and both read."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        made = {
            "cookie": secrets.token_urlsafe(32),
            "box": Fernet.generate_key().decode(),
            "hash": secrets.token_hex(32),
        }
        part = place.with_suffix(f".{os.getpid()}")
        part.touch(mode=0o600)
        part.write_text(json.dumps(made))
        try:
            os.link(part, place)  # refuses to replace what the other process wrote
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return dict(json.loads(place.read_text()))
