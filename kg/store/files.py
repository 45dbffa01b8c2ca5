"""Writing files so that they are there whole, or not at all, even when the power goes."""

import contextlib
import errno
import hashlib
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from kg.errors import StoreError

_CURES = {
    errno.ENOSPC: "the disk is full: make room, then try again",
    errno.EDQUOT: "the quota is used up: make room, then try again",
    errno.EACCES: "access is denied: look at the permissions",
    errno.EPERM: "access is denied: look at the permissions",
    errno.EROFS: "the file system is read-only",
    errno.EIO: "the disk reports an error: copy the store elsewhere and look at the disk",
    errno.EFBIG: "a file may not grow so large here: look at `ulimit -f`, then try again",
}


def cure(error: OSError) -> str:
    """Returns what an operating system's error means and what to try, or nothing if unknown.

    Oxigraph's have no number, but the system's words somewhere in theirs.
    """
    words = str(error)
    return next(
        (
            told
            for code, told in _CURES.items()
            if code == error.errno or os.strerror(code) in words
        ),
        "",
    )


@contextlib.contextmanager
def told(doing: str) -> Iterator[None]:
    """Puts an operating system's error into words; what was begun stays undone.

    Raises:
        StoreError: Any `OSError` of the block.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(f"{doing}: {cure(error) or error.strerror or error}") from error


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Has Ctrl-C come too late for what the block does, so that it is done whole and told."""
    if threading.current_thread() is not threading.main_thread():
        yield  # no other hears of signals
        return
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def write_output(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Writes a file that a user named, whole or not at all, as `opened_output` does."""
    with opened_output(path) as file:
        file.writelines([data] if isinstance(data, bytes) else data)


@contextlib.contextmanager
def opened_output(path: Path) -> Iterator[IO[bytes]]:
    """Opens a file that a user named, with the permissions of her files.

    It is there whole when the block ends well, else as it was; folders that lack are made. Where a
    link leads is written; a pipe or device takes the data as it is.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    path = _where(path)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask()
    path.parent.mkdir(parents=True, exist_ok=True)
    with _replacing(path, mode) as file:
        yield file


def _where(path: Path) -> Path:
    """Returns where a path leads; one that leads round in links stays what it is."""
    return Path(os.path.realpath(path))


def try_output(path: Path) -> None:
    """Finds out whether `write_output` could begin, before there is anything to write.

    Raises:
        OSError: It could not.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not path.exists() or path.is_file():
        # Folders that lack are made only when there is something to write.
        there = next(folder for folder in _where(path).parents if folder.exists())
        tempfile.TemporaryFile(dir=there).close()


def umask() -> int:
    """Returns the permissions that a new file shall not have."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_durably(path: Path, data: bytes | Iterable[bytes], mode: int = 0o600) -> None:
    """Replaces a file by another one, on disk before this returns."""
    with _replacing(path, mode) as file:
        file.writelines([data] if isinstance(data, bytes) else data)


@contextlib.contextmanager
def _replacing(path: Path, mode: int) -> Iterator[IO[bytes]]:
    handle, name = tempfile.mkstemp(prefix=path.name, suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fchmod(handle, mode)
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Puts the names in a folder on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def link(there: Path, here: Path) -> None:
    """Gives a file another name as well, or copies it where that cannot be."""
    try:
        os.link(there, here)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(there, here)


def digest_of(path: Path) -> str:
    """Returns the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
