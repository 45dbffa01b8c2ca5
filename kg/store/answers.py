"""From Oxigraph's answers and errors to ours."""

import re
from difflib import get_close_matches

import pyoxigraph as ox

from kg.errors import KgError, Misuse, QueryError, StoreError
from kg.namespaces import SOURCE
from kg.rdf import Result, Rows, Triples
from kg.store.base import SourceRecord
from kg.store.files import cure
from kg.store.slips import syntax_error

_DAMAGE = re.compile(r"\b(IO error|Corruption|corrupted)\b")


def answer(store: ox.Store, text: str) -> Result:
    """Returns the answer to a query, over the union of all graphs.

    Raises:
        QueryError: It cannot be parsed or evaluated.
        StoreError: The index is damaged.
    """
    try:
        return result(store.query(text, use_default_graph_as_union=True))
    except SyntaxError as error:
        raise syntax_error(str(error.msg), text) from error
    except (ValueError, RuntimeError, OSError) as error:
        raise failure(str(error)) from error


def failure(message: str) -> KgError:
    """Returns what an engine's failure means: a damaged index, or a query that goes wrong."""
    if refused := cure(OSError(message)):
        return StoreError(f"reading the index: {refused}")
    if _DAMAGE.search(message):
        return StoreError(f"the index is damaged, `kg doctor` mends it: {message}")
    return QueryError(f"the query failed: {message}")


def result(found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> Result:
    """Returns an engine's answer as our own type."""
    if isinstance(found, ox.QuerySolutions):
        variables = tuple(variable.value for variable in found.variables)
        return Rows(variables, tuple(map(tuple, found)))
    if isinstance(found, ox.QueryTriples):
        return Triples(tuple(found))
    return bool(found)


def missing(source: str, known: list[SourceRecord]) -> Misuse:
    """Returns the error for a source that the store does not hold."""
    ids = [record.source.removeprefix(SOURCE) for record in known]
    near = get_close_matches(source.removeprefix(SOURCE), ids, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"`kg sources` lists the {len(ids)} it has"
    return Misuse(f"the store has no source {source.removeprefix(SOURCE)!r}: {hint}")
