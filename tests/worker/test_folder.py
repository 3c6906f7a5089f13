"""The embedded broker under two processes at once: no message is ever seen half written."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from kombu import Connection

from portal.worker import folder

MESSAGES = 1500


def connect(place: Path) -> Connection:
    for name in ("messages", "processed", "control"):
        (place / name).mkdir(exist_ok=True)
    return Connection(
        f"{folder.SCHEME}://localhost",
        transport_options={
            "data_folder_in": str(place / "messages"),
            "data_folder_out": str(place / "messages"),
            "processed_folder": str(place / "processed"),
            "control_folder": str(place / "control"),
            "store_processed": True,
        },
    )


def test_a_message_is_never_there_half_written(tmp_path: Path) -> None:
    messages = tmp_path / "messages"
    with connect(tmp_path) as connection:
        queue = connection.SimpleQueue("hints")

        def write() -> None:
            for number in range(MESSAGES):
                queue.put({"number": number, "filler": "x" * 4000})

        writer = threading.Thread(target=write)
        writer.start()
        seen: set[Path] = set()
        while writer.is_alive():
            for file in set(messages.glob("[0-9]*.hints.msg")) - seen:
                json.loads(file.read_bytes())
                seen.add(file)
        writer.join()
        queue.close()
    assert seen


def test_a_damaged_message_is_passed_over(tmp_path: Path) -> None:
    # A queue of its own name: Kombu remembers for the whole process which queues were declared.
    with connect(tmp_path) as connection:
        queue = connection.SimpleQueue("damaged_hints")
        (tmp_path / "messages" / "1_broken.damaged_hints.msg").write_bytes(b"")
        queue.put({"number": 7})
        message = queue.get(timeout=10)
        assert message.payload["number"] == 7
        message.ack()
        queue.close()
