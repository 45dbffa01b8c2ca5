"""Compiled shapes, and what a store answers to their queries."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from kg.rdf import NamedNode, Quad, Rows, Term, Triple
from kg.store import Reader
from kg.validate.compiled.model import Constraint, NotCompiled, Plain, Result, Shape
from kg.validate.compiled.patterns import Compiler, Violation
from kg.validate.compiled.read import Uncovered, read

Words: TypeAlias = Callable[[Shape, Constraint, Plain, Plain | None], tuple[str, ...]]
"""Gives the messages of a result whose shape has none."""

_SLOT: Final = re.compile(r"\{[?$](\w+)\}")


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT whose rows are violations of one constraint."""

    violation: Violation
    text: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """A shapes graph, compiled.

    Attributes:
        shapes: Those with targets that are covered.
        queries: One or more for each of their constraints.
        uncovered: Those with targets that pySHACL has to judge, and why.
    """

    shapes: tuple[Shape, ...]
    queries: tuple[Query, ...]
    uncovered: tuple[Uncovered, ...]


def compile_shapes(shapes: Iterable[Quad]) -> Compiled:
    """Returns the queries of a shapes graph.

    Raises:
        NotSupported: A shape asks what neither compiler nor pySHACL judges.
    """
    found, uncovered = read(shapes)
    covered: list[Shape] = []
    queries: list[Query] = []
    for shape in found:
        try:
            violations = tuple(Compiler().violations(shape))
        except NotCompiled as error:
            uncovered = (*uncovered, Uncovered(shape.node, str(error)))
            continue
        covered.append(shape)
        queries += (Query(one, _query(one)) for one in violations)
    return Compiled(tuple(covered), tuple(queries), uncovered)


def _query(violation: Violation) -> str:
    names = (violation.focus, violation.value, violation.path, violation.other)
    # A SPARQL constraint selects what its messages may speak of.
    is_select = violation.constraint.select is not None
    told = "*" if is_select else " ".join(dict.fromkeys(name for name in names if name))
    return f"SELECT DISTINCT {told} {{ {violation.text} }}"


def run(compiled: Compiled, reader: Reader, words: Words) -> Iterator[Result]:
    """Yields what the queries find, in the order of the shapes; `words` where a shape has none."""
    for query in compiled.queries:
        found = reader.query(query.text)
        if isinstance(found, Rows) and found.rows:
            yield from dict.fromkeys(_results(query.violation, found, words))


def _results(violation: Violation, found: Rows, words: Words) -> Iterator[Result]:
    shape, constraint = violation.shape, violation.constraint
    for row in dict.fromkeys(found.rows):
        bound = dict(zip(found.variables, row, strict=True))
        focus, value = bound[violation.focus[1:]], bound.get(violation.value[1:])
        path = bound.get(violation.path[1:])
        if focus is None or isinstance(focus, Triple) or isinstance(value, Triple):
            continue
        if constraint.select is not None and value is None and not shape.path:
            value = focus
        yield Result(
            focus=focus,
            path=path.value if isinstance(path, NamedNode) else shape.path,
            value=value,
            component=constraint.component,
            severity=shape.severity.value,
            shape=shape.node,
            messages=_messages(violation, bound) or words(shape, constraint, focus, value),
            other=bound.get(violation.other[1:]),
        )


def _messages(violation: Violation, bound: dict[str, Term | None]) -> tuple[str, ...]:
    told = [message.value for message in violation.shape.messages]
    if violation.constraint.select is not None:
        texts = (message.value for message in violation.constraint.select.messages)
        told += (_SLOT.sub(lambda slot: _said(slot, bound), text) for text in texts)
    return tuple(sorted(told))


def _said(slot: re.Match[str], bound: dict[str, Term | None]) -> str:
    term = bound.get(slot[1])
    return slot[0] if term is None or isinstance(term, Triple) else term.value
