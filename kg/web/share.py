"""A share of worker time for each client, so that one cannot take it all."""

import asyncio
import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from kg.web.problems import TooMuch

T = TypeVar("T")

_MANY = 10_000
_LONG = 4096


@dataclass(slots=True)
class _Account:
    left: float
    at: float


class Shares:
    """Token buckets in seconds of worker time: each fills at `share` a minute, up to twice that."""

    def __init__(self, share: float, clock: Callable[[], float]) -> None:
        self._rate = share / 60
        self._most = 2 * share
        self._clock = clock
        self._accounts: dict[str, _Account] = {}

    def check(self, client: str) -> None:
        """Lets a client ask.

        Raises:
            TooMuch: It has used up its share.
        """
        account = self._account(client)
        if account.left < 0:
            raise TooMuch(
                "this address has used up its share of the server's time",
                retry=math.ceil(-account.left / self._rate) + 1,
            )

    def charge(self, client: str, seconds: float) -> None:
        """Takes worker time off a client's share."""
        self._account(client).left -= seconds

    async def aside(self, client: str, doing: Callable[[], T]) -> T:
        """Does something at a client's cost in a thread: the event loop has others to serve."""
        loop = asyncio.get_running_loop()

        def timed() -> T:
            began = time.thread_time()
            try:
                return doing()
            finally:
                spent = time.thread_time() - began
                loop.call_soon_threadsafe(self.charge, client, spent)

        return await asyncio.to_thread(timed)

    async def look(self, client: str, text: str, looking: Callable[[], T]) -> T:
        """Does what takes as long as a text is: at once, or aside if that is long."""
        return looking() if len(text) <= _LONG else await self.aside(client, looking)

    def _account(self, client: str) -> _Account:
        now = self._clock()
        if len(self._accounts) > _MANY:
            self._forget(now)
        account = self._accounts.setdefault(client, _Account(self._most, now))
        account.left = min(self._most, account.left + (now - account.at) * self._rate)
        account.at = now
        return account

    def _forget(self, now: float) -> None:
        """Forgets those whose share has filled again."""
        self._accounts = {
            client: account
            for client, account in self._accounts.items()
            if account.left + (now - account.at) * self._rate < self._most
        }


@lru_cache(1024)
def sharer_of(address: str) -> str:
    """Returns who shares: an address, of IPv6 the network that one subscriber has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))
