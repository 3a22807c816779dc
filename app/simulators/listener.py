"""A listening socket that can stop listening and begin again on the same port at a word, without awaiting.

Faults need that: a refused connection is a port that is bound and not listened to, an accepted one that is never read
is a socket that nobody touches. asyncio's own servers can do neither.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Final

_BACKLOG: Final = 64


class Listener:
    """Accepts connections on one loopback port and hands each socket to `accept`."""

    def __init__(self, host: str, port: int, accept: Callable[[socket.socket], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._accept = accept
        self._host = host
        self.port = port
        self._listening = False
        self._sock = self._bound()
        self.listen()

    def listen(self) -> None:
        """Take connections."""
        if self._listening:
            return
        self._sock.listen(_BACKLOG)
        self._loop.add_reader(self._sock.fileno(), self._ready)
        self._listening = True

    def refuse(self) -> None:
        """Keep the port and refuse connections."""
        if self._listening:
            self.close()
            self._sock = self._bound()

    def close(self) -> None:
        """Let go of the port."""
        if self._listening:
            self._loop.remove_reader(self._sock.fileno())
        self._listening = False
        self._sock.close()

    def _bound(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((self._host, self.port))
        except OSError:
            sock.close()
            raise
        self.port = int(sock.getsockname()[1])
        return sock

    def _ready(self) -> None:
        # the client may have gone again before we came to accept
        with contextlib.suppress(BlockingIOError, InterruptedError, ConnectionAbortedError):
            sock, _ = self._sock.accept()
            sock.setblocking(False)
            self._accept(sock)
