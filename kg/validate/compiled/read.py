"""From a shapes graph to shapes: what can be compiled, and what cannot and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kg.namespaces import OWL, RDF, RDFS, SH
from kg.rdf import BlankNode, Literal, NamedNode
from kg.validate.compiled.graph import TRUE, Graph
from kg.validate.compiled.model import (
    Constraint,
    Node,
    NotCompiled,
    NotSupported,
    Plain,
    Shape,
    Target,
    judging,
)
from kg.validate.compiled.select import read_select
from kg.validate.findings import Route

_REFUSED: Final = ("target", "entailment")
"""What else would choose or add to what is judged: passed over, it would let everything pass."""
_TARGETS: Final = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
# A list of words reads better than a list of strings.
_ONCE: Final = frozenset(
    "datatype nodeKind minCount maxCount minLength maxLength languageIn uniqueLang in".split()  # noqa: SIM905
)
_MANY: Final = frozenset(
    """
    class minExclusive minInclusive maxExclusive maxInclusive pattern equals disjoint lessThan
    lessThanOrEquals hasValue
    """.split()  # noqa: SIM905
)
_OF_PROPERTIES: Final = frozenset(
    "minCount maxCount uniqueLang lessThan lessThanOrEquals".split()  # noqa: SIM905
)
_OF_A_SHAPE: Final = frozenset(("not", "node", "property"))
_OF_SHAPES: Final = frozenset(("and", "or", "xone"))
_QUALIFIED: Final = ("qualifiedMinCount", "qualifiedMaxCount")
_BESIDE: Final = frozenset(
    """
    path severity message deactivated name description order group defaultValue flags
    ignoredProperties qualifiedValueShape qualifiedValueShapesDisjoint
    """.split()  # noqa: SIM905
)
_PARAMETERS: Final = (
    _ONCE | _MANY | _OF_A_SHAPE | _OF_SHAPES | {"closed", "sparql", "qualifiedValueShape"}
)
IMPLICIT: Final = (RDFS + "Class", OWL + "Class")
"""A shape of such a type has its own instances as targets."""

_WAYS: Final = ("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A shape with targets that the compiler leaves to pySHACL, and why."""

    node: Node
    reason: str


def read(graph: Graph) -> tuple[tuple[Shape, ...], tuple[Uncovered, ...]]:
    """Returns the shapes that have targets, and those of them that are not covered.

    Raises:
        NotSupported: A shape asks what neither compiler nor pySHACL judges.
    """
    shapes: list[Shape] = []
    uncovered: list[Uncovered] = []
    own = _own_parameters(graph)
    for node in graph.subjects():
        for name in _REFUSED:
            if graph.objects(node, name):
                raise NotSupported(f"sh:{name} on {node} is not supported")
        if not isinstance(node, NamedNode | BlankNode) or not (targets := _targets(graph, node)):
            continue
        try:
            with judging(node):
                shapes.append(_Reader(graph, own).shape(node, targets))
        except NotCompiled as error:
            uncovered.append(Uncovered(node, str(error)))
    return tuple(shapes), tuple(uncovered)


def may_not_end(graph: Graph, node: Plain) -> bool:
    """Whether a shape matches patterns: some of them, on some texts, pySHACL is never done with."""
    seen: set[Plain] = set()
    queue = [node]
    while queue:
        here = queue.pop()
        if here in seen:
            continue
        seen.add(here)
        selects = (one.value.upper() for one in graph.objects(here, "select"))
        if graph.objects(here, "pattern") or any("REGEX" in t or "REPLACE" in t for t in selects):
            return True
        queue += (one for iri in graph.predicates(here) for one in graph.objects(here, iri))
    return False


def _own_parameters(graph: Graph) -> frozenset[str]:
    """Returns the parameters of the constraint components that the shapes graph defines."""
    return frozenset(
        path.value
        for component in graph.subjects()
        for parameter in graph.objects(component, "parameter")
        for path in graph.objects(parameter, "path")
    )


def _targets(graph: Graph, node: Node) -> tuple[Target, ...]:
    told = [Target(kind, value) for kind in _TARGETS for value in graph.objects(node, kind)]
    types = {str(one) for one in graph.objects(node, RDF + "type")}
    is_class = types & {f"<{iri}>" for iri in IMPLICIT}
    is_shape = types & {f"<{SH}NodeShape>", f"<{SH}PropertyShape>"} or any(
        iri.removeprefix(SH) in _PARAMETERS for iri in graph.predicates(node)
    )
    if is_class and is_shape and isinstance(node, NamedNode):
        told.append(Target("targetClass", node))
    return tuple(told)


class _Reader:
    """Reads one shape and those within it."""

    def __init__(self, graph: Graph, own: frozenset[str]) -> None:
        self._graph = graph
        self._own = own
        self._open: list[Node] = []

    def shape(self, node: Plain, targets: tuple[Target, ...] = ()) -> Shape:
        if not isinstance(node, NamedNode | BlankNode):
            raise NotCompiled(f"{node} is no shape")
        if isinstance(node, NamedNode) and not self._graph.predicates(node):
            raise NotSupported(f"there is no shape {node}")
        if node in self._open:
            raise NotSupported(f"the shape {node} is part of itself: recursion is not supported")
        self._open.append(node)
        graph = self._graph
        severity = graph.one(node, "severity") or NamedNode(SH + "Violation")
        if not isinstance(severity, NamedNode):
            raise NotCompiled(f"{severity} is no severity")
        path = graph.one(node, "path")
        route = "" if path is None else route_of(graph, path)
        off = graph.flag(node, "deactivated")
        constraints = () if off else tuple(self._constraints(node, route))
        self._open.pop()
        messages = tuple(m for m in graph.objects(node, "message") if isinstance(m, Literal))
        return Shape(node, route, targets, constraints, severity, messages)

    def _constraints(self, node: Node, route: Route) -> Iterator[Constraint]:
        for iri in self._graph.predicates(node):
            if iri in self._own:
                raise NotCompiled(f"<{iri}> is of a constraint component that is defined here")
            name = iri.removeprefix(SH)
            if not iri.startswith(SH) or name in _BESIDE or name in _TARGETS:
                continue
            if name in {"select", "prefixes"} and node in self._graph.objects(node, "sparql"):
                continue  # a shape that is its own constraint
            if name in _OF_PROPERTIES and not route:
                raise NotCompiled(f"sh:{name} on a node shape")
            yield from self._of(node, route, name)

    def _of(self, node: Node, route: Route, name: str) -> Iterator[Constraint]:
        graph = self._graph
        values = graph.objects(node, name)
        if name in _ONCE and len(values) > 1:
            raise NotCompiled(f"sh:{name} is there more than once")
        for value in values:
            if name in _ONCE | _MANY:
                yield self._simple(node, name, value)
            elif name in _OF_A_SHAPE:
                yield Constraint(name, value, shapes=(self.shape(value),))
            elif name in _OF_SHAPES:
                members = tuple(self.shape(one) for one in graph.items(value))
                if not members:
                    raise NotCompiled(f"sh:{name} of an empty list")
                yield Constraint(name, value, shapes=members)
            elif name in _QUALIFIED:
                yield from self._qualified(node, route, name, value)
            elif name == "closed":
                yield from self._closed(node, value)
            elif name == "sparql":
                yield from self._sparql(node, route, value)
            else:
                raise NotSupported(f"sh:{name} on the shape {node} is not supported")

    def _simple(self, node: Node, name: str, value: Plain) -> Constraint:
        if name in {"in", "languageIn"}:
            return Constraint(name, value, self._graph.items(value))
        flags = self._graph.one(node, "flags") if name == "pattern" else None
        return Constraint(name, value, flags="" if flags is None else flags.value)

    def _qualified(self, node: Node, route: Route, name: str, count: Plain) -> Iterator[Constraint]:
        value = self._graph.one(node, "qualifiedValueShape")
        if value is None:
            return  # says nothing, as the W3C has it
        if not route:
            raise NotSupported(f"sh:{name} on the node shape {node} is not supported")
        siblings: set[Plain] = set()
        if self._graph.flag(node, "qualifiedValueShapesDisjoint"):
            siblings = {
                shape
                for parent in self._graph.subjects()
                if node in self._graph.objects(parent, "property")
                for sibling in self._graph.objects(parent, "property")
                for shape in self._graph.objects(sibling, "qualifiedValueShape")
            } - {value}
        shapes = (value, *sorted(siblings, key=str))
        yield Constraint(name, count, shapes=tuple(self.shape(one) for one in shapes))

    def _closed(self, node: Node, value: Plain) -> Iterator[Constraint]:
        graph = self._graph
        if not isinstance(value, Literal) or value.value not in TRUE:
            return
        paths = [
            path
            for shape in graph.objects(node, "property")
            for path in graph.objects(shape, "path")
            if isinstance(path, NamedNode)
        ]
        ignored = graph.one(node, "ignoredProperties")
        more = () if ignored is None else graph.items(ignored)
        yield Constraint("closed", value, (*paths, *more))

    def _sparql(self, node: Node, route: Route, value: Plain) -> Iterator[Constraint]:
        if not self._graph.flag(value, "deactivated"):
            yield Constraint("sparql", value, select=read_select(self._graph, node, route, value))


def route_of(graph: Graph, node: Plain, depth: int = 0) -> Route:
    """Returns a path of a shapes graph or report.

    Raises:
        NotCompiled: It is malformed.
        NotSupported: It is too deep.
    """
    if isinstance(node, NamedNode):
        return node.value
    if depth > 50:
        raise NotSupported(f"the path {node} is part of itself, or too deep")
    if graph.objects(node, RDF + "first"):
        return "sequence", _routes(graph, graph.items(node), depth)
    alternatives = graph.one(node, "alternativePath")
    if alternatives is not None:
        return "alternativePath", _routes(graph, graph.items(alternatives), depth)
    for way in _WAYS:
        inner = graph.one(node, way)
        if inner is not None:
            return way, (route_of(graph, inner, depth + 1),)
    raise NotCompiled(f"{node} is no path")


def _routes(graph: Graph, nodes: tuple[Plain, ...], depth: int) -> tuple[Route, ...]:
    if len(nodes) < 2:
        raise NotCompiled("a path of fewer than two parts")
    return tuple(route_of(graph, node, depth + 1) for node in nodes)
