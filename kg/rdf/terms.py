"""The terms of RDF and the results of queries."""

from collections.abc import Iterator
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
