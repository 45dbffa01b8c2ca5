"""A store in a folder: `sources/` is the truth, `index/` is derived, `view/` is what is read.

The manifest's rename is the commit. The index says in a stamp of which commit and background it
is; without the stamp, or with another one, it is made anew from the sources.
"""

import contextlib
import fcntl
import gzip
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

import pyoxigraph as ox

from kg.errors import StoreError
from kg.rdf import NamedNode, Quad, Result
from kg.store import doctor, foreign, index, manifest, view
from kg.store.answers import answer, failure, missing
from kg.store.base import Background, Bulk, Closing, Incoming, Limits, SourceRecord
from kg.store.files import digest_of as digest_of_file
from kg.store.files import told, write_durably
from kg.store.memory import digest_of

BATCH: Final = 100_000
"""How many quads sources that come together may assert before they are committed."""


class LockedError(StoreError):
    """Another process is writing."""


class FolderStore(Closing):
    """Keeps sources on disk. Reading needs no lock; writing takes one, for the time it takes."""

    def __init__(self, folder: Path, background: Background) -> None:
        self._folder = folder
        self._background = background
        self._view: view.View | None = None
        self._reading: ox.Store | None = None
        with told(f"opening {folder}"):
            for part in ("sources", "view"):
                (folder / part).mkdir(parents=True, exist_ok=True)
        if self._is_stale():
            self._renew()

    # Reading

    def query(self, text: str) -> Result:
        """Returns the answer to one of our own queries."""
        return answer(self._store(), text)

    def run(self, text: str, limits: Limits) -> Result:
        """Returns the answer to a query from outside, run in a process of its own."""
        return foreign.run(text, limits, view=self._open_view().data)

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """Yields what queries see, of one named graph or all."""
        name = None if graph is None else NamedNode(graph)
        try:
            yield from self._store().quads_for_pattern(None, None, None, name)
        except (RuntimeError, OSError) as error:
            raise failure(str(error)) from error

    def asserted(self, source: str | None = None) -> Iterator[Quad]:
        """Yields what sources assert, literals as they were written."""
        known = self._manifest()
        if source is not None and source not in known.entries:
            raise missing(source, known.records())
        for name in sorted(known.entries):
            if source in {None, name}:
                yield from manifest.read_source(self._folder / "sources", known.entries[name])

    def sources(self) -> list[SourceRecord]:
        """Returns a record of each source that queries see, sorted by IRI."""
        return self._open_view().manifest.records()

    def approved(self, source: str) -> str:
        """Returns the digest of what found nothing wrong with a source as queries see it, or ''."""
        opened = self._open_view()
        # Beside a writer the view may be of another background.
        if self._stamp() != self._stamp_of(opened.commit):
            return ""
        entry = opened.manifest.entries.get(source)
        return "" if entry is None else entry.approved

    def difference(self, source: str, quads: Iterable[Quad]) -> tuple[list[Quad], list[Quad]]:
        """Returns what queries do not see yet of a source that is to be these, and see too much."""
        try:
            entry = self._open_view().manifest.entries[source]
            return index.difference(self._store(), self._folder, entry, quads)
        except (RuntimeError, OSError) as error:
            raise failure(str(error)) from error

    # Writing

    def replace(
        self,
        source: str,
        asserted: Iterable[Quad],
        derived: Iterable[Quad],
        *,
        label: str,
        recorded_by: str,
    ) -> bool:
        """Puts a source in, in place of what it was; returns whether that changed anything."""
        one = Incoming(source, label, tuple(asserted), tuple(derived))
        return self.replace_several([one], recorded_by=recorded_by)[0]

    def replace_several(self, sources: Sequence[Incoming], *, recorded_by: str) -> list[bool]:
        """Puts sources in, many in one commit; returns of each whether that changed anything."""
        with self._lock():
            changed = [
                is_changed
                for some in _batches(sources)
                for is_changed in self._put(some, recorded_by)
            ]
            if any(changed):
                doctor.seal(self._folder)
            return changed

    def _put(self, sources: Iterable[Incoming], recorded_by: str) -> list[bool]:
        """Commits sources together; the lock is ours."""
        known = self._manifest()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        found = []
        for one in sources:
            digest = digest_of(one.asserted)
            record = SourceRecord(
                one.source, one.label, len(one.asserted), digest, now, recorded_by
            )
            found.append((one, record, self._holds(known, record)))
        fresh = [(one, record) for one, record, is_held in found if not is_held]
        if fresh:
            files = self._folder / "sources"
            entries = [
                replace(manifest.write_source(files, record, one.asserted), approved=one.approved)
                for one, record in fresh
            ]
            quads = {one.source: (*one.asserted, *one.derived) for one, _ in fresh}
            self._commit(known, known.with_entries(entries), quads)
        return [not is_held for _, _, is_held in found]

    def _holds(self, known: manifest.Manifest, record: SourceRecord) -> bool:
        """Returns whether a source is there as it is to be, and sound."""
        entry = known.entries.get(record.source)
        return entry is not None and entry.record.digest == record.digest and self._is_whole(entry)

    def replace_bulk(self, source: str, bulk: Bulk, *, label: str, recorded_by: str) -> bool:
        """Puts in a source of any size, in place of what it was; returns whether that changed it.

        It is loaded into the index before it counts: until the manifest is written the store is as
        it was, and what was loaded of it goes with the index that is made anew.
        """
        with self._lock():
            known = self._manifest()
            now = datetime.now(UTC).isoformat(timespec="seconds")
            record = SourceRecord(source, label, bulk.count, bulk.digest, now, recorded_by)
            if self._holds(known, record):
                return False
            self._commit_bulk(known, record, bulk)
            doctor.seal(self._folder)
            return True

    def remove(self, source: str) -> SourceRecord:
        """Takes a source out and returns what it was."""
        with self._lock():
            known = self._manifest()
            if source not in known.entries:
                raise missing(source, known.records())
            self._commit(known, known.without(source), {source: ()})
            doctor.seal(self._folder)
            return known.entries[source].record

    def adopt(self, sources: Path, known: manifest.Manifest) -> None:
        """Makes the store hold the sources of a folder of files and no others, in one commit."""
        with self._lock():
            with told(f"writing {self._folder}"):
                for entry in known.entries.values():
                    data = (sources / entry.file).read_bytes()
                    write_durably(self._folder / "sources" / entry.file, data)
                self._stamp_path().unlink(missing_ok=True)
                known = replace(known, commit=self._manifest().commit + 1)
                write_durably(self._folder / "sources" / "manifest.json", known.to_json())
            self._rebuild()
            doctor.seal(self._folder)

    def rebuild(self, watch: manifest.Watch = iter) -> None:
        """Makes index and view anew from the sources.

        Args:
            watch: Passes the sources on, and may show how far it is.

        Raises:
            StoreError: A source is damaged; its name is said.
        """
        with self._lock():
            self._rebuild(watch)
            doctor.seal(self._folder)

    def _is_whole(self, entry: manifest.Entry) -> bool:
        path = self._folder / "sources" / entry.file
        return path.is_file() and digest_of_file(path) == entry.sha256

    def tidy(self) -> None:
        """Takes away what a killed writer left behind, where that can be and none is at work."""
        with contextlib.suppress(StoreError), self._lock():
            known = self._manifest()
            self._sweep(known)
            view.sweep(self._folder / "view", known.commit)

    def _is_stale(self) -> bool:
        """Returns whether the view lacks something; the index is no concern of who reads."""
        wanted = self._stamp_of(manifest.read_commit(self._manifest_path()))
        seen = view.stamp_path(self._folder / "view")
        return seen is None or wanted not in (_read(seen), self._stamp())

    def _renew(self) -> None:
        """Rebuilds, unless a writer is at work: it does, and the last view is good meanwhile."""
        try:
            with self._lock():
                if self._is_stale():
                    self._rebuild()
                    doctor.seal(self._folder)
        except LockedError:
            if not manifest.commits(self._folder / "view"):
                raise

    def _rebuild(self, watch: manifest.Watch = iter) -> None:
        known = self._manifest()
        with told(f"making the index of {self._folder} anew"):
            self._stamp_path().unlink(missing_ok=True)
            self._publish(self._made(watch(list(known.entries.values()))), known)

    def _commit(
        self,
        before: manifest.Manifest,
        known: manifest.Manifest,
        changed: Mapping[str, tuple[Quad, ...]],
    ) -> None:
        """Commits the quads that sources have now, none of a source that goes."""
        # What needs room comes before the manifest, with which the sources count.
        with told(f"writing {self._folder}"):
            store = self._changed(before, changed) or self._made(known.entries.values())
            write_durably(self._manifest_path(), known.to_json())
            self._publish(store, known)

    def _commit_bulk(self, before: manifest.Manifest, record: SourceRecord, bulk: Bulk) -> None:
        """Commits a source that came in bulk."""
        entry = manifest.join_source(self._folder / "sources", record, bulk.asserted)
        with told(f"writing {self._folder}"):
            others = before.without(record.source).entries.values()
            store = self._changed(before, {record.source: ()}) or self._made(others)
            for path in (self._folder / "sources" / entry.file, *bulk.derived):
                with gzip.open(path) as file:
                    store.bulk_load(file, ox.RdfFormat.N_QUADS, lenient=True)  # type: ignore[arg-type]
            index.merge(store, bulk.count, before)
            store.flush()
            known = before.with_entries([entry])
            write_durably(self._manifest_path(), known.to_json())
            self._publish(store, known)

    def _changed(
        self, before: manifest.Manifest, changed: Mapping[str, tuple[Quad, ...]]
    ) -> ox.Store | None:
        """Returns the index with what changes in it, or nothing if it turns out to be damaged."""
        try:
            store = self._begin(before, changed)
            index.hold(store, self._folder, before, changed)
            store.flush()
        except RuntimeError:  # so Oxigraph says it
            return None
        return store

    def _begin(self, known: manifest.Manifest, changing: Collection[str]) -> ox.Store:
        """Returns the index in which sources are to change.

        Until the stamp is back it counts for nothing: what fails or is killed costs a new index.
        """
        is_sound = self._stamp() == self._stamp_of(known.commit)
        self._stamp_path().unlink(missing_ok=True)
        if not is_sound:
            return self._made(one for name, one in known.entries.items() if name not in changing)
        return index.index_for(self._folder, self._background, known, changing)

    def _made(self, entries: Iterable[manifest.Entry]) -> ox.Store:
        return index.make_index(self._folder, self._background, entries)

    def _publish(self, store: ox.Store, known: manifest.Manifest) -> None:
        store.flush()
        self._leave()
        stamp = json.dumps(self._stamp_of(known.commit)).encode()
        view.publish(store, self._folder / "view", known, stamp)
        write_durably(self._stamp_path(), stamp)
        self._sweep(known)

    def _sweep(self, known: manifest.Manifest) -> None:
        named = {entry.file for entry in known.entries.values()} | {"manifest.json"}
        for path in (self._folder / "sources").iterdir():
            if path.name not in named:
                path.unlink(missing_ok=True)

    def _lock(self) -> BinaryIO:
        """Returns the writer's lock; closing it lets go."""
        with told(f"locking {self._folder}"):
            file = (self._folder / "lock").open("a+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            owner = file.read().decode(errors="replace").strip() or "another process"
            file.close()
            raise LockedError(
                f"{self._folder} is being written by {owner}: wait for it, then try again"
            ) from error
        file.truncate(0)
        file.write(f"process {os.getpid()}".encode())
        file.flush()
        return file

    # What is where

    def _manifest(self) -> manifest.Manifest:
        return manifest.read_manifest(self._manifest_path())

    def _manifest_path(self) -> Path:
        return self._folder / "sources" / "manifest.json"

    def _stamp_path(self) -> Path:
        return self._folder / "index.json"

    def _stamp(self) -> dict[str, object] | None:
        return _read(self._stamp_path())

    def _stamp_of(self, commit: int) -> dict[str, object]:
        return {"commit": commit, "background": self._background.digest}

    def _open_view(self) -> view.View:
        if self._view is None:
            self._view = view.newest(self._folder / "view")
        if self._view is None:
            raise StoreError(f"{self._folder} has no view: `kg doctor` makes it anew")
        return self._view

    def _store(self) -> ox.Store:
        if self._reading is None:
            try:
                self._reading = ox.Store.read_only(str(self._open_view().data))
            except (OSError, RuntimeError) as error:
                raise StoreError(
                    f"the view of {self._folder} is damaged ({error}): `kg doctor` makes it anew"
                ) from error
        return self._reading

    def _leave(self) -> None:
        """Lets go of the view, so that the next question opens the newest."""
        self._reading = None
        if self._view is not None:
            self._view.lock.close()
            self._view = None

    def close(self) -> None:
        """Lets go of files and locks."""
        self._leave()


def _read(stamp: Path) -> dict[str, object] | None:
    try:
        found: dict[str, object] = json.loads(stamp.read_bytes())
    except (OSError, ValueError):
        return None
    return found


def _batches(sources: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    batch: list[Incoming] = []
    size = 0
    for one in sources:
        batch.append(one)
        size += len(one.asserted)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
