"""A gate in front of a server: shut, nobody gets in and whoever was inside is thrown out; mute, nobody is answered."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread

from tests.processes import free_port


class Gate:
    """Forwards connections to a port of this machine while it is open; closed until `open` is called."""

    def __init__(self, behind: int) -> None:
        self.behind = behind
        self.port = free_port()
        self._listening: socket.socket | None = None
        self._inside: set[socket.socket] = set()
        self._unanswered: list[socket.socket] = []
        self._lock = Lock()

    def open(self, *, mute: bool = False) -> None:
        """Let connections in; mute: accept them and never say a word, as a server does that hangs."""
        self.shut()
        self._listening = socket.create_server(("127.0.0.1", self.port))
        Thread(target=self._accept, args=(self._listening, mute), daemon=True).start()

    def shut(self) -> None:
        """Refuse new connections and end the others at once."""
        if self._listening is not None:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
            self._listening.close()
            self._listening = None
        with self._lock:
            for end in self._inside:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)  # whoever carries for it closes it
            for end in self._unanswered:
                end.close()
            self._unanswered.clear()

    def _accept(self, listening: socket.socket, mute: bool) -> None:
        while True:
            try:
                caller, _ = listening.accept()
            except OSError:
                return
            if mute:
                with self._lock:
                    self._unanswered.append(caller)
            else:
                Thread(target=self._carry, args=(caller,), daemon=True).start()

    def _carry(self, caller: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.behind))
        except OSError:
            caller.close()
            return
        with self._lock:
            self._inside |= {caller, server}
        with selectors.DefaultSelector() as watched, caller, server, suppress(OSError):
            watched.register(caller, selectors.EVENT_READ, (caller, server))
            watched.register(server, selectors.EVENT_READ, (server, caller))
            while content := [(to, said.recv(65536)) for key, _ in watched.select() for said, to in [key.data]]:
                for to, words in content:
                    if not words:
                        return
                    to.sendall(words)


@contextmanager
def gate(behind: int) -> Iterator[Gate]:
    """A closed gate, and nothing left of it afterwards."""
    made = Gate(behind)
    try:
        yield made
    finally:
        made.shut()
