"""Rows as a table for a person at a terminal."""

import re
import sys

from kg.cli.group import Settings

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """Returns text without what would steer a terminal or turn the direction of what follows."""
    return _CONTROL.sub("\ufffd", " ".join(text.split()))


def show_table(heads: list[str], cells: list[list[str]], settings: Settings) -> None:
    """Prints a table to stdout, as wide as the terminal; 100 columns where there is none."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    shown = _not_repeated(cells)
    for at, head in enumerate(heads):
        numbers = bool(cells) and all(re.fullmatch(r"-?\d+(\.\d+)?", row[at]) for row in cells)
        # A word is parted only where there is no room at all.
        words = (word for row in (heads, *cells) for word in row[at].split())
        table.add_column(
            harmless(head),
            justify="right" if numbers else "left",
            overflow="fold",
            min_width=min(max(map(len, words), default=1), 14),
        )
    for row in shown:
        table.add_row(*(Text(harmless(cell)) for cell in row))
    console = Console(
        file=sys.stdout,
        width=None if sys.stdout.isatty() else 100,
        no_color=settings.colour is False,
        force_terminal=True if settings.colour else None,
        highlight=False,
    )
    console.print(table)


def _not_repeated(cells: list[list[str]]) -> list[list[str]]:
    """Returns the cells with a first one that only repeats the row above left empty."""
    firsts = ["", *[row[0] for row in cells if row][:-1]]
    if not cells or len(cells[0]) < 2:
        return cells
    return [
        ["" if row[0] == above else row[0], *row[1:]]
        for row, above in zip(cells, firsts, strict=True)
    ]
