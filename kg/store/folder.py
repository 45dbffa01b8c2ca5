"""A store in a folder: `sources/` is the truth, `index/` is derived, `view/` is what is read.

The manifest's rename is the commit. The index says in a stamp of which commit and background it
is; without the stamp, or with another one, it is made anew from the sources.
"""

import contextlib
import fcntl
import gzip
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kg.errors import StoreError
from kg.namespaces import DERIVED, graph_of
from kg.rdf import NamedNode, Quad, Result
from kg.store import doctor, foreign, manifest, view
from kg.store.answers import answer, missing
from kg.store.base import Background, Bulk, Closing, Limits, SourceRecord
from kg.store.files import digest_of as digest_of_file
from kg.store.files import told, write_durably
from kg.store.memory import digest_of

_SMALL_PART = 4
"""A bulk leaves layers behind, all of which every look-up reads until they are merged.

They are merged when it is more than this part, a quarter, of what was there, so that what merging
costs stays a part of what loading costs.
"""


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
        yield from self._store().quads_for_pattern(None, None, None, name)

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
        quads = tuple(asserted)
        digest = digest_of(quads)
        with self._lock():
            known = self._manifest()
            before = known.entries.get(source)
            if before is not None and before.record.digest == digest and self._is_whole(before):
                return False
            now = datetime.now(UTC).isoformat(timespec="seconds")
            record = SourceRecord(source, label, len(quads), digest, now, recorded_by)
            entry = manifest.write_source(self._folder / "sources", record, quads)
            self._commit(known.with_entry(entry), source, (*quads, *derived))
            doctor.seal(self._folder)
            return True

    def replace_bulk(self, source: str, bulk: Bulk, *, label: str, recorded_by: str) -> bool:
        """Puts in a source of any size, in place of what it was; returns whether that changed it.

        It is loaded into the index before it counts: until the manifest is written the store is as
        it was, and what was loaded of it goes with the index that is made anew.
        """
        with self._lock():
            known = self._manifest()
            before = known.entries.get(source)
            if (
                before is not None
                and before.record.digest == bulk.digest
                and self._is_whole(before)
            ):
                return False
            now = datetime.now(UTC).isoformat(timespec="seconds")
            record = SourceRecord(source, label, bulk.count, bulk.digest, now, recorded_by)
            entry = manifest.join_source(self._folder / "sources", record, bulk.asserted)
            with told(f"writing {self._folder}"):
                self._stamp_path().unlink(missing_ok=True)
                index = self._without(known, source)
                for path in (self._folder / "sources" / entry.file, *bulk.derived):
                    with gzip.open(path) as file:
                        index.bulk_load(file, ox.RdfFormat.N_QUADS, lenient=True)  # type: ignore[arg-type]
                if bulk.count > sum(one.asserted for one in known.records()) / _SMALL_PART:
                    index.optimize()
                known = known.with_entry(entry)
                write_durably(self._manifest_path(), known.to_json())
                self._publish(index, known)
            doctor.seal(self._folder)
            return True

    def remove(self, source: str) -> SourceRecord:
        """Takes a source out and returns what it was."""
        with self._lock():
            known = self._manifest()
            if source not in known.entries:
                raise missing(source, known.records())
            self._commit(known.without(source), source, ())
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
        """Takes away what a writer that was killed left behind; where one is at work, it does."""
        with contextlib.suppress(LockedError), self._lock():
            known = self._manifest()
            self._sweep(known)
            view.sweep(self._folder / "view", known.commit)

    def _is_stale(self) -> bool:
        return self._stamp() != self._stamp_of(self._manifest()) or not view.commits(
            self._folder / "view"
        )

    def _renew(self) -> None:
        """Rebuilds, unless a writer is at work: it does, and the last view is good meanwhile."""
        try:
            with self._lock():
                if self._is_stale():
                    self._rebuild()
                    doctor.seal(self._folder)
        except LockedError:
            if not view.commits(self._folder / "view"):
                raise

    def _rebuild(self, watch: manifest.Watch = iter) -> None:
        known = self._manifest()
        with told(f"making the index of {self._folder} anew"):
            self._stamp_path().unlink(missing_ok=True)
            self._publish(self._made(watch(list(known.entries.values()))), known)

    def _made(self, entries: Iterable[manifest.Entry]) -> ox.Store:
        """Returns a new index that holds these sources."""
        shutil.rmtree(self._folder / "index", ignore_errors=True)
        index = self._index()
        index.bulk_extend(self._background.quads)
        for entry in entries:
            pieces = manifest.pieces_of(self._folder / "sources", entry)
            put = index.bulk_extend if entry.is_bulk else index.extend
            put(quad for piece in pieces for quad in (*piece, *self._background.derive(piece)))
        index.optimize()
        return index

    def _without(self, known: manifest.Manifest, source: str) -> ox.Store:
        """Returns the index without a source.

        One of millions of quads cannot be taken out of Oxigraph in bounded memory: then the index
        is made anew from the other sources.
        """
        entry = known.entries.get(source)
        if entry is not None and entry.is_bulk:
            return self._made(one for name, one in known.entries.items() if name != source)
        index = self._index()
        for graph in (graph_of(source), graph_of(source) + DERIVED):
            index.remove_graph(NamedNode(graph))
        return index

    def _commit(self, known: manifest.Manifest, source: str, quads: tuple[Quad, ...]) -> None:
        # Until the stamp is back the index counts for nothing: a crash here costs a rebuild. What
        # needs room comes before the manifest, with which the source counts.
        with told(f"writing {self._folder}"):
            before = self._manifest()
            self._stamp_path().unlink(missing_ok=True)
            index = self._without(before, source)
            index.extend(quads)
            index.flush()
            write_durably(self._manifest_path(), known.to_json())
            self._publish(index, known)

    def _publish(self, index: ox.Store, known: manifest.Manifest) -> None:
        index.flush()
        view.publish(index, self._folder / "view", known)
        write_durably(self._stamp_path(), json.dumps(self._stamp_of(known)).encode())
        self._sweep(known)
        self._leave()

    def _sweep(self, known: manifest.Manifest) -> None:
        named = {entry.file for entry in known.entries.values()} | {"manifest.json"}
        for path in (self._folder / "sources").iterdir():
            if path.name not in named:
                path.unlink(missing_ok=True)

    def _index(self) -> ox.Store:
        try:
            return ox.Store(str(self._folder / "index"))
        except (OSError, RuntimeError) as error:
            raise StoreError(
                f"the index of {self._folder} cannot be opened ({error}): "
                "take its index/ away, it is made anew from the sources"
            ) from error

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
        try:
            found: dict[str, object] = json.loads(self._stamp_path().read_bytes())
        except (OSError, ValueError):
            return None
        return found

    def _stamp_of(self, known: manifest.Manifest) -> dict[str, object]:
        return {"commit": known.commit, "background": self._background.digest}

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
