"""A store in a folder: `sources/` is the truth, `view/` the index that is made of it and read.

The manifest's rename is the commit. All that needs room is done before it, the new view included,
so that a change that fails has changed nothing; after it the view is renamed, and if that is cut
short the next opening does it.
"""

import fcntl
import gzip
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import pyoxigraph as ox

from kg.errors import StoreError
from kg.rdf import NamedNode, Quad, Result
from kg.store import foreign, index, manifest, view
from kg.store.answers import answer, failure, missing
from kg.store.base import Background, Bulk, Closing, Incoming, Limits, SourceRecord
from kg.store.files import cure, told, uninterrupted, write_durably
from kg.store.files import digest_of as digest_of_file
from kg.store.memory import digest_of

Change = Callable[[ox.Store, manifest.Manifest], None]
"""Makes of an index that holds these sources one of those that are to be."""


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
                yield from manifest.read_source(self._sources(), known.entries[name])

    def sources(self) -> list[SourceRecord]:
        """Returns a record of each source that queries see, sorted by IRI."""
        return self._open_view().manifest.records()

    def approved(self, source: str) -> str:
        """Returns the digest of what found nothing wrong with a source as queries see it, or ''."""
        opened = self._open_view()
        # Beside a writer the view may be of another background.
        if view.stamp_of(opened.path) != self._stamp(opened.commit):
            return ""
        entry = opened.manifest.entries.get(source)
        return "" if entry is None else entry.approved

    def difference(self, source: str, quads: Iterable[Quad]) -> tuple[list[Quad], list[Quad]]:
        """Returns what queries do not see yet of a source that is to be these, and see too much."""
        try:
            entry = self._open_view().manifest.entries[source]
            return index.difference(self._store(), self._sources(), entry, quads)
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
        """Puts sources in, all in one commit; returns of each whether that changed anything."""
        with self._writing() as known:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            records = [
                SourceRecord(
                    one.source, one.label, len(one.asserted), digest_of(one.asserted), now,
                    recorded_by,
                )
                for one in sources
            ]  # fmt: skip
            is_fresh = [not self._holds(known, record) for record in records]
            fresh = [
                (one, record)
                for one, record, is_one in zip(sources, records, is_fresh, strict=True)
                if is_one
            ]
            if fresh:
                entries = [
                    replace(
                        manifest.write_source(self._sources(), record, one.asserted),
                        approved=one.approved,
                    )
                    for one, record in fresh
                ]
                quads = {one.source: (*one.asserted, *one.derived) for one, _ in fresh}

                def change(store: ox.Store, held: manifest.Manifest) -> None:
                    index.hold(store, self._sources(), held, quads)

                self._commit(known, known.with_entries(entries), change)
            return is_fresh

    def _holds(self, known: manifest.Manifest, record: SourceRecord) -> bool:
        """Returns whether a source is there as it is to be, and sound."""
        entry = known.entries.get(record.source)
        return entry is not None and entry.record.digest == record.digest and self._is_whole(entry)

    def replace_bulk(self, source: str, bulk: Bulk, *, label: str, recorded_by: str) -> bool:
        """Puts in a source of any size; returns whether that changed it."""
        with self._writing() as known:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            record = SourceRecord(source, label, bulk.count, bulk.digest, now, recorded_by)
            if self._holds(known, record):
                return False
            entry = manifest.join_source(self._sources(), record, bulk.asserted)

            def change(store: ox.Store, held: manifest.Manifest) -> None:
                index.hold(store, self._sources(), held, {source: ()})
                for path in (self._sources() / entry.file, *bulk.derived):
                    with gzip.open(path) as file:
                        store.bulk_load(file, ox.RdfFormat.N_QUADS, lenient=True)  # type: ignore[arg-type]
                index.merge(store, bulk.count, known)

            self._commit(known, known.with_entries([entry]), change)
            return True

    def remove(self, source: str) -> SourceRecord:
        """Takes a source out and returns what it was."""
        with self._writing() as known:
            if source not in known.entries:
                raise missing(source, known.records())

            def change(store: ox.Store, held: manifest.Manifest) -> None:
                index.hold(store, self._sources(), held, {source: ()})

            self._commit(known, known.without(source), change)
            return known.entries[source].record

    def adopt(self, sources: Path, known: manifest.Manifest) -> None:
        """Makes the store hold the sources of a folder of files and no others, in one commit."""
        with self._writing() as before, told(f"writing {self._folder}"):
            for entry in known.entries.values():
                write_durably(self._sources() / entry.file, (sources / entry.file).read_bytes())
            self._commit(before, replace(known, commit=before.commit + 1))

    def rebuild(self, watch: manifest.Watch = iter) -> None:
        """Makes the index anew from the sources.

        Args:
            watch: Passes the sources on, and may show how far it is.

        Raises:
            StoreError: A source is damaged; its name is said.
        """
        with self._writing() as known:
            self._rebuild(known, watch)

    def tidy(self) -> None:
        """Takes away what a killed writer left behind, where that can be and none is at work."""
        with suppress(StoreError), self._writing():
            self._sweep()

    def _is_whole(self, entry: manifest.Entry) -> bool:
        path = self._sources() / entry.file
        return path.is_file() and digest_of_file(path) == entry.sha256

    def _is_stale(self) -> bool:
        """Returns whether the newest view is not what it is to be."""
        seen = view.newest_path(self._views())
        wanted = self._stamp(manifest.read_commit(self._manifest_path()))
        return seen is None or view.stamp_of(seen) != wanted

    def _renew(self) -> None:
        """Makes the view anew, unless a writer is at work: it does, the last is good meanwhile."""
        try:
            with self._writing() as known:
                if not self._is_stale():
                    return
                if view.is_prepared(self._views(), known, self._background.digest):
                    with told(f"writing {self._folder}"):
                        self._show(known)
                else:
                    self._rebuild(known)
        except LockedError:
            if not manifest.commits(self._views()):
                raise

    def _rebuild(self, known: manifest.Manifest, watch: manifest.Watch = iter) -> None:
        with told(f"making the index of {self._folder} anew"):
            with self._workshop() as work:
                self._prepare(self._made(work, watch(list(known.entries.values()))), known)
            self._show(known)

    def _commit(
        self, before: manifest.Manifest, after: manifest.Manifest, change: Change | None = None
    ) -> None:
        """Has the store hold other sources: all of them, or where something fails, as before.

        Args:
            before: What it holds.
            after: What it is to hold; the files of these sources are there.
            change: Makes the one of the other in the index; without it, and where the index turns
                out to be damaged, it is made anew.
        """
        with told(f"writing {self._folder}"):
            with self._workshop() as work:
                if change is None or not self._prepare_changed(work, before, after, change):
                    self._prepare(self._made(work, after.entries.values()), after)
            with uninterrupted():
                write_durably(self._manifest_path(), after.to_json())
                # The sources count: what fails now is done by the next opening.
                with suppress(OSError, StoreError):
                    self._show(after)

    def _prepare_changed(
        self, work: Path, before: manifest.Manifest, after: manifest.Manifest, change: Change
    ) -> bool:
        """Prepares a view by changing the index, if that is sound; returns whether it was."""
        try:
            store, held = self._begun(work, before, after)
            change(store, held)
            self._prepare(store, after)
        except (RuntimeError, OSError) as error:
            # Oxigraph has either for damage; what the system refuses is told.
            if isinstance(error, OSError) and cure(error):
                raise
            return False
        return True

    def _begun(
        self, work: Path, before: manifest.Manifest, after: manifest.Manifest
    ) -> tuple[ox.Store, manifest.Manifest]:
        """Returns an index to be changed, and the sources that it holds."""
        seen = view.newest_path(self._views())
        staying = before.common(after)
        if (
            seen is None
            or view.stamp_of(seen) != self._stamp(before.commit)
            or index.is_mostly_going(before, staying)
        ):
            return self._made(work, staying.entries.values()), staying
        return index.copy_index(seen / view.DATA, work / "copy"), before

    def _made(self, work: Path, entries: Iterable[manifest.Entry]) -> ox.Store:
        return index.make_index(work / "new", self._sources(), self._background, entries)

    def _prepare(self, store: ox.Store, known: manifest.Manifest) -> None:
        view.prepare(store, self._views(), known, self._background.digest)

    def _show(self, known: manifest.Manifest) -> None:
        view.show(self._views(), known.commit)
        self.close()
        self._sweep()

    def _sweep(self) -> None:
        """Takes away what does not count."""
        known = self._manifest()
        view.sweep(self._views(), known.commit)
        named = {entry.file for entry in known.entries.values()} | {"manifest.json"}
        for path in self._sources().iterdir():
            if path.name not in named:
                path.unlink(missing_ok=True)

    @contextmanager
    def _workshop(self) -> Iterator[Path]:
        """Yields a folder to make an index in, which goes with what is in it."""
        with TemporaryDirectory(dir=self._views(), ignore_cleanup_errors=True) as work:
            yield Path(work)

    @contextmanager
    def _writing(self) -> Iterator[manifest.Manifest]:
        """Lets no other process write, yields what the store holds; what fails leaves nothing."""
        with self._lock():
            known = self._manifest()
            try:
                yield known
            except BaseException:
                with suppress(OSError, StoreError):
                    self._sweep()
                raise

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
        return self._sources() / "manifest.json"

    def _sources(self) -> Path:
        return self._folder / "sources"

    def _views(self) -> Path:
        return self._folder / "view"

    def _stamp(self, commit: int) -> view.Stamp:
        return view.Stamp(commit, self._background.digest)

    def _open_view(self) -> view.View:
        if self._view is None:
            self._view = view.newest(self._views())
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

    def close(self) -> None:
        """Lets go of files and locks; the next question opens the newest view."""
        self._reading = None
        if self._view is not None:
            self._view.lock.close()
            self._view = None
