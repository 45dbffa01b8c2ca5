"""What is wrong with a store folder: a damaged source, an index or view that is missing or changed.

After each change the digests of the index's and view's files are written down, once Oxigraph has
let go of them: whatever differs later was not written by us.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from kg.store.files import digest_of, told, write_durably
from kg.store.manifest import Watch, commits, read_manifest

SEAL = "seal.json"

Stamp: TypeAlias = tuple[int, ...]
"""Inode, bytes, nanoseconds of the last change: what tells a file from all others."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong.

    Attributes:
        sources: What is wrong with sources; only loading them again helps.
        index: What is wrong with index or view, which are made anew from the sources.
        held: How many sources the store holds.
        made: What is made anew from the sources, in words.
    """

    sources: tuple[str, ...]
    index: tuple[str, ...]
    held: int
    made: str = "index and view"


def seal(folder: Path) -> None:
    """Writes down the digests of index and view as they are now.

    A file that nobody has touched since the last time keeps its digest, unread: most of Oxigraph's
    never change, and a view links to those of the index. So a commit costs what it changed, and a
    disk that loses bits in between is still found out.
    """
    known = {stamp: digest for digest, stamp in (_sealed(folder) or {}).values()}
    sealed = {}
    for name in _files(folder):
        stamp = _stamp(folder / name)
        if stamp not in known:
            known[stamp] = digest_of(folder / name)
        sealed[name] = known[stamp], stamp
    with told(f"writing {folder}"):
        write_durably(folder / SEAL, json.dumps(sealed, indent=1).encode())


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _sealed(folder: Path) -> dict[str, tuple[str, Stamp]] | None:
    """Returns digest and stamp of each sealed file; nothing if there is no sound seal."""
    read = _read(folder / SEAL)
    if read is None:
        return None
    try:
        return {name: (digest, tuple(stamp)) for name, (digest, stamp) in read.items()}
    except (TypeError, ValueError):
        return None


def diagnose(folder: Path, background: str, watch: Watch = iter) -> Diagnosis:
    """Returns what is wrong with a store folder, without opening or changing anything.

    Args:
        folder: The store.
        background: Digest of the vocabulary, register and rules that the index should be made with.
        watch: Passes the sources on, and may show how far it is.

    Raises:
        StoreError: Its list of sources cannot be read.
    """
    known = read_manifest(folder / "sources" / "manifest.json")
    sources = []
    for entry in watch(list(known.entries.values())):
        path = folder / "sources" / entry.file
        if not path.is_file():
            sources.append(f"{entry.record.source}: its file is missing: {path}")
        elif digest_of(path) != entry.sha256:
            sources.append(f"{entry.record.source}: its file is damaged: {path}")
    stamp = _read(folder / "index.json")
    if stamp is None:
        index = ["the index was not finished"]
    elif stamp != {"commit": known.commit, "background": background}:
        index = ["the index is older than the sources, the vocabulary or the register"]
    else:
        index = list(_changed(folder))
    return Diagnosis(tuple(sources), tuple(index), len(known.entries))


def _changed(folder: Path) -> Iterator[str]:
    sealed = _sealed(folder)
    if sealed is None:
        yield "the index was not finished"
        return
    there = set(_files(folder))
    for name in sorted(set(sealed) - there):
        yield f"{name} is missing"
    for name in sorted(there - set(sealed)):
        yield f"{name} is not ours"
    for name in sorted(there & set(sealed)):
        if digest_of(folder / name) != sealed[name][0]:
            yield f"{name} is damaged"


def _files(folder: Path) -> Iterator[str]:
    """Yields index and view files; views that a reader still holds from before do not count."""
    views = folder / "view"
    newest = (views / str(commit) for commit in commits(views)[-1:])
    for part in (folder / "index", *newest):
        for path in sorted(part.rglob("*")):
            if path.is_file():
                yield str(path.relative_to(folder))


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
