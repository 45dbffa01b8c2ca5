"""Memory of cells that were seen: it saves work, and may not grow without end."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar

from kg.errors import InputError

K = TypeVar("K")
V = TypeVar("V")

MAX_SEEN = 100_000
"""How many different cells of a column are kept in mind."""

Tell: TypeAlias = Callable[[str, str], None]
"""Takes a column and a code in it that nobody knows."""


class Memory(dict[K, V | None]):
    """What cells mean, each found out once; `None` where they cannot be read.

    A whole column is looked up at once, without a line of Python for a cell that was seen before.

    Attributes:
        find: Finds out what cells mean, tells codes that nobody knows, raises `InputError`.
        unknown: Columns and codes that nobody knows, by the cells that have some.
    """

    def __init__(self, find: Callable[[K, Tell], V]) -> None:
        super().__init__()
        self.find = find
        self.unknown: dict[K, list[tuple[str, str]]] = {}

    def of(self, cells: Iterable[K]) -> list[Any]:
        """Returns what each of some cells means; `None in` it says whether one cannot be read."""
        if len(self) >= MAX_SEEN:
            self.forget()
        return list(map(self.__getitem__, cells))

    def forget(self) -> None:
        """Empties it."""
        self.clear()
        self.unknown.clear()

    def __missing__(self, cells: K) -> V | None:
        told: list[tuple[str, str]] = []
        try:
            found = self.find(cells, lambda *code: told.append(code))
        except InputError:
            found = None
        if told:
            self.unknown[cells] = told
        self[cells] = found
        return found

    def why(self, cells: K) -> str:
        """Returns why some cells cannot be read."""
        try:
            self.find(cells, lambda *_: None)
        except InputError as error:
            return error.message
        return ""


Column: TypeAlias = Sequence[str]
Columns: TypeAlias = dict[int | None, Column]
"""Columns of some rows by their numbers; under `None` one that says nothing."""
