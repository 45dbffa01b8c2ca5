"""The connections: a bound on how many, how long a head may be and take, how long to send."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Iterator

import httptools
from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.web.bounds import Bounds
from kg.web.requests import ARRIVED

_LINGER = 1.0
_AT_ONCE = 256
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 21\r\n\r\ntoo many connections\n"
)
_HEAD = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 21\r\n\r\nthe head is too large\n"
)


def protocol(bounds: Bounds) -> type[asyncio.Protocol]:  # noqa: C901 - a class, not a function
    """Returns the protocol of a connection, which keeps the bounds that uvicorn has no word for."""

    class Bounded(HttpToolsProtocol):
        """Ends connections that are too many, too slow or too long-winded."""

        _timer: asyncio.TimerHandle | None = None
        _sender: asyncio.TimerHandle | None = None
        _size = 0
        _refused = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > bounds.connections:
                transport.write(_FULL)
                transport.close()
                return
            self._expect()

        def connection_lost(self, exc: Exception | None) -> None:
            self._expect(None)
            self.resume_writing()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if self._refused:
                return
            if self._timer is None:
                super().data_received(data)
                return
            self._size += len(data)
            super().data_received(data)
            # It still waits for the end of a head that has grown too long.
            if self._timer is not None and self._size > bounds.head and not self._refused:
                self._refuse()

        def on_message_begin(self) -> None:
            self._expect()
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            self._expect(None)
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size > bounds.head:
                self._refuse()
                raise httptools.HttpParserError("the head is too large")
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            self.scope[ARRIVED] = self.loop.time()  # type: ignore[literal-required]
            super().on_message_complete()

        def pause_writing(self) -> None:
            super().pause_writing()
            if self._sender is None:
                self._sender = self.loop.call_later(bounds.send_seconds, self.transport.abort)

        def resume_writing(self) -> None:
            if self._sender is not None:
                self._sender.cancel()
                self._sender = None
            super().resume_writing()

        def send_400_response(self, msg: str) -> None:
            if not self._refused and not self.transport.is_closing():
                super().send_400_response(msg)

        def _expect(self, seconds: float | None = bounds.head_seconds) -> None:
            """Starts to wait for a head, or ends it."""
            if self._timer is not None:
                self._timer.cancel()
            self._size = 0
            self._timer = None
            if seconds is not None:
                self._timer = self.loop.call_later(seconds, self.transport.abort)

        def _refuse(self) -> None:
            """Says so; to close at once, with bytes unread, would take the words back."""
            self._refused = True
            self.transport.write(_HEAD)
            self.transport.write_eof()
            self.loop.call_later(_LINGER, self.transport.abort)

    return Bounded


class Front(Server):
    """uvicorn's server, which ends in order at SIGINT and SIGTERM, and says when it is ready."""

    def __init__(self, config: Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._entering: set[asyncio.Task[None]] = set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ends at either signal; uvicorn would raise it again, as if something had gone wrong."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens, then says so."""
        await super().startup([])
        if self.started:
            for listener in sockets or ():
                listener.setblocking(False)
                self._listen(listener)
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends in order."""
        for listener in sockets or ():
            asyncio.get_running_loop().remove_reader(listener)
        await super().shutdown(sockets)

    def _listen(self, listener: socket.socket) -> None:
        if listener.fileno() >= 0:
            asyncio.get_running_loop().add_reader(listener, self._accept, listener)

    def _accept(self, listener: socket.socket) -> None:
        """Takes whoever is at the door in.

        By itself uvloop takes one in each time it has served all that were ready, so that hundreds
        who come at once would wait for seconds before they could even be told to come back.
        """
        loop = asyncio.get_running_loop()
        for _ in range(_AT_ONCE):
            try:
                connection, _address = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionError):
                return
            except OSError:  # no handle or no memory is left: others have to end first
                loop.remove_reader(listener)
                loop.call_later(_LINGER, self._listen, listener)
                return
            connection.setblocking(False)
            entering = loop.create_task(self._enter(connection))
            self._entering.add(entering)
            entering.add_done_callback(self._entering.discard)

    async def _enter(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(self._protocol, connection)
        except OSError:  # it has left already
            connection.close()

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


def quiet() -> None:
    """Leaves to the log what a person should look at; that a client sent nonsense is not it."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
