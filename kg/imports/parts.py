"""The parts of a table that was worked on: what became of each shard, and the files that hold it.

A part that is done has its JSON file, written last: what was begun and left is begun again, what
was done is not.
"""

import csv
import gzip
import json
import os
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from kg.imports.mapping import Mapping
from kg.imports.participants import Named
from kg.imports.rows import Rows, written

LEVEL = 3
"""Of compression: what a level more saves on disk costs more time than it is worth."""

MAX_TOLD = 20
"""How many rejected rows of a part are told in words."""


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one shard.

    Attributes:
        number: Of the shard.
        rows: How many rows of events it held.
        asserted: How many quads are asserted.
        derived: How many are derived.
        rejected: How many rows were not taken.
        told: Line and reason of the first of them.
        unknown: Column, code, number of rows, the first row; without a code, cells of the column
            are no addresses.
    """

    number: int
    rows: int = 0
    asserted: int = 0
    derived: int = 0
    rejected: int = 0
    told: tuple[tuple[int, str], ...] = ()
    unknown: tuple[tuple[str, str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Files:
    """Where a part stands."""

    folder: str
    number: int
    is_packed: bool

    def _path(self, ending: str) -> Path:
        return Path(self.folder) / f"{self.number:08}{ending}"

    @property
    def asserted(self) -> Path:
        """Asserted N-Quads."""
        return self._path(".nq.gz" if self.is_packed else ".nq")

    @property
    def derived(self) -> Path:
        """Derived N-Quads, gzip."""
        return self._path(".derived.nq.gz")

    @property
    def rejected(self) -> Path:
        """Rows that were not taken, as CSV: line, reason, the row as it was."""
        return self._path(".rejected.csv")

    @property
    def ids(self) -> Path:
        """Ids of the events of its rows, a line each; one that rows judged together share, once."""
        return self._path(".ids")

    @property
    def apart(self) -> Path:
        """What is wrong with rows, by number, judged with rows of other parts or batches, JSON."""
        return self._path(".apart.json")

    @property
    def done(self) -> Path:
        """What became of it, JSON."""
        return self._path(".json")

    def read(self) -> Part | None:
        """Returns what became of the part, or `None` if it is not done."""
        try:
            told = json.loads(self.done.read_bytes())
        except (OSError, ValueError):
            return None
        told["told"] = tuple(tuple(one) for one in told["told"])
        told["unknown"] = tuple(tuple(one) for one in told["unknown"])
        return Part(**told)

    def finish(self, part: Part) -> None:
        """Writes down what became of the part, and that it is done."""
        put(self.done, json.dumps(asdict(part)).encode())

    def verdicts(self) -> dict[int, str]:
        """Returns what is found already about rows, by number; nothing where one is sound."""
        if not self.apart.exists():
            return {}
        return {int(row): why for row, why in json.loads(self.apart.read_bytes()).items()}


class Output:
    """The files of a part while they are written, and what is counted meanwhile.

    Attributes:
        described: IRIs of the actors that are described in it.
        parties: All who take part in its events.
    """

    def __init__(self, files: Files, stack: ExitStack) -> None:
        self._rows = 0
        self.described: set[str] = set()
        self.parties: set[Named] = set()
        self._number = files.number
        self._counts = [0, 0, 0]
        self._told: list[tuple[int, str]] = []
        self._asserted = _opened(files.asserted, stack, packed=files.is_packed)
        self._derived = _opened(files.derived, stack, packed=True) if files.is_packed else None
        # What is not UTF-8 is shown as escapes.
        rejected = stack.enter_context(
            files.rejected.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        )
        self._rejected = csv.writer(rejected, lineterminator="\n")
        self._ids = stack.enter_context(files.ids.open("w", encoding="ascii"))

    def write(self, asserted: str, derived: str, count: int) -> None:
        """Writes quads, so many of which are asserted."""
        self._asserted.write(asserted.encode())
        self._counts[0] += count
        if self._derived is not None:
            self._derived.write(derived.encode())
            self._counts[1] += derived.count("\n")

    def mark(self) -> None:
        """Marks where what follows can be derived from alone."""
        if self._derived is not None:
            self._asserted.write(b"#\n")

    def name(self, ids: Iterable[str]) -> None:
        """Writes down the ids of events that are judged together."""
        self._ids.writelines(f"{one}\n" for one in dict.fromkeys(ids))

    def count(self, rows: Rows, mapping: Mapping) -> None:
        """Counts rows, and writes down those of them that are rejected."""
        self._rows += len(rows.cells) + len(rows.rejected)
        self._counts[2] += len(rows.rejected)
        for line, reason, cells in sorted(rows.rejected):
            text = written(cells, mapping.delimiter, quoted=mapping.quoted)
            self._rejected.writerow((line, reason, text))
            if len(self._told) < MAX_TOLD:
                self._told.append((line, reason))

    def part(self, unknown: dict[tuple[str, str], tuple[int, int]]) -> Part:
        """Returns what became of the part."""
        asserted, derived, rejected = self._counts
        return Part(
            self._number,
            self._rows,
            asserted,
            derived,
            rejected,
            tuple(self._told),
            tuple((*key, *counted) for key, counted in sorted(unknown.items())),
        )


def _opened(path: Path, stack: ExitStack, *, packed: bool) -> IO[bytes] | gzip.GzipFile:
    file = stack.enter_context(path.open("wb"))
    if not packed:
        return file
    # No time and no name in it: the same rows are the same bytes.
    return stack.enter_context(gzip.GzipFile("", "wb", LEVEL, file, mtime=0))


def put(path: Path, data: bytes) -> None:
    """Writes a file of a part, whole and on disk."""
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
