"""A table of events, from a spreadsheet or CSV, as the fact document that it stands for.

Above the table the source is told, a key and a value a row; then come the heads, then the events:

    source.id,visits-2026
    source.type,Dataset
    source.label,Visits in 2026
    source.published,2026-03-01

    type,date,agent,recipient,place
    Visit,2026-01-12,norway,denmark,denmark

Several actors in a cell are parted by `|`. The evidence of an event is its row: offsets count the
characters of the table written as CSV.
"""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time

from kg.errors import InputError, LimitError, Misuse, Place
from kg.placed import Placed
from kg.placed.data import Data, Mark, decode
from kg.placed.data import Path as At

MAX_ROWS = 100_000
_DAMAGED = "not an Excel workbook, or a damaged one"
MAX_UNPACKED = 2**28
"""Bytes that a workbook may unpack to."""

MAX_RATIO = 100
"""How many times its packed size a part of a workbook may be, beyond the first megabyte: what
people write packs 5 to 30 times."""

_MANY = ("agent", "recipient", "attendee", "about", "during", "before", "inResponseTo",
         "conditionalOn", "place", "credited")  # fmt: skip
COLUMNS = ("id", "type", "label", "date", "from", "to", "time", "status", "agent", "recipient",
           "attendee", "onBehalfOf", "place", "about", "quote", "confidence")  # fmt: skip
"""The heads of the template; any other key of an event is a head too."""

TEMPLATE = (
    ("source.id", "my-events"),
    ("source.type", "Dataset"),
    ("source.label", "What these events are, in a few words"),
    ("source.published", "2026-01-31"),
    (),
    COLUMNS,
    ("", "Meeting", "", "2026-01-12", "", "", "", "", "norway|denmark", "", "", "", "", "", "", ""),
)
"""Rows of an empty table, with one event as an example."""


def read_table(data: bytes, *, file: str) -> Placed:
    """Returns the fact document that a table stands for, each value at its row and column.

    Args:
        data: CSV as UTF-8, or a workbook whose first sheet counts.
        file: What messages call it; its ending says which of the two it is.

    Raises:
        InputError: It cannot be read, or a head is missing or stands twice.
        LimitError: It is too large.
        Misuse: The library for workbooks is not installed.
    """
    rows = list(_sheet(data, file) if file.lower().endswith(".xlsx") else _csv(data, file))
    if not any(any(row) for _, row in rows):
        raise InputError("the file is empty", Place(file, 1))
    placed = Placed(file)
    source: dict[str, Data] = {}
    at = 0
    while at < len(rows) and (not any(rows[at][1]) or rows[at][1][0].startswith("source.")):
        line, row = rows[at]
        at += 1
        if any(row):
            key, value = row[0].removeprefix("source."), (row[1] if len(row) > 1 else "")
            if key in source:
                raise InputError(f"{row[0]!r} stands twice", Place(file, line, 1))
            _put(placed, source, ("source",), key, value, (line, 2))
    if at == len(rows):
        raise InputError("there is no table below the source: give heads and rows", Place(file, 1))
    heads_line, heads = rows[at]
    while not heads[-1]:
        heads = heads[:-1]
    _check_heads(heads, heads_line, file)
    events: list[Data] = []
    passages: dict[str, Data] = {}
    text = io.StringIO()
    for line, row in rows[at + 1 :]:
        if any(row):
            start = text.tell()
            csv.writer(text, lineterminator="\n").writerow((row + [""] * len(heads))[: len(heads)])
            passages[f"r{line}"] = [str(start), str(text.tell() - 1)]
            events.append(_event(placed, heads, line, row, len(events)))
    written = text.getvalue()
    digest = hashlib.sha256(written.encode()).hexdigest()
    source["text"] = {"digest": f"sha256:{digest}", "length": str(len(written))}
    source["passages"] = passages
    placed.values[()] = (1, 1)
    placed.values["source",] = (1, 1)
    placed.data = {"source": source, "events": events}
    return placed


def _event(placed: Placed, heads: list[str], line: int, row: list[str], number: int) -> Data:
    event: dict[str, Data] = {"evidence": [f"r{line}"]}
    at: At = ("events", number)
    placed.values[at] = (line, 1)
    if len(row) > len(heads) and any(row[len(heads) :]):
        raise InputError(
            "there are more cells than heads", Place(placed.file, line, len(heads) + 1)
        )
    for column, (head, cell) in enumerate(zip(heads, row, strict=False), start=1):
        if head and cell:
            _put(placed, event, at, head, cell, (line, column))
    return event


def _put(placed: Placed, node: dict[str, Data], at: At, key: str, cell: str, mark: Mark) -> None:
    parts: list[Data] = [part.strip() for part in cell.split("|") if part.strip()]
    node[key] = parts if key in _MANY else cell
    placed.keys[(*at, key)] = placed.values[(*at, key)] = mark
    for number in range(len(parts)):
        placed.values[(*at, key, number)] = mark


def _check_heads(heads: list[str], line: int, file: str) -> None:
    if "type" not in heads:
        message = "a head is missing: `type`. Above it may stand source.id, source.type ..."
        raise InputError(message, Place(file, line, 1))
    for column, head in enumerate(heads, start=1):
        if head and head in heads[: column - 1]:
            raise InputError(f"the head {head!r} stands twice", Place(file, line, column))


def _csv(data: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    text = decode(data, file)
    rows = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    try:
        for row in rows:
            if rows.line_num > MAX_ROWS:
                raise LimitError(f"more than {MAX_ROWS:,} rows: split it", Place(file, MAX_ROWS))
            yield rows.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        raise InputError(f"not CSV: {error}", Place(file, rows.line_num)) from error


def _delimiter(text: str) -> str:
    """Returns what parts the cells of the first row: spreadsheets use comma, semicolon or tab."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _sheet(data: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    try:
        import openpyxl
    except ImportError as error:
        raise Misuse("xlsx needs a library: pip install 'diplomatic-kg[excel]'") from error
    _check_unpacked(data, file)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        rows = book.worksheets[0].iter_rows(max_col=100, max_row=MAX_ROWS + 1)
        cells = [(line, [(c.data_type, c.value) for c in row]) for line, row in enumerate(rows, 1)]
    except Exception as error:
        # A damaged workbook fails in whatever way its libraries do.
        raise InputError(_DAMAGED, Place(file, 1)) from error
    found = [
        (line, [_cell(kind, value, Place(file, line, n)) for n, (kind, value) in enumerate(row, 1)])
        for line, row in cells
    ]
    if len(found) > MAX_ROWS:
        raise LimitError(f"more than {MAX_ROWS:,} rows: split it", Place(file, MAX_ROWS))
    yield from found


def _check_unpacked(data: bytes, file: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except Exception as error:
        raise InputError(_DAMAGED, Place(file, 1)) from error
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise LimitError("the workbook unpacks to too much: split it", Place(file, 1))
    for part in parts:
        if part.file_size > 2**20 and part.file_size > MAX_RATIO * part.compress_size:
            message = (
                f"its {part.filename} unpacks to {part.file_size:,} bytes, more than "
                f"{MAX_RATIO} times what is packed: save it as CSV"
            )
            raise LimitError(message, Place(file, 1))


def _cell(kind: str, value: object, place: Place) -> str:
    if kind in {"f", "e"}:
        raise InputError("a formula or its error is not read: paste it as a value", place)
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value).strip()
