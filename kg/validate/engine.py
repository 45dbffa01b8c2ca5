"""pySHACL, the reference engine, judging one source."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from kg.namespaces import DIP, RDF, SH
from kg.rdf import NamedNode, Quad, to_rdflib
from kg.validate.findings import Finding, Report, Severity

if TYPE_CHECKING:
    import rdflib


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
    focus: list[str | rdflib.URIRef] = [rdflib.URIRef(iri) for iri in _judged(own)]
    count = len(set(rules.subjects(rdflib.RDF.type, rdflib.SH.NodeShape)))
    if not focus:  # to pySHACL, no focus nodes means all of them
        return Report((), count, 0)
    _, found, _ = pyshacl.validate(
        data,
        shacl_graph=rules,
        focus_nodes=focus,
        advanced=False,
        js=False,
        inplace=True,
        do_owl_imports=False,
        meta_shacl=False,
    )
    report = cast("rdflib.Graph", found)
    sh = rdflib.Namespace(SH)
    results = report.subjects(rdflib.RDF.type, sh.ValidationResult)
    findings = tuple(sorted(_finding(report, rules, result) for result in results))
    return Report(findings, count, len(focus))


def _judged(own: tuple[Quad, ...]) -> list[str]:
    """The nodes of the source that are of a class of ours."""
    return sorted(
        {
            quad.subject.value
            for quad in own
            if quad.predicate.value == RDF + "type"
            and isinstance(quad.subject, NamedNode)
            and isinstance(quad.object, NamedNode)
            and quad.object.value.startswith(DIP)
        }
    )


def _finding(report: "rdflib.Graph", rules: "rdflib.Graph", result: "rdflib.term.Node") -> Finding:
    import rdflib

    sh = rdflib.Namespace(SH)

    def one(name: str) -> "rdflib.term.Node | None":
        return report.value(result, sh[name])

    at = one("sourceShape")
    # A finding names the property or constraint; its node shape has the IRI that people know.
    owner = next((s for s in rules.subjects(None, at) if isinstance(s, rdflib.URIRef)), at)
    hint = rules.value(at, sh.description) or rules.value(owner, sh.description)
    severity = str(one("resultSeverity") or "").removeprefix(SH).lower()
    value = one("value")
    path = one("resultPath")
    return Finding(
        shape=str(owner),
        severity=cast("Severity", severity),
        focus=str(one("focusNode")),
        path=str(path) if isinstance(path, rdflib.URIRef) else "",
        value="" if value is None else value.n3(),
        component=str(one("sourceConstraintComponent")),
        message=str(one("resultMessage")),
        hint=str(hint or ""),
    )
