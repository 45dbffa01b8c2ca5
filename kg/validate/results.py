"""From validation results to findings: in words, with how to mend them and what they are about."""

from collections.abc import Iterable, Iterator
from typing import cast

from kg.namespaces import SH
from kg.rdf import NamedNode, Rows
from kg.store import Reader
from kg.validate.compiled import Result
from kg.validate.compiled.graph import Graph
from kg.validate.compiled.model import Plain
from kg.validate.compiled.watch import properties
from kg.validate.findings import Finding, Severity


def findings(results: Iterable[Result], shapes: Graph, reader: Reader) -> Iterator[Finding]:
    """Yields a finding for each result.

    Args:
        results: Of either engine.
        shapes: The shapes graph.
        reader: The data that was judged.
    """
    for result in results:
        owner = _owner(shapes, result.shape)
        hints = (
            *shapes.objects(result.shape, "description"),
            *shapes.objects(owner, "description"),
        )
        yield Finding(
            shape=owner.value,
            severity=cast("Severity", result.severity.removeprefix(SH).lower()),
            focus=result.focus.value,
            path=result.path if isinstance(result.path, str) else "",
            value="" if result.value is None else str(result.value),
            component=result.component,
            message=result.messages[0] if result.messages else "",
            hint=hints[0].value if hints else "",
            route=result.path,
            about=(*properties(result.path), *_by_value(result, reader)),
        )


def _owner(shapes: Graph, shape: Plain) -> Plain:
    """Returns the shape with the IRI that people know: a result names the property within it."""
    seen: set[Plain] = set()
    here: Plain | None = shape
    while here is not None and here not in seen:
        seen.add(here)
        owners = shapes.subjects_of(here)
        named = next((one for one in owners if isinstance(one, NamedNode)), None)
        if named is not None:
            return named
        here = next(iter(owners), None)
    return shape


def _by_value(result: Result, reader: Reader) -> tuple[str, ...]:
    """Returns what leads to a value without a path: a constraint in SPARQL has none."""
    if result.value is None or result.path or not isinstance(result.focus, NamedNode):
        return ()
    found = reader.query(f"SELECT DISTINCT ?p {{ {result.focus} ?p {result.value} }} ORDER BY ?p")
    rows = found.rows if isinstance(found, Rows) else ()
    return tuple(row[0].value for row in rows if isinstance(row[0], NamedNode))
