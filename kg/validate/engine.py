"""pySHACL, the reference engine, judging one source."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kg.namespaces import DIP, GRAPH, RDF, SH
from kg.rdf import BlankNode, NamedNode, Quad, from_rdflib, to_rdflib
from kg.validate.findings import Finding, Report, Route, Severity

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node


def validate(source: Iterable[Quad], context: Iterable[Quad], shapes: Iterable[Quad]) -> Report:
    """Returns what the shapes find wrong with one source.

    Args:
        source: Its asserted and derived quads; only its nodes are judged.
        context: The vocabulary and the register, which its nodes point into.
        shapes: As `read_shapes` gives them.
    """
    import pyshacl
    import rdflib

    own = tuple(source)
    data = to_rdflib((*context, *own))
    rules = to_rdflib(shapes)
    focus = _judged(own)
    count = len(set(rules.subjects(rdflib.RDF.type, rdflib.SH.NodeShape)))
    # Not its `focus_nodes`: that passes over the shapes inside sh:or, sh:node and their kin for
    # every other node, and so lets through whatever such a shape forbids.
    _, found, _ = pyshacl.validate(
        data,
        shacl_graph=rules,
        advanced=False,
        js=False,
        inplace=True,
        do_owl_imports=False,
        meta_shacl=False,
    )
    judgement = _Judgement(cast("rdflib.Graph", found), rules, data)
    return Report(tuple(sorted(judgement.findings(focus))), count, len(focus))


def _judged(own: tuple[Quad, ...]) -> frozenset[str]:
    """The nodes of the source that are of a class of ours."""
    return frozenset(
        quad.subject.value
        for quad in own
        if quad.predicate.value == RDF + "type"
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode)
        and quad.object.value.startswith(DIP)
    )


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What the engine answered, and what it was asked."""

    report: "rdflib.Graph"
    rules: "rdflib.Graph"
    data: "rdflib.Graph"

    def findings(self, focus: frozenset[str]) -> Iterator[Finding]:
        values = {
            quad.subject.value: str(quad.object)
            for quad in from_rdflib(self.report, GRAPH + "report")
            if quad.predicate.value == SH + "value" and isinstance(quad.subject, BlankNode)
        }
        for result, _, node in self.report.triples((None, _sh("focusNode"), None)):
            if str(node) in focus:
                yield self._finding(result, values.get(str(result), ""))

    def _finding(self, result: "Node", value: str) -> Finding:
        import rdflib

        def one(name: str) -> "Node | None":
            return self.report.value(result, _sh(name))

        at, node, found = one("sourceShape"), one("focusNode"), one("value")
        # A finding names the property or constraint; its node shape has the IRI that people know.
        owners = self.rules.subjects(None, at)
        owner = next((shape for shape in owners if isinstance(shape, rdflib.URIRef)), at)
        hint = self.rules.value(at, _sh("description")) or self.rules.value(
            owner, _sh("description")
        )
        path = one("resultPath")
        if path is not None and not isinstance(path, rdflib.URIRef):
            path = self.rules.value(at, _sh("path"))
        route = "" if path is None else self._route(path)
        # A constraint in SPARQL has no path; its value stands under some property of the node.
        by_value = () if found is None or route else self.data.predicates(node, found)
        return Finding(
            shape=str(owner),
            severity=cast("Severity", str(one("resultSeverity")).removeprefix(SH).lower()),
            focus=str(node),
            path=route if isinstance(route, str) else "",
            value=value,
            component=str(one("sourceConstraintComponent")),
            message=str(one("resultMessage")),
            hint=str(hint or ""),
            route=route,
            about=(*_properties(route), *sorted(str(iri) for iri in by_value)),
        )

    def _route(self, node: "Node") -> Route:
        import rdflib

        if isinstance(node, rdflib.URIRef):
            return str(node)
        if (node, rdflib.RDF.first, None) in self.rules:
            return "sequence", self._routes(node)
        way, inner = next(iter(self.rules.predicate_objects(node)))
        name = str(way).removeprefix(SH)
        return name, self._routes(inner) if name == "alternativePath" else (self._route(inner),)

    def _routes(self, node: "Node") -> tuple[Route, ...]:
        return tuple(self._route(part) for part in self.rules.items(node))


def _sh(name: str) -> "rdflib.URIRef":
    import rdflib

    return rdflib.URIRef(SH + name)


def _properties(route: Route) -> tuple[str, ...]:
    if isinstance(route, str):
        return (route,) if route else ()
    return tuple(iri for part in route[1] for iri in _properties(part))
