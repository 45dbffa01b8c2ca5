"""A store in a folder: sources as files, and an index of them that is read.

`layout` says what is where, `reading` answers, `commit` changes, `mending` sees to what was cut
short; here stands what each of the changes is.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from kg.rdf import Quad
from kg.store import index, mending
from kg.store.answers import missing
from kg.store.base import Background, Bulk, Incoming, SourceRecord
from kg.store.commit import commit, writing
from kg.store.files import digest_of as digest_of_file
from kg.store.files import told, write_durably
from kg.store.layout import Layout
from kg.store.manifest import DamagedSourceError, Entry, Manifest, Watch, join_source, write_source
from kg.store.memory import digest_of
from kg.store.reading import FolderReader


class FolderStore(FolderReader):
    """Keeps sources on disk. Reading needs no lock; writing takes one, for the time it takes."""

    def __init__(self, folder: Path, background: Background) -> None:
        super().__init__(Layout(folder, background))
        self._layout.make()
        # Whoever replaces a damaged source must be able to; whoever reads is told.
        with suppress(DamagedSourceError):
            mending.renew(self._layout)

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
            records = [
                _record(
                    one.source, one.label, len(one.asserted), digest_of(one.asserted), recorded_by
                )
                for one in sources
            ]
            is_fresh = [not self._holds(known, record) for record in records]
            files, entries, quads = self._layout.sources, [], {}
            for one, record, is_one in zip(sources, records, is_fresh, strict=True):
                if is_one:
                    entry = write_source(files, record, one.asserted)
                    entries.append(replace(entry, approved=one.approved))
                    quads[one.source] = (*one.asserted, *one.derived)
            if entries:
                change = partial(index.hold, files=files, sources=quads)
                commit(self._layout, known, known.with_entries(entries), change)
            return is_fresh

    def replace_bulk(self, source: str, bulk: Bulk, *, label: str, recorded_by: str) -> bool:
        """Puts in a source of any size; returns whether that changed anything."""
        with self._writing() as known:
            record = _record(source, label, bulk.count, bulk.digest, recorded_by)
            if self._holds(known, record):
                return False
            entry = join_source(self._layout.sources, record, bulk.asserted)
            parts = (self._layout.sources / entry.file, *bulk.derived)
            change = partial(index.hold_bulk, source=source, parts=parts, count=bulk.count)
            commit(self._layout, known, known.with_entries([entry]), change)
            return True

    def is_sound(self, source: str) -> bool:
        """Returns whether a source is there as it was written."""
        entry = self._layout.read_manifest().entries.get(source)
        return entry is not None and self._is_whole(entry)

    def remove(self, source: str) -> SourceRecord:
        """Takes a source out and returns what it was."""
        with self._writing() as known:
            if source not in known.entries:
                raise missing(source, known.records())
            change = partial(index.hold_none, source=source)
            commit(self._layout, known, known.without(source), change)
            return known.entries[source].record

    def adopt(self, sources: Path, known: Manifest) -> None:
        """Makes the store hold the sources of a folder of files and no others, in one commit."""
        with self._writing() as before:
            with told(f"writing {self._layout.folder}"):
                for entry in known.entries.values():
                    data = (sources / entry.file).read_bytes()
                    write_durably(self._layout.sources / entry.file, data)
            commit(self._layout, before, replace(known, commit=before.commit + 1))

    def rebuild(self, watch: Watch = iter) -> None:
        """Makes the index anew from the sources.

        Args:
            watch: Passes the sources on, and may show how far it is.

        Raises:
            StoreError: A source is damaged; its name is said.
        """
        self.close()
        mending.rebuild(self._layout, watch)

    def tidy(self) -> None:
        """Takes away what a killed writer left behind, where that can be and none is at work."""
        mending.tidy(self._layout)

    @contextmanager
    def _writing(self) -> Iterator[Manifest]:
        """Yields what the store holds, to be changed; the next question opens the newest view."""
        self.close()
        with writing(self._layout) as known:
            yield known

    def _holds(self, known: Manifest, record: SourceRecord) -> bool:
        """Returns whether a source is there as it is to be, and sound."""
        entry = known.entries.get(record.source)
        return entry is not None and entry.record.digest == record.digest and self._is_whole(entry)

    def _is_whole(self, entry: Entry) -> bool:
        path = self._layout.sources / entry.file
        return path.is_file() and digest_of_file(path) == entry.sha256


def _record(source: str, label: str, count: int, digest: str, recorded_by: str) -> SourceRecord:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return SourceRecord(source, label, count, digest, now, recorded_by)
