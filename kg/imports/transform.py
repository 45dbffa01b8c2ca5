"""From a shard of a table to files of N-Quads, and what could not be read of it.

The same work on every engine. A part that is done has its JSON file, written last: what was begun
and left is begun again, what was done is not.
"""

import csv
import gzip
import json
import os
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import unquote

from kg.imports.alike import Alike, Aspect
from kg.imports.mapped import Mapped
from kg.imports.mapper import Mapper
from kg.imports.mapping import Mapping
from kg.imports.participants import Named
from kg.imports.rows import Rows, rows_of, written
from kg.imports.table import Shard

JUDGED, WRITTEN = 4_000, 64
"""Rows that are judged together, and that are written together where nobody judges: judging has a
cost for each batch, writing is quickest from the cache of the processor."""

LEVEL = 3
"""Of compression: what a level more saves on disk costs more time than it is worth."""

MAX_TOLD = 20
"""How many rejected rows of a part are told in words."""


class Judge(Protocol):
    """Says what is wrong with N-Quads of one source: by the IRI of a node, in words."""

    @property
    def aspects(self) -> Sequence[Aspect] | None:
        """What that follows from; `None` if it may be anything."""

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

    def verdicts(self) -> dict[int, str]:
        """Returns what is found already about rows, by number; nothing where one is sound."""
        if not self.apart.exists():
            return {}
        return {int(row): why for row, why in json.loads(self.apart.read_bytes()).items()}


class Worker:
    """Does a job, shard by shard."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._mapper = Mapper(job.mapping)
        self._judge = None if job.judge is None else job.judge()
        self._derive = None if job.derive is None else job.derive()
        # What other rules derive may be anything.
        aspects = self._judge.aspects if self._judge and not self._derive else None
        self._alike = Alike(job.mapping, aspects)
        self._before_key = len(f"<{job.mapping.source}/")

    def __call__(self, shard: Shard) -> Part:
        """Writes the files of a part and returns what became of it.

        Raises:
            LimitError: A row is too long.
            OSError: They cannot be written.
        """
        files = Files(self._job.folder, shard.number, self._job.is_packed)
        mapping = self._job.mapping
        self._mapper.unknown = {}
        apart = files.verdicts()
        with ExitStack() as stack:
            out = _Out(files, stack)
            if shard.number == 0:
                self._write([(mapping.preamble, mapping.preamble_derived)], None, out)
            for rows in self._rows(shard):
                self._take(rows, apart, out)
        part = out.part(self._mapper.unknown)
        put(files.done, json.dumps(asdict(part)).encode())
        return part

    def named(
        self, shard: Shard, ids: Container[str]
    ) -> Iterator[tuple[str, int, int, Sequence[str]]]:
        """Yields id, number, line and cells of the rows of a shard that tell of some events."""
        for rows in self._rows(shard):
            mapped = self._mapper.rows(rows.cells, rows.numbers)
            for key, at in zip(self._keys(mapped), mapped.taken, strict=True):
                if key in ids:
                    yield key, rows.numbers[at], rows.lines[at], rows.cells[at]
            self._mapper.rest()

    def judged(self, rows: Rows) -> dict[int, str]:
        """Returns which of some rows that can be read are wrong, judged together, and why."""
        mapped = self._mapper.rows(rows.cells, rows.numbers)
        every = range(len(mapped.events))
        found = {} if self._judge is None else self._judged(rows, mapped, self._judge, every)
        self._mapper.rest()
        return found

    def _rows(self, shard: Shard) -> Iterator[Rows]:
        mapping, size = self._job.mapping, WRITTEN if self._judge is None else JUDGED
        for rows in rows_of(shard, size, mapping):
            yield _fitted(rows, mapping)

    def _keys(self, mapped: Mapped) -> list[str]:
        """Returns the ids of events, as they end their IRIs."""
        return [event[self._before_key : -1] for event in mapped.events]

    def _take(self, rows: Rows, apart: dict[int, str], out: "_Out") -> None:
        mapping, mapper = self._job.mapping, self._mapper
        mapped = mapper.rows(rows.cells, rows.numbers)
        wrong = mapped.wrong
        if self._judge is not None:
            out.name(self._keys(mapped))
            if found := self._found(rows, mapped, self._judge, apart):
                wrong |= {mapped.taken[at]: said for at, said in found.items()}
                mapped = mapped.only(at for at in range(len(mapped.taken)) if at not in found)
        out.count(rows.without(wrong) if wrong else rows, mapping)
        parties = mapped.parties - out.parties
        described = mapper.described(parties)
        out.parties |= parties
        fresh = [told for iri, told in described.items() if iri not in out.described]
        out.described |= described.keys()
        # Behind the mark what follows can be derived from alone.
        out.mark()
        self._write(fresh, mapped, out)
        mapper.rest()

    def _found(
        self, rows: Rows, mapped: Mapped, judge: Judge, apart: dict[int, str]
    ) -> dict[int, str]:
        """Returns which rows are wrong, and why: as was found before, or as they are judged."""
        numbers = [rows.numbers[at] for at in mapped.taken] if apart else []
        before = {at: apart[row] for at, row in enumerate(numbers) if row in apart}
        rest = [at for at in range(len(mapped.taken)) if at not in before]
        some = mapped.only(rest) if before else mapped
        found = self._alike.wrong(some, partial(self._judged, rows, some, judge))
        told = {at: said for at, said in before.items() if said}
        return told | {rest[at]: said for at, said in found.items()}

    def _judged(
        self, rows: Rows, mapped: Mapped, judge: Judge, places: Sequence[int]
    ) -> dict[int, str]:
        """Returns what the judge finds wrong with the rows at some places."""
        mapping, some = self._job.mapping, mapped.only(places)
        actors = self._mapper.described(some.parties).values()
        found = judge(*self._quads([(mapping.preamble, mapping.preamble_derived), *actors], some))
        row = f"{mapping.source}#row="
        told = {
            at: found.get(event[1:-1]) or found.get(f"{row}{rows.numbers[taken]}")
            for at, event, taken in zip(places, some.events, some.taken, strict=True)
            if found
        }
        rows_of: dict[str, list[int]] = defaultdict(list)
        for event, taken in zip(some.events, some.taken, strict=True):
            rows_of[event].append(rows.numbers[taken])
        return {
            at: _shared(event, rows_of[event]) + said
            for at, event in zip(places, some.events, strict=True)
            if (said := told.get(at))
        }

    def _write(self, told: list[tuple[str, str]], mapped: Mapped | None, out: "_Out") -> None:
        counts = sum(mapped.counts) if mapped else 0
        out.write(*self._quads(told, mapped), counts + sum(one.count("\n") for one, _ in told))

    def _quads(self, told: list[tuple[str, str]], mapped: Mapped | None) -> tuple[str, str]:
        """Returns what is asserted and derived of some nodes and of some rows."""
        asserted = "".join([*(one for one, _ in told), *(mapped.asserted if mapped else ())])
        if self._derive is not None:
            return asserted, self._derive(asserted)
        if not self._job.is_packed:
            return asserted, ""
        return asserted, "".join([*(one for _, one in told), *(mapped.derived if mapped else ())])


class _Out:
    """The files of a part while they are written, and what is counted meanwhile."""

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
        self._asserted.write(asserted.encode())
        self._counts[0] += count
        if self._derived is not None:
            self._derived.write(derived.encode())
            self._counts[1] += derived.count("\n")

    def mark(self) -> None:
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


def _fitted(rows: Rows, mapping: Mapping) -> Rows:
    """Returns rows that have as many cells as there are heads; heads are no row.

    Below heads of its own a table may have empty columns more: weekly files have been published so.
    """
    heads = len(mapping.heads)
    if mapping.has_heads and rows.numbers and rows.numbers[0] == 1:
        rows = rows.only(range(1, len(rows.cells)))
    if rows.widths <= {heads}:
        return rows
    if mapping.has_heads:
        cells = [row if any(row[heads:]) else row[:heads] for row in rows.cells]
        rows = replace(rows, cells=cells)
    told = {
        at: f"{len(row)} columns instead of {heads}"
        for at, row in enumerate(rows.cells)
        if len(row) != heads
    }
    return rows.without(told)


def _shared(event: str, numbers: list[int]) -> str:
    """Returns which rows tell of an event, if that is more than one."""
    if len(numbers) == 1:
        return ""
    first = ", ".join(map(str, numbers[:3][: len(numbers) - 1]))
    last = f"{numbers[-1]}" if len(numbers) <= 4 else f"{len(numbers) - 3:,} more"
    return f"rows {first} and {last} share the id {unquote(event[1:-1].rpartition('/')[2])}: "


def put(path: Path, data: bytes) -> None:
    """Writes a file of a part, whole and on disk."""
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
