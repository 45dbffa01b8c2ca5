"""RDF in and out: every format, the terms, the results of queries.

Quads travel as pyoxigraph terms, whose literals keep the form they were written in; rdflib, which
pySHACL, the vocabulary and the Python API speak, is reached through one converter here. A term
becomes query text only as `str()` of a pyoxigraph term, which escapes whatever is in it.
"""

from kg.rdf.bridge import from_rdflib, rdflib_term, to_rdflib
from kg.rdf.formats import FORMATS, format_of
from kg.rdf.parse import parse
from kg.rdf.results import RESULT_FORMATS, days, dictionaries, in_words, rows_of
from kg.rdf.serialize import serialize
from kg.rdf.terms import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    Result,
    Rows,
    Term,
    Triple,
    Triples,
)

__all__ = [
    "FORMATS",
    "RESULT_FORMATS",
    "BlankNode",
    "Literal",
    "NamedNode",
    "Quad",
    "Result",
    "Rows",
    "Term",
    "Triple",
    "Triples",
    "days",
    "dictionaries",
    "format_of",
    "from_rdflib",
    "in_words",
    "parse",
    "rdflib_term",
    "rows_of",
    "serialize",
    "to_rdflib",
]
