"""A store as one file: what its sources assert, with their records, and digests of it all.

The file is a tar of what stands in the `sources/` of a store folder: the list of the sources, and
a file for each. It is written whole or not at all, of one state of the store, also beside a writer.
Nothing of it is believed before all of it is verified.
"""

import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from kg.errors import Misuse, StoreError, counted, unreadable
from kg.store.base import Reader, SourceRecord, Writer
from kg.store.files import digest_of, link, sync_folder, told
from kg.store.manifest import Manifest, read_manifest, write_source
from kg.store.view import MANIFEST

SEAL = "manifest.sha256"
"""Name of the digest of the list of sources, which has those of the rest."""

_TRIES = 20
_MOST = 2**40
"""Bytes that a backup may unpack to."""


@runtime_checkable
class Adopting(Writer, Protocol):
    """A store that can take over the files of a backup."""

    def adopt(self, sources: Path, known: Manifest) -> None:
        """Makes the store hold the sources of a folder of files and no others."""


def backup(store: Reader, target: Path, *, folder: Path | None = None) -> list[SourceRecord]:
    """Writes a store's sources into a file, verified, and returns their records.

    Args:
        store: The store.
        target: The file; one that is there is replaced once the new one is whole.
        folder: Where the store's files are, if it is a folder: they are taken as they are.

    Raises:
        StoreError: A source is damaged, the store changes too fast, or the file cannot be written.
    """
    with told(f"writing {target}"), _workshop(target.parent) as sources:
        known = _taken(folder / "sources", sources) if folder else _asked(store, sources)
        (sources / SEAL).write_text(digest_of(sources / MANIFEST))
        _verify(sources, known)
        packed = sources.parent / "packed"
        with packed.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                for name in (SEAL, MANIFEST, *_files(known)):
                    tar.add(sources / name, name, filter=_anonymous)
            file.flush()
            os.fsync(file.fileno())
        packed.replace(target)
        sync_folder(target.parent)
    return known.records()


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a backup holds, verified: a folder of the files, and the list of its sources."""

    sources: Path
    known: Manifest


@contextmanager
def unpacked(archive: Path) -> Iterator[Unpacked]:
    """Unpacks a backup for as long as the block lasts.

    Raises:
        InputError: The file cannot be read.
        StoreError: It is no backup, or is damaged.
    """
    with _workshop(None) as sources:
        yield Unpacked(sources, _unpacked(archive, sources))


def restore(store: Writer, backup: Unpacked, *, replace: bool = False) -> list[SourceRecord]:
    """Makes a store hold what a backup holds, and nothing else; returns the records.

    Args:
        store: A folder or server.
        backup: The backup.
        replace: Even if sources of the store would be lost or changed.

    Raises:
        Misuse: The store has such sources, or cannot be restored into.
        StoreError: The store cannot be written.
    """
    if not isinstance(store, Adopting):
        raise Misuse("a store in memory is gone with the command: name a folder or server")
    if not replace:
        _check_lossless(store.sources(), backup.known)
    store.adopt(backup.sources, backup.known)
    return backup.known.records()


def _unpacked(archive: Path, sources: Path) -> Manifest:
    """Unpacks a backup, and returns the list of its sources once all is verified."""
    try:
        packed = archive.open("rb")
    except OSError as error:
        raise unreadable(archive, error) from error
    try:
        with packed, tarfile.open(fileobj=packed, mode="r:") as tar:
            _unpack(tar, sources)
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise StoreError(f"{archive} is no backup, or is damaged: {error}") from error
    listed, sealed = sources / MANIFEST, sources / SEAL
    if not listed.is_file() or not sealed.is_file():
        raise StoreError(f"{archive} is no backup, or is damaged: it has no list of sources")
    if digest_of(listed) != sealed.read_text(errors="replace"):
        raise StoreError(f"{archive} is damaged: its list of sources is not what was written")
    known = read_manifest(listed)
    try:
        _verify(sources, known)
    except StoreError as error:
        raise StoreError(f"{archive} is damaged: {error.message}") from error
    return known


def _taken(there: Path, here: Path) -> Manifest:
    """Takes the files of one commit; a writer may sweep them away under our hands."""
    for _ in range(_TRIES):
        known = read_manifest(there / MANIFEST)
        try:
            for name in _files(known):
                if not (here / name).exists():
                    link(there / name, here / name)
        except FileNotFoundError as error:
            if read_manifest(there / MANIFEST).commit == known.commit:
                raise StoreError(
                    f"{there} lacks {error.filename}: `kg doctor` says more"
                ) from error
            continue
        # Who restores it judges anew; how often the store was written before is not of its state.
        plain = (replace(entry, approved="") for entry in known.entries.values())
        known = replace(known, commit=1, entries={entry.record.source: entry for entry in plain})
        (here / MANIFEST).write_bytes(known.to_json())
        return known
    raise StoreError(f"{there} changes faster than it can be copied: try again")


def _asked(store: Reader, here: Path) -> Manifest:
    before = store.sources()
    if not before:  # a server that keeps no books says so here
        next(iter(store.asserted()), None)
    known = Manifest().with_entries(
        write_source(here, record, store.asserted(record.source)) for record in before
    )
    if store.sources() != before:
        raise StoreError("the store was written while it was read: try again")
    (here / MANIFEST).write_bytes(known.to_json())
    return known


def _verify(sources: Path, known: Manifest) -> None:
    for entry in known.entries.values():
        if "/" in entry.file or not (sources / entry.file).is_file():
            raise StoreError(f"the file of {entry.record.source} is missing")
        if digest_of(sources / entry.file) != entry.sha256:
            raise StoreError(f"the file of {entry.record.source} is damaged")


def _unpack(tar: tarfile.TarFile, here: Path) -> None:
    """Unpacks plain files with plain names, and nothing else."""
    total = 0
    for member in tar:
        total += member.size
        if not member.isreg() or "/" in member.name or member.name.startswith("."):
            raise StoreError(f"the file is no backup: it holds {member.name}")
        if total > _MOST:
            raise StoreError(f"the file is no backup: it unpacks to more than {_MOST:,} bytes")
        tar.extract(member, here, filter="data")


def _files(known: Manifest) -> list[str]:
    return sorted(entry.file for entry in known.entries.values())


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o644
    return member


@contextmanager
def _workshop(beside: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=".kg-", dir=beside) as folder:
        sources = Path(folder) / "sources"
        sources.mkdir()
        yield sources


def _check_lossless(there: list[SourceRecord], known: Manifest) -> None:
    kept = {(record.source, record.digest) for record in known.records()}
    lost = [record for record in there if (record.source, record.digest) not in kept]
    if lost:
        raise Misuse(
            f"the store holds {counted(len(lost), 'source')} that would be lost or changed, "
            f"{lost[0].source} for one: give --replace if that is meant"
        )
