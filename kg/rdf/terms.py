"""The terms of RDF and the results of queries."""

from dataclasses import dataclass

import pyoxigraph as ox

# The only way that other rooms get at terms: pyoxigraph itself stays in here and in the store.
BlankNode = ox.BlankNode
Literal = ox.Literal
NamedNode = ox.NamedNode
Quad = ox.Quad
Triple = ox.Triple
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


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
