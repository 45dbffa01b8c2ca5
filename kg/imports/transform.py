"""From a shard of a table to files of N-Quads, and what could not be read of it.

The same work on every engine. A part that is done has its JSON file, written last: what was begun
and left is begun again, what was done is not.
"""

import csv
import gzip
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Protocol

from kg.errors import InputError
from kg.imports.mapper import Mapper, Row
from kg.imports.mapping import Mapping
from kg.imports.table import MAX_LINE, Cells, Shard, rows_of

JUDGED, WRITTEN = 4_000, 32
"""Rows that are judged together, and that are written together where nobody judges: judging has a
cost for each batch, writing is quickest from the cache of the processor."""

LEVEL = 3
"""Of compression: what a level more saves on disk costs more time than it is worth."""

MAX_TOLD = 20
"""How many rejected rows of a part are told in words."""


class Judge(Protocol):
    """Says what is wrong with N-Quads of one source: by the IRI of a node, in words."""

    def __call__(self, asserted: str, derived: str) -> dict[str, str]:
        """Returns what is wrong with which node."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with every shard.

    Attributes:
        mapping: For the table.
        folder: Where parts are written; all that work see it under this name.
        is_packed: Write gzip, with derived quads beside it; else N-Quads as they are.
        judge: Opens a judge, in the process that does the work; `None` if nobody judges.
        derive: Opens what derives by rules, where there are others than the shipped ones, whose
            outcome the mapping knows.
    """

    mapping: Mapping
    folder: str
    is_packed: bool
    judge: Callable[[], Judge] | None = None
    derive: Callable[[], Callable[[str], str]] | None = None


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
        unknown: Column, code, number of rows, the first row.
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


class Worker:
    """Does a job, shard by shard."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._mapper = Mapper(job.mapping)
        self._judge = None if job.judge is None else job.judge()
        self._derive = None if job.derive is None else job.derive()

    def __call__(self, shard: Shard) -> Part:
        """Writes the files of a part and returns what became of it.

        Raises:
            OSError: They cannot be written.
        """
        files = Files(self._job.folder, shard.number, self._job.is_packed)
        self._mapper.unknown = {}
        with ExitStack() as stack:
            out = _Out(files, stack)
            if shard.number == 0:
                mapping = self._job.mapping
                out.write(*self._quads([(mapping.preamble, mapping.preamble_derived)], []))
            size = WRITTEN if self._judge is None else JUDGED
            for batch in _batches(self._read(shard, out), size):
                self._write(batch, out)
        part = out.part(self._mapper.unknown)
        _put(files.done, json.dumps(asdict(part)).encode())
        return part

    def _read(self, shard: Shard, out: "_Out") -> Iterator[tuple[Cells, Row]]:
        mapping, mapper = self._job.mapping, self._mapper
        rows = rows_of(shard, delimiter=mapping.delimiter, quoted=mapping.quoted)
        for one in rows:
            if not isinstance(one, Cells):
                out.rows += 1
                out.reject(*one, "")
            elif one.row > 1 or not mapping.has_heads:
                out.rows += 1
                try:
                    yield one, mapper.row(_fitted(one, mapping), one.row)
                except InputError as error:
                    out.reject(one.line, error.message, one.text)

    def _write(self, batch: list[tuple[Cells, Row]], out: "_Out") -> None:
        described = self._mapper.described
        actors = {iri: described[iri] for _, row in batch for iri in row.actors}
        if self._judge is not None:
            batch = list(self._sound(batch, list(actors.values()), out, self._judge))
        fresh = [told for iri, told in actors.items() if iri not in out.described]
        out.described.update(actors)
        # Behind the mark what follows can be derived from alone.
        out.mark()
        out.write(*self._quads(fresh, batch))
        self._mapper.rest()

    def _quads(
        self, told: list[tuple[str, str]], batch: list[tuple[Cells, Row]]
    ) -> tuple[str, str]:
        """Returns what is asserted and derived of some nodes and of a batch."""
        asserted = "".join([*(one for one, _ in told), *(row.asserted for _, row in batch)])
        if self._derive is not None:
            return asserted, self._derive(asserted)
        return asserted, "".join([*(one for _, one in told), *(row.derived for _, row in batch)])

    def _sound(
        self,
        batch: list[tuple[Cells, Row]],
        actors: list[tuple[str, str]],
        out: "_Out",
        judge: Judge,
    ) -> Iterator[tuple[Cells, Row]]:
        """Yields the rows of which the judge says nothing; the others are rejected."""
        mapping = self._job.mapping
        wrong = judge(*self._quads([(mapping.preamble, mapping.preamble_derived), *actors], batch))
        for cells, row in batch:
            event = row.asserted[1 : row.asserted.index(">")] if wrong else ""
            found = wrong.get(event) or wrong.get(f"{mapping.source}#row={cells.row}")
            if found is None:
                yield cells, row
            else:
                out.reject(cells.line, found, cells.text)


class _Out:
    """The files of a part while they are written, and what is counted meanwhile."""

    def __init__(self, files: Files, stack: ExitStack) -> None:
        self.rows = 0
        self.described: set[str] = set()
        self._number = files.number
        self._counts = [0, 0, 0]
        self._told: list[tuple[int, str]] = []
        self._asserted = _opened(files.asserted, stack, packed=files.is_packed)
        self._derived = _opened(files.derived, stack, packed=True) if files.is_packed else None
        rejected = stack.enter_context(files.rejected.open("w", encoding="utf-8", newline=""))
        self._rejected = csv.writer(rejected, lineterminator="\n")

    def write(self, asserted: str, derived: str) -> None:
        data = asserted.encode()
        self._asserted.write(data)
        self._counts[0] += data.count(b"\n")
        if self._derived is not None:
            self._derived.write(derived.encode())
            self._counts[1] += derived.count("\n")

    def mark(self) -> None:
        if self._derived is not None:
            self._asserted.write(b"#\n")

    def reject(self, line: int, reason: str, text: str) -> None:
        self._rejected.writerow((line, reason, text))
        self._counts[2] += 1
        if len(self._told) < MAX_TOLD:
            self._told.append((line, reason))

    def part(self, unknown: dict[tuple[str, str], tuple[int, int]]) -> Part:
        asserted, derived, rejected = self._counts
        return Part(
            self._number,
            self.rows,
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


def _batches(rows: Iterator[tuple[Cells, Row]], size: int) -> Iterator[list[tuple[Cells, Row]]]:
    while batch := list(islice(rows, size)):
        yield batch


def _fitted(row: Cells, mapping: Mapping) -> Sequence[str]:
    """Returns the cells of a row if it has as many as there are heads.

    Below heads of its own a table may have empty columns more: weekly files have been published so.
    """
    cells, heads = row.cells, len(mapping.heads)
    if len(row.text) > MAX_LINE:
        raise InputError(f"the row is longer than {MAX_LINE:,} characters")
    if mapping.has_heads and not any(cells[heads:]):
        cells = cells[:heads]
    if len(cells) != heads:
        raise InputError(f"{len(cells)} columns instead of {heads}")
    return cells


def _put(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
