"""Memory of cells that were seen: it saves work, and may not grow without end."""

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

MAX_SEEN = 100_000
"""How many different cells of a column are kept in mind."""


def keep(seen: dict[K, V], key: K, value: V) -> None:
    """Puts a value into a memory, which is emptied first if it is full."""
    if len(seen) >= MAX_SEEN:
        seen.clear()
    seen[key] = value
