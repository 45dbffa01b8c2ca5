"""The one way between our terms and rdflib's, literals as they were written."""

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import InputError
from kg.namespaces import XSD
from kg.rdf.terms import Quad, Term

if TYPE_CHECKING:
    import rdflib


def to_rdflib(quads: Iterable[Quad]) -> "rdflib.Graph":
    """Returns the triples of all the quads as one rdflib graph, literals as they were written."""
    import rdflib

    # Without a handler its complaints about a literal, with a traceback, would stand on stderr.
    logger = logging.getLogger("rdflib")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    graph = rdflib.Graph()
    for quad in quads:
        s, p, o = (rdflib_term(term) for term in (quad.subject, quad.predicate, quad.object))
        graph.add((s, p, o))
    return graph


def from_rdflib(graph: "rdflib.Graph", name: str) -> Iterator[Quad]:
    """Yields the triples of an rdflib graph as quads of the named graph."""
    for s, p, o in graph:
        yield ox.Quad(_term(s), _term(p), _term(o), ox.NamedNode(name))  # type: ignore[arg-type]


def rdflib_term(term: Term) -> "rdflib.term.Node":
    """Returns a term as rdflib's, a literal as it was written."""
    import rdflib

    match term:
        case ox.NamedNode():
            return rdflib.URIRef(term.value)
        case ox.BlankNode():
            return rdflib.BNode(term.value)
        case ox.Literal():
            if term.language:
                return rdflib.Literal(term.value, lang=term.language)
            if term.datatype.value == XSD + "string":
                return rdflib.Literal(term.value)
            return rdflib.Literal(
                term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False
            )
        case _:
            raise InputError("a triple inside a triple (RDF 1.2) cannot be handed to rdflib")


def _term(node: object) -> Term:
    import rdflib

    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return ox.BlankNode(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype or XSD + "string")))
    raise InputError(f"not an RDF term: {node!r}")
