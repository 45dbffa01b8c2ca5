"""The seal of a view: digests of its files, so that what somebody else wrote there is found out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

from kg.store.files import digest_of, write_durably

SEAL: Final = "seal.json"

Stamp: TypeAlias = tuple[int, ...]
"""Inode, bytes, nanoseconds of the last change: what tells a file from all others."""


def seal(view: Path, before: Path | None) -> None:
    """Writes down the digests of a view's files, none of which is written again.

    A file that stood in the view before keeps its digest, unread: most of Oxigraph's never change,
    and one view links to those of another. So a commit costs what it changed, and a disk that loses
    bits in between is still found out.
    """
    known = _sealed(before) if before else None
    digests = {stamp: digest for digest, stamp in (known or {}).values()}
    sealed = {}
    for name in _files(view):
        stamp = _stamp(view / name)
        sealed[name] = digests.get(stamp) or digest_of(view / name), stamp
    write_durably(view / SEAL, json.dumps(sealed, indent=1).encode())


def changed(view: Path) -> Iterator[str]:
    """Yields what is not as it was sealed, in words."""
    sealed = _sealed(view)
    if sealed is None:
        yield f"{view / SEAL} is missing or damaged"
        return
    there = set(_files(view))
    for name in sorted(set(sealed) - there):
        yield f"{view / name} is missing"
    for name in sorted(there - set(sealed)):
        yield f"{view / name} is not ours"
    for name in sorted(there & set(sealed)):
        if digest_of(view / name) != sealed[name][0]:
            yield f"{view / name} is damaged"


def is_changed(view: Path, name: str) -> bool:
    """Returns whether a file is known to be another than was sealed."""
    sealed = _sealed(view)
    return sealed is not None and name in sealed and digest_of(view / name) != sealed[name][0]


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _sealed(view: Path) -> dict[str, tuple[str, Stamp]] | None:
    """Returns digest and stamp of each sealed file; nothing if there is no sound seal."""
    try:
        read = json.loads((view / SEAL).read_bytes())
        return {name: (digest, tuple(stamp)) for name, (digest, stamp) in read.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None


def _files(view: Path) -> list[str]:
    found = (path for path in view.rglob("*") if path.is_file() and path != view / SEAL)
    return sorted(str(path.relative_to(view)) for path in found)
