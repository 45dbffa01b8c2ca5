"""The rows of a shard, taken apart into cells: all at once where they are as wide as each other."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from kg.imports.table import BOM, MAX_LINE, Shard, reader_of, too_long

_UNDECODED = re.compile("[\udc80-\udcff]")


class Grid(Sequence[list[str]]):
    """Rows of one width, cut into cells all at once: most tables hold no others.

    Args:
        cells: Of all rows, one behind the other, and one more behind each row, its end.
        width: How many cells a row has besides that.
    """

    def __init__(self, cells: list[str], width: int) -> None:
        self.width = width
        self._cells = cells

    def __len__(self) -> int:
        return len(self._cells) // (self.width + 1)

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401 - a row, as an overload would say
        start = range(len(self))[at] * (self.width + 1)
        return self._cells[start : start + self.width]

    def column(self, at: int) -> list[str]:
        """Returns one cell of each row."""
        return self._cells[at :: self.width + 1]


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


def rows_of(shard: Shard, size: int, delimiter: str, *, quoted: bool) -> Iterator[Rows]:
    """Yields the rows of a shard.

    Args:
        shard: What holds them.
        size: How many at once, about.
        delimiter: What parts their cells.
        quoted: Whether cells may stand in quotation marks.

    Raises:
        LimitError: A row is longer than `MAX_LINE`.
    """
    data = shard.read()
    if shard.number == 0:
        data = data.removeprefix(BOM)
    try:
        yield from (_quoted if quoted else _unquoted)(shard, data.decode(), size, delimiter)
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
        for rows in (_quoted if quoted else _unquoted)(shard, text, size, delimiter):
            wrong = [at for at, row in enumerate(rows.cells) if any(map(_UNDECODED.search, row))]
            yield rows.without(dict.fromkeys(wrong, "it is not UTF-8"))


def written(cells: Sequence[str], delimiter: str, *, quoted: bool) -> str:
    """Returns a row as it stands in a table."""
    if not quoted:
        return delimiter.join(cells)
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow(cells)
    return out.getvalue()


def _grid(text: str, delimiter: str) -> Grid | None:
    """Returns lines as a grid, `None` where they are none."""
    cells = text.replace("\n", f"{delimiter}\n{delimiter}").split(delimiter)
    width = cells.index("\n")
    cells.pop()
    ends = cells[width :: width + 1]
    is_grid = ends == ["\n"] * text.count("\n") and len(cells) == len(ends) * (width + 1)
    return Grid(cells, width) if is_grid and width > 1 else None


def _unquoted(shard: Shard, text: str, size: int, delimiter: str) -> Iterator[Rows]:
    text = text if text.endswith("\n") else f"{text}\n"
    length = size * (len(text) // text.count("\n") + 1)
    at, past = 0, 0
    while at < len(text):
        end = text.find("\n", min(at + length, len(text) - 1)) + 1
        some = text[at:end]
        count = some.count("\n")
        numbers, places = (
            range(start, start + count) for start in (shard.row + past, shard.line + past)
        )
        is_plain = "\r" not in some and len(some) <= MAX_LINE
        grid = _grid(some, delimiter) if is_plain else None
        yield (
            Rows(numbers, places, grid) if grid else _lines(shard, some, delimiter, numbers, places)
        )
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


def _quoted(shard: Shard, text: str, size: int, delimiter: str) -> Iterator[Rows]:
    records = _records(shard, text, delimiter)
    while some := list(islice(records, size)):
        rows = Rows(*zip(*((number, line, cells) for number, line, cells, _ in some), strict=True))
        wrong = {at: why for at, (_, _, _, why) in enumerate(some) if why}
        yield rows.without(wrong) if wrong else rows


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
