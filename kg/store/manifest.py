"""`sources/`: what was asserted, a file a source, and the manifest that says which files count.

The rename of the manifest is the moment of a commit: a source's file is written under a name made
of its content before, and what no manifest names is swept after.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg.errors import InputError, StoreError
from kg.rdf import Quad, parse, serialize
from kg.store import seal
from kg.store.base import SourceRecord
from kg.store.files import cure, digest_of, sync_folder, told, write_durably

FORMAT = 1
"""Version of the layout of a store folder; a newer one is refused."""

_OURS = re.compile(r".*\.tmp|[\w-]*(\.[0-9a-f]{12}){2}\.nq\.gz", re.ASCII)


class DamagedSourceError(StoreError):
    """The file of a source is missing, or is not what was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A source in the manifest: its record, its file below `sources/`, that file's SHA-256.

    Attributes:
        is_bulk: It may be too large to be held, and is derived from piece by piece.
        approved: As of `Incoming`.
    """

    record: SourceRecord
    file: str
    sha256: str
    is_bulk: bool = False
    approved: str = ""


Watch = Callable[[list[Entry]], Iterable[Entry]]
"""Passes sources on, one after the other, and may show how far it is."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a store holds as of one commit; commits count from 0, the empty store."""

    commit: int = 0
    entries: dict[str, Entry] = field(default_factory=dict)

    def with_entries(self, entries: Iterable[Entry]) -> "Manifest":
        """Returns the manifest of the next commit, with these sources in it."""
        more = {entry.record.source: entry for entry in entries}
        return replace(self, commit=self.commit + 1, entries=self.entries | more)

    def without(self, source: str) -> "Manifest":
        """Returns the manifest of the next commit, with the source taken out."""
        entries = {name: entry for name, entry in self.entries.items() if name != source}
        return replace(self, commit=self.commit + 1, entries=entries)

    def common(self, other: "Manifest") -> "Manifest":
        """Returns the manifest without the sources that are not the same in another one."""
        entries = {
            name: entry for name, entry in self.entries.items() if other.entries.get(name) == entry
        }
        return replace(self, entries=entries)

    def records(self) -> list[SourceRecord]:
        """Returns a record of each source, sorted by IRI."""
        return [self.entries[name].record for name in sorted(self.entries)]

    def to_json(self) -> bytes:
        """Returns the manifest as it stands in its file, the commit first."""
        lines = (
            json.dumps({**_told(entry), "record": _told(entry.record)}, ensure_ascii=False)
            for _, entry in sorted(self.entries.items())
        )
        head = f'{{"format": {FORMAT}, "commit": {self.commit}, {_SOURCES} ['
        return (head + ",".join("\n" + line for line in lines) + "\n]}\n").encode()


_SOURCES = '"sources":'


def _told(one: Entry | SourceRecord) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__slots__}


def read_commit(path: Path) -> int:
    """Returns the commit of the manifest in a file, of which only the beginning is read.

    Raises:
        StoreError: It is damaged, lost, or of a newer version.
    """
    if not _is_there(path):
        return Manifest().commit
    with path.open("rb") as file:
        head = file.read(100).decode(errors="replace").partition(_SOURCES)[0]
    return parse_manifest(f"{head}{_SOURCES} []}}".encode(), path, lambda: _cure(path)).commit


def read_manifest(path: Path) -> Manifest:
    """Returns the manifest in a file; where there is no file yet, that of the empty store.

    Raises:
        StoreError: It is damaged, lost, of a newer version, or not what was written.
    """
    if not _is_there(path):
        return Manifest()
    data = path.read_bytes()
    known = parse_manifest(data, path, lambda: _cure(path))
    copy, seen = _copies(path) / str(known.commit) / path.name, known
    with suppress(OSError, StoreError):
        if (written := copy.read_bytes()) != data:
            seen = parse_manifest(written, copy, str)
    # Were it believed, the files of sources that it does not name would be swept.
    if seen != known and not seal.is_changed(copy.parent, copy.name):
        raise StoreError(f"{path} was changed: {_cure(path)}")
    return known


def _is_there(path: Path) -> bool:
    """Returns whether there is a manifest yet: until its first source a store has view 0 alone."""
    if path.exists():
        return True
    views = commits(_copies(path))
    if any(views) or (not views and any(path.parent.glob("*.nq.gz"))):
        raise StoreError(f"{path} is missing: {_cure(path)}")
    return False


def _copies(path: Path) -> Path:
    """Returns where the views are: readers of each have their manifest in it."""
    return path.parents[1] / "view"


def _cure(path: Path) -> str:
    views = commits(_copies(path))
    copy = f"copy {_copies(path) / str(views[-1]) / path.name} to its place, or " if views else ""
    return f"{copy}restore a backup elsewhere"


def commits(views: Path) -> list[int]:
    """Returns the commits that there are views of, the newest last."""
    if not views.is_dir():
        return []
    return sorted(
        int(path.name)
        for path in views.iterdir()
        if path.name.isascii() and path.name.isdecimal() and (path / "manifest.json").is_file()
    )


def parse_manifest(data: bytes, path: Path, cure: Callable[[], str]) -> Manifest:
    """Returns the manifest that stands in a file.

    Args:
        data: What stands in it.
        path: The file.
        cure: Tells what to do if it is damaged.

    Raises:
        StoreError: It is damaged or of a newer version.
    """
    try:
        document = json.loads(data)
        if document["format"] > FORMAT:
            raise StoreError(f"{path} is of a newer version: upgrade diplomatic-kg")
        entries = (
            Entry(
                SourceRecord(**entry["record"]),
                entry["file"],
                entry["sha256"],
                entry.get("is_bulk", False),
                entry.get("approved", ""),
            )
            for entry in document["sources"]
        )
        commit = _number(document["commit"])
        return Manifest(commit, {entry.record.source: entry for entry in entries})
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreError(f"{path} is damaged: {cure()}") from error


def _number(told: object) -> int:
    if not isinstance(told, int) or told < 0:
        raise ValueError(told)
    return told


def write_source(folder: Path, record: SourceRecord, quads: Iterable[Quad]) -> Entry:
    """Puts a source's quads on disk, under a name made of their content; none counts as yet."""
    # No time in the file, so that the same source is the same bytes.
    data = gzip.compress(serialize(quads, "nq"), mtime=0)
    file = _name(record)
    with told(f"writing {folder / file}"):
        write_durably(folder / file, data)
    return Entry(record, file, hashlib.sha256(data).hexdigest())


def join_source(folder: Path, record: SourceRecord, parts: Iterable[Path]) -> Entry:
    """Puts the parts of a source on disk as its one file; none counts as yet.

    Several gzip files one after the other are one, so nothing is unpacked.
    """
    file = _name(record)
    path = folder / file
    temporary = path.with_suffix(".tmp")
    try:
        with told(f"writing {path}"):
            with temporary.open("wb") as joined:
                for part in parts:
                    with part.open("rb") as piece:
                        shutil.copyfileobj(piece, joined, 2**20)
                joined.flush()
                os.fsync(joined.fileno())
            temporary.replace(path)
            sync_folder(folder)
            return Entry(record, file, digest_of(path), is_bulk=True)
    finally:
        temporary.unlink(missing_ok=True)


def is_ours(name: str) -> bool:
    """Returns whether a file in `sources/` is called as one that was written here, or begun."""
    return _OURS.fullmatch(name) is not None


def _name(record: SourceRecord) -> str:
    name = hashlib.sha256(record.source.encode()).hexdigest()[:12]
    slug = "".join(c if c.isalnum() and c.isascii() else "-" for c in record.source.split("/")[-1])
    return f"{slug[:60]}.{name}.{record.digest[:12]}.nq.gz"


def read_source(folder: Path, entry: Entry) -> Iterator[Quad]:
    """Yields what a source asserts, as it was written.

    Raises:
        DamagedSourceError: Its file is missing or is not what was written.
    """
    for piece in pieces_of(folder, entry):
        yield from piece


def pieces_of(folder: Path, entry: Entry) -> Iterator[list[Quad]]:
    """Yields what a source asserts in pieces that can be derived from one by one.

    Raises:
        DamagedSourceError: Its file is missing or is not what was written.
    """
    with _sound(folder, entry) as path, gzip.open(path) as file:
        for data in _pieces(file) if entry.is_bulk else [file.read()]:
            yield list(parse(data, "nq", file=str(path)))


def read_text(folder: Path, entry: Entry) -> bytes:
    """Returns what a source asserts as N-Quads, as it was written.

    Raises:
        DamagedSourceError: Its file is missing or is not what was written.
    """
    with _sound(folder, entry) as path:
        return gzip.decompress(path.read_bytes())


@contextmanager
def _sound(folder: Path, entry: Entry) -> Iterator[Path]:
    path = folder / entry.file
    damaged = f"the file of {entry.record.source} is damaged: {path}; load the source again"
    try:
        if digest_of(path) != entry.sha256:
            raise DamagedSourceError(damaged)
        yield path
    except (OSError, EOFError, zlib.error, InputError) as error:
        if isinstance(error, OSError) and (reason := cure(error)):
            raise StoreError(f"reading {path}: {reason}") from error
        raise DamagedSourceError(damaged) from error


def _pieces(file: Iterable[bytes]) -> Iterator[bytes]:
    piece: list[bytes] = []
    for line in file:
        if line.startswith(b"#"):
            yield b"".join(piece)
            piece = []
        else:
            piece.append(line)
    yield b"".join(piece)
