"""A store that lives as long as the process."""

import gzip
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Self

import pyoxigraph as ox

from kg.errors import InputError, Place
from kg.namespaces import DERIVED, graph_of
from kg.rdf import Literal, NamedNode, Quad, Result, parse, serialize
from kg.store.answers import answer, missing
from kg.store.base import Background, Bulk, Closing, Incoming, Limits, SourceRecord
from kg.store.foreign import run


def digest_of(quads: Iterable[Quad]) -> str:
    """Returns the SHA-256 of quads as sorted N-Quads, in hexadecimal."""
    return hashlib.sha256(serialize(quads, "nq")).hexdigest()


def rewritten(literals: Iterable[Literal]) -> frozenset[Literal]:
    """Returns those literals that a store keeps in another form: `1.0` as `1`, a byte as a number.

    Args:
        literals: Each is tried.
    """
    given = {NamedNode(f"urn:{number}"): literal for number, literal in enumerate(literals)}
    index = ox.Store()
    index.extend(Quad(node, node, literal) for node, literal in given.items())
    return frozenset(given[quad.subject] for quad in index if quad.object != given[quad.subject])


def held(bulk: Bulk) -> tuple[list[Quad], list[Quad]]:
    """Returns the asserted and the derived quads of a source that came in bulk."""
    asserted, derived = (
        [
            quad
            for path in paths
            for quad in parse(gzip.decompress(path.read_bytes()), "nq", file=str(path))
        ]
        for paths in (bulk.asserted, bulk.derived)
    )
    return asserted, derived


class MemoryStore(Closing):
    """Keeps quads in memory; reads and writes like any other store."""

    def __init__(self, background: Background | None = None) -> None:
        self._index = ox.Store()
        self._asserted: dict[str, tuple[Quad, ...]] = {}
        self._records: dict[str, SourceRecord] = {}
        if background is not None:
            self.extend(background.quads)

    def extend(self, quads: Iterable[Quad] | bytes) -> None:
        """Takes in quads that are of no source, or the N-Quads of them.

        Raises:
            InputError: The N-Quads cannot be read.
        """
        if not isinstance(quads, bytes):
            self._index.extend(quads)
            return
        try:
            self._index.load(quads, format=ox.RdfFormat.N_QUADS)
        except SyntaxError as error:
            place = Place("N-Quads", error.lineno, error.offset)
            raise InputError(str(error.msg), place) from error

    def query(self, text: str) -> Result:
        """Returns the answer to one of our own queries."""
        return answer(self._index, text)

    def run(self, text: str, limits: Limits) -> Result:
        """Returns the answer to a query from outside, run in a process of its own."""
        data = self._index.dump(format=ox.RdfFormat.N_QUADS) or b""
        return run(text, limits, data=data)

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """Yields what queries see, of one named graph or all."""
        name = None if graph is None else NamedNode(graph)
        yield from self._index.quads_for_pattern(None, None, None, name)

    def asserted(self, source: str | None = None) -> Iterator[Quad]:
        """Yields what sources assert, literals as they were written."""
        if source is not None and source not in self._asserted:
            raise missing(source, self.sources())
        for name in sorted(self._asserted):
            if source in {None, name}:
                yield from self._asserted[name]

    def sources(self) -> list[SourceRecord]:
        """Returns a record of each source, sorted by IRI."""
        return [self._records[name] for name in sorted(self._records)]

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
        known = self._records.get(source)
        if known is not None and known.digest == digest:
            return False
        self._drop(source)
        self._index.extend((*quads, *derived))
        self._asserted[source] = quads
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._records[source] = SourceRecord(source, label, len(quads), digest, now, recorded_by)
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
        """Puts in a source that came in bulk; it is held whole all the same."""
        return self.replace(source, *held(bulk), label=label, recorded_by=recorded_by)

    def remove(self, source: str) -> SourceRecord:
        """Takes a source out and returns what it was."""
        if source not in self._records:
            raise missing(source, self.sources())
        self._drop(source)
        del self._asserted[source]
        return self._records.pop(source)

    def _drop(self, source: str) -> None:
        for graph in (graph_of(source), graph_of(source) + DERIVED):
            self._index.remove_graph(NamedNode(graph))

    def close(self) -> None:
        """Lets go; what was in memory is gone."""
        self._index = ox.Store()


class Standing(MemoryStore):
    """Quads that stay, beside which those of one source after the other come in and go again."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        super().__init__()
        self._staying = tuple(quads)
        self._visiting: list[Quad] = []
        self._gone = 0
        self._is_taken = Lock()
        self._index.extend(self._staying)

    @contextmanager
    def visited(self, quads: Iterable[Quad]) -> Iterator[Self]:
        """Yields the store with these quads in it; they go with what else comes in meanwhile."""
        with self._is_taken:
            try:
                self.extend(quads)
                yield self
            finally:
                self._part()

    def extend(self, quads: Iterable[Quad] | bytes) -> None:
        """Takes in quads, or the N-Quads of them, until the visit is over."""
        told = parse(quads, "nq", file="N-Quads") if isinstance(quads, bytes) else quads
        # What is there already is to stay.
        fresh = [quad for quad in told if quad not in self._index]
        self._index.extend(fresh)
        self._visiting += fresh

    def _part(self) -> None:
        self._gone += len(self._visiting)
        if self._gone > len(self._staying):
            # Oxigraph keeps in memory what was taken out, and goes past it at every look-up.
            self._index = ox.Store()
            self._index.extend(self._staying)
            self._gone = 0
        else:
            for quad in self._visiting:
                self._index.remove(quad)
        self._visiting.clear()
