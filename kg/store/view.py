"""`view/`: read-only checkpoints of the index, one a commit; readers open the newest.

A reader holds a shared lock on the manifest of the view that it reads; the writer takes away only
views that nobody holds.
"""

import fcntl
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.files import told, write_durably
from kg.store.manifest import Manifest, commits, parse_manifest

DATA = "data"
MANIFEST = "manifest.json"
STAMP = "index.json"
_TRIES = 20


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

    @cached_property
    def manifest(self) -> Manifest:
        """What it holds; of thousands of sources that takes as long as many a question."""
        self.lock.seek(0)
        return parse_manifest(self.lock.read(), self.data.with_name(MANIFEST))


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


def stamp_path(folder: Path) -> Path | None:
    """Returns the file that says of which commit and background the newest view is."""
    numbers = commits(folder)
    return folder / str(numbers[-1]) / STAMP if numbers else None


def publish(index: ox.Store, folder: Path, manifest: Manifest, stamp: bytes) -> None:
    """Makes the state of the index the newest view, then sweeps the ones nobody reads.

    Args:
        index: What is to be seen.
        folder: Of the views.
        manifest: What the index holds.
        stamp: Says of which commit and background it is.
    """
    with told(f"publishing {folder}"):
        folder.mkdir(exist_ok=True)
        temporary = folder / f"{manifest.commit}.tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        index.backup(str(temporary / DATA))
        write_durably(temporary / MANIFEST, manifest.to_json())
        write_durably(temporary / STAMP, stamp)
        final = folder / str(manifest.commit)
        if final.exists():
            final.rename(folder / f"{manifest.commit}.old.tmp")
        temporary.rename(final)
    sweep(folder, manifest.commit)


def sweep(folder: Path, keep: int) -> None:
    """Takes away the views that nobody reads, but for one, and what publishing left half done."""
    for path in _unread(folder, keep):
        shutil.rmtree(path, ignore_errors=True)


def _unread(folder: Path, keep: int) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name == str(keep):
            continue
        try:
            lock = (path / MANIFEST).open("rb")
        except OSError:
            yield path  # left over from a publishing that was cut short
            continue
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            yield path
