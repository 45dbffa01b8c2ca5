"""Which properties shapes look at, and which literals there a store would keep in another form."""

from collections.abc import Iterable, Iterator

from kg.namespaces import RDF, XSD
from kg.rdf import Literal, Quad, parse
from kg.store import rewritten
from kg.validate.compiled.model import Constraint, Shape
from kg.validate.compiled.triples import patterns_of
from kg.validate.findings import Route

_AS_WRITTEN = frozenset((XSD + "string", RDF + "langString"))
_PAIRS = frozenset(("equals", "disjoint", "lessThan", "lessThanOrEquals"))
EVERY = "*"
"""Stands for any property."""


def unkept(data: Iterable[Quad] | bytes, watched: frozenset[str]) -> frozenset[Literal]:
    """Returns the literals under watched properties that a store keeps in another form.

    Args:
        data: Quads, or the N-Quads of them, one space between terms.
        watched: As of `watched`.
    """
    every = EVERY in watched
    if isinstance(data, bytes):
        typed = {_told(line) for line in data.split(b"\n") if b'"^^<' in line}
        found = (text for iri, text in typed if every or iri.decode() in watched)
        lines = b"".join(b"<urn:s> <urn:p> %s .\n" % text for text in found)
        data, every = parse(lines, "nt", file="literals"), True
    return rewritten(
        {
            term
            for quad in data
            if isinstance(term := quad.object, Literal)
            and term.datatype.value not in _AS_WRITTEN
            and (every or quad.predicate.value in watched)
        }
    )


def _told(line: bytes) -> tuple[bytes, bytes]:
    """Returns the property's IRI and the object of a line of N-Quads."""
    _, predicate, rest = line.split(b" ", 2)
    return predicate[1:-1], rest.rsplit(b" ", 2)[0]


def watched(shapes: Iterable[Shape]) -> frozenset[str]:
    """Returns IRIs of the properties that shapes look at, or `EVERY` among them."""
    parts = (part for shape in shapes for part in shape.parts())
    return frozenset(iri for part in parts for iri in _of_shape(part))


def _of_shape(shape: Shape) -> Iterator[str]:
    yield from properties(shape.path)
    for constraint in shape.constraints:
        yield from _of_constraint(constraint)
    for target in shape.targets:
        if target.kind in {"targetObjectsOf", "targetSubjectsOf"}:
            yield target.value.value


def _of_constraint(constraint: Constraint) -> Iterator[str]:
    if constraint.name in _PAIRS:
        yield constraint.value.value
    elif constraint.name == "closed":
        yield EVERY
    elif constraint.select is not None:
        patterns = patterns_of(constraint.select)
        if patterns is None:
            yield EVERY
        else:
            yield from (iri for pattern in patterns for iri in properties(pattern.path))


def properties(route: Route) -> tuple[str, ...]:
    """Returns the properties in a path, in its order."""
    if isinstance(route, str):
        return (route,) if route else ()
    return tuple(iri for part in route[1] for iri in properties(part))
