"""Rows as a table for a person at a terminal, in as few lines as its width allows."""

import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence

import click
from rich.cells import cell_len, chop_cells

from kg.cli.common import say, write_out
from kg.cli.group import Settings
from kg.errors import harmless

WIDTH = 100
"""Columns of text where no terminal says how many there are."""

LONGEST = 400
"""Characters of a cell that are shown; the whole is in CSV or JSON."""

_GAP = "  "
_HANGING = "  "  # begins a cell's further lines, so that a row's first line is seen
_WORD = 16  # a longer word is parted where there is no room for it
_SAMPLE = 100  # rows by which the widths are chosen
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def show_table(heads: Sequence[str], cells: Sequence[Sequence[str]], settings: Settings) -> str:
    """Prints a table to stdout, as wide as the terminal; returns what it left out, in words.

    A column without any value is left out, what only repeats the row above is not said again, and
    a cell is cut at `LONGEST`.
    """
    plain = [[_cut(harmless(" ".join(cell.split()))) for cell in row] for row in (heads, *cells)]
    kept = [at for at, _ in enumerate(heads) if not cells or any(row[at] for row in plain[1:])]
    shown, *rows = [[row[at] for at in kept] for row in plain]
    rule = "─" if (sys.stdout.encoding or "").lower().startswith("utf") else "-"
    for line in drawn(shown, rows, shutil.get_terminal_size((WIDTH, 24)).columns, rule):
        click.echo(line, color=settings.colour)
    empty = [head for at, head in enumerate(plain[0]) if at not in kept]
    return f"no value for {', '.join(empty)}" if empty else ""


def show_rows(
    rows: Sequence[Mapping[str, str | int | float]],
    format: str | None,
    settings: Settings,
    hidden: str = "",
) -> None:
    """Prints rows: as a table where a person looks on, without the hidden column, else as CSV."""
    from kg.rdf import RESULT_FORMATS, rows_of

    if format is not None and format not in {"table", *RESULT_FORMATS}:
        raise click.UsageError(f"choose one of table {' '.join(RESULT_FORMATS)}")
    written = format or ("table" if sys.stdout.isatty() else "csv")
    if written != "table":
        write_out(RESULT_FORMATS[written](rows_of(rows)).encode())
    elif rows:
        heads = [head for head in rows[0] if head != hidden]
        show_table(heads, [[str(row[head]) for head in heads] for row in rows], settings)
    else:
        say(settings, "nothing")


def drawn(
    heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, rule: str = "─"
) -> Iterator[str]:
    """Yields the lines of a table; where it cannot fit, a line for each cell, row after row.

    Args:
        heads: The columns' names, in plain text.
        rows: Cells of plain text, one for each of them.
        width: Columns of text that there are.
        rule: What the line below the heads is made of.
    """
    numbers = [all(_NUMBER.fullmatch(row[at] or "0") for row in rows) for at, _ in enumerate(heads)]
    rows = _points_aligned(rows, numbers)
    sparse = list(_not_repeated(rows))
    sample = [heads, *sparse[:: len(rows) // _SAMPLE + 1]]
    widths = _widths(sample, width, width) or _widths(sample, width, _WORD)
    if widths is None:
        yield from _one_by_one(heads, rows, width, rule)
        return
    yield from (click.style(line, bold=True) for line in _lines(heads, widths, numbers))
    yield rule * (sum(widths) + len(_GAP) * (len(widths) - 1))
    for row in sparse:
        yield from _lines(row, widths, numbers)


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONGEST else cell[: LONGEST - 1] + "…"


def _lines(row: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> Iterator[str]:
    cells = [_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
    for line in range(max(map(len, cells), default=0)):
        parts = (
            _padded(cell[line] if line < len(cell) else "", width, right=right)
            for cell, width, right in zip(cells, widths, numbers, strict=True)
        )
        yield _GAP.join(parts).rstrip()


def _padded(text: str, width: int, *, right: bool) -> str:
    room = " " * (width - cell_len(text))
    return room + text if right else text + room


def _wrapped(text: str, width: int) -> list[str]:
    """Returns the lines of a cell, none wider than its column; a word too long is parted."""
    hanging = _HANGING if width > 2 * len(_HANGING) else ""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and cell_len(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
            continue
        fits = cell_len(word) <= width - (len(hanging) if lines else 0)
        for part in [word] if fits else chop_cells(word, width - len(hanging)):
            lines.append(hanging + part if lines else part)
    return lines


def _one_by_one(
    heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, rule: str
) -> Iterator[str]:
    """Yields head and value of each cell that has one, a rule between rows."""
    names = min(max(map(cell_len, heads)), max(width // 3, 1))
    widths = (names, max(width - names - len(_GAP), 1))
    for number, row in enumerate(rows):
        if number:
            yield rule * width
        for pair in zip(heads, row, strict=True):
            if pair[1]:
                yield from _lines(pair, widths, (False, False))


def _points_aligned(
    rows: Sequence[Sequence[str]], numbers: Sequence[bool]
) -> Sequence[Sequence[str]]:
    """Returns rows with room after numbers of fewer decimals than others of their column."""

    def after(text: str) -> int:
        return len("".join(text.partition(".")[1:]))

    most = [
        max((after(row[at]) for row in rows), default=0) if number else 0
        for at, number in enumerate(numbers)
    ]
    return [
        [
            cell + " " * (wide - after(cell)) if wide else cell
            for cell, wide in zip(row, most, strict=True)
        ]
        for row in rows
    ]


def _widths(rows: Sequence[Sequence[str]], width: int, most: int) -> list[int] | None:
    """Returns a width for each column, or nothing where their words do not fit.

    A word is parted only where it is longer than `most`.

    From the widths at which no cell is wrapped, a character is taken away where that costs least,
    until all fit: a cell's further lines cost, and those that make its row higher cost most.
    """
    columns = list(zip(*rows, strict=True))
    room = width - len(_GAP) * (len(columns) - 1)
    widths = [min(max(map(cell_len, column)), width) for column in columns]
    least = [
        min(max(map(_longest, column)), wide, most)
        for column, wide in zip(columns, widths, strict=True)
    ]
    heights = [_heights(column, wide) for column, wide in zip(columns, widths, strict=True)]
    while sum(widths) > room:
        found = None
        for at, column in enumerate(columns):
            if widths[at] > least[at]:
                tried = _heights(column, widths[at] - 1)
                rest = (heights[other] for other, _ in enumerate(columns) if other != at)
                cost = sum(tried) + sum(max(row) ** 2 for row in zip(tried, *rest, strict=True))
                found = min(found or (cost, -widths[at], at, tried), (cost, -widths[at], at, tried))
        if found is None:
            return None
        _, _, at, heights[at] = found
        widths[at] -= 1
    return widths


def _longest(text: str) -> int:
    """Returns the width of the longest word, as it stands in a wrapped cell."""
    first, *others = map(cell_len, text.split(" "))
    return max([first, *(word + len(_HANGING) for word in others)])


def _heights(column: Sequence[str], width: int) -> list[int]:
    return [len(_wrapped(cell, width)) for cell in column]


def _not_repeated(rows: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Yields rows whose first cells are empty as far as they repeat the row above."""
    above: Sequence[str] = ()
    for row in rows:
        same = 0
        while same < min(len(row) - 1, len(above)) and row[same] == above[same]:
            same += 1
        yield [*([""] * same), *row[same:]]
        above = row
