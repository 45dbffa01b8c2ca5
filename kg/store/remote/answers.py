"""From what a server answers to our own types, the same rows as from the embedded store."""

import io
from collections.abc import Iterator

import pyoxigraph as ox

from kg.errors import StoreError
from kg.rdf import Literal, NamedNode, Quad, Result, Rows, Term, Triple, Triples
from kg.store.remote.body import Body
from kg.store.remote.depth import Shallow

RESULTS = "application/sparql-results+json"
TRIPLES = "application/n-triples"

_ASKED = "__ASK_RETVAL"
"""Column in which Virtuoso gives the yes or no of an ASK, as 0 or 1."""


def read_rows(body: Body) -> Rows | bool:
    """Returns the answer to a SELECT or ASK.

    Raises:
        StoreError: It is not one, or not whole.
    """
    same = Canonical()
    stream = io.BufferedReader(Shallow(body, body.url), 1 << 16)
    try:
        found = ox.parse_query_results(stream, format=ox.QueryResultsFormat.JSON)
        if isinstance(found, ox.QueryBoolean):
            return bool(found)
        names = tuple(variable.value for variable in found.variables)
        rows = tuple(tuple(same(row[name]) for name in names) for row in found)
    except (SyntaxError, ValueError) as error:
        raise StoreError(
            f"{body.url} answers with what is no result of a query: {error}"
        ) from error
    if names == (_ASKED,):
        return any(isinstance(row[0], Literal) and row[0].value == "1" for row in rows)
    return Rows(names, rows)


def read_triples(body: Body) -> Iterator[Triple]:
    """Yields the triples of an answer as they come.

    Raises:
        StoreError: It is no N-Triples, or not whole.
    """
    same = Canonical()
    try:
        for quad in ox.parse(io.BufferedReader(body, 1 << 16), ox.RdfFormat.N_TRIPLES):
            yield Triple(quad.subject, quad.predicate, same.told(quad.object))
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"{body.url} answers with what is no N-Triples: {error}") from error


class Canonical:
    """Gives literals the form that the embedded store gives them, as 1.1 for 1.10.

    Servers differ: some keep what was written, some have forms of their own. One for each answer.
    """

    def __init__(self) -> None:
        self._store = ox.Store()
        self._known: dict[Literal, Term] = {}

    def __call__(self, term: Term | None) -> Term | None:
        """Returns a cell of an answer as the embedded store would give it."""
        return None if term is None else self.told(term)

    def told(self, term: Term) -> Term:
        """Returns a term as the embedded store would give it."""
        if not isinstance(term, Literal) or (
            term.language is None and term.datatype.value.endswith("#string")
        ):
            return term
        known = self._known.get(term)
        if known is None:
            # Not taken out again, which would cost more than all the rest.
            at = NamedNode(f"urn:{len(self._known)}")
            self._store.add(Quad(at, at, term))
            (found,) = self._store.quads_for_pattern(at, at, None, None)
            known = self._known[term] = found.object
        return known


def as_result(found: Rows | bool | Iterator[Triple]) -> Result:
    """Returns an answer of any form as the store's type."""
    return found if isinstance(found, Rows | bool) else Triples(tuple(found))
