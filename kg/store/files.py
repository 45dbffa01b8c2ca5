"""Writing files so that they are there whole, or not at all, even when the power goes."""

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.errors import StoreError

_CURES = {
    errno.ENOSPC: "the disk is full: make room, then try again",
    errno.EDQUOT: "the quota is used up: make room, then try again",
    errno.EACCES: "access is denied: look at the permissions",
    errno.EPERM: "access is denied: look at the permissions",
    errno.EROFS: "the file system is read-only",
    errno.EIO: "the disk reports an error: copy the store elsewhere and look at the disk",
    errno.EFBIG: "a file may not grow so large here",
}


@contextlib.contextmanager
def told(doing: str) -> Iterator[None]:
    """Puts an operating system's error into words; what was begun stays undone.

    Raises:
        StoreError: Any `OSError` of the block.
    """
    try:
        yield
    except OSError as error:
        cure = _CURES.get(error.errno or 0, error.strerror or str(error))
        raise StoreError(f"{doing}: {cure}") from error


def write_output(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Writes a file that a user named, whole or not at all, with the permissions of her files.

    Where a link leads is written; a pipe or device takes the data as it is.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
        return
    path = path.resolve()
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask()
    write_durably(path, data, mode)


def umask() -> int:
    """Returns the permissions that a new file shall not have."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_durably(path: Path, data: bytes | Iterable[bytes], mode: int = 0o600) -> None:
    """Replaces a file by another one, on disk before this returns."""
    handle, name = tempfile.mkstemp(prefix=path.name, suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
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


def digest_of(path: Path) -> str:
    """Returns the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
