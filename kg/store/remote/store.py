"""A store on a server: any SPARQL 1.1 endpoint behind the same interface as a folder.

Sources are named graphs, as everywhere; the books say which there are, and what queries see is the
graphs that the books name. A source changes in one update, which is one transaction; a source too
large for that is put beside the old one first, batch by batch, and one update then moves it into
place. Whoever reads sees the old or the new.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kg.errors import KgError, StoreError
from kg.namespaces import DERIVED, graph_of
from kg.rdf import Quad, parse
from kg.store.answers import missing
from kg.store.base import Background, Bulk, Incoming, SourceRecord
from kg.store.doctor import Diagnosis
from kg.store.manifest import Manifest, read_source
from kg.store.memory import digest_of, held
from kg.store.remote import served, staging, updates
from kg.store.remote.books import WRITTEN, Entry, State, pack, told_of
from kg.store.remote.bulk import Stream
from kg.store.remote.doctor import Watch, diagnose
from kg.store.remote.reader import BACKGROUND, OURS, RemoteReader


class RemoteStore(RemoteReader):
    """Reads and replaces sources on a server. Nothing is sent before the first question."""

    def __init__(self, address: str, background: Background) -> None:
        super().__init__(address)
        self._background = background

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
        state = self.state() if self._is_served() else self._current()
        known = state.sources().get(source)
        if (
            known is not None
            and known.told.get("digest") == digest
            and self._is_whole(known, state)
        ):
            return False
        now = datetime.now(UTC).isoformat(timespec="seconds")
        record = SourceRecord(source, label, len(quads), digest, now, recorded_by)
        if self._is_served():
            served.put(self._endpoint, record, quads, OURS)
            return True
        self._put(graph_of(source), quads, tuple(derived), told_of(record))
        return True

    def replace_several(self, sources: Sequence[Incoming], *, recorded_by: str) -> list[bool]:
        """Puts sources in, one after the other; returns of each whether that changed anything."""
        return [
            self.replace(
                one.source, one.asserted, one.derived, label=one.label, recorded_by=recorded_by
            )
            for one in sources
        ]

    def replace_bulk(self, source: str, bulk: Bulk, *, label: str, recorded_by: str) -> bool:
        """Puts in a source that came in bulk, batch by batch; what was cut short goes on."""
        if self._is_served():
            served.check_size(self._endpoint, source, bulk.count, OURS)
            return self.replace(source, *held(bulk), label=label, recorded_by=recorded_by)
        state = self._current()
        known = state.sources().get(source)
        if known is not None and known.told.get("digest") == bulk.digest:
            return False
        size = self._endpoint.dialect.batch
        content = f"{bulk.digest} {self._background.digest} {size}"
        name = graph_of(source)
        stream = Stream(name, bulk, size)
        staging.stage(
            self._endpoint, state.entries, name, stream.graphs, content, stream.batches(), OURS
        )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        record = SourceRecord(source, label, bulk.count, bulk.digest, now, recorded_by)
        entry = Entry(name, (name, name + DERIVED), told_of(record) | {"written": stream.written})
        gone = {*(known.graphs if known else ()), *stream.graphs}
        change = updates.replaced(entry, gone, (), staged=stream.graphs)
        self._change(change, lambda state: state.entries.get(name) == entry)
        return True

    def remove(self, source: str) -> SourceRecord:
        """Takes a source out and returns what it was."""
        entry = self.state().sources().get(source)
        if entry is None:
            raise missing(source, self.sources())
        if self._is_served():
            served.remove(self._endpoint, entry.record(), OURS)
            return entry.record()
        gone = (*entry.graphs, entry.name + WRITTEN)
        self._change(updates.removed(entry, gone), lambda state: entry.name not in state.entries)
        return entry.record()

    def diagnose(self, watch: Watch = iter) -> Diagnosis:
        """Returns what is wrong with the store, without changing anything.

        Args:
            watch: Passes the sources on, and may show how far it is.
        """
        if self._is_served():
            raise served.elsewhere(self._endpoint, "kg doctor")
        return diagnose(self, self._background, BACKGROUND, watch)

    def adopt(self, sources: Path, known: Manifest) -> None:
        """Makes the store hold the sources of a folder of files and no others, one by one.

        Cut short, it goes on when it is done again: what is there already is not sent.
        """
        if self._is_served():
            raise served.elsewhere(self._endpoint, "kg restore")
        there = self._current().sources()
        for name, entry in known.entries.items():
            if name not in there or there[name].record() != entry.record:
                quads = tuple(read_source(sources, entry))
                told = told_of(entry.record)
                self._put(graph_of(name), quads, tuple(self._background.derive(quads)), told)
        for name in there.keys() - known.entries.keys():
            self.remove(name)

    def rebuild(self, watch: Watch = iter) -> None:
        """Brings vocabulary and register to what they are here, and makes all graphs anew.

        What a load that was cut short left behind goes, unless its process still lives.

        Args:
            watch: Passes the sources on, and may show how far it is.

        Raises:
            StoreError: A source is damaged; its name is said.
        """
        self._put_background()
        state = self.state()
        for entry in staging.left_behind(state.entries):
            self._endpoint.update(updates.removed(entry, staging.graphs_of(entry)), OURS)
        for entry in watch(list(state.sources().values())):
            quads = tuple(parse(self.written(entry, self.state()), "nq", file=entry.name))
            self._put(entry.name, quads, tuple(self._background.derive(quads)), entry.told)

    def _is_served(self) -> bool:
        """Returns whether it is a `kg serve`, which shows in its first answer."""
        self.state()
        return self._endpoint.dialect.ours

    def _current(self) -> State:
        """Returns the state, once the server has the vocabulary and register that we have.

        Raises:
            StoreError: It has others.
        """
        state = self.state()
        background = state.entries.get(BACKGROUND)
        if background is None:
            self._put_background()
            return self.state()
        if background.told.get("digest") != self._background.digest:
            raise StoreError(
                f"vocabulary, register or rules at {self._endpoint.address} are not those that "
                "are here: `kg doctor` brings it up to date, or work where they are the same"
            )
        return state

    def _is_whole(self, entry: Entry, state: State) -> bool:
        try:
            return bool(self.written(entry, state))
        except StoreError:
            return False

    def _put_background(self) -> None:
        told = {"digest": self._background.digest}
        self._put(BACKGROUND, self._background.quads, (), told, keep=False)

    def _put(
        self,
        name: str,
        asserted: tuple[Quad, ...],
        derived: tuple[Quad, ...],
        told: dict[str, str],
        *,
        keep: bool = True,
    ) -> None:
        """Replaces an entry and its graphs, in one update or by way of staged graphs."""
        known = self.state().entries
        seen = (*asserted, *derived)
        graphs = tuple(sorted({str(quad.graph_name).strip("<>") for quad in seen}))
        entry = Entry(name, graphs, told | ({"written": digest_of(asserted)} if keep else {}))
        quads = (*seen, *(pack(name, asserted) if keep else ()))
        before = known[name].graphs if name in known else ()
        gone = {*before, *graphs, name + WRITTEN}
        if len(quads) <= self._endpoint.dialect.at_once:
            change = updates.replaced(entry, gone, quads)
        else:
            batches = list(staging.batches_of(quads, self._endpoint.dialect.batch))
            content = hashlib.sha256(b"\0".join(data for _, data in batches)).hexdigest()
            staged = sorted({graph for graph, _ in batches})
            staging.stage(self._endpoint, known, name, staged, content, batches, OURS)
            change = updates.replaced(entry, gone, (), staged=staged)
        self._change(change, lambda state: state.entries.get(name) == entry)

    def _change(self, update: str, is_made: Callable[[State], bool]) -> None:
        """Makes a change; where the server's answer is lost, looks whether it was made."""
        try:
            self._endpoint.update(update, OURS)
        except KgError:
            try:
                made = is_made(self.state())
            except KgError:
                made = False
            if not made:
                raise
