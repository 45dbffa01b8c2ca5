"""The W3C validation report: <https://www.w3.org/TR/shacl/#validation-report>."""

import re
from collections.abc import Iterator, Sequence

from kg.errors import harmless
from kg.namespaces import GRAPH, RDF, RDFS, SH, SHAPE, XSD
from kg.rdf import BlankNode, Literal, NamedNode, Quad, Term, parse, serialize
from kg.validate.findings import Route
from kg.validate.places import Judged, Located

_GRAPH = NamedNode(GRAPH + "report")
_READING = SHAPE + "reading"
"""Stands for shape and component where a file cannot be read; then the focus is its name."""


def write_turtle(judged: Sequence[Judged]) -> str:
    """Returns the validation report of all the files as one graph, each result with its place."""
    report = BlankNode("report")
    conforms = Literal(
        str(all(not one.findings for one in judged)).lower(), datatype=NamedNode(XSD + "boolean")
    )
    quads = [
        _quad(report, RDF + "type", NamedNode(SH + "ValidationReport")),
        _quad(report, SH + "conforms", conforms),
    ]
    for number, finding in enumerate(f for one in judged for f in one.findings):
        result = BlankNode(f"result{number}")
        quads.append(_quad(report, SH + "result", result))
        quads += _result(result, finding)
    return _escaped(serialize(quads, "ttl").decode("utf-8"))


def _quad(subject: BlankNode, predicate: str, value: Term) -> Quad:
    return Quad(subject, NamedNode(predicate), value, _GRAPH)


def _result(result: BlankNode, finding: Located) -> Iterator[Quad]:
    focus = NamedNode(finding.focus) if finding.focus else Literal(harmless(finding.place.file))
    yield _quad(result, RDF + "type", NamedNode(SH + "ValidationResult"))
    yield _quad(result, SH + "resultSeverity", NamedNode(SH + finding.severity.capitalize()))
    yield _quad(result, SH + "resultMessage", Literal(harmless(finding.message)))
    yield _quad(result, RDFS + "comment", Literal(str(finding.place)))
    yield _quad(result, SH + "focusNode", focus)
    yield _quad(result, SH + "sourceShape", NamedNode(finding.shape or _READING))
    component = NamedNode(finding.component or _READING)
    yield _quad(result, SH + "sourceConstraintComponent", component)
    if finding.route:
        yield from _path(result, SH + "resultPath", finding.route, f"{result.value}path")
    if finding.value:
        yield _quad(result, SH + "value", _term(finding.value))


def _path(subject: BlankNode, predicate: str, route: Route, name: str) -> Iterator[Quad]:
    """Yields a path as shapes write it, its blank nodes named after `name`."""
    if isinstance(route, str):
        yield _quad(subject, predicate, NamedNode(route))
        return
    way, parts = route
    node = BlankNode(name)
    yield _quad(subject, predicate, node)
    if way not in {"sequence", "alternativePath"}:
        yield from _path(node, SH + way, parts[0], f"{name}0")
        return
    if way == "alternativePath":
        node = BlankNode(f"{name}list")
        yield _quad(BlankNode(name), SH + way, node)
    for number, part in enumerate(parts):
        yield from _path(node, RDF + "first", part, f"{name}{number}")
        last = number + 1 == len(parts)
        rest = NamedNode(RDF + "nil") if last else BlankNode(f"{name}rest{number}")
        yield _quad(node, RDF + "rest", rest)
        if isinstance(rest, BlankNode):
            node = rest


def _term(text: str) -> Term:
    """Returns the term that N-Triples writes so."""
    (quad,) = parse(f"<urn:s> <urn:p> {text} .".encode(), "nt", file="value")
    return quad.object


def _escaped(text: str) -> str:
    """Returns Turtle with escapes for what would steer a terminal; it stands in quotes only."""
    return re.sub(
        "[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]",
        lambda found: f"\\u{ord(found[0]):04X}",
        text,
    )
