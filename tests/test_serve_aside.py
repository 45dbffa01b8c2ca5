"""What `kg serve` does beside its event loop, and at whose cost."""

import asyncio
import threading
import time

from kg.web.problems import TooMuch
from kg.web.share import Shares

CLIENT = "127.0.0.1"


def work() -> int:
    """Some processor time in some thread."""
    until = time.thread_time() + 0.01
    while time.thread_time() < until:
        pass
    return threading.get_ident()


def test_a_long_text_is_looked_at_in_a_thread_and_a_short_one_is_not() -> None:
    async def where(text: str) -> int:
        return await Shares(60, lambda: 0.0).look(CLIENT, text, work)

    assert asyncio.run(where("ASK {}")) == threading.get_ident()
    assert asyncio.run(where("a." * 100_000)) != threading.get_ident()


def test_what_is_done_aside_is_charged() -> None:
    async def used_up() -> bool:
        shares = Shares(60, lambda: 0.0)
        shares.charge(CLIENT, 120)
        shares.check(CLIENT)
        await shares.aside(CLIENT, work)
        await asyncio.sleep(0)
        try:
            shares.check(CLIENT)
        except TooMuch:
            return True
        return False

    assert asyncio.run(used_up())
