"""From a shard of a table to the files of a part: the same work on every engine."""

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from kg.imports.judging import Judge, Judging
from kg.imports.mapped import Mapped
from kg.imports.mapper import Mapper
from kg.imports.mapping import Mapping
from kg.imports.parts import Files, Output, Part
from kg.imports.rows import Rows, rows_of
from kg.imports.table import Shard

JUDGED, WRITTEN = 4_000, 128
"""Rows that are judged together, and that are written together where nobody judges: judging has a
cost for each batch, writing is quickest from the cache of the processor."""


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


class Worker:
    """Does a job, shard by shard."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._mapper = Mapper(job.mapping)
        self._derive = None if job.derive is None else job.derive()
        self._judging: Judging | None = None
        if job.judge is not None:
            rules = self._derive is not None
            self._judging = Judging(job.mapping, job.judge(), self._alone, other_rules=rules)
        self._of_source = (job.mapping.preamble, job.mapping.preamble_derived)
        self._before_key = len(f"<{job.mapping.source}/")

    def __call__(self, shard: Shard) -> Part:
        """Writes the files of a part and returns what became of it.

        Raises:
            LimitError: A row is too long.
            OSError: They cannot be written.
        """
        files = Files(self._job.folder, shard.number, self._job.is_packed)
        self._mapper.unknown = {}
        apart = files.verdicts()
        with ExitStack() as stack:
            out = Output(files, stack)
            if shard.number == 0:
                self._write([self._of_source], None, out)
            for rows in self._rows(shard):
                self._take(rows, apart, out)
        part = out.part(self._mapper.unknown)
        files.finish(part)
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
        found = self._judging.found(mapped, rows.numbers, {}) if self._judging else {}
        self._mapper.rest()
        return found

    def _rows(self, shard: Shard) -> Iterator[Rows]:
        return rows_of(shard, WRITTEN if self._judging is None else JUDGED, self._job.mapping)

    def _keys(self, mapped: Mapped) -> list[str]:
        """Returns the ids of events, as they end their IRIs."""
        return [event[self._before_key : -1] for event in mapped.events]

    def _take(self, rows: Rows, apart: dict[int, str], out: Output) -> None:
        mapper = self._mapper
        mapped = mapper.rows(rows.cells, rows.numbers)
        wrong = mapped.wrong
        if self._judging is not None:
            out.name(self._keys(mapped))
            if found := self._judging.found(mapped, rows.numbers, apart):
                wrong |= {mapped.taken[at]: said for at, said in found.items()}
                mapped = mapped.only(at for at in range(len(mapped.taken)) if at not in found)
        out.count(rows.without(wrong) if wrong else rows, self._job.mapping)
        parties = mapped.parties - out.parties
        described = mapper.described(parties)
        out.parties |= parties
        fresh = [told for iri, told in described.items() if iri not in out.described]
        out.described |= described.keys()
        # Behind the mark what follows can be derived from alone.
        out.mark()
        self._write(fresh, mapped, out)
        mapper.rest()

    def _write(self, told: list[tuple[str, str]], mapped: Mapped | None, out: Output) -> None:
        quads = sum(one.count("\n") for one, _ in told) + (mapped.quads if mapped else 0)
        out.write(*self._quads(told, mapped), quads)

    def _alone(self, mapped: Mapped) -> tuple[str, str]:
        """Returns what is asserted and derived of some rows, their source and their actors."""
        actors = self._mapper.described(mapped.parties).values()
        return self._quads([self._of_source, *actors], mapped)

    def _quads(self, told: list[tuple[str, str]], mapped: Mapped | None) -> tuple[str, str]:
        """Returns what is asserted and derived of some nodes and of some rows."""
        asserted = "".join([*(one for one, _ in told), *(mapped.asserted if mapped else ())])
        if self._derive is not None:
            return asserted, self._derive(asserted)
        if not self._job.is_packed:
            return asserted, ""
        return asserted, "".join([*(one for _, one in told), *(mapped.derived if mapped else ())])
