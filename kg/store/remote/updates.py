"""The changes of a server as SPARQL 1.1 Update: every term as `str()` of it, which escapes it."""

from collections.abc import Iterable
from itertools import groupby
from uuid import uuid4

from kg.rdf import Literal, NamedNode, Quad
from kg.store.remote.books import BOOKS, STAGED, STORE, Entry

COMMIT = NamedNode(STORE + "commit")


def replaced(
    entry: Entry, gone: Iterable[str], quads: Iterable[Quad], *, staged: Iterable[str] = ()
) -> str:
    """Returns the one update that puts an entry in the place of what it was.

    Args:
        entry: As the books shall have it.
        gone: Graphs that are to be empty before.
        quads: What to put in.
        staged: Graphs whose staged twin is complete and takes their place.
    """
    return _joined(
        *(f"DROP SILENT GRAPH {NamedNode(graph)}" for graph in gone),
        *(part for graph in staged for part in _moved(NamedNode(graph + STAGED), NamedNode(graph))),
        _forgotten(entry.name),
        _forgotten(entry.name + STAGED),
        inserted([*quads, *entry.quads()]),
        *_committed(),
    )


def removed(entry: Entry, gone: Iterable[str]) -> str:
    """Returns the update that takes an entry and its graphs out."""
    drops = (f"DROP SILENT GRAPH {NamedNode(graph)}" for graph in gone)
    return _joined(*drops, _forgotten(entry.name), *_committed())


def noted(entry: Entry) -> str:
    """Returns the update that writes an entry down, no reader the wiser."""
    return _joined(_forgotten(entry.name), inserted(entry.quads()))


def inserted(quads: Iterable[Quad]) -> str:
    """Returns the update that adds quads, each to its named graph."""
    ordered = sorted(quads, key=lambda quad: str(quad.graph_name))
    graphs = (
        f"GRAPH {graph} {{\n" + "".join(f"{quad.triple} .\n" for quad in group) + "}"
        for graph, group in groupby(ordered, key=lambda quad: quad.graph_name)
    )
    return "INSERT DATA {\n" + "\n".join(graphs) + "\n}"


def _moved(old: NamedNode, new: NamedNode) -> tuple[str, str]:
    # Not MOVE: on TDB2, of Fuseki 5.6, it was seen to drop half of the triples without a word.
    every = "{ ?s ?p ?o }"
    copied = f"INSERT {{ GRAPH {new} {every} }} WHERE {{ GRAPH {old} {every} }}"
    return copied, f"DROP SILENT GRAPH {old}"


def _committed() -> tuple[str, str]:
    """A number of its own for each state: readers keep what they know while it is the same."""
    stamp = Quad(BOOKS, COMMIT, Literal(uuid4().hex), BOOKS)
    return f"DELETE WHERE {{ GRAPH {BOOKS} {{ {BOOKS} {COMMIT} ?commit }} }}", inserted([stamp])


def _forgotten(name: str) -> str:
    return f"DELETE WHERE {{ GRAPH {BOOKS} {{ {NamedNode(name)} ?key ?value }} }}"


def _joined(*parts: str) -> str:
    return " ;\n".join(parts) + "\n"
