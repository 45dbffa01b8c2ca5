"""A source that is too large to be held, from its files to batches of N-Triples, in one pass."""

import base64
import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.errors import LimitError, StoreError
from kg.namespaces import DERIVED
from kg.rdf import NamedNode
from kg.store.base import Bulk
from kg.store.remote.books import MOST, PART, WRITTEN, part

Batch = tuple[str, bytes]
"""Name of a graph, and N-Triples of it."""

_PARTS = 500
_BYTES = PART // 4 * 3


class Stream:
    """The batches of a source, its own words as they were written among them.

    The same files give the same batches, so a load that was cut short goes on.

    Attributes:
        graphs: What they are of, all that there can be.
        written: SHA-256 of what the source asserts, in the order of its files, once all has passed.
    """

    def __init__(self, name: str, bulk: Bulk, size: int) -> None:
        self._name = name
        self._bulk = bulk
        self._size = size
        self.graphs = (name, name + DERIVED, name + WRITTEN)
        self.written = ""

    def batches(self) -> Iterator[Batch]:
        """Yields the batches.

        Raises:
            LimitError: The source is larger than any may be.
            StoreError: A file cannot be read, or is not of the source.
        """
        keeper = _Keeper(self._name)
        kept: list[bytes] = []
        for lines in _grouped(_lines(self._bulk.asserted), self._size):
            yield self._name, _triples(lines, self._name)
            kept += keeper.keep(lines)
            while len(kept) >= _PARTS:
                yield self._name + WRITTEN, b"".join(kept[:_PARTS])
                del kept[:_PARTS]
        kept += keeper.end()
        yield self._name + WRITTEN, b"".join(kept)
        self.written = keeper.digest()
        twin = self._name + DERIVED
        for lines in _grouped(_lines(self._bulk.derived), self._size):
            yield twin, _triples(lines, twin)


class _Keeper:
    """Packs lines as `kg.store.remote.books.pack` does, piece by piece."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._digest = hashlib.sha256()
        self._packer = zlib.compressobj(wbits=31)
        self._packed = b""
        self._length = self._number = 0

    def keep(self, lines: Iterable[bytes]) -> list[bytes]:
        """Returns the parts that are full, as N-Triples."""
        data = b"".join(lines)
        self._length += len(data)
        if self._length > MOST:
            raise LimitError(
                f"the source has more than {MOST:,} bytes: split the table, and import each part"
            )
        self._digest.update(data)
        return self._parts(self._packer.compress(data))

    def end(self) -> list[bytes]:
        """Returns the parts that are left."""
        return [*self._parts(self._packer.flush()), *self._parts(b"", least=1)]

    def digest(self) -> str:
        """Returns the SHA-256 of all lines."""
        return self._digest.hexdigest()

    def _parts(self, packed: bytes, least: int = _BYTES) -> list[bytes]:
        packed, at, found = self._packed + packed, 0, []
        while len(packed) - at >= least:
            text = base64.b64encode(packed[at : at + _BYTES]).decode()
            found.append(f"{part(self._name, self._number, text).triple} .\n".encode())
            self._number, at = self._number + 1, at + _BYTES
        self._packed = packed[at:]
        return found


def _lines(paths: Iterable[Path]) -> Iterator[bytes]:
    """Yields the lines of files that are not comments."""
    for path in paths:
        try:
            with gzip.open(path, "rb") as file:
                yield from (line for line in file if not line.startswith(b"#"))
        except (OSError, EOFError, zlib.error) as error:
            raise StoreError(f"{path} cannot be read: import the table again: {error}") from error


def _grouped(lines: Iterator[bytes], size: int) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    for line in lines:
        group.append(line)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group


def _triples(lines: Iterable[bytes], graph: str) -> bytes:
    """Returns N-Quads of one graph as N-Triples."""
    ending = f" {NamedNode(graph)} .\n".encode()
    if not all(line.endswith(ending) for line in lines):
        raise StoreError(f"a file of {graph} holds other graphs, too: import the table again")
    return b"".join(line[: -len(ending)] + b" .\n" for line in lines)
