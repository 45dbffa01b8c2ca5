"""The rows of a shard, taken apart into cells: many at once where each has a cell for each head."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice
from typing import Any

from kg.imports.mapping import Mapping
from kg.imports.memory import Columns
from kg.imports.table import BOM, MAX_LINE, Shard, reader_of, too_long

_UNDECODED = re.compile("[\udc80-\udcff]")
_FIRST = 2**16
"""Bytes of a shard by which it is judged how long its rows are."""


class Grid(Sequence[list[str]]):
    """Lines that have a cell for each head: most tables hold no others.

    Cut out at once are the cells that tell something, all of a row only when it is asked for.

    Args:
        text: The lines.
        delimiter: What parts their cells.
        width: How many cells each has.
        columns: Those that tell something.
    """

    def __init__(self, text: str, delimiter: str, width: int, columns: Columns) -> None:
        self.width, self.columns = width, columns
        self._text, self._delimiter = text, delimiter
        self._length = len(next(iter(columns.values())))

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.split("\n")[:-1]

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401 - a row, as an overload would say
        return self._lines[at].split(self._delimiter)


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a shard, in its order.

    Attributes:
        numbers: Of each, from 1, heads counted.
        lines: On which each begins.
        cells: Of each.
        rejected: Line, reason and cells of those among them that are not taken.
    """

    numbers: Sequence[int]
    lines: Sequence[int]
    cells: Sequence[list[str]]
    rejected: Sequence[tuple[int, str, list[str]]] = ()

    @property
    def widths(self) -> set[int]:
        """How many cells they have."""
        cells = self.cells
        return {cells.width} if isinstance(cells, Grid) else {*map(len, cells)}

    def only(self, places: Iterable[int]) -> "Rows":
        """Returns those at some places among them."""
        rows = ((self.numbers[at], self.lines[at], self.cells[at]) for at in places)
        numbers, lines, cells = tuple(zip(*rows, strict=True)) or ((), (), ())
        return Rows(numbers, lines, cells, self.rejected)

    def without(self, wrong: dict[int, str]) -> "Rows":
        """Returns them with those at some places rejected."""
        told = ((self.lines[at], why, self.cells[at]) for at, why in wrong.items())
        kept = self.only(at for at in range(len(self.cells)) if at not in wrong)
        return replace(kept, rejected=(*self.rejected, *told))


def rows_of(shard: Shard, size: int, mapping: Mapping) -> Iterator[Rows]:
    """Yields the rows of a shard that have a cell for each head, and what is wrong with the others.

    Args:
        shard: What holds them.
        size: How many at once, about.
        mapping: Of the table.

    Raises:
        LimitError: A row is longer than `MAX_LINE`.
    """
    data = shard.read()
    if shard.number == 0:
        data = data.removeprefix(BOM)
    cut = _quoted if mapping.quoted else _unquoted
    for rows in cut(shard, data, size, mapping):
        yield _fitted(rows, mapping)


def written(cells: Sequence[str], delimiter: str, *, quoted: bool) -> str:
    """Returns a row as it stands in a table."""
    if not quoted:
        return delimiter.join(cells)
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow(cells)
    return out.getvalue()


@cache
def _row(delimiter: str, width: int, columns: tuple[int, ...]) -> re.Pattern[str]:
    """Returns the form of a line of some width, with a group for each of some columns.

    A cell takes all up to the next delimiter, line ends, too, where a line has too few. From where
    nothing has the form on, all is one match: no character is tried again.
    """
    cells = [f"[^{delimiter}]*+"] * (width - 1) + [rf"[^{delimiter}\n]*+"]
    told = (f"({cell})" if at in columns else cell for at, cell in enumerate(cells))
    return re.compile(rf"{delimiter.join(told)}\n|(?s:.+)")


def _grid(
    text: str, count: int, delimiter: str, width: int, columns: tuple[int, ...]
) -> Grid | None:
    """Returns so many lines as a grid, `None` where they are none."""
    last = text.rfind("\n", 0, -1) + 1
    if len(columns) == 1 or text.count(delimiter, last) != width - 1:
        return None
    # So many matches share so many line ends only if each is a line, the last one, too.
    rows = _row(delimiter, width, columns).findall(text)
    if len(rows) != count:
        return None
    return Grid(text, delimiter, width, dict(zip(columns, zip(*rows, strict=True), strict=True)))


def _unquoted(shard: Shard, data: bytes, size: int, mapping: Mapping) -> Iterator[Rows]:
    data = data if data.endswith(b"\n") else data + b"\n"
    form = mapping.delimiter, len(mapping.heads), mapping.columns
    first = data[:_FIRST]
    length = size * (len(first) // (first.count(b"\n") or 1) + 1)
    at, past = 0, 0
    while at < len(data):
        end = data.find(b"\n", min(at + length, len(data) - 1)) + 1
        # Not all at once: memory of that size goes back to the system, and is had anew each time.
        some, is_utf8 = _text(data[at:end])
        count = some.count("\n")
        numbers, places = (
            range(start, start + count) for start in (shard.row + past, shard.line + past)
        )
        is_short = len(some) <= MAX_LINE or max(map(len, some.split("\n"))) <= MAX_LINE
        is_plain = is_short and "\r" not in some
        grid = _grid(some, count, *form) if is_plain else None
        rows = (
            Rows(numbers, places, grid)
            if grid
            else _lines(shard, some, mapping.delimiter, numbers, places)
        )
        yield rows if is_utf8 else _decoded(rows)
        at, past = end, past + count


def _lines(
    shard: Shard, text: str, delimiter: str, numbers: Sequence[int], places: Sequence[int]
) -> Rows:
    """Returns the rows that lines are, each cut into cells by itself; empty ones are none."""
    lines = [line.removesuffix("\r") for line in text.split("\n")[:-1]]
    for place, line in zip(places, lines, strict=True):
        if len(line) > MAX_LINE:
            raise too_long(shard.path, place)
    rows = Rows(numbers, places, [line.split(delimiter) for line in lines])
    return rows.only(at for at, line in enumerate(lines) if line)


def _quoted(shard: Shard, data: bytes, size: int, mapping: Mapping) -> Iterator[Rows]:
    text, is_utf8 = _text(data)
    records = _records(shard, text, mapping.delimiter)
    while some := list(islice(records, size)):
        rows = Rows(*zip(*((number, line, cells) for number, line, cells, _ in some), strict=True))
        wrong = {at: why for at, (_, _, _, why) in enumerate(some) if why}
        rows = rows.without(wrong) if wrong else rows
        yield rows if is_utf8 else _decoded(rows)


def _records(shard: Shard, text: str, delimiter: str) -> Iterator[tuple[int, int, list[str], str]]:
    """Yields number, line and cells of each row, and why it cannot be taken apart."""
    reader = reader_of(text, delimiter)
    number, line = shard.row, shard.line
    while True:
        cells, why = [], ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            why = f"not CSV: {error}"
        if sum(map(len, cells)) > MAX_LINE or "field larger than" in why:
            raise too_long(shard.path, line)
        if cells or why:
            yield number, line, cells, why
        number, line = number + 1, shard.line + reader.line_num


def _text(data: bytes) -> tuple[str, bool]:
    """Returns data as text, and whether all of it is UTF-8."""
    try:
        return data.decode(), True
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape"), False


def _decoded(rows: Rows) -> Rows:
    """Returns rows without those that are not UTF-8."""
    wrong = [at for at, row in enumerate(rows.cells) if any(map(_UNDECODED.search, row))]
    return rows.without(dict.fromkeys(wrong, "it is not UTF-8: save the table as UTF-8"))


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
