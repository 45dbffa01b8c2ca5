"""Rows of one event that stand so far apart in a table that each was judged without the others.

Their ids are compared on disk, and their rows wait there: memory does not grow with the table.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby, islice, repeat
from operator import itemgetter
from pathlib import Path
from typing import TypeAlias

from kg.errors import StoreError
from kg.imports.parts import Files, put
from kg.imports.rows import Rows
from kg.imports.table import Table
from kg.imports.transform import JUDGED, Job, Worker

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE named (part INTEGER, id TEXT);
CREATE TABLE shared (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE line (id TEXT, part INTEGER, number INTEGER, line INTEGER, cells TEXT);
CREATE TABLE verdict (part INTEGER, number INTEGER, reason TEXT);
"""
_SHARE = "INSERT INTO shared SELECT id FROM named GROUP BY id HAVING count(*) > 1"
_NAMED = "SELECT part, id FROM named JOIN shared USING (id) ORDER BY named.rowid"
_LINES = "SELECT id, part, number, line, cells FROM line ORDER BY id, number"
_VERDICTS = "SELECT part, number, max(reason) FROM verdict GROUP BY part, number"

_Line: TypeAlias = tuple[str, int, int, int, str]
"""Id, part, number, line and cells, JSON, of a row."""


def judge_apart(table: Table, job: Job) -> bool:
    """Judges together what was judged apart; returns whether parts must be done again.

    Those that must are no longer done, and what was found is beside them.

    Args:
        table: All parts of it are done.
        job: What was done with them.

    Raises:
        StoreError: There is no room for the ids.
        OSError: A file cannot be read or written.
    """
    path = Path(job.folder) / "ids"
    path.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as db:
            db.executescript(_TABLES)
            for cut in table.cuts:
                ids = Files(job.folder, cut.number, job.is_packed).ids.read_text().split()
                db.executemany("INSERT INTO named VALUES (?, ?)", zip(repeat(cut.number), ids))
            if not db.execute(_SHARE).rowcount:
                return False
            _judge(db, table, Worker(job))
            verdicts = groupby(db.execute(_VERDICTS), key=itemgetter(0))
            told = [
                _told(Files(job.folder, part, job.is_packed), {row: why for _, row, why in found})
                for part, found in verdicts
            ]
            return any(told)
    except sqlite3.Error as error:
        raise StoreError(f"writing {path}: {error}: make room, then try again") from error
    finally:
        path.unlink(missing_ok=True)


def _judge(db: sqlite3.Connection, table: Table, worker: Worker) -> None:
    shards = table.shards()
    for part, named in groupby(db.execute(_NAMED), key=itemgetter(0)):
        ids = {one for _, one in named}
        shard = next(one for one in shards if one.number == part)
        found = (
            (one, part, number, line, json.dumps(cells))
            for one, number, line, cells in worker.named(shard, ids)
        )
        db.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?)", found)
    for lines in _together(db.execute(_LINES)):
        _, parts, numbers, places, cells = zip(*lines, strict=True)
        wrong = worker.judged(Rows(numbers, places, [*map(json.loads, cells)]))
        reasons = [wrong.get(at, "") for at in range(len(lines))]
        db.executemany(
            "INSERT INTO verdict VALUES (?, ?, ?)", zip(parts, numbers, reasons, strict=True)
        )


def _together(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Yields the rows of events, as many as are judged at once.

    Where one event has more than that, they come by so many, each time with its first.
    """
    batch: list[_Line] = []
    for _, of_event in groupby(lines, key=itemgetter(0)):
        first: list[_Line] = []
        while some := [*islice(of_event, JUDGED - len(first))]:
            if len(batch) + len(some) > JUDGED - len(first):
                yield batch
                batch = []
            batch += first + some
            first = first or some[:1]
    if batch:
        yield batch


def _told(files: Files, verdicts: dict[int, str]) -> bool:
    """Puts down what was found about rows of a part, and returns whether that is news for it."""
    told = json.dumps(verdicts).encode()
    part = files.read()
    is_as_it_was = part is not None and not part.rejected and not any(verdicts.values())
    if is_as_it_was or (files.apart.exists() and files.apart.read_bytes() == told):
        return False
    put(files.apart, told)
    files.done.unlink()
    return True
