"""`view/`: the index, derived from the sources, as of a commit; readers open the newest.

A view is made whole under another name before its commit counts, then renamed, and not written
again: a writer works in a copy. A reader holds a shared lock on the manifest of the view that it
reads; the writer takes away only views that nobody holds.
"""

import fcntl
import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store import seal
from kg.store.files import write_durably
from kg.store.manifest import Manifest, commits, parse_manifest

DATA = "data"
MANIFEST = "manifest.json"
STAMP = "stamp.json"
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a view is of: a commit of the sources, and the digest of a background."""

    commit: int
    background: str


@dataclass(frozen=True)
class View:
    """A checkpoint that is being read: its number, Oxigraph's files, and the lock on them.

    Attributes:
        commit: Of the sources that are in it.
        data: Oxigraph's files.
        lock: On its manifest, which it reads.
    """

    commit: int
    data: Path
    lock: BinaryIO

    @property
    def path(self) -> Path:
        """Where all of it is."""
        return self.data.parent

    @cached_property
    def manifest(self) -> Manifest:
        """What it holds; of thousands of sources that takes as long as many a question."""
        self.lock.seek(0)
        path = self.data.with_name(MANIFEST)
        return parse_manifest(self.lock.read(), path, lambda: "`kg doctor` makes it anew")


def newest(folder: Path) -> View | None:
    """Returns the newest view, locked against being swept, if there is one."""
    for _ in range(_TRIES):
        numbers = commits(folder)
        if not numbers:
            return None
        path = folder / str(numbers[-1])
        try:
            lock = (path / MANIFEST).open("rb")
        except FileNotFoundError:
            continue  # swept between the look and the opening: a newer one is there
        fcntl.flock(lock, fcntl.LOCK_SH)
        if (path / MANIFEST).exists():
            return View(numbers[-1], path / DATA, lock)
        lock.close()
    raise StoreError(f"{folder} changes faster than it can be read: try again")


def newest_path(folder: Path) -> Path | None:
    """Returns where the newest view is, if there is one."""
    numbers = commits(folder)
    return folder / str(numbers[-1]) if numbers else None


def stamp_of(path: Path) -> Stamp | None:
    """Returns what a view is of, if it is known."""
    try:
        return Stamp(**json.loads((path / STAMP).read_bytes()))
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def prepare(index: ox.Store, folder: Path, known: Manifest, background: str) -> None:
    """Puts the state of an index on disk, all but its name, as the view of a commit.

    Args:
        index: What is to be seen.
        folder: Of the views.
        known: What it holds.
        background: Digest of what it holds besides.
    """
    path = _prepared(folder, known.commit)
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    index.backup(str(path / DATA))
    write_durably(path / MANIFEST, known.to_json())
    stamp = Stamp(known.commit, background)
    write_durably(path / STAMP, json.dumps(asdict(stamp)).encode())
    # The last file: with it the view is whole.
    seal.seal(path, newest_path(folder))


def is_prepared(folder: Path, known: Manifest, background: str) -> bool:
    """Returns whether the view of what counts is there and lacks but its name."""
    path = _prepared(folder, known.commit)
    try:
        is_same = (path / MANIFEST).read_bytes() == known.to_json()
    except OSError:
        return False
    is_whole = (path / seal.SEAL).exists()
    return is_same and is_whole and stamp_of(path) == Stamp(known.commit, background)


def show(folder: Path, commit: int) -> None:
    """Has readers see a view that is prepared, in place of the one there may be of its commit."""
    path = folder / str(commit)
    if path.exists():
        path.rename(tempfile.mkdtemp(dir=folder))
    _prepared(folder, commit).rename(path)


def sweep(folder: Path, commit: int) -> None:
    """Takes away the views that nobody reads, but for that of a commit, and what work has left.

    Until that one has its name the newest stays, too.
    """
    shown = folder / str(commit)
    keep = {shown} if shown.exists() else {_prepared(folder, commit), newest_path(folder)}
    for path in folder.iterdir():
        if path not in keep and not _is_read(path):
            shutil.rmtree(path, ignore_errors=True)


def path_of(folder: Path, known: Manifest, background: str) -> Path | None:
    """Returns where the view of what counts is, or else the newest, if there is one."""
    if is_prepared(folder, known, background):
        return _prepared(folder, known.commit)
    return newest_path(folder)


def _prepared(folder: Path, commit: int) -> Path:
    return folder / f"{commit}.tmp"


def _is_read(path: Path) -> bool:
    try:
        lock = (path / MANIFEST).open("rb")
    except OSError:
        return False  # no view, or not yet
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
