"""Those who wait: for a worker, client by client in turn; for a place among the long queries."""

import asyncio
from collections import OrderedDict, deque
from typing import Generic, TypeVar

from kg.web.problems import Busy

T = TypeVar("T")


class Waiting(Generic[T]):
    """A bounded line in which each client has its own, and the clients take turns."""

    def __init__(self, most: int, most_each: int) -> None:
        self._most = most
        self._most_each = most_each
        self._lines: OrderedDict[str, deque[asyncio.Future[T]]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def enter(self, client: str) -> "asyncio.Future[T]":
        """Returns what the awaited will be put into.

        Raises:
            Busy: The line is full.
        """
        own = self._lines.get(client, deque())
        if self._length >= self._most or len(own) >= self._most_each:
            raise Busy("too many queries are waiting: try again in a moment")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        own.append(future)
        self._lines[client] = own
        self._length += 1
        return future

    def leave(self, client: str, future: "asyncio.Future[T]") -> None:
        """Takes one who gives up out of the line."""
        future.cancel()
        own = self._lines[client]
        own.remove(future)
        self._length -= 1
        if not own:
            del self._lines[client]

    def next(self) -> "asyncio.Future[T] | None":
        """Returns whose turn it is, if anybody still waits."""
        if not self._lines:
            return None
        client, own = self._lines.popitem(last=False)
        future = own.popleft()
        self._length -= 1
        if own:
            self._lines[client] = own
        return future


class Places:
    """So many places, and those who wait for one, the first first."""

    def __init__(self, free: int) -> None:
        self._free = free
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take(self) -> bool:
        """Takes a place if there is one, and returns whether."""
        taken = self._free > 0
        self._free -= taken
        return taken

    async def wait(self) -> None:
        """Takes a place as soon as there is one."""
        if self.take():
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await future
        except BaseException:
            if future.done() and not future.cancelled():
                self.give()
            raise

    def give(self) -> None:
        """Gives a place back."""
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(None)
                return
        self._free += 1
