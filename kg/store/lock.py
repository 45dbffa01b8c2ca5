"""The writer's lock on a store folder: one process writes at a time, readers need none."""

import fcntl
import os
from pathlib import Path
from typing import BinaryIO

from kg.errors import StoreError
from kg.store.files import told


class LockedError(StoreError):
    """Another process is writing."""


def lock(folder: Path) -> BinaryIO:
    """Returns the writer's lock; closing it lets go.

    Raises:
        LockedError: Another process has it; which one is said.
        StoreError: The folder cannot be written.
    """
    with told(f"locking {folder}"):
        file = (folder / "lock").open("a+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        owner = file.read().decode(errors="replace").strip() or "another process"
        file.close()
        raise LockedError(
            f"{folder} is being written by {owner}: wait for it, then try again"
        ) from error
    file.truncate(0)
    file.write(f"process {os.getpid()}".encode())
    file.flush()
    return file
