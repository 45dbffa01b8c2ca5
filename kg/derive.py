"""What follows from what a source asserts: the rules of `queries/build/`, run to a fixpoint."""

from collections.abc import Iterable
from pathlib import Path

from kg.namespaces import DERIVED
from kg.rdf import NamedNode, Quad, Triples
from kg.resources import files
from kg.store import Standing

SLOT = "VALUES ?graph { UNDEF }"
"""Stands in every rule; it is bound to the graph that is derived from."""


def read_rules(project: Path | None = None) -> tuple[str, ...]:
    """Returns the texts of the rules, CONSTRUCT queries, in the order of their names."""
    found = files("queries", (".rq",), under="build", project=project)
    return tuple(path.read_text(encoding="utf-8") for path in found)


def derive(quads: Iterable[Quad], context: Standing, rules: Iterable[str]) -> tuple[Quad, ...]:
    """Returns what the rules derive from quads of one graph, in its `/derived` twin, sorted.

    What is asserted already is not derived again.

    Args:
        quads: All of one named graph.
        context: The vocabulary and whatever else the rules look at.
        rules: CONSTRUCT queries with the `SLOT`.

    Raises:
        QueryError: A rule cannot be parsed.
    """
    asserted = tuple(quads)
    if not asserted:
        return ()
    graph = str(asserted[0].graph_name)
    twin = NamedNode(graph.strip("<>") + DERIVED)
    bound = [rule.replace(SLOT, f"VALUES ?graph {{ {graph} }}") for rule in rules]
    known = {quad.triple for quad in asserted}
    derived: set[Quad] = set()
    with context.visited(asserted) as store:
        while True:
            # A rule may look at what the rules before it derived.
            answers = [store.query(rule) for rule in bound]
            found = {t for a in answers if isinstance(a, Triples) for t in a.triples} - known
            fresh = {Quad(t.subject, t.predicate, t.object, twin) for t in found}
            if not fresh:
                return tuple(sorted(derived, key=str))
            known |= found
            derived |= fresh
            store.extend(fresh)
