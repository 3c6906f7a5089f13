"""The embedded broker: Kombu's folder of messages, each of which appears whole or not at all."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "folder"


class Channel(filesystem.Channel):
    """Kombu opens a message's file under its name and writes afterwards: a reader between takes it empty and dies."""

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override]  # its two bases differ
        folder = Path(self.data_folder_out)
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        part = folder / f".{name}"
        part.write_text(dumps(payload), encoding="utf-8")
        os.rename(part, folder / name)  # noqa: PTH104  # the one step that makes it visible

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        while True:  # until a message is whole, or none is left (queue.Empty)
            try:
                return super()._get(queue)
            except ValueError:
                continue  # damaged by a crash of the machine; it was only a hint, and the sweep makes up for it


class Transport(filesystem.Transport):
    Channel = Channel


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
