"""Compiled shapes, and what a store answers to their queries."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from kg.rdf import BlankNode, Literal, NamedNode, Quad, Rows, Term, Triple
from kg.store import Reader, in_memory, rewritten
from kg.validate.compiled.graph import Graph
from kg.validate.compiled.model import (
    Constraint,
    NotCompiled,
    NotSupported,
    Plain,
    Result,
    Shape,
    judging,
)
from kg.validate.compiled.patterns import Compiler, Violation
from kg.validate.compiled.read import Uncovered, may_not_end, read

Words: TypeAlias = Callable[[Shape, Constraint, Plain, Plain | None], tuple[str, ...]]
"""Gives the messages of a result whose shape has none."""

_SLOT: Final = re.compile(r"\{[?$](\w+)\}")


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT whose rows are violations of one constraint of a target, or of what is within it.

    Attributes:
        root: The shape with the targets.
        violation: What the rows say.
        text: SPARQL.
    """

    root: Shape
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

    def left_out(self, reason: str) -> "Compiled":
        """Returns the same shapes with every one of them left to pySHACL."""
        every = (Uncovered(shape.node, reason) for shape in self.shapes)
        return Compiled((), (), (*self.uncovered, *every))


def compile_shapes(shapes: Iterable[Quad]) -> Compiled:
    """Returns the queries of a shapes graph.

    Raises:
        NotSupported: A shape asks what neither compiler nor pySHACL judges.
    """
    graph = Graph(shapes)
    found, uncovered = read(graph)
    covered: list[Shape] = []
    queries: list[Query] = []
    for shape in found:
        try:
            with judging(shape.node):
                _check(shape)
                violations = tuple(Compiler().violations(shape))
        except NotCompiled as error:
            uncovered = (*uncovered, Uncovered(shape.node, str(error)))
            continue
        covered.append(shape)
        queries += (Query(shape, one, _query(one)) for one in violations)
    for one in uncovered:
        with judging(one.node):
            _check_end(graph, one)
    return Compiled(tuple(covered), tuple(queries), uncovered)


def _check(shape: Shape) -> None:
    """Raises `NotCompiled` for a term and `NotSupported` for a pattern that no store takes so."""
    told: list[Plain] = [one.value for one in shape.targets if one.kind == "targetNode"]
    for constraint in (one for part in shape.parts() for one in part.constraints):
        if constraint.name == "hasValue":
            told.append(constraint.value)
        elif constraint.name == "in":
            told += constraint.terms
        elif constraint.name == "pattern":
            _check_pattern(shape, constraint)
    if changed := rewritten(one for one in told if isinstance(one, Literal)):
        raise NotCompiled(f"{min(str(one) for one in changed)} is not in its canonical form")
    if any(isinstance(one, BlankNode) for one in told):
        raise NotCompiled("a blank node of the shapes graph as a value")


def _check_end(graph: Graph, uncovered: Uncovered) -> None:
    if may_not_end(graph, uncovered.node):
        raise NotSupported(
            f"the shape {uncovered.node} is not compiled ({uncovered.reason}), and pySHACL may "
            "never be done with its patterns: take one or the other out"
        )


def _check_pattern(shape: Shape, constraint: Constraint) -> None:
    pattern, flags = Literal(constraint.value.value), Literal(constraint.flags)
    with in_memory() as reader:
        found = reader.query(f"SELECT (REGEX('', {pattern}, {flags}) AS ?matches) {{}}")
    if not isinstance(found, Rows) or found.rows[0][0] is None:
        raise NotSupported(
            f"the pattern {pattern} of the shape {shape.node} is not one that can be matched in "
            "bounded time: look-around and back-references are not supported"
        )


def _query(violation: Violation) -> str:
    told_by = (violation.focus, violation.value, violation.path)
    names = (*told_by, *violation.through, *violation.more)
    # A SPARQL constraint selects what its messages may speak of.
    is_select = violation.constraint.select is not None
    told = "*" if is_select else " ".join(dict.fromkeys(name for name in names if name))
    return f"SELECT DISTINCT {told} {{ {violation.text} }}"


Found: TypeAlias = tuple[Shape, Term, Result]
"""A result, the shape that led to it, and the target of that shape."""


def run(queries: Iterable[Query], reader: Reader, words: Words) -> Iterator[Found]:
    """Yields what queries find, in their order.

    Args:
        queries: Of compiled shapes.
        reader: The data.
        words: Gives the messages of a shape that has none.
    """
    for query in queries:
        found = reader.query(query.text)
        if isinstance(found, Rows) and found.rows:
            yield from _results(query, found, words)


def _results(query: Query, found: Rows, words: Words) -> Iterator[Found]:
    violation = query.violation
    shape, constraint = violation.shape, violation.constraint
    for row in found.rows:
        bound = dict(zip(found.variables, row, strict=True))
        focus, value = bound[violation.focus[1:]], bound.get(violation.value[1:])
        path = bound.get(violation.path[1:])
        if focus is None or isinstance(focus, Triple) or isinstance(value, Triple):
            continue
        if constraint.select is not None and value is None and not shape.path:
            value = focus
        target = bound.get((*violation.through, violation.focus)[0][1:]) or focus
        result = Result(
            focus=focus,
            path=path.value if isinstance(path, NamedNode) else shape.path,
            value=value,
            component=constraint.component,
            severity=shape.severity.value,
            shape=shape.node,
            messages=_messages(violation, bound) or words(shape, constraint, focus, value),
        )
        yield query.root, target, result


def _messages(violation: Violation, bound: dict[str, Term | None]) -> tuple[str, ...]:
    told = [message.value for message in violation.shape.messages]
    if violation.constraint.select is not None:
        texts = (message.value for message in violation.constraint.select.messages)
        told += (_SLOT.sub(lambda slot: _said(slot, bound), text) for text in texts)
    return tuple(sorted(told))


def _said(slot: re.Match[str], bound: dict[str, Term | None]) -> str:
    term = bound.get(slot[1])
    return slot[0] if term is None or isinstance(term, Triple) else term.value
