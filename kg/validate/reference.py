"""pySHACL, the reference engine: for what the compiler does not cover, and to be compared with."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.namespaces import SH
from kg.rdf import BlankNode, NamedNode, Quad, from_rdflib, rdflib_term, to_rdflib
from kg.validate.compiled import Constraint, NotSupported, Result, Shape
from kg.validate.compiled.graph import Graph
from kg.validate.compiled.model import Plain
from kg.validate.compiled.read import route_of
from kg.validate.findings import Route

if TYPE_CHECKING:
    import rdflib
    from pyshacl.shapes_graph import ShapesGraph


def reference(data: Iterable[Quad], shapes: Iterable[Quad]) -> Iterator[Result]:
    """Yields pySHACL's results, those inside others (sh:detail) left out.

    Raises:
        NotSupported: A shape is malformed, recursive, or asks what pySHACL refuses.
    """
    rules = tuple(shapes)
    report = _validated(to_rdflib(data), to_rdflib(rules))
    found, told = Graph(from_rdflib(report, "urn:report")), Graph(rules)
    for node in found.subjects():
        for result in found.objects(node, "result"):
            yield _result(found, told, result)


def _validated(data: "rdflib.Graph", rules: "rdflib.Graph") -> "rdflib.Graph":
    import pyshacl
    import rdflib
    from pyshacl.errors import ShapeRecursionWarning

    _forget()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ShapeRecursionWarning)
        try:
            # Not its `focus_nodes`: that passes over the shapes inside sh:or, sh:node and their
            # kin for every other node, and so lets through whatever such a shape forbids.
            _, report, _ = pyshacl.validate(
                data,
                shacl_graph=rules,
                advanced=False,
                js=False,
                inplace=True,
                do_owl_imports=False,
                meta_shacl=False,
            )
        except ShapeRecursionWarning as error:
            raise NotSupported("a shape is part of itself: recursion is not supported") from error
        except Exception as error:
            raise NotSupported(f"pySHACL cannot judge a shape: {error}") from error
    if not isinstance(report, rdflib.Graph):  # a failure, as the W3C calls it
        raise NotSupported(f"pySHACL cannot judge a shape: {report}")
    return report


def _forget() -> None:
    """Empties pySHACL's memory of blank nodes, which takes a new graph for an old one at times."""
    from pyshacl.rdfutil.stringify import stringify_blank_node

    stringify_blank_node.dict_cache.clear()


def _result(found: Graph, rules: Graph, node: Plain) -> Result:
    def one(name: str) -> Plain:
        value = found.one(node, name)
        if value is None:
            raise NotSupported(f"pySHACL gave a result without sh:{name}")
        return value

    shape = one("sourceShape")
    return Result(
        focus=one("focusNode"),
        path=_path(found.one(node, "resultPath"), shape, rules),
        value=found.one(node, "value"),
        component=one("sourceConstraintComponent").value,
        severity=one("resultSeverity").value,
        shape=shape if isinstance(shape, BlankNode) else NamedNode(shape.value),
        messages=tuple(sorted(one.value for one in found.objects(node, "resultMessage"))),
    )


def _path(path: Plain | None, shape: Plain, rules: Graph) -> Route:
    if path is None or isinstance(path, NamedNode):
        return "" if path is None else path.value
    told = rules.one(shape, "path")
    return "" if told is None else route_of(rules, told)


@dataclass(slots=True)
class Words:
    """The messages that pySHACL gives to results whose shape has none: the words are its own.

    Attributes:
        shapes: The shapes graph.
        data: Gives the data, which is looked at only where a message speaks of a blank node.
    """

    shapes: Iterable[Quad]
    data: Callable[[], Iterable[Quad]]
    _rules: "ShapesGraph | None" = None
    _data: "rdflib.Graph | None" = None

    def __call__(
        self, shape: Shape, constraint: Constraint, focus: Plain, value: Plain | None
    ) -> tuple[str, ...]:
        """Returns the messages of one result."""
        import rdflib
        from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
        from pyshacl.shapes_graph import ShapesGraph

        if self._rules is None:
            _forget()
            self._rules = ShapesGraph(to_rdflib(self.shapes))
            list(self._rules.shapes)
        data = rdflib.Graph()
        if isinstance(focus, BlankNode) or isinstance(value, BlankNode):
            self._data = self._data or to_rdflib(self.data())
            data = self._data
        component = CONSTRAINT_PARAMETERS_MAP[rdflib.URIRef(SH + constraint.name)]
        made = component(self._rules.lookup_shape_from_node(rdflib_term(shape.node)))
        told = None if value is None else rdflib_term(value)
        messages = made.make_generic_messages(data, rdflib_term(focus), told)
        return tuple(sorted(str(message) for message in messages))
