"""Data with places, and the text that it is read from."""

import codecs
import pathlib
import re
from dataclasses import dataclass, field
from typing import TypeAlias

from kg.errors import InputError, LimitError, Place, unreadable

MAX_BYTES = 64 * 2**20
"""Largest document that is read, in bytes."""

Data: TypeAlias = "dict[str, Data] | list[Data] | str | bool | None"
Path = tuple[str | int, ...]
Mark = tuple[int, int]
"""Line and column, counted from 1."""

_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What YAML 1.2 calls not printable; JSON and tables have no use for them either.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")


class Number(str):
    """A number as it was written: `1.10` stays `1.10`."""

    __slots__ = ()


@dataclass(slots=True)
class Placed:
    """Plain data of a document, and the mark of each key and value by its path."""

    file: str
    data: Data = None
    keys: dict[Path, Mark] = field(default_factory=dict)
    values: dict[Path, Mark] = field(default_factory=dict)
    aliases: dict[Path, Path] = field(default_factory=dict)

    def value(self, path: Path) -> Place:
        """Returns where the value at a path stands, or the nearest thing around it."""
        return self._place(path, (self.values, self.keys))

    def key(self, path: Path) -> Place:
        """Returns where the key of a path stands; for an item of a list, the item."""
        return self._place(path, (self.keys, self.values))

    def _place(self, path: Path, tables: tuple[dict[Path, Mark], ...]) -> Place:
        path = self._written(path)
        for end in range(len(path), -1, -1):
            for table in tables:
                if path[:end] in table:
                    return Place(self.file, *table[path[:end]])
        return Place(self.file, 1)

    def _written(self, path: Path) -> Path:
        """Returns the path of what an alias stands for."""
        for _ in range(len(path)):
            ends = (end for end in range(len(path), 0, -1) if path[:end] in self.aliases)
            end = next(ends, 0)
            if not end:
                break
            path = self.aliases[path[:end]] + path[end:]
        return path


def read_bytes(path: pathlib.Path) -> bytes:
    """Returns what a file holds.

    Raises:
        InputError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error


def decode(data: bytes, file: str) -> str:
    """Returns the text of a UTF-8 document without its byte order mark.

    Raises:
        InputError: It is empty, not UTF-8, or holds control characters; with its place.
        LimitError: It is larger than `MAX_BYTES`.
    """
    if len(data) > MAX_BYTES:
        raise LimitError(
            f"the document has {len(data):,} bytes, more than {MAX_BYTES:,}: split it",
            Place(file, 1),
        )
    if data.startswith(_WIDE):
        raise InputError("the file is UTF-16 or UTF-32: save it as UTF-8", Place(file, 1, 1))
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise unreadable(file, error) from error
    if not text.strip():
        raise InputError("the file is empty", Place(file, 1))
    if bad := _CONTROL.search(text):
        message = f"control character U+{ord(bad[0]):04X} is not allowed: take it out"
        raise InputError(message, Place(file, *mark_at(text, bad.start())))
    return text


def mark_at(text: str, offset: int) -> Mark:
    """Returns the line and column of an offset, counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
