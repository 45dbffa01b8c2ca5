"""RDF in and out: every format, the terms, the results of queries.

Quads travel as pyoxigraph terms, whose literals keep the form they were written in; rdflib, which
pySHACL, the vocabulary and the Python API speak, is reached through one converter here. A term
becomes query text only as `str()` of a pyoxigraph term, which escapes whatever is in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import InputError, Misuse, Place
from kg.namespaces import PREFIXES, XSD

if TYPE_CHECKING:
    import rdflib

# The only way that other rooms get at terms: pyoxigraph itself stays in here and in the store.
BlankNode = ox.BlankNode
Literal = ox.Literal
NamedNode = ox.NamedNode
Quad = ox.Quad
Triple = ox.Triple
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

FORMATS: dict[str, ox.RdfFormat] = {
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}
"""RDF formats by the name that the command line and file endings use."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a SELECT: named columns, rows of terms, `None` where unbound."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Triples:
    """The answer to a CONSTRUCT or DESCRIBE."""

    triples: tuple[ox.Triple, ...]


Result = Rows | Triples | bool
"""What a query gives: rows, triples, or the yes or no of an ASK."""


def format_of(path: str) -> str | None:
    """Returns the name of the RDF format that a file's ending announces, if any."""
    ending = PurePath(path).suffix.lower().removeprefix(".")
    aliases = {"json-ld": "jsonld", "xml": "rdf", "owl": "rdf", "turtle": "ttl"}
    ending = aliases.get(ending, ending)
    return ending if ending in FORMATS else None


def parse(data: bytes, format: str, *, file: str, base: str | None = None) -> Iterator[Quad]:
    """Yields the quads of a document as they are read.

    Args:
        data: The document, UTF-8.
        format: A key of `FORMATS`.
        file: What messages call it.
        base: IRI that relative references are resolved against.

    Raises:
        InputError: A syntax error, with line and column.
    """
    if format not in FORMATS:
        raise Misuse(f"no RDF format is called {format!r}: choose one of {', '.join(FORMATS)}")
    try:
        yield from ox.parse(data, FORMATS[format], base_iri=base)
    except SyntaxError as error:
        raise InputError(str(error.msg), Place(file, error.lineno, error.offset)) from error
    except ValueError as error:
        raise InputError(str(error), Place(file, 1)) from error


def serialize(quads: Iterable[Quad], format: str) -> bytes:
    """Returns quads as a document, sorted, so that equal graphs give equal bytes.

    Formats without named graphs get the triples of all graphs together.
    """
    rdf_format = FORMATS[format]
    if rdf_format.supports_datasets:
        written = ox.serialize(sorted(quads, key=str), format=rdf_format, prefixes=PREFIXES)
    else:
        triples = {quad.triple for quad in quads}
        written = ox.serialize(sorted(triples, key=str), format=rdf_format, prefixes=PREFIXES)
    return written or b""


def to_rdflib(quads: Iterable[Quad]) -> "rdflib.Graph":
    """Returns the triples of all the quads as one rdflib graph, literals as they were written."""
    import rdflib

    graph = rdflib.Graph()
    for quad in quads:
        s, p, o = (_rdflib_term(term) for term in (quad.subject, quad.predicate, quad.object))
        graph.add((s, p, o))
    return graph


def from_rdflib(graph: "rdflib.Graph", name: str) -> Iterator[Quad]:
    """Yields the triples of an rdflib graph as quads of the named graph."""
    for s, p, o in graph:
        yield ox.Quad(_term(s), _term(p), _term(o), ox.NamedNode(name))  # type: ignore[arg-type]


def _rdflib_term(term: Term) -> "rdflib.term.Node":
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


def in_lines(result: Result) -> Iterator[str]:
    """Yields an answer line by line: a head and tab-separated terms, triples, or true or false."""
    if isinstance(result, Rows):
        yield "\t".join(f"?{name}" for name in result.variables)
        for row in result.rows:
            yield "\t".join("" if term is None else str(term) for term in row)
    elif isinstance(result, Triples):
        yield from sorted(f"{triple} ." for triple in result.triples)
    else:
        yield str(result).lower()
