"""A table looked through once: its digest, its heads, and the shards that it is cut into.

A file is cut by byte ranges at ends of rows; what is published in a .zip is unpacked as it is read.
No more than a shard is ever held.
"""

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kg.errors import InputError, LimitError, Place, unreadable

SHARD = 4 * 2**20
"""Bytes of a shard, about."""

MAX_LINE = 2**20
"""Bytes of the longest row that is read."""

MAX_RATIO = 100
"""How many times its packed size a table in a .zip may be, beyond the first megabyte: event data
packs 4 to 12 times."""

if TYPE_CHECKING:
    import _csv

BOM = b"\xef\xbb\xbf"

_UTF_16 = "it is UTF-16, as spreadsheets save Unicode text: save it as UTF-8"
_NO_TEXT = {
    b"\x1f\x8b": "it is packed with gzip: unpack it first",
    b"PK\x03\x04": "it is a workbook or a .zip: save its sheet as CSV, or call it .zip",
    b"\xff\xfe": _UTF_16,
    b"\xfe\xff": _UTF_16,
}
"""What a file is that begins so, and what to try."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of a table that holds whole rows.

    Attributes:
        number: From 0, in the order of the table.
        path: The file.
        offset: Where it begins, in bytes of the unpacked table.
        length: In bytes.
        row: Number of its first row, from 1, heads counted.
        line: Line on which that begins, from 1.
        data: What it holds, where it cannot be read from the file at its place.
    """

    number: int
    path: str
    offset: int
    length: int
    row: int
    line: int
    data: bytes | None = None

    def read(self) -> bytes:
        """Returns what it holds."""
        if self.data is not None:
            return self.data
        with open(self.path, "rb") as file:  # noqa: PTH123 - also runs where paths are another system's
            file.seek(self.offset)
            return file.read(self.length)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was looked through.

    Attributes:
        path: The file.
        is_packed: Whether it is a .zip.
        size: In bytes, unpacked.
        digest: SHA-256 of what is unpacked, hexadecimal.
        heads: The cells of its first row.
        rows: How many, heads counted.
        cuts: The shards, without what they hold.
        quoted: Whether cells may stand in quotation marks.
        delimiter: What parts cells.
    """

    path: Path
    is_packed: bool
    size: int
    digest: str
    heads: tuple[str, ...]
    rows: int
    cuts: tuple[Shard, ...]
    quoted: bool
    delimiter: str

    def shards(self) -> Iterator[Shard]:
        """Yields the shards in order, with what they hold where that cannot be read later.

        Raises:
            InputError: The file is not what it was.
        """
        if not self.is_packed:
            yield from self.cuts
            return
        with unpacked(self.path) as (stream, _):
            for cut in self.cuts:
                data = _whole(stream, cut.length)
                if len(data) != cut.length:
                    raise InputError("it changed while it was read", Place(str(self.path)))
                yield Shard(cut.number, cut.path, cut.offset, cut.length, cut.row, cut.line, data)


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[IO[bytes], int | None]]:
    """Opens a table for reading, and says how many bytes it unpacks to if it is packed.

    Raises:
        InputError: It cannot be read; a .zip that is damaged, cut short or locked, or that holds
            more than one table.
        LimitError: A .zip that unpacks to too much.
    """
    try:
        if str(path) == "-":
            raise _unnamed(path)
        if path.suffix.lower() != ".zip":
            with path.open("rb") as file:
                if not file.seekable():
                    raise _unnamed(path)
                yield file, None
            return
        with zipfile.ZipFile(path) as packed:
            inside = _the_one(packed, path)
            with packed.open(inside) as file:
                yield file, inside.file_size
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        message = f"not a .zip, or one that is damaged or cut short ({error}): fetch it again"
        raise InputError(message, Place(str(path))) from error
    except OSError as error:
        raise unreadable(path, error) from error


def _unnamed(path: Path) -> InputError:
    """Returns what to raise for a pipe: a table is read more than once, and its source named."""
    message = "a table is read more than once, and a pipe only once: write it into a file first"
    return InputError(message, Place(str(path)))


def _the_one(packed: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    """Returns the one table in a .zip, if it is one that may be unpacked."""
    # What macOS adds to a .zip is about the files, none of them.
    inside = [
        info
        for info in packed.infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/")
    ]
    if len(inside) != 1:
        message = f"it holds {len(inside)} files: unpack it, and name the tables"
        raise InputError(message, Place(str(path)))
    info = inside[0]
    if info.flag_bits & 1:
        raise InputError("it is locked with a password: unpack it first", Place(str(path)))
    if info.file_size > 2**20 and info.file_size > MAX_RATIO * info.compress_size:
        raise LimitError(
            f"its {info.filename} unpacks to {info.file_size:,} bytes, more than {MAX_RATIO} times "
            "what is packed: unpack it yourself if you trust it",
            Place(str(path)),
        )
    return info


def scan(path: Path, *, delimiter: str, quoted: bool) -> Table:
    """Looks a table through.

    Args:
        path: The file, perhaps a .zip.
        delimiter: What parts its cells.
        quoted: Whether cells may stand in quotation marks, and then hold line ends.

    Raises:
        InputError: It cannot be read, or is empty.
        LimitError: A row is longer than `MAX_LINE`, or a .zip unpacks to too much.
    """
    digest = hashlib.sha256()
    cuts: list[Shard] = []
    heads: tuple[str, ...] = ()
    offset, row, line, is_empty = 0, 1, 1, True
    with unpacked(path) as (stream, size):
        for data, lines in _blocks(stream, path, quoted=quoted):
            digest.update(data)
            is_empty = is_empty and not data.removeprefix(BOM).strip(b"\r\n")
            if not cuts:
                heads = _heads(data, path, delimiter, quoted)
            cuts.append(Shard(len(cuts), str(path), offset, len(data), row, line))
            offset += len(data)
            line += lines
            row += _ends_of_rows(data) if quoted and b'"' in data else lines
    if is_empty:
        raise InputError("the file is empty", Place(str(path), 1))
    rows = row if cuts and not data.endswith(b"\n") else row - 1
    found = digest.hexdigest()
    return Table(path, size is not None, offset, found, heads, rows, tuple(cuts), quoted, delimiter)


def _blocks(stream: IO[bytes], path: Path, *, quoted: bool) -> Iterator[tuple[bytes, int]]:
    """Yields the table in blocks that end where a row does, and how many lines end in each."""
    rest, line = b"", 1
    while data := _whole(stream, SHARD):
        block = rest + data
        end = _last_end(block, quoted=quoted)
        lines = block.count(b"\n", 0, end)
        if len(block) - end > MAX_LINE:
            raise too_long(path, line + lines)
        if end:
            yield block[:end], lines
            line += lines
        rest = block[end:]
    if rest:
        yield rest, rest.count(b"\n")


def _last_end(block: bytes, *, quoted: bool) -> int:
    """Returns where the last whole row of a block ends; blocks begin where a row does."""
    if not quoted or b'"' not in block:
        return block.rfind(b"\n") + 1
    parts = block.split(b'"')  # every other one, the first among them, is outside quotation marks
    end = len(block)
    for number in range(len(parts) - 1, -1, -1):
        start = end - len(parts[number])
        if number % 2 == 0 and (at := parts[number].rfind(b"\n")) >= 0:
            return start + at + 1
        end = start - 1
    return 0


def _ends_of_rows(data: bytes) -> int:
    """Returns how many line ends stand outside quotation marks."""
    return sum(part.count(b"\n") for part in data.split(b'"')[::2])


def _whole(stream: IO[bytes], size: int) -> bytes:
    """Returns so many bytes of a stream, fewer only at its end."""
    parts, left = [], size
    while left and (data := stream.read(left)):
        parts.append(data)
        left -= len(data)
    return b"".join(parts)


def heads_of(path: Path, delimiter: str, *, quoted: bool) -> tuple[str, ...]:
    """Returns the heads of a table, if this is what parts its cells.

    Raises:
        InputError: It cannot be read.
        LimitError: They are too long, or it is a .zip that unpacks to too much.
    """
    with unpacked(path) as (stream, _):
        return _heads(_whole(stream, MAX_LINE + 1), path, delimiter, quoted)


def _heads(data: bytes, path: Path, delimiter: str, quoted: bool) -> tuple[str, ...]:
    for sign, told in _NO_TEXT.items():
        if data.startswith(sign):
            raise InputError(told, Place(str(path), 1))
    first = data.removeprefix(BOM).partition(b"\n")[0].rstrip(b"\r")
    try:
        text = first.decode()
    except UnicodeDecodeError as error:
        raise unreadable(path, error) from error
    if len(text) > MAX_LINE:
        raise too_long(path, 1)
    try:
        cells = next(reader_of(text, delimiter), []) if quoted else text.split(delimiter)
    except csv.Error as error:
        raise InputError(f"not CSV: {error}", Place(str(path), 1)) from error
    while cells and not cells[-1].strip():
        cells.pop()
    return tuple(cell.strip() for cell in cells)


def reader_of(text: str, delimiter: str) -> "_csv.Reader":
    """Returns what reads CSV, cells of any length that a row may have."""
    csv.field_size_limit(MAX_LINE)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def too_long(path: str | Path, line: int) -> LimitError:
    """Returns what to raise for a row longer than `MAX_LINE`."""
    return LimitError(
        f"a row is longer than {MAX_LINE:,} bytes: this is no table of events, or its "
        "quotation marks do not match",
        Place(str(path), line),
    )
