"""What is wrong with a store on a server: words that are damaged, graphs that are not as they were.

What a source asserts, as it was written, is the truth; its graphs, and those derived from it, are
compared with it term by term, in the form that the embedded store gives them.
"""

from collections.abc import Callable, Iterable, Iterator

from kg.errors import StoreError
from kg.namespaces import DERIVED
from kg.rdf import Quad, Triple, parse
from kg.store.base import Background
from kg.store.doctor import Diagnosis
from kg.store.remote import staging
from kg.store.remote.answers import Canonical
from kg.store.remote.books import Entry
from kg.store.remote.reader import RemoteReader

Watch = Callable[[list[Entry]], Iterable[Entry]]
"""Passes sources on, one after the other, and may show how far it is."""


def diagnose(store: RemoteReader, background: Background, name: str, watch: Watch) -> Diagnosis:
    """Returns what is wrong with a store.

    Args:
        store: The store.
        background: The vocabulary, register and rules that it should be made with.
        name: Of the entry of the background.
        watch: Passes the sources on.

    Raises:
        StoreError: It has no books, or cannot be reached.
    """
    state = store.state()
    if not state.commit:
        raise StoreError("the server holds no store: `kg load` makes one")
    sources: list[str] = []
    cut = staging.left_behind(state.entries)
    graphs = [f"the load of {one.title()} was cut short: load it again to go on" for one in cut]
    told = state.entries.get(name, Entry(name)).told
    current = told.get("digest") == background.digest
    if not current:
        graphs.append("the graphs are older than the vocabulary or the register")
    elif not _same(store, background.quads, state.entries[name].graphs):
        graphs.append("the vocabulary or the register is not what was put there")
    for entry in watch(list(state.sources().values())):
        try:
            asserted = tuple(parse(store.written(entry, state), "nq", file=entry.name))
        except StoreError as error:
            sources.append(str(error))
            continue
        if not _same(store, asserted, (entry.name,)):
            graphs.append(f"the graph of {entry.title()} is not what was loaded")
        twin = [graph for graph in entry.graphs if graph == entry.name + DERIVED]
        if current and not _same(store, background.derive(asserted), twin):
            graphs.append(f"what is derived from {entry.title()} is not what the rules derive")
    return Diagnosis(tuple(sources), tuple(graphs), len(state.sources()), "the graphs")


def _same(store: RemoteReader, quads: Iterable[Quad], graphs: Iterable[str]) -> bool:
    """Returns whether graphs hold what they should."""
    there = (quad for graph in graphs for quad in store.graph(graph))
    return set(_canonical(there)) == set(_canonical(quads))


def _canonical(quads: Iterable[Quad]) -> Iterator[tuple[Triple, str]]:
    same = Canonical()
    for quad in quads:
        told = Triple(quad.subject, quad.predicate, same.told(quad.object))
        yield told, str(quad.graph_name)
