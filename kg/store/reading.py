"""Reading a store folder: queries see the newest view, what was asserted comes from the sources."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.errors import StoreError
from kg.rdf import NamedNode, Quad, Result
from kg.store import foreign, index, manifest, mending, view
from kg.store.answers import answer, failure, missing
from kg.store.base import Closing, Limits, SourceRecord
from kg.store.layout import Layout


class FolderReader(Closing):
    """Answers from one view until it is closed, then from the newest; it needs no lock."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._view: view.View | None = None
        self._index: ox.Store | None = None

    def query(self, text: str) -> Result:
        """Returns the answer to one of our own queries."""
        return answer(self._open_index(), text)

    def run(self, text: str, limits: Limits) -> Result:
        """Returns the answer to a query from outside, run in a process of its own."""
        return foreign.run(text, limits, view=self._open_view().data)

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """Yields what queries see, of one named graph or all."""
        name = None if graph is None else NamedNode(graph)
        try:
            yield from self._open_index().quads_for_pattern(None, None, None, name)
        except (RuntimeError, OSError) as error:
            raise failure(str(error)) from error

    def asserted(self, source: str | None = None) -> Iterator[Quad]:
        """Yields what sources assert, literals as they were written."""
        known = self._layout.read_manifest()
        if source is not None and source not in known.entries:
            raise missing(source, known.records())
        for name in sorted(known.entries):
            if source in {None, name}:
                yield from manifest.read_source(self._layout.sources, known.entries[name])

    def sources(self) -> list[SourceRecord]:
        """Returns a record of each source that queries see, sorted by IRI."""
        return self._open_view().manifest.records()

    def approved(self, source: str) -> str:
        """Returns the digest of what found nothing wrong with a source as queries see it, or ''."""
        opened = self._open_view()
        # Beside a writer the view may be of another background.
        if view.stamp_of(opened.path) != self._layout.stamp(opened.commit):
            return ""
        entry = opened.manifest.entries.get(source)
        return "" if entry is None else entry.approved

    def difference(self, source: str, quads: Iterable[Quad]) -> tuple[list[Quad], list[Quad]]:
        """Returns what queries do not see yet of a source that is to be these, and see too much."""
        try:
            entry = self._open_view().manifest.entries[source]
            return index.difference(self._open_index(), self._layout.sources, entry, quads)
        except (RuntimeError, OSError) as error:
            raise failure(str(error)) from error

    def close(self) -> None:
        """Lets go of files and locks; the next question opens the newest view."""
        self._index = None
        if self._view is not None:
            self._view.lock.close()
            self._view = None

    def _open_view(self) -> view.View:
        if self._view is None:
            mending.renew(self._layout)
            self._view = view.newest(self._layout.views)
        if self._view is None:
            raise StoreError(f"{self._layout.folder} has no view: `kg doctor` makes it anew")
        return self._view

    def _open_index(self) -> ox.Store:
        if self._index is None:
            try:
                self._index = ox.Store.read_only(str(self._open_view().data))
            except (OSError, RuntimeError) as error:
                folder = self._layout.folder
                raise StoreError(
                    f"the view of {folder} is damaged ({error}): `kg doctor` makes it anew"
                ) from error
        return self._index
