"""Reading a store on a server: what queries see is the graphs that the books name."""

import copy
import hashlib
import re
from collections.abc import Iterator

from kg.errors import QueryError, StoreError
from kg.namespaces import DIP, PREFIXES, RDFS, graph_of
from kg.rdf import Literal, NamedNode, Quad, Result, Rows, Term, Triples, parse
from kg.store import foreign, gate
from kg.store.answers import missing
from kg.store.base import Closing, Limits, SourceRecord
from kg.store.memory import MemoryStore
from kg.store.remote import served, staging, updates
from kg.store.remote.books import BOOKS, STORE, WRITTEN, Entry, State, entries_of, unpack
from kg.store.remote.endpoint import Endpoint, Parameters
from kg.store.remote.failures import other_columns

OURS = Limits(seconds=600, megabytes=8192)
"""For what we ask and change ourselves, which grows with the store."""

LARGE = 10_000
"""Quads of a source that is asked about where it is; a smaller one is sooner here."""

BACKGROUND = graph_of("background")
"""Name of the entry of vocabulary and register."""

_COMMIT = f"SELECT ?commit {{ GRAPH {BOOKS} {{ {BOOKS} {updates.COMMIT} ?commit }} }}"
_BOOKS = f"SELECT ?name ?key ?value {{ GRAPH {BOOKS} {{ ?name ?key ?value }} }}"
_GRAPHS = "SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } } ORDER BY ?graph"
_SOURCES = (
    "SELECT ?source (SAMPLE(?called) AS ?label) "
    f"{{ ?source a <{DIP}Source> OPTIONAL {{ ?source <{RDFS}label> ?called }} }} GROUP BY ?source"
)
_ESCAPED = re.compile(r"\\(?:u|U0000)00[0-7][0-9A-Fa-f]")
# On the line of the query's first one, so that lines count as they were written.
_PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in PREFIXES.items())


class RemoteReader(Closing):
    """Reads sources on a server. Nothing is sent before the first question."""

    def __init__(self, address: str) -> None:
        self._endpoint = Endpoint(address)
        self._known = State("", {})
        self._copy: tuple[str, MemoryStore] | None = None
        self._only: frozenset[str] | None = None

    def query(self, text: str) -> Result:
        """Returns the answer to one of our own queries."""
        copy = self._copied()
        if copy is not None:
            return copy.query(text)
        with MemoryStore() as nothing:
            form = nothing.query(text)
        return self._seen(text, form, OURS)

    def run(self, text: str, limits: Limits) -> Result:
        """Returns the answer to a query from outside, which the server is told the limits of.

        It is read here first, in a process of its own: a slip is said with its place, and what
        kills a server by its nesting, or sends it elsewhere, does not reach it.
        """
        copy = self._copied(limits)
        if copy is not None:
            return copy.run(text, limits)
        form = foreign.run(text, limits)
        _check_escapes(text)
        if gate.check(text).dataset:
            return self._answer(_PROLOGUE + text, form, limits, ())
        return self._seen(_PROLOGUE + text, form, limits)

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """Yields what queries see, of one named graph or all.

        Raises:
            StoreError: Somebody wrote meanwhile: it would be of two states.
        """
        state = self.state()
        listed = state.commit and not self._endpoint.dialect.ours
        names = [graph] if graph else state.seen() if listed else self._graphs()
        for name in names:
            yield from self.graph(name)
        if self.state().commit != state.commit:
            raise self._moved()

    def asserted(self, source: str | None = None) -> Iterator[Quad]:
        """Yields what sources assert, literals as they were written."""
        state = self.state()
        if not state.commit:
            raise StoreError(
                f"{self._endpoint.address} has no books, so nothing says what sources assert: "
                "`kg query` asks for what is there"
            )
        entries = state.sources()
        if source is not None and source not in entries:
            raise missing(source, self.sources())
        for name in entries if source is None else (source,):
            yield from parse(self.written(entries[name], state), "nq", file=name)

    def sources(self) -> list[SourceRecord]:
        """Returns a record of each source, sorted by IRI; bare ones where there are no books."""
        state = self.state()
        if state.commit:
            return [entry.record() for entry in state.sources().values()]
        found = self.query(_SOURCES)
        rows = found.rows if isinstance(found, Rows) else ()
        told = [[_text(term) for term in row] for row in rows]
        return [SourceRecord(source, label, 0, "", "", "") for source, label in sorted(told)]

    def narrowed(self, source: str) -> "RemoteReader | None":
        """Returns a reader of one source and the background, if asking there is worth it."""
        state = self.state()
        entry = state.sources().get(source)
        dialect = self._endpoint.dialect
        if not dialect.answers or dialect.ours or entry is None:
            return None
        if entry.record().asserted < LARGE:
            return None
        other = copy.copy(self)
        other._only = frozenset({BACKGROUND, graph_of(source)})
        other._known = other._narrow(state)
        return other

    def _seen(self, text: str, form: Result, limits: Limits) -> Result:
        """Returns the answer over what the books name, and nothing of what is being staged."""
        parameters = self._dataset(limits)
        found = self._answer(text, form, limits, parameters)
        commit = self._known.commit
        is_union = parameters == self._endpoint.dialect.union
        if is_union and commit and self.state(limits).commit != commit:
            # Something was staged, or put in, since the books were read: the union may show it.
            return self._answer(text, form, limits, self._listed())
        return found

    def _answer(self, text: str, form: Result, limits: Limits, parameters: Parameters) -> Result:
        """Returns the server's answer, of the form and with the columns that it must have."""
        if isinstance(form, Triples):
            return Triples(tuple(self._endpoint.construct(text, limits, parameters)))
        found = self._endpoint.select(text, limits, parameters)
        if isinstance(found, Rows) != isinstance(form, Rows):
            raise StoreError(f"{self._endpoint.address} answers with another form of result")
        if not isinstance(found, Rows) or not isinstance(form, Rows):
            return found
        if form.variables and not set(form.variables) & set(found.variables):
            raise other_columns(self._endpoint.address)
        at = [_index(found.variables, name) for name in form.variables]
        rows = (tuple(None if i is None else row[i] for i in at) for row in found.rows)
        return Rows(form.variables, tuple(rows))

    def _copied(self, limits: Limits = OURS) -> MemoryStore | None:
        """Returns what queries see, in memory, where a server's own answers cannot be relied on."""
        state = self.state(limits)
        if self._endpoint.dialect.answers or not state.commit:
            return None
        if self._copy is None or self._copy[0] != state.commit:
            copy = MemoryStore()
            for entry in state.entries.values():
                if "source" in entry.told:
                    copy.extend(parse(self.written(entry, state), "nq", file=entry.name))
                for graph in entry.graphs:
                    if graph != entry.name:
                        copy.extend(self.graph(graph))
            if self.state().commit != state.commit:
                raise self._moved()
            self._copy = state.commit, copy
        return self._copy[1]

    def graph(self, name: str) -> Iterator[Quad]:
        """Yields the quads of a named graph, whether the books name it or not."""
        at = NamedNode(name)
        for triple in self._endpoint.graph(name, OURS):
            yield Quad(triple.subject, triple.predicate, triple.object, at)

    def _dataset(self, limits: Limits = OURS) -> Parameters:
        """Returns the parameters by which a query sees what the books name, and nothing else.

        Beyond what a server takes as a list of graphs, the union of all it has stands in, while
        nothing is staged: what else is there then shows too.
        """
        state, dialect = self.state(limits), self._endpoint.dialect
        if dialect.ours:
            return ()  # its default graph is all that there is
        graphs = state.seen()
        many = len(graphs) > dialect.explicit and not staging.is_going_on(state.entries)
        if dialect.union is not None and (many or not state.commit):
            return dialect.union
        return self._listed()

    def _listed(self) -> Parameters:
        graphs = self._known.seen()
        return [(f"{kind}-graph-uri", graph) for kind in ("default", "named") for graph in graphs]

    def state(self, limits: Limits = OURS) -> State:
        """Returns what the books say now; they are read only when they changed."""
        commit = self._endpoint.rows(_COMMIT, ("commit",), limits)
        if self._endpoint.dialect.ours:
            self._known = served.state_of(self._endpoint, limits)
        elif not commit:
            self._known = State("", {})
        elif _text(commit[0][0]) != self._known.commit:
            entries = entries_of(self._endpoint.rows(_BOOKS, ("name", "key", "value"), limits))
            told = entries.pop(BOOKS.value, Entry(BOOKS.value)).told
            self._known = self._narrow(State(told.get("commit", ""), entries))
        return self._known

    def _narrow(self, state: State) -> State:
        if self._only is None:
            return state
        kept = {name: one for name, one in state.entries.items() if name in self._only}
        return State(state.commit, kept)

    def _graphs(self) -> list[str]:
        return [_text(name) for (name,) in self._endpoint.rows(_GRAPHS, ("graph",), OURS)]

    def written(self, entry: Entry, state: State) -> bytes:
        """Returns what a source asserts, as it was written: sorted N-Quads.

        Raises:
            StoreError: It is damaged, or somebody wrote meanwhile.
        """
        if self._endpoint.dialect.ours:
            data = served.written(self._endpoint, entry.name, OURS)
            # What came in bulk has the digest of what it was made of.
            is_other = hashlib.sha256(data).hexdigest() != entry.told["digest"]
            if is_other and self.state().commit != state.commit:
                raise self._moved()
            return data
        part, at = NamedNode(STORE + "part"), NamedNode(entry.name + WRITTEN)
        text = f"SELECT ?part {{ GRAPH {at} {{ {NamedNode(entry.name)} {part} ?part }} }}"
        parts = [_text(term) for (term,) in self._endpoint.rows(text, ("part",), OURS)]
        try:
            return unpack(parts, entry.told.get("written", ""))
        except StoreError as error:
            if self.state().commit != state.commit:
                raise self._moved() from error
            told = f"{entry.told.get('source')}: {error}; load the source again"
            raise StoreError(told) from error

    def _moved(self) -> StoreError:
        return StoreError(f"{self._endpoint.address} was written while it was read: try again")

    # As a context

    def close(self) -> None:
        """Has nothing to let go of: no connection outlives its answer."""


def _check_escapes(text: str) -> None:
    """Refuses what a server could read in another way than we do.

    By <https://www.w3.org/TR/sparql11-query/#codepointEscape> such a character is read before
    anything else, so that a quote ends the text that it stands in; Oxigraph reads it within.
    """
    found = _ESCAPED.search(text)
    if found:
        raise QueryError(
            f"{found[0]} is read in two ways by servers: write the character as itself",
            gate.place(text, found),
        )


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""


def _index(names: tuple[str, ...], name: str) -> int | None:
    return names.index(name) if name in names else None
