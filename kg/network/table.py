"""Nodes and edges by column, in batches; beyond some megabytes on disk, and so in any number."""

import marshal
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from heapq import merge
from itertools import chain, groupby, islice
from operator import attrgetter, eq, itemgetter
from os import SEEK_END
from tempfile import SpooledTemporaryFile
from typing import Any, Generic, TypeVar

from kg.network.graph import Edge, GraphView, Node, Value
from kg.store.files import told

T = TypeVar("T", bound=Node | Edge)
Row = tuple[Any, ...]
Fit = Callable[[Any], str]

BATCH = 1_000
"""Rows of a batch."""

IN_MEMORY = 8 * 2**20
"""Bytes beyond which rows are kept in a temporary file."""

_FEW = 256
_RUN = 20_000
_MARKS = ("&", "<", ">", '"', ",", "\\")
_EDGES = ("  ", "| ", " |", "||", "|=", "|+", "|-", "|@")


@dataclass(frozen=True, slots=True)
class Column:
    """What the rows of a batch have in one field; numbers and truth values of one type.

    Attributes:
        values: Of each row, None where it lacks one; where there are codes, each value once.
        codes: Of each row, which of the values it has; None where most rows differ.
        harmless: Whether all are texts that mean the same in every format, as they are.
    """

    values: Sequence[Value | None]
    codes: bytes | None = None
    harmless: bool = False

    @classmethod
    def of(cls, values: Sequence[Value | None]) -> "Column":
        """Returns the column of some values."""
        once = dict.fromkeys(values)
        if len(once) <= min(_FEW, len(values) // 4):
            at = {value: code for code, value in enumerate(once)}
            return cls(tuple(once), bytes(map(at.__getitem__, values)))
        return cls(values, None, set(map(type, once)) == {str} and _is_harmless(once))  # type: ignore[arg-type]

    def each(self, fit: Fit) -> list[str]:
        """Returns what a function makes of the value of each row; of one that recurs, once."""
        made = list(map(fit, self.values))
        return made if self.codes is None else list(map(made.__getitem__, self.codes))

    def map(self, change: Callable[[Any], Value | None]) -> "Column":
        """Returns the column of what a function makes of each value."""
        return Column(tuple(map(change, self.values)), self.codes)

    def __iter__(self) -> Iterator[Value | None]:
        return iter(self.values) if self.codes is None else map(self.values.__getitem__, self.codes)


def _is_harmless(texts: Iterable[str]) -> bool:
    """Whether nothing has to be escaped, quoted or trimmed in any format, and nothing is empty."""
    joined = f"|{'|'.join(texts)}|"
    return joined.isprintable() and not any(part in joined for part in (*_MARKS, *_EDGES))


@dataclass(frozen=True, slots=True)
class Batch:
    """Some nodes or edges.

    Attributes:
        size: How many.
        fields: What all have, by name, as in `Node` and `Edge`.
        attributes: What some have besides.
    """

    size: int
    fields: dict[str, Column]
    attributes: dict[str, Column]


class Spool:
    """Rows in order, in a temporary file beyond some megabytes; read as often as is asked for.

    What it holds goes with it.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives as long as this
        weakref.finalize(self, self._file.close)
        self._ends: list[int] = []

    def add(self, batch: list[Row] | Row) -> None:
        """Adds something made of texts, numbers, tuples and lists.

        Raises:
            StoreError: There is no room for it.
        """
        with told("keeping rows in the folder for temporary files"):
            self._file.seek(0, SEEK_END)
            self._file.write(marshal.dumps(batch))
            self._ends.append(self._file.tell())

    def __iter__(self) -> Iterator[Any]:
        """Yields what was added."""
        start = 0
        for end in self._ends:
            self._file.seek(start)
            yield marshal.loads(self._file.read(end - start))  # noqa: S302 - written above
            start = end

    def rows(self) -> Iterator[Row]:
        """Yields the rows of what was added."""
        return chain.from_iterable(self)


def ordered(rows: Iterable[Row]) -> Iterator[Row]:
    """Yields rows by their first three fields; no more are in memory than a run has."""
    key = itemgetter(0, 1, 2)
    runs = []
    for run in _chunks(rows, _RUN):
        run.sort(key=key)
        runs.append(Spool())
        for chunk in _chunks(run, BATCH):
            runs[-1].add(chunk)
    return merge(*(run.rows() for run in runs), key=key)


def _chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, size)):
        yield chunk


class Table(Generic[T]):
    """Nodes or edges; made when somebody asks for them one by one, columns until then.

    Attributes:
        kinds: The attributes, sorted, with the type that fits all values.
    """

    def __init__(self, of: type[T], batches: Iterable[tuple[tuple[str, ...], list[Row]]]) -> None:
        """Takes in batches: the names of attributes, and rows, the fields before the attributes."""
        self._of = of
        self._fields = fields_of(of)
        self._size = 0
        kinds: dict[str, type] = {}
        self._kept = Spool()
        for names, rows in batches:
            self._kept.add(self._packed(names, rows, kinds))
        self.kinds = dict(sorted(kinds.items()))

    def _packed(self, names: tuple[str, ...], rows: list[Row], kinds: dict[str, type]) -> Row:
        columns = list(map(Column.of, zip(*rows, strict=True)))
        for name, column in zip(names, columns[len(self._fields) :], strict=True):
            for kind in set(map(type, column.values)) - {type(None)}:
                if kinds.setdefault(name, kind) is not kind:
                    kinds[name] = str
        self._size += len(rows)
        return len(rows), names, [(one.values, one.codes, one.harmless) for one in columns]

    def batches(self) -> Iterator[Batch]:
        """Yields all, in order."""
        for size, names, packed in self._kept:
            columns = [Column(*one) for one in packed]
            told = dict(zip(self._fields, columns, strict=False))
            yield Batch(size, told, dict(zip(names, columns[len(told) :], strict=True)))

    def distinct(self, field: str) -> set[Any]:
        """Returns all that occurs in a field that all have."""
        return {value for batch in self.batches() for value in batch.fields[field].values}

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[T]:
        for batch in self.batches():
            columns = (*batch.fields.values(), *batch.attributes.values())
            for row in zip(*columns, strict=True):
                told = zip(batch.attributes, row[len(batch.fields) :], strict=True)
                attributes = {name: value for name, value in told if value is not None}
                yield self._of(*row[: len(batch.fields)], attributes)  # type: ignore[call-arg]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table | tuple | list):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]


def fields_of(of: type[T]) -> tuple[str, ...]:
    """Returns the names of what all nodes or all edges have."""
    return tuple(field.name for field in fields(of))[:-1]


def table(of: type[T], names: tuple[str, ...], rows: Iterable[Row]) -> Table[T]:
    """Returns nodes or edges of rows: the fields, then the named attributes, None where absent."""
    return Table(of, ((names, chunk) for chunk in _chunks(rows, BATCH)))


def tables(view: GraphView) -> tuple[Table[Node], Table[Edge]]:
    """Returns the nodes and the edges of a projection as tables."""
    return tabulated(Node, view.nodes), tabulated(Edge, view.edges)


def tabulated(of: type[T], things: Iterable[T]) -> Table[T]:
    """Returns nodes or edges as a table; a table as it is."""
    return things if isinstance(things, Table) else Table(of, _alike(of, things))


def _alike(of: type[T], things: Iterable[T]) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Yields those together that follow each other and have the same attributes, of like types."""
    told = attrgetter(*fields_of(of))
    remaining = iter(things)
    while chunk := list(islice(remaining, BATCH)):
        for (names, _), same in groupby(chunk, _form):
            yield names, [(*told(thing), *thing.attributes.values()) for thing in same]


def _form(thing: Node | Edge) -> tuple[tuple[str, ...], tuple[type, ...]]:
    return tuple(thing.attributes), tuple(map(type, thing.attributes.values()))
