"""A client that asks a server by many connections at once, and little of its own in the way."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import httptools
import uvloop

GRACE = 10.0
"""Seconds after the end that an answer is waited for."""

RETRY = 1.0
"""Seconds that a client waits after a 429 or 503."""

Make = Callable[[], bytes]


@dataclass
class Tally:
    """What came of the requests of one kind: seconds and status of each; 0 is a lost connection."""

    taken: list[tuple[float, int]] = field(default_factory=list)

    def statuses(self) -> Counter[int]:
        """How many of each status."""
        return Counter(status for _, status in self.taken)

    def quantile(self, share: float, status: int = 200) -> float:
        """Milliseconds within which such a share was answered."""
        times = sorted(seconds for seconds, one in self.taken if one == status)
        return times[min(int(len(times) * share), len(times) - 1)] * 1e3 if times else float("nan")

    def failed(self) -> int:
        """How many were not answered as asked."""
        return sum(count for status, count in self.statuses().items() if status // 100 != 2)


class _Client(asyncio.Protocol):
    """Sends one request after the other until it is time."""

    def __init__(self, make: Make, until: float, tally: Tally) -> None:
        self._make, self._until, self._tally = make, until, tally
        self._loop = asyncio.get_running_loop()
        self._began: float | None = None
        self.ended: asyncio.Future[None] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def _next(self) -> None:
        if self._transport.is_closing() or time.perf_counter() > self._until:
            self._transport.close()
            return
        self._parser = httptools.HttpResponseParser(self)
        self._began = time.perf_counter()
        self._transport.write(self._make())

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_message_complete(self) -> None:
        assert self._began is not None
        seconds = time.perf_counter() - self._began
        status = self._parser.get_status_code()
        self._tally.taken.append((seconds, status))
        self._began = None
        # As a client that is asked to come back later does.
        wait = RETRY if status in {429, 503} else 0.0
        self._loop.call_later(wait, self._next)

    def lose(self) -> None:
        """Gives an answer up."""
        self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if self._began is not None:
            self._tally.taken.append((time.perf_counter() - self._began, 0))
            self._began = None
        if not self.ended.done():
            self.ended.set_result(None)


async def _keep(make: Make, until: float, tally: Tally, port: int, address: str) -> None:
    """Keeps a client at it, with a new connection whenever the server has ended the last."""
    loop = asyncio.get_running_loop()
    while time.perf_counter() < until:
        try:
            _, client = await loop.create_connection(
                lambda: _Client(make, until, tally), "127.0.0.1", port, local_addr=(address, 0)
            )
            async with asyncio.timeout(until - time.perf_counter() + GRACE):
                await client.ended
        except TimeoutError:
            client.lose()
        except OSError:
            tally.taken.append((0.0, 0))
            await asyncio.sleep(0.1)


def drive(port: int, seconds: float, *groups: tuple[int, Make, str]) -> list[Tally]:
    """Drives a server for so long and returns what came of it.

    Args:
        port: At 127.0.0.1.
        seconds: How long new requests are sent.
        groups: Of each group of clients how many, what they send, and the beginning of the
            addresses they come from, as `127.0.1.`.
    """
    tallies = [Tally() for _ in groups]

    async def run() -> None:
        until = time.perf_counter() + seconds
        clients = [
            _keep(make, until, tally, port, f"{prefix}{1 + number % 250}")
            for tally, (count, make, prefix) in zip(tallies, groups, strict=True)
            for number in range(count)
        ]
        await asyncio.gather(*clients)
        await asyncio.sleep(0)  # the connections given up are counted

    uvloop.run(run())
    return tallies


def get(path: str, accept: str = "application/sparql-results+json") -> bytes:
    """Returns the bytes of a GET."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n".encode()


def send(method: str, path: str, body: bytes, media: str, token: str = "") -> bytes:
    """Returns the bytes of a request with a body."""
    said = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media}\r\n{said}"
        f"Content-Length: {len(body)}\r\nAccept: application/sparql-results+json\r\n\r\n"
    )
    return head.encode() + body
