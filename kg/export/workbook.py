"""An Excel workbook: nodes, edges, and what it is of. Kumu reads it too, by the heads."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from kg.errors import Misuse
from kg.export.tables import EDGE_HEADS, NODE_HEADS, edge_columns, node_columns
from kg.network import GraphView
from kg.network.graph import Value
from kg.network.table import Column, tables

MAX_CELL = 32_767
"""Characters that a cell of Excel holds."""

Rows = Sequence[Sequence[Value | None]]

MAX_ROWS = 1_048_576 - 1

# A workbook says when it was made; the same data gives the same bytes.
_MADE = datetime(2000, 1, 1, tzinfo=UTC)


def write(view: GraphView) -> bytes:
    """Returns a workbook: text stays text, dates are dates, heads are frozen and filter.

    Raises:
        Misuse: The library for it is not installed, or there are more rows than a sheet holds.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise Misuse("xlsx needs a library: pip install 'diplomatic-kg[excel]'") from error
    if max(len(view.nodes), len(view.edges)) > MAX_ROWS:
        raise Misuse(f"a sheet holds {MAX_ROWS:,} rows: narrow it, or choose csv")
    out = io.BytesIO()
    told = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, {**told, "strings_to_numbers": False})
    book.set_properties({"created": _MADE, "title": view.about.get("projection", "")})
    nodes, edges = tables(view)
    _sheet(book, "Nodes", [*NODE_HEADS, *nodes.kinds], _rows(node_columns(nodes)))
    _sheet(book, "Edges", [*EDGE_HEADS, *edges.kinds], _rows(edge_columns(edges)))
    _sheet(book, "About", ["What", "Value"], [[k, v] for k, v in view.about.items()])
    book.close()
    return out.getvalue()


def _rows(batches: Iterable[tuple[int, list[Column]]]) -> Rows:
    return [row for _, columns in batches for row in zip(*columns, strict=True)]


def _sheet(
    book: object, name: str, heads: list[str], rows: Sequence[Sequence[Value | None]]
) -> None:
    sheet = book.add_worksheet(name)  # type: ignore[attr-defined]
    bold = book.add_format({"bold": True, "bottom": 1})  # type: ignore[attr-defined]
    day = book.add_format({"num_format": "yyyy-mm-dd"})  # type: ignore[attr-defined]
    for at, head in enumerate(heads):
        sheet.write_string(0, at, head, bold)
        widest = max((len(str(row[at] or "")) for row in rows), default=0)
        sheet.set_column(at, at, min(max(len(head), widest) + 2, 60))
    for line, row in enumerate(rows, start=1):
        for at, value in enumerate(row):
            _cell(sheet, line, at, value, day if heads[at] in {"Start", "End"} else None)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)


def _cell(sheet: object, line: int, at: int, value: Value | None, day: object) -> None:
    write = sheet
    if value is None:
        return
    if isinstance(value, bool):
        write.write_boolean(line, at, value)  # type: ignore[attr-defined]
    elif isinstance(value, int | float):
        write.write_number(line, at, value)  # type: ignore[attr-defined]
    elif day is not None:
        write.write_datetime(line, at, date.fromisoformat(value), day)  # type: ignore[attr-defined]
    else:
        write.write_string(line, at, value[:MAX_CELL])  # type: ignore[attr-defined]
