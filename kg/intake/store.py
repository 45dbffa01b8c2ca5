"""A table is worked on, part by part, and enters a store as one source; or it is written out.

Parts that are done wait below the store until all are: what was stopped goes on from there.
"""

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from kg.derive import read_rules
from kg.errors import InputError, LimitError, Misuse, Place, counted
from kg.imports.apart import judge_apart
from kg.imports.engines import run
from kg.imports.parts import Files, Part
from kg.imports.rejects import write_rejects
from kg.imports.spark import run_on_spark
from kg.imports.table import Shard, Table
from kg.imports.transform import Job
from kg.intake.judge import Opener
from kg.intake.planning import Plan
from kg.load import House
from kg.namespaces import DIP, SOURCE
from kg.store import Bulk, Keeping, Writer
from kg.store.files import told, uninterrupted


@dataclass(frozen=True, slots=True)
class Engine:
    """What does the work: so many processes of this machine, or a Spark cluster.

    Attributes:
        processes: With one, it is this one.
        is_spark: Spark does it.
        master: Its address; without one its own settings say.
    """

    processes: int = 1
    is_spark: bool = False
    master: str | None = None

    @property
    def is_here(self) -> bool:
        """Whether the work is done in this process."""
        return self.processes == 1 and not self.is_spark

    def run(self, shards: Iterator[Shard], job: Job) -> Iterator[Part]:
        """Yields what becomes of each shard, in order."""
        if self.is_spark:
            return run_on_spark(shards, job, self.master)
        return run(shards, job, self.processes)


Watch = Callable[[Iterable[Part], Table], Iterable[Part]]
"""Passes parts on, and may show how far it is."""

Entering = Callable[[], AbstractContextManager[None]]
"""Is around what the store does with all parts together, and may show that it goes on."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a table.

    Attributes:
        source: IRI of the source.
        label: What a person calls it.
        rows: How many rows of events it held.
        rejected: How many were not taken.
        quads: How many quads are asserted.
        changed: Whether the store is another one now.
        told: Line and reason of the first rejected rows.
        unknown: Column, code, number of rows, first row; the most frequent first. Without a code,
            cells of the column are no addresses.
    """

    source: str
    label: str
    rows: int = 0
    rejected: int = 0
    quads: int = 0
    changed: bool = False
    told: tuple[tuple[int, str], ...] = ()
    unknown: tuple[tuple[str, str, int, int], ...] = ()


def _digest(planned: Plan, house: House) -> str:
    """Returns a digest of all that decides what the rows become, and which of them enter."""
    decides = (planned.table.digest, repr(planned.mapping), house.digest)
    return hashlib.sha256("\0".join(decides).encode()).hexdigest()


def _check_place(store: Writer, planned: Plan) -> None:
    """Raises `Misuse` if something else than an earlier form of the table is where it would be."""
    iri = planned.mapping.source
    there = next((one for one in store.sources() if one.source == iri), None)
    if there is None:
        return
    is_table = store.query(f"ASK {{ <{iri}> a <{DIP}Dataset> }}")
    kind, _, _ = planned.label.partition(": ")
    if is_table is not True or not there.label.startswith(f"{kind}: "):
        name = iri.removeprefix(SOURCE)
        raise Misuse(
            f"{name} is already there, {there.label!r} of {there.asserted:,} quads, and no table "
            f"of {kind}: take another name with --source, or `kg remove {name}` first"
        )


def store_table(
    store: Writer,
    planned: Plan,
    house: House,
    folder: Path,
    *,
    recorded_by: str,
    engine: Engine,
    strict: bool = False,
    rejects: Path | None = None,
    watch: Watch = lambda parts, _: parts,
    entering: Entering = nullcontext,
    project: Path | None = None,
) -> Imported:
    """Takes a table into a store: all of it that passes, in one transaction, or nothing.

    Args:
        store: Where to.
        planned: The table.
        house: What it is judged with.
        folder: Where parts wait; they are taken up again when they are found there.
        recorded_by: Who imports it.
        engine: What does the work.
        strict: Refuse the table if a row is rejected.
        rejects: Where rejected rows are written, CSV; without any, no such file is left there.
        watch: Sees the parts pass.
        entering: Is around their way into the store.
        project: Whose own ontology, shapes and rules are read in other processes.

    Raises:
        InputError: No row of it can be read, or with `strict` not all.
        NotConforming: With `strict`, rows have violations.
        StoreError: The store cannot be written.
        Misuse: What is there under the name of the source is no such table. In each case the store
            is as it was.
    """
    _check_place(store, planned)
    digest = _digest(planned, house)
    iri = planned.mapping.source
    is_held = any(one.source == iri and one.digest == digest for one in store.sources())
    if is_held and (not isinstance(store, Keeping) or store.is_sound(iri)):
        return Imported(iri, planned.label)
    opener = Opener(project, house if engine.is_here else None)
    derive = None if house.rules == read_rules() else opener.derive
    with _waiting(folder, planned.mapping.source, digest) as place:
        job = Job(planned.mapping, str(place), True, opener.judge, derive)
        parts = tuple(_parts(planned, job, engine, watch))
        with told(f"writing {place}"):
            again = judge_apart(planned.table, replace(job, judge=Opener(project, house).judge))
        if again:
            parts = tuple(_parts(planned, job, engine, watch))
        files = [Files(str(place), part.number, is_packed=True) for part in parts]
        write_rejects(rejects, files)
        _refuse(planned, parts, rejects, strict=strict)
        bulk = Bulk(
            tuple(one.asserted for one in files),
            tuple(one.derived for one in files),
            sum(part.asserted for part in parts),
            digest,
        )
        with entering():
            changed = store.replace_bulk(
                planned.mapping.source, bulk, label=planned.label, recorded_by=recorded_by
            )
    return _imported(planned, parts, changed=changed)


@contextmanager
def _waiting(folder: Path, source: str, digest: str) -> Iterator[Path]:
    """Makes the folder where parts of a table wait, and takes it away when it is of no more use.

    After an error of the input that is so, too: the same table would have it again. What the source
    was to be made of before goes.
    """
    beginning = hashlib.sha256(source.encode()).hexdigest()[:16]
    place = folder / f"{beginning}-{digest[:16]}"
    with told(f"writing {place}"):
        place.mkdir(parents=True, exist_ok=True)
        for stale in folder.glob(f"{beginning}-*"):
            if stale != place:
                shutil.rmtree(stale)
    try:
        yield place
    except (InputError, LimitError):
        shutil.rmtree(place, ignore_errors=True)
        raise
    with uninterrupted():
        shutil.rmtree(place, ignore_errors=True)


def _parts(planned: Plan, job: Job, engine: Engine, watch: Watch) -> Iterator[Part]:
    with told(f"writing {job.folder}"):
        yield from watch(engine.run(planned.table.shards(), job), planned.table)


def write_table(
    out: IO[bytes],
    planned: Plan,
    folder: Path,
    *,
    engine: Engine,
    watch: Watch,
    rejects: Path,
    strict: bool = False,
) -> Imported:
    """Writes what a table asserts as N-Quads, in the order of its rows; nobody judges it.

    Args:
        out: Where to.
        planned: The table.
        folder: Where parts wait for their turn.
        engine: What does the work.
        watch: Sees the parts pass.
        rejects: Where rows that cannot be read are written, CSV.
        strict: Refuse the table if a row is rejected; by then `out` holds the others.

    Raises:
        InputError: No row of it can be read, or with `strict` not all.
        StoreError: A file cannot be written.
    """
    job = Job(planned.mapping, str(folder), is_packed=False)
    parts: list[Part] = []
    for part in _parts(planned, job, engine, watch):
        parts.append(part)
        files = Files(str(folder), part.number, is_packed=False)
        with files.asserted.open("rb") as quads:
            shutil.copyfileobj(quads, out, 2**20)
        files.asserted.unlink()
    write_rejects(rejects, (Files(str(folder), part.number, is_packed=False) for part in parts))
    _refuse(planned, tuple(parts), rejects, strict=strict)
    return _imported(planned, tuple(parts), changed=True)


def _refuse(planned: Plan, parts: tuple[Part, ...], rejects: Path | None, *, strict: bool) -> None:
    rejected = sum(part.rejected for part in parts)
    rows = sum(part.rows for part in parts)
    if not rejected or (not strict and rejected < rows):
        return
    line, reason = next(one for part in parts for one in part.told)
    place = Place(str(planned.table.path), line)
    what = "none" if rejected == rows else f"{rows - rejected:,}"
    where = "" if rejects is None else f", all that are rejected in {rejects}"
    raise InputError(
        f"{reason}; {what} of its {counted(rows, 'row')} can be taken: nothing entered{where}",
        place,
    )


def _imported(planned: Plan, parts: tuple[Part, ...], *, changed: bool) -> Imported:
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], int] = {}
    for part in parts:
        for column, code, count, row in part.unknown:
            counts[column, code] += count
            first.setdefault((column, code), row)
    told = [one for part in parts for one in part.told][:20]
    return Imported(
        planned.mapping.source,
        planned.label,
        sum(part.rows for part in parts),
        sum(part.rejected for part in parts),
        sum(part.asserted for part in parts),
        changed,
        tuple(told),
        tuple((*key, count, first[key]) for key, count in counts.most_common()),
    )
