"""Tables of event data through the gate: mapped, judged row by row, and stored as one source.

A row with violations is rejected, with the finding in words; the others enter. Parts that are done
wait below the store until all are: what was stopped goes on from there.
"""

import hashlib
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kg.derive import read_rules
from kg.errors import InputError, LimitError, Misuse, Place
from kg.imports.compile import Compiler, Source, read_mapping
from kg.imports.engines import run
from kg.imports.mapping import Mapping
from kg.imports.rejects import write_rejects
from kg.imports.spark import run_on_spark
from kg.imports.spec import mappings
from kg.imports.table import Shard, Table
from kg.imports.transform import Files, Job, Judge, Part
from kg.load import House, read_house
from kg.namespaces import DIP, RDFS, SOURCE
from kg.queries import is_date
from kg.rdf import parse, serialize
from kg.store import Bulk, Writer
from kg.store.files import told
from kg.validate.aspects import aspects

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")
"""A source's, as the end of its IRI and the beginning of those of its events."""


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


@dataclass(frozen=True, slots=True)
class Plan:
    """One table, and how it is read.

    Attributes:
        table: Looked through.
        mapping: For its columns.
        label: What a person calls the source.
    """

    table: Table
    mapping: Mapping
    label: str


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
        unknown: Column, code, number of rows, first row; the most frequent first.
    """

    source: str
    label: str
    rows: int = 0
    rejected: int = 0
    quads: int = 0
    changed: bool = False
    told: tuple[tuple[int, str], ...] = ()
    unknown: tuple[tuple[str, str, int, int], ...] = ()


def compiler_of(name: str, own: Path | None, house: House, project: Path | None) -> Compiler:
    """Returns the mapping of a data set by its name, or a user's own file.

    Raises:
        InputError: It cannot be read.
        Misuse: There is no mapping of that name.
    """
    if own is not None:
        if name != "csv":
            raise Misuse(f"--mapping is for csv: {name} has a mapping of its own")
        return read_mapping(own, house.vocabulary, house.register.quads, project)
    known = mappings(project)
    if name == "csv":
        raise Misuse("csv is any table: say how it is read with --mapping FILE")
    if name not in known:
        raise Misuse(f"no data set is called {name!r}: {', '.join(sorted(known))}, or csv")
    return read_mapping(known[name], house.vocabulary, house.register.quads, project)


def plan(
    path: Path, compiler: Compiler, *, source: str | None = None, published: str | None = None
) -> Plan:
    """Returns how a table is to be read.

    Args:
        path: The table.
        compiler: Of its data set.
        source: End of the IRI of its source; without it, made of the file's name.
        published: When it was published; without it, what the file's name says.

    Raises:
        InputError: The table or its mapping cannot be read.
        LimitError: A row is too long, or it unpacks to too much.
        Misuse: The source cannot be called so, or that is no day.
    """
    _check(source, published)
    table = compiler.scanned(path)
    dataset = compiler.spec.dataset
    name = re.sub(r"\.zip$", "", path.name, flags=re.IGNORECASE)
    slug = source or _slug(f"{compiler.name}-{name}")
    label = f"{dataset.name}: {name}"
    day = published or _published(dataset.published, path.name)
    about = Source(SOURCE + slug, label, day, f"sha256:{table.digest}")
    mapping = compiler.compile(compiler.spec.table.columns or table.heads, about, file=str(path))
    return Plan(table, mapping, label)


def _slug(name: str) -> str:
    # Letters that an id has not may be all in which two names differ.
    told = name if name.isascii() else f"{name}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return re.sub(r"[^A-Za-z0-9]+", "-", told).strip("-").lower()


def _digest(planned: Plan, house: House) -> str:
    """Returns a digest of all that decides what the rows become, and which of them enter."""
    decides = (planned.table.digest, repr(planned.mapping), house.digest)
    return hashlib.sha256("\0".join(decides).encode()).hexdigest()


def _published(pattern: str, name: str) -> str:
    found = re.search(pattern, name) if pattern else None
    if found is None:
        return ""
    digits = re.sub(r"\D", "", found[1])
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    return day if is_date(day) else ""


def _check(source: str | None, published: str | None) -> None:
    if source is not None and not _NAME.fullmatch(source):
        raise Misuse(
            f"no name of a source: {source!r}; letters a to z, digits, and within it `.`, `_` "
            "and `-` are"
        )
    if published is not None and not is_date(published):
        raise Misuse(f"not a date: {published!r}; write it as 2026-01-12")


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
    if any(
        one.source == planned.mapping.source and one.digest == digest for one in store.sources()
    ):
        return Imported(planned.mapping.source, planned.label)
    opener = Opener(project, house if engine.is_here else None)
    derive = None if house.rules == read_rules() else opener.derive
    with _waiting(folder, planned.mapping.source, digest) as place:
        job = Job(planned.mapping, str(place), True, opener.judge, derive)
        parts = tuple(_parts(planned, job, engine, watch))
        files = [Files(str(place), part.number, is_packed=True) for part in parts]
        write_rejects(rejects, files)
        _refuse(planned, parts, strict=strict)
        bulk = Bulk(
            tuple(one.asserted for one in files),
            tuple(one.derived for one in files),
            sum(part.asserted for part in parts),
            digest,
        )
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
    shutil.rmtree(place, ignore_errors=True)


def _parts(planned: Plan, job: Job, engine: Engine, watch: Watch) -> Iterator[Part]:
    with told(f"writing {job.folder}"):
        yield from watch(engine.run(planned.table.shards(), job), planned.table)


def write_table(
    out: IO[bytes], planned: Plan, folder: Path, *, engine: Engine, watch: Watch, rejects: Path
) -> Imported:
    """Writes what a table asserts as N-Quads, in the order of its rows; nobody judges it.

    Args:
        out: Where to.
        planned: The table.
        folder: Where parts wait for their turn.
        engine: What does the work.
        watch: Sees the parts pass.
        rejects: Where rows that cannot be read are written, CSV.

    Raises:
        InputError: No row of it can be read.
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
    _refuse(planned, tuple(parts), strict=False)
    return _imported(planned, tuple(parts), changed=True)


class _Judge:
    """Says of N-Quads what is wrong with which node, in words."""

    def __init__(self, house: House) -> None:
        self._judge = house.judge
        # What is said of one source by name is not said of another row like it.
        named = any(SOURCE in str(quad) for quad in house.shapes)
        self.aspects = (
            None if named else aspects(house.judge.compiled, [DIP + "evidence"], [RDFS + "label"])
        )

    def __call__(self, asserted: str, derived: str) -> dict[str, str]:
        wrong: dict[str, list[str]] = defaultdict(list)
        for finding in self._judge.judge((asserted + derived).encode()).findings:
            if finding.severity == "violation":
                wrong[finding.focus].append(finding.message)
        return {focus: "; ".join(dict.fromkeys(said)) for focus, said in wrong.items()}


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens what the work needs where it is done; a house that is read already stays there."""

    project: Path | None
    house: House | None = None

    def judge(self) -> Judge:
        """Returns what says of N-Quads what is wrong with which node, in words."""
        return _Judge(self._house())

    def derive(self) -> Callable[[str], str]:
        """Returns what gives the N-Quads that the rules derive from others."""
        background = self._house().background

        def derive(asserted: str) -> str:
            quads = background.derive(parse(asserted.encode(), "nq", file="rows"))
            return serialize(quads, "nq").decode()

        return derive

    def _house(self) -> House:
        return self.house or read_house(self.project)


def _refuse(planned: Plan, parts: tuple[Part, ...], *, strict: bool) -> None:
    rejected = sum(part.rejected for part in parts)
    rows = sum(part.rows for part in parts)
    if not rejected or (not strict and rejected < rows):
        return
    line, reason = next(one for part in parts for one in part.told)
    place = Place(str(planned.table.path), line)
    what = "none" if rejected == rows else f"{rows - rejected:,}"
    raise InputError(f"{reason}; {what} of its {rows:,} rows can be taken: nothing entered", place)


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
